//! What a flow is for: where its journeys begin, and which ways are open in them.

use app::contract::{
    flow_rules::{AddressProof, FlowVersion, ForgotPassword, SecondStepAsked},
    journey::Path,
    user_flow::{FlowKind, Method, SignUp, UserFlow},
};

/// The wished path where the flow has it, and the flow's first one where not.
pub fn begins(flow: &UserFlow, wanted: Path) -> Path {
    if is_open(flow, wanted) { wanted } else { first(flow) }
}

/// Whether it is there to find out who somebody is: then whoever is signed in already has nothing to do in it.
pub fn is_for_signing_in(flow: &UserFlow) -> bool {
    matches!(flow.kind, FlowKind::SignUpOrSignIn | FlowKind::SignIn | FlowKind::SignUp)
}

/// Whether its pages lead back to the application with nothing done. Of the flows that sign people in, those that the request
/// named: applications that name flows, as Azure AD B2C's do, read what is told then (AADB2C90091). One that sends people to
/// the flow that it is attached to has nothing to show to whoever does not sign in.
pub fn can_cancel(flow: &UserFlow, is_named: bool) -> bool {
    is_named || flow.kind == FlowKind::SignUp || !is_for_signing_in(flow)
}

fn first(flow: &UserFlow) -> Path {
    match flow.kind {
        FlowKind::SignUpOrSignIn | FlowKind::SignIn | FlowKind::ProfileEdit => Path::SignIn,
        FlowKind::SignUp => Path::SignUp,
        FlowKind::PasswordReset => Path::Recover,
    }
}

/// Whether a person may take the path. An account that a code proved signs in wherever it was found.
pub(super) fn is_open(flow: &UserFlow, path: Path) -> bool {
    match path {
        Path::SignIn => !matches!(flow.kind, FlowKind::SignUp | FlowKind::PasswordReset),
        Path::SignUp => signs_up(flow),
        Path::Recover => recovers(flow) != ForgotPassword::NotOffered,
        Path::EditProfile => flow.kind == FlowKind::ProfileEdit,
    }
}

/// Whether the flow makes accounts.
pub(super) fn signs_up(flow: &UserFlow) -> bool {
    flow.sign_up == SignUp::Open && matches!(flow.kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp)
}

/// Whether a new person's address is believed without a code. Where there are no passwords, codes are all there is.
pub fn takes_as_typed(flow: &UserFlow) -> bool {
    flow.rules.address == AddressProof::AsTyped && flow.method == Method::Password
}

/// Whether one proof alone lets nobody in.
pub fn asks_second_step(flow: &UserFlow) -> bool {
    flow.rules.second_step.asked == SecondStepAsked::Always
}

/// What follows "Forgot password?". A flow that is there for it does it itself; one of the legacy version has always left
/// it to the application.
pub fn recovers(flow: &UserFlow) -> ForgotPassword {
    match (flow.kind, flow.rules.version, flow.rules.forgot_password) {
        (FlowKind::PasswordReset, ..) => ForgotPassword::BuiltIn,
        (FlowKind::SignUpOrSignIn, FlowVersion::Legacy, ForgotPassword::BuiltIn) => ForgotPassword::TellApplication,
        (.., chosen) => chosen,
    }
}
