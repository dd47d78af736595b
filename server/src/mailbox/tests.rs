//! The mailbox over a real outbox.

use super::*;
use crate::{
    clock::{Chance, Clock},
    config::{Config, Sources},
    directory::{
        Db, Durability,
        outbox::Waiting,
        tenant::{self, Kind, Tenant},
    },
    folder::Folder,
    mail::compose::{Mail as Told, compose},
};
use app::contract::{
    brand::{Brand, Colour},
    id::TenantId,
};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::Value;
use std::collections::BTreeMap;
use tower::ServiceExt;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

struct House {
    state: AppState,
    tenant: TenantId,
    _folder: Folder,
}

fn brand() -> Brand {
    Brand { name: "Woodgrove".into(), logo: None, background: None, colour: Colour::default(), links: Vec::new() }
}

impl House {
    async fn open() -> House {
        let folder = Folder::new();
        let db = Db::open(&folder.database_url()).await.unwrap();
        db.migrate().await.unwrap();
        let variables = BTreeMap::from([("PORTICO_SEAL_KEY".to_string(), KEY.to_string())]);
        let config = Config::read(Sources { variables, file: None, folder: &folder }).unwrap();
        let clock = Clock::held(Timestamp(1_800_000_000_000));
        let state = AppState::new(config, db, clock, Chance::System).unwrap();
        let tenant = TenantId::from("5d0a1111-2222-4333-8444-555566667777");
        let woodgrove = Tenant {
            id: tenant.clone(),
            kind: Kind::External,
            name: "Woodgrove".into(),
            brand: brand(),
            passcode_enabled_at: None,
            password_accounts_since: None,
            passcode_accounts_since: None,
            sign_out: Default::default(),
        };
        tenant::insert(&state.db, woodgrove, vec!["demo".into()], state.clock.now()).await.unwrap();
        House { state, tenant, _folder: folder }
    }

    /// Writes a code to somebody, a second after whatever came before.
    async fn write(&self, id: &'static str, to: &str, application: &str, code: &str) {
        self.state.clock.advance(Duration::from_secs(1));
        let told = Told::Code { code: code.into(), application: application.into(), minutes: 10 };
        let plain = serde_json::to_vec(&compose(&told, to, &brand(), &app::text::texts("en"))).unwrap();
        let sealed = self.state.seal.seal(&self.state.chance, &outbox::context(&self.tenant, id), &plain);
        let (tenant, now) = (self.tenant.clone(), self.state.clock.now());
        let waiting = Waiting { id: id.into(), address: to.into(), sealed, expires_at: now + Duration::from_secs(600) };
        let insert = self.state.db.write(Durability::Lasting, move |c| {
            Box::pin(async move { outbox::insert(&tenant, &waiting, now).run(c).await })
        });
        insert.await.unwrap();
    }

    async fn response(&self, at: &str) -> Response {
        let request = Request::builder().uri(at).body(Body::empty()).unwrap();
        routes().with_state(self.state.clone()).oneshot(request).await.unwrap()
    }

    async fn get(&self, at: &str) -> (StatusCode, String) {
        let response = self.response(at).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

#[tokio::test]
async fn the_newest_mail_for_an_address_is_told_to_tests() {
    let house = House::open().await;
    let (status, body) = house.get("/dev/mail/latest?to=ada@example.org").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(serde_json::from_str::<Value>(&body).unwrap()["error"].is_string());

    house.write("a", "ada@example.org", "Woodgrove Groceries", "11112222").await;
    house.write("b", "Ada@Example.org", "Woodgrove Groceries", "48210937").await;
    house.write("c", "eve@example.org", "Woodgrove Groceries", "33334444").await;
    let (status, body) = house.get("/dev/mail/latest?to=ADA@example.org").await;
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &told["code"], &told["to"]), (StatusCode::OK, &"48210937".into(), &"Ada@Example.org".into()));
    assert!(told["subject"].is_string() && told["text"].as_str().unwrap().contains("48210937"));
    assert_eq!(told["at"], 1_800_000_002_000_i64);
    assert_eq!(house.get("/dev/mail/latest").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_mail_is_on_the_page_the_newest_first() {
    let house = House::open().await;
    assert!(house.get("/dev/mail").await.1.contains("No mail yet"));
    house.write("a", "ada@example.org", "Woodgrove Groceries", "11112222").await;
    house.write("b", "eve@example.org", "Woodgrove Groceries", "48210937").await;
    let (_, page) = house.get("/dev/mail").await;
    let (a, b) = (page.find("ada@example.org").unwrap(), page.find("eve@example.org").unwrap());
    assert!(b < a && page.contains("data-code=\"48210937\"") && page.contains("08:00:02 UTC"), "{page}");
}

#[tokio::test]
async fn r21_a_letter_is_shown_where_nothing_runs() {
    let house = House::open().await;
    house.write("a", "ada@example.org", "<script>alert(1)</script>", "11112222").await;
    let response = house.response("/dev/mail/letters/a").await;
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && policy.ends_with("; sandbox") && !policy.contains("script-src")
    );
    let (_, page) = house.get("/dev/mail").await;
    assert!(page.contains("sandbox=\"\"") && !page.contains("<script>"), "{page}");
    // A letter that the outbox does not know.
    assert_eq!(house.get("/dev/mail/letters/b").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_watches_is_told_the_newest_at_once() {
    let house = House::open().await;
    house.write("a", "ada@example.org", "Woodgrove Groceries", "11112222").await;
    let mut stream = house.response("/dev/mail/live").await.into_body().into_data_stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("data: a\n"), "{first:?}");
    house.write("b", "eve@example.org", "Woodgrove Groceries", "33334444").await;
    let next = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&next).contains("data: b\n"), "{next:?}");
}
