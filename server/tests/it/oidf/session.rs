//! Session management: the page in a frame, computed here as its script computes it in a browser
//! (`end2end/tests/check-session.spec.ts` asks the page itself).

use super::{
    Run, in_profiles,
    logout::{BACK, HINT, leaves, signed_in},
};
use server::secret::token;

/// What the page would answer for this application.
fn answers(run: &Run, told: &str) -> &'static str {
    let name = run.ada.cookies().into_iter().find(|name| name.contains("browser-state")).unwrap();
    let (_, salt) = told.split_once('.').unwrap();
    let words = [run.shop.id.as_str(), "https://shop.example.test", &run.ada.cookie(&name).unwrap(), salt];
    if format!("{}.{salt}", token::hash(&words.join(" "))) == told { "unchanged" } else { "changed" }
}

#[tokio::test]
async fn oidcc_session_management_discovery_endpoint_verification() {
    in_profiles("B", async |run| {
        let document = run.discovery().await;
        for endpoint in ["check_session_iframe", "end_session_endpoint"] {
            assert!(document[endpoint].as_str().unwrap().starts_with("https://"), "{endpoint}");
        }
    })
    .await;
}

#[tokio::test]
async fn oidcc_session_management_rp_initiated_logout() {
    in_profiles("B", async |mut run| {
        let (id_token, _) = signed_in(&mut run).await;
        let (_, answer) = run.signs_in(&[]).await;
        let told = answer["session_state"].clone();
        assert_eq!(answers(&run, &told), "unchanged");
        let back = run.shop.redirect_uri.clone();
        leaves(&mut run, &[(HINT, &id_token), (BACK, &back), ("state", "s")]).await;
        assert_eq!(run.ada.left_for, Some(format!("{back}?state=s")));
        assert_eq!(answers(&run, &told), "changed");
    })
    .await;
}
