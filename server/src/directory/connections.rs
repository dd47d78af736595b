//! Connections that are lent, and stay at hand. A pool of sqlx's looks after each one that comes back, by a task of its own and a
//! question of its own: for every question of ours that would be one more change of threads there and back on SQLite, and one
//! more way to the database and back on PostgreSQL.

use futures::{
    TryFutureExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Either, Execute, Executor, SqlStr,
    any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
    pool::PoolConnection,
};
use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// So often the pool looks after a connection: whether it is still there, and not too old.
pub const LOOKED_AFTER: Duration = Duration::from_secs(60);

/// Whoever asks a question of them is lent one until it is answered.
#[derive(Debug)]
pub struct Connections {
    pool: AnyPool,
    /// As many as the pool has connections: who waits for one waits here, for those at hand are out of the pool.
    turns: Semaphore,
    at_hand: Mutex<Vec<Taken>>,
    kept_for: Duration,
}

/// A connection, and since when it is out of the pool.
#[derive(Debug)]
struct Taken {
    connection: PoolConnection<Any>,
    since: Instant,
}

/// Dropped, it comes back to the pool, which finds out what is left of it: of a question that was given up, or a transaction.
pub struct Lent<'a> {
    lender: &'a Connections,
    taken: Taken,
    _turn: SemaphorePermit<'a>,
}

impl Connections {
    /// Each stays at hand for so long at most.
    pub fn of(pool: AnyPool, kept_for: Duration) -> Self {
        let turns = Semaphore::new(pool.options().get_max_connections() as usize);
        Self { pool, turns, at_hand: Mutex::default(), kept_for }
    }

    pub async fn lend(&self) -> sqlx::Result<Lent<'_>> {
        let turn = timeout(self.pool.options().get_acquire_timeout(), self.turns.acquire()).await;
        let Ok(Ok(turn)) = turn else { return Err(sqlx::Error::PoolTimedOut) };
        let taken = match self.take() {
            Some(taken) => taken,
            None => Taken { connection: self.pool.acquire().await?, since: Instant::now() },
        };
        Ok(Lent { lender: self, taken, _turn: turn })
    }

    /// The one that was used last.
    fn take(&self) -> Option<Taken> {
        let last = self.at_hand().pop()?;
        if self.may_stay(&last) {
            return Some(last);
        }
        self.put_back();
        None
    }

    /// What has been out for long goes back, also what nobody asked for since: only the pool closes what is idle or old.
    fn put_back(&self) {
        self.at_hand().retain(|taken| self.may_stay(taken));
    }

    /// Where a database took its leave of one connection, it did of the others too: the pool asks each before it is lent again.
    pub fn doubt(&self, error: &sqlx::Error) {
        if has_gone(error) {
            self.at_hand().clear();
        }
    }

    fn may_stay(&self, taken: &Taken) -> bool {
        taken.since.elapsed() < self.kept_for
    }

    fn at_hand(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.taken.connection
    }

    /// Once it has answered all that it was asked. PostgreSQL says behind the rows of a statement that stands alone whether it
    /// could be committed, and sqlx stops reading at the first row: unread, a refusal would be told to whoever is lent it next.
    pub async fn give_back(mut self) -> sqlx::Result<()> {
        self.connection().flush().await?;
        let Lent { lender, taken, _turn } = self;
        if lender.may_stay(&taken) {
            lender.at_hand().push(taken);
        } else {
            lender.put_back();
        }
        Ok(())
    }
}

fn has_gone(error: &sqlx::Error) -> bool {
    /// Of PostgreSQL's codes: it is told to stop, or has crashed (Appendix A, Class 57).
    const LEAVING: &str = "57P";
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(fault) => fault.code().is_some_and(|code| code.starts_with(LEAVING)),
        _ => false,
    }
}

impl Drop for Connections {
    /// They are closed: no task can look after them where the runtime has ended.
    fn drop(&mut self) {
        for taken in mem::take(&mut *self.at_hand()) {
            drop(taken.connection.detach());
        }
    }
}

impl<'c> Executor<'c> for &'c Connections {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<AnyQueryResult, AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let answered = async move {
            let mut lent = self.lend().await?;
            let steps: Vec<_> = lent.connection().fetch_many(query).try_collect().await?;
            lent.give_back().await?;
            Ok::<_, sqlx::Error>(stream::iter(steps.into_iter().map(Ok::<_, sqlx::Error>)))
        };
        Box::pin(answered.inspect_err(move |error| self.doubt(error)).try_flatten_stream())
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let answered = async move {
            let mut lent = self.lend().await?;
            let row = lent.connection().fetch_optional(query).await?;
            lent.give_back().await?;
            Ok::<_, sqlx::Error>(row)
        };
        Box::pin(answered.inspect_err(move |error| self.doubt(error)))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'c: 'e,
    {
        let answered = async move {
            let mut lent = self.lend().await?;
            let statement = lent.connection().prepare_with(sql, parameters).await?;
            lent.give_back().await?;
            Ok::<_, sqlx::Error>(statement)
        };
        Box::pin(answered.inspect_err(move |error| self.doubt(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
    use std::{io, str::FromStr};

    fn one(kept_for: Duration) -> Connections {
        some(1, kept_for)
    }

    /// To a database that is in memory, and another one for each connection.
    fn some(most: u32, kept_for: Duration) -> Connections {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str("sqlite::memory:").unwrap();
        Connections::of(AnyPoolOptions::new().max_connections(most).connect_lazy_with(options), kept_for)
    }

    async fn count(connections: &Connections) -> sqlx::Result<i64> {
        sqlx::query_scalar("SELECT count(*) FROM marks").fetch_one(connections).await
    }

    #[tokio::test]
    async fn a_connection_stays_at_hand_and_out_of_the_pool() {
        let connections = one(LOOKED_AFTER);
        sqlx::query("CREATE TABLE marks (mark BIGINT)").execute(&connections).await.unwrap();
        assert_eq!(count(&connections).await.unwrap(), 0);
        assert_eq!((connections.at_hand().len(), connections.pool.num_idle()), (1, 0));
    }

    #[tokio::test]
    async fn who_is_late_waits_for_a_turn() {
        let connections = one(LOOKED_AFTER);
        let lent = connections.lend().await.unwrap();
        let mut waiting = Box::pin(connections.lend());
        assert!((&mut waiting).now_or_never().is_none(), "there is one");
        lent.give_back().await.unwrap();
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn what_was_given_up_or_has_been_out_for_long_is_looked_after_and_lent_again() {
        for kept_for in [LOOKED_AFTER, Duration::ZERO] {
            let connections = one(kept_for);
            sqlx::query("CREATE TABLE marks (mark BIGINT)").execute(&connections).await.unwrap();
            drop(connections.lend().await.unwrap());
            assert_eq!(connections.at_hand().len(), 0);
            assert_eq!(count(&connections).await.unwrap(), 0, "it is the same one");
        }
    }

    #[tokio::test]
    async fn a_question_that_fails_takes_no_turn_with_it() {
        let connections = one(LOOKED_AFTER);
        for _ in 0..3 {
            assert!(count(&connections).await.is_err());
        }
        assert_eq!(connections.turns.available_permits(), 1);
    }

    #[tokio::test]
    async fn what_nobody_asked_for_goes_back_with_what_was_asked_for() {
        let mut connections = some(2, LOOKED_AFTER);
        let (first, second) = (connections.lend().await.unwrap(), connections.lend().await.unwrap());
        first.give_back().await.unwrap();
        second.give_back().await.unwrap();
        assert_eq!(connections.at_hand().len(), 2);
        connections.kept_for = Duration::ZERO;
        drop(connections.lend().await.unwrap());
        assert_eq!(connections.at_hand().len(), 0);
    }

    #[tokio::test]
    async fn of_a_database_that_has_gone_no_connection_stays_at_hand() {
        let connections = one(LOOKED_AFTER);
        connections.lend().await.unwrap().give_back().await.unwrap();
        connections.doubt(&sqlx::Error::RowNotFound);
        assert_eq!(connections.at_hand().len(), 1);
        connections.doubt(&sqlx::Error::Io(io::ErrorKind::UnexpectedEof.into()));
        assert_eq!(connections.at_hand().len(), 0);
    }

    /// `.cargo/config.toml` has reached the compiler.
    #[tokio::test]
    async fn sqlite_has_no_lock_that_all_connections_share() {
        let asked = "SELECT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0')
                        AND NOT sqlite_compileoption_used('ENABLE_MEMORY_MANAGEMENT')";
        let compiled_so: i64 = sqlx::query_scalar(asked).fetch_one(&one(LOOKED_AFTER)).await.unwrap();
        assert_eq!(compiled_so, 1);
    }
}
