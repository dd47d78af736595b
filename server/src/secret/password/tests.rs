//! A password is known again, nothing can be read from what is stored, and no crowd fills the memory.

use super::*;
use std::{iter::repeat_n, task::Poll};

fn hasher() -> Hasher {
    hasher_with(Seal::new(&[7; 32]), 1)
}

fn hasher_with(seal: Seal, threads: usize) -> Hasher {
    Hasher::start_threads(Arc::new(seal), Chance::System, threads).unwrap()
}

#[tokio::test]
async fn a_password_is_known_again() {
    let hasher = hasher();
    let stored = hasher.hash(&"correct horse battery".into()).await.unwrap();
    assert_eq!(hasher.verify(&"correct horse battery".into(), Some(&stored)).await.unwrap(), Verified::Right);
    assert_eq!(hasher.verify(&"correct horse batterz".into(), Some(&stored)).await.unwrap(), Verified::Wrong);
    assert_eq!(hasher.verify(&"".into(), Some(&stored)).await.unwrap(), Verified::Wrong);
}

#[tokio::test]
async fn r8_what_is_stored_carries_cost_pepper_and_a_salt_of_its_own() {
    let hasher = hasher();
    let (one, two) = (hasher.hash(&"same".into()).await.unwrap(), hasher.hash(&"same".into()).await.unwrap());
    assert_ne!(one, two);
    let prefix = format!("$argon2id$v=19$m=19456,t=2,p=1,keyid={}$", Seal::new(&[7; 32]).key_id());
    assert!(one.reveal().starts_with(&prefix), "{}", one.reveal());
    let stored = StoredHash::parse(&one).unwrap();
    assert_eq!((stored.salt.len(), stored.tag.len()), (16, 32));
}

#[tokio::test]
async fn r8_without_the_pepper_nothing_is_known_again() {
    let stored = hasher().hash(&"correct horse battery".into()).await.unwrap();

    let stranger = hasher_with(Seal::new(&[8; 32]), 1);
    assert!(stranger.verify(&"correct horse battery".into(), Some(&stored)).await.is_err());

    // Nor by argon2id alone, which is all that a thief of the database can do.
    let parsed = StoredHash::parse(&stored).unwrap();
    let mut tag = [0; 32];
    argon2::Argon2::default().hash_password_into(b"correct horse battery", &parsed.salt, &mut tag).unwrap();
    assert_ne!(parsed.tag, tag);
}

#[tokio::test]
async fn r8_a_hash_from_before_is_right_but_weak() {
    let cheap = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let (seal, hasher) = (Seal::new(&[7; 32]), hasher());
    let tag = hasher.argon2id(&"old".into(), &[1; 16], cheap).await.unwrap();
    let tag = seal.mac(Purpose::Password, &[&*tag]);
    let stored = StoredHash { cost: cheap, pepper: seal.key_id().into(), salt: vec![1; 16], tag }.to_text();
    assert_eq!(hasher.verify(&"old".into(), Some(&stored)).await.unwrap(), Verified::RightButWeak);
    assert_eq!(hasher.verify(&"new".into(), Some(&stored)).await.unwrap(), Verified::Wrong);

    let rotated = hasher_with(Seal::new(&[8; 32]).with_older(&[7; 32]), 1);
    let stored = hasher.hash(&"old".into()).await.unwrap();
    assert_eq!(rotated.verify(&"old".into(), Some(&stored)).await.unwrap(), Verified::RightButWeak);
}

#[tokio::test]
async fn r5_nobodys_password_is_wrong_after_the_same_work() {
    let hasher = hasher();
    // With every turn taken, nobody's password waits for one as everybody's does.
    let turn = hasher.turns.clone().try_acquire_owned().unwrap();
    let password = Secret::from("correct horse battery");
    let mut waiting = Box::pin(hasher.verify(&password, None));
    assert!(futures::poll!(&mut waiting).is_pending());
    drop(turn);
    assert_eq!(waiting.await.unwrap(), Verified::Wrong);
}

#[tokio::test]
async fn r7_every_character_of_a_long_password_counts() {
    let hasher = hasher();
    let long: String = "pässwörd🔑".chars().cycle().take(256).collect();
    let stored = hasher.hash(&long.as_str().into()).await.unwrap();
    assert_eq!(hasher.verify(&long.as_str().into(), Some(&stored)).await.unwrap(), Verified::Right);
    for at in [72, 73, 255] {
        let changed: String = long.chars().enumerate().map(|(i, c)| if i == at { 'X' } else { c }).collect();
        assert_eq!(hasher.verify(&changed.into(), Some(&stored)).await.unwrap(), Verified::Wrong, "character {at}");
    }
    let longest: String = repeat_n('🔑', 256).collect();
    assert!(hasher.hash(&longest.into()).await.is_ok());
}

#[tokio::test]
async fn r7_one_text_is_one_password_whatever_keyboard_wrote_it() {
    let hasher = hasher();
    let stored = hasher.hash(&"caf\u{e9} \u{fb01}n \u{ff11}".into()).await.unwrap();
    assert_eq!(hasher.verify(&"cafe\u{301} fin 1".into(), Some(&stored)).await.unwrap(), Verified::Right);
}

#[tokio::test]
async fn r9_too_long_a_password_is_refused_before_hashing() {
    let hasher = hasher();
    let _all_turns = hasher.turns.clone().try_acquire_owned().unwrap();
    let long = Secret::new("x".repeat(1025));
    assert!(matches!(hasher.hash(&long).await, Err(Error::BadRequest(_))));
    assert_eq!(hasher.verify(&long, None).await.unwrap(), Verified::Wrong);
}

#[tokio::test(start_paused = true)]
async fn r9_a_crowd_waits_for_a_bounded_time_in_bounded_number() {
    let hasher = hasher();
    let all_turns = hasher.turns.clone().try_acquire_owned().unwrap();
    let password = Secret::from("correct horse battery");

    let mut waiting: Vec<_> = (0..21).map(|_| Box::pin(hasher.verify(&password, None))).collect();
    for one in &mut waiting {
        assert!(futures::poll!(one).is_pending());
    }
    assert!(matches!(hasher.verify(&password, None).await, Err(Error::Busy)));

    // Who gives up frees the place.
    waiting.pop();
    let mut one_more = Box::pin(hasher.verify(&password, None));
    assert!(futures::poll!(&mut one_more).is_pending());

    let before = tokio::time::Instant::now();
    for one in waiting {
        assert!(matches!(one.await, Err(Error::Busy)));
    }
    assert!(matches!(one_more.await, Err(Error::Busy)));
    assert!(before.elapsed() <= PATIENCE + Duration::from_millis(100));

    drop(all_turns);
    assert_eq!(hasher.verify(&password, None).await.unwrap(), Verified::Wrong);
}

#[tokio::test]
async fn r9_of_five_hundred_at_once_all_are_answered() {
    let hasher = hasher_with(Seal::new(&[7; 32]), 2);
    let all_turns = hasher.turns.clone().try_acquire_many_owned(2).unwrap();
    let password = Secret::from("correct horse battery");

    let (mut waiting, mut sent_away) = (Vec::new(), 0);
    for _ in 0..500 {
        let mut one = Box::pin(hasher.verify(&password, None));
        match futures::poll!(&mut one) {
            Poll::Pending => waiting.push(one),
            Poll::Ready(answer) => {
                assert!(matches!(answer, Err(Error::Busy)));
                sent_away += 1;
            }
        }
    }
    assert_eq!((waiting.len(), sent_away), (62, 438));

    drop(all_turns);
    // How many of them have a turn before their patience ends depends on the machine; that none hangs does not.
    for answer in futures::future::join_all(waiting).await {
        assert!(matches!(answer, Ok(Verified::Wrong) | Err(Error::Busy)));
    }
}

/// However many cores there are.
#[tokio::test]
async fn r9_hashes_from_elsewhere_share_their_memory() {
    let hasher = hasher_with(Seal::new(&[7; 32]), 4);
    let kept = |text: &str| Foreign::read(text).unwrap().kept(&Seal::new(&[7; 32]));
    let half =
        kept("$argon2id$v=19$m=65536,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Ri80JPqJGw+8EPlp06t7Ud1kTzXRHCdhgfRnpFy3GHY");
    let small = kept("$2b$05$0W8ZIhLaohXoSNpxVwiAa.xlY9rt9dnGI5DN942mz/fbWOVxgmeou");
    let password = Secret::from("correct horse bättery");
    let all = hasher.memory.available_permits();

    // None of them is made while every turn is taken, and what each needs is taken already.
    let turns = hasher.turns.clone().try_acquire_many_owned(4).unwrap();
    let mut halves: Vec<_> = (0..3).map(|_| Box::pin(hasher.verify(&password, Some(&half)))).collect();
    for (one, left) in halves.iter_mut().zip([all / 2, 0, 0]) {
        assert!(futures::poll!(one).is_pending());
        assert_eq!(hasher.memory.available_permits(), left);
    }
    drop(halves);
    assert_eq!(hasher.memory.available_permits(), all, "who gives up gives it back");
    drop(turns);

    // With a turn free for everybody, a hash from elsewhere waits for memory; one of ours does not.
    let memory = hasher.memory.clone().try_acquire_many_owned(FOREIGN_KIB).unwrap();
    let mut waiting = Box::pin(hasher.verify(&password, Some(&small)));
    assert!(futures::poll!(&mut waiting).is_pending());
    assert_eq!(hasher.verify(&password, None).await.unwrap(), Verified::Wrong);
    drop(memory);
    assert_eq!(waiting.await.unwrap(), Verified::RightButWeak);
}

#[tokio::test]
async fn a_damaged_hash_is_an_error_and_never_a_match() {
    let hasher = hasher();
    let stored = hasher.hash(&"".into()).await.unwrap();
    for damaged in ["", &stored.reveal()[1..], &stored.reveal()[..stored.reveal().len() - 4]] {
        assert!(hasher.verify(&"".into(), Some(&damaged.into())).await.is_err());
    }
}
