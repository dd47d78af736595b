//! Graph's older words for user flows.

use super::FLOWS;
use crate::harness::on_both;
use serde_json::json;

const B2X: &str = "/identity/b2xUserFlows";

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
