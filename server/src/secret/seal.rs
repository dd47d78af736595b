//! What must be read again is sealed with the server's key; what must only be recognised is kept as a keyed hash.

use crate::{
    clock::Chance,
    error::{Error, Result},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    constant_time, hkdf, hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Derived from the key in `PORTICO_SEAL_KEY`. A rotated key stays behind the new one as long as anything is kept under it.
pub struct Seal {
    current: Keys,
    older: Vec<Keys>,
}

/// What a keyed hash is for. Each has a key of its own, so that a hash made for one is worth nothing for another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The pepper of password hashes.
    Password,
    /// One-time codes.
    Code,
    /// Secrets of applications.
    ClientSecret,
    /// Tokens in pages that prove that a form came from our page; the next secret of a journey that an application carries; the
    /// word by which pages of applications know a session.
    Journey,
    /// Under which name a limiter counts somebody.
    Limit,
    /// Codes for when an authenticator app is lost.
    RecoveryCode,
    /// Refresh tokens: family and number.
    RefreshToken,
    /// Places in the lists of the management API.
    Page,
    /// Nonces of proofs of possession.
    Nonce,
}

/// The keys of one generation, each derived for its use (RFC 5869).
struct Keys {
    id: String,
    sealing: LessSafeKey,
    password: hmac::Key,
    code: hmac::Key,
    client_secret: hmac::Key,
    journey: hmac::Key,
    limit: hmac::Key,
    recovery_code: hmac::Key,
    refresh_token: hmac::Key,
    page: hmac::Key,
    nonce: hmac::Key,
}

impl Seal {
    pub fn new(key: &[u8; 32]) -> Self {
        Self { current: Keys::derive(key), older: Vec::new() }
    }

    /// Adds a key that was current before. It opens what it sealed; nothing new is kept under it.
    pub fn with_older(mut self, key: &[u8; 32]) -> Self {
        self.older.push(Keys::derive(key));
        self
    }

    /// Names the current key. It is derived from the key and tells nothing about it.
    pub fn key_id(&self) -> &str {
        &self.current.id
    }

    /// `context` is the one place where the text may be opened again: `tenant|table|column|row` (security R40).
    pub fn seal(&self, chance: &Chance, context: &str, plain: &[u8]) -> String {
        // A random nonce of 96 bits is sound for 2^32 texts under one key (NIST SP 800-38D §8.3).
        let nonce: [u8; NONCE_LEN] = chance.bytes();
        let mut text = plain.to_vec();
        self.current
            .sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut text)
            .expect("AES-GCM refuses only texts of more than 64 GiB");
        format!("{}.{}", self.current.id, URL_SAFE_NO_PAD.encode([&nonce[..], &text].concat()))
    }

    pub fn open(&self, context: &str, sealed: &str) -> Result<Vec<u8>> {
        let (id, text) = sealed.split_once('.').ok_or_else(|| damaged(context))?;
        let keys = self.keys(id)?;
        let mut text = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged(context))?;
        let (nonce, text) = text.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(|| damaged(context))?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = keys.sealing.open_in_place(nonce, Aad::from(context), text).map_err(|_| damaged(context))?;
        Ok(plain.to_vec())
    }

    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.current.mac(purpose, parts)
    }

    /// Whether `mac` was made of these parts, under the current key or an older one. Takes the same time wherever they differ.
    pub fn mac_is(&self, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> bool {
        let made_by = |keys: &Keys| constant_time::verify_slices_are_equal(&keys.mac(purpose, parts), mac).is_ok();
        made_by(&self.current) || self.older.iter().any(made_by)
    }

    /// The same under the one key of that name, for what remembers its key.
    pub fn mac_is_by(&self, key_id: &str, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> Result<bool> {
        let expected = self.keys(key_id)?.mac(purpose, parts);
        Ok(constant_time::verify_slices_are_equal(&expected, mac).is_ok())
    }

    fn keys(&self, id: &str) -> Result<&Keys> {
        std::iter::once(&self.current).chain(&self.older).find(|keys| keys.id == id).ok_or_else(|| not_given(id))
    }
}

impl Keys {
    fn derive(key: &[u8; 32]) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"portico seal 1").extract(key);
        let subkey = |label: &str| {
            let mut subkey = Zeroizing::new([0; 32]);
            root.expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut *subkey))
                .expect("HKDF-SHA256 gives up to 8160 bytes (RFC 5869 §2.3); 32 are asked");
            subkey
        };
        let mac = |label| hmac::Key::new(hmac::HMAC_SHA256, &*subkey(label));
        let sealing = UnboundKey::new(&AES_256_GCM, &*subkey("sealing")).expect("AES-256 takes a key of 32 bytes");
        Self {
            id: subkey("id")[..4].iter().map(|byte| format!("{byte:02x}")).collect(),
            sealing: LessSafeKey::new(sealing),
            password: mac("password"),
            code: mac("code"),
            client_secret: mac("client secret"),
            journey: mac("journey"),
            limit: mac("limit"),
            recovery_code: mac("recovery code"),
            refresh_token: mac("refresh token"),
            page: mac("page"),
            nonce: mac("nonce"),
        }
    }

    /// Each part goes in behind its length: no two lists of parts make one text, and no part is cut (security cve 48).
    fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let key = match purpose {
            Purpose::Password => &self.password,
            Purpose::Code => &self.code,
            Purpose::ClientSecret => &self.client_secret,
            Purpose::Journey => &self.journey,
            Purpose::Limit => &self.limit,
            Purpose::RecoveryCode => &self.recovery_code,
            Purpose::RefreshToken => &self.refresh_token,
            Purpose::Page => &self.page,
            Purpose::Nonce => &self.nonce,
        };
        let mut mac = hmac::Context::with_key(key);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.sign().as_ref().try_into().expect("HMAC-SHA256 makes 32 bytes")
    }
}

/// Whoever reads it started the server with another key than before, most often without noticing.
fn not_given(id: &str) -> Error {
    Error::Internal(format!(
        "what the database keeps was sealed with key {id}, which this server was not given. Is PORTICO_SEAL_KEY, or the file \
         that PORTICO_SEAL_KEY_FILE names (in development ./portico.key), the one of the first start? Set that one again; a \
         newer one may stand before it, with a comma between."
    ))
}

fn damaged(context: &str) -> Error {
    Error::Internal(format!("{context} cannot be opened: changed, cut, or moved from another place"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "tenant-a|signing_keys|sealed|row-1";

    fn seal() -> Seal {
        Seal::new(&[7; 32])
    }

    #[test]
    fn r40_opens_only_where_it_was_sealed() {
        let sealed = seal().seal(&Chance::seeded(1), PLACE, b"canary");
        assert_eq!(seal().open(PLACE, &sealed).unwrap(), b"canary");
        for elsewhere in ["tenant-b|signing_keys|sealed|row-1", "tenant-a|signing_keys|sealed|row-2", ""] {
            assert!(seal().open(elsewhere, &sealed).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn r40_shows_nothing_and_never_repeats() {
        let chance = Chance::System;
        let (one, two) = (seal().seal(&chance, PLACE, b"canary"), seal().seal(&chance, PLACE, b"canary"));
        assert!(!one.contains("canary") && !one.contains(&URL_SAFE_NO_PAD.encode("canary")));
        assert_ne!(one, two);
    }

    #[test]
    fn r40_every_changed_or_cut_text_is_refused() {
        let sealed = seal().seal(&Chance::seeded(1), PLACE, b"");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(seal().open(PLACE, std::str::from_utf8(&changed).unwrap()).is_err(), "changed at {at}");
            assert!(seal().open(PLACE, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_rotated_key_opens_and_recognises_what_was_kept_under_it() {
        let old = seal();
        let new = Seal::new(&[8; 32]).with_older(&[7; 32]);
        let sealed = old.seal(&Chance::seeded(1), PLACE, b"canary");
        let mac = old.mac(Purpose::Code, &[b"12345678"]);

        assert_eq!(new.open(PLACE, &sealed).unwrap(), b"canary");
        assert!(new.mac_is(Purpose::Code, &[b"12345678"], &mac));
        assert!(new.mac_is_by(old.key_id(), Purpose::Code, &[b"12345678"], &mac).unwrap());
        assert!(new.seal(&Chance::seeded(1), PLACE, b"canary").starts_with(new.key_id()));

        let stranger = Seal::new(&[9; 32]);
        let told = stranger.open(PLACE, &sealed).unwrap_err().to_string();
        for word in [old.key_id(), "PORTICO_SEAL_KEY,", "PORTICO_SEAL_KEY_FILE", "portico.key"] {
            assert!(told.contains(word), "{told}");
        }
        assert!(!stranger.mac_is(Purpose::Code, &[b"12345678"], &mac));
        assert!(stranger.mac_is_by(old.key_id(), Purpose::Code, &[b"12345678"], &mac).is_err());
    }

    #[test]
    fn cve_48_no_two_lists_of_parts_make_one_mac() {
        let mac = |parts: &[&[u8]]| seal().mac(Purpose::Limit, parts);
        assert_ne!(mac(&[b"ab", b"c"]), mac(&[b"a", b"bc"]));
        assert_ne!(mac(&[b"ab"]), mac(&[b"ab", b""]));
        assert_ne!(mac(&[]), mac(&[b""]));

        // A long address does not push the end of a long password out of the hash.
        let address = [b'a'; 254];
        let mut password = [b'p'; 1024];
        let before = mac(&[&address, &password]);
        password[1023] = b'q';
        assert_ne!(before, mac(&[&address, &password]));
    }

    #[test]
    fn a_mac_for_one_purpose_is_worth_nothing_for_another() {
        let purposes = [Purpose::Password, Purpose::Code, Purpose::ClientSecret, Purpose::Journey, Purpose::Limit];
        for made_for in purposes {
            for used_for in purposes {
                let mac = seal().mac(made_for, &[b"text"]);
                assert_eq!(seal().mac_is(used_for, &[b"text"], &mac), made_for == used_for);
            }
        }
    }
}
