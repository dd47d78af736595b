//! A browser: keeps cookies, follows redirects inside the house, and sends the form that it was given.

use super::{
    form::{Page, Submission},
    server::{Answered, TestServer},
};
use app::{
    contract::journey::{self, Step},
    shell::{self, Scripts},
    text,
};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Clones are tabs: they have their cookies in common and each a page of its own.
#[derive(Clone)]
pub struct Browser {
    pub server: TestServer,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
    /// Every Set-Cookie that ever came.
    set: Arc<Mutex<Vec<String>>>,
    address: IpAddr,
    languages: String,
    /// Whether the page's script sends the forms: the same fields as JSON, and the next page drawn from JSON.
    scripts: bool,
    pub page: Page,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Where the house sent us when it was somewhere else: the application.
    pub left_for: Option<String>,
}

impl Browser {
    pub(super) fn new(server: TestServer, address: IpAddr) -> Self {
        Self {
            server,
            jar: Arc::default(),
            set: Arc::default(),
            address,
            languages: "en".into(),
            scripts: false,
            page: Page::default(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            left_for: None,
        }
    }

    pub fn with_scripts(self) -> Self {
        Self { scripts: true, ..self }
    }

    pub fn reading(self, languages: &str) -> Self {
        Self { languages: languages.into(), ..self }
    }

    /// Another place on the net.
    pub fn at(self, address: &str) -> Self {
        Self { address: address.parse().unwrap(), ..self }
    }

    /// The same browser, and another server of the same house answers.
    pub fn through(self, server: &TestServer) -> Self {
        Self { server: server.clone(), ..self }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    pub fn cookies(&self) -> Vec<String> {
        self.jar.lock().unwrap().keys().cloned().collect()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.into(), value.into());
    }

    pub fn forget_cookies(&self) {
        self.jar.lock().unwrap().clear();
    }

    /// Every Set-Cookie that this browser was ever sent.
    pub fn cookies_ever_set(&self) -> Vec<String> {
        self.set.lock().unwrap().clone()
    }

    /// Types an address, or follows a link.
    pub async fn open(&mut self, path: &str) -> &mut Self {
        self.left_for = None;
        let request = self.request(Method::GET, path).header("sec-fetch-site", "none");
        let answered = self.send(request.body(Body::empty()).unwrap()).await;
        self.show(path.to_owned(), answered).await
    }

    pub async fn reload(&mut self) -> &mut Self {
        let path = self.page.path.clone();
        self.open(&path).await
    }

    pub fn fill<'a>(&'a mut self, typed: &[(&str, &str)]) -> Filled<'a> {
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Filled { browser: self, typed }
    }

    /// Sends the form of this button as it stands.
    pub async fn press(&mut self, button: &str) -> &mut Self {
        self.fill(&[]).press(button).await
    }

    /// Whatever pairs to whatever path, in the manner of this browser's pages.
    pub async fn submit(&mut self, submission: Submission) -> &mut Self {
        self.left_for = None;
        if self.scripts { self.submit_json(submission).await } else { self.submit_form(submission).await }
    }

    async fn submit_form(&mut self, Submission { path, pairs }: Submission) -> &mut Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let request = self
            .request(Method::POST, &path)
            .header("content-type", "application/x-www-form-urlencoded")
            // Under Referrer-Policy no-referrer a plain form has no origin (Fetch, "append a request Origin header").
            .header("origin", "null")
            .header("sec-fetch-site", "same-origin");
        let answered = self.send(request.body(body.into()).unwrap()).await;
        self.show(path, answered).await
    }

    /// What `app::hosted::send` does in a real browser.
    async fn submit_json(&mut self, Submission { path, pairs }: Submission) -> &mut Self {
        let mut request = self.request(Method::POST, &path);
        request.headers_mut().unwrap().insert(header::ACCEPT, "application/json".parse().unwrap());
        let request = request
            .header("content-type", "application/json")
            .header("origin", self.server.origin())
            .header("sec-fetch-site", "same-origin");
        let answered = self.send(request.body(flat(&pairs).into()).unwrap()).await;
        if !answered.status.is_success() {
            return self.show(path, answered).await;
        }
        let page: journey::Page = serde_json::from_slice(&answered.body).unwrap();
        match page.step {
            Step::Done { location } => Box::pin(self.open(&location)).await,
            _ => {
                let texts = text::texts(&page.language);
                self.page = Page { path, html: shell::hosted(&page, &texts, &Scripts::default(), "nonce") };
                (self.status, self.headers) = (answered.status, answered.headers);
                self
            }
        }
    }

    /// The answer, or where it leads as long as that is inside the house.
    async fn show(&mut self, path: String, mut answered: Answered) -> &mut Self {
        let mut path = path;
        for _ in 0..10 {
            let Some(location) = answered.leads_to() else {
                self.page = Page { path, html: answered.text() };
                (self.status, self.headers) = (answered.status, answered.headers);
                return self;
            };
            let Some(inside) = inside(&self.server.origin(), &location) else {
                self.left_for = Some(location);
                (self.status, self.headers) = (answered.status, answered.headers);
                return self;
            };
            path = inside;
            let request = self.request(Method::GET, &path).header("sec-fetch-site", "same-origin");
            answered = self.send(request.body(Body::empty()).unwrap()).await;
        }
        panic!("redirects in circles at {path}");
    }

    /// A request with this browser's cookies and headers.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.server.host())
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("accept-language", &self.languages);
        let jar = self.jar.lock().unwrap();
        if jar.is_empty() {
            return request;
        }
        let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header("cookie", cookies.join("; "))
    }

    /// Sends it and keeps the cookies of the answer. Nothing a browser does may break the server.
    pub async fn send(&self, request: Request<Body>) -> Answered {
        let what = format!("{} {}", request.method(), request.uri());
        // No two things happen in the same moment.
        self.server.clock.advance(Duration::from_millis(1));
        let answered = self.server.send_from(self.address, request).await;
        assert_ne!(answered.status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
        for cookie in answered.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        answered
    }

    fn keep(&self, cookie: &str) {
        self.set.lock().unwrap().push(cookie.to_owned());
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let has = |wanted: &str| attributes.split(';').any(|it| it.trim().eq_ignore_ascii_case(wanted));
        // RFC 6265bis §4.1.3.2: or the browser throws it away.
        if name.starts_with("__Host-") && !(has("Secure") && has("Path=/") && !attributes.contains("Domain")) {
            return;
        }
        let mut jar = self.jar.lock().unwrap();
        if has("Max-Age=0") {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// A form with something typed into it.
pub struct Filled<'a> {
    browser: &'a mut Browser,
    typed: Vec<(String, String)>,
}

impl<'a> Filled<'a> {
    pub async fn press(self, button: &str) -> &'a mut Browser {
        let submission = self.browser.page.submit(&self.typed, button);
        self.browser.submit(submission).await
    }
}

/// One value as a string, several of one name as a list.
fn flat(pairs: &[(String, String)]) -> String {
    let mut object = Map::new();
    for (name, value) in pairs {
        let value = Value::from(value.as_str());
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object).to_string()
}

/// A location in the house, as a path.
fn inside(origin: &str, location: &str) -> Option<String> {
    let path = location.strip_prefix(origin).unwrap_or(location);
    path.starts_with('/').then(|| path.to_owned())
}

impl Browser {
    pub fn heading(&self) -> String {
        self.page.heading()
    }

    pub fn text(&self) -> String {
        self.page.text()
    }

    pub fn faults(&self) -> Vec<String> {
        self.page.faults()
    }

    pub fn notice(&self) -> Option<String> {
        self.page.notice()
    }
}
