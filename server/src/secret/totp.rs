//! Codes of authenticator apps (RFC 6238), the secrets they are made of, and the codes for when the app is lost.

use super::{
    seal::{Purpose, Seal},
    token,
};
use crate::clock::Chance;
use app::contract::{secret::Secret, time::Timestamp};
use aws_lc_rs::{constant_time, hmac};

/// Seconds that a code is shown for. What every app takes without being told.
const STEP: i64 = 30;
const DIGITS: usize = 6;
/// Codes of the step before and after count too: clocks differ, and people type slowly (RFC 6238 §5.2).
const AROUND: i64 = 1;
const RECOVERY_CODES: usize = 10;

/// 160 bits, as long as the hash (RFC 4226 §4).
pub fn secret(chance: &Chance) -> [u8; 20] {
    chance.bytes()
}

/// The step whose code this is, among those that count now and come after `last`. A code that was used is of no step any
/// more (RFC 6238 §5.2).
pub fn step_of(secret: &[u8], code: &str, last: i64, now: Timestamp) -> Option<i64> {
    let present = now.0.div_euclid(1000 * STEP);
    // The latest that fits; each is compared in constant time.
    (present - AROUND..=present + AROUND)
        .filter(|step| {
            constant_time::verify_slices_are_equal(self::code(secret, *step).as_bytes(), code.as_bytes()).is_ok()
        })
        .filter(|step| *step > last)
        .max()
}

/// The code that an app shows at a moment.
pub fn shown(secret: &[u8], at: Timestamp) -> String {
    code(secret, at.0.div_euclid(1000 * STEP))
}

/// RFC 4226 §5.3
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 0xf);
    let number = tag[offset..offset + 4].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:0DIGITS$}", number % 10u32.pow(DIGITS as u32))
}

/// The secret as people type it (RFC 4648 §6).
pub fn letters(secret: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<u8>>();
    let letter = |five: &[u8]| {
        let number =
            five.iter().chain([0; 5].iter()).take(5).fold(0usize, |number, bit| number << 1 | usize::from(*bit));
        char::from(ALPHABET[number])
    };
    bits.chunks(5).map(letter).collect()
}

/// What the picture says, as apps read it.
pub fn uri(issuer: &str, address: &str, secret: &[u8]) -> String {
    let encoded =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (issuer, address) = (encoded(issuer), encoded(address));
    format!("otpauth://totp/{issuer}:{address}?secret={}&issuer={issuer}", letters(secret))
}

/// Ten codes of 49 bits.
pub fn recovery_codes(chance: &Chance) -> Vec<String> {
    let half = || token::letters(chance, 5);
    (0..RECOVERY_CODES).map(|_| format!("{}-{}", half(), half())).collect()
}

/// Under which name a recovery code is stored, however it was typed.
pub fn recovery_hash(seal: &Seal, account: &str, code: &Secret) -> String {
    let bare: String = code.reveal().chars().filter(char::is_ascii_alphanumeric).collect();
    token::keyed_hash(seal, Purpose::RecoveryCode, &[account.as_bytes(), bare.to_ascii_lowercase().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, Appendix B (SHA-1), the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, wanted) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(shown(secret, Timestamp(seconds * 1000)), wanted);
        }
        assert_eq!(letters(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(letters(b"foo"), "MZXW6");
    }

    #[test]
    fn r16_a_code_counts_once_and_half_a_minute_around() {
        let (secret, now) = (b"12345678901234567890", Timestamp(1_111_111_109_000));
        let step = step_of(secret, "081804", 0, now).unwrap();
        assert_eq!(step_of(secret, "081804", step, now), None, "used");
        assert_eq!(step_of(secret, "081804", 0, Timestamp(now.0 + 30_000)), Some(step));
        assert_eq!(step_of(secret, "081804", 0, Timestamp(now.0 + 61_000)), None, "too old");
        assert_eq!(step_of(secret, "081805", 0, now), None);
        assert_eq!(step_of(secret, "", 0, now), None);
    }

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        let seal = Seal::new(&[7; 32]);
        let hash = |account: &str, code: &str| recovery_hash(&seal, account, &code.into());
        assert_eq!(hash("ada", "abcde-fgh23"), hash("ada", " ABCDE fgh23 "));
        assert_ne!(hash("ada", "abcde-fgh23"), hash("bob", "abcde-fgh23"));
        let codes = recovery_codes(&Chance::seeded(1));
        assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 11), "{codes:?}");
    }
}
