//! The name of every sentence on a page. The same name, in camel case, stands in the languages' files under `pages`.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "ssr", derive(strum::EnumIter, strum::IntoStaticStr), strum(serialize_all = "camelCase"))]
pub enum Key {
    // On every page
    Change,
    ChangeAddress,
    Optional,
    Language,
    Privacy,
    Terms,
    Continue,
    OneMoment,
    Checking,
    Sending,
    Saving,
    SigningIn,
    CreatingAccount,
    LookAgain,
    NoConnection,
    OpensInNewTab,

    // Address
    SignInHeading,
    SignInLead,
    SignUpHeading,
    SignUpLead,
    RecoverHeading,
    RecoverLead,
    AddressLabel,
    SendCode,
    NoAccount,
    CreateOne,
    CannotAccess,
    HaveAccount,
    SignIn,

    // Password
    PasswordHeading,
    PasswordLabel,
    Show,
    ShowPassword,
    Hide,
    HidePassword,
    KeepSignedIn,
    ForgotPassword,
    UseCode,

    // Code
    CodeHeading,
    CodeLead,
    CodeNoneLead,
    CodeLabel,
    CodeMissing,
    Resend,
    ResendIn,
    ResendNow,
    UsePassword,

    // Second factor
    SecondFactorHeading,
    SecondFactorLead,
    SecondFactorHint,
    FaultSecondFactor,

    // New password
    CreatePasswordHeading,
    ResetPasswordHeading,
    NewPasswordLead,
    NewPasswordLabel,
    NewPasswordHint,
    StrengthTooShort,
    StrengthWeak,
    StrengthFair,
    StrengthGood,
    StrengthStrong,
    SaveAndSignIn,

    // Attributes
    AttributesHeading,
    AttributesLead,
    Choose,
    ChooseAny,
    CreateAccount,
    ProfileHeading,
    ProfileLead,
    Save,

    // Account
    AccountHeading,
    AccountLead,
    ContinueAs,
    UseAnotherAccount,

    // Stopped
    StoppedNoAccountHeading,
    StoppedNoAccount,
    StoppedDisabledHeading,
    StoppedDisabled,
    StoppedExpiredHeading,
    StoppedExpired,
    UseAnotherAddress,
    StartAgain,
    BackToApplication,

    // Done
    DoneHeading,
    DoneLead,

    // Signing out
    SignOutHeading,
    SignOutLead,
    SignOut,
    SignedOutHeading,
    SignedOutLead,

    // A device without a browser
    DeviceHeading,
    DeviceLead,
    DeviceUnknown,
    DeviceConfirmHeading,
    DeviceConfirmLead,
    DeviceDecline,
    DeviceAgreedHeading,
    DeviceDeclinedHeading,

    // Notices
    NoticeCodeSent,
    NoticeCodesExhausted,
    NoticeCodeDead,
    NoticeAlreadyHaveAccount,
    NoticeLayoutChanged,

    // Faults
    FaultRequired,
    FaultMustAgree,
    FaultTooLong,
    FaultNotAnAddress,
    FaultNotANumber,
    FaultNotADate,
    FaultNotAnOption,
    FaultPattern,
    FaultPatternHint,
    FaultUnprintable,
    FaultPasswordTooShort,
    FaultPasswordTooLong,
    FaultPasswordDigits,
    FaultPasswordClasses,
    FaultPasswordCommon,
    FaultPasswordGuessable,
    FaultWrongPassword,
    FaultNotACode,
    FaultWrongCode,
    FaultCodeExpired,

    // Problems
    ProblemNotFoundHeading,
    ProblemNotFound,
    ProblemBadApplicationRequestHeading,
    ProblemBadApplicationRequest,
    ProblemForgedHeading,
    ProblemForged,
    ProblemJourneyOverHeading,
    ProblemJourneyOver,
    ProblemBadRequestHeading,
    ProblemBadRequest,
    ProblemTooManyHeading,
    ProblemTooMany,
    ProblemBusyHeading,
    ProblemBusy,
    ProblemInternalHeading,
    ProblemInternal,
    ProblemTrace,
}
