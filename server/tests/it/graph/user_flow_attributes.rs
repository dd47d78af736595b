//! Attributes: built-in ones stay, custom ones come and go.

use super::{FLOWS, flow};
use crate::harness::on_both;
use serde_json::json;

const ATTRIBUTES: &str = "/identity/userFlowAttributes";

#[tokio::test]
async fn a_custom_attribute_is_made_described_used_and_deleted() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let made = admin
            .post(
                ATTRIBUTES,
                json!({"displayName": "Loyalty number", "description": "On the card", "dataType": "int64"}),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert!(made.header("location").ends_with("/graph/v1.0/identity/userFlowAttributes/extension_loyaltyNumber"));
        let shown = made.json();
        assert_eq!(shown["@odata.type"], "#microsoft.graph.identityCustomUserFlowAttribute");
        assert_eq!(
            (&shown["id"], &shown["userFlowAttributeType"]),
            (&json!("extension_loyaltyNumber"), &json!("custom"))
        );
        // By Graph's name too.
        let graphs = format!("{ATTRIBUTES}/extension_0f0fe0e0e0e0e0e0e0e0e0e0e0e0e0e0_loyaltyNumber");
        assert_eq!(admin.read(&graphs).await["id"], "extension_loyaltyNumber");
        assert_eq!(admin.patch(&graphs, json!({"description": "Printed on the card"})).await.status, 204);
        assert_eq!(admin.patch(&graphs, json!({"dataType": "string"})).await.status, 400);

        let id = admin.make(FLOWS, flow("Shop")).await;
        let refs = format!("{FLOWS}/{id}/onAttributeCollection/attributes");
        let reference = json!({"@odata.id": format!("https://x{ATTRIBUTES}('extension_loyaltyNumber')")});
        assert_eq!(admin.post(&format!("{refs}/$ref"), reference.clone()).await.status, 204);
        assert_eq!(admin.post(&format!("{refs}/$ref"), reference).await.status, 400);
        let rows = admin.read(&format!("{FLOWS}/{id}")).await;
        let rows = &rows["onAttributeCollection"]["attributeCollectionPage"]["views"][0]["inputs"];
        assert_eq!(rows[2]["attribute"], "extension_loyaltyNumber");
        assert_eq!(rows[2]["inputType"], "number");

        let refused = admin.delete(&graphs).await;
        assert!(refused.status == 400 && refused.text().contains("Shop"), "{}", refused.text());
        assert_eq!(admin.delete(&format!("{refs}/extension_loyaltyNumber/$ref")).await.status, 204);
        assert_eq!(admin.delete(&graphs).await.status, 204);
        assert_eq!(admin.get(&graphs).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn built_in_attributes_stay_and_names_are_judged() {
    on_both(async |server| {
        let admin = server.administrator().await;
        assert_eq!(admin.delete(&format!("{ATTRIBUTES}/city")).await.status, 400);
        let filter = "$filter=userFlowAttributeType eq 'builtIn' and displayName ne 'City'";
        assert_eq!(admin.read(&format!("{ATTRIBUTES}?{filter}")).await["value"].as_array().unwrap().len(), 9);
        for (body, target) in [
            (json!({"displayName": "¿?"}), "displayName"),
            (json!({"displayName": "City"}), "displayName"),
            (json!({"displayName": "Size", "dataType": "float"}), "dataType"),
            (json!({"displayName": "Size", "id": "extension_size"}), "id"),
            (json!({"displayName": "Size", "tenantId": "x"}), "tenantId"),
        ] {
            let refused = admin.post(ATTRIBUTES, body).await;
            assert_eq!(refused.status, 400);
            assert_eq!(refused.json()["error"]["details"][0]["target"], target, "{}", refused.text());
        }
    })
    .await;
}
