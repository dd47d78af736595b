//! The rules of a flow beyond its pages: what accounts are called, what happens to who forgot a password, how long what it
//! opened stays open, and what its applications are told. Every rule has a default, so that flows of before read on.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowRules {
    pub version: FlowVersion,
    pub sign_in_name: SignInName,
    pub address: AddressProof,
    pub forgot_password: ForgotPassword,
    /// Whether an administrator's password has to be replaced by its owner at the first sign-in with it.
    pub forced_reset: ForcedReset,
    pub lockout: Lockout,
    pub second_step: SecondStep,
    pub tokens: TokenRules,
    pub sessions: SessionRules,
}

/// Part of the flow since it was made, and never changed: a flow of an older version keeps its behaviour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum FlowVersion {
    /// Azure AD B2C's "Standard (Legacy)".
    Legacy,
    #[default]
    Recommended,
}

impl From<FlowVersion> for u8 {
    fn from(version: FlowVersion) -> u8 {
        match version {
            FlowVersion::Legacy => 1,
            FlowVersion::Recommended => 3,
        }
    }
}

impl TryFrom<u8> for FlowVersion {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            1 => Ok(FlowVersion::Legacy),
            3 => Ok(FlowVersion::Recommended),
            _ => Err(format!("there is no version {number} of a user flow; there are 1 and 3")),
        }
    }
}

/// What people type to say who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInName {
    #[default]
    Email,
    /// Their e-mail address is kept for resets only, and told to nobody.
    UserName,
    EmailOrUserName,
}

/// Whether a code proves a new person's address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AddressProof {
    #[default]
    ByCode,
    /// The address is taken as it was typed, and nobody is told that it was proved. Whoever has a user name is asked none:
    /// one that is not proved would open nothing.
    AsTyped,
}

/// What "Forgot password?" and "Can't access your account?" do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForgotPassword {
    #[default]
    BuiltIn,
    /// The application is told (AADB2C90118) and sends the person to a flow of its choice.
    TellApplication,
    NotOffered,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForcedReset {
    #[default]
    On,
    Off,
}

/// After so many wrong passwords in a row an account waits; the wait doubles.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Lockout {
    pub tries: u16,
    pub seconds: u32,
}

impl Default for Lockout {
    fn default() -> Self {
        Self { tries: 10, seconds: 60 }
    }
}

/// Whether people prove by something else besides that it is them. Whoever has nothing for it yet sets it up on the way in.
///
/// It is a code to an address that is kept for it, apart from the name that people sign in with.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecondStep {
    pub asked: SecondStepAsked,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecondStepAsked {
    #[default]
    Off,
    Always,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TokenRules {
    /// Of access and of ID tokens.
    pub minutes: u16,
    /// One refresh token.
    pub refresh_days: u16,
    /// All refresh tokens that follow from one sign-in; nothing, written as 0, where they may follow each other for ever.
    #[serde(with = "zero_is_for_ever")]
    pub refresh_window_days: Option<u16>,
    pub issuer: IssuerForm,
    /// The claim that names the flow.
    pub flow_claim: FlowClaim,
    /// Azure AD B2C's claims besides attributes.
    pub also: Vec<AlsoTold>,
}

/// In JSON a property that is null says nothing, and would leave the usual rule.
mod zero_is_for_ever {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(days: &Option<u16>, to: S) -> Result<S::Ok, S::Error> {
        days.unwrap_or(0).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
        Ok(Some(u16::deserialize(from)?).filter(|days| *days > 0))
    }
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            minutes: 60,
            refresh_days: 14,
            refresh_window_days: Some(14),
            issuer: IssuerForm::default(),
            flow_claim: FlowClaim::default(),
            also: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IssuerForm {
    /// `https://host/{tenant id}/v2.0`
    #[default]
    Tenant,
    /// `https://host/tfp/{tenant id}/{flow}/v2.0/`, where the request named the flow.
    Flow,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FlowClaim {
    /// `tfp`, where the request named the flow.
    #[default]
    Tfp,
    Acr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AlsoTold {
    /// `emails`: a list of the person's addresses.
    Emails,
    /// `newUser`: true in the tokens of a sign-up.
    NewUser,
    /// `idp`: by which provider they came; nothing for an account of our own.
    IdentityProvider,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionRules {
    pub minutes: u32,
    pub lifetime: SessionLifetime,
    pub scope: SessionScope,
    /// How long "Keep me signed in" keeps.
    pub kept_days: u16,
    /// Whether an application must show an ID token to sign somebody out.
    pub sign_out_needs_hint: bool,
}

impl Default for SessionRules {
    fn default() -> Self {
        Self {
            minutes: 1440,
            lifetime: SessionLifetime::default(),
            scope: SessionScope::default(),
            kept_days: 90,
            sign_out_needs_hint: false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionLifetime {
    /// Each use begins the minutes anew, for thirty days at most.
    #[default]
    Rolling,
    Absolute,
}

/// Whom one sign-in signs in to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionScope {
    #[default]
    Tenant,
    Application,
    Flow,
    /// Nobody else: every request is a sign-in.
    Suppressed,
}

/// A rule that holds no sensible number, and the sentence that says what does.
pub type Fault = (&'static str, &'static str);

impl FlowRules {
    /// Every number that is out of bounds, by its place in the JSON.
    pub fn faults(&self) -> Vec<Fault> {
        let FlowRules { lockout, tokens, sessions, .. } = self;
        let window = tokens.refresh_window_days.unwrap_or(365);
        let rows = [
            ((1..=100).contains(&lockout.tries), "lockout/tries", "An account waits after 1 to 100 wrong passwords."),
            ((5..=18_000).contains(&lockout.seconds), "lockout/seconds", "The first wait is 5 to 18000 seconds."),
            ((5..=1440).contains(&tokens.minutes), "tokens/minutes", "Tokens are good for 5 to 1440 minutes."),
            (
                (1..=90).contains(&tokens.refresh_days),
                "tokens/refreshDays",
                "A refresh token is good for 1 to 90 days.",
            ),
            (
                (1..=365).contains(&window) && window >= tokens.refresh_days,
                "tokens/refreshWindowDays",
                "Refresh tokens follow each other for 1 to 365 days, and no shorter than one of them lives.",
            ),
            ((15..=43_200).contains(&sessions.minutes), "sessions/minutes", "A session lasts 15 to 43200 minutes."),
            ((1..=90).contains(&sessions.kept_days), "sessions/keptDays", "People stay signed in for 1 to 90 days."),
        ];
        rows.into_iter().filter(|(holds, ..)| !holds).map(|(_, place, why)| (place, why)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_of_before_has_the_usual_rules() {
        assert_eq!(serde_json::from_str::<FlowRules>("{}").unwrap(), FlowRules::default());
        assert_eq!(FlowRules::default().faults(), []);
    }

    #[test]
    fn a_version_is_its_number() {
        assert_eq!(serde_json::to_string(&FlowVersion::Recommended).unwrap(), "3");
        assert_eq!(serde_json::from_str::<FlowVersion>("1").unwrap(), FlowVersion::Legacy);
        assert!(serde_json::from_str::<FlowVersion>("2").is_err());
    }

    #[test]
    fn refresh_tokens_that_follow_each_other_for_ever_are_said_so() {
        let endless = TokenRules { refresh_window_days: None, ..TokenRules::default() };
        let said = serde_json::to_value(&endless).unwrap();
        assert_eq!(said["refreshWindowDays"], 0);
        assert_eq!(serde_json::from_value::<TokenRules>(said).unwrap(), endless);
        assert_eq!(serde_json::from_str::<TokenRules>("{}").unwrap().refresh_window_days, Some(14));
    }

    #[test]
    fn a_second_step_is_asked_where_the_flow_says_so() {
        assert_eq!(FlowRules::default().second_step.asked, SecondStepAsked::Off);
        let rules: FlowRules = serde_json::from_str(r#"{"secondStep":{"asked":"always"}}"#).unwrap();
        assert_eq!(rules.second_step.asked, SecondStepAsked::Always);
    }

    #[test]
    fn a_number_out_of_bounds_is_told_by_its_place() {
        let short = TokenRules { minutes: 4, refresh_days: 20, ..TokenRules::default() };
        let rules = FlowRules { tokens: short, ..FlowRules::default() };
        let places: Vec<&str> = rules.faults().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["tokens/minutes", "tokens/refreshWindowDays"]);
    }
}
