//! Composing: what a mail says, in the person's language and the tenant's dress.

use super::html;
use app::{
    contract::{brand::Brand, secret::Secret},
    text::{self, Texts, mail::Key},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What there is to tell.
#[derive(Clone, PartialEq, Debug)]
pub enum Mail {
    /// A code, whoever asks and on whichever path: that it came says nothing about an account (security R4).
    Code { code: Secret, application: String, minutes: u32 },
    /// For the owner of an account, who may not be the one who changed it.
    PasswordChanged { application: String },
    /// For the owner of an account, to whom an administrator gave another password. It is not in the letter.
    PasswordReset { application: String },
    /// For whoever had the account's mailboxes before an administrator changed by which names it signs in. What they are now
    /// is not in it: an old mailbox may be somebody else's.
    SignInNameChanged { application: String },
    /// For somebody whose refresh token came back after its use: an application may have lost an answer, or a thief has it.
    SignedOut { application: String },
    /// For the owner of an account, who may not be the one who set a second step up or asked for its removal.
    SecondStepChanged { application: String },
    /// An administrator suggests a new password. It opens nothing, and names the way that everybody has.
    Recovery { application: String, home: Option<String> },
}

/// A mail, ready to go. It lies sealed in the outbox until it is sent.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    /// The name it comes from; the address is the operator's.
    pub sender: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The code inside, for the development mailbox.
    pub code: Option<Secret>,
}

pub fn compose(mail: &Mail, to: &str, brand: &Brand, texts: &Texts) -> Letter {
    let sheet = Sheet::new(mail, brand, texts);
    Letter {
        to: to.into(),
        sender: brand.name.clone(),
        text: sheet.text(),
        html: html::page(&sheet),
        code: sheet.code.cloned(),
        subject: sheet.subject,
    }
}

/// For somebody who shall administer. Like the page behind the link it is in English only. The link stands there as text:
/// a mail of ours has no other.
pub fn invitation(to: &str, brand: &Brand, tenant: &str, by: &str, link: &str) -> Letter {
    let sheet = Sheet {
        brand,
        language: "en",
        direction: "ltr",
        subject: format!("You were asked to administer {tenant}"),
        heading: format!("Administer {tenant}"),
        lead: format!("{by} asks you to become an administrator. Open this address and choose a password: {link}"),
        code: None,
        advice: "The address works once, for three days. If you expected nothing of the kind, do nothing.".into(),
        foot: text::texts("en").mail(Key::Foot, &[("tenant", brand.name.as_str())]),
    };
    Letter {
        to: to.into(),
        sender: brand.name.clone(),
        text: sheet.text(),
        html: html::page(&sheet),
        code: None,
        subject: sheet.subject,
    }
}

/// What stands on the paper, before it is dressed as text or as HTML.
pub struct Sheet<'a> {
    pub brand: &'a Brand,
    pub language: &'a str,
    pub direction: &'static str,
    /// The code is not in it: subjects stand in the logs of every server on the way.
    pub subject: String,
    pub heading: String,
    pub lead: String,
    pub code: Option<&'a Secret>,
    pub advice: String,
    pub foot: String,
}

impl<'a> Sheet<'a> {
    fn new(mail: &'a Mail, brand: &'a Brand, texts: &Texts) -> Self {
        let language = texts.language();
        let (application, minutes, code) = match mail {
            Mail::Code { code, application, minutes } => (application, minutes.to_string(), Some(code)),
            Mail::PasswordChanged { application }
            | Mail::PasswordReset { application }
            | Mail::SignInNameChanged { application }
            | Mail::SignedOut { application }
            | Mail::SecondStepChanged { application }
            | Mail::Recovery { application, .. } => (application, String::new(), None),
        };
        let home = match mail {
            Mail::Recovery { home: Some(home), .. } => format!(" ({home})"),
            _ => String::new(),
        };
        // The mail names the link by the very words it has on the page.
        let recover = texts.say(text::Key::CannotAccess);
        let values = [
            ("tenant", brand.name.as_str()),
            ("application", application),
            ("minutes", &minutes),
            ("recover", recover),
            ("home", &home),
        ];
        let say = |key| texts.mail(key, &values);
        let (subject, heading, lead, advice) = match mail {
            Mail::Code { .. } => (Key::CodeSubject, Key::CodeHeading, Key::CodeLead, Key::CodeAdvice),
            Mail::PasswordChanged { .. } => (
                Key::PasswordChangedSubject,
                Key::PasswordChangedHeading,
                Key::PasswordChangedLead,
                Key::PasswordChangedAdvice,
            ),
            Mail::PasswordReset { .. } => {
                (Key::PasswordResetSubject, Key::PasswordResetHeading, Key::PasswordResetLead, Key::PasswordResetAdvice)
            }
            Mail::SignInNameChanged { .. } => (
                Key::SignInNameChangedSubject,
                Key::SignInNameChangedHeading,
                Key::SignInNameChangedLead,
                Key::SignInNameChangedAdvice,
            ),
            Mail::SignedOut { .. } => {
                (Key::SignedOutSubject, Key::SignedOutHeading, Key::SignedOutLead, Key::SignedOutAdvice)
            }
            Mail::SecondStepChanged { .. } => (
                Key::SecondStepChangedSubject,
                Key::SecondStepChangedHeading,
                Key::SecondStepChangedLead,
                Key::SecondStepChangedAdvice,
            ),
            Mail::Recovery { .. } => {
                (Key::RecoverySubject, Key::RecoveryHeading, Key::RecoveryLead, Key::RecoveryAdvice)
            }
        };
        Self {
            brand,
            language,
            direction: text::direction(language),
            subject: say(subject),
            heading: say(heading),
            lead: say(lead),
            code,
            advice: say(advice),
            foot: say(Key::Foot),
        }
    }

    fn text(&self) -> String {
        let code = self.code.map(Secret::reveal);
        let parts =
            [Some(self.heading.as_str()), Some(&self.lead), code, Some(&self.advice), Some("--"), Some(&self.foot)];
        let mut text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }
}

/// Shows neither person nor code (security R43).
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("subject", &self.subject).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::contract::brand::Colour;
    use scraper::{Html, Selector};

    fn brand() -> Brand {
        Brand { name: "Woodgrove".into(), logo: None, background: None, colour: Colour::default(), links: Vec::new() }
    }

    fn code() -> Mail {
        Mail::Code { code: "48210937".into(), application: "Woodgrove Groceries".into(), minutes: 10 }
    }

    fn changed() -> Mail {
        Mail::PasswordChanged { application: "Woodgrove Groceries".into() }
    }

    fn reset() -> Mail {
        Mail::PasswordReset { application: "Woodgrove Groceries".into() }
    }

    fn renamed() -> Mail {
        Mail::SignInNameChanged { application: "Woodgrove Groceries".into() }
    }

    fn signed_out() -> Mail {
        Mail::SignedOut { application: "Woodgrove Groceries".into() }
    }

    fn second_step() -> Mail {
        Mail::SecondStepChanged { application: "Woodgrove Groceries".into() }
    }

    fn recovery() -> Mail {
        Mail::Recovery { application: "Groceries".into(), home: Some("https://shop.example".into()) }
    }

    fn select(html: &str, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).expect("a selector");
        Html::parse_document(html).select(&selector).map(|found| found.text().collect()).collect()
    }

    #[test]
    fn a_code_stands_in_both_bodies_in_one_piece_and_not_in_the_subject() {
        for language in text::languages() {
            let letter = compose(&code(), "ada@example.org", &brand(), &text::texts(language));
            assert!(letter.text.lines().any(|line| line == "48210937"), "{}", letter.text);
            assert_eq!(select(&letter.html, ".code"), ["48210937"]);
            assert!(!letter.subject.contains("4821"));
            assert_eq!(letter.code, Some("48210937".into()));
        }
    }

    #[test]
    fn every_sentence_of_the_html_stands_in_the_text_too() {
        for language in text::languages() {
            for mail in [code(), changed(), reset(), renamed(), signed_out(), second_step(), recovery()] {
                let letter = compose(&mail, "ada@example.org", &brand(), &text::texts(language));
                for sentence in select(&letter.html, "h1, p") {
                    assert!(letter.text.contains(&sentence), "{language}: {sentence:?} is not in {:?}", letter.text);
                }
            }
        }
    }

    #[test]
    fn what_somebody_else_may_have_done_is_told_with_the_way_back() {
        for mail in [changed(), reset(), signed_out(), second_step(), recovery()] {
            let letter = compose(&mail, "ada@example.org", &brand(), &text::texts("en"));
            assert!(letter.text.contains(text::texts("en").say(text::Key::CannotAccess)), "{}", letter.text);
            assert_eq!(letter.code, None);
        }
    }

    /// Nobody recovers an account by a mailbox that is not its any more.
    #[test]
    fn whoever_signs_in_otherwise_is_told_whom_to_ask() {
        let letter = compose(&renamed(), "ada@example.org", &brand(), &text::texts("en"));
        assert!(letter.text.contains("tell whoever looks after accounts at Woodgrove"), "{}", letter.text);
        assert!(!letter.text.contains(text::texts("en").say(text::Key::CannotAccess)), "{}", letter.text);
    }

    #[test]
    fn arabic_runs_from_right_to_left_and_its_code_from_left_to_right() {
        let letter = compose(&code(), "ada@example.org", &brand(), &text::texts("ar"));
        assert_eq!(select(&letter.html, "html[dir=rtl][lang=ar]").len(), 1);
        assert_eq!(select(&letter.html, ".code[dir=ltr]").len(), 1);
    }

    #[test]
    fn r10_a_mail_fetches_nothing_and_leads_nowhere() {
        for mail in [code(), changed(), reset(), renamed(), signed_out(), second_step()] {
            let letter = compose(&mail, "ada@example.org", &brand(), &text::texts("en"));
            assert_eq!(select(&letter.html, "img, a, link, script, iframe, object, form, [src], [href]").len(), 0);
            assert!(!letter.html.contains("url(") && !letter.html.contains("@import") && !letter.html.contains("//"));
        }
    }

    #[test]
    fn r15_names_are_text_and_nothing_else() {
        let hostile = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>{minutes}";
        let brand = Brand { name: hostile.into(), ..brand() };
        let mail = Mail::Code { code: hostile.into(), application: hostile.into(), minutes: 10 };
        let letter = compose(&mail, "ada@example.org", &brand, &text::texts("en"));
        assert_eq!(select(&letter.html, "script, img").len(), 0);
        assert_eq!(select(&letter.html, ".code"), [hostile]);
        assert!(letter.subject.contains(hostile) || letter.text.contains(hostile));
    }

    #[test]
    fn r43_a_letter_shown_in_a_log_tells_neither_person_nor_code() {
        let shown = format!("{:?}", compose(&code(), "ada@example.org", &brand(), &text::texts("en")));
        assert!(!shown.contains("48210937") && !shown.contains("ada"), "{shown}");
    }
}
