//! What this machine can do at most, per second of one core: the figures against which `end2end/measure` holds the server.
//! `cargo run --release --example bare [seconds for each]` prints one `name rate` a line.

use server::secret::{
    argon2::{Memory, argon2id, portable},
    jwt::{Algorithm, SigningKey, generate},
    password::Hasher,
    phc::Cost,
};
use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    thread,
    time::{Duration, Instant},
};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = env::args().nth(1).map_or(Ok(2.0), |seconds| seconds.parse())?;
    let print = |name: &str, rate: f64| writeln!(io::stdout(), "{name} {rate:.1}");

    let (password, salt) = (b"correct horse battery staple", [7; 16]);
    let Cost { memory_kib, passes, lanes } = Cost::PRESENT;
    let params = argon2::Params::new(memory_kib, passes, lanes, Some(32))?;
    print(
        "argon2id",
        as_the_server(seconds, || {
            let mut memory = Memory::default();
            move || drop(argon2id(password, &salt, Cost::PRESENT, &mut memory))
        })?,
    )?;
    let mut memory = Vec::new();
    print("argon2id-crate", rate(seconds, || drop(portable(password, &salt, params.clone(), &mut memory)))?)?;
    print("argon2id-crate-fresh", rate(seconds, || drop(portable(password, &salt, params.clone(), &mut Vec::new())))?)?;

    let claims = serde_json::json!({
        "iss": "https://door.example/00000000-0000-4000-8000-000000000000/v2.0",
        "aud": "00000000-0000-4000-8000-000000000001", "sub": "00000000-0000-4000-8000-000000000002",
        "iat": 1_795_000_000, "nbf": 1_795_000_000, "exp": 1_795_003_600, "scp": "openid profile email offline_access",
    });
    for algorithm in Algorithm::ALL {
        let new = generate(algorithm)?;
        let key = SigningKey::parse(algorithm, &new.pkcs8, &new.kid)?;
        print(algorithm.name(), rate(seconds, || drop(key.sign("at+jwt", &claims)))?)?;
    }
    Ok(())
}

/// The same on as many threads as the server hashes with: cores share memory, and hashing is made of it.
fn as_the_server<W: FnMut()>(seconds: f64, work: impl Fn() -> W + Sync) -> Result<f64, Box<dyn Error>> {
    let threads = Hasher::threads();
    let rates = thread::scope(|scope| {
        let running: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| rate(seconds, work()).map_err(|error| error.to_string()))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".into())))
            .collect::<Vec<_>>()
    });
    let rates = rates.into_iter().collect::<Result<Vec<f64>, String>>()?;
    Ok(rates.iter().sum::<f64>() / rates.len() as f64)
}

/// How often in a second of this thread's processor time. Other processes may take what time they like.
fn rate(seconds: f64, mut work: impl FnMut()) -> Result<f64, Box<dyn Error>> {
    work();
    let (processor, wall, mut times) = (processor_time()?, Instant::now(), 0u32);
    while wall.elapsed().as_secs_f64() < seconds {
        work();
        times += 1;
    }
    Ok(f64::from(times) / (processor_time()? - processor).as_secs_f64())
}

fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = statistics.split(' ').next().ok_or("no time in schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}
