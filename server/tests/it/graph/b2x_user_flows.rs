//! Graph's older words for user flows.

use super::FLOWS;
use crate::harness::on_both;
use serde_json::{Value, json};

const B2X: &str = "/identity/b2xUserFlows";

#[tokio::test]
async fn a_language_is_offered_or_not_and_speaks_in_the_tenants_words() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let id = admin.make("/identity/b2cUserFlows", json!({"id": "Shop", "userFlowType": "signUpOrSignIn"})).await;
        let at = format!("/identity/b2cUserFlows/{id}/languages");
        let put = async |path: &str, body: Value| admin.send("PUT", &format!("{at}/{path}"), Some(&body), &[]).await;
        assert_eq!(put("de", json!({"id": "de", "isEnabled": false})).await.status, 201);
        let off = admin.read(&at).await;
        let enabled: Vec<&Value> = off["value"].as_array().unwrap().iter().map(|it| &it["isEnabled"]).collect();
        assert_eq!(enabled, [true, false, true]);
        assert_eq!(put("fr", json!({"id": "fr", "isEnabled": true})).await.status, 404);
        assert_eq!(put("en", json!({"id": "ar", "isEnabled": true})).await.status, 400);

        // Whoever reads German reads English here, and is not offered German.
        let shop = server.application_over(&id.as_str().into(), |_| ()).await;
        let mut browser = server.browser().reading("de");
        shop.asks(&mut browser).await;
        assert_eq!(browser.heading(), "Sign in");
        assert!(!browser.page.html.contains("Deutsch") && browser.page.html.contains("العربية"));
        assert_eq!(put("en", json!({"isEnabled": false})).await.status, 201);
        let last = put("ar", json!({"isEnabled": false})).await;
        assert!(last.status == 400 && last.text().contains("At least one"), "{}", last.text());
        assert_eq!(put("en", json!({"isEnabled": true})).await.status, 201);

        let page = "en/overridesPages/idpselection1_1/$value";
        let own = |value: &str| {
            json!({"LocalizedStrings": [{"ElementType": "UxElement", "ElementId": null,
            "StringId": "pages.signInHeading", "Override": true, "Value": value}]})
        };
        let ours = admin.read(&format!("{at}/en/defaultPages/idpselection1_1/$value")).await;
        let ours = ours["LocalizedStrings"].as_array().unwrap();
        assert!(ours.iter().any(|it| it["StringId"] == "pages.signInHeading" && it["Value"] == "Sign in"));
        assert_eq!(put(page, own("Come in")).await.status, 204);
        shop.asks(&mut browser).await;
        assert_eq!(browser.heading(), "Come in");
        assert_eq!(admin.read(&format!("{at}/en/overridesPages")).await["value"], json!([{"id": "idpselection1_1"}]));
        assert_eq!(admin.read(&format!("{at}/{page}")).await["LocalizedStrings"][0]["Value"], "Come in");
        let elsewhere =
            json!({"LocalizedStrings": [{"StringId": "pages.attributesHeading", "Override": true, "Value": "x"}]});
        assert_eq!(put(page, elsewhere).await.status, 400, "of another page");
        assert_eq!(admin.delete(&format!("{at}/{page}")).await.status, 204);
        shop.asks(&mut browser).await;
        assert_eq!(browser.heading(), "Sign in");
    })
    .await;
}

#[tokio::test]
async fn a_partners_flow_is_made_filled_and_put_in_order() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let made = admin.post(B2X, json!({"id": "Partner", "userFlowType": "signUpOrSignIn", "userFlowTypeVersion": 1})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.json()["id"], "B2X_1_Partner");
        let at = format!("{B2X}('B2X_1_Partner')");
        admin.make("/identity/userFlowAttributes", json!({"displayName": "Boot size", "dataType": "string"})).await;
        let boots = json!({"isOptional": true, "requiresVerification": false, "userInputType": "radioSingleSelect",
            "displayName": "Boot size", "userAttributeValues": [
                {"name": "Small", "value": "s", "isDefault": true}, {"name": "Large", "value": "l", "isDefault": false}],
            "userAttribute": {"id": "extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_bootSize"}});
        let assigned = admin.post(&format!("{at}/userAttributeAssignments"), boots).await;
        assert_eq!(assigned.status, 201, "{}", assigned.text());
        assert!(assigned.header("location").ends_with("/userAttributeAssignments/extension_bootSize"));
        let city = json!({"isOptional": false, "displayName": "City", "userInputType": "textBox", "userAttribute": {"id": "City"}});
        assert_eq!(admin.post(&format!("{at}/userAttributeAssignments"), city).await.status, 201);

        let order = format!("{at}/userAttributeAssignments/getOrder");
        assert_eq!(admin.read(&order).await["order"], json!(["extension_bootSize", "City"]));
        let wanted = json!({"newAssignmentOrder": {"order": ["City", "extension_bootSize"]}});
        assert_eq!(admin.post(&format!("{at}/userAttributeAssignments/setOrder"), wanted).await.status, 204);
        assert_eq!(admin.read(&order).await["order"], json!(["City", "extension_bootSize"]));
        let short = json!({"newAssignmentOrder": {"order": ["City"]}});
        assert_eq!(admin.post(&format!("{at}/userAttributeAssignments/setOrder"), short).await.status, 400);

        let one = format!("{at}/userAttributeAssignments/City");
        assert_eq!(admin.read(&one).await["userInputType"], "textBox");
        let boots = admin.read(&format!("{at}/userAttributeAssignments/extension_bootSize")).await;
        assert_eq!(boots["userInputType"], "radioSingleSelect");
        assert_eq!(admin.patch(&at, json!({"id": "B2X_1_Partner"})).await.status, 405);
        assert_eq!(admin.patch(&one, json!({"isOptional": true})).await.status, 204);
        assert_eq!(admin.read(&format!("{one}?$expand=userAttribute")).await["isOptional"], true);
        assert_eq!(admin.delete(&one).await.status, 204);
        assert_eq!(admin.read(&format!("{at}/languages")).await["value"][0]["isEnabled"], true);

        let google = json!({"@odata.type": "#microsoft.graph.socialIdentityProvider", "displayName": "Google",
            "identityProviderType": "Google", "clientId": "client", "clientSecret": "secret"});
        admin.make("/identity/identityProviders", google).await;
        let reference = json!({"@odata.id": "https://graph.microsoft.com/beta/identityProviders('Google-OAUTH')"});
        assert_eq!(admin.post(&format!("{at}/identityProviders/$ref"), reference).await.status, 204);
        let providers = admin.read(&format!("{at}/userFlowIdentityProviders")).await;
        assert_eq!(providers["value"].as_array().unwrap().len(), 2);
        assert_eq!(admin.delete(&format!("{at}/userFlowIdentityProviders/Google-OAUTH/$ref")).await.status, 204);

        // It is a flow like any other, and none of B2C's.
        assert_eq!(admin.read(&format!("{FLOWS}/B2X_1_Partner")).await["onUserCreateStart"]["userTypeToCreate"], "guest");
        assert_eq!(admin.get("/identity/b2cUserFlows/B2X_1_Partner").await.status, 404);
        let oldest = admin.make("/identity/userFlows", json!({"id": "Old", "userFlowType": "signIn"})).await;
        assert_eq!(admin.read(&format!("/identity/b2cUserFlows/{oldest}")).await["userFlowType"], "signIn");
        assert_eq!(admin.delete(&at).await.status, 204);
    })
    .await;
}

/// What Azure AD B2C's flows are made of: their type, their version, and whether the address is verified.
#[tokio::test]
async fn b2c_flows_are_of_a_type_and_a_version_and_may_take_addresses_as_typed() {
    on_both(async |server| {
        const B2C: &str = "/identity/b2cUserFlows";
        let admin = server.administrator().await;
        let edit = json!({"id": "Edit", "userFlowType": "profileUpdate", "userFlowTypeVersion": 1});
        let edit = admin.make(B2C, edit).await;
        let shown = admin.read(&format!("{B2C}/{edit}")).await;
        assert_eq!((&shown["userFlowType"], &shown["userFlowTypeVersion"]), (&json!("profileUpdate"), &json!(1.0)));
        let flow = admin.read(&format!("{FLOWS}/{edit}")).await;
        assert_eq!((&flow["kind"], &flow["rules"]["version"]), (&json!("profileEdit"), &json!(1)));
        let shop = admin.make(B2C, json!({"id": "Shop", "userFlowType": "signUpOrSignIn"})).await;
        assert_eq!(admin.read(&format!("{B2C}/{shop}")).await["userFlowTypeVersion"], 3.0);
        for (wrong, target) in [
            (json!({"id": "Two", "userFlowType": "signIn", "userFlowTypeVersion": 2}), "userFlowTypeVersion"),
            (json!({"id": "Half", "userFlowType": "signIn", "userFlowTypeVersion": 1.5}), "userFlowTypeVersion"),
            (json!({"id": "Ropc", "userFlowType": "resourceOwner"}), "userFlowType"),
        ] {
            let refused = admin.post(B2C, wrong).await;
            assert!(refused.status == 400 && refused.text().contains(target), "{}", refused.text());
        }
        assert_eq!(admin.post(B2X, json!({"id": "Reset", "userFlowType": "passwordReset"})).await.status, 400);

        let changed = json!({"isLanguageCustomizationEnabled": true, "defaultLanguageTag": "en"});
        assert_eq!(admin.patch(&format!("{B2C}/{shop}"), changed).await.status, 204);
        for refused in [
            json!({"userFlowType": "signIn"}),
            json!({"isLanguageCustomizationEnabled": false}),
            json!({"defaultLanguageTag": "de"}),
        ] {
            assert_eq!(admin.patch(&format!("{B2C}/{shop}"), &refused).await.status, 400, "{refused}");
        }
        // What these words cannot tell stays as it was.
        admin.make("/identity/userFlowAttributes", json!({"displayName": "Floor", "dataType": "int64"})).await;
        let floor =
            json!({"displayName": "Floor", "userInputType": "textBox", "userAttribute": {"id": "extension_floor"}});
        let floors = format!("{B2C}/{shop}/userAttributeAssignments");
        assert_eq!(admin.post(&floors, floor).await.json()["userInputType"], "textBox");
        assert_eq!(admin.patch(&format!("{floors}/extension_floor"), json!({"isOptional": false})).await.status, 204);
        let inputs =
            admin.read(&format!("{FLOWS}/{shop}")).await["onAttributeCollection"]["attributeCollectionPage"]["views"]
                [0]["inputs"]
                .clone();
        let kinds: Vec<&Value> = inputs.as_array().unwrap().iter().map(|input| &input["inputType"]).collect();
        assert!(kinds.contains(&&json!("number")), "{inputs}");

        let rule = async || admin.read(&format!("{FLOWS}/{shop}")).await["rules"]["address"].clone();
        let at = format!("{B2C}/{shop}/userAttributeAssignments");
        let email = json!({"displayName": "Email", "userInputType": "emailBox", "userAttribute": {"id": "Email"}});
        let assigned = admin.post(&at, email).await;
        assert_eq!((assigned.status.as_u16(), &assigned.json()["requiresVerification"]), (201, &json!(true)));
        assert_eq!(rule().await, "byCode");
        assert_eq!(admin.patch(&format!("{at}/Email"), json!({"requiresVerification": false})).await.status, 204);
        assert_eq!(rule().await, "asTyped");
        let city = json!({"requiresVerification": true, "userInputType": "textBox", "userAttribute": {"id": "City"}});
        assert_eq!(admin.post(&at, city).await.status, 400, "nothing else can be proved");
    })
    .await;
}
