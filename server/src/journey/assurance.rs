//! How sure a sign-in is, and by what: the one place that puts proofs into the words of tokens.

use super::{Proof, kind};
use app::contract::user_flow::{Method, UserFlow};

/// How sure a sign-in is (`acr`), from the least: a mailed code alone, which NIST 800-63B counts for nothing (§3.1.3.1);
/// one factor; two.
pub const LEVELS: [&str; 3] = ["0", "1", "2"];

/// The words of RFC 8176 §2 for what was shown, each once. A session keeps them, so that every token of it says the same.
///
/// A mailed code and an authenticator's are both `otp`. The second beside the first came by another channel (`mca`); beside
/// a password it is a second factor (`mfa`). A code that was mailed as the second step came by another channel as well; a
/// mailbox is no factor, so it makes no `mfa` of a password.
pub fn amr(proved: &[Proof]) -> Vec<&'static str> {
    let has = |proof| proved.contains(&proof);
    let otp = has(Proof::Code) || has(Proof::SecondFactor) || has(Proof::SecondCode);
    let other_channel = has(Proof::SecondCode) || has(Proof::Code) && has(Proof::SecondFactor);
    let words = [
        (otp, "otp"),
        (has(Proof::Password), "pwd"),
        (other_channel, "mca"),
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

/// What a session that keeps those words has shown.
pub fn proofs(amr: &[String]) -> Vec<Proof> {
    let has = |word| amr.iter().any(|method| method == word);
    let second = match () {
        () if has("mfa") => Some(Proof::SecondFactor),
        () if has("mca") => Some(Proof::SecondCode),
        () => None,
    };
    let first = if has("pwd") { Some(Proof::Password) } else { has("otp").then_some(Proof::Code) };
    first.into_iter().chain(second).collect()
}

pub(super) fn has_second_step(proved: &[Proof]) -> bool {
    proved.contains(&Proof::SecondFactor) || proved.contains(&Proof::SecondCode)
}

/// Whether somebody who has shown that goes on in the flow without another proof.
pub fn suffices(flow: &UserFlow, proved: &[Proof]) -> bool {
    !kind::asks_second_step(flow) || has_second_step(proved)
}

/// The most that whoever signs in so can prove.
pub fn most(method: Method, has_second_factor: bool) -> &'static str {
    let [none, one, two] = LEVELS;
    match (method, has_second_factor) {
        (Method::Password, true) => two,
        (Method::Password, false) | (Method::Passcode, true) => one,
        (Method::Passcode, false) => none,
    }
}

/// The highest of the levels that an application names which that proof comes up to: who proved two factors has proved one.
/// What we do not know nobody comes up to.
pub fn met<'a>(proved: &str, named: &'a [String]) -> Option<&'a str> {
    let place = |level: &str| LEVELS.iter().position(|known| *known == level);
    let reached = named.iter().filter(|level| place(level).is_some_and(|level| place(proved) >= Some(level)));
    reached.map(String::as_str).max_by_key(|level| place(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proved_is_told_exactly() {
        use Proof::{Code, Password, SecondCode, SecondFactor};
        let table: [(&[Proof], &[&str], &str); 10] = [
            (&[], &[], "0"),
            (&[Code], &["otp"], "0"),
            (&[Password], &["pwd"], "1"),
            (&[Code, Password], &["otp", "pwd"], "1"),
            (&[Code, SecondFactor], &["otp", "mca"], "1"),
            (&[Password, SecondFactor], &["otp", "pwd", "mfa"], "2"),
            (&[Code, Password, SecondFactor], &["otp", "pwd", "mca", "mfa"], "2"),
            (&[Password, SecondCode], &["otp", "pwd", "mca"], "1"),
            (&[Code, SecondCode], &["otp", "mca"], "1"),
            (&[Code, Password, SecondCode], &["otp", "pwd", "mca"], "1"),
        ];
        for (proved, words, level) in table {
            assert_eq!(amr(proved), words, "{proved:?}");
            let kept: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(acr(&kept), level, "{proved:?}");
            assert_eq!(has_second_step(&proofs(&kept)), has_second_step(proved), "{proved:?}");
        }
    }

    #[test]
    fn a_proof_comes_up_to_what_is_less() {
        let table: [(&str, &[&str], Option<&str>); 8] = [
            ("1", &[], None),
            ("1", &["1"], Some("1")),
            ("1", &["2"], None),
            ("1", &["2", "1", "0"], Some("1")),
            ("2", &["1"], Some("1")),
            ("2", &["0", "1"], Some("1")),
            ("0", &["urn:example:gold", "0"], Some("0")),
            ("2", &["urn:example:gold", "3", ""], None),
        ];
        for (proved, named, level) in table {
            let named: Vec<String> = named.iter().map(|level| (*level).to_owned()).collect();
            assert_eq!(met(proved, &named), level, "{proved} {named:?}");
        }
    }

    #[test]
    fn nobody_proves_more_than_their_account_has() {
        for (method, alone, with_second) in [(Method::Password, "1", "2"), (Method::Passcode, "0", "1")] {
            assert_eq!((most(method, false), most(method, true)), (alone, with_second));
        }
    }
}
