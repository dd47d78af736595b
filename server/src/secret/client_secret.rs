//! The secret by which an application proves who it is: made here, shown once, kept as a keyed hash (security R33).

use super::seal::{Purpose, Seal};
use super::token::Token;
use crate::{
    clock::Chance,
    error::{Error, Result},
};
use app::contract::secret::Secret;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

pub struct ClientSecret {
    /// For the developer, once.
    pub shown: Secret,
    /// For the database: the name of the seal key and the keyed hash.
    pub stored: Secret,
    /// The first three characters, by which a developer tells one secret from another.
    pub hint: String,
}

pub fn generate(seal: &Seal, chance: &Chance) -> ClientSecret {
    let token = Token::random(chance);
    let hint = token.reveal()[..3].to_owned();
    ClientSecret { stored: keep(seal, token.reveal()), hint, shown: token.reveal().into() }
}

fn keep(seal: &Seal, secret: &str) -> Secret {
    let mac = seal.mac(Purpose::ClientSecret, &[secret.as_bytes()]);
    format!("{}.{}", seal.key_id(), URL_SAFE_NO_PAD.encode(mac)).into()
}

/// Takes the same time wherever the two differ.
pub fn is(seal: &Seal, presented: &Secret, stored: &Secret) -> Result<bool> {
    let damaged = || Error::Internal("a client secret's hash is damaged".into());
    let (key_id, mac) = stored.reveal().split_once('.').ok_or_else(damaged)?;
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| damaged())?;
    seal.mac_is_by(key_id, Purpose::ClientSecret, &[presented.reveal().as_bytes()], &mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r33_known_again_by_its_hash_alone() {
        let seal = Seal::new(&[7; 32]);
        let secret = generate(&seal, &Chance::seeded(1));
        assert!(is(&seal, &secret.shown, &secret.stored).unwrap());
        assert!(!is(&seal, &"guess".into(), &secret.stored).unwrap());
        assert!(!is(&seal, &"".into(), &secret.stored).unwrap());
        assert!(!secret.stored.reveal().contains(secret.shown.reveal()));
        assert_eq!(secret.hint, secret.shown.reveal()[..3]);
        assert_eq!(secret.shown.reveal().len(), 43);
    }

    #[test]
    fn r33_a_secret_outlives_the_rotation_of_the_seal_key() {
        let secret = generate(&Seal::new(&[7; 32]), &Chance::seeded(1));
        assert!(is(&Seal::new(&[8; 32]).with_older(&[7; 32]), &secret.shown, &secret.stored).unwrap());
        assert!(is(&Seal::new(&[8; 32]), &secret.shown, &secret.stored).is_err());
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_never_a_match() {
        let seal = Seal::new(&[7; 32]);
        for damaged in ["", "no dot", "00000000.", &format!("{}.!", seal.key_id())] {
            assert!(is(&seal, &"".into(), &damaged.into()).is_err(), "{damaged}");
        }
        assert!(!is(&seal, &"".into(), &format!("{}.", seal.key_id()).into()).unwrap());
    }
}
