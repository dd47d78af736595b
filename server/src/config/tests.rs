//! What is accepted, what is refused, and that every fault is told at once.

use super::*;
use crate::folder::Folder;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{sync::Barrier, thread};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn read(variables: &[(&str, &str)]) -> Result<Config, Faults> {
    let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    // Nobody else's: development makes its seal key there.
    Config::read(Sources { variables, file: None, folder: &Folder::new() })
}

fn faults(variables: &[(&str, &str)]) -> Vec<String> {
    read(variables).err().map(|faults| faults.0).unwrap_or_default()
}

const PRODUCTION: [(&str, &str); 3] = [
    ("PORTICO_PUBLIC_URL", "https://login.example.org"),
    ("PORTICO_SMTP_URL", "smtps://user:canary@mail.example.org"),
    ("PORTICO_SEAL_KEY", KEY),
];

#[test]
fn nothing_set_is_development_on_a_laptop() {
    let config = read(&[("HOME", "/root"), ("PORTICO_PAGES", "skip")]).unwrap();
    assert!(config.is_development());
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url.at("/x"), "http://localhost:3000/x");
    assert_eq!(config.mail_from, "no-reply@localhost");
    assert!(config.smtp_url.is_none());
}

#[test]
fn links_lead_where_the_server_listens_unless_another_address_is_set() {
    let key = ("PORTICO_SEAL_KEY", KEY);
    let origin = |set: &[(&str, &str)]| read(&[set, &[key]].concat()).unwrap().public_url.origin().to_owned();
    let elsewhere = ("PORTICO_LISTEN", "127.0.0.1:3072");
    assert_eq!(origin(&[elsewhere]), "http://localhost:3072");
    assert_eq!(origin(&[("PORTICO_LISTEN", "[::1]:80")]), "http://localhost");
    assert_eq!(origin(&[elsewhere, ("PORTICO_DEV_TLS", "on")]), "https://localhost:3072");
    assert_eq!(origin(&[elsewhere, ("PORTICO_PUBLIC_URL", "http://localhost:8080")]), "http://localhost:8080");
    assert_eq!(origin(&[PRODUCTION.as_slice(), &[elsewhere]].concat()), "https://login.example.org");
    // Where others could come, it still is not development.
    let told = faults(&[("PORTICO_LISTEN", "0.0.0.0:3072")]);
    assert!(told.len() == 1 && told[0].contains("http://localhost:3072 means development"), "{told:?}");

    let folder = Folder::new();
    let path = folder.join("portico.toml");
    let in_file = |text: &str| {
        fs::write(&path, text).unwrap();
        let sources = Sources { variables: BTreeMap::new(), file: Some(&path), folder: &folder };
        Config::read(sources).unwrap().public_url.origin().to_owned()
    };
    assert_eq!(in_file("listen = \"127.0.0.1:3072\"\n"), "http://localhost:3072");
    assert_eq!(in_file("listen = \"127.0.0.1:1\"\npublic_url = \"http://localhost:2\"\n"), "http://localhost:2");
}

#[test]
fn whoever_only_looks_makes_no_seal_key() {
    let folder = Folder::new();
    let path = folder.join("portico.key");
    let sources = || Sources { variables: BTreeMap::new(), file: None, folder: &folder };
    assert!(Config::look(sources()).unwrap().seal_keys.is_empty());
    assert!(!path.exists());
    let made = Config::read(sources()).unwrap().seal_keys;
    assert_eq!(Config::look(sources()).unwrap().seal_keys, made);
}

#[test]
fn no_test_finds_the_seal_key_of_another() {
    assert_ne!(read(&[]).unwrap().seal_keys, read(&[]).unwrap().seal_keys);
}

#[test]
fn development_makes_its_seal_key_once_and_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.join("portico.key");
    let config = || Config::read(Sources { variables: BTreeMap::new(), file: None, folder: &folder }).unwrap();
    let first = config().seal_keys;
    assert_eq!(config().seal_keys, first);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// One makes it and all have it; again and again, for they rarely meet in the same moment.
#[test]
fn servers_that_start_at_the_same_moment_have_one_seal_key() {
    const SERVERS: usize = 8;
    for _ in 0..20 {
        let folder = Folder::new();
        let start = Barrier::new(SERVERS);
        let keys = || {
            let sources = Sources { variables: BTreeMap::new(), file: None, folder: &folder };
            start.wait();
            Config::read(sources).map(|config| config.seal_keys).map_err(|faults| faults.to_string())
        };
        let keys: Vec<_> = thread::scope(|scope| {
            let servers: Vec<_> = (0..SERVERS).map(|_| scope.spawn(keys)).collect();
            servers.into_iter().map(|server| server.join().unwrap()).collect()
        });
        assert!(keys[0].is_ok() && keys.iter().all(|other| *other == keys[0]), "{keys:?}");
        let left: Vec<_> = fs::read_dir(&*folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["portico.key"]);
    }
}

/// Nobody's key: a certificate that signed itself.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBhzCCAS2gAwIBAgIUbUj33Easltad+Enf15Cm4n7dvBMwCgYIKoZIzj0EAwIw\n\
GDEWMBQGA1UEAwwNT3duIGF1dGhvcml0eTAgFw0yNjExMjAyMDU3NDZaGA8yMTI2\n\
MTAyNzIwNTc0NlowGDEWMBQGA1UEAwwNT3duIGF1dGhvcml0eTBZMBMGByqGSM49\n\
AgEGCCqGSM49AwEHA0IABP9I//Hgw1R8Em0+S4DUtAW+1+yiultm4Ybndx3Y/oji\n\
8GJx3PwZ+L1vbGJ/cRsQ/dcKOUgGlGggebBvUj+t81WjUzBRMB0GA1UdDgQWBBS9\n\
gEfCZTGKiJ872Cs2rEe7Eav6ojAfBgNVHSMEGDAWgBS9gEfCZTGKiJ872Cs2rEe7\n\
Eav6ojAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIGazkRpmI+/o\n\
B5AuRWxMb/EZddebES/dAiDyqUlGZeCvAiEAuiN1yPpcnYbBNbLmJNyssBRsn64a\n\
gJrhAh6/Zdx2MTk=\n\
-----END CERTIFICATE-----\n";

#[test]
fn a_company_s_own_authority_is_trusted_for_mail() {
    let folder = Folder::new();
    let path = folder.join("ca.pem");
    let with = |pem: &str| {
        fs::write(&path, pem).unwrap();
        let set = ("PORTICO_SMTP_CA", path.to_str().unwrap());
        read(&[PRODUCTION.as_slice(), &[set]].concat())
    };
    assert_eq!(with(AUTHORITY).unwrap().smtp_ca.as_deref(), Some(AUTHORITY));
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    for wrong in ["", "not a certificate", broken] {
        let told = with(wrong).err().unwrap().to_string();
        assert!(told.contains("PORTICO_SMTP_CA") && told.contains("holds no certificate"), "{told}");
    }
    assert!(
        faults(&[PRODUCTION.as_slice(), &[("PORTICO_SMTP_CA", "/nowhere/ca.pem")]].concat())[0]
            .contains("cannot be read")
    );
}

#[test]
fn production_needs_https_mail_and_a_seal_key() {
    assert!(faults(&PRODUCTION).is_empty());
    let missing = faults(&[("PORTICO_PUBLIC_URL", "http://login.example.org")]);
    assert_eq!(missing.len(), 3, "{missing:#?}");
    for (fault, key) in missing.iter().zip(["PORTICO_PUBLIC_URL", "PORTICO_SMTP_URL", "PORTICO_SEAL_KEY"]) {
        assert!(fault.starts_with(key), "{fault}");
    }
}

#[test]
fn development_is_for_this_machine_alone() {
    for open in ["0.0.0.0:3000", "[::]:3000", "192.0.2.7:3000", "[::ffff:192.0.2.7]:3000"] {
        let told = faults(&[("PORTICO_LISTEN", open)]);
        assert_eq!(told.len(), 1, "{open}");
        assert!(told[0].starts_with("PORTICO_LISTEN") && told[0].contains("PORTICO_PUBLIC_URL"), "{told:?}");
        let public = [PRODUCTION.as_slice(), &[("PORTICO_LISTEN", open)]].concat();
        assert!(faults(&public).is_empty(), "{open}");
    }
    for own in ["127.0.0.1:0", "127.8.8.8:1", "[::1]:3000"] {
        assert!(faults(&[("PORTICO_LISTEN", own)]).is_empty(), "{own}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let all = faults(&[
        ("PORTICO_LISTEN", "localhost"),
        ("PORTICO_PUBLIC_URL", "https://login.example.org/path"),
        ("PORTICO_DATABASE_URL", "mysql://root@db"),
        ("PORTICO_SMTP_URL", "mail.example.org"),
        ("PORTICO_MAIL_FROM", "nobody"),
        ("PORTICO_SEAL_KEY", "c2hvcnQ="),
        ("PORTICO_TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("PORTICO_LOG", "portico=loud"),
        ("PORTICO_LOG_FORMAT", "xml"),
        ("PORTICO_LITSEN", "127.0.0.1:3000"),
    ]);
    assert_eq!(all.len(), 10, "{all:#?}");
}

#[test]
fn r43_a_fault_never_quotes_a_secret() {
    let all = faults(&[
        ("PORTICO_DATABASE_URL", "mysql://root:canary@db"),
        ("PORTICO_SMTP_URL", "https://user:canary@mail"),
        ("PORTICO_SEAL_KEY", "canary!"),
    ]);
    assert_eq!(all.len(), 3);
    assert!(!all.concat().contains("canary"), "{all:#?}");
}

#[test]
fn what_kubernetes_adds_by_itself_is_no_slip_of_the_pen() {
    let theirs =
        [("PORTICO_SERVICE_HOST", "10.0.0.1"), ("PORTICO_PORT", "tcp://10.0.0.1:3000"), ("PORTICO_PORT_3000_TCP", "")];
    assert!(faults(&theirs).is_empty());
    assert_eq!(faults(&[("PORTICO_PORT", "8080")]).len(), 1);
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = Folder::new();
    let path = folder.join("portico.toml");
    fs::write(&path, "listen = \"127.0.0.1:1\"\nlog = \"debug\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n")
        .unwrap();
    let variables = BTreeMap::from([("PORTICO_LISTEN".to_owned(), "127.0.0.1:2".to_owned())]);
    let config = Config::read(Sources { variables, file: Some(&path), folder: &folder }).unwrap();
    assert_eq!((config.listen.port(), config.log.as_str(), config.trusted_proxies.len()), (2, "debug", 2));
}

#[test]
fn an_unknown_key_in_the_file_is_refused() {
    let folder = Folder::new();
    let path = folder.join("portico.toml");
    fs::write(&path, "listne = \"0.0.0.0:1\"\nlog = 3\n").unwrap();
    let told = Config::read(Sources { variables: BTreeMap::new(), file: Some(&path), folder: &folder }).err().unwrap();
    assert_eq!(told.0.len(), 2, "{told}");
}

#[test]
fn an_older_seal_key_stands_behind_the_new_one() {
    let older = STANDARD.encode([7; 32]);
    let config = read(&[("PORTICO_SEAL_KEY", &format!("{KEY}, {older}"))]).unwrap();
    assert_eq!(config.seal_keys.len(), 2);
    assert_eq!(config.seal_keys[1].bytes(), &[7; 32]);
    assert_eq!(format!("{:?}", config.seal_keys[0]), "(secret)");
}

#[test]
fn the_manual_names_every_key() {
    let manual = Config::manual();
    assert!(KEYS.iter().all(|key| manual.contains(&key.manual())));
}
