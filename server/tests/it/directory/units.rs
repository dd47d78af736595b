//! What is written together stands or falls together, whatever is written beside it.

use super::{ACCOUNTS, ADA};
use crate::harness::{TestServer, at_once, on_both};
use app::contract::{flow_rules::Lockout, id::AccountId};
use server::{
    directory::{
        Durability, Statement, Unit,
        account::{self, NewAccount, NewName},
        guess::{self, Rule},
    },
    error::Error,
    journey::limits,
};

fn new_account(server: &TestServer, address: &str) -> NewAccount {
    NewAccount {
        id: AccountId::from(server.state.chance.id()),
        user_flow: "flow".into(),
        name: NewName::Proved(address.into()),
        password: None,
        attributes: vec![("city".into(), "Lund".into())],
    }
}

/// A unit that makes an account, and then does what the test wants.
pub fn unit(server: &TestServer, address: &str, then: Result<(), Error>) -> Unit {
    let (new, tenant, now) = (new_account(server, address), server.tenant.clone(), server.now());
    let mut unit = Unit::new(Durability::Lasting);
    unit.add(Durability::Lasting, move |c| Box::pin(async move { account::insert(c, &tenant, &new, now).await }));
    unit.add(Durability::Fleeting, move |_| Box::pin(async move { then }));
    unit
}

#[tokio::test]
async fn a_unit_is_written_whole_or_not_at_all() {
    on_both(async |server| {
        let db = &server.state.db;
        assert!(matches!(db.commit(unit(&server, ADA, Err(Error::Stale))).await, Err(Error::Stale)));
        for sql in [
            ACCOUNTS,
            "SELECT count(*) FROM identities",
            "SELECT count(*) FROM addresses",
            "SELECT count(*) FROM attribute_values",
        ] {
            assert_eq!(server.count(sql).await, 0, "{sql}");
        }
        db.commit(unit(&server, ADA, Ok(()))).await.unwrap();
        assert_eq!(server.count(ACCOUNTS).await, 1);
        assert!(matches!(db.commit(unit(&server, "ADA@EXAMPLE.ORG", Ok(()))).await, Err(Error::Taken)));
        assert_eq!(server.count(ACCOUNTS).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_fails_or_panics_does_not_hurt_its_neighbours() {
    on_both(async |server| {
        let outcomes = at_once(60, |number| {
            let server = server.clone();
            async move {
                let address = format!("person{number}@example.org");
                let then = if number % 3 == 0 { Err(Error::NotFound) } else { Ok(()) };
                server.state.db.commit(unit(&server, &address, then)).await
            }
        })
        .await;
        let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let busy = outcomes.iter().filter(|outcome| matches!(outcome, Err(Error::Busy))).count();
        assert_eq!(kept + busy.min(40 - kept), 40, "{outcomes:?}");
        assert_eq!(server.count(ACCOUNTS).await, i64::try_from(kept).unwrap());
    })
    .await;
}

#[tokio::test]
async fn of_statements_that_nobody_looks_at_all_are_written_or_none() {
    on_both(async |server| {
        let both = |names: [&str; 2]| {
            let mut unit = Unit::new(Durability::Fleeting);
            for name in names {
                let count = Statement::new(
                    "INSERT INTO counters (tenant_id, name, subject, moments, changed_at) VALUES ($1, $2, 'both', '', 0)",
                );
                unit.say(Durability::Fleeting, count.bind(server.tenant.as_str()).bind(name));
            }
            unit
        };
        let written = async || server.count("SELECT count(*) FROM counters WHERE subject = 'both'").await;
        let db = &server.state.db;
        assert!(matches!(db.commit(both(["a", "a"])).await, Err(Error::Database(_))));
        assert_eq!(written().await, 0);
        db.commit(both(["a", "b"])).await.unwrap();
        assert_eq!(written().await, 2);
        assert!(matches!(db.commit(both(["c", "b"])).await, Err(Error::Database(_))));
        assert_eq!(written().await, 2);
    })
    .await;
}

/// Both databases look at such a reference only when they commit, behind the row.
pub const LINKS: &str = "CREATE TABLE links
     (id BIGINT PRIMARY KEY, next BIGINT REFERENCES links (id) DEFERRABLE INITIALLY DEFERRED)";

#[tokio::test]
async fn a_statement_that_could_not_be_committed_gives_no_row_back() {
    on_both(async |server| {
        let db = &server.state.db;
        db.ask(Durability::Fleeting, Statement::new(LINKS)).await.unwrap();
        for _ in 0..3 {
            let link =
                Statement::new("INSERT INTO links (id, next) VALUES ($1, $2) RETURNING id").bind(1_i64).bind(2_i64);
            assert!(matches!(db.ask(Durability::Fleeting, link).await, Err(Error::Database(_))));
        }
        assert_eq!(server.count("SELECT count(*) FROM links").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_gives_a_row_back_stands_apart_from_the_units_beside_it() {
    on_both(async |server| {
        let rule = Rule { hold_after: limits::hold_after, lockout: Lockout::default(), most: limits::GUESSES };
        let outcomes = at_once(60, |number| {
            let server = server.clone();
            async move {
                let (db, name) = (&server.state.db, format!("person{number}@example.org"));
                match number % 3 {
                    0 => db.commit(unit(&server, &name, Err(Error::NotFound))).await.is_ok(),
                    1 => db.commit(unit(&server, &name, Ok(()))).await.is_ok(),
                    _ => guess::reserve(db, &server.tenant, &name, rule, server.now()).await.is_ok_and(|may| may),
                }
            }
        })
        .await;
        let done = |of: usize| {
            let done = outcomes.iter().enumerate().filter(|(number, done)| number % 3 == of && **done).count();
            i64::try_from(done).unwrap()
        };
        assert_eq!(done(0), 0);
        assert_eq!(server.count(ACCOUNTS).await, done(1));
        assert_eq!(server.count("SELECT count(*) FROM guesses").await, done(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_waiting_leaves_a_whole_unit_behind() {
    on_both(async |server| {
        for number in 0..20 {
            let commit = server.state.db.commit(unit(&server, &format!("person{number}@example.org"), Ok(())));
            tokio::select! {
                biased;
                _ = commit => {}
                () = tokio::task::yield_now() => {}
            }
        }
        server.state.db.commit(unit(&server, ADA, Ok(()))).await.unwrap();
        let whole = server.count("SELECT count(*) FROM accounts a WHERE EXISTS (SELECT 1 FROM identities i WHERE i.account_id = a.id) AND EXISTS (SELECT 1 FROM attribute_values v WHERE v.account_id = a.id)").await;
        assert_eq!(server.count(ACCOUNTS).await, whole);
    })
    .await;
}
