//! The ready tenant of development: it stands where the server stands now.

use crate::harness::{ORIGIN, TestServer, on_both};
use server::{
    administration::{self, PORTAL},
    demo,
    directory::{
        application::{self, Application},
        tenant,
    },
    seed,
};
use std::sync::Arc;

/// Another port than at the first start, and the demo shop still lets people in, and is found.
#[tokio::test]
async fn the_demo_shop_moves_with_the_server() {
    on_both(async |server: TestServer| {
        let before = redirect_uris(&*shop(&server).await);
        let moved = moved(&server).await;
        for _ in 0..2 {
            let shop = shop(&moved).await;
            let after = redirect_uris(&shop);
            assert!(after.contains(&format!("https://moved.example.test{}", demo::REDIRECT_PATH)), "{after:?}");
            // Where it was it may be again tomorrow.
            assert!(before.iter().all(|uri| after.contains(uri)) && after.len() == 2 * before.len(), "{after:?}");
            assert_eq!(shop.home_url.as_deref(), Some("https://moved.example.test/"));
        }
        // Back again: where people come back to is known already, and where they find it follows all the same.
        assert_eq!(shop(&server).await.home_url, Some(format!("{ORIGIN}/")));
    })
    .await;
}

#[tokio::test]
async fn what_an_administrator_says_of_the_shop_stays() {
    on_both(async |server: TestServer| {
        let before = shop(&server).await;
        let state = &server.state;
        let tenant = tenant::get(&state.db, seed::TENANT).await.unwrap();
        let own = Some("https://groceries.example/".to_owned());
        let uris = before.redirect_uris.clone();
        application::set_addresses(&state.db, &tenant.id, &before.id, own.clone(), uris).await.unwrap();
        assert_eq!(shop(&moved(&server).await).await.home_url, own);
    })
    .await;
}

#[tokio::test]
async fn the_portal_is_found_where_the_server_is() {
    on_both(async |server: TestServer| {
        administration::ensure(&server.state).await.unwrap();
        let moved = moved(&server).await;
        administration::ensure(&moved.state).await.unwrap();
        let home = administration::TENANT_ID.into();
        let portal = application::find(&moved.state.db, &home, &PORTAL.into()).await.unwrap().unwrap();
        assert_eq!(portal.home_url.as_deref(), Some("https://moved.example.test/admin/"));
        assert_eq!(redirect_uris(&portal), ["https://moved.example.test/admin/"]);

        // An earlier build moved to here, and left the portal to be found where it was.
        let (db, before) = (&moved.state.db, Some(format!("{ORIGIN}/admin/")));
        let uris = portal.redirect_uris.clone();
        application::set_addresses(db, &home, &PORTAL.into(), before, uris).await.unwrap();
        administration::ensure(&moved.state).await.unwrap();
        let portal = application::find(db, &home, &PORTAL.into()).await.unwrap().unwrap();
        assert_eq!(portal.home_url.as_deref(), Some("https://moved.example.test/admin/"));
    })
    .await;
}

/// The same server, at another address.
async fn moved(server: &TestServer) -> TestServer {
    let at = |address: &str| ("PORTICO_PUBLIC_URL".to_owned(), address.to_owned());
    server.with_config(|variables| variables.extend([at("https://moved.example.test")])).await
}

/// As it is after a start.
async fn shop(server: &TestServer) -> Arc<Application> {
    let state = &server.state;
    // Another server may have moved it.
    state.db.forget();
    seed::seed(state).await.unwrap();
    let tenant = tenant::get(&state.db, seed::TENANT).await.unwrap();
    application::find(&state.db, &tenant.id, &demo::CLIENT_ID.into()).await.unwrap().unwrap()
}

fn redirect_uris(application: &Application) -> Vec<String> {
    application.redirect_uris.iter().map(|known| known.uri.clone()).collect()
}
