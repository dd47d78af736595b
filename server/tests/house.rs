//! The rules of the house, held by reading its source: who may import whom, names, sizes, and versions that must not slip.

#![allow(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

struct File {
    /// From the top of the project: `server/src/guard/origin.rs`.
    path: String,
    text: String,
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of the project.
fn files() -> Vec<File> {
    const PLACES: [&str; 9] = [
        "app/src",
        "app/tests",
        "app/examples",
        "app/build.rs",
        "server/src",
        "server/tests",
        "server/examples",
        "server/build",
        "server/build.rs",
    ];
    let mut places: Vec<PathBuf> = PLACES.map(|place| top().join(place)).into();
    let mut files = Vec::new();
    while let Some(place) = places.pop() {
        if place.is_dir() {
            places.extend(fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()));
        } else if place.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&place).unwrap();
            files.push(File { path: place.strip_prefix(top()).unwrap().to_str().unwrap().to_owned(), text });
        }
    }
    files
}

impl File {
    /// `app/src/hosted/field.rs` and `app/src/hosted.rs` are of the room `app/src/hosted`.
    fn is_in(&self, room: &str) -> bool {
        self.path.strip_prefix(room).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests") || self.path.contains("/plays")
    }

    /// What is not a comment, and not the tests at the end.
    fn code(&self) -> String {
        let text = self.text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// Every path that is named, as far as its room: `sqlx`, `crate::journey`, `app::contract`. In a `use` a path may be one
    /// word or a tree; elsewhere it has `::` in it.
    fn imports(&self) -> Vec<String> {
        let code = self.code();
        let statements = code.split(';').filter_map(|piece| piece.rsplit_once("use ").map(|(_, tree)| tree));
        let mut paths: Vec<String> = statements.flat_map(leaves).collect();
        let is_of_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
        paths.extend(
            code.split(|character| !is_of_path(character)).filter(|word| word.contains("::")).map(String::from),
        );
        paths.iter().map(|path| room_of(path)).collect()
    }
}

fn room_of(path: &str) -> String {
    let mut words = path.split("::").map(str::trim);
    match (words.next().unwrap_or_default(), words.next()) {
        (root @ ("crate" | "app" | "server"), Some(room)) if !room.is_empty() => format!("{root}::{room}"),
        (root, _) => root.to_owned(),
    }
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((start, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut pieces, mut depth) = (vec![String::new()], 0);
    for character in inside.chars() {
        match character {
            ',' if depth == 0 => {
                pieces.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        pieces.last_mut().unwrap().push(character);
    }
    let pieces = pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty());
    pieces.flat_map(leaves).map(|leaf| format!("{}{leaf}", start.trim())).collect()
}

#[test]
fn a_tree_of_imports_is_read_to_its_leaves() {
    assert_eq!(
        leaves("crate::{clock::Chance, secret::{jwt, seal::{Seal, Purpose}}}"),
        ["crate::clock::Chance", "crate::secret::jwt", "crate::secret::seal::Seal", "crate::secret::seal::Purpose"]
    );
}

/// What a room may import of the house, and what of the world it must not know.
struct Rule {
    room: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        room: "app/src/contract",
        may: &["crate::contract"],
        never: &["leptos", "reactive_graph", "web_sys", "js_sys", "wasm_bindgen", "gloo_net", "serde_json"],
    },
    Rule {
        room: "app/src/text",
        may: &["crate::contract", "crate::json", "crate::text"],
        never: &["leptos", "web_sys"],
    },
    Rule { room: "app/src/ui", may: &["crate::ui"], never: &[] },
    Rule { room: "app/src/json", may: &["crate::json"], never: &["leptos", "web_sys"] },
    Rule {
        room: "app/src/hosted",
        may: &["crate::contract", "crate::json", "crate::text", "crate::ui", "crate::hosted"],
        never: &[],
    },
    Rule {
        room: "app/src/admin",
        may: &["crate::contract", "crate::json", "crate::text", "crate::ui", "crate::admin", "crate::hosted"],
        never: &[],
    },
    Rule {
        room: "server/src/journey",
        may: &["app::contract", "crate::journey"],
        never: &["sqlx", "axum", "tokio", "rand", "tracing", "leptos"],
    },
    Rule {
        room: "server/src/directory",
        may: &["app::contract", "crate::directory", "crate::error"],
        never: &["axum", "leptos", "lettre"],
    },
    Rule {
        room: "server/src/mail",
        may: &["app::contract", "app::text", "crate::mail", "crate::error"],
        never: &["axum", "leptos"],
    },
    Rule {
        room: "server/src/secret",
        may: &["app::contract", "crate::secret", "crate::error", "crate::clock"],
        never: &["axum", "leptos", "lettre"],
    },
];

const FACES: [&str; 6] = ["hosted", "oidc", "native", "widget", "graph", "portal"];

/// What meets faces: who calls which, what they leave to be done later, and the API's own documents on the command line.
/// Everything else stands behind them, and knows none.
const MEET_FACES: [&str; 3] = ["router", "background", "design"];

#[test]
fn every_rule_has_a_room() {
    let files = files();
    for rule in RULES {
        assert!(files.iter().any(|file| file.is_in(rule.room)), "there is no {}", rule.room);
    }
}

#[test]
fn every_room_imports_what_it_may() {
    for file in files().iter().filter(|file| !file.is_test()) {
        for rule in RULES.iter().filter(|rule| file.is_in(rule.room)) {
            for import in file.imports() {
                let is_ours = ["crate::", "app::", "server::"].iter().any(|root| import.starts_with(root));
                assert!(!is_ours || rule.may.contains(&import.as_str()), "{} imports {import}", file.path);
                assert!(!rule.never.contains(&import.as_str()), "{} knows {import}", file.path);
            }
        }
    }
}

#[test]
fn nobody_knows_a_face_but_who_must() {
    let files = files();
    let is_of = |file: &File, room: &str| file.is_in(&format!("server/src/{room}"));
    let meets = |file: &File, face: &str| file.imports().contains(&format!("crate::{face}"));
    for file in files.iter().filter(|file| file.path.starts_with("server/src/") && !file.is_test()) {
        if MEET_FACES.iter().any(|room| is_of(file, room)) {
            continue;
        }
        for face in FACES.iter().filter(|face| !is_of(file, face)) {
            assert!(!meets(file, face), "{} imports {face}", file.path);
        }
    }
    for room in MEET_FACES {
        let needs_it = files.iter().any(|file| is_of(file, room) && FACES.iter().any(|face| meets(file, face)));
        assert!(needs_it, "{room} meets no face any more");
    }
}

#[test]
fn the_portal_meets_the_pages_and_the_api_in_one_place_each() {
    for file in files().iter().filter(|file| file.is_in("app/src/admin")) {
        let meets_pages = file.imports().contains(&"crate::hosted".to_owned());
        assert!(!meets_pages || file.path == "app/src/admin/preview.rs", "{} imports the hosted pages", file.path);
        let names_api = ["\"/identity", "\"/users", "\"/applications", "\"/organization", "\"/auditLogs"];
        let names_api = names_api.iter().any(|address| file.text.contains(address));
        assert!(!names_api || file.path == "app/src/admin/client.rs", "{} names an address of the API", file.path);
    }
}

#[test]
fn sql_is_spoken_in_one_room() {
    for file in files().iter().filter(|file| !file.is_test() && !file.is_in("server/src/directory")) {
        let speaks = file.imports().contains(&"sqlx".to_owned());
        // An error says which it was.
        assert!(!speaks || file.path == "server/src/error.rs", "{} speaks SQL", file.path);
    }
}

#[test]
fn the_pages_do_not_know_the_server() {
    for file in files().iter().filter(|file| file.path.starts_with("app/")) {
        assert!(!file.imports().iter().any(|import| import.starts_with("server::")), "{}", file.path);
        // Server functions carry no cross-site check (security R20).
        for forbidden in ["#[server", "server_fn", "GetUrl", "GetCbor", "ActionForm"] {
            assert!(!file.text.contains(forbidden), "{} has {forbidden}", file.path);
        }
    }
}

#[test]
fn every_file_begins_by_saying_what_lives_in_it() {
    for file in files() {
        assert!(file.text.starts_with("//! "), "{} has no //! line at its top", file.path);
    }
}

/// Whoever comes new finds every room in README, with a word of what it is for.
#[test]
fn readme_shows_every_room_of_the_server() {
    let readme = fs::read_to_string(top().join("README.md")).unwrap();
    let house = readme.split("## The house").nth(1).unwrap().split("```").nth(1).unwrap();
    let words = house.split_whitespace().map(|word| word.trim_end_matches([',', ';']));
    let shown: Vec<&str> = words
        .map(|word| word.strip_prefix("src/").unwrap_or(word))
        .filter_map(|word| word.strip_suffix(".rs").or(word.strip_suffix('/')))
        .collect();
    let contents = fs::read_to_string(top().join("server/src/lib.rs")).unwrap();
    for line in contents.lines() {
        let room = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'));
        assert!(room.is_none_or(|room| shown.contains(&room)), "README.md does not show {line}");
    }
}

#[test]
fn no_file_is_longer_than_can_be_read() {
    for file in files() {
        let lines = file.text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", file.path);
    }
}

#[test]
fn no_room_is_a_junk_drawer() {
    const JUNK: [&str; 9] =
        ["util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "misc"];
    for file in files() {
        let mut words = file.path.trim_end_matches(".rs").split(['/', '_']);
        assert!(!words.any(|word| JUNK.contains(&word)), "{} says nothing of what lives there", file.path);
    }
}

#[test]
fn nothing_is_left_for_later_or_hushed() {
    for file in files().iter().filter(|file| file.path != "server/tests/house.rs") {
        for word in ["todo!(", "unimplemented!(", "dbg!(", "#![allow"] {
            assert!(!file.text.contains(word), "{} has {word}", file.path);
        }
        // A lint that is switched off says why in the line before.
        for (before, line) in file.text.lines().zip(file.text.lines().skip(1)) {
            let is_hushed = line.trim_start().starts_with("#[allow(");
            assert!(!is_hushed || before.trim_start().starts_with("//"), "{}: {line}", file.path);
        }
    }
}

/// An error leads to a page about its number (`error_uri`).
#[test]
fn every_number_of_an_error_is_explained() {
    let files = files();
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('_', "");
    let table = files.iter().find(|file| file.path == "server/src/client/error_number.rs").unwrap();
    let table = plain(&table.text);
    let mut seen = 0;
    for file in files.iter().filter(|file| !file.is_test() && file.is_in("server/src")) {
        let text = plain(&file.text);
        // Behind the error's name, or first in a call that knows it.
        let starts = ["\", ", "("].into_iter().flat_map(|before| text.match_indices(before));
        for (at, before) in starts {
            let rest = &text[at + before.len()..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if (5..=7).contains(&digits) && rest[digits..].starts_with(", ") {
                assert!(table.contains(&format!("({}, Key::", &rest[..digits])), "{}: {}", file.path, &rest[..digits]);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "errors are written in another way now: {seen}");
}

#[test]
fn the_server_has_no_unsafe_code_of_its_own() {
    for root in ["server/src/lib.rs", "server/src/main.rs"] {
        let text = fs::read_to_string(top().join(root)).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{root}");
    }
}

/// Name and version of every package in Cargo.lock.
fn packages() -> Vec<(String, [u64; 3])> {
    let lock: toml::Table = fs::read_to_string(top().join("Cargo.lock")).unwrap().parse().unwrap();
    let read = |package: &toml::Value| {
        let version = package["version"].as_str().unwrap().split(['-', '+']).next().unwrap();
        let mut numbers = version.split('.').map(|number| number.parse().unwrap());
        (package["name"].as_str().unwrap().to_owned(), [(); 3].map(|()| numbers.next().unwrap()))
    };
    lock["package"].as_array().unwrap().iter().map(read).collect()
}

/// The names of the packages that become part of the server. Cargo.lock names more: what nobody has switched on.
fn compiled() -> Vec<String> {
    let tree = ["tree", "--locked", "--offline", "--package", "server", "--edges", "normal,build", "--prefix", "none"];
    let told = Command::new(env!("CARGO")).args(tree).current_dir(top()).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let lines = String::from_utf8(told.stdout).unwrap();
    lines.lines().filter_map(|line| line.split(' ').next()).map(String::from).collect()
}

#[test]
fn cve_2026_25537_and_other_known_faults_of_crates_are_behind_us() {
    let (packages, compiled) = (packages(), compiled());
    assert!(compiled.iter().any(|name| name == "aws-lc-rs"));
    // The first has a fault without a remedy (RUSTSEC-2023-0071); the others would do once more what aws-lc does.
    for banned in ["rsa", "ring", "openssl", "native-tls"] {
        assert!(!compiled.iter().any(|name| name == banned), "{banned} is compiled");
    }
    for (wanted, least) in [
        // Before, an exp of the wrong type was not looked at (CVE-2026-25537).
        ("jsonwebtoken", [10, 3, 0]),
        ("sqlx", [0, 8, 1]),
        ("lettre", [0, 11, 22]),
        ("h2", [0, 4, 16]),
        ("time", [0, 3, 47]),
        ("idna", [1, 0, 0]),
        ("rustls-webpki", [0, 103, 13]),
    ] {
        let versions: Vec<_> = packages.iter().filter(|(name, _)| name == wanted).map(|(_, version)| version).collect();
        assert!(!versions.is_empty(), "{wanted} is not in Cargo.lock any more; this row can go");
        assert!(versions.iter().all(|version| **version >= least), "{wanted} {versions:?} is older than {least:?}");
    }
}

#[test]
fn the_glue_and_what_makes_it_are_of_one_version() {
    let packages = packages();
    let version_of = |wanted: &str| packages.iter().find(|(name, _)| name == wanted).map(|(_, version)| *version);
    assert!(version_of("wasm-bindgen").is_some());
    assert_eq!(version_of("wasm-bindgen"), version_of("wasm-bindgen-cli-support"));
}

/// The loader's versioned address is made of the server's version, and npm's package of what lies beside the loader.
#[test]
fn npms_package_has_the_version_of_the_server() {
    let package = fs::read_to_string(top().join("public/package.json")).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(package.contains(&version), "public/package.json does not say {version}");
}

#[test]
fn r45_arithmetic_that_overflows_stops_in_release_too() {
    let manifest: toml::Table = fs::read_to_string(top().join("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["profile"]["release"]["overflow-checks"].as_bool(), Some(true));
}
