//! *Properties* of a flow: its rules beyond its pages, as far as its type has them.

use super::{
    super::{
        client::client,
        route::{FlowTab, Route},
        ui::{
            button::Act,
            field::radio,
            load::Loaded,
            settings::{Form, Setting, Settings},
        },
    },
    kinds::{asks_attributes, makes_accounts, name, signs_in},
    names::NAMES,
};
use crate::admin::ui::listen::on_submit;
use crate::contract::{flow_rules::FlowVersion, resource::user_flow::UserFlow, user_flow::FlowKind};
use leptos::prelude::*;
use serde_json::{Value, json};

const MIN_LENGTH: &str = "passwordRule/minLength";
const MAX_LENGTH: &str = "passwordRule/maxLength";
const COMPOSITION: &str = "passwordRule/composition";

/// A rule for passwords that has a name: its shortest and longest password, and of what they are made.
struct Rule {
    name: &'static str,
    about: &'static str,
    min: &'static str,
    max: &'static str,
    composition: &'static str,
}

static RULES: [Rule; 3] = [
    Rule { name: "Simple", about: "At least 8 characters.", min: "8", max: "256", composition: "any" },
    Rule {
        name: "Strong",
        about: "At least 15 characters, whichever they are.",
        min: "15",
        max: "256",
        composition: "any",
    },
    Rule {
        name: "As strong as in Azure AD B2C",
        about: "At least 8 characters, of three kinds.",
        min: "8",
        max: "64",
        composition: "threeClasses",
    },
];

struct Group {
    name: &'static str,
    /// Which types of flow have it.
    has: fn(FlowKind) -> bool,
    settings: &'static [Setting],
}

static GROUPS: [Group; 9] = [
    Group {
        name: "Local accounts",
        has: |_| true,
        settings: &[Setting {
            place: "rules/signInName",
            name: "Sign-in name",
            about: "What people type to say who they are. Behind a user name stands an email address for resets only, which nobody is told.",
            form: Form::OneOf(&NAMES),
        }],
    },
    Group {
        name: "Sign-up",
        has: makes_accounts,
        settings: &[Setting {
            place: "rules/address",
            name: "Email address",
            about: "Whether a new person shows by a code that the address is theirs. One that is taken as typed is told with email_verified false; behind a user name none is asked then.",
            form: Form::OneOf(&[("byCode", "Verified by a code"), ("asTyped", "Taken as typed, not verified")]),
        }],
    },
    Group {
        name: "Password",
        has: |kind| kind != FlowKind::ProfileEdit,
        settings: &[
            Setting {
                place: MIN_LENGTH,
                name: "Shortest password, in characters",
                about: "From 8 to 64; from 4 where kinds of characters are asked for. Length protects better than special characters.",
                form: Form::Whole,
            },
            Setting {
                place: MAX_LENGTH,
                name: "Longest password, in characters",
                about: "64 to 256, so that password managers and whole sentences fit.",
                form: Form::Whole,
            },
            Setting {
                place: COMPOSITION,
                name: "Kinds of characters",
                about: "Small letters, capitals, digits and all others are four kinds.",
                form: Form::OneOf(&[
                    ("any", "Any"),
                    ("digits", "Digits only (a PIN)"),
                    ("twoClasses", "Two of the four kinds"),
                    ("threeClasses", "Three of the four kinds"),
                    ("fourClasses", "All four kinds"),
                ]),
            },
        ],
    },
    Group {
        name: "Forgotten and wrong passwords",
        has: signs_in,
        settings: &[
            Setting {
                place: "rules/forgotPassword",
                name: "Forgot password?",
                about: "What the link does. Told by AADB2C90118, an application sends the person to a password reset flow of its own choice.",
                form: Form::OneOf(&[
                    ("builtIn", "Resets the password in this flow"),
                    ("tellApplication", "Goes back to the application (AADB2C90118)"),
                    ("notOffered", "Is not offered"),
                ]),
            },
            Setting {
                place: "rules/forcedReset",
                name: "Forced password reset",
                about: "Whether somebody whose password an administrator set must choose their own at the next sign-in.",
                form: Form::OneOf(&[("on", "On"), ("off", "Off")]),
            },
            Setting {
                place: "rules/lockout/tries",
                name: "Wrong passwords before an account waits",
                about: "So many in a row; 1 to 100.",
                form: Form::Whole,
            },
            Setting {
                place: "rules/lockout/seconds",
                name: "First wait, in seconds",
                about: "It doubles with every further wrong password; 5 to 18000.",
                form: Form::Whole,
            },
        ],
    },
    Group {
        name: "Second step",
        has: |_| true,
        settings: &[Setting {
            place: "rules/secondStep/asked",
            name: "Second step",
            about: "Besides a password, people enter a code that is sent to an email address kept for it; whoever has none sets it up at the next sign-in. Where people sign in by codes, that address must be another. Tokens tell it by mca in amr, level 1: a mailbox is weaker than an authenticator app.",
            form: Form::OneOf(&[("off", "Not asked"), ("always", "Always asked, by a code to an email address")]),
        }],
    },
    Group {
        name: "Tokens",
        has: |_| true,
        settings: &[
            Setting {
                place: "rules/tokens/minutes",
                name: "Access and ID tokens, in minutes",
                about: "How long they are good; 5 to 1440.",
                form: Form::Whole,
            },
            Setting {
                place: "rules/tokens/refreshDays",
                name: "Refresh token, in days",
                about: "How long one may lie unused; 1 to 90.",
                form: Form::Whole,
            },
            Setting {
                place: "rules/tokens/refreshWindowDays",
                name: "Refresh tokens after one sign-in, in days",
                about: "After that people sign in again; 1 to 365. Empty means never.",
                form: Form::WholeOrNone,
            },
            Setting {
                place: "rules/tokens/issuer",
                name: "Issuer (iss)",
                about: "What tokens call this server. Applications compare it letter by letter.",
                form: Form::OneOf(&[
                    ("tenant", "https://host/directory/v2.0"),
                    ("flow", "https://host/tfp/directory/flow/v2.0/"),
                ]),
            },
            Setting {
                place: "rules/tokens/flowClaim",
                name: "Claim that names the user flow",
                about: "tfp is usual; acr is for applications of before.",
                form: Form::OneOf(&[("tfp", "tfp"), ("acr", "acr")]),
            },
        ],
    },
    Group {
        name: "Application claims",
        has: |_| true,
        settings: &[
            Setting {
                place: "rules/tokens/also",
                name: "Email Addresses (emails)",
                about: "A list of the person’s addresses.",
                form: Form::Listed("emails"),
            },
            Setting {
                place: "rules/tokens/also",
                name: "User is new (newUser)",
                about: "True in the tokens of a sign-up.",
                form: Form::Listed("newUser"),
            },
            Setting {
                place: "rules/tokens/also",
                name: "Identity Provider (idp)",
                about: "By which provider they came. People with an account of this directory have none.",
                form: Form::Listed("identityProvider"),
            },
        ],
    },
    Group {
        name: "Single sign-on",
        has: |_| true,
        settings: &[
            Setting {
                place: "rules/sessions/minutes",
                name: "Session, in minutes",
                about: "How long nobody is asked again; 15 to 43200.",
                form: Form::Whole,
            },
            Setting {
                place: "rules/sessions/lifetime",
                name: "Session ends",
                about: "Whether using it makes it last longer.",
                form: Form::OneOf(&[
                    ("rolling", "So long after it was last used (rolling)"),
                    ("absolute", "So long after it began (absolute)"),
                ]),
            },
            Setting {
                place: "rules/sessions/scope",
                name: "One sign-in is good for",
                about: "Where people go on without being asked again.",
                form: Form::OneOf(&[
                    ("tenant", "Every application of this directory"),
                    ("application", "The same application"),
                    ("flow", "Every application of this user flow"),
                    ("suppressed", "Nothing: every request is a sign-in"),
                ]),
            },
            Setting {
                place: "rules/sessions/signOutNeedsHint",
                name: "Sign-out needs an ID token",
                about: "Applications show one (id_token_hint) to sign somebody out.",
                form: Form::Switch,
            },
        ],
    },
    Group {
        name: "Keep me signed in",
        has: signs_in,
        settings: &[
            Setting {
                place: "keepSignedIn",
                name: "Keep me signed in",
                about: "The page offers to stay signed in after the browser is closed.",
                form: Form::Switch,
            },
            Setting {
                place: "rules/sessions/keptDays",
                name: "Kept signed in, in days",
                about: "1 to 90.",
                form: Form::Whole,
            },
        ],
    },
];

fn groups(kind: FlowKind) -> impl Iterator<Item = &'static Group> {
    GROUPS.iter().filter(move |group| (group.has)(kind))
}

/// The setting of a place, and the group that it stands in.
pub fn setting(place: &str) -> Option<(&'static str, &'static Setting)> {
    let of = |group: &'static Group| group.settings.iter().find(|setting| setting.place == place);
    GROUPS.iter().find_map(|group| Some((group.name, of(group)?)))
}

pub fn section(loaded: Loaded<UserFlow>, flow: &UserFlow) -> AnyView {
    let (kind, saved) = (flow.kind, rules(flow));
    let settings = Settings::new(groups(kind).flat_map(|group| group.settings), &saved);
    let (act, saved) = (Act::new(), StoredValue::new(saved));
    let (id, etag) = (StoredValue::new(flow.id.clone()), StoredValue::new(flow.etag.clone()));
    let save = move || {
        let Some(changes) = settings.merged(saved.get_value()) else { return };
        let client = client();
        let work = async move { client.update_flow(&id.get_value(), etag.get_value().as_deref(), changes).await };
        act.run(work, move |outcome| settings.answered(outcome, loaded));
    };
    let attributes = Route::Flow { id: flow.id.clone(), tab: FlowTab::Attributes }.path();
    let cards: Vec<_> = groups(kind)
        .map(|group| {
            let fields = match group.settings {
                [first, ..] if first.place == MIN_LENGTH => passwords(settings),
                all => settings.drawn(all),
            };
            let more = (group.name == "Application claims" && asks_attributes(kind)).then(|| {
                view! { <p class="hint">"Which attributes are told stands under "<a href=attributes.clone()>"User attributes"</a>"."</p> }
            });
            view! { <section class="card pad"><h2>{group.name}</h2><div class="pairs">{fields}</div>{more}</section> }
        })
        .collect();
    view! {
        <form class="stack narrow" novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            <section class="card pad">
                <dl class="facts">
                    <div><dt>"Type"</dt><dd>{name(kind)}</dd></div>
                    <div><dt>"Version"</dt><dd>{version(flow.rules.version)}</dd></div>
                </dl>
            </section>
            {cards}
            {settings.foot("Save", act)}
        </form>
    }
    .into_any()
}

pub fn version(version: FlowVersion) -> &'static str {
    match version {
        FlowVersion::Recommended => "Recommended",
        FlowVersion::Legacy => "Standard (Legacy)",
    }
}

/// What the form is about, as the server tells it.
fn rules(flow: &UserFlow) -> Value {
    json!({ "rules": flow.rules, "passwordRule": flow.password_rule, "keepSignedIn": flow.keep_signed_in })
}

/// Simple, strong, or a rule of one's own.
fn passwords(settings: Settings) -> Vec<AnyView> {
    let parts = |rule: &'static Rule| [(MIN_LENGTH, rule.min), (MAX_LENGTH, rule.max), (COMPOSITION, rule.composition)];
    let holds = move |rule| parts(rule).iter().all(|(place, value)| settings.get(place) == *value);
    let custom = RwSignal::new(untrack(|| !RULES.iter().any(holds)));
    let named = move |rule: &'static Rule| {
        let choose = move || {
            custom.set(false);
            parts(rule).iter().for_each(|(place, value)| settings.set(place, value));
        };
        radio("password-rule", rule.name, Some(rule.about.into()), move || !custom.get() && holds(rule), None, choose)
    };
    let own = move || custom.get().then(|| settings.under("passwordRule/"));
    vec![
        view! {
            <fieldset>
                <legend>"Password rule"</legend>
                {RULES.iter().map(named).collect::<Vec<_>>()}
                {radio("password-rule", "Custom", Some("A rule of your own.".into()), move || custom.get(), None, move || custom.set(true))}
            </fieldset>
            {own}
        }
        .into_any(),
    ]
}
