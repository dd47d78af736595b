//! One request: with a good token, in the directory that was chosen; its answer read, or why there is none.

use super::super::{
    browser::here,
    desk::desk,
    session::{Opened, Session, leave},
    trouble::Trouble,
    understood::understood,
};
use crate::{contract::resource::collection::Collection, json};
use gloo_net::http::{Request, RequestBuilder, Response};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

pub type Result<T> = std::result::Result<T, Trouble>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

#[derive(Clone, Copy)]
pub struct Client {
    pub session: Session,
    /// The id of the directory that every call is about; empty until one is chosen.
    pub directory: RwSignal<String>,
    /// Requests that are not answered yet.
    pub under_way: RwSignal<u32>,
}

/// The one that the portal was opened with.
pub fn client() -> Client {
    desk().client
}

/// What is asked of the server.
struct Ask<'a> {
    method: Method,
    path: &'a str,
    /// What the thing was when it was read, so that nobody's save is overwritten unseen.
    etag: Option<&'a str>,
    /// In which words the answer is wanted, where that is not JSON.
    accept: Option<&'a str>,
    body: Option<Body>,
}

impl<'a> Ask<'a> {
    fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, etag: None, accept: None, body: None }
    }

    fn with(self, body: Body) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Client {
    pub(super) async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T> {
        read(&self.call(Ask::new(Method::Get, path)).await?)
    }

    /// Every row of a list that is short enough to be shown whole.
    pub(super) async fn list<T: DeserializeOwned>(self, path: &str) -> Result<Vec<T>> {
        let mut page: Collection<T> = self.get(path).await?;
        let mut rows = std::mem::take(&mut page.value);
        while let Some(next) = page.next.take() {
            page = self.next(&next).await?;
            rows.append(&mut page.value);
        }
        Ok(rows)
    }

    /// The page after one that was answered.
    pub async fn next<T: DeserializeOwned>(self, address: &str) -> Result<Collection<T>> {
        let root = self.address("");
        // A token goes to our own server only, whatever an answer says.
        let path = address.strip_prefix(&root).ok_or(Trouble::Strange(200))?;
        self.get(path).await
    }

    /// A document as it is written, in words of this kind.
    pub(super) async fn text(self, path: &str, kind: &str) -> Result<String> {
        self.call(Ask { accept: Some(kind), ..Ask::new(Method::Get, path) }).await
    }

    pub(super) async fn send_text<T: DeserializeOwned>(self, path: &str, kind: &str, text: &str) -> Result<T> {
        let body = Body { kind: kind.into(), content: text.into() };
        read(&self.call(Ask::new(Method::Post, path).with(body)).await?)
    }

    pub(super) async fn send<T: DeserializeOwned>(
        self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        read(&self.call(Ask::new(method, path).with(written(body))).await?)
    }

    pub(super) async fn act(self, method: Method, path: &str, body: &impl Serialize) -> Result<()> {
        self.call(Ask::new(method, path).with(written(body))).await.map(|_| ())
    }

    pub(super) async fn change(self, path: &str, etag: Option<&str>, body: &impl Serialize) -> Result<()> {
        self.call(Ask { etag, ..Ask::new(Method::Patch, path) }.with(written(body))).await.map(|_| ())
    }

    pub(super) async fn delete(self, path: &str) -> Result<()> {
        self.call(Ask::new(Method::Delete, path)).await.map(|_| ())
    }

    pub(super) async fn put(self, path: &str, file: &web_sys::File) -> Result<()> {
        let body = Body { kind: file.type_(), content: file.into() };
        self.call(Ask::new(Method::Put, path).with(body)).await.map(|_| ())
    }

    /// The whole address of a path, as references name it.
    pub(super) fn address(self, path: &str) -> String {
        format!("{}/v1.0{path}", self.session.portal.with_value(|portal| portal.graph.clone()))
    }

    async fn call(self, ask: Ask<'_>) -> Result<String> {
        self.under_way.update(|requests| *requests += 1);
        let answer = self.answered(ask).await;
        self.under_way.update(|requests| *requests -= 1);
        answer
    }

    /// A token that the server no longer believes is renewed once; after that the person signs in again, and comes back here.
    async fn answered(self, ask: Ask<'_>) -> Result<String> {
        let mut renewed = false;
        // A new token may take long, and the administrator be in another directory by then.
        let directory = self.directory.get_untracked();
        loop {
            let Some(token) = self.session.token().await else { return self.sign_in_again().await };
            let answer = self.once(&ask, &token, &directory).await?;
            let (status, text) = (answer.status(), answer.text().await.map_err(|_| Trouble::NoConnection)?);
            match status {
                200..=299 => return Ok(text),
                401 if renewed || self.session.renew().await.is_none() => return self.sign_in_again().await,
                401 => renewed = true,
                status => return Err(Trouble::of(status, &text)),
            }
        }
    }

    async fn once(self, ask: &Ask<'_>, token: &str, directory: &str) -> Result<Response> {
        let address = self.address(ask.path);
        let request: RequestBuilder = match ask.method {
            Method::Get => Request::get(&address),
            Method::Post => Request::post(&address),
            Method::Patch => Request::patch(&address),
            Method::Put => Request::put(&address),
            Method::Delete => Request::delete(&address),
        };
        // Branding is asked by language, and the browser's own would mean that one: 0 is the branding for everybody.
        let mut request = request.header("authorization", &format!("Bearer {token}")).header("accept-language", "0");
        if !directory.is_empty() {
            request = request.header("portico-tenant", directory);
        }
        for (name, value) in [("if-match", ask.etag), ("accept", ask.accept)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = match &ask.body {
            Some(body) => request.header("content-type", &body.kind).body(body.content.clone()),
            None => request.build(),
        };
        request.map_err(|_| Trouble::NoConnection)?.send().await.map_err(|_| Trouble::NoConnection)
    }

    async fn sign_in_again(self) -> Result<String> {
        match leave(&self.session.portal.get_value(), &here()).await {
            Opened::Leaving | Opened::SignedOut | Opened::SignedIn(..) | Opened::Refused(_) => {
                Err(Trouble::SignInAgain)
            }
        }
    }
}

struct Body {
    kind: String,
    content: JsValue,
}

fn written(body: &impl Serialize) -> Body {
    // Our own types always have a JSON form.
    let content = serde_json::to_value(body).map(|body| json::text(&body)).unwrap_or_default();
    Body { kind: "application/json".into(), content: content.into() }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    understood(text).ok_or(Trouble::Strange(200))
}

/// A piece of a path or a query.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
