//! How a journey may end: what must have been shown in it.

use super::*;

impl World {
    /// The model: what must have been shown in this journey for it to end so.
    pub(super) fn may_end(&self, event: &Event, outcome: &Outcome) {
        match outcome {
            Outcome::SignedIn { account, proved, keep, came } => {
                let (address, account) = self.find(account);
                assert!(!account.disabled && account.temporary_since.is_none());
                assert!(account.second_factor != SecondFactor::Missing && self.has_shown_what_is_asked(account));
                assert_eq!(proved.contains(&Proof::SecondFactor), account.second_factor == SecondFactor::Enrolled);
                let id = account.id.as_str();
                if !matches!(came, Came::New { .. }) {
                    assert!(!proved.contains(&Proof::Code) || self.proved.contains(address));
                    assert_eq!(proved.contains(&Proof::Password), self.checked.contains(id));
                }
                if matches!(came, Came::Now | Came::Before { .. }) {
                    let wanted = if account.method == Method::Password { Proof::Password } else { Proof::Code };
                    assert!(proved.contains(&wanted), "{proved:?} for an account by {wanted:?}");
                }
                if kind::asks_second_step(&self.play.flow) && account.second_factor == SecondFactor::NotWanted {
                    let both = proved.contains(&Proof::Code) && proved.contains(&Proof::Password);
                    let is_shown = self.shown.contains(id) || both && account.second_address == account.mailbox;
                    assert!(proved.contains(&Proof::SecondCode) && is_shown || self.kept.contains(id));
                } else {
                    assert!(!proved.contains(&Proof::SecondCode));
                }
                assert!(!keep || self.play.flow.keep_signed_in);
            }
            Outcome::Recovered { account, password, proved, temporary_since, must_enrol } => {
                let (address, account) = self.find(account);
                assert!(self.may_choose_password(address) && !account.disabled && account.method == Method::Password);
                assert!(self.hashed.contains(&(address.clone(), password.reveal().into())));
                assert_eq!(*temporary_since, account.temporary_since);
                assert_eq!(*must_enrol, account.second_factor == SecondFactor::Missing);
                assert_eq!(proved.contains(&Proof::SecondFactor), account.second_factor == SecondFactor::Enrolled);
                assert!(self.has_shown_what_is_asked(account));
            }
            Outcome::MustEnrol { account, .. } => {
                let (_, account) = self.find(account);
                assert_eq!(account.second_factor, SecondFactor::Missing);
                assert!(self.checked.contains(account.id.as_str()), "the password comes first");
            }
            Outcome::SignedUp { address, reached, password, attributes, proved, .. } => {
                assert!(self.may_be_reached(address, reached) && self.play.flow.sign_up == SignUp::Open);
                assert!(matches!(self.play.flow.kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp));
                let is_proved = matches!(reached, Reached::Proved | Reached::Contact(_));
                assert!(!is_proved || !self.accounts.contains_key(address));
                assert_eq!(proved.as_slice(), if is_proved { [Proof::Code].as_slice() } else { &[] });
                assert_eq!(password.is_some(), self.play.flow.method == Method::Password);
                if let Some(hash) = password {
                    assert!(self.hashed.contains(&(address.clone(), hash.reveal().into())));
                }
                self.may_store(event, attributes);
            }
            Outcome::ContinuedAs { account } => {
                assert!(self.play.flow.kind != FlowKind::ProfileEdit && *event == press(Answer::ContinueAs));
                assert!(!kind::asks_second_step(&self.play.flow), "their session showed one proof");
                assert_eq!(account.as_str(), "ada");
            }
            Outcome::ProfileEdited { account, attributes, by } => {
                assert_eq!(self.play.flow.kind, FlowKind::ProfileEdit);
                match by {
                    Entered::Before => assert_eq!(account.as_str(), "ada"),
                    Entered::Now { proved, keep, came } => {
                        let (account, proved, keep, came) = (account.clone(), proved.clone(), *keep, *came);
                        self.may_end(event, &Outcome::SignedIn { account, proved, keep, came });
                    }
                }
                let editable = |attribute: &String| {
                    let mut inputs = self.play.flow.layout.asked();
                    inputs.any(|it| it.attribute == *attribute && it.visibility == Visibility::Editable)
                };
                assert!(attributes.iter().all(|(attribute, _)| editable(attribute)));
            }
            Outcome::ForgotPassword => {
                assert_eq!(*event, press(Answer::Recover));
                assert_eq!(self.play.flow.rules.forgot_password, ForgotPassword::TellApplication);
            }
            Outcome::Cancelled => assert_eq!(*event, press(Answer::Cancel)),
        }
    }

    /// Attributes are the layout's, in its order; what it requires is there, what it fixes is as it says.
    fn may_store(&self, event: &Event, attributes: &[(String, String)]) {
        let layout = &self.play.flow.layout;
        let asked = layout.inputs.iter().any(|input| input.visibility != Visibility::Hidden);
        assert!(!asked || matches!(event, Event::Answered(Answer::Attributes { .. })), "the page was passed over");
        let mut left = attributes.iter().peekable();
        for input in &layout.inputs {
            let value = left.next_if(|(attribute, _)| *attribute == input.attribute).map(|(_, value)| value);
            match input.visibility {
                _ if input.attribute == "email" => assert_eq!(value, None, "an address that was typed"),
                Visibility::Editable => assert!(value.is_some() || !input.required, "{} is missing", input.attribute),
                Visibility::ReadOnly | Visibility::Hidden => assert_eq!(value, input.default.as_ref()),
            }
        }
        assert_eq!(left.next(), None, "not of the layout");
    }
}
