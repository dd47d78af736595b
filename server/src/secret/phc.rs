//! A stored password hash, as text: the PHC string format, with the name of the pepper among its parameters.

use crate::error::{Error, Result};
use app::contract::secret::Secret;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// What one hash costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Cost {
    /// What new hashes cost (security R8).
    pub const PRESENT: Cost = Cost { memory_kib: 19_456, passes: 2, lanes: 1 };

    pub fn is_less_than(self, other: Cost) -> bool {
        self.memory_kib < other.memory_kib || self.passes < other.passes
    }
}

/// `$argon2id$v=19$m=19456,t=2,p=1,keyid=0a1b2c3d$salt$tag`. The tag is what the pepper of that name made of argon2id's own.
pub struct StoredHash {
    pub cost: Cost,
    pub pepper: String,
    pub salt: Vec<u8>,
    pub tag: [u8; 32],
}

impl StoredHash {
    pub fn to_text(&self) -> Secret {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let (salt, tag) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(self.tag));
        format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes},keyid={}${salt}${tag}", self.pepper).into()
    }

    pub fn parse(text: &Secret) -> Result<Self> {
        Self::read(text.reveal()).ok_or_else(|| Error::Internal("a stored password hash is damaged".into()))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (parameters, salt, tag) = (parts.next()?, parts.next()?, parts.next()?);
        let mut parameters = parameters.split(',');
        let mut parameter = |name: &str| parameters.next()?.strip_prefix(name);
        let cost = Cost {
            memory_kib: parameter("m=")?.parse().ok()?,
            passes: parameter("t=")?.parse().ok()?,
            lanes: parameter("p=")?.parse().ok()?,
        };
        let pepper = parameter("keyid=")?.to_owned();
        let whole = parts.next().is_none() && parameters.next().is_none();
        whole.then_some(Self {
            cost,
            pepper,
            salt: STANDARD_NO_PAD.decode(salt).ok()?,
            tag: STANDARD_NO_PAD.decode(tag).ok()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "$argon2id$v=19$m=19456,t=2,p=1,keyid=0a1b2c3d$AAECAwQFBgcICQoLDA0ODw$\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn r8_every_part_is_read_and_written() {
        let stored = StoredHash::parse(&TEXT.into()).unwrap();
        assert_eq!(stored.cost, Cost::PRESENT);
        assert_eq!(stored.pepper, "0a1b2c3d");
        assert_eq!(stored.salt, (0..16).collect::<Vec<u8>>());
        assert_eq!(stored.tag, [0; 32]);
        assert_eq!(stored.to_text().reveal(), TEXT);
    }

    #[test]
    fn what_is_not_whole_is_refused_and_not_shown() {
        for damaged in [
            "",
            "$argon2id$v=19$",
            &TEXT[..TEXT.len() - 1],
            &TEXT[..TEXT.len() - 43],
            &format!("{TEXT}$"),
            &TEXT.replace("argon2id", "argon2i"),
            &TEXT.replace("v=19", "v=16"),
            &TEXT.replace("m=19456", "m=-1"),
            &TEXT.replace("m=19456", "m=4294967296"),
            &TEXT.replace(",keyid=0a1b2c3d", ""),
            &TEXT.replace("p=1,", "p=1,p=1,"),
        ] {
            let error = StoredHash::parse(&damaged.into()).err().expect(damaged);
            assert!(!error.to_string().contains('$'));
        }
    }
}
