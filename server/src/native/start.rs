//! How each way begins: for whom, in which flow, what the application can ask for; and the first token.

use super::{
    asked::Call,
    continuation::{Challenges, Continuation, Held},
    trouble::Trouble,
};
use crate::{
    directory::{identity::Known, user_flow},
    drive::{self, Asking},
    journey::Entry,
    request::{self, Kept},
    secret::token::Token,
    wishes,
};
use app::contract::{
    journey::{Asks, Path},
    secret::Secret,
    user_flow::{Method, UserFlow},
};
use axum::http::header;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

pub struct Start {
    pub flow: Arc<UserFlow>,
    /// What the address of the call names the flow.
    flow_name: Option<String>,
    /// The address or user name, whichever people of the flow sign in with.
    pub name: String,
    pub challenges: Challenges,
}

/// What is known from the first call on.
#[derive(Default)]
pub struct Brought {
    pub method: Option<Method>,
    pub password: Option<Secret>,
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Call {
    pub async fn start(&self) -> Result<Start, Trouble> {
        let challenges = Challenges::read(self.form.required("challenge_type")?)?;
        let named = self.place.named(&self.state.db, &self.tenant).await?;
        let flow = request::user_flow(&self.application, named.as_ref())?;
        let flow = user_flow::get(&self.state.db, &self.tenant.id, &flow).await?;
        let name = Asks::from(flow.rules.sign_in_name)
            .read(self.form.get("username").unwrap_or_default())
            .map_err(|_| Trouble::new("invalid_request", 90100, "The username parameter is empty or not valid."))?;
        Ok(Start { flow, flow_name: named.map(|named| named.name), name, challenges })
    }

    /// Whose the name is, where the application may be told.
    pub async fn whose(&self, start: &Start, signs_up: bool) -> Result<Option<Known>, Trouble> {
        let asking = Asking {
            tenant: &self.tenant.id,
            application: &self.application.id,
            user_flow: &start.flow.id,
            caller: &self.caller,
        };
        Ok(drive::whose(&self.state, asking, &start.name, signs_up).await?)
    }

    pub async fn begin(&self, start: Start, way: Path, brought: Brought) -> Result<Value, Trouble> {
        let Start { flow, flow_name, name, challenges } = start;
        let kept = Kept::native(&flow, flow_name, &self.state.config.public_url);
        let secret = Token::random(&self.state.chance);
        let grant = drive::new_grant(&self.state, &self.application.id, &flow.id, secret.hash(), &kept)?;
        let journey = drive::begin(&self.state, &self.tenant.id, &self.caller, grant, self.entry(way)).await?;
        let held = Held {
            journey,
            secret: secret.reveal().into(),
            way,
            name,
            challenges,
            has_untold_code: false,
            asks_second_factor: self.has_capability("mfa_required"),
            registers: self.has_capability("registration_required"),
            method: brought.method,
            password: brought.password,
            attributes: brought.attributes,
        };
        Ok(json!({ "continuation_token": self.sealed(&Continuation::Journey(Box::new(held)))? }))
    }

    fn entry(&self, path: Path) -> Entry {
        let wished = self.form.get("ui_locales").unwrap_or_default();
        Entry {
            path,
            language: wishes::language(wished, self.headers.get(header::ACCEPT_LANGUAGE)).into(),
            hint: None,
            known: None,
            profile: None,
            popup: false,
            can_cancel: false,
        }
    }

    /// MSAL writes it in the plural, the documents in the singular.
    fn has_capability(&self, wanted: &str) -> bool {
        let words = ["capabilities", "capability"].into_iter().filter_map(|name| self.form.get(name));
        words.flat_map(str::split_ascii_whitespace).any(|word| word == wanted)
    }
}

/// The application has to send the person to the hosted pages.
pub fn redirect(why: &str) -> Value {
    json!({ "challenge_type": "redirect", "redirect_reason": why })
}
