//! The name of every sentence on the pages that make administrators. The same name, in camel case, stands in the languages'
//! files under `administrators`. They are drawn by the server alone, and say the same for everybody.

#[derive(Clone, Copy, PartialEq, Eq, Debug, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "camelCase")]
pub enum Key {
    NameLabel,

    // The first of them
    FirstHeading,
    FirstLead,
    FirstButton,
    EnrolNow,

    // Those who were invited
    InvitedHeading,
    InvitedLead,
    InvitedButton,

    // The authenticator app
    EnrolHeading,
    EnrolLead,
    EnrolPicture,
    EnrolHere,
    EnrolButton,
    EnrolWrong,

    // What opens the account without it
    CodesHeading,
    CodesLead,
    CodesButton,
}
