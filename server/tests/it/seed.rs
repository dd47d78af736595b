//! The ready tenant of development: it stands where the server stands now.

use crate::harness::{TestServer, on_both};
use server::{
    demo,
    directory::{application, tenant},
    seed,
};

/// Another port than at the first start, and the demo shop still lets people in.
#[tokio::test]
async fn the_demo_shop_moves_with_the_server() {
    on_both(async |server: TestServer| {
        let before = redirect_uris(&server).await;
        let moved = server
            .with_config(|variables| {
                variables.insert("PORTICO_PUBLIC_URL".into(), "https://moved.example.test".into());
            })
            .await;
        for _ in 0..2 {
            let after = redirect_uris(&moved).await;
            assert!(after.contains(&format!("https://moved.example.test{}", demo::REDIRECT_PATH)), "{after:?}");
            // Where it was it may be again tomorrow.
            assert!(before.iter().all(|uri| after.contains(uri)) && after.len() == 2 * before.len(), "{after:?}");
        }
    })
    .await;
}

/// As they are after a start.
async fn redirect_uris(server: &TestServer) -> Vec<String> {
    let state = &server.state;
    seed::seed(state).await.unwrap();
    let tenant = tenant::get(&state.db, seed::TENANT).await.unwrap();
    let shop = application::find(&state.db, &tenant.id, &demo::CLIENT_ID.into()).await.unwrap().unwrap();
    shop.redirect_uris.iter().map(|known| known.uri.clone()).collect()
}
