//! What applications may do with APIs: with this one by themselves, with any of the directory by the hands of people.

use super::call::{Client, Method, Result, encoded};
use crate::contract::resource::app_role::PermissionGrant;
use serde_json::{Value, json};

const GRANTS: &str = "/oauth2PermissionGrants";

impl Client {
    /// By itself.
    pub async fn permissions(self, application: &str) -> Result<Vec<Value>> {
        self.list(&allowed(application)).await
    }

    pub async fn allow(self, application: &str, permission: &str) -> Result<()> {
        self.act(Method::Post, &allowed(application), &json!({ "appRoleId": permission })).await
    }

    pub async fn disallow(self, application: &str, assignment: &str) -> Result<()> {
        self.delete(&format!("{}/{}", allowed(application), encoded(assignment))).await
    }

    /// By the hands of people: one grant for each API.
    pub async fn grants(self, application: &str) -> Result<Vec<PermissionGrant>> {
        let filter = encoded(&format!("clientId eq '{application}'"));
        self.list(&format!("{GRANTS}?$filter={filter}")).await
    }

    /// These scopes of an API and no others, for everybody. `known`: the id of the grant that is there already.
    pub async fn grant(self, application: &str, resource: &str, known: Option<&str>, scopes: &[String]) -> Result<()> {
        let scope = scopes.join(" ");
        match known {
            None => {
                let consent = "AllPrincipals";
                let new =
                    json!({ "clientId": application, "consentType": consent, "resourceId": resource, "scope": scope });
                self.act(Method::Post, GRANTS, &new).await
            }
            Some(id) if scopes.is_empty() => self.delete(&grant(id)).await,
            Some(id) => self.change(&grant(id), None, &json!({ "scope": scope })).await,
        }
    }
}

fn allowed(application: &str) -> String {
    format!("/servicePrincipals/{}/appRoleAssignments", encoded(application))
}

fn grant(id: &str) -> String {
    format!("{GRANTS}/{}", encoded(id))
}
