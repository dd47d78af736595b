//! The name of every sentence on the page that says what an error's number means. The same name, in camel case, stands in the
//! languages' files under `developers`. It is drawn by the server alone, for those who build applications.

#[derive(Clone, Copy, PartialEq, Eq, Debug, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "camelCase")]
pub enum Key {
    Heading,
    Lead,
    Unknown,

    // What a number means, and what to do
    RedirectUri,
    NoApplication,
    ApplicationOff,
    NoPlace,
    Secret,
    Platform,
    ProofKey,
    Request,
    Verb,
    Answer,
    Unsupported,
    Scope,
    Permission,
    NoUserFlow,
    SignIn,
    MoreProof,
    CalledOff,
    ForgotPassword,
    GrantOver,
    Token,
    Credentials,
    AccountOff,
    Pending,
    NativeOff,
    NativeNext,
    Name,
    Rules,
    Busy,
}
