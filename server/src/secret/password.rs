//! Passwords, hashed and compared by threads of their own with memory of their own (security R5, R8, R9).

use super::{
    argon2::{Memory, Tag, argon2id},
    foreign::Foreign,
    phc::{Cost, StoredHash},
    seal::{Purpose, Seal},
};
use crate::{
    clock::Chance,
    error::{Error, Result},
};
use app::contract::secret::Secret;
use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    panic::catch_unwind,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Bytes. The longest password that a flow accepts is 256 characters, which is never more.
const LONGEST: usize = 1024;
/// How many may wait for each core, the one that does not hash included.
const PLACES_PER_CORE: usize = 20;
const PATIENCE: Duration = Duration::from_secs(2);
/// The dearest hash from elsewhere that an import takes is made in less on the machines of today (`foreign`).
const WRONG_AFTER: Duration = Duration::from_secs(1);
/// What all hashes from elsewhere take at once: as much as the largest that an import takes. There are turns for every core,
/// and each core with such a hash would leave nothing of the container's 512 MiB.
const FOREIGN_KIB: u32 = 131_072;
/// After so long without work a thread gives its memory back to the machine.
const REST: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verified {
    Right,
    /// Right, and its hash is cheaper or older than a new one would be: hash it anew while the password is at hand.
    RightButWeak,
    Wrong,
}

/// As many hashes at once as there are threads; a bounded number waits, in order, for a bounded time; the rest is told to
/// come back. Hashing fills the processor, so more threads than cores would only make everybody wait.
pub struct Hasher {
    seal: Arc<Seal>,
    chance: Chance,
    places: Semaphore,
    turns: Arc<Semaphore>,
    /// In KiB, for hashes from elsewhere. Our own have that of their threads.
    memory: Arc<Semaphore>,
    bench: Arc<Bench>,
    /// How long a caller waits for a turn.
    patience: Duration,
    /// How long a wrong password takes among hashes from elsewhere.
    wrong_after: Duration,
}

impl Hasher {
    pub fn start(seal: Arc<Seal>, chance: Chance) -> Result<Self> {
        Self::start_threads(seal, chance, Self::threads())
    }

    /// One for each core but one, which stays free for everybody who is not being hashed for: a hash that is interrupted
    /// all the time costs a third more.
    pub fn threads() -> usize {
        thread::available_parallelism().map_or(1, NonZeroUsize::get).saturating_sub(1).max(1)
    }

    fn start_threads(seal: Arc<Seal>, chance: Chance, threads: usize) -> Result<Self> {
        let bench = Arc::new(Bench::default());
        for number in 0..threads {
            let bench = bench.clone();
            thread::Builder::new()
                .name(format!("hasher-{number}"))
                // Should a hash ever panic, its caller hears of it and the thread goes on: a dead one would leave work lying.
                .spawn(move || while catch_unwind(|| bench.serve()).is_err() {})
                .map_err(|error| Error::Internal(format!("no thread for hashing passwords: {error}")))?;
        }
        let places = Semaphore::new(threads + (threads + 1) * PLACES_PER_CORE);
        Ok(Self {
            seal,
            chance,
            places,
            turns: Arc::new(Semaphore::new(threads)),
            memory: Arc::new(Semaphore::new(FOREIGN_KIB as usize)),
            bench,
            patience: PATIENCE,
            wrong_after: WRONG_AFTER,
        })
    }

    /// For those who share a busy machine and would rather wait than be told to come again.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// For those whose hashes from elsewhere are cheap.
    pub fn with_wrong_after(mut self, wrong_after: Duration) -> Self {
        self.wrong_after = wrong_after;
        self
    }

    /// How long after it was asked a password is told to be wrong in a tenant where some accounts have hashes from elsewhere,
    /// whose work is their own: one time for all of them, for all others, and for names that nobody has (security R5). To do
    /// the dearest work for everybody would be a gift to whoever wants the server busy (security R9).
    pub fn wrong_after(&self) -> Duration {
        self.wrong_after
    }

    /// What a new password is stored as.
    pub async fn hash(&self, password: &Secret) -> Result<Secret> {
        if password.reveal().len() > LONGEST {
            return Err(Error::BadRequest("The password is too long.".into()));
        }
        let salt = self.chance.bytes::<16>().to_vec();
        let tag = self.argon2id(password, &salt, Cost::PRESENT).await?;
        let tag = self.seal.mac(Purpose::Password, &[&*tag]);
        Ok(StoredHash { cost: Cost::PRESENT, pepper: self.seal.key_id().into(), salt, tag }.to_text())
    }

    /// `stored` is nothing when there is no such account. Then a hash is made all the same, and the answer is as slow.
    pub async fn verify(&self, password: &Secret, stored: Option<&Secret>) -> Result<Verified> {
        if password.reveal().len() > LONGEST {
            return Ok(Verified::Wrong);
        }
        if let Some(kept) = stored.and_then(Foreign::parse) {
            let (foreign, pepper) = kept?;
            return self.verify_foreign(password.clone(), foreign, pepper).await;
        }
        let Some(stored) = stored.map(StoredHash::parse).transpose()? else {
            self.argon2id(password, &[0; 16], Cost::PRESENT).await?;
            return Ok(Verified::Wrong);
        };
        let tag = self.argon2id(password, &stored.salt, stored.cost).await?;
        let right = self.seal.mac_is_by(&stored.pepper, Purpose::Password, &[&*tag], &stored.tag)?;
        let weak = stored.cost.is_less_than(Cost::PRESENT) || stored.pepper != self.seal.key_id();
        Ok(match (right, weak) {
            (true, false) => Verified::Right,
            (true, true) => Verified::RightButWeak,
            (false, _) => Verified::Wrong,
        })
    }

    /// A hash from elsewhere: right is never good enough, one of ours takes its place.
    async fn verify_foreign(&self, password: Secret, foreign: Foreign, pepper: String) -> Result<Verified> {
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        // Memory first: whoever waits for it takes no turn from those who need none.
        let kib = foreign.memory_kib().min(FOREIGN_KIB);
        let waited = timeout(self.patience, async {
            let memory = self.memory.clone().acquire_many_owned(kib).await?;
            Ok::<_, AcquireError>((memory, self.turns.clone().acquire_owned().await?))
        });
        let Ok(Ok(taken)) = waited.await else {
            return Err(Error::Busy);
        };
        let seal = self.seal.clone();
        let work = move || {
            let _taken = taken;
            foreign.is_of(&seal, &pepper, password.reveal())
        };
        let right = tokio::task::spawn_blocking(work).await;
        let right = right.map_err(|_| Error::Internal("a foreign password hash could not be judged".into()))??;
        Ok(if right { Verified::RightButWeak } else { Verified::Wrong })
    }

    /// Waits for a place and then for a turn. Whoever gives up, by dropping this future, frees both.
    async fn argon2id(&self, password: &Secret, salt: &[u8], cost: Cost) -> Result<Tag> {
        let _place = self.places.try_acquire().map_err(|_| Error::Busy)?;
        let Ok(Ok(turn)) = timeout(self.patience, self.turns.clone().acquire_owned()).await else {
            return Err(Error::Busy);
        };
        // NIST SP 800-63B §3.1.1.2: one form for what people see as one text, whatever keyboard wrote it.
        let password = Zeroizing::new(password.reveal().nfkc().collect());
        let (answer, answered) = oneshot::channel();
        self.bench.put(Work { password, salt: salt.to_vec(), cost, answer, _turn: turn });
        answered.await.map_err(|_| Error::Internal("a hashing thread ended".into()))?
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.bench.close();
    }
}

struct Work {
    password: Zeroizing<String>,
    salt: Vec<u8>,
    cost: Cost,
    answer: oneshot::Sender<Result<Tag>>,
    /// Held until the hash is made, even if nobody waits for it any more: the thread is busy either way.
    _turn: OwnedSemaphorePermit,
}

/// Where work lies until a thread takes it. Turns see to it that there is never more of it than threads.
#[derive(Default)]
struct Bench {
    state: Mutex<BenchState>,
    changed: Condvar,
}

#[derive(Default)]
struct BenchState {
    work: VecDeque<Work>,
    closed: bool,
}

enum Next {
    Work(Work),
    Rest,
    Closed,
}

impl Bench {
    fn put(&self, work: Work) {
        self.state().work.push_back(work);
        self.changed.notify_one();
    }

    fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    fn next(&self) -> Next {
        let idle = |state: &mut BenchState| state.work.is_empty() && !state.closed;
        let (mut state, _) =
            self.changed.wait_timeout_while(self.state(), REST, idle).unwrap_or_else(PoisonError::into_inner);
        match state.work.pop_front() {
            Some(work) => Next::Work(work),
            None if state.closed => Next::Closed,
            None => Next::Rest,
        }
    }

    /// The life of a thread.
    fn serve(&self) {
        let mut memory = Memory::default();
        loop {
            match self.next() {
                Next::Work(work) => {
                    let tag = argon2id(work.password.as_bytes(), &work.salt, work.cost, &mut memory);
                    // Nobody may be waiting any more; that is theirs to decide.
                    let _ = work.answer.send(tag);
                }
                Next::Rest => memory = Memory::default(),
                Next::Closed => return,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, BenchState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
