//! What an application may do, and must, over OpenID Connect.

use super::{
    super::{
        client::client,
        route::place,
        ui::{
            button::{Act, submit_of},
            index::{Section, heading},
            settings::{Form, Setting, Settings},
        },
    },
    Open,
};
use crate::admin::ui::listen::on_submit;
use crate::contract::resource::application::Application;
use leptos::prelude::*;
use serde_json::{Value, json};

pub const SECTION: Section = Section { id: "protocol", name: "Protocol" };

const PLAIN: &str = "protocol/plainAccessTokens";

/// The id of the form: one of its switches stands in another section too, with a button of its own.
const FORM: &str = "protocol-form";

static GROUPS: [(&str, &[Setting]); 4] = [
    (
        "Tokens",
        &[
            Setting {
                place: "tokenAlgorithm",
                name: "Signature",
                about: "RS256 is read by every library; ES256 and EdDSA are shorter and quicker.",
                form: Form::OneOf(&[("RS256", "RS256"), ("ES256", "ES256"), ("EdDSA", "EdDSA")]),
            },
            Setting {
                place: "web/implicitGrantSettings/enableIdTokenIssuance",
                name: "ID tokens without a code",
                about: "For implicit and hybrid requests (response_type id_token, code id_token).",
                form: Form::Switch,
            },
            Setting {
                place: "web/implicitGrantSettings/enableAccessTokenIssuance",
                name: "Access tokens without a code",
                about: "For implicit requests (response_type token). They pass through the browser: better not.",
                form: Form::Switch,
            },
            Setting {
                place: PLAIN,
                name: "Plain access tokens",
                about: "Their header says JWT instead of at+jwt, for libraries that read nothing else (passport-azure-ad, Spring Security). Where others call it as an API, it must look for scp in each: they look like ID tokens then.",
                form: Form::Switch,
            },
            Setting {
                place: "protocol/signUserinfo",
                name: "Signed userinfo",
                about: "Userinfo is answered with a signed token instead of JSON.",
                form: Form::Switch,
            },
        ],
    ),
    (
        "Requests",
        &[
            Setting {
                place: "protocol/requireProofKey",
                name: "Proof key required (PKCE)",
                about: "Its secret alone does not redeem a code. Applications without a secret need one anyway.",
                form: Form::Switch,
            },
            Setting {
                place: "protocol/requirePushedRequests",
                name: "Pushed requests required (PAR)",
                about: "It hands its requests to the server itself, before the browser comes.",
                form: Form::Switch,
            },
            Setting {
                place: "protocol/keys",
                name: "Public keys (private_key_jwt)",
                about: "JSON Web Keys that it signs its assertions with instead of a secret: a list, two of them while one replaces the other.",
                form: Form::List,
            },
        ],
    ),
    (
        "Native authentication",
        &[
            Setting {
                place: "nativeAuthenticationApisEnabled",
                name: "Screens of its own",
                about: "It asks people for passwords and codes itself instead of sending them to our pages. For applications without a secret.",
                form: Form::OneOf(&[("none", "Off"), ("all", "On")]),
            },
            Setting {
                place: "nativeAuthenticationIsSilent",
                name: "Tell nothing of an address before it is proved",
                about: "Unknown people are asked for a password too, and taken addresses for a code. Otherwise the application is told at once.",
                form: Form::Switch,
            },
        ],
    ),
    (
        "Sign-out",
        &[
            Setting {
                place: "web/logoutUrl",
                name: "Front-channel sign-out address",
                about: "Opened in a frame of our page when a session ends.",
                form: Form::Address,
            },
            Setting {
                place: "protocol/backChannelLogoutUrl",
                name: "Back-channel sign-out address",
                about: "Called by our server when a session ends.",
                form: Form::Address,
            },
        ],
    ),
];

/// What the form holds.
#[derive(Clone, Copy)]
pub struct Protocol {
    settings: Settings,
    saved: StoredValue<Value>,
    act: Act,
}

impl Protocol {
    pub fn of(application: &Application) -> Self {
        let saved = told(application);
        let settings = Settings::new(GROUPS.iter().flat_map(|(_, settings)| *settings), &saved);
        Self { settings, saved: StoredValue::new(saved), act: Act::new() }
    }

    /// Where an API is exposed: the very switch of this form, so that no section saves over what the other one says.
    pub fn plain_access_tokens(self) -> AnyView {
        let about = "They refuse access tokens whose header says at+jwt. It says JWT then: Plain access tokens, under Protocol.";
        view! {
            <div class="stack">
                {self.settings.switch_again(PLAIN, "For backends with Spring Security or passport-azure-ad", about)}
                <div class="buttons">{submit_of(Some(FORM), "Save it with the protocol", "Saving …", self.act)}</div>
            </div>
        }
        .into_any()
    }
}

pub fn section(open: Open, protocol: Protocol) -> AnyView {
    let Protocol { settings, saved, act } = protocol;
    let save = move || {
        let Some(changes) = settings.merged(saved.get_value()) else { return };
        let client = client();
        let work = async move { client.update_application(&open.id(), open.etag().as_deref(), &changes).await };
        act.run(work, move |outcome| {
            let good = outcome.is_ok();
            settings.answered(outcome, open.loaded);
            if good && place().is_unsaved() {
                open.read();
            }
        });
    };
    let groups: Vec<_> = GROUPS
        .iter()
        .map(|(name, group)| view! { <h3>{*name}</h3><div class="pairs">{settings.drawn(group)}</div> })
        .collect();
    view! {
        <form class="card pad" id=FORM aria-label=SECTION.name novalidate on:submit=on_submit(move |event| { event.prevent_default(); save() })>
            {heading(SECTION)}
            {groups}
            {settings.foot("Save the protocol", act)}
        </form>
    }
    .into_any()
}

/// What the form is about, as the server tells it.
fn told(application: &Application) -> Value {
    let web = &application.web;
    json!({
        "tokenAlgorithm": application.token_algorithm,
        "web": { "logoutUrl": web.logout_url, "implicitGrantSettings": web.implicit_grant_settings },
        "protocol": application.protocol,
        "nativeAuthenticationApisEnabled": application.native_authentication_apis_enabled,
        "nativeAuthenticationIsSilent": application.native_authentication_is_silent,
    })
}
