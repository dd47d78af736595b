//! argon2id (RFC 9106), as fast as this machine's processor can make it, in memory that is used again.
//!
//! The `argon2` crate is compiled once for every processor: 77 hashes per second and core on a machine where `wide`, which
//! picks AVX-512 or AVX2 when it runs, makes 149 or 111, and with AVX-512 on huge pages 170. Hashing is what a sign-in costs,
//! so that is worth four hundred lines. They are safe Rust, and the tests compare them with the reference and with the crate.
//! The crate does what they don't: other processors, several lanes, and debug builds, in which only dependencies are optimised.

use super::phc::Cost;
use crate::error::{Error, Result};
use ::argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
mod wide;

pub type Tag = Zeroizing<[u8; 32]>;

/// Where hashes are made. The first of them gets it from the machine, the following reuse it: page faults cost a third of a
/// hash. A fresh one is empty.
#[derive(Default)]
pub struct Memory {
    #[cfg(target_arch = "x86_64")]
    wide: wide::Memory,
    portable: Vec<Block>,
}

pub fn argon2id(password: &[u8], salt: &[u8], cost: Cost, memory: &mut Memory) -> Result<Tag> {
    let params = params_of(cost)?;
    #[cfg(target_arch = "x86_64")]
    if !cfg!(debug_assertions)
        && cost.lanes == 1
        && let Some(cpu) = wide::Cpu::detect()
    {
        return memory.wide.hash(cpu, password, salt, &params);
    }
    portable(password, salt, params, &mut memory.portable)
}

pub fn params_of(cost: Cost) -> Result<Params> {
    Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(failed)
}

/// By the crate.
pub fn portable(password: &[u8], salt: &[u8], params: Params, memory: &mut Vec<Block>) -> Result<Tag> {
    memory.resize(params.block_count(), Block::new());
    let mut tag = Tag::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, &mut *tag, memory)
        .map_err(failed)?;
    Ok(tag)
}

fn failed(error: ::argon2::Error) -> Error {
    Error::Internal(format!("argon2id: {error}"))
}
