//! Who has a name is told to whoever may ask, and to nobody else.

use super::{ADA, units::unit};
use crate::harness::{TestServer, on_both};
use app::contract::time::Timestamp;
use server::directory::{
    Durability,
    counter::{self, Asked},
    identity::{self, Folded, Known},
};

type Rule = fn(&[Timestamp]) -> Timestamp;

fn any_number(_: &[Timestamp]) -> Timestamp {
    Timestamp::default()
}

fn one(lately: &[Timestamp]) -> Timestamp {
    if lately.is_empty() { Timestamp::default() } else { Timestamp(i64::MAX) }
}

fn asked(rule: Rule) -> Asked {
    Asked { name: "asked", subject: "somebody".into(), rule }
}

async fn find(server: &TestServer, rule: Rule) -> (Timestamp, Option<Known>) {
    let (db, name) = (&server.state.db, Folded::address(ADA));
    identity::find_counted(db, &server.tenant, &name, &asked(rule), server.now()).await.unwrap()
}

#[tokio::test]
async fn r2_a_name_is_not_looked_up_for_whoever_has_asked_too_often() {
    on_both(async |server| {
        let (db, tenant, now) = (&server.state.db, server.tenant.clone(), server.now());
        assert!(find(&server, one).await.1.is_none(), "nobody has it");
        db.commit(unit(&server, ADA, Ok(()))).await.unwrap();
        assert!(find(&server, one).await.1.is_some());
        let count = db.write(Durability::Fleeting, move |c| {
            Box::pin(async move { counter::spend(c, &tenant, &[asked(any_number)], now).await })
        });
        count.await.unwrap();
        let (allowed_at, known) = find(&server, one).await;
        assert!(allowed_at > now && known.is_none());
        let (allowed_at, known) = find(&server, any_number).await;
        assert!(allowed_at <= now && known.is_some());
    })
    .await;
}
