//! How a database goes about a question (security R39).

use super::{Db, clause::Clause};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row as _};

/// What it says of itself, line by line. Nobody need be there for it: SQLite, which knows nothing of how many there are,
/// decides by the words alone, and PostgreSQL is told that reading a whole table or sorting is the last thing to do.
pub struct Planner {
    connection: AnyConnection,
}

impl Planner {
    pub async fn of(db: &Db) -> Planner {
        let mut connection = AnyConnection::connect_with(&db.options).await.unwrap();
        if connection.backend_name() == "PostgreSQL" {
            let settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off";
            sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
        }
        Planner { connection }
    }

    pub async fn plan(&mut self, clause: &Clause) -> Vec<String> {
        let sql = clause.sql();
        if self.connection.backend_name() == "SQLite" {
            let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            let rows = rows.fetch_all(&mut self.connection).await.unwrap();
            return rows.iter().map(|row| row.get::<String, _>(3)).collect();
        }
        let values = vec!["NULL"; clause.values()].join(", ");
        let plan = format!("PREPARE asked AS {sql}; EXPLAIN EXECUTE asked({values}); DEALLOCATE asked");
        let rows = sqlx::raw_sql(AssertSqlSafe(plan)).fetch_all(&mut self.connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }
}
