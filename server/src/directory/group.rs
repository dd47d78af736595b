//! The one writer on SQLite: whatever waits shares a commit, each unit in its own savepoint, everybody answered after it.
//!
//! It has a thread of its own: every statement goes to SQLite's thread and back, and on one of the runtime's that would wake
//! and stir the runtime each time. For the same reason what it has to say goes with the next unit's own first words.

use super::{
    statement::Script,
    unit::{Durability, Statements},
};
use crate::error::{Error, Result};
use futures::{executor::block_on, future::BoxFuture};
use sqlx::AnyConnection;
use std::{fs::File, io, mem, path::PathBuf, thread};
use tokio::sync::mpsc;

/// How many waiting units share one commit.
const GROUP: usize = 256;
const QUEUE: usize = 4096;

/// Where units are handed in. The writer ends when nobody can hand in any more.
pub fn start(connection: AnyConnection, log: PathBuf) -> Result<mpsc::Sender<Job>> {
    let (send, receive) = mpsc::channel(QUEUE);
    thread::Builder::new()
        .name("writer".into())
        .spawn(move || block_on(write_in_groups(connection, Log { path: log, file: None, is_broken: false }, receive)))
        .map_err(|error| Error::Internal(format!("no thread for writing: {error}")))?;
    Ok(send)
}

pub struct Job {
    pub durability: Durability,
    pub statements: Statements,
    pub run: Run,
}

/// Runs a unit after what has to be said before it; says whether to keep it, and how to answer once the commit has happened
/// (or has not).
pub type Run = Box<dyn for<'c> FnOnce(&'c mut AnyConnection, Script) -> BoxFuture<'c, (bool, Answer)> + Send>;
pub type Answer = Box<dyn FnOnce(Result<()>) + Send>;

async fn write_in_groups(mut connection: AnyConnection, mut log: Log, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut waiting, GROUP).await > 0 {
        let durability = waiting.iter().map(|job| job.durability).max().unwrap_or(Durability::Lasting);
        let mut answers = Vec::with_capacity(waiting.len());
        let committed = commit_group(&mut connection, &mut waiting, &mut answers).await;
        let failed = match (committed, durability) {
            (Ok(()), Durability::Lasting) => log.write_through().err().map(|error| error.to_string()),
            (Ok(()), Durability::Fleeting) => None,
            (Err(error), _) => Some(error.to_string()),
        };
        // What has not been run was not answered: whoever waits for it is told to come again.
        waiting.clear();
        let is_broken = log.is_broken;
        for answer in answers {
            answer(match &failed {
                None => Ok(()),
                Some(why) => Err(Error::Internal(format!("commit: {why}"))),
            });
        }
        if is_broken {
            // The kernel takes what it could not write for written: nothing after it would outlive a power cut, whatever the
            // disk says next. Nobody hands in anything any more, and `/readyz` says so.
            tracing::error!("the database's log could not be written to the disk: nothing is written until a restart");
            return;
        }
    }
}

async fn commit_group(
    connection: &mut AnyConnection,
    jobs: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    let done = match jobs.pop() {
        Some(job) if jobs.is_empty() => run_alone(connection, job, answers).await,
        last => {
            jobs.extend(last);
            run_group(connection, jobs, answers).await
        }
    };
    if done.is_err() {
        // Of a transaction that could not even begin there is nothing to roll back.
        let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
    }
    done
}

/// Nobody else's writes are undone with it: it needs no savepoint, for which SQLite would keep every page as it was; no
/// transaction where it is one statement; and no second message where nobody looks at what was changed before it is kept.
async fn run_alone(connection: &mut AnyConnection, job: Job, answers: &mut Vec<Answer>) -> Result<(), sqlx::Error> {
    let Job { statements, run, .. } = job;
    let mut script = Script::default();
    if statements != Statements::One {
        script.say("BEGIN IMMEDIATE");
    }
    if statements == Statements::Unjudged {
        script.say_at_last("COMMIT");
    }
    let (keep, answer) = run(connection, script).await;
    answers.push(answer);
    let mut script = Script::default();
    match (statements, keep) {
        (Statements::One, _) | (Statements::Unjudged, true) => {}
        (Statements::Several, true) => script.say("COMMIT"),
        (_, false) => script.say("ROLLBACK"),
    }
    script.run(connection).await
}

async fn run_group(
    connection: &mut AnyConnection,
    jobs: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    let mut script = Script::default();
    script.say("BEGIN IMMEDIATE");
    let mut has_begun = false;
    for Job { run, statements, .. } in jobs.drain(..) {
        if statements != Statements::One {
            script.say("SAVEPOINT unit");
        } else if !has_begun {
            mem::take(&mut script).run(connection).await?;
        }
        let (keep, answer) = run(connection, mem::take(&mut script)).await;
        answers.push(answer);
        match (statements, keep) {
            (Statements::One, true) => {}
            (Statements::One, false) => stands(connection).await?,
            (_, true) => script.say("RELEASE unit"),
            (_, false) => {
                // Where nothing could begin, or the transaction has gone with what failed in it, there is no savepoint either,
                // and this fails as well: units that follow must not be written outside.
                script.say("ROLLBACK TO unit");
                script.say("RELEASE unit");
                mem::take(&mut script).run(connection).await?;
            }
        }
        has_begun = true;
    }
    script.say("COMMIT");
    script.run(connection).await
}

/// A disk that is full ends the whole transaction, and not only the statement that met it (sqlite.org/lang_transaction.html,
/// "Response To Errors Within A Transaction"). Where it stands, no other one begins.
async fn stands(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    match sqlx::raw_sql("BEGIN").execute(connection).await {
        Ok(_) => Err(sqlx::Error::Protocol("the transaction has gone with a statement that failed".into())),
        Err(_) => Ok(()),
    }
}

/// SQLite's log. With `synchronous = NORMAL` a commit is in it, and only what the kernel does next brings it to the disk;
/// `FULL` would write through at every commit, also where nothing in it must last.
struct Log {
    path: PathBuf,
    /// Kept: the file is the same as long as somebody has the database open, and we have.
    file: Option<File>,
    is_broken: bool,
}

impl Log {
    fn write_through(&mut self) -> io::Result<()> {
        let written = self.open().and_then(|file| file.sync_data());
        self.is_broken = written.is_err();
        written
    }

    fn open(&mut self) -> io::Result<&File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => File::options().write(true).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::statement::{self, Statement};
    use sqlx::Connection;

    fn job(statements: Statements, sql: &'static str) -> Job {
        let run: Run = Box::new(move |c, before| {
            Box::pin(async move {
                let done = statement::run_at_once(c, before, vec![Statement::new(sql)]).await;
                let answer: Answer = Box::new(|_| ());
                (done.is_ok(), answer)
            })
        });
        Job { durability: Durability::Fleeting, statements, run }
    }

    const ONE: &str = "INSERT INTO marks (mark) VALUES (1)";
    const TWO: &str = "INSERT INTO marks (mark) VALUES (2)";
    /// As a disk that is full ends it.
    const ALL_GONE: &str = "INSERT OR ROLLBACK INTO marks (mark) VALUES (1)";

    async fn written(jobs: [(Statements, &'static str); 4]) -> (bool, i64) {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
        let table = sqlx::raw_sql("CREATE TABLE marks (mark BIGINT PRIMARY KEY)");
        table.execute(&mut connection).await.unwrap();
        let mut jobs: Vec<Job> = jobs.map(|(statements, sql)| job(statements, sql)).into();
        let is_kept = commit_group(&mut connection, &mut jobs, &mut Vec::new()).await.is_ok();
        let marks = sqlx::query_scalar("SELECT count(*) FROM marks").fetch_one(&mut connection).await.unwrap();
        (is_kept, marks)
    }

    #[tokio::test]
    async fn nothing_is_written_outside_of_a_transaction_that_has_gone() {
        use Statements::{One, Several};
        for failing in [One, Several] {
            for next in [One, Several] {
                let jobs = [(One, ONE), (failing, ALL_GONE), (next, TWO), (One, "SELECT 1")];
                assert_eq!(written(jobs).await, (false, 0), "{failing:?}, then {next:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_fails_alone_takes_nobody_with_it() {
        use Statements::{One, Several};
        for failing in [One, Several] {
            for next in [One, Several] {
                let jobs = [(One, ONE), (failing, ONE), (next, TWO), (Several, ONE)];
                assert_eq!(written(jobs).await, (true, 2), "{failing:?}, then {next:?}");
            }
        }
    }
}
