//! RP-initiated, front-channel and back-channel logout. The suite wants nobody sent back without a hint: the tenant has chosen
//! so.

use super::{Run, in_profiles};
use serde_json::Value;
use server::{
    directory::tenant::{self, SignOut},
    oidc::goodbye,
};

/// Ada is signed in, by an application of the basic plan; and her ID token.
pub(super) async fn signed_in(run: &mut Run) -> (String, Value) {
    let stay = SignOut::Stay;
    run.server.write(move |c, tenant, _| Box::pin(async move { tenant::set_sign_out(c, &tenant, stay).await })).await;
    run.server.state.db.forget();
    let (_, answer) = run.signs_in(&[]).await;
    let id_token = run.redeem(&answer["code"]).await["id_token"].as_str().unwrap().to_owned();
    let claims = run.shop.verify(&id_token, "JWT").await;
    (id_token, claims)
}

pub(super) async fn leaves(run: &mut Run, parameters: &[(&str, &str)]) {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    run.ada.open(&format!("/{}/oauth2/v2.0/logout?{query}", run.shop.tenant)).await;
}

/// The page that says it is done, at once or after the question.
async fn is_signed_out_here(run: &mut Run) {
    assert!(run.ada.left_for.is_none(), "{:?}", run.ada.left_for);
    if run.ada.heading() == "Sign out of Woodgrove?" {
        run.ada.press("Sign out").await;
    }
    assert!(run.ada.left_for.is_none(), "{:?}", run.ada.left_for);
    assert_eq!(run.ada.heading(), "You are signed out");
    run.opens(&[("prompt", "none")]).await;
    assert_eq!(run.shop.answer(&run.ada).unwrap()["error"], "login_required");
}

async fn returns_with(state: Option<&'static str>) {
    in_profiles("B", async |mut run| {
        let (id_token, _) = signed_in(&mut run).await;
        let back = run.shop.redirect_uri.clone();
        let mut parameters = vec![("id_token_hint", id_token.as_str()), ("post_logout_redirect_uri", &back)];
        parameters.extend(state.map(|state| ("state", state)));
        leaves(&mut run, &parameters).await;
        let wanted = state.map_or(back.clone(), |state| format!("{back}?state={state}"));
        assert_eq!(run.ada.left_for, Some(wanted));
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    in_profiles("B", async |run| {
        assert!(run.discovery().await["end_session_endpoint"].as_str().unwrap().starts_with("https://"));
    })
    .await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    returns_with(Some("xyz")).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    returns_with(None).await;
}

/// What is not in order leads nowhere.
async fn stays(change: impl Fn(&Run, &str) -> Vec<(&'static str, String)>) {
    in_profiles("B", async |mut run| {
        let (id_token, _) = signed_in(&mut run).await;
        let parameters = change(&run, &id_token);
        let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        leaves(&mut run, &parameters).await;
        is_signed_out_here(&mut run).await;
    })
    .await;
}

pub(super) const HINT: &str = "id_token_hint";
pub(super) const BACK: &str = "post_logout_redirect_uri";

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    stays(|_, hint| vec![(HINT, hint.into()), (BACK, "https://evil.example/".into()), ("state", "s".into())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    stays(|run, hint| vec![(HINT, hint.into()), (BACK, format!("{}?foo=bar", run.shop.redirect_uri))]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    let modified = |hint: &str| {
        let parts: Vec<&str> = hint.split('.').collect();
        format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>())
    };
    stays(|run, hint| vec![(HINT, modified(hint)), (BACK, run.shop.redirect_uri.clone())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    stays(|run, _| vec![(HINT, "bad".into()), (BACK, run.shop.redirect_uri.clone())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    stays(|run, _| vec![(BACK, run.shop.redirect_uri.clone()), ("state", "s".into())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    stays(|_, _| Vec::new()).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    stays(|_, hint| vec![(HINT, hint.into()), ("state", "s".into())]).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    stays(|_, _| vec![("state", "s".into())]).await;
}

async fn is_offered(words: &'static [&'static str]) {
    in_profiles("B", async |run| {
        let document = run.discovery().await;
        assert!(words.iter().all(|word| document[word] == true), "{words:?}");
    })
    .await;
}

#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    is_offered(&["frontchannel_logout_supported", "frontchannel_logout_session_supported"]).await;
}

#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    is_offered(&["backchannel_logout_supported", "backchannel_logout_session_supported"]).await;
}

#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    in_profiles("B", async |mut run| {
        let listening = run.server.application_over(&run.shop.flow, |made| {
            made.protocol.front_channel_logout_url = Some("https://shop.example.test/front".into());
        });
        run.shop = listening.await;
        let (id_token, claims) = signed_in(&mut run).await;
        let back = run.shop.redirect_uri.clone();
        leaves(&mut run, &[(HINT, &id_token), (BACK, &back), ("state", "s")]).await;
        let frame = url::Url::parse(&run.ada.page.attribute("iframe", "src").unwrap()).unwrap();
        let told: std::collections::BTreeMap<String, String> = frame.query_pairs().into_owned().collect();
        assert_eq!(told["iss"], run.shop.issuer());
        assert_eq!(told["sid"], claims["sid"].as_str().unwrap());
        assert_eq!(run.ada.page.attribute("a#onward", "href"), Some(format!("{back}?state=s")));
    })
    .await;
}

#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    in_profiles("B", async |mut run| {
        let listening = run.server.application_over(&run.shop.flow, |made| {
            made.protocol.back_channel_logout_url = Some("https://shop.example.test/back".into());
        });
        run.shop = listening.await;
        let (id_token, claims) = signed_in(&mut run).await;
        let back = run.shop.redirect_uri.clone();
        leaves(&mut run, &[(HINT, &id_token), (BACK, &back), ("state", "s")]).await;
        assert_eq!(run.ada.left_for, Some(format!("{back}?state=s")));
        goodbye::say_due(&run.server.state).await.unwrap();
        let calls = run.server.state.outbound.calls().await;
        assert_eq!(calls[0].form.len(), 1);
        let told = run.shop.signed(&calls[0].form[0].1, "logout+jwt").await;
        assert_eq!((&told["sub"], &told["sid"], &told["aud"]), (&claims["sub"], &claims["sid"], &claims["aud"]));
        assert!(told["nonce"].is_null() && told["iat"].is_i64() && told["jti"].is_string());
        assert!(told["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
    })
    .await;
}
