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
    kinds::{asks_attributes, name, signs_in},
};
use crate::admin::ui::listen::on_submit;
use crate::contract::{
    flow_rules::FlowVersion,
    resource::user_flow::UserFlow,
    user_flow::{FlowKind, PasswordRule},
};
use leptos::prelude::*;
use serde_json::{Value, json};

const MIN_LENGTH: &str = "passwordRule/minLength";
const MAX_LENGTH: &str = "passwordRule/maxLength";

/// The shortest password of the rule that is called simple.
const SIMPLE: u16 = 8;

struct Group {
    name: &'static str,
    /// Which types of flow have it.
    has: fn(FlowKind) -> bool,
    settings: &'static [Setting],
}

static GROUPS: [Group; 6] = [
    Group {
        name: "Password",
        has: |kind| kind != FlowKind::ProfileEdit,
        settings: &[
            Setting {
                place: MIN_LENGTH,
                name: "Shortest password, in characters",
                about: "From 8 to 64. Length protects better than special characters.",
                form: Form::Whole,
            },
            Setting {
                place: MAX_LENGTH,
                name: "Longest password, in characters",
                about: "At least 64, so that password managers and whole sentences fit.",
                form: Form::Whole,
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
            {settings.foot("Save", act, save)}
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

/// Simple, strong, or lengths of one's own.
fn passwords(settings: Settings) -> Vec<AnyView> {
    let strong = PasswordRule::default();
    let lengths = move |min: u16| [(MIN_LENGTH, min.to_string()), (MAX_LENGTH, strong.max_length.to_string())];
    let holds = move |min: u16| lengths(min).iter().all(|(place, length)| settings.get(place) == *length);
    let custom = RwSignal::new(untrack(|| !holds(SIMPLE) && !holds(strong.min_length)));
    let choose = move |min: u16| {
        move || {
            custom.set(false);
            lengths(min).iter().for_each(|(place, length)| settings.set(place, length));
        }
    };
    let is = move |min: u16| move || !custom.get() && holds(min);
    let about = |min: u16| Some(format!("At least {min} characters."));
    let own = move || custom.get().then(|| settings.under("passwordRule/"));
    vec![
        view! {
            <fieldset>
                <legend>"Password rule"</legend>
                {radio("password-rule", "Simple", about(SIMPLE), is(SIMPLE), None, choose(SIMPLE))}
                {radio("password-rule", "Strong", about(strong.min_length), is(strong.min_length), None, choose(strong.min_length))}
                {radio("password-rule", "Custom", Some("Lengths of your own.".into()), move || custom.get(), None, move || custom.set(true))}
            </fieldset>
            {own}
        }
        .into_any(),
    ]
}
