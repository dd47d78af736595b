//! People brought from elsewhere by `portico people import`, and told again by `portico people export`.

use super::harness::{TestServer, WRONG_AFTER, fresh_name, on_both};
use app::contract::flow_rules::{FlowRules, SignInName};
use serde_json::json;
use server::{
    directory::{sweep, tenant},
    people::{Import, Report, export},
};
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

const ADA: &str = "ada@example.org";
const PASSWORD: &str = "correct horse bättery";
/// Of the password above; made with Python's bcrypt, hashlib and argon2-cffi.
const HASHES: [&str; 4] = [
    "$2b$05$BgY/TVlTQ9oHWmsYkeP.6uvYQIPVqk5d6vtQEzQyaLem.DHPJYuZ6",
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$iw9bttQjPFqteipfogHbN7wTmZjfqx8cHAl3fWVZ4pc",
    "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$KNnI6qMWHAqAnT0mrq8B0juulbkyG7uC+HoDGNtkZlg",
    "$argon2id$v=19$m=1024,t=2,p=4$AAECAwQFBgcICQoLDA0ODw$j2Vbt+hwCVxGW+1M1l9088pTnPN0wYZkA70e7aFbWaQ",
];

/// A file of its own, gone with the test.
struct Brought(PathBuf);

impl Brought {
    fn of(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", fresh_name()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Brought {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

async fn import(server: &TestServer, name: &str, text: &str) -> (Report, String) {
    let file = Brought::of(name, text);
    let state = &server.state;
    let import = Import { db: &state.db, seal: &state.seal, chance: &state.chance, now: server.now() };
    let mut bar = Vec::new();
    let report = import.run("Woodgrove", &file.0, &mut bar).await.unwrap();
    (report, String::from_utf8(bar).unwrap())
}

#[tokio::test]
async fn r8_people_sign_in_with_the_password_they_had_elsewhere_and_get_a_hash_of_ours() {
    on_both(async |server: TestServer| {
        let application = server.application().await;
        let lines: Vec<String> = HASHES
            .iter()
            .enumerate()
            .map(|(n, hash)| json!({ "mail": format!("p{n}@example.org"), "passwordHash": hash }).to_string())
            .collect();
        let (report, bar) = import(&server, "people.jsonl", &lines.join("\n")).await;
        assert_eq!((report.added, report.refused), (4, Vec::new()));
        assert!(bar.contains("100 %  4 people"), "{bar}");
        const FOREIGN: &str = "SELECT COUNT(*) FROM credentials WHERE secret LIKE '$foreign$%'";
        assert_eq!(server.count(FOREIGN).await, 4);
        for n in 0..HASHES.len() {
            let address = format!("p{n}@example.org");
            let mut browser = server.browser();
            application.asks(&mut browser).await;
            browser.sign_in(&address, "correct horse battery").await;
            assert!(browser.page.text().contains("match"), "a wrong password is wrong: {}", browser.page.text());
            for _ in 0..2 {
                let mut browser = server.browser();
                let asked = application.asks(&mut browser).await;
                browser.sign_in(&address, PASSWORD).await;
                assert!(!application.code(&browser, &asked).is_empty());
            }
            assert_eq!(server.count(FOREIGN).await, 3 - n as i64, "the first sign-in takes the old hash's place");
        }
    })
    .await;
}

/// Whoever has a hash from elsewhere, whoever has one of ours, whoever is not there, and whoever is switched off and knows the
/// password.
#[tokio::test]
async fn r5_no_time_tells_whose_hash_came_from_elsewhere() {
    on_both(async |server: TestServer| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let brought = json!({ "mail": "brought@example.org", "passwordHash": HASHES[0] }).to_string();
        let off = json!({ "mail": "off@example.org", "accountEnabled": false, "passwordHash": HASHES[0] });
        assert_eq!(import(&server, "people.jsonl", &format!("{brought}\n{off}")).await.0.added, 2);
        server.state.db.forget();
        for (name, password) in [
            ("brought@example.org", "not the password"),
            (ADA, "not the password"),
            ("nobody@example.org", "not the password"),
            ("off@example.org", PASSWORD),
        ] {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.fill(&[("Email address", name)]).press("Continue").await;
            let before = Instant::now();
            browser.fill(&[("Password", password)]).press("Sign in").await;
            assert!(before.elapsed() >= WRONG_AFTER, "{name}: {:?}", before.elapsed());
            assert!(browser.page.text().contains("match"), "{name}: {}", browser.page.text());
        }
    })
    .await;
}

/// The last hash from elsewhere gives way to one of ours, and nobody waits for a verdict any more.
#[tokio::test]
async fn r5_the_wait_ends_with_the_last_hash_from_elsewhere() {
    on_both(async |server: TestServer| {
        let shop = server.application().await;
        let brought = async |name: &str| {
            let line = json!({ "mail": format!("{name}@example.org"), "passwordHash": HASHES[0] }).to_string();
            assert_eq!(import(&server, "people.jsonl", &line).await.0.added, 1);
        };
        let signs_in = async |name: &str| {
            let mut browser = server.browser();
            shop.asks(&mut browser).await;
            browser.sign_in(&format!("{name}@example.org"), PASSWORD).await;
            assert!(shop.has(&browser), "{}", browser.text());
        };
        let days_pass = || server.clock.advance(Duration::from_secs(2 * 24 * 3600));
        let waits = async || {
            sweep::sweep(&server.state.db, 100, server.now()).await.unwrap();
            server.state.db.forget();
            tenant::has_foreign_hashes(&server.state.db, &server.tenant).await.unwrap()
        };
        brought("ada").await;
        brought("grace").await;
        days_pass();
        signs_in("ada").await;
        assert!(waits().await, "for grace");
        signs_in("grace").await;
        assert!(!waits().await);

        brought("kofi").await;
        days_pass();
        brought("lin").await;
        signs_in("kofi").await;
        signs_in("lin").await;
        assert!(waits().await, "more may be on their way in at this moment");
        days_pass();
        assert!(!waits().await);
    })
    .await;
}

#[tokio::test]
async fn a_table_brings_everybody_who_can_be_read_and_says_who_was_left_out() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let table = "mail,displayName,city,accountEnabled,passwordHash\n\
                     ada@example.org,\"Lovelace, Ada\",Lund,true,\n\
                     ADA@example.org,Another Ada,Lund,true,\n\
                     grace@example.org,Grace Hopper,New York,false,\n\
                     nobody,No Address,,,\n\
                     ,Nameless,,,\n\
                     weak@example.org,Weak,,,$md5$aa$bb\n\
                     dear@example.org,Dear,,,$2b$14$BgY/TVlTQ9oHWmsYkeP.6uvYQIPVqk5d6vtQEzQyaLem.DHPJYuZ6\n";
        let (report, _) = import(&server, "people.CSV", table).await;
        assert_eq!(report.added, 2);
        let refused: Vec<u64> = report.refused.iter().map(|(line, _)| *line).collect();
        assert_eq!(refused, [3, 5, 6, 7, 8], "{:?}", report.refused);
        let why = "the password hash cannot be used: it asks for more work than a sign-in may cost";
        assert_eq!(report.refused.last().map(|(_, told)| told.as_str()), Some(why));
        let found = admin.read("/users?$search=%22love%22&$count=true&$select=displayName,city").await;
        assert_eq!(found["value"][0]["displayName"], "Lovelace, Ada");
        assert_eq!(found["value"][0]["city"], "Lund");
        assert_eq!(admin.read("/users?$count=true").await["@odata.count"], 2);
        let off = admin.read("/users?$filter=accountEnabled eq false").await;
        assert_eq!(off["value"][0]["displayName"], "Grace Hopper");
        // Again: nobody comes twice, and an unknown attribute is nobody's.
        let again = "{\"mail\":\"ada@example.org\"}\n\n{\"mail\":\"new@example.org\",\"shoeSize\":42}\nnonsense\n";
        let (report, _) = import(&server, "again.jsonl", again).await;
        assert_eq!((report.added, report.refused.len()), (0, 3), "{:?}", report.refused);
    })
    .await;
}

/// SQLite counts a text as far as its first NUL, and an account is told by such counts (`directory/profile`): so no name and no
/// value has one. The pages (`hosted/attributes`) and the management API (`graph/users`) are held to the same.
#[tokio::test]
async fn nobody_comes_with_a_character_that_nobody_sees() {
    on_both(async |server: TestServer| {
        server.application().await;
        let mut lines = Vec::new();
        for unseen in ["\u{0}", "\u{7}", "\u{1b}", "\u{7f}"] {
            for (field, value) in [
                ("mail", format!("a{unseen}da@example.org")),
                ("contactMail", format!("a{unseen}da@example.org")),
                ("userName", format!("a{unseen}da")),
                ("displayName", format!("A{unseen}da")),
                ("city", format!("Lu{unseen}nd")),
            ] {
                let mut somebody = json!({ "mail": "ada@example.org", "passwordHash": HASHES[0] });
                somebody[field] = json!(value);
                lines.push(somebody.to_string());
            }
        }
        let (report, _) = import(&server, "people.jsonl", &lines.join("\n")).await;
        assert_eq!((report.added, report.refused.len()), (0, lines.len()), "{:?}", report.refused);
        let (report, _) = import(&server, "people.csv", "mail,city\nada@example.org,Lu\0nd\n").await;
        assert_eq!((report.added, report.refused.len()), (0, 1), "{:?}", report.refused);
        assert_eq!(server.count("SELECT COUNT(*) FROM accounts").await, 0);
    })
    .await;
}

/// Many more than one statement takes and one unit holds.
#[tokio::test]
async fn many_come_in_few_statements_and_only_those_with_a_name_in_use_are_left_out() {
    on_both(async |server: TestServer| {
        const MANY: usize = 2_300;
        let admin = server.administrator().await;
        let line = |n: usize| {
            let hash = if n.is_multiple_of(7) { HASHES[0] } else { "" };
            let (off, name) = (n.is_multiple_of(5), format!("Person Number{n}"));
            json!({ "mail": format!("p{n}@example.org"), "displayName": name, "city": "Lund", "accountEnabled": !off, "passwordHash": hash }).to_string()
        };
        let mut lines: Vec<String> = (0..MANY).map(line).collect();
        // The same name again: beside its first, in another unit, and both of its own names.
        lines.insert(1, line(0));
        lines.push(line(40));
        lines.push(json!({ "mail": "twice@example.org", "email": "Twice@example.org" }).to_string());
        let (report, bar) = import(&server, "many.jsonl", &lines.join("\n")).await;
        let last = lines.len() as u64;
        let refused: Vec<u64> = report.refused.iter().map(|(line, _)| *line).collect();
        assert_eq!((report.added, refused), (MANY as u64, vec![2, last - 1, last]));
        assert!(bar.contains(&format!("100 %  {MANY} people")), "{bar}");
        for (rows, count) in [
            ("accounts WHERE disabled_at IS NOT NULL", MANY / 5),
            ("credentials WHERE kind = 'password'", MANY.div_ceil(7)),
            ("identities WHERE folded LIKE 'p%@example.org'", MANY),
            ("addresses WHERE kind = 'signIn' AND verified_at IS NOT NULL", MANY),
            ("attribute_values WHERE attribute_id IN ('displayName', 'city')", 2 * MANY),
        ] {
            let sql = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {rows} AND tenant_id = '{}'", server.tenant);
            assert_eq!(server.texts(sql).await, [count.to_string()], "{rows}");
        }
        assert_eq!(admin.read("/users?$count=true").await["@odata.count"], MANY);
        let found = admin.read("/users?$search=%22number2299%22").await;
        assert_eq!(found["value"][0]["mail"], "p2299@example.org");

        // Broken off and started again: it goes on where it was, and nobody comes twice.
        lines.push(line(MANY));
        let (report, _) = import(&server, "many.jsonl", &lines.join("\n")).await;
        assert_eq!((report.added, report.refused.len()), (1, lines.len() - 1));
        assert_eq!(admin.read("/users?$count=true").await["@odata.count"], MANY + 1);
        // Told once each, however many came; and not where nobody did.
        let (report, _) = import(&server, "many.jsonl", &lines.join("\n")).await;
        assert_eq!(report.added, 0);
        assert_eq!(server.count("SELECT COUNT(*) FROM audits WHERE activity = 'Import people'").await, 2);
    })
    .await;
}

/// Many have a name with one beginning and many one with the other, and one has both: nobody is looked for longer than a page
/// may take, and who is there is found.
#[tokio::test]
async fn r39_two_common_beginnings_are_looked_through_page_by_page() {
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let named =
            |n: usize, name: &str| json!({ "mail": format!("m{n}@example.org"), "displayName": name }).to_string();
        let mut lines: Vec<String> = (0..700).map(|n| named(n, "Bana Lund")).collect();
        lines.extend((700..1_450).map(|n| named(n, "Ceda Lund")));
        lines.push(named(1_450, "Cezi Banz"));
        let (report, _) = import(&server, "many.jsonl", &lines.join("\n")).await;
        assert_eq!(report.added, 1_451);
        let (mut pages, mut found) = (0, Vec::new());
        let mut path = "/users?$top=5&$search=%22ban%20ce%22".to_owned();
        loop {
            let page = admin.read(&path).await;
            pages += 1;
            found.extend(page["value"].as_array().unwrap().iter().map(|user| user["displayName"].clone()));
            let Some(next) = page["@odata.nextLink"].as_str() else { break };
            path = next.split_once("/graph/v1.0").unwrap().1.to_owned();
        }
        assert_eq!((pages, found), (2, vec![json!("Cezi Banz")]));
        // Whoever is found under one word is not found again under the next, however far that is.
        let page = admin.read("/users?$top=999&$search=%22m%22").await;
        assert_eq!(page["value"].as_array().unwrap().len(), 999);
    })
    .await;
}

/// Fault F17: what CHANGELOG.md says to run once the last server of before migration 25 is stopped, in the words of that migration.
#[tokio::test]
async fn f17_beginnings_that_an_older_server_left_as_they_were_are_mended() {
    const MEND: &str = r#"UPDATE attribute_values SET beginning = lower(substr(value, 1, 48) COLLATE "binary") WHERE
        attribute_id NOT IN ('displayName', 'givenName', 'surname')"#;
    on_both(async |server: TestServer| {
        let admin = server.administrator().await;
        let living = |mail: &str, city: &str| json!({ "mail": mail, "displayName": "Bana", "city": city }).to_string();
        let lines = [living(ADA, "LUND"), living("grace@example.org", "ISTanbul")].join("\n");
        assert_eq!(import(&server, "older.jsonl", &lines).await.0.added, 2);
        let run = async |sql: &'static str| {
            server
                .write(move |c, _, _| Box::pin(async move { Ok(sqlx::query(sql).execute(c).await.map(|_| ())?) }))
                .await;
        };
        let found = async |beginning: &str| {
            let page = admin.read(&format!("/users?$filter=startsWith(city,'{beginning}')")).await;
            page["value"].as_array().map(Vec::len)
        };
        assert_eq!((found("lu").await, found("is").await), (Some(1), Some(1)));
        run("UPDATE attribute_values SET beginning = NULL WHERE value = 'LUND'").await;
        run("UPDATE attribute_values SET beginning = 'lyon' WHERE value = 'ISTanbul'").await;
        assert_eq!((found("lu").await, found("is").await), (Some(0), Some(0)));
        run(MEND).await;
        assert_eq!((found("lu").await, found("is").await), (Some(1), Some(1)));
        assert_eq!(
            server.count("SELECT COUNT(*) FROM attribute_values WHERE value = 'Bana' AND beginning IS NOT NULL").await,
            0
        );
    })
    .await;
}

/// More than a page looks at: whoever lives where nobody else does is on the first page, and that nobody lives somewhere is said
/// at once.
#[tokio::test]
async fn r39_among_many_those_whose_value_begins_so_are_led_to() {
    on_both(async |server: TestServer| {
        const MANY: usize = 1_100;
        let admin = server.administrator().await;
        let living = |n: usize, city: &str| {
            json!({ "mail": format!("m{n:04}@example.org"), "displayName": format!("Bana {n:04}"), "city": city })
                .to_string()
        };
        let cities = ["Lund", "LUND", "Lyon"];
        let mut lines: Vec<String> = (0..MANY).map(|n| living(n, cities[n % 3])).collect();
        lines.push(living(MANY, "Zagreb"));
        assert_eq!(import(&server, "many.jsonl", &lines.join("\n")).await.0.added, MANY as u64 + 1);
        for (beginning, found) in [("za", 1), ("lx", 0), ("zz", 0)] {
            let page = admin.read(&format!("/users?$top=25&$filter=startsWith(city,'{beginning}')")).await;
            assert_eq!(page["value"].as_array().map(Vec::len), Some(found), "{beginning}");
            assert_eq!(page["@odata.nextLink"], json!(null), "{beginning}");
        }
        // So it is of two words, whether few or many have the one or the other.
        for (typed, found, goes_on) in [
            ("bana zagreb", 0, false),
            ("bana m1100", 1, false),
            ("0007 m0007", 1, false),
            ("0007 m0008", 0, false),
            ("000 m000", 2, true),
            ("bana m", 2, true),
        ] {
            let page = admin.read(&format!("/users?$top=2&$search=%22{typed}%22")).await;
            assert_eq!(page["value"].as_array().map(Vec::len), Some(found), "{typed}");
            assert_eq!(page["@odata.nextLink"].is_string(), goes_on, "{typed}");
        }
        let (mut pages, mut found) = (Vec::new(), Vec::new());
        let mut path = "/users?$top=300&$filter=startsWith(city,'lu')".to_owned();
        loop {
            let page = admin.read(&path).await;
            let people = page["value"].as_array().unwrap();
            pages.push(people.len());
            found.extend(people.iter().map(|user| user["mail"].as_str().unwrap().to_owned()));
            let Some(next) = page["@odata.nextLink"].as_str() else { break };
            path = next.split_once("/graph/v1.0").unwrap().1.to_owned();
        }
        found.sort();
        let expected: Vec<String> = (0..MANY).filter(|n| n % 3 < 2).map(|n| format!("m{n:04}@example.org")).collect();
        assert_eq!((pages, found), (vec![300, 300, 134], expected));
    })
    .await;
}

#[tokio::test]
async fn r42_everything_that_is_held_about_somebody_is_told_but_no_secret() {
    on_both(async |server: TestServer| {
        let application = server.application().await;
        let account = server.account(&application, ADA).await;
        let mut browser = server.browser();
        application.asks(&mut browser).await;
        browser.sign_in(ADA, super::harness::PASSWORD).await;
        let held = export(&server.state.db, "Woodgrove", ADA).await.unwrap();
        assert_eq!(held["account"][0]["id"], account.as_str());
        assert_eq!(held["identities"][0]["issuer_assigned_id"], ADA);
        assert_eq!(held["credentials"][0]["kind"], "password");
        assert_eq!(held["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(held["activities"].as_array().map(Vec::len), Some(1));
        let told = held.to_string();
        assert!(!told.contains("secret") && !told.contains("hash") && !told.contains("argon2"), "{told}");
        assert!(export(&server.state.db, "Woodgrove", "nobody@example.org").await.is_err());
    })
    .await;
}

/// Azure AD B2C's accounts by user name, whose address it keeps for resets; and addresses that nobody ever proved.
#[tokio::test]
async fn user_names_come_with_the_address_behind_them() {
    on_both(async |server: TestServer| {
        let rules = FlowRules { sign_in_name: SignInName::EmailOrUserName, ..FlowRules::default() };
        let shop = server.flow(|flow| flow.rules = rules).await;
        let hash = HASHES[0];
        let lines = [
            json!({"userName": "mina-k", "contactMail": "mina@example.org", "passwordHash": hash}),
            json!({"userName": "mina k"}),
            json!({"mail": "bob@example.org", "contactMail": "bob@example.org"}),
            json!({"mail": ADA, "mailVerified": false, "passwordHash": hash}),
            json!({"userName": "MINA-K", "passwordHash": hash}),
            json!({"userName": "kofi", "contactMail": "kofi@example.org"}),
            json!({"userName": "lena", "mail": "lena@example.org"}),
            json!({"userName": "nora", "contactMail": "nora@example.org", "mailVerified": false, "passwordHash": hash}),
        ];
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        let (report, _) = import(&server, "names.jsonl", &lines.join("\n")).await;
        let refused: Vec<u64> = report.refused.iter().map(|(line, _)| *line).collect();
        assert_eq!((report.added, refused), (3, vec![2, 3, 5, 6, 8]), "{:?}", report.refused);
        let told = report.refused.iter().find(|(line, _)| *line == 6).map(|(_, why)| why.as_str());
        assert_eq!(told, Some("a userName goes with a passwordHash"));

        for (name, proved) in [("mina-k", json!(null)), (ADA, json!(false))] {
            let mut browser = server.browser();
            let asked = shop.asks(&mut browser).await;
            browser.fill(&[("Email address or user name", name)]).press("Continue").await;
            browser.fill(&[("Password", PASSWORD)]).press("Sign in").await;
            assert_eq!(shop.tokens(&browser, &asked).await.id["email_verified"], proved, "{name}");
        }
        let mut mina = server.browser();
        shop.asks(&mut mina).await;
        mina.press("Can’t access your account?").await;
        mina.fill(&[("Email address or user name", "mina-k")]).press("Send code").await;
        mina.type_code("mina@example.org").await;
        assert_eq!(mina.heading(), "Choose a new password");

        let held = export(&server.state.db, "Woodgrove", "mina-k").await.unwrap();
        assert_eq!(
            (&held["addresses"][0]["kind"], &held["addresses"][0]["address"]),
            (&json!("contact"), &json!("mina@example.org"))
        );
        assert_eq!(held["identities"][0]["issuer_assigned_id"], "mina-k");
    })
    .await;
}
