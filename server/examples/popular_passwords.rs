//! Makes `secret/popular/passwords.bin` from a list of passwords, the most used first:
//! `cargo run --example popular_passwords -- 10_million_password_list_top_1M.txt server/src/secret/popular`

use aws_lc_rs::digest::{SHA256, digest};
use std::{collections::HashSet, env, error::Error, fs, path::PathBuf};

const SHORTEST: usize = 8;
const MOST_USED: usize = 120_000;
/// Where a password stands alone it has fifteen characters. Few of the most used have; so all that long are taken.
const LONG: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1).map(PathBuf::from);
    let (list, folder) = arguments.next().zip(arguments.next()).ok_or("which list, and into which folder?")?;
    let list = String::from_utf8_lossy(&fs::read(list)?).to_lowercase();

    let mut seen = HashSet::new();
    let passwords: Vec<&str> =
        list.lines().filter(|line| line.chars().count() >= SHORTEST && seen.insert(*line)).collect();
    let (most_used, others) = passwords.split_at(MOST_USED);
    let long = others.iter().filter(|password| password.chars().count() >= LONG);
    let mut hashes: Vec<[u8; 4]> = most_used.iter().chain(long).map(|password| hash(password)).collect();
    hashes.sort_unstable();
    hashes.dedup();

    let mut table = vec![0u8; 32_768];
    for [high, low, ..] in &hashes {
        let bucket = usize::from(u16::from_be_bytes([*high, *low]));
        let shift = bucket % 2 * 4;
        if table[bucket / 2] >> shift & 0xf == 0xf {
            return Err("a bucket has more than fifteen passwords".into());
        }
        table[bucket / 2] += 1 << shift;
    }
    table.extend(hashes.iter().flat_map(|[.., third, fourth]| [third, fourth]));

    fs::create_dir_all(&folder)?;
    fs::write(folder.join("passwords.bin"), table)?;
    fs::write(folder.join("top_3000.txt"), passwords[..3000].join("\n") + "\n")?;
    Ok(())
}

fn hash(password: &str) -> [u8; 4] {
    let hash = digest(&SHA256, password.as_bytes());
    [0, 1, 2, 3].map(|i| hash.as_ref()[i])
}
