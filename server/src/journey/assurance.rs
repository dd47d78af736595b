//! How sure a sign-in is, and by what: the one place that puts proofs into the words of tokens.

use super::Proof;

/// How sure a sign-in is (`acr`), from the least: a mailed code alone, which NIST 800-63B counts for nothing (§3.1.3.1);
/// one factor; two.
pub const LEVELS: [&str; 3] = ["0", "1", "2"];

/// The words of RFC 8176 §2 for what was shown, each once. A session keeps them, so that every token of it says the same.
///
/// A mailed code and an authenticator's are both `otp`. The second beside the first came by another channel (`mca`); beside
/// a password it is a second factor (`mfa`).
pub fn amr(proved: &[Proof]) -> Vec<&'static str> {
    let has = |proof| proved.contains(&proof);
    let otp = has(Proof::Code) || has(Proof::SecondFactor);
    let words = [
        (otp, "otp"),
        (has(Proof::Password), "pwd"),
        (has(Proof::Code) && has(Proof::SecondFactor), "mca"),
        (has(Proof::Password) && has(Proof::SecondFactor), "mfa"),
    ];
    words.into_iter().filter(|(shown, _)| *shown).map(|(_, word)| word).collect()
}

/// What those words amount to.
pub fn acr(amr: &[String]) -> &'static str {
    let [none, one, two] = LEVELS;
    let has = |word| amr.iter().any(|method| method == word);
    match () {
        () if has("mfa") => two,
        () if has("pwd") || has("mca") => one,
        () => none,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proved_is_told_exactly() {
        use Proof::{Code, Password, SecondFactor};
        let table: [(&[Proof], &[&str], &str); 7] = [
            (&[], &[], "0"),
            (&[Code], &["otp"], "0"),
            (&[Password], &["pwd"], "1"),
            (&[Code, Password], &["otp", "pwd"], "1"),
            (&[Code, SecondFactor], &["otp", "mca"], "1"),
            (&[Password, SecondFactor], &["otp", "pwd", "mfa"], "2"),
            (&[Code, Password, SecondFactor], &["otp", "pwd", "mca", "mfa"], "2"),
        ];
        for (proved, words, level) in table {
            assert_eq!(amr(proved), words, "{proved:?}");
            let kept: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(acr(&kept), level, "{proved:?}");
        }
    }
}
