//! A layout that is saved while attribute pages are open: who hears of it, from which server, and who does not.

use crate::harness::{Application, Browser, TestServer, input, on_both};
use app::contract::{
    journey::{Page, Step},
    user_flow::Input,
};
use axum::{
    body::{Body, BodyDataStream},
    http::{Method, StatusCode},
    response::Response,
};
use futures::StreamExt;
use server::directory::notice;
use tokio::select;

/// An attribute page that listens.
struct Open {
    browser: Browser,
    stream: BodyDataStream,
}

impl Open {
    /// The next thing that the server says.
    async fn hears(&mut self) -> String {
        String::from_utf8(self.stream.next().await.unwrap().unwrap().to_vec()).unwrap()
    }

    /// What the page does then.
    async fn looks(&self) -> Page {
        let mut request = self.browser.request(Method::GET, &self.browser.page.path);
        request.headers_mut().unwrap().insert("accept", "application/json".parse().unwrap());
        let answered = self.browser.send(request.body(Body::empty()).unwrap()).await;
        serde_json::from_slice(&answered.body).unwrap()
    }
}

async fn listen(server: &TestServer, browser: &Browser, revision: i64) -> Response {
    let path = format!("{}/live?revision={revision}", browser.page.path);
    server.begin(browser.request(Method::GET, &path).body(Body::empty()).unwrap()).await
}

/// At the attribute page of a new person, by this server.
async fn at_attributes(server: &TestServer, shop: &Application, address: &str) -> Browser {
    let mut browser = server.browser();
    shop.asks(&mut browser).await;
    browser.prove_new_address(address).await;
    assert_eq!(browser.heading(), "Tell us about yourself");
    browser
}

async fn open(server: &TestServer, shop: &Application, address: &str) -> Open {
    let browser = at_attributes(server, shop, address).await.through(server);
    let response = listen(server, &browser, 1).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut open = Open { browser, stream: response.into_body().into_data_stream() };
    assert!(open.hears().await.starts_with("retry: "), "the stream stands at once");
    open
}

/// A flow without passwords, so that nobody waits for a hash.
async fn shop(server: &TestServer) -> Application {
    server.flow(|flow| flow.method = app::contract::user_flow::Method::Passcode).await
}

async fn ask_for_city(server: &TestServer, shop: &Application) {
    let city = Input { required: true, ..input("city", "City") };
    server.save_flow(&shop.flow, |flow| flow.layout.inputs.insert(0, city)).await;
}

async fn tell(server: &TestServer) -> usize {
    server.state.open_pages.tell(&server.state.db).await.unwrap()
}

#[tokio::test]
async fn a_saved_layout_is_told_to_open_pages_of_every_server() {
    on_both(async |server| {
        let other = server.another().await;
        let shop = shop(&server).await;
        let (mut ada, mut bea) =
            (open(&server, &shop, "ada@example.org").await, open(&other, &shop, "bea@example.org").await);
        assert_eq!(server.state.open_pages.of(&server.tenant, &shop.flow), 1);
        assert_eq!(tell(&other).await, 0, "nothing is new yet");

        ask_for_city(&server, &shop).await;
        assert_eq!((tell(&server).await, tell(&other).await), (1, 1));
        for page in [&mut ada, &mut bea] {
            assert_eq!(page.hears().await, "data: 2\n\n");
            let Step::Attributes { revision: 2, fields, .. } = page.looks().await.step else {
                panic!("an older layout")
            };
            assert_eq!(fields[0].attribute, "city");
        }
        drop(ada);
        assert_eq!(server.state.open_pages.of(&server.tenant, &shop.flow), 0);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_drawn_before_the_save_hears_of_it_when_it_begins_to_listen() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let browser = at_attributes(&server, &shop, "ada@example.org").await;
        ask_for_city(&server, &shop).await;
        let mut ada = Open { stream: listen(&server, &browser, 1).await.into_body().into_data_stream(), browser };
        assert!(ada.hears().await.starts_with("retry: "));
        assert_eq!(ada.hears().await, "data: 2\n\n");
    })
    .await;
}

#[tokio::test]
async fn r03_only_the_journeys_browser_hears_and_only_at_its_attribute_page() {
    on_both(async |server| {
        let shop = shop(&server).await;
        let mut ada = at_attributes(&server, &shop, "ada@example.org").await;
        let mut stranger = server.browser();
        shop.asks(&mut stranger).await;
        assert_eq!(listen(&server, &stranger, 1).await.status(), StatusCode::NO_CONTENT, "at the first page");
        stranger.page.path = ada.page.path.clone();
        assert_eq!(listen(&server, &stranger, 1).await.status(), StatusCode::NO_CONTENT, "of somebody else's journey");

        let path = ada.page.path.clone();
        ada.fill(&[("Display name", "Ada")]).press("Create account").await;
        ada.page.path = path;
        assert_eq!(listen(&server, &ada, 1).await.status(), StatusCode::NO_CONTENT, "of a journey that is over");
    })
    .await;
}

#[tokio::test]
async fn a_save_wakes_every_server_at_once() {
    on_both(async |server| {
        let (other, shop) = (server.another().await, shop(&server).await);
        if !other.config().database_url.reveal().starts_with("postgres") {
            // There is one server; a command's save is found by looking.
            ask_for_city(&server, &shop).await;
            return server.state.db.changed().await;
        }
        let woken = async {
            // Once when it hears, and once for the save.
            other.state.db.changed().await;
            ask_for_city(&server, &shop).await;
            other.state.db.changed().await;
        };
        select! {
            () = woken => {}
            ended = notice::listen(&other.state.db) => panic!("{ended:?}"),
        }
    })
    .await;
}
