//! The name of every sentence in a mail. The same name, in camel case, stands in the languages' files under `mail`.

#[derive(Clone, Copy, PartialEq, Eq, Debug, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "camelCase")]
pub enum Key {
    // A code
    CodeSubject,
    CodeHeading,
    CodeLead,
    CodeAdvice,

    // A changed password
    PasswordChangedSubject,
    PasswordChangedHeading,
    PasswordChangedLead,
    PasswordChangedAdvice,

    // A password that an administrator set
    PasswordResetSubject,
    PasswordResetHeading,
    PasswordResetLead,
    PasswordResetAdvice,

    // Names by which somebody signs in, changed by an administrator
    SignInNameChangedSubject,
    SignInNameChangedHeading,
    SignInNameChangedLead,
    SignInNameChangedAdvice,

    // A stolen refresh token
    SignedOutSubject,
    SignedOutHeading,
    SignedOutLead,
    SignedOutAdvice,

    // A second step was set up or taken away
    SecondStepChangedSubject,
    SecondStepChangedHeading,
    SecondStepChangedLead,
    SecondStepChangedAdvice,

    // A new password is suggested
    RecoverySubject,
    RecoveryHeading,
    RecoveryLead,
    RecoveryAdvice,

    // Below every letter
    Foot,
}
