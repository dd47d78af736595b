//! The command line, as a shell calls it.

use crate::harness::fresh_name;
use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output},
};

/// A folder where no server ever ran, gone with the test.
struct Here(PathBuf);

impl Here {
    fn new() -> Here {
        let folder = env::temp_dir().join(fresh_name());
        fs::create_dir(&folder).unwrap();
        Here(folder)
    }

    fn runs(&self, line: &str) -> Output {
        let mut portico = Command::new(env!("CARGO_BIN_EXE_portico"));
        portico.args(line.split(' ')).current_dir(&self.0).env_clear().output().unwrap()
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.0).unwrap().next().is_none()
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        // One left behind does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A command in the wrong folder looks at nothing, and leaves nothing behind that looks like a server's.
#[test]
fn where_there_is_no_database_what_is_about_one_says_so_and_makes_nothing() {
    let here = Here::new();
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
        let ran = here.runs(line);
        let told = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{line}: {told}");
        for word in ["no database at portico.db", "PORTICO_DATABASE_URL"] {
            assert!(told.contains(word), "{line}: {told}");
        }
        assert!(ran.stdout.is_empty(), "{line}");
        assert!(here.is_empty(), "{line}");
    }
}

#[test]
fn what_comes_before_the_first_start_asks_for_no_database() {
    let here = Here::new();
    let told = String::from_utf8(here.runs("doctor").stdout).unwrap();
    assert!(told.contains("portico.db is made at the first start"), "{told}");
    assert!(here.is_empty());
    for (line, word) in [("migrate", ""), ("administrator link", "/admin/setup?token=")] {
        let here = Here::new();
        let ran = here.runs(line);
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(String::from_utf8(ran.stdout).unwrap().contains(word), "{line}");
        assert!(here.0.join("portico.db").exists(), "{line}");
    }
}
