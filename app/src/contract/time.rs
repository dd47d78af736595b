//! A moment, in milliseconds since 1970. Who reads a clock hands moments in; nothing here reads one.

use serde::{Deserialize, Serialize};
use std::{ops::Add, time::Duration};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Seconds since 1970, as tokens write it (RFC 7519 §2, NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long from `self` until `later`; nothing if that has passed.
    pub fn until(self, later: Timestamp) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0).max(0).unsigned_abs())
    }

    pub fn earlier_by(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(millis(span)))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(millis(span)))
    }
}

/// As moments are counted.
pub fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
