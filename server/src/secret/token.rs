//! What people and applications carry: tokens and codes that nobody guesses, and the hashes by which we know them again.

use super::seal::{Purpose, Seal};
use crate::clock::Chance;
use app::contract::secret::Secret;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// 256 random bits. Only its hash is stored.
#[derive(Clone, Debug)]
pub struct Token(Secret);

impl Token {
    pub fn random(chance: &Chance) -> Self {
        Self(URL_SAFE_NO_PAD.encode(chance.bytes::<32>()).into())
    }

    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    pub fn hash(&self) -> String {
        hash(self.reveal())
    }
}

/// Under which name a token is stored. It needs neither key nor salt: a token has 256 bits of its own.
pub fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// Eight digits, each code as likely as any other (security R3).
pub fn code(chance: &Chance) -> Secret {
    format!("{:08}", chance.below(100_000_000)).into()
}

/// Letters and digits that are not taken for each other, of 4.95 bits each.
pub fn letters(chance: &Chance, count: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    (0..count).map(|_| char::from(ALPHABET[chance.below(ALPHABET.len() as u32) as usize])).collect()
}

/// A keyed hash as text: what a code is stored as, and what a page of a journey carries to prove whose it is.
pub fn keyed_hash(seal: &Seal, purpose: Purpose, parts: &[&[u8]]) -> String {
    URL_SAFE_NO_PAD.encode(seal.mac(purpose, parts))
}

pub fn keyed_hash_is(seal: &Seal, purpose: Purpose, parts: &[&[u8]], presented: &str) -> bool {
    URL_SAFE_NO_PAD.decode(presented).is_ok_and(|mac| seal.mac_is(purpose, parts, &mac))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_token_has_256_bits_and_never_comes_twice() {
        let tokens: HashSet<_> = (0..1000).map(|_| Token::random(&Chance::System).reveal().to_owned()).collect();
        assert_eq!(tokens.len(), 1000);
        assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token).unwrap().len() == 32));
    }

    #[test]
    fn a_token_is_stored_as_the_sha_256_of_its_text() {
        // FIPS 180-4's example for "abc".
        assert_eq!(hash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        let token = Token::random(&Chance::seeded(1));
        assert_eq!(token.hash(), hash(token.reveal()));
    }

    #[test]
    fn r43_a_token_does_not_show_itself() {
        let token = Token::random(&Chance::seeded(1));
        assert!(!format!("{token:?}").contains(token.reveal()));
    }

    /// Chi-square over a million codes: the first three digits and the last three, 1,000 cells each. 999 degrees of freedom
    /// put p = 0.001 at 1,143.9.
    #[test]
    fn r3_codes_are_uniform() {
        let chance = Chance::seeded(20_261_120);
        let (mut first, mut last) = (vec![0u32; 1000], vec![0u32; 1000]);
        for _ in 0..1_000_000 {
            let code = code(&chance);
            assert_eq!(code.reveal().len(), 8);
            let number: usize = code.reveal().parse().unwrap();
            first[number / 100_000] += 1;
            last[number % 1000] += 1;
        }
        for cells in [first, last] {
            let chi_square: f64 = cells.iter().map(|&count| (f64::from(count) - 1000.0).powi(2) / 1000.0).sum();
            assert!(chi_square < 1143.9, "{chi_square}");
        }
    }

    #[test]
    fn r3_a_code_is_known_only_with_its_journey() {
        let seal = Seal::new(&[7; 32]);
        let stored = keyed_hash(&seal, Purpose::Code, &[b"journey-1", b"12345678"]);
        assert!(keyed_hash_is(&seal, Purpose::Code, &[b"journey-1", b"12345678"], &stored));
        assert!(!keyed_hash_is(&seal, Purpose::Code, &[b"journey-2", b"12345678"], &stored));
        assert!(!keyed_hash_is(&seal, Purpose::Code, &[b"journey-1", b"12345679"], &stored));
        assert!(!keyed_hash_is(&seal, Purpose::Code, &[b"journey-1", b"12345678"], "not base64!"));
        assert!(!stored.contains("12345678"));
    }
}
