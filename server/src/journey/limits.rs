//! How often, how long, how many: every number that holds a guesser back, and the rules made of them. Pure; who counts
//! is the directory.

use app::contract::{flow_rules::Lockout, time::Timestamp};
use std::time::Duration;

/// A one-time code (security R3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeRule {
    /// Digits.
    pub length: u8,
    pub lifetime: Duration,
    /// Wrong tries that kill it.
    pub tries: u8,
}

pub const CODE: CodeRule = CodeRule { length: 8, lifetime: minutes(10), tries: 5 };

/// Wrong codes of a second factor that end a journey. Those of an account are counted besides, as guesses at its password are.
pub const SECOND_FACTOR_TRIES: u8 = 5;

/// So many within so long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    pub most: u32,
    pub within: Duration,
}

/// Codes to one address, known or not. The first line is the pause that the page counts down.
pub const SENDS_PER_ADDRESS: [Limit; 3] = [
    Limit { most: 1, within: Duration::from_secs(30) },
    Limit { most: 3, within: minutes(10) },
    Limit { most: SENDS_PER_DAY, within: DAY },
];

/// Codes to all names of one account, and by all names to one mailbox. Nobody is told of them, so nothing counts them down.
pub const SENDS_BEHIND_NAMES: [Limit; 2] = [SENDS_PER_ADDRESS[1], SENDS_PER_ADDRESS[2]];

/// Codes asked for from one network (/24 or /56), to whatever addresses.
pub const SENDS_PER_NETWORK: [Limit; 1] = [Limit { most: 30, within: minutes(60) }];

/// Failed sign-ins from one network, at whatever accounts (security R2).
pub const FAILURES_PER_NETWORK: [Limit; 2] =
    [Limit { most: 20, within: minutes(1) }, Limit { most: 300, within: minutes(60) }];

/// What people change of themselves through applications. Each change stays in the audit for good (security R39, R41).
pub const SELF_CHANGES: [Limit; 1] = [Limit { most: 30, within: minutes(60) }];

const SENDS_PER_DAY: u32 = 10;
const DAY: Duration = minutes(24 * 60);

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// When the next is allowed, after those of `past` (in any order; older ones than the longest limit may be left out).
/// A moment that is not after `now` means: at once.
pub fn next_allowed(limits: &[Limit], past: &[Timestamp]) -> Timestamp {
    let mut newest_first = past.to_vec();
    newest_first.sort_unstable_by(|a, b| b.cmp(a));
    // Where `most` are within, the oldest of them has to fall out first.
    let frees = |limit: &Limit| {
        let at = usize::try_from(limit.most).unwrap_or(usize::MAX).saturating_sub(1);
        newest_first.get(at).map(|sent| *sent + limit.within)
    };
    limits.iter().filter_map(frees).max().unwrap_or_default()
}

/// Failures in a row after which the password is closed until the address is proved anew (NIST 800-63B §3.2.2).
pub const GUESSES: u32 = 100;
const LONGEST_HOLD: Duration = minutes(60);

/// How long a password is held after so many failures in a row: a try until then is answered like a wrong one and not
/// counted. By the usual rule nothing for nine, a minute for the tenth, twice as long for each one after it, an hour at
/// most; or as long as the first, where a flow begins with more (security R1).
pub fn hold_after(lockout: Lockout, failures: u32) -> Duration {
    let first = Duration::from_secs(lockout.seconds.into());
    match failures.checked_sub(lockout.tries.into()) {
        None => Duration::ZERO,
        Some(more) => first.saturating_mul(1 << more.min(16)).min(LONGEST_HOLD.max(first)),
    }
}

/// Asserted at start-up (security R3): who guesses codes of one account all day succeeds at most once in a million days.
pub fn assert_codes_hold() -> Result<(), String> {
    let (guesses, codes) = guesses_per_day(CODE);
    if guesses.saturating_mul(1_000_000) <= codes {
        return Ok(());
    }
    Err(format!(
        "{guesses} guesses a day at codes of {} digits is more than one chance in a million: make codes longer, or allow \
         fewer tries or mails",
        CODE.length
    ))
}

/// Guesses that one account's codes can take in a day, and how many codes there are.
fn guesses_per_day(rule: CodeRule) -> (u64, u64) {
    (u64::from(rule.tries) * u64::from(SENDS_PER_DAY), 10u64.saturating_pow(u32::from(rule.length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r3_a_day_of_guessing_codes_is_one_chance_in_two_million() {
        assert_eq!(guesses_per_day(CODE), (50, 100_000_000));
        assert_eq!(assert_codes_hold(), Ok(()));
        let (guesses, codes) = guesses_per_day(CodeRule { length: 6, ..CODE });
        assert!(guesses * 1_000_000 > codes, "six digits would not hold");
    }

    #[test]
    fn r3_sends_wait_half_a_minute_then_ten_then_a_day() {
        let at = |seconds: i64| Timestamp(seconds * 1000);
        let next = |past: &[i64]| next_allowed(&SENDS_PER_ADDRESS, &past.iter().map(|s| at(*s)).collect::<Vec<_>>());
        assert_eq!(next(&[]), at(0));
        assert_eq!(next(&[1000]), at(1030));
        assert_eq!(next(&[1000, 1030]), at(1060));
        assert_eq!(next(&[1060, 1000, 1030]), at(1600), "three in ten minutes, in any order");
        let ten: Vec<i64> = (0..10).map(|n| n * 3600).collect();
        assert_eq!(next(&ten), at(24 * 3600), "ten in a day");
    }

    #[test]
    fn r1_holds_double_from_a_minute_to_an_hour() {
        let holds = |tries, seconds, failures: &[u32]| -> Vec<u64> {
            failures.iter().map(|failures| hold_after(Lockout { tries, seconds }, *failures).as_secs()).collect()
        };
        let Lockout { tries, seconds } = Lockout::default();
        assert_eq!(holds(tries, seconds, &[9, 10, 11, 15, 16, 17, 99]), [0, 60, 120, 1920, 3600, 3600, 3600]);
        assert_eq!(holds(3, 5, &[2, 3, 4, 12, 13, 99]), [0, 5, 10, 2560, 3600, 3600], "as a flow says");
        assert_eq!(holds(1, 18_000, &[1, 2, 99]), [18_000; 3], "a long first one never grows");
    }
}
