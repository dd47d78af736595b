//! The management API, as administrators, scripts and the portal meet it.

mod activity;
mod administration;
mod applications;
mod audit;
mod b2x_user_flows;
mod batch;
mod caller;
mod design;
mod identity_providers;
mod matrix;
mod me;
mod methods;
mod openapi;
mod organization;
mod permission_grants;
mod query;
mod simulate;
mod user_flow_attributes;
mod user_flows;
mod users;
mod users_list;
mod users_recovery;
mod users_search;
mod users_told;
mod world;

use serde_json::{Value, json};

const FLOWS: &str = "/identity/authenticationEventsFlows";

/// As the documents of Graph make one.
fn flow(name: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow",
        "displayName": name,
        "priority": 50,
        "conditions": {"applications": {"includeApplications": []}},
        "onInteractiveAuthFlowStart": {
            "@odata.type": "#microsoft.graph.onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp",
            "isSignUpAllowed": true
        },
        "onAuthenticationMethodLoadStart": {
            "@odata.type": "#microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp",
            "identityProviders": [{"id": "EmailPassword-OAUTH"}]
        },
        "onAttributeCollection": {
            "@odata.type": "#microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp",
            "attributes": [
                {"id": "email", "displayName": "Email Address", "description": "Email address of the user",
                 "userFlowAttributeType": "builtIn", "dataType": "string"},
                {"id": "displayName", "displayName": "Display Name", "userFlowAttributeType": "builtIn", "dataType": "string"}
            ],
            "attributeCollectionPage": {"views": [{"title": null, "description": null, "inputs": [
                {"attribute": "email", "label": "Email Address", "inputType": "Text", "hidden": true, "editable": false,
                 "writeToDirectory": true, "required": true, "validationRegEx": "^.+@.+$"},
                {"attribute": "displayName", "label": "Your name", "inputType": "text", "hidden": false, "editable": true,
                 "writeToDirectory": true, "required": false, "validationRegEx": "^.*"}
            ]}]}
        },
        "onUserCreateStart": {
            "@odata.type": "#microsoft.graph.onUserCreateStartExternalUsersSelfServiceSignUp",
            "userTypeToCreate": "member", "accessPackages": []
        }
    })
}
