//! Post: what we write to people, and how it leaves the house. What waits to be sent lies in the directory's outbox.

pub mod compose;
mod html;
pub mod send;

use std::time::Duration;

/// How long a letter rests after its `tries`-th failure. `jitter` is a chance in thousandths: each wait grows by up to a
/// fifth, so that letters that failed together do not come back together.
pub fn backoff(tries: u32, jitter: u32) -> Duration {
    let seconds: u64 = match tries {
        0 | 1 => 5,
        2 => 15,
        3 => 45,
        _ => 120,
    };
    Duration::from_millis(seconds * (1000 + u64::from(jitter.min(999)) / 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f9_the_waits_grow_to_two_minutes_and_stay_there() {
        let waits: Vec<u64> = (1..=6).map(|tries| backoff(tries, 0).as_secs()).collect();
        assert_eq!(waits, [5, 15, 45, 120, 120, 120]);
    }

    #[test]
    fn f9_jitter_lengthens_a_wait_by_less_than_a_fifth() {
        for jitter in [0, 1, 500, 999, 4000] {
            let wait = backoff(3, jitter);
            assert!(wait >= Duration::from_secs(45) && wait < Duration::from_secs(54), "{wait:?}");
        }
    }
}
