//! The one writer on SQLite: whatever waits shares a commit, each unit in its own savepoint, everybody answered after it.
//!
//! It has a thread of its own: every statement goes to SQLite's thread and back, and on one of the runtime's that would wake
//! and stir the runtime each time.

use super::db::{Durability, Statements};
use crate::error::{Error, Result};
use futures::{executor::block_on, future::BoxFuture};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::{mem, thread};
use tokio::sync::mpsc;

/// How many waiting units share one commit.
const GROUP: usize = 256;
const QUEUE: usize = 4096;

/// Where units are handed in. The writer ends when nobody can hand in any more.
pub fn start(connection: AnyConnection) -> Result<mpsc::Sender<Job>> {
    let (send, receive) = mpsc::channel(QUEUE);
    thread::Builder::new()
        .name("writer".into())
        .spawn(move || block_on(write_in_groups(connection, receive)))
        .map_err(|error| Error::Internal(format!("no thread for writing: {error}")))?;
    Ok(send)
}

pub struct Job {
    pub durability: Durability,
    pub statements: Statements,
    pub run: Run,
}

/// Runs a unit; says whether to keep it, and how to answer once the commit has happened (or has not).
pub type Run = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, (bool, Answer)> + Send>;
pub type Answer = Box<dyn FnOnce(Result<()>) + Send>;

async fn write_in_groups(mut connection: AnyConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(GROUP);
    let mut level = None;
    while jobs.recv_many(&mut waiting, GROUP).await > 0 {
        let durability = waiting.iter().map(|job| job.durability).max().unwrap_or(Durability::Lasting);
        let mut answers = Vec::with_capacity(waiting.len());
        let committed = commit_group(&mut connection, &mut level, durability, &mut waiting, &mut answers).await;
        let failed = committed.err().map(|error| error.to_string());
        // What has not been run was not answered: whoever waits for it is told to come again.
        waiting.clear();
        for answer in answers {
            answer(match &failed {
                None => Ok(()),
                Some(why) => Err(Error::Internal(format!("commit: {why}"))),
            });
        }
    }
}

/// What is said to SQLite between two units goes in one message: each is a thread change there and back.
async fn commit_group(
    connection: &mut AnyConnection,
    level: &mut Option<Durability>,
    durability: Durability,
    jobs: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    let mut script = Script::default();
    if *level != Some(durability) {
        script.say(match durability {
            Durability::Lasting => "PRAGMA synchronous = FULL",
            Durability::Fleeting => "PRAGMA synchronous = NORMAL",
        });
        *level = Some(durability);
    }
    if let [Job { statements: Statements::One, .. }] = jobs.as_slice() {
        script.run(connection).await?;
        for Job { run, .. } in jobs.drain(..) {
            answers.push(run(connection).await.1);
        }
        return Ok(());
    }
    script.say("BEGIN IMMEDIATE");
    let done = if jobs.len() == 1 {
        run_alone(connection, script, jobs, answers).await
    } else {
        run_group(connection, script, jobs, answers).await
    };
    if done.is_err() {
        // Of a transaction that could not even begin there is nothing to roll back.
        let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
    }
    done
}

/// Nobody else's writes are undone with it: it needs no savepoint, for which SQLite would keep every page as it was.
async fn run_alone(
    connection: &mut AnyConnection,
    mut script: Script,
    jobs: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    script.run(connection).await?;
    let mut keep = false;
    for Job { run, .. } in jobs.drain(..) {
        let (kept, answer) = run(connection).await;
        answers.push(answer);
        keep = kept;
    }
    script.say(if keep { "COMMIT" } else { "ROLLBACK" });
    script.run(connection).await
}

async fn run_group(
    connection: &mut AnyConnection,
    mut script: Script,
    jobs: &mut Vec<Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), sqlx::Error> {
    for Job { run, statements, .. } in jobs.drain(..) {
        if statements == Statements::Several {
            script.say("SAVEPOINT unit");
        }
        script.run(connection).await?;
        let (keep, answer) = run(connection).await;
        answers.push(answer);
        match (statements, keep) {
            (Statements::One, _) => {}
            (Statements::Several, true) => script.say("RELEASE unit"),
            (Statements::Several, false) => script.say("ROLLBACK TO unit; RELEASE unit"),
        }
    }
    script.say("COMMIT");
    script.run(connection).await
}

/// Statements of ours that wait to be said together.
#[derive(Default)]
struct Script(String);

impl Script {
    fn say(&mut self, statement: &'static str) {
        self.0.push_str(statement);
        self.0.push(';');
    }

    async fn run(&mut self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if !self.0.is_empty() {
            // Safe: made of nothing but this file's own words.
            sqlx::raw_sql(AssertSqlSafe(mem::take(&mut self.0))).execute(connection).await?;
        }
        Ok(())
    }
}
