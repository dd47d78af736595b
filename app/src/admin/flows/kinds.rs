//! The types of user flow, by the names that Azure AD B2C gave them.

use crate::contract::user_flow::FlowKind;

pub struct Kind {
    pub kind: FlowKind,
    pub name: &'static str,
    pub about: &'static str,
}

/// Those that are recommended first.
pub const KINDS: [Kind; 5] = [
    Kind {
        kind: FlowKind::SignUpOrSignIn,
        name: "Sign up and sign in",
        about: "People with an account sign in, and those without one make one.",
    },
    Kind {
        kind: FlowKind::ProfileEdit,
        name: "Profile editing",
        about: "People who have signed in look at what is known of them, and correct it.",
    },
    Kind {
        kind: FlowKind::PasswordReset,
        name: "Password reset",
        about: "People prove their email address and choose a new password.",
    },
    Kind { kind: FlowKind::SignUp, name: "Sign up", about: "People make an account, and nothing else." },
    Kind { kind: FlowKind::SignIn, name: "Sign in", about: "People with an account sign in; nobody can make one." },
];

pub const RECOMMENDED: usize = 3;

pub fn name(kind: FlowKind) -> &'static str {
    KINDS.iter().find(|one| one.kind == kind).map_or("", |one| one.name)
}

/// Whether people can make an account there.
pub fn makes_accounts(kind: FlowKind) -> bool {
    matches!(kind, FlowKind::SignUpOrSignIn | FlowKind::SignUp)
}

/// Whether people sign in there with what they have.
pub fn signs_in(kind: FlowKind) -> bool {
    matches!(kind, FlowKind::SignUpOrSignIn | FlowKind::SignIn | FlowKind::ProfileEdit)
}

/// Whether attributes are asked for.
pub fn asks_attributes(kind: FlowKind) -> bool {
    makes_accounts(kind) || kind == FlowKind::ProfileEdit
}
