//! Eight words in the registers of a processor: one of AVX-512's or two of AVX2's.

use pulp::{
    cast, u64x4, u64x8,
    x86::{V3, V4},
};

pub trait Registers: Copy {
    type Words: Copy;

    fn load(self, words: [u64; 8]) -> Self::Words;
    fn store(self, words: Self::Words) -> [u64; 8];
    fn xor(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// a + b + 2 × the product of their lower halves.
    fn add_product(self, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `LEFT` is 64 less `RIGHT`, which Rust cannot compute here.
    fn rotate_right<const RIGHT: i32, const LEFT: i32>(self, words: Self::Words) -> Self::Words;
    /// Turns lanes 0 1 2 3 and lanes 4 5 6 7: each takes the word `BY` places on.
    fn turn_rows<const BY: i32>(self, words: Self::Words) -> Self::Words;
    /// Turns lanes 0 1 4 5 and lanes 2 3 6 7.
    fn turn_columns<const BY: i32>(self, words: Self::Words) -> Self::Words;
}

impl Registers for V4 {
    type Words = u64x8;

    #[inline(always)]
    fn load(self, words: [u64; 8]) -> u64x8 {
        cast(words)
    }

    #[inline(always)]
    fn store(self, words: u64x8) -> [u64; 8] {
        cast(words)
    }

    #[inline(always)]
    fn xor(self, a: u64x8, b: u64x8) -> u64x8 {
        self.xor_u64x8(a, b)
    }

    #[inline(always)]
    fn add_product(self, a: u64x8, b: u64x8) -> u64x8 {
        let product = cast(self.avx512f._mm512_mul_epu32(cast(a), cast(b)));
        self.wrapping_add_u64x8(self.wrapping_add_u64x8(a, b), self.wrapping_add_u64x8(product, product))
    }

    #[inline(always)]
    fn rotate_right<const RIGHT: i32, const LEFT: i32>(self, words: u64x8) -> u64x8 {
        cast(self.avx512f._mm512_ror_epi64::<RIGHT>(cast(words)))
    }

    #[inline(always)]
    fn turn_rows<const BY: i32>(self, words: u64x8) -> u64x8 {
        let words = cast(words);
        cast(match BY {
            1 => self.avx512f._mm512_permutex_epi64::<0b00_11_10_01>(words),
            2 => self.avx512f._mm512_permutex_epi64::<0b01_00_11_10>(words),
            _ => self.avx512f._mm512_permutex_epi64::<0b10_01_00_11>(words),
        })
    }

    #[inline(always)]
    fn turn_columns<const BY: i32>(self, words: u64x8) -> u64x8 {
        let order = match BY {
            1 => u64x8(1, 4, 3, 6, 5, 0, 7, 2),
            2 => u64x8(4, 5, 6, 7, 0, 1, 2, 3),
            _ => u64x8(5, 0, 7, 2, 1, 4, 3, 6),
        };
        cast(self.avx512f._mm512_permutexvar_epi64(cast(order), cast(words)))
    }
}

impl Registers for V3 {
    type Words = [u64x4; 2];

    #[inline(always)]
    fn load(self, words: [u64; 8]) -> [u64x4; 2] {
        cast(words)
    }

    #[inline(always)]
    fn store(self, words: [u64x4; 2]) -> [u64; 8] {
        cast(words)
    }

    #[inline(always)]
    fn xor(self, a: [u64x4; 2], b: [u64x4; 2]) -> [u64x4; 2] {
        [self.xor_u64x4(a[0], b[0]), self.xor_u64x4(a[1], b[1])]
    }

    #[inline(always)]
    fn add_product(self, a: [u64x4; 2], b: [u64x4; 2]) -> [u64x4; 2] {
        let add_product = |a, b| {
            let product = cast(self.avx2._mm256_mul_epu32(cast(a), cast(b)));
            self.wrapping_add_u64x4(self.wrapping_add_u64x4(a, b), self.wrapping_add_u64x4(product, product))
        };
        [add_product(a[0], b[0]), add_product(a[1], b[1])]
    }

    #[inline(always)]
    fn rotate_right<const RIGHT: i32, const LEFT: i32>(self, words: [u64x4; 2]) -> [u64x4; 2] {
        // The compiler makes one shuffle of this wherever whole bytes move.
        words.map(|words| {
            let right = self.avx2._mm256_srli_epi64::<RIGHT>(cast(words));
            cast(self.avx2._mm256_or_si256(right, self.avx2._mm256_slli_epi64::<LEFT>(cast(words))))
        })
    }

    #[inline(always)]
    fn turn_rows<const BY: i32>(self, words: [u64x4; 2]) -> [u64x4; 2] {
        words.map(|words| {
            let words = cast(words);
            cast(match BY {
                1 => self.avx2._mm256_permute4x64_epi64::<0b00_11_10_01>(words),
                2 => self.avx2._mm256_permute4x64_epi64::<0b01_00_11_10>(words),
                _ => self.avx2._mm256_permute4x64_epi64::<0b10_01_00_11>(words),
            })
        })
    }

    #[inline(always)]
    fn turn_columns<const BY: i32>(self, [low, high]: [u64x4; 2]) -> [u64x4; 2] {
        let odd_then_even = |a, b| cast(self.avx._mm256_shuffle_pd::<0b0101>(cast(a), cast(b)));
        match BY {
            1 => [odd_then_even(low, high), odd_then_even(high, low)],
            2 => [high, low],
            _ => [odd_then_even(high, low), odd_then_even(low, high)],
        }
    }
}
