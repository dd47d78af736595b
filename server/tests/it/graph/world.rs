//! A tenant with one of everything in it, and for every route of the declared table the address that leads to it and a
//! request that changes something. A new route without a line here fails the tests that walk the table.

use super::flow;
use crate::harness::{Administrator, Answered, PASSWORD};
use app::contract::resource::domain::CUSTOM_URL_DOMAIN;
use axum::{body::Body, http::Request};
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use std::{collections::BTreeMap, io::Cursor};

/// What a request brings.
pub enum Sample {
    Nothing,
    Json(Value),
    Picture(Vec<u8>),
}

pub struct World {
    pub admin: Administrator,
    /// Differs from world to world, so that two can stand in one tenant.
    pub word: String,
    ids: BTreeMap<&'static str, String>,
}

pub fn png() -> Vec<u8> {
    let mut written = Vec::new();
    DynamicImage::new_rgba8(8, 8).write_to(&mut Cursor::new(&mut written), ImageFormat::Png).unwrap();
    written
}

pub fn person(word: &str) -> Value {
    let address = format!("{word}@example.org");
    json!({ "displayName": word, "identities": [{ "signInType": "emailAddress", "issuer": "", "issuerAssignedId": address }] })
}

impl World {
    /// `admin` may do everything in the tenant.
    pub async fn make(admin: &Administrator, word: &str) -> World {
        let mut ids = BTreeMap::new();
        let mut keep = |name: &'static str, id: String| {
            ids.insert(name, id);
        };
        let tenant = admin.tenant.clone().expect("an administrator says which tenant");
        let organization = format!("/organization/{tenant}");
        keep("organization", tenant);

        let offered = json!({ "oauth2PermissionScopes": [{ "value": "Tasks.Read" }] });
        let shop = json!({ "displayName": format!("Shop {word}"), "api": offered });
        let application = admin.make("/applications", shop).await;
        let secret = admin.post(&format!("/applications/{application}/addPassword"), json!({})).await.json();
        keep("secret", secret["keyId"].as_str().unwrap().to_owned());
        keep("application", application.clone());
        // Graph's permissions are given by those who give roles.
        let allowed = json!({ "principalId": application, "appRoleId": "User.Read.All" });
        let allowed = admin.make(&format!("/servicePrincipals/{application}/appRoleAssignments"), allowed).await;
        keep("appRoleAssignment", allowed);
        let grant = json!({ "clientId": application, "scope": "User.Read.All" });
        keep("grant", admin.make("/oauth2PermissionGrants", grant).await);

        keep("domain", admin.make("/domains", json!({ "id": format!("{word}.example") })).await);
        let provider = admin.make("/identity/identityProviders", open_id(word)).await;
        let attribute =
            admin.make("/identity/userFlowAttributes", json!({ "displayName": format!("Tier {word}") })).await;
        let spare = admin.make("/identity/userFlowAttributes", json!({ "displayName": format!("Spare {word}") })).await;
        let spare_provider = admin.make("/identity/identityProviders", open_id(&format!("{word} spare"))).await;
        let mut flow = flow(&format!("Flow {word}"));
        flow["conditions"]["applications"]["includeApplications"] = json!([{ "appId": application }]);
        flow["onAuthenticationMethodLoadStart"]["identityProviders"] =
            json!([{ "id": "EmailPassword-OAUTH" }, { "id": provider }]);
        let flow = admin.make(super::FLOWS, flow).await;
        let taken = json!({ "@odata.id": format!("/identity/userFlowAttributes/{attribute}") });
        let at = format!("{}/{flow}", super::FLOWS);
        assert_eq!(admin.post(&format!("{at}/onAttributeCollection/attributes/$ref"), taken).await.status, 204);
        keep("flow", flow);
        for (name, path) in [("b2x", "/identity/b2xUserFlows"), ("b2c", "/identity/b2cUserFlows")] {
            let made =
                json!({ "id": word, "userFlowType": "signUpOrSignIn", "identityProviders": [{ "id": provider }] });
            let id = admin.make(path, made).await;
            let assigned =
                json!({ "displayName": "Tier", "userInputType": "textBox", "userAttribute": { "id": attribute } });
            let answered = admin.post(&format!("{path}/{id}/userAttributeAssignments"), assigned).await;
            assert_eq!(answered.status, 201, "{}", answered.text());
            keep(name, id);
        }
        keep("provider", provider);
        keep("spareProvider", spare_provider);
        keep("attribute", attribute);
        keep("spareAttribute", spare);

        keep("user", admin.make("/users", person(&format!("ada{word}"))).await);
        let careful = admin.make("/users", person(&format!("fay{word}"))).await;
        let second = json!({ "emailAddress": format!("fay-{word}@second.example") });
        admin.make(&format!("/users/{careful}/authentication/emailMethods"), second).await;
        keep("careful", careful);
        let deleted = admin.make("/users", person(&format!("eve{word}"))).await;
        assert_eq!(admin.delete(&format!("/users/{deleted}")).await.status, 204);
        keep("deleted", deleted);

        // There already, where another world stands in this tenant.
        let locale = json!({ "id": "de" });
        admin.post(&format!("{organization}/branding/localizations"), locale).await;
        let put = picture(admin, "PUT", &format!("{organization}/branding/bannerLogo"), png()).await;
        assert_eq!(put.status, 204, "{}", put.text());

        let account = admin.account.clone().expect("a person").to_string();
        keep("account", account.clone());
        let reader = json!({ "principalId": account, "roleDefinitionId": "Reports Reader" });
        let assigned = admin.post("/roleManagement/directory/roleAssignments", reader).await;
        let assigned = match assigned.status.as_u16() {
            201 => assigned.json()["id"].as_str().unwrap().to_owned(),
            // From another world of this tenant.
            status => {
                assert_eq!(status, 409, "{}", assigned.text());
                format!("4a5d8f65-41da-4de4-8968-e035b65339cf_{account}")
            }
        };
        keep("roleAssignment", assigned);
        let invited = json!({ "invitedUserEmailAddress": format!("new{word}@example.org"), "roleDefinitionId": "Global Reader",
            "sendInvitationMessage": true });
        keep("invitation", admin.make("/invitations", invited).await);
        World { admin: admin.clone(), word: word.into(), ids }
    }

    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("the world has no {name}"))
    }

    /// What stands for each placeholder of a route, in their order; None for what belongs to no tenant.
    pub fn places(&self, path: &str) -> Vec<(String, Option<String>)> {
        let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| (format!("{{{name}}}"), self.place(path, name))).collect()
    }

    fn place(&self, path: &str, name: &str) -> Option<String> {
        let begins = |start: &str| path.starts_with(start);
        let id = match name {
            "id" if begins("/identity/authenticationEventsFlows/") => self.id("flow"),
            "id" if begins("/identity/b2xUserFlows/") => self.id("b2x"),
            "id" if begins("/identity/b2cUserFlows/") || begins("/identity/userFlows/") => self.id("b2c"),
            "id" if begins("/identity/userFlowAttributes/") => self.id("spareAttribute"),
            "id" if begins("/identity/identityProviders/") => self.id("spareProvider"),
            "id" if begins("/users/") && path.contains("{emailMethod}") => self.id("careful"),
            "id" if begins("/users/") => self.id("user"),
            "id" if begins("/directory/deletedItems/") => self.id("deleted"),
            "id" if begins("/applications/") || begins("/servicePrincipals/") => self.id("application"),
            "id" if begins("/organization/") => self.id("organization"),
            "id" if begins("/oauth2PermissionGrants/") => self.id("grant"),
            "application" | "provider" | "attribute" | "invitation" | "domain" => self.id(name),
            "assignment" if begins("/servicePrincipals/") => self.id("appRoleAssignment"),
            "assignment" => self.id("roleAssignment"),
            "revision" | "language" | "locale" | "method" | "emailMethod" | "picture" | "role" | "page" => return None,
            _ => panic!("nothing is known for {name} in {path}: give it a line in world.rs"),
        };
        Some(id.to_owned())
    }

    /// Leads to what is there.
    pub fn fill(&self, path: &str) -> String {
        let own = self.places(path).into_iter().filter_map(|(name, id)| Some((name, id?)));
        plain(&own.fold(path.to_owned(), |path, (name, id)| path.replace(&name, &id)))
    }

    /// A request that changes something, for each route that can.
    pub fn sample(&self, method: &str, path: &str) -> Sample {
        let word = &self.word;
        let json = Sample::Json;
        let b2 = path
            .replace("/identity/b2cUserFlows", "/identity/b2xUserFlows")
            .replace("/identity/userFlows", "/identity/b2xUserFlows");
        let reference =
            |of: &str, id: &str| json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/identity/{of}/{id}") });
        match (method, b2.as_str()) {
            ("DELETE", _) => Sample::Nothing,
            ("POST", "/identity/authenticationEventsFlows") => json(flow(&format!("New {word}"))),
            ("PATCH", "/identity/authenticationEventsFlows/{id}") => json(json!({ "description": "x" })),
            ("POST", "/identity/authenticationEventsFlows/{id}/conditions/applications/includeApplications") => {
                json(json!({ "appId": self.id("spareApplication") }))
            }
            (
                "POST",
                "/identity/authenticationEventsFlows/{id}/onAuthenticationMethodLoadStart/identityProviders/$ref",
            )
            | (
                "POST",
                "/identity/b2xUserFlows/{id}/identityProviders/$ref"
                | "/identity/b2xUserFlows/{id}/userFlowIdentityProviders/$ref",
            ) => json(reference("identityProviders", self.id("spareProvider"))),
            ("POST", "/identity/authenticationEventsFlows/{id}/onAttributeCollection/attributes/$ref") => {
                json(reference("userFlowAttributes", self.id("spareAttribute")))
            }
            ("POST", "/identity/authenticationEventsFlows/{id}/revisions/{revision}/restore") => Sample::Nothing,
            ("POST", "/identity/authenticationEventsFlows/{id}/simulate") => json(json!({})),
            ("POST", "/identity/b2xUserFlows") => json(json!({ "id": format!("new{word}"), "userFlowType": "signIn" })),
            ("POST", "/identity/b2xUserFlows/{id}/userAttributeAssignments") => {
                json(json!({ "displayName": "City", "userInputType": "textBox", "userAttribute": { "id": "city" } }))
            }
            ("POST", "/identity/b2xUserFlows/{id}/userAttributeAssignments/setOrder") => {
                json(json!({ "newAssignmentOrder": { "order": [self.id("attribute")] } }))
            }
            ("PATCH", "/identity/b2xUserFlows/{id}") => json(json!({ "isLanguageCustomizationEnabled": true })),
            ("PATCH", "/identity/b2xUserFlows/{id}/userAttributeAssignments/{attribute}") => {
                json(json!({ "isOptional": true }))
            }
            ("PUT", "/identity/b2xUserFlows/{id}/languages/{language}") => {
                json(json!({ "id": "de", "isEnabled": false }))
            }
            ("PUT", "/identity/b2xUserFlows/{id}/languages/{language}/overridesPages/{page}/$value") => {
                json(json!({ "LocalizedStrings": [{ "ElementType": "UxElement", "StringId": "pages.attributesHeading",
                    "Override": true, "Value": format!("Welcome {word}") }] }))
            }
            ("POST", "/identity/userFlowAttributes") => json(json!({ "displayName": format!("Hat {word}") })),
            ("PATCH", "/identity/userFlowAttributes/{id}") => json(json!({ "description": "x" })),
            ("POST", "/identity/identityProviders") => json(open_id(&format!("{word} new"))),
            ("PATCH", "/identity/identityProviders/{id}") => json(json!({ "displayName": "Another" })),
            ("PATCH", "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email") => {
                json(json!({ "allowExternalIdToUseEmailOtp": "enabled" }))
            }
            ("POST", "/users") => json(person(&format!("new{word}"))),
            ("PATCH", "/users/{id}" | "/me") => json(json!({ "city": "London" })),
            ("POST", "/users/{id}/revokeSignInSessions" | "/directory/deletedItems/{id}/restore") => Sample::Nothing,
            ("POST", "/users/{id}/changePassword" | "/me/changePassword") => {
                json(json!({ "currentPassword": PASSWORD, "newPassword": "seven quiet lanterns outside" }))
            }
            ("POST", "/users/{id}/authentication/methods/{method}/resetPassword") => json(json!({})),
            ("POST", "/users/{id}/authentication/emailMethods") => {
                json(json!({ "emailAddress": format!("second-{word}@example.org") }))
            }
            ("POST", "/users/{id}/sendRecoveryMail") => Sample::Nothing,
            ("POST", "/applications") => json(json!({ "displayName": format!("New {word}") })),
            ("PATCH", "/applications/{id}") => json(json!({ "displayName": format!("Other {word}") })),
            ("POST", "/applications/{id}/addPassword") => json(json!({})),
            ("POST", "/applications/{id}/removePassword") => json(json!({ "keyId": self.id("secret") })),
            ("PATCH", "/organization/{id}") => json(json!({ "displayName": format!("Other {word}") })),
            ("POST", "/domains") => {
                json(json!({ "id": format!("new-{word}.example"), "supportedServices": [CUSTOM_URL_DOMAIN] }))
            }
            ("POST", "/tenants") => json(json!({ "displayName": format!("Tenant {word}") })),
            ("PATCH", "/organization/{id}/branding") => json(json!({ "brandColor": "#112233" })),
            // Its sentences and pictures have addresses of their own.
            ("PATCH", "/organization/{id}/branding/localizations/{locale}") => json(json!({})),
            ("POST", "/organization/{id}/branding/localizations") => json(json!({ "id": "fr" })),
            (
                "PUT",
                "/organization/{id}/branding/{picture}" | "/organization/{id}/branding/localizations/0/{picture}",
            ) => Sample::Picture(png()),
            ("PATCH", "/organization/{id}/sentences/{language}") => {
                json(json!({ "pages.signInHeading": format!("Welcome {word}") }))
            }
            ("POST", "/roleManagement/directory/roleAssignments") => {
                json(json!({ "principalId": self.id("account"), "roleDefinitionId": "User Administrator" }))
            }
            ("POST", "/invitations") => json(json!({ "invitedUserEmailAddress": format!("x{word}@example.org"),
                "roleDefinitionId": "Global Reader", "sendInvitationMessage": true })),
            ("POST", "/servicePrincipals/{id}/appRoleAssignments") => json(json!({ "appRoleId": "AuditLog.Read.All" })),
            ("POST", "/oauth2PermissionGrants") => {
                json(json!({ "clientId": self.id("spareApplication"), "resourceId": self.id("application"),
                "scope": "Tasks.Read" }))
            }
            ("PATCH", "/oauth2PermissionGrants/{id}") => json(json!({ "scope": "AuditLog.Read.All" })),
            ("POST", "/$batch") => {
                json(json!({ "requests": [{ "id": "1", "method": "POST", "url": "/identity/userFlowAttributes",
                "body": { "displayName": format!("Batch {word}") } }] }))
            }
            _ => panic!("{method} {path} has no sample: give it a line in world.rs"),
        }
    }

    /// What some samples need besides.
    pub async fn with_spares(mut self) -> World {
        let made = self.admin.make("/applications", json!({ "displayName": format!("Spare {}", self.word) })).await;
        self.ids.insert("spareApplication", made);
        self
    }
}

/// With words for what belongs to no tenant.
pub fn plain(path: &str) -> String {
    [
        ("{revision}", "1"),
        ("{language}", "de"),
        ("{locale}", "de"),
        ("{method}", "28c10230-6103-485e-b985-444c60001490"),
        ("{emailMethod}", "3ddfcfc8-9383-446f-83cc-3ab9be4be18f"),
        ("{picture}", "bannerLogo"),
        ("{role}", "Global Reader"),
        ("{page}", "selfasserted1_1"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (name, word)| path.replace(name, word))
}

fn open_id(name: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.oidcIdentityProvider", "displayName": format!("Partner {name}"),
        "clientId": "client", "issuer": "https://partner.example",
        "wellKnownEndpoint": "https://partner.example/.well-known/openid-configuration", "responseType": "code",
        "scope": "openid profile email",
        "clientAuthentication": { "@odata.type": "#microsoft.graph.oidcClientSecretAuthentication", "clientSecret": "secret" }
    })
}

pub async fn ask(who: &Administrator, method: &str, path: &str, sample: Sample) -> Answered {
    match sample {
        Sample::Nothing => who.send(method, path, None, &[]).await,
        Sample::Json(body) => who.send(method, path, Some(&body), &[]).await,
        Sample::Picture(bytes) => picture(who, method, path, bytes).await,
    }
}

async fn picture(who: &Administrator, method: &str, path: &str, bytes: Vec<u8>) -> Answered {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/graph/v1.0{path}"))
        .header("authorization", format!("Bearer {}", who.token))
        .header("content-type", "image/png");
    if let Some(tenant) = &who.tenant {
        request = request.header("portico-tenant", tenant);
    }
    who.server.send(request.body(Body::from(bytes)).unwrap()).await
}
