//! How fast one core of this machine is at what a sign-in cannot do without: hashing a password, signing tokens. An operator
//! sees how many people a machine can welcome, and `end2end/measure` holds the server against it.

use crate::{
    error::{Error, Result},
    secret::{
        argon2::{Memory, argon2id, params_of, portable},
        jwt::{Algorithm, SigningKey, generate},
        password::Hasher,
        phc::Cost,
    },
};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

pub const HASHES: &str = "argon2id";
/// Without the processor's wide instructions, as on one that has none.
const PORTABLE: &str = "argon2id-portable";

/// A line for each of what is named, or of everything, as soon as it is known.
pub fn measure(what: &[String], seconds: f64, mut tell: impl FnMut(String)) -> Result<()> {
    let no_time = |_| Error::Internal(format!("{seconds} seconds are no time to measure in."));
    let wanted = Duration::try_from_secs_f64(seconds).map_err(no_time)?;
    let everything = || [HASHES, PORTABLE].into_iter().chain(Algorithm::ALL.into_iter().map(Algorithm::name));
    let names: Vec<&str> =
        if what.is_empty() { everything().collect() } else { what.iter().map(String::as_str).collect() };
    for name in names {
        tell(format!("{name} {:.1}\n", of(name, wanted)?));
    }
    Ok(())
}

/// How often in a second of one core's time, tried for so long.
fn of(name: &str, wanted: Duration) -> Result<f64> {
    const PASSWORD: &[u8] = b"correct horse battery staple";
    const SALT: [u8; 16] = [7; 16];
    match name {
        HASHES => as_the_server(wanted, || {
            let mut memory = Memory::default();
            move || argon2id(PASSWORD, &SALT, Cost::PRESENT, &mut memory).map(drop)
        }),
        PORTABLE => {
            let (params, mut memory) = (params_of(Cost::PRESENT)?, Vec::new());
            rate(wanted, || portable(PASSWORD, &SALT, params.clone(), &mut memory).map(drop))
        }
        _ => {
            let nothing = || Error::Internal(format!("Nothing that can be measured is called {name:?}."));
            let algorithm = Algorithm::named(name).ok_or_else(nothing)?;
            let new = generate(algorithm)?;
            let (key, claims) = (SigningKey::parse(algorithm, &new.pkcs8, &new.kid)?, claims());
            rate(wanted, || key.sign("at+jwt", &claims).map(drop))
        }
    }
}

/// Of an ordinary access token.
fn claims() -> serde_json::Value {
    serde_json::json!({
        "iss": "https://door.example/00000000-0000-4000-8000-000000000000/v2.0",
        "aud": "00000000-0000-4000-8000-000000000001", "sub": "00000000-0000-4000-8000-000000000002",
        "iat": 1_795_000_000, "nbf": 1_795_000_000, "exp": 1_795_003_600, "scp": "openid profile email offline_access",
    })
}

/// The same on as many threads as the server hashes with: cores share memory, and hashing is made of it.
fn as_the_server<W: FnMut() -> Result<()>>(wanted: Duration, work: impl Fn() -> W + Sync) -> Result<f64> {
    let rates = thread::scope(|scope| {
        let running: Vec<_> = (0..Hasher::threads()).map(|_| scope.spawn(|| rate(wanted, work()))).collect();
        let panicked = || Error::Internal("a thread panicked".into());
        running.into_iter().map(|thread| thread.join().map_err(|_| panicked())?).collect::<Result<Vec<f64>>>()
    })?;
    Ok(rates.iter().sum::<f64>() / rates.len() as f64)
}

/// How often in a second of this thread's processor time. Other processes may take what time they like.
fn rate(wanted: Duration, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    work()?;
    let (processor, wall, mut times) = (processor_time()?, Instant::now(), 0u32);
    while wall.elapsed() < wanted {
        work()?;
        times += 1;
    }
    Ok(f64::from(times) / (processor_time()? - processor).as_secs_f64())
}

fn processor_time() -> Result<Duration> {
    let unknown = || Error::Internal("This kernel does not tell a thread's processor time.".into());
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").map_err(|_| unknown())?;
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map(Duration::from_nanos).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_named_can_be_measured() {
        let mut lines = Vec::new();
        measure(&[], 0.001, |line| lines.push(line)).unwrap();
        let rates: Vec<(&str, f64)> = lines
            .iter()
            .map(|line| line.trim_end().split_once(' ').unwrap())
            .map(|(name, rate)| (name, rate.parse().unwrap()))
            .collect();
        let names: Vec<&str> = rates.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["argon2id", "argon2id-portable", "RS256", "ES256", "EdDSA"]);
        assert!(rates.iter().all(|(_, rate)| *rate > 0.0), "{rates:?}");
        for (what, seconds) in [("rot13", 0.001), ("RS256", -1.0)] {
            assert!(measure(&[what.to_owned()], seconds, |line| panic!("{line}")).is_err());
        }
    }
}
