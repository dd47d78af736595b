//! Password hashes that came with people from elsewhere: bcrypt, scrypt, PBKDF2 and argon2, in the forms in which others write
//! them. Each is kept with the pepper over its tag, as our own are, and gives way to one of ours at the next sign-in.

use super::seal::{Purpose, Seal};
use crate::error::{Error, Result};
use ::argon2::{Algorithm, Argon2, Params, Version};
use app::contract::secret::Secret;
use aws_lc_rs::pbkdf2;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD},
};
use std::{num::NonZeroU32, ops::RangeInclusive, str::FromStr};
use zeroize::Zeroizing;

const PREFIX: &str = "$foreign$";

/// With or without padding: both are written.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// RFC 8018 §4.1 asks for no less; argon2 takes no less.
const SALT_BYTES: RangeInclusive<usize> = 8..=128;
const TAG_BYTES: RangeInclusive<usize> = 12..=128;

/// What was done to the password. What would hold the server up for long is not taken (security R9).
#[derive(Clone, PartialEq, Eq, Debug)]
enum Scheme {
    Argon2 { kind: String, version: u32, memory_kib: u32, passes: u32, lanes: u32 },
    Bcrypt { cost: u32 },
    Scrypt { log_n: u8, r: u32, p: u32 },
    Pbkdf2 { digest: Digest, rounds: u32 },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

const DIGESTS: [(Digest, &str); 3] = [(Digest::Sha1, "sha1"), (Digest::Sha256, "sha256"), (Digest::Sha512, "sha512")];

/// What makes a hash, with parameters that it takes.
enum Maker {
    Argon2(Argon2<'static>),
    Bcrypt { cost: u32, salt: [u8; 16] },
    Scrypt(::scrypt::Params),
    Pbkdf2(pbkdf2::Algorithm, NonZeroU32),
}

/// A hash as somebody else wrote it, or, with a mac for a tag, as we keep it.
pub struct Foreign {
    scheme: Scheme,
    salt: Vec<u8>,
    tag: Vec<u8>,
    /// How long the tag was before it became a mac.
    length: usize,
}

impl Foreign {
    /// The forms of PHC strings, of bcrypt (`$2b$…`) and of Django (`pbkdf2_sha256$…`).
    pub fn read(text: &str) -> Result<Foreign, &'static str> {
        let text = text.trim();
        let read = if text.starts_with("$2") {
            bcrypt(text)
        } else if text.starts_with("pbkdf2_") {
            django(text)
        } else {
            phc(text)
        };
        let foreign =
            read.ok_or("it is none of bcrypt, scrypt, PBKDF2 and argon2, as PHC, modular crypt or Django write them")?;
        match () {
            () if !foreign.is_bearable() => Err("it asks for more work than a sign-in may cost"),
            () if !SALT_BYTES.contains(&foreign.salt.len()) => Err("its salt is not of 8 to 128 bytes"),
            () if !TAG_BYTES.contains(&foreign.length) => Err("it is not of 12 to 128 bytes"),
            // What no sign-in could compute would answer each of them with a fault, which tells that the account exists.
            () if foreign.maker().is_none() => Err("its parameters make no hash"),
            () => Ok(foreign),
        }
    }

    /// The whole of the work, as its scheme counts it: what products and frameworks set by themselves passes, and none of it
    /// holds a core for much longer than a second or takes more than 128 MiB (security R9).
    fn is_bearable(&self) -> bool {
        match &self.scheme {
            Scheme::Argon2 { memory_kib, passes, lanes, .. } => {
                *memory_kib <= 131_072 && u64::from(*memory_kib) * u64::from(*passes) <= 262_144 && *lanes <= 16
            }
            Scheme::Bcrypt { cost } => *cost <= 13,
            Scheme::Scrypt { log_n, r, p } => {
                *log_n <= 20 && *r <= 16 && *p <= 16 && (u64::from(*r) * u64::from(*p)) << *log_n <= 1 << 20
            }
            Scheme::Pbkdf2 { digest, rounds } => {
                // RFC 8018 §5.2: every round is made for every block of the tag.
                let blocks = self.length.div_ceil(digest.bytes()) as u64;
                u64::from(*rounds) * blocks <= 1_500_000
            }
        }
    }

    /// What it takes while it is made. The lanes of scrypt are made one after the other, in the same memory.
    pub fn memory_kib(&self) -> u32 {
        match &self.scheme {
            Scheme::Argon2 { memory_kib, .. } => *memory_kib,
            // RFC 7914 §5: N blocks of 128 r bytes.
            Scheme::Scrypt { log_n, r, .. } => {
                let eighths = u64::from(*r).checked_shl(u32::from(*log_n)).unwrap_or(u64::MAX);
                u32::try_from(eighths.div_ceil(8)).unwrap_or(u32::MAX)
            }
            Scheme::Bcrypt { .. } | Scheme::Pbkdf2 { .. } => 8,
        }
    }

    /// For the database.
    pub fn kept(&self, seal: &Seal) -> Secret {
        let mac = seal.mac(Purpose::Password, &[&self.tag]);
        let scheme = match &self.scheme {
            Scheme::Argon2 { kind, version, memory_kib, passes, lanes } => {
                format!("{kind},{version},{memory_kib},{passes},{lanes}")
            }
            Scheme::Bcrypt { cost } => format!("bcrypt,{cost}"),
            Scheme::Scrypt { log_n, r, p } => format!("scrypt,{log_n},{r},{p}"),
            Scheme::Pbkdf2 { digest, rounds } => format!("pbkdf2,{},{rounds}", digest.word()),
        };
        let (salt, mac) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(mac));
        format!("{PREFIX}{}${scheme}${}${salt}${mac}", seal.key_id(), self.length).into()
    }

    /// What `kept` wrote, and under which pepper. None where it is one of our own hashes.
    pub fn parse(stored: &Secret) -> Option<Result<(Foreign, String)>> {
        let rest = stored.reveal().strip_prefix(PREFIX)?;
        Some(read_kept(rest).ok_or_else(|| Error::Internal("a stored password hash is damaged".into())))
    }

    /// Whether the password makes this hash. Takes as long as its scheme does: not for an async thread.
    pub fn is_of(&self, seal: &Seal, pepper: &str, password: &str) -> Result<bool> {
        let tag = self
            .computed(password)
            .ok_or_else(|| Error::Internal("a foreign password hash cannot be computed".into()))?;
        seal.mac_is_by(pepper, Purpose::Password, &[&tag], &self.tag)
    }

    fn computed(&self, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut tag = Zeroizing::new(vec![0; self.length]);
        match self.maker()? {
            Maker::Argon2(argon2) => {
                argon2.hash_password_into(password.as_bytes(), &self.salt, &mut tag).ok()?;
            }
            Maker::Bcrypt { cost, salt } => {
                let made = ::bcrypt::hash_with_salt(password, cost, salt).ok()?.to_string();
                *tag = made.as_bytes()[made.len() - self.length..].to_vec();
            }
            Maker::Scrypt(params) => {
                ::scrypt::scrypt(password.as_bytes(), &self.salt, &params, &mut tag).ok()?;
            }
            Maker::Pbkdf2(algorithm, rounds) => {
                pbkdf2::derive(algorithm, rounds, &self.salt, password.as_bytes(), &mut tag);
            }
        }
        Some(tag)
    }

    /// None where no hash is made so.
    fn maker(&self) -> Option<Maker> {
        match &self.scheme {
            Scheme::Argon2 { kind, version, memory_kib, passes, lanes } => {
                let algorithm = Algorithm::from_str(kind).ok()?;
                let version = Version::try_from(*version).ok()?;
                let params = Params::new(*memory_kib, *passes, *lanes, Some(self.length)).ok()?;
                Some(Maker::Argon2(Argon2::new(algorithm, version, params)))
            }
            Scheme::Bcrypt { cost } => {
                let salt = self.salt.as_slice().try_into().ok()?;
                (*cost >= 4).then_some(Maker::Bcrypt { cost: *cost, salt })
            }
            // RFC 7914 §2: N is larger than 1.
            Scheme::Scrypt { log_n: 0, .. } => None,
            Scheme::Scrypt { log_n, r, p } => ::scrypt::Params::new(*log_n, *r, *p).ok().map(Maker::Scrypt),
            Scheme::Pbkdf2 { digest, rounds } => Some(Maker::Pbkdf2(digest.algorithm(), NonZeroU32::new(*rounds)?)),
        }
    }
}

impl Digest {
    fn word(self) -> &'static str {
        DIGESTS.iter().find(|(digest, _)| *digest == self).map_or("", |(_, word)| word)
    }

    fn bytes(self) -> usize {
        match self {
            Digest::Sha1 => 20,
            Digest::Sha256 => 32,
            Digest::Sha512 => 64,
        }
    }

    fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Digest::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Digest::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Digest::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }

    fn named(word: &str) -> Option<Digest> {
        DIGESTS.iter().find(|(_, known)| *known == word).map(|(digest, _)| *digest)
    }
}

/// `$2b$12$` and 53 characters: salt and tag.
fn bcrypt(text: &str) -> Option<Foreign> {
    let parts = ::bcrypt::HashParts::from_str(text).ok()?;
    // 31 characters are the tag in bcrypt's own base64; compared as text.
    let tag = text.get(text.len().checked_sub(31)?..)?.as_bytes().to_vec();
    let scheme = Scheme::Bcrypt { cost: parts.get_cost() };
    Some(Foreign { scheme, salt: parts.get_salt_raw().to_vec(), length: tag.len(), tag })
}

/// `pbkdf2_sha256$600000$salt$tag`: the salt as it is, the tag in base64.
fn django(text: &str) -> Option<Foreign> {
    let mut parts = text.strip_prefix("pbkdf2_")?.split('$');
    let (digest, rounds, salt, tag) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let scheme = Scheme::Pbkdf2 { digest: Digest::named(digest)?, rounds: rounds.parse().ok()? };
    let tag = BASE64.decode(tag).ok()?;
    parts.next().is_none().then(|| Foreign { scheme, salt: salt.into(), length: tag.len(), tag })
}

/// `$scrypt$ln=15,r=8,p=1$salt$tag`, `$pbkdf2-sha256$i=600000$salt$tag`, `$argon2id$v=19$m=65536,t=3,p=4$salt$tag`.
fn phc(text: &str) -> Option<Foreign> {
    let mut parts = text.strip_prefix('$')?.split('$').peekable();
    let name = parts.next()?;
    let version = match parts.peek()?.strip_prefix("v=") {
        Some(version) => {
            parts.next();
            version.parse().ok()?
        }
        None => 16,
    };
    let parameters = parts.next()?;
    let value = |name: &str| -> Option<u32> {
        parameters
            .split(',')
            .find_map(|it| it.strip_prefix(name)?.strip_prefix('='))
            .and_then(|value| value.parse().ok())
    };
    let scheme = match name {
        "argon2id" | "argon2i" | "argon2d" => Scheme::Argon2 {
            kind: name.into(),
            version,
            memory_kib: value("m")?,
            passes: value("t")?,
            lanes: value("p")?,
        },
        "scrypt" => Scheme::Scrypt { log_n: value("ln")?.try_into().ok()?, r: value("r")?, p: value("p")? },
        // passlib writes the bare number of rounds.
        name => {
            let digest = Digest::named(name.strip_prefix("pbkdf2").map(|rest| rest.trim_start_matches('-'))?);
            let rounds = value("i").or_else(|| parameters.parse().ok())?;
            Scheme::Pbkdf2 { digest: digest.or((name == "pbkdf2").then_some(Digest::Sha1))?, rounds }
        }
    };
    // passlib writes `.` for `+`.
    let bytes = |text: &str| BASE64.decode(text.replace('.', "+")).ok();
    let (salt, tag) = (bytes(parts.next()?)?, bytes(parts.next()?)?);
    parts.next().is_none().then_some(Foreign { scheme, salt, length: tag.len(), tag })
}

fn read_kept(rest: &str) -> Option<(Foreign, String)> {
    let mut parts = rest.split('$');
    let (pepper, scheme, length) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
    let (salt, tag) = (STANDARD_NO_PAD.decode(parts.next()?).ok()?, STANDARD_NO_PAD.decode(parts.next()?).ok()?);
    let words: Vec<&str> = scheme.split(',').collect();
    let number = |at: usize| words.get(at)?.parse::<u32>().ok();
    let scheme = match words[0] {
        "bcrypt" => Scheme::Bcrypt { cost: number(1)? },
        "scrypt" => Scheme::Scrypt { log_n: number(1)?.try_into().ok()?, r: number(2)?, p: number(3)? },
        "pbkdf2" => Scheme::Pbkdf2 { digest: Digest::named(words.get(1)?)?, rounds: number(2)? },
        kind => Scheme::Argon2 {
            kind: kind.into(),
            version: number(1)?,
            memory_kib: number(2)?,
            passes: number(3)?,
            lanes: number(4)?,
        },
    };
    Some((Foreign { scheme, salt, tag, length }, pepper.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "correct horse bättery";

    fn holds(text: &str, password: &str) -> bool {
        let seal = Seal::new(&[7; 32]);
        let kept = Foreign::read(text).unwrap().kept(&seal);
        let (foreign, pepper) = Foreign::parse(&kept).unwrap().unwrap();
        foreign.is_of(&seal, &pepper, password).unwrap()
    }

    #[test]
    fn r8_hashes_from_elsewhere_are_known_again() {
        // Made with Python's hashlib, bcrypt and argon2-cffi; passlib writes `.` for `+`, Django the salt as it is.
        for text in [
            "$2b$05$0W8ZIhLaohXoSNpxVwiAa.xlY9rt9dnGI5DN942mz/fbWOVxgmeou",
            "$2a$04$etPNwnRx3bVffcZpIvNww.kmPMjT9uzHNhJ/EDXTyKcQyais0n.T2",
            "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$iw9bttQjPFqteipfogHbN7wTmZjfqx8cHAl3fWVZ4pc",
            "$scrypt$ln=12,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$Sa+Pm1JbfQkQA1FHMU+0ZJf5nLDLYBWiaZvPQSbSwG8",
            "$pbkdf2-sha1$i=1000$AAECAwQFBgcICQoLDA0ODw$RKou3NCJtohx6XBUw5clBqg1Kgk",
            "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$KNnI6qMWHAqAnT0mrq8B0juulbkyG7uC+HoDGNtkZlg",
            "$pbkdf2-sha512$i=1000$AAECAwQFBgcICQoLDA0ODw$Jy7zXSEOgBc/8M+lZL8/mpQAW7VO4v9kqiJSuosxuPGejsM3Y+Wo2rsqdmIfjDaSB7miVcgr9WTtyP+kOkPwLA",
            "$pbkdf2$1200$................AQIDBA$bFsywfR8k0CSNxbA35V8zQnQCx0",
            "$pbkdf2-sha512$1200$................AQIDBA$m7DdUq4R5ndgfq3R7i2WqHbEJIH223jprw/OyQc8DlqfCEOoeZZeAUwsJ0WIoAQ0cHqsn21gM3QHEe3lT2Z5Xw",
            "pbkdf2_sha256$1500$aSaltOfDjango$hV1AKRwEHs8wyFuxyY+wRYjtRP3JJEK680P8ycrey7c=",
            "$argon2id$v=19$m=1024,t=2,p=4$AAECAwQFBgcICQoLDA0ODw$j2Vbt+hwCVxGW+1M1l9088pTnPN0wYZkA70e7aFbWaQ",
            "$argon2i$v=19$m=1024,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Ri80JPqJGw+8EPlp06t7Ud1kTzXRHCdhgfRnpFy3GHY",
            "$argon2d$v=19$m=1024,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$ECZuLgAHfEta8OQJQFWg/6/MCiIXs3hu65R3BgwuN9E",
        ] {
            assert!(holds(text, PASSWORD), "{text}");
            assert!(!holds(text, "correct horse battery"), "{text}");
        }
    }

    #[test]
    fn a_kept_hash_does_not_hold_the_tag_that_came() {
        let text = "$pbkdf2-sha1$i=1000$AAECAwQFBgcICQoLDA0ODw$RKou3NCJtohx6XBUw5clBqg1Kgk";
        let kept = Foreign::read(text).unwrap().kept(&Seal::new(&[7; 32]));
        assert!(!kept.reveal().contains("RKou3NCJtohx6XBUw5clBqg1Kgk"));
        let (foreign, pepper) = Foreign::parse(&kept).unwrap().unwrap();
        assert!(!foreign.is_of(&Seal::new(&[8; 32]), &pepper, PASSWORD).unwrap_or(false), "another pepper");
    }

    /// A PHC string of that scheme and those parameters, with a salt and a tag of so many bytes.
    fn phc_of(scheme: &str, salt: usize, tag: usize) -> String {
        format!("{scheme}${}${}", STANDARD_NO_PAD.encode(vec![7; salt]), STANDARD_NO_PAD.encode(vec![9; tag]))
    }

    #[test]
    fn what_is_no_hash_or_too_dear_is_refused() {
        for text in [
            "",
            "password",
            "$2b$31$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkY8jIucDrjc8deX1s.",
            "$md5$x$y",
            "pbkdf2_sha256$x$salt$tag",
        ] {
            assert!(Foreign::read(text).is_err(), "{text}");
        }
        let why = |text: &str| Foreign::read(text).err().unwrap_or_else(|| panic!("{text} was taken"));
        const DEAR: &str = "it asks for more work than a sign-in may cost";
        assert_eq!(why("$2b$14$0W8ZIhLaohXoSNpxVwiAa.xlY9rt9dnGI5DN942mz/fbWOVxgmeou"), DEAR);
        for (scheme, tag) in [
            ("$argon2id$v=19$m=9999999,t=2,p=1", 32),
            ("$argon2id$v=19$m=262144,t=1,p=1", 32),
            ("$argon2id$v=19$m=65536,t=5,p=1", 32),
            ("$argon2id$v=19$m=65536,t=4294967295,p=1", 32),
            ("$argon2id$v=19$m=65536,t=3,p=17", 32),
            ("$scrypt$ln=30,r=8,p=1", 32),
            ("$scrypt$ln=17,r=8,p=2", 32),
            ("$scrypt$ln=2,r=4294967295,p=4294967295", 32),
            ("$pbkdf2-sha256$i=1500001", 32),
            ("$pbkdf2-sha1$i=2000000", 128),
            ("$pbkdf2-sha1$i=300000", 128),
        ] {
            assert_eq!(why(&phc_of(scheme, 16, tag)), DEAR, "{scheme}");
        }
    }

    #[test]
    fn r9_a_hash_says_what_memory_it_takes() {
        for (scheme, kib) in [
            ("$argon2id$v=19$m=65536,t=3,p=4", 65_536),
            ("$scrypt$ln=17,r=8,p=1", 131_072),
            ("$scrypt$ln=14,r=8,p=8", 16_384),
            ("$scrypt$ln=1,r=1,p=1", 1),
            ("$pbkdf2-sha256$i=600000", 8),
        ] {
            assert_eq!(Foreign::read(&phc_of(scheme, 16, 32)).unwrap().memory_kib(), kib, "{scheme}");
        }
    }

    #[test]
    fn r5_what_no_sign_in_could_compute_is_refused() {
        let why = |text: &str| Foreign::read(text).err().unwrap_or_else(|| panic!("{text} was taken"));
        for scheme in [
            "$argon2id$v=19$m=1024,t=2,p=0",
            "$argon2id$v=19$m=1024,t=0,p=1",
            "$argon2id$v=19$m=64,t=2,p=16",
            "$argon2id$v=18$m=1024,t=2,p=1",
            "$scrypt$ln=14,r=0,p=1",
            "$scrypt$ln=14,r=8,p=0",
            "$scrypt$ln=0,r=8,p=1",
            "$pbkdf2-sha256$i=0",
        ] {
            assert_eq!(why(&phc_of(scheme, 16, 32)), "its parameters make no hash", "{scheme}");
        }
        assert_eq!(why("$2b$03$0W8ZIhLaohXoSNpxVwiAa.xlY9rt9dnGI5DN942mz/fbWOVxgmeou"), "its parameters make no hash");
        for salt in [0, 7, 129] {
            let text = phc_of("$argon2id$v=19$m=1024,t=2,p=1", salt, 32);
            assert_eq!(why(&text), "its salt is not of 8 to 128 bytes");
        }
        for tag in [0, 11, 129] {
            let text = phc_of("$argon2id$v=19$m=1024,t=2,p=1", 16, tag);
            assert_eq!(why(&text), "it is not of 12 to 128 bytes");
        }
    }

    /// Keycloak, Django, passlib, Auth0, Symfony, OWASP, RFC 9106 §4 and PHP, as they hash unless they are told otherwise.
    #[test]
    fn what_others_set_by_themselves_is_taken() {
        for (scheme, tag) in [
            ("$pbkdf2-sha256$i=27500", 64),
            ("$pbkdf2-sha512$i=210000", 64),
            ("$pbkdf2-sha256$i=600000", 64),
            ("$pbkdf2-sha256$i=1000000", 32),
            ("$pbkdf2-sha256$i=1200000", 32),
            ("$pbkdf2-sha1$i=1300000", 20),
            ("$scrypt$ln=14,r=8,p=1", 64),
            ("$scrypt$ln=16,r=8,p=1", 32),
            ("$scrypt$ln=17,r=8,p=1", 32),
            ("$argon2id$v=19$m=65536,t=3,p=4", 32),
            ("$argon2id$v=19$m=65536,t=4,p=1", 32),
            ("$argon2id$v=19$m=102400,t=2,p=8", 16),
            ("$argon2id$v=19$m=7168,t=5,p=1", 32),
        ] {
            assert!(Foreign::read(&phc_of(scheme, 16, tag)).is_ok(), "{scheme}");
        }
        for cost in 10..=13 {
            let text = format!("$2b${cost}$0W8ZIhLaohXoSNpxVwiAa.xlY9rt9dnGI5DN942mz/fbWOVxgmeou");
            assert!(Foreign::read(&text).is_ok(), "{text}");
        }
    }
}
