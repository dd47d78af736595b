//! The directory: what is written together stands or falls together (`units`), and what is used once is used once.

mod connections;
mod names;
mod units;

use crate::harness::{PASSWORD, TestServer, at_once, on_both, on_both_alone};
use app::contract::{flow_rules::Lockout, id::SessionId, secret::Secret, time::Timestamp};
use futures::future::join_all;
use server::{
    directory::{
        Db, Durability,
        counter::{self, Asked, Spent},
        guess::{self, Rule},
        outbox, session, sqlite_file, sweep,
        tenant::{self, Tenant},
    },
    doctor,
    error::Error,
    journey::{Reached, Stage, limits},
    seed,
};
use std::{fs, time::Duration};

const ACCOUNTS: &str = "SELECT count(*) FROM accounts";
const ADA: &str = "ada@example.org";

/// Fault F14: one address in many spellings, at once, on two servers: one account, and nobody sees an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_a_hundred_sign_ups_of_one_address_make_one_account() {
    on_both(async |server| {
        let shop = server.application().await;
        let elsewhere = server.another().await;
        let there = shop.through(&elsewhere);
        let password = server.state.hasher.hash(&Secret::from(PASSWORD)).await.unwrap();
        let spellings = [
            "ada@bücher.example",
            "ADA@Bücher.example",
            "Ada@xn--bcher-kva.example",
            "ada@BÜCHER.EXAMPLE",
            "ada@bu\u{308}cher.example",
        ];
        let mut browsers = Vec::new();
        for number in 0..100 {
            let (house, application) = if number % 2 == 0 { (&server, &shop) } else { (&elsewhere, &there) };
            let mut browser = house.browser();
            let address = spellings[number % spellings.len()].to_owned();
            let stage = Stage::Attributes { address, reached: Reached::Proved, password: Some(password.clone()) };
            house.journey_at(application, &mut browser, stage).await;
            browsers.push(browser);
        }
        let browsers = at_once(browsers.len(), |number| {
            let mut browser = browsers[number].clone();
            async move {
                browser.fill(&[("Display name", "Ada")]).press("Create account").await;
                browser
            }
        })
        .await;
        assert_eq!(server.count(ACCOUNTS).await, 1);
        assert_eq!(server.count("SELECT count(*) FROM identities").await, 1);
        let made = browsers.iter().filter(|browser| shop.has(browser)).count();
        assert_eq!(made, 1);
        for browser in browsers.iter().filter(|browser| browser.left_for.is_none() && browser.status != 503) {
            assert_eq!(browser.heading(), "Enter your password");
            assert!(browser.notice().unwrap().starts_with("You have an account"));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_cve_2024_4629_two_hundred_guesses_at_once_get_ten_tries() {
    on_both(async |server| {
        let elsewhere = server.another().await;
        let rule = Rule { hold_after: limits::hold_after, lockout: Lockout::default(), most: limits::GUESSES };
        let may = at_once(200, |number| {
            let server = if number % 2 == 0 { server.clone() } else { elsewhere.clone() };
            async move { guess::reserve(&server.state.db, &server.tenant, "ada", rule, server.now()).await }
        })
        .await;
        let judged = may.iter().filter(|may| matches!(may, Ok(true))).count();
        assert!(judged <= 10, "{judged}");
        assert!(may.iter().all(|may| !matches!(may, Err(Error::Database(_) | Error::Internal(_)))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_twenty_at_once_spend_what_is_there_and_no_more() {
    on_both(async |server| {
        let spent = at_once(20, |_| {
            let server = server.clone();
            async move {
                let (tenant, now) = (server.tenant.clone(), server.now());
                let asked = [Asked {
                    name: "code from network",
                    subject: "net".into(),
                    rule: |past| {
                        limits::next_allowed(&[limits::Limit { most: 7, within: Duration::from_secs(60) }], past)
                    },
                }];
                let spend = server.state.db.write(Durability::Fleeting, move |c| {
                    Box::pin(async move { counter::spend(c, &tenant, &asked, now).await })
                });
                spend.await
            }
        })
        .await;
        let allowed = spent.iter().filter(|spent| matches!(spent, Ok(Spent::Allowed { .. }))).count();
        let busy = spent.iter().filter(|spent| matches!(spent, Err(Error::Busy))).count();
        assert!(allowed == 7 || (allowed < 7 && busy > 0), "{spent:?}");
    })
    .await;
}

/// Security R5: as much is written where it is refused. It is seen by what is too old to count, and gone then.
#[tokio::test]
async fn r5_what_is_refused_is_written_down_as_what_is_allowed() {
    on_both(async |server| {
        let rules: [fn(&[Timestamp]) -> Timestamp; 2] = [|_| Timestamp(0), |_| Timestamp(i64::MAX)];
        for (rule, moments) in rules.into_iter().zip([server.now().0.to_string(), String::new()]) {
            let asked = [Asked { name: "test", subject: "somebody".into(), rule }];
            let (tenant, now) = (server.tenant.clone(), server.now());
            let spend = server.state.db.write(Durability::Fleeting, move |c| {
                Box::pin(async move { counter::spend(c, &tenant, &asked, now).await })
            });
            assert_eq!(matches!(spend.await.unwrap(), Spent::Refused { .. }), moments.is_empty());
            assert_eq!(server.text("SELECT moments FROM counters").await, moments);
            server.clock.advance(Duration::from_secs(25 * 3600));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_taken_by_one_server() {
    on_both(async |server| {
        let elsewhere = server.another().await;
        for number in 0..40 {
            let letter = outbox::Waiting {
                id: format!("letter {number}"),
                address: ADA.into(),
                sealed: "sealed".into(),
                expires_at: server.now() + Duration::from_secs(600),
            };
            server
                .write(|c, tenant, now| Box::pin(async move { outbox::insert(&tenant, &letter, now).run(c).await }))
                .await;
        }
        let taken = at_once(8, |number| {
            let server = if number % 2 == 0 { server.clone() } else { elsewhere.clone() };
            async move { outbox::take_due(&server.state.db, 16, server.now()).await.unwrap() }
        })
        .await;
        let mut ids: Vec<_> = taken.into_iter().flatten().map(|due| due.id).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "nobody's letter goes twice");
    })
    .await;
}

/// Fault F18: servers that start together take turns; whoever comes late finds it done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f18_two_servers_may_bring_the_tables_up_to_date_at_once() {
    on_both_alone(async |database| {
        let empty = database.empty_sibling().await;
        let servers = join_all((0..4).map(|_| Db::open(&empty.url))).await.into_iter().map(Result::unwrap);
        let servers: Vec<_> = servers.collect();
        let outcomes = join_all(servers.iter().map(Db::migrate)).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let db = Db::open(&empty.url).await.unwrap();
        assert!(db.missing_migrations().await.unwrap().is_empty());
        db.check().await.unwrap();
        assert!((db.now().await.unwrap() - now_by_the_machine()).abs() < 60_000);
        drop(db);
        empty.drop_it().await;
    })
    .await;
}

fn now_by_the_machine() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

/// What ran out goes, what counts stays, and an account is never swept.
#[tokio::test]
async fn a_sweep_takes_what_ran_out_and_nothing_else() {
    on_both(async |server| {
        let shop = server.application().await;
        server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        let tokens = shop.tokens(&ada, &asked).await;
        let mut other = server.browser();
        shop.asks(&mut other).await;
        other.press("Create one").await;
        other.fill(&[("Email address", "grace@example.org")]).press("Send code").await;

        let swept = async || while sweep::sweep(&server.state.db, limits::GUESSES, server.now()).await.unwrap() {};
        swept().await;
        other.type_code("grace@example.org").await;
        assert_eq!(other.heading(), "Create a password", "nothing that counts was taken");

        server.clock.advance(Duration::from_secs(26 * 3600));
        swept().await;
        for (sql, left) in [
            ("SELECT count(*) FROM journeys", 0),
            ("SELECT count(*) FROM outbox", 0),
            ("SELECT count(*) FROM sessions", 1),
            ("SELECT count(*) FROM token_families", 1),
            (ACCOUNTS, 1),
        ] {
            assert_eq!(server.count(sql).await, left, "{sql}");
        }
        assert_eq!(shop.refresh(&tokens.refresh_token).await.status, 200);
        server.clock.advance(session::LONGEST * 3);
        swept().await;
        for (sql, left) in [
            ("SELECT count(*) FROM sessions", 0),
            ("SELECT count(*) FROM token_families", 0),
            ("SELECT count(*) FROM grants", 0),
            ("SELECT count(*) FROM counters", 0),
            ("SELECT count(*) FROM guesses", 0),
            ("SELECT count(*) FROM identities", 1),
            (ACCOUNTS, 1),
        ] {
            assert_eq!(server.count(sql).await, left, "{sql}");
        }
    })
    .await;
}

/// What keeps somebody in or out stays as long as it does so; what nobody can use any more goes.
#[tokio::test]
async fn a_sweep_takes_old_browsers_activities_and_keys_and_opens_no_closed_password() {
    on_both(async |server| {
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        shop.tokens(&ada, &asked).await;
        let mut eve = server.browser();
        shop.asks(&mut eve).await;
        eve.sign_in(ADA, "a wrong guess").await;
        server
            .write(|c, tenant, _| {
                Box::pin(async move {
                    sqlx::query("UPDATE guesses SET failures = 100 WHERE tenant_id = $1")
                        .bind(tenant.to_string())
                        .execute(c)
                        .await?;
                    Ok(())
                })
            })
            .await;
        server.state.keys.rotate(&server.tenant).await.unwrap();
        let swept = async || while sweep::sweep(&server.state.db, limits::GUESSES, server.now()).await.unwrap() {};
        const KEYS: &str = "SELECT count(*) FROM signing_keys";
        const ACTIVITIES: &str = "SELECT count(*) FROM activities";
        const DEVICES: &str = "SELECT count(*) FROM devices";

        let keys = server.count(KEYS).await;
        swept().await;
        assert_eq!(server.count(KEYS).await, keys, "both are published still");
        // Tokens of a day may be signed with it, and a day later it goes.
        server.clock.advance(Duration::from_secs(51 * 3600));
        swept().await;
        assert!(server.count(KEYS).await < keys);
        assert_eq!(server.count("SELECT count(*) FROM signing_keys WHERE retires_at IS NOT NULL").await, 0);

        server.clock.advance(sweep::ACTIVITY - Duration::from_secs(72 * 3600));
        swept().await;
        assert_eq!(server.count(ACTIVITIES).await, 1);
        server.clock.advance(Duration::from_secs(72 * 3600));
        swept().await;
        assert_eq!(server.count(ACTIVITIES).await, 0);

        assert_eq!(server.count(DEVICES).await, 1);
        server.clock.advance(Duration::from_secs(366 * 24 * 3600));
        swept().await;
        assert_eq!(server.count(DEVICES).await, 0);
        assert_eq!(server.count("SELECT count(*) FROM guesses WHERE failures = 100").await, 1);
        let mut ada = server.browser();
        shop.asks(&mut ada).await;
        ada.sign_in(ADA, PASSWORD).await;
        assert_eq!(ada.heading(), "Enter your password", "closed until the address is proved anew");
        assert_eq!(server.profile(&account).await.name, ADA);
    })
    .await;
}

/// Who proves themselves anew without end makes no call of their old tokens dearer than the last that is followed.
#[tokio::test]
async fn a_session_is_followed_so_far_and_no_further() {
    on_both(async |server| {
        const LAST: i32 = 33;
        let shop = server.application().await;
        let account = server.account(&shop, ADA).await;
        server
            .write(move |c, tenant, now| {
                Box::pin(async move {
                    for number in 0..=LAST {
                        let made = session::Session {
                            id: format!("session {number}").into(),
                            hash: format!("hash {number}"),
                            account: account.clone(),
                            amr: vec!["pwd".into()],
                            signed_in_at: now,
                            seen_at: now,
                            expires_at: now + session::LONGEST,
                            kept_at: None,
                            language: "en".into(),
                            idle: session::LONGEST,
                            begun: Vec::new(),
                        };
                        session::replace(c, &tenant, &format!("hash {}", number - 1), made).await?;
                    }
                    Ok(())
                })
            })
            .await;
        for (number, goes_on) in [(LAST, true), (LAST - 1, true), (LAST - 32, true), (LAST - 33, false)] {
            let id = SessionId::from(format!("session {number}"));
            let told = session::goes_on(&server.state.db, &server.tenant, &id).await.unwrap();
            assert_eq!(told, goes_on, "{number}");
        }
    })
    .await;
}

/// A word in a URL means one tenant, whichever of the two was there first.
#[tokio::test]
async fn a_tenant_s_name_is_nobody_else_s_id() {
    on_both(async |server| {
        let insert = async |id: &str, names: &[&str]| {
            let tenant =
                Tenant { id: id.into(), ..(*tenant::get(&server.state.db, "woodgrove").await.unwrap()).clone() };
            let names = names.iter().map(|name| (*name).into()).collect();
            tenant::insert(&server.state.db, tenant, names, server.now()).await
        };
        let theirs = server.tenant.as_str().to_owned();
        for word in [theirs.as_str(), &theirs.to_uppercase(), "woodgrove", "Woodgrove"] {
            assert!(matches!(insert("another", &["fine", word]).await, Err(Error::Taken)), "{word}");
        }
        insert("another", &["fine", "another"]).await.unwrap();
        assert!(matches!(insert("fine", &[]).await, Err(Error::Taken)), "an id that is a name");
        assert_eq!(tenant::get(&server.state.db, &theirs).await.unwrap().id, server.tenant);
    })
    .await;
}

/// Security R21: not past the directory, and not past a row that somebody wrote into it by hand.
#[tokio::test]
async fn r21_no_link_of_a_brand_leads_to_script() {
    on_both(async |server| {
        let mut made = (*tenant::get(&server.state.db, "woodgrove").await.unwrap()).clone();
        made.id = "another".into();
        made.brand.links[0].url = "javascript:alert(1)".into();
        let refused = tenant::insert(&server.state.db, made, vec![], server.now()).await;
        assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");

        let shop = server.application().await;
        server
            .write(|c, _, _| {
                Box::pin(async move {
                    let sql = "UPDATE tenants SET brand = REPLACE(brand, 'https://woodgrove', 'javascript:alert(1)//')";
                    sqlx::query(sql).execute(c).await?;
                    Ok(())
                })
            })
            .await;
        let server = server.another().await;
        let mut ada = server.browser();
        shop.through(&server).asks(&mut ada).await;
        assert_eq!((ada.status.as_u16(), ada.heading().as_str()), (200, "Sign in"));
        for path in ["/woodgrove/oauth2/v2.0/logout", "/woodgrove/nothing-here", &ada.page.path.clone()] {
            ada.open(path).await;
            assert!(!ada.page.html.contains("javascript:"), "{path}: {}", ada.page.html);
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_sqlite_database_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    on_both_alone(async |database| {
        let Some(file) = sqlite_file(&database.url) else { return };
        let server = TestServer::start(database).await;
        server.application().await;
        for file in [file.clone(), file.with_extension("db-wal"), file.with_extension("db-shm")] {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
    })
    .await;
}

/// Security R12, ASVS 6.3.2: a database of development, with its known ids and unproved addresses, serves nobody else.
#[tokio::test]
async fn a_database_of_development_is_refused_in_production() {
    on_both(async |server| {
        seed::refuse_in_production(&server.state).await.unwrap();
        seed::seed(&server.state).await.unwrap();
        let refused = seed::refuse_in_production(&server.state).await.unwrap_err().to_string();
        assert!(refused.contains("Set PORTICO_DATABASE_URL"), "{refused}");
        let findings = doctor::examine(server.config()).await;
        let tenants = findings.iter().find(|finding| finding.what == "tenants").unwrap();
        assert!(tenants.verdict.as_ref().is_err_and(|told| told.contains("made for development")));
    })
    .await;
}
