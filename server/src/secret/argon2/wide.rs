//! One lane of argon2id, eight words at a time. Which instructions carry them is decided when the server runs.

use super::Tag;
use crate::error::{Error, Result};
use ::argon2::Params;
use blake2::{Blake2b, Blake2b512, Digest, digest::consts::U32};
use memmap2::MmapMut;
use pulp::{
    NullaryFnOnce, bytemuck,
    x86::{V3, V4},
};
use registers::Registers;

mod registers;

/// 1 KiB: two rows of RFC 9106's matrix side by side (§3.6), and of those a quarter in each eight words. So laid out, both
/// halves of the permutation are the same code, and no word is moved between them. Only the first two blocks, the last,
/// and the counters of addresses ever meet the outside; `place` tells where their words are.
type Block = [[u64; 8]; 16];

const ZERO: Block = [[0; 8]; 16];

/// The vector and the lane of a word.
const fn place(word: usize) -> (usize, usize) {
    let (row, column) = (word / 16, word % 16);
    (row / 2 * 4 + column / 4, row % 2 * 4 + column % 4)
}

/// Proof that the processor has what the kernel needs.
#[derive(Clone, Copy)]
pub enum Cpu {
    Avx512(V4),
    Avx2(V3),
}

impl Cpu {
    pub fn detect() -> Option<Self> {
        V4::try_new().map(Cpu::Avx512).or_else(|| V3::try_new().map(Cpu::Avx2))
    }
}

/// Mapped, so that it can be asked for in huge pages: argon2 jumps about in it, and looking up small ones costs 15 %.
#[derive(Default)]
pub struct Memory(Option<MmapMut>);

const HUGE_PAGE: usize = 2 << 20;

impl Memory {
    pub fn hash(&mut self, cpu: Cpu, password: &[u8], salt: &[u8], params: &Params) -> Result<Tag> {
        let blocks = self.blocks(params.block_count())?;
        let seed = seed(password, salt, params);
        for (number, block) in [0u32, 1].into_iter().zip(&mut *blocks) {
            // §3.2, steps 3 and 4. The lane is 0.
            *block = first_block(&[&seed[..], &number.to_le_bytes(), &0u32.to_le_bytes()].concat());
        }
        let fill = Fill { blocks, passes: params.t_cost() };
        match cpu {
            Cpu::Avx512(v4) => v4.vectorize(With(v4, fill)),
            Cpu::Avx2(v3) => v3.vectorize(With(v3, fill)),
        }
        Ok(tag(&blocks[blocks.len() - 1]))
    }

    fn blocks(&mut self, count: usize) -> Result<&mut [Block]> {
        let length = count * size_of::<Block>();
        let map = match self.0.take().filter(|map| map.len() == length + HUGE_PAGE) {
            Some(map) => map,
            None => map_memory(length + HUGE_PAGE)?,
        };
        let map = self.0.insert(map);
        let start = map.as_ptr().align_offset(HUGE_PAGE);
        let words: &mut [u64] = bytemuck::cast_slice_mut(&mut map[start..start + length]);
        Ok(words.as_chunks_mut().0.as_chunks_mut().0)
    }
}

fn map_memory(length: usize) -> Result<MmapMut> {
    let map = MmapMut::map_anon(length).map_err(|error| Error::Internal(format!("memory for argon2id: {error}")))?;
    // A kernel without huge pages says so; small ones do.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Ok(map)
}

/// H0 (§3.2, step 1): 32 bytes of tag, no secret and no associated data.
fn seed(password: &[u8], salt: &[u8], params: &Params) -> [u8; 64] {
    let mut hash = Blake2b512::new();
    for number in [params.p_cost(), 32, params.m_cost(), params.t_cost(), 0x13, 2] {
        hash.update(number.to_le_bytes());
    }
    for text in [password, salt, b"", b""] {
        hash.update((text.len() as u32).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}

/// H' for 1024 bytes (§3.3): halves of 64-byte hashes, each of the one before, and the last whole.
fn first_block(input: &[u8]) -> Block {
    let mut bytes = [0; 1024];
    let mut hash = Blake2b512::new().chain_update(1024u32.to_le_bytes()).chain_update(input).finalize();
    for start in (0..960).step_by(32) {
        bytes[start..start + 32].copy_from_slice(&hash[..32]);
        hash = Blake2b512::digest(hash);
    }
    bytes[960..].copy_from_slice(&hash);

    let mut block = ZERO;
    for (word, bytes) in bytes.as_chunks().0.iter().enumerate() {
        let (vector, lane) = place(word);
        block[vector][lane] = u64::from_le_bytes(*bytes);
    }
    block
}

/// H' for 32 bytes.
fn tag(block: &Block) -> Tag {
    let mut hash = Blake2b::<U32>::new().chain_update(32u32.to_le_bytes());
    for word in 0..128 {
        let (vector, lane) = place(word);
        hash.update(block[vector][lane].to_le_bytes());
    }
    Tag::new(hash.finalize().into())
}

struct Fill<'a> {
    blocks: &'a mut [Block],
    passes: u32,
}

/// What is called with it is compiled for its processor, down to the last function that is inlined.
struct With<'a, R>(R, Fill<'a>);

impl<R: Registers> NullaryFnOnce for With<'_, R> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.1.run(self.0);
    }
}

impl Fill<'_> {
    #[inline(always)]
    fn run<R: Registers>(self, cpu: R) {
        let length = self.blocks.len();
        let segment = length / 4;
        for pass in 0..self.passes {
            for slice in 0..4 {
                let mut addresses = Addresses { counter: 0, block: ZERO };
                for index in 0..segment {
                    let current = slice * segment + index;
                    // §3.4.1: half a pass chooses its blocks without looking at the password, against those who watch caches.
                    let blind = pass == 0 && slice < 2;
                    if blind && index % 128 == 0 {
                        addresses.next(cpu, slice, length, self.passes);
                    }
                    if pass == 0 && current < 2 {
                        continue;
                    }
                    let previous = current.checked_sub(1).unwrap_or(length - 1);
                    let random = if blind {
                        let (vector, lane) = place(index % 128);
                        addresses.block[vector][lane]
                    } else {
                        self.blocks[previous][0][0]
                    };

                    // §3.4.2. The window begins behind this segment and ends before the previous block.
                    let (start, window) = match (pass, slice) {
                        (0, _) => (0, current - 1),
                        (_, 3) => (0, length - segment + index - 1),
                        _ => ((slice + 1) * segment, length - segment + index - 1),
                    };
                    let x = (random & 0xffff_ffff).pow(2) >> 32;
                    let back = (window as u64 * x) >> 32;
                    let reference = start + window - 1 - back as usize;
                    let reference = if reference < length { reference } else { reference - length };

                    // The window leaves out both the block before and this one.
                    let Ok([previous, reference, current]) =
                        self.blocks.get_disjoint_mut([previous, reference, current])
                    else {
                        unreachable!("three different blocks");
                    };
                    // G (§3.5), which leaves its input in its output; later passes leave what lay there too (§3.2, step 6).
                    let input = both(cpu, load(cpu, previous), load(cpu, reference));
                    let left = if pass == 0 { input } else { both(cpu, input, load(cpu, current)) };
                    *current = store(cpu, both(cpu, permute(cpu, input), left));
                }
            }
        }
    }
}

/// 128 random words made of nothing but where we are (§3.4.1.2).
struct Addresses {
    counter: u64,
    block: Block,
}

impl Addresses {
    #[inline(always)]
    fn next<R: Registers>(&mut self, cpu: R, slice: usize, length: usize, passes: u32) {
        self.counter += 1;
        let mut input = ZERO;
        // Pass 0 of lane 0; the type of argon2id is 2.
        let words = [0, 0, slice as u64, length as u64, u64::from(passes), 2, self.counter];
        for (word, value) in words.into_iter().enumerate() {
            let (vector, lane) = place(word);
            input[vector][lane] = value;
        }
        let once = stir(cpu, load(cpu, &input));
        self.block = store(cpu, stir(cpu, once));
    }
}

/// G of a block and nothing.
#[inline(always)]
fn stir<R: Registers>(cpu: R, block: [R::Words; 16]) -> [R::Words; 16] {
    both(cpu, permute(cpu, block), block)
}

#[inline(always)]
fn load<R: Registers>(cpu: R, block: &Block) -> [R::Words; 16] {
    std::array::from_fn(|i| cpu.load(block[i]))
}

#[inline(always)]
fn store<R: Registers>(cpu: R, block: [R::Words; 16]) -> Block {
    std::array::from_fn(|i| cpu.store(block[i]))
}

#[inline(always)]
fn both<R: Registers>(cpu: R, x: [R::Words; 16], y: [R::Words; 16]) -> [R::Words; 16] {
    std::array::from_fn(|i| cpu.xor(x[i], y[i]))
}

/// P on every row and then on every column (§3.5, §3.6).
#[inline(always)]
fn permute<R: Registers>(cpu: R, mut z: [R::Words; 16]) -> [R::Words; 16] {
    for rows in 0..4 {
        let at = [0, 1, 2, 3].map(|quarter| 4 * rows + quarter);
        let [a, b, c, d] = mix(cpu, at.map(|i| z[i]));
        let [a, b, c, d] = mix(cpu, [a, cpu.turn_rows::<1>(b), cpu.turn_rows::<2>(c), cpu.turn_rows::<3>(d)]);
        [z[at[0]], z[at[1]], z[at[2]], z[at[3]]] =
            [a, cpu.turn_rows::<3>(b), cpu.turn_rows::<2>(c), cpu.turn_rows::<1>(d)];
    }
    for columns in 0..4 {
        let at = [0, 1, 2, 3].map(|rows| 4 * rows + columns);
        let [a, b, c, d] = mix(cpu, at.map(|i| z[i]));
        let [a, b, c, d] = mix(cpu, [a, cpu.turn_columns::<1>(b), cpu.turn_columns::<2>(c), cpu.turn_columns::<3>(d)]);
        [z[at[0]], z[at[1]], z[at[2]], z[at[3]]] =
            [a, cpu.turn_columns::<3>(b), cpu.turn_columns::<2>(c), cpu.turn_columns::<1>(d)];
    }
    z
}

/// GB (§3.6), eight at once.
#[inline(always)]
fn mix<R: Registers>(cpu: R, [a, b, c, d]: [R::Words; 4]) -> [R::Words; 4] {
    let a = cpu.add_product(a, b);
    let d = cpu.rotate_right::<32, 32>(cpu.xor(d, a));
    let c = cpu.add_product(c, d);
    let b = cpu.rotate_right::<24, 40>(cpu.xor(b, c));
    let a = cpu.add_product(a, b);
    let d = cpu.rotate_right::<16, 48>(cpu.xor(d, a));
    let c = cpu.add_product(c, d);
    let b = cpu.rotate_right::<63, 1>(cpu.xor(b, c));
    [a, b, c, d]
}

#[cfg(test)]
mod tests;
