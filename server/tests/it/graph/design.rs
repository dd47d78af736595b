//! A tenant's design as a document: out, planned, and in again.

use super::{FLOWS, flow};
use crate::harness::{Administrator, TestServer, on_both};
use app::contract::permission::Role;
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use server::{
    directory::audit::{self, Verdict},
    graph::design::{Dialect, Document},
};
use std::io::Cursor;

const CONTOSO: &str = "11111111-6f0c-4f5c-8f7d-3a4c0a9d1b11";

/// Something of everything.
async fn designed(server: &TestServer) -> Administrator {
    let admin = server.administrator().await;
    admin.make("/identity/userFlowAttributes", json!({"displayName": "Loyalty number", "dataType": "int64"})).await;
    let flow = admin.make(FLOWS, flow("Shop")).await;
    let row = json!({"@odata.id": "https://login.example.test/graph/v1.0/identity/userFlowAttributes/extension_loyaltyNumber"});
    let answered = admin.post(&format!("{FLOWS}/{flow}/onAttributeCollection/attributes/$ref"), row).await;
    assert!(answered.status.is_success(), "{}", answered.text());
    let google = json!({"@odata.type": "microsoft.graph.socialIdentityProvider", "displayName": "Google",
        "identityProviderType": "Google", "clientId": "g", "clientSecret": "canary"});
    admin.make("/identity/identityProviders", google).await;
    server.application_over(&flow.as_str().into(), |_| ()).await;
    let at = format!("/organization/{}", server.tenant);
    for picture in ["bannerLogo", "backgroundImage"] {
        let answered = admin.put(&format!("{at}/branding/{picture}"), "image/png", png(picture)).await;
        assert_eq!(answered.status, 204, "{}", answered.text());
    }
    let answered = admin.post(&format!("{at}/branding/localizations"), json!({"id": "de"})).await;
    assert_eq!(answered.status, 201, "{}", answered.text());
    assert!(answered.header("location").ends_with(&format!("{at}/branding/localizations/de")));
    let told =
        json!({"signInPageText": "Ask [us](https://w.example/help)\nany day", "usernameHintText": "you@w.example"});
    assert_eq!(admin.patch(&format!("{at}/branding"), told).await.status, 204);
    let said = json!({"pages.signInHeading": "Willkommen im Laden"});
    assert_eq!(admin.patch(&format!("{at}/sentences/de"), said).await.status, 204);
    admin
}

/// Another picture for each word.
fn png(word: &str) -> Vec<u8> {
    let mut written = Vec::new();
    DynamicImage::new_rgba8(8, word.len() as u32).write_to(&mut Cursor::new(&mut written), ImageFormat::Png).unwrap();
    written
}

async fn export(admin: &Administrator, accept: &str) -> String {
    let answered = admin.send("GET", "/export", None, &[("accept", accept)]).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.text()
}

#[tokio::test]
async fn what_goes_out_makes_an_empty_tenant_the_same() {
    on_both(async |server| {
        let admin = designed(&server).await;
        let (json, toml) = (export(&admin, "application/json").await, export(&admin, "application/toml").await);
        assert!(!json.contains("canary") && !toml.contains("canary"), "r40: no secret leaves");
        assert_eq!(Document::read(toml.as_bytes(), Dialect::Toml).unwrap().write(Dialect::Json).unwrap(), json);

        server.make_tenant(CONTOSO.into(), "contoso").await;
        let contoso = admin.about(CONTOSO);
        // As if it were another server's: nothing that it names is here.
        server
            .write(|c, _, _| {
                Box::pin(async move { Ok(sqlx::query("DELETE FROM pictures").execute(c).await.map(|_| ())?) })
            })
            .await;
        let document: Value = serde_json::from_str(&json).unwrap();
        let planned = contoso.post("/import?plan=true", document.clone()).await.json();
        assert_eq!(planned["applied"], false);
        assert_ne!(export(&contoso, "application/json").await, json, "a plan changes nothing");

        let applied = contoso.post("/import", document.clone()).await;
        assert_eq!(applied.status, 200, "{}", applied.text());
        assert_eq!(applied.json()["changes"], planned["changes"]);
        assert_eq!(export(&contoso, "application/json").await, json);
        assert_eq!(export(&contoso, "application/toml").await, toml);
        let rows = planned["changes"].as_array().unwrap().len() as i64;
        let verdict = audit::verify(&server.state.db, &CONTOSO.into()).await.unwrap();
        assert_eq!(verdict, Verdict::Whole { rows }, "r41: a row for each change");
        let brand = serde_json::from_str::<Value>(&json).unwrap()["brand"].clone();
        for picture in ["logo", "background"] {
            assert_eq!(server.get(brand[picture].as_str().unwrap()).await.status, 200, "{picture}");
        }
        let again = contoso.post("/import?plan=true", document).await.json();
        assert_eq!(again["changes"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_plan_tells_each_property_and_a_stale_one_is_refused() {
    on_both(async |server| {
        let admin = designed(&server).await;
        let mut document: Value = serde_json::from_str(&export(&admin, "application/json").await).unwrap();
        let at = document["userFlows"].as_array().unwrap().iter().position(|it| it["name"] == "Shop").unwrap();
        document["userFlows"][at]["keepSignedIn"] = json!(true);
        document["userFlows"][at]["inputs"][1]["label"]["text"] = json!("What shall we call you?");
        let planned = admin.post("/import?plan=true", document.clone()).await.json();
        let changes = planned["changes"][0]["changes"].as_array().unwrap();
        let paths: Vec<&str> = changes.iter().map(|change| change["path"].as_str().unwrap()).collect();
        assert!(paths.contains(&"inputs/displayName/label/text"), "{paths:?}");

        let base = planned["base"].as_str().unwrap();
        admin.make("/identity/userFlowAttributes", json!({"displayName": "Tier"})).await;
        let stale = admin.post(&format!("/import?base={base}"), document.clone()).await;
        assert_eq!(stale.status, 412, "{}", stale.text());
        document["attributes"] =
            serde_json::from_str::<Value>(&export(&admin, "application/json").await).unwrap()["attributes"].clone();
        assert_eq!(admin.post("/import", document).await.status, 200);
        let shown = admin.read(FLOWS).await;
        let shop =
            shown["value"].as_array().unwrap().iter().find(|flow| flow["displayName"] == "Shop").unwrap().clone();
        assert_eq!(shop["revision"], 3, "published as the next revision: open pages hear of it");
    })
    .await;
}

#[tokio::test]
async fn r15_a_document_is_judged_as_a_whole_and_changes_nothing_when_it_is_wrong() {
    on_both(async |server| {
        let admin = designed(&server).await;
        let before = export(&admin, "application/json").await;
        let document: Value = serde_json::from_str(&before).unwrap();
        for (change, told) in [
            (
                &(|it: &mut Value| it["userFlows"][0]["inputs"][0]["attribute"] = json!("shoeSize"))
                    as &dyn Fn(&mut Value),
                "shoeSize",
            ),
            (
                &|it: &mut Value| it["applications"][0]["redirectUris"][0]["uri"] = json!("javascript:alert(1)"),
                "javascript",
            ),
            (
                &|it: &mut Value| {
                    it["applications"][0]["redirectUris"][0]["uri"] = json!("https://shop.example/..%2fcb")
                },
                "hides a dot or slash",
            ),
            (&|it: &mut Value| it["applications"][0]["homeUrl"] = json!("http://shop.example"), "no https address"),
            (
                &|it: &mut Value| {
                    it["applications"][0]["protocol"] = json!({"frontChannelLogoutUrl": "javascript:alert(1)"})
                },
                "javascript",
            ),
            (
                &|it: &mut Value| it["applications"][0]["notes"] = json!({"widgetOrigins": ["https://shop.example/x"]}),
                "An origin has no path",
            ),
            (
                &|it: &mut Value| {
                    it["applications"][0]["notes"] = json!({"identifierUris": ["https://login.example.test/graph"]});
                },
                "is an address of this server",
            ),
            (
                &|it: &mut Value| {
                    let mut one = it["applications"][0].clone();
                    one["notes"] = json!({"identifierUris": ["api://tasks"]});
                    let mut other = one.clone();
                    (other["id"], other["redirectUris"]) = (json!("other"), json!([]));
                    it["applications"] = json!([one, other]);
                },
                "what another application calls its API",
            ),
            (&|it: &mut Value| it["brand"]["links"][0]["url"] = json!("javascript:alert(1)"), "javascript"),
            (&|it: &mut Value| it["brand"]["logo"] = json!("//evil.example/x.svg"), "logo"),
            (&|it: &mut Value| it["people"] = json!(["Ada"]), "people"),
            (&|it: &mut Value| it["brand"]["background"] = json!("/pictures/unknown"), "unknown"),
            (&|it: &mut Value| it["sentences"]["de"]["pages.resendIn"] = json!("Wait"), "pages.resendIn"),
            (&|it: &mut Value| it["sentences"]["tlh"] = json!({}), "sentences/tlh"),
            (&|it: &mut Value| it["sentences"]["0"]["pages.signIn"] = json!("Come in"), "sentences/0/pages.signIn"),
            (&|it: &mut Value| it["sentences"]["0"]["pages.usernameHintText"] = json!("x".repeat(65)), "sentences/0"),
            (&|it: &mut Value| it["languages"] = json!(["../x"]), "languages"),
            (
                &|it: &mut Value| {
                    let pictures = it["pictures"].as_object_mut().unwrap();
                    pictures.values_mut().next().unwrap()["body"] = json!("PHN2Zy8+");
                },
                "pictures/",
            ),
        ] {
            let mut wrong = document.clone();
            change(&mut wrong);
            let answered = admin.post("/import", wrong).await;
            assert_eq!(answered.status, 400, "{told}");
            assert!(answered.text().contains(told), "{}", answered.text());
        }
        assert_eq!(export(&admin, "application/json").await, before);
        let somebody = server.administrator_of(server.tenant.as_str(), &[Role::UserFlowAdministrator]).await;
        assert_eq!(somebody.post("/import", document).await.status, 403);
    })
    .await;
}
