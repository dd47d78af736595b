//! What is written together, and how much of it must outlive what.

use super::statement::{Script, Statement, run_at_once};
use crate::error::Result;
use futures::future::BoxFuture;
use sqlx::AnyConnection;
use std::mem;

/// What a power cut may take. A killed process loses neither.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Durability {
    /// Of the last instant, everything: its person starts again. Journeys, grants, unused codes, counters.
    Fleeting,
    /// Nothing. Accounts, credentials, sessions, refresh tokens, mail, activity.
    Lasting,
}

/// Writes that succeed or fail together.
pub struct Unit {
    pub(super) durability: Durability,
    writes: Vec<Write>,
    has_letter: bool,
}

/// How much there is to undo when a write fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Statements {
    /// One statement leaves nothing behind when it fails, and needs no transaction of its own.
    One,
    /// Nobody looks at what they changed: they are written unless one of them fails by itself.
    Unjudged,
    Several,
}

enum Write {
    Say(Statement),
    /// What comes next depends on what was found.
    Do(Deed<()>),
}

impl Write {
    fn is_unjudged(&self) -> bool {
        matches!(self, Write::Say(statement) if !statement.is_judged())
    }
}

/// On the heap: what runs units is compiled once for each thing they find, not for each unit.
pub(super) type Deed<T> = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<T>> + Send>;
pub(super) type DeedAfter<T> =
    Box<dyn for<'c> FnOnce(&'c mut AnyConnection, Script) -> BoxFuture<'c, Result<T>> + Send>;

impl Unit {
    pub fn new(durability: Durability) -> Self {
        Self { durability, writes: Vec::new(), has_letter: false }
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The unit is as durable as its most durable write.
    pub fn say(&mut self, durability: Durability, statement: Statement) {
        self.durability = self.durability.max(durability);
        self.writes.push(Write::Say(statement));
    }

    /// A letter goes to the outbox with the rest; whoever commits the unit wakes the post.
    pub fn post(&mut self, letter: Statement) {
        self.say(Durability::Lasting, letter);
        self.has_letter = true;
    }

    /// The same of a letter whose way is found out in the unit.
    pub fn post_by<F>(&mut self, write: F)
    where
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<()>> + Send + 'static,
    {
        self.add(Durability::Lasting, write);
        self.has_letter = true;
    }

    pub fn has_letter(&self) -> bool {
        self.has_letter
    }

    /// What must look before it writes. As durable as `say`.
    pub fn add<F>(&mut self, durability: Durability, write: F)
    where
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<()>> + Send + 'static,
    {
        self.durability = self.durability.max(durability);
        self.writes.push(Write::Do(Box::new(write)));
    }

    pub(super) fn statements(&self) -> Statements {
        match self.writes.as_slice() {
            [Write::Say(_)] => Statements::One,
            writes if writes.iter().all(Write::is_unjudged) => Statements::Unjudged,
            _ => Statements::Several,
        }
    }

    pub(super) async fn run(self, c: &mut AnyConnection) -> Result<()> {
        for write in self.writes {
            match write {
                Write::Say(statement) => statement.run(c).await?,
                Write::Do(deed) => deed(c).await?,
            }
        }
        Ok(())
    }

    /// The same with few messages.
    pub(super) async fn run_at_once(self, c: &mut AnyConnection, mut before: Script) -> Result<()> {
        let mut waiting = Vec::with_capacity(self.writes.len());
        for write in self.writes {
            match write {
                Write::Say(statement) => waiting.push(statement),
                Write::Do(deed) => {
                    run_at_once(c, mem::take(&mut before), mem::take(&mut waiting)).await?;
                    deed(c).await?;
                }
            }
        }
        run_at_once(c, before, waiting).await
    }
}
