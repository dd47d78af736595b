//! The command line, as a shell calls it.

use server::clock::Chance;
use std::{env, fs, process::Command};

/// A command in the wrong folder looks at nothing, and leaves nothing behind that looks like a server's.
#[test]
fn where_there_is_no_database_what_is_about_one_says_so_and_makes_nothing() {
    let folder = env::temp_dir().join(format!("portico-line-{}", Chance::System.id()));
    fs::create_dir_all(&folder).unwrap();
    for line in [
        "audit verify",
        "export",
        "plan design.toml",
        "apply design.toml",
        "administrator reset ada@example.org",
        "keys rotate",
        "keys reseal",
        "people export --tenant demo ada@example.org",
        "people import --tenant demo people.csv",
    ] {
        let mut portico = Command::new(env!("CARGO_BIN_EXE_portico"));
        let ran = portico.args(line.split(' ')).current_dir(&folder).env_clear().output().unwrap();
        let told = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{line}: {told}");
        for word in ["no database at portico.db", "PORTICO_DATABASE_URL"] {
            assert!(told.contains(word), "{line}: {told}");
        }
        assert!(ran.stdout.is_empty(), "{line}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{line}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
