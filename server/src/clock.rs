//! now() and chance. Tests hold the hands; everybody else reads the machine's.

use app::contract::time::{Timestamp, millis};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

#[derive(Clone)]
pub enum Clock {
    System,
    Held(Arc<AtomicI64>),
}

impl Clock {
    pub fn held(at: Timestamp) -> Self {
        Clock::Held(Arc::new(AtomicI64::new(at.0)))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                Timestamp(millis(since))
            }
            Clock::Held(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a held clock on. The machine's clock moves by itself.
    pub fn advance(&self, span: Duration) {
        if let Clock::Held(at) = self {
            at.fetch_add(millis(span), Ordering::SeqCst);
        }
    }
}

#[derive(Clone)]
pub enum Chance {
    System,
    /// The same numbers in every run.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Chance::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Chance::System => rand::rng().fill_bytes(&mut bytes),
            Chance::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A random identifier (UUID version 4, RFC 9562 §5.4).
    pub fn id(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid().to_string()
    }

    /// An identifier that stands behind those of earlier moments (UUID version 7, RFC 9562 §5.7).
    pub fn id_in_order(&self, at: Timestamp) -> String {
        let milliseconds = u64::try_from(at.0).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.bytes()).into_uuid().to_string()
    }

    /// A number below `bound`, each equally likely: draws that would favour small numbers are thrown away.
    pub fn below(&self, bound: u32) -> u32 {
        let fair = u32::MAX - u32::MAX % bound;
        loop {
            let draw = u32::from_le_bytes(self.bytes());
            if draw < fair {
                return draw % bound;
            }
        }
    }
}
