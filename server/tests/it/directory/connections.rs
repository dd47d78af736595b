//! Connections of PostgreSQL: what becomes of one is nobody else's business.

use super::units::LINKS;
use crate::harness::on_both_alone;
use futures::future::join_all;
use server::directory::{Db, Durability, Statement};
use sqlx::{AnyConnection, Connection, Executor};

/// Waits until each is gone.
const END_ALL_OTHERS: &str = "SELECT CAST(count(pg_terminate_backend(pid, 5000)) AS BIGINT) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

async fn on_postgres(test: impl AsyncFn(&str, Db)) {
    on_both_alone(async |database| {
        if database.url.starts_with("postgres") {
            test(&database.url, Db::open(&database.url).await.unwrap()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn where_postgresql_has_ended_every_connection_one_question_fails() {
    on_postgres(async |url, db| {
        for asked in join_all((0..8).map(|_| db.now())).await {
            asked.unwrap();
        }
        let mut operator = AnyConnection::connect(url).await.unwrap();
        operator.execute(END_ALL_OTHERS).await.unwrap();
        operator.close().await.unwrap();
        let mut failed = 0;
        for _ in 0..8 {
            failed += i32::from(db.now().await.is_err());
        }
        assert_eq!(failed, 1);
    })
    .await;
}

#[tokio::test]
async fn what_could_not_be_committed_is_told_to_whoever_asked_for_it() {
    on_postgres(async |_, db| {
        db.ask(Durability::Fleeting, Statement::new(LINKS)).await.unwrap();
        for _ in 0..3 {
            let linked = db.change(Durability::Fleeting, |c| {
                Box::pin(async move {
                    let link = sqlx::query_scalar("INSERT INTO links (id, next) VALUES (1, 2) RETURNING id");
                    let id: i64 = link.fetch_one(c).await?;
                    Ok(id)
                })
            });
            assert!(linked.await.is_err());
        }
    })
    .await;
}
