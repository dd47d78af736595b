//! The management API as the portal speaks it: the only place that knows its addresses.

mod call;
mod permissions;
mod which;

use super::trouble::Trouble;
use crate::contract::resource::{
    application::{AddPassword, Application, PasswordCredential, PermissionScope, RemovePassword},
    collection::Collection,
    directory_audit::DirectoryAudit,
    domain::Domain,
    funnel::Funnel,
    identity_provider::{EmailMethod, IdentityProvider},
    moment::Moment,
    organization::{Branding, Organization},
    revision::{Diff, Revision},
    sign_in::SignIn,
    user::User,
    user_flow::{FlowApplication, UserFlow},
    user_flow_attribute::UserFlowAttribute,
};
pub use call::{Client, Result, client};
use call::{Method, encoded};
use serde::Deserialize;
use serde_json::{Value, json};
pub use which::WhichSignIns;

const FLOWS: &str = "/identity/authenticationEventsFlows";
const ATTRIBUTES: &str = "/identity/userFlowAttributes";
const PROVIDERS: &str = "/identity/identityProviders";
const EMAIL: &str = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/email";
const FLOW_TYPE: &str = "microsoft.graph.externalUsersSelfServiceSignUpEventsFlow";

/// Every account's password has this id (Graph's own).
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

/// As many rows as one page of a list shows.
const PAGE: usize = 50;

// Directories

impl Client {
    /// Every directory that the administrator may enter.
    pub async fn organizations(self) -> Result<Vec<Organization>> {
        self.list("/organization").await
    }

    /// One more. Whoever makes it may do everything in it.
    pub async fn create_directory(self, new: &Value) -> Result<Organization> {
        self.send(Method::Post, "/tenants", new).await.map_err(Trouble::of_power)
    }

    pub async fn update_directory(self, id: &str, changes: &Value) -> Result<()> {
        self.change(&format!("/organization/{}", encoded(id)), None, changes).await
    }

    pub async fn domains(self) -> Result<Vec<Domain>> {
        self.list("/domains").await
    }

    pub async fn add_domain(self, new: &Domain) -> Result<Domain> {
        self.send(Method::Post, "/domains", new).await.map_err(Trouble::of_power)
    }

    pub async fn remove_domain(self, name: &str) -> Result<()> {
        self.delete(&format!("/domains/{}", encoded(name))).await
    }
}

// Administrators

const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";

impl Client {
    /// Everybody with a role in the directory, a row for each role.
    pub async fn administrators(self) -> Result<Vec<Value>> {
        self.list(&format!("{ASSIGNMENTS}?$expand=principal")).await
    }

    pub async fn give_role(self, account: &str, role: &str, everywhere: bool) -> Result<()> {
        let new = json!({ "principalId": account, "roleDefinitionId": role, "allTenants": everywhere });
        self.act(Method::Post, ASSIGNMENTS, &new).await
    }

    pub async fn take_role(self, assignment: &str) -> Result<()> {
        self.delete(&format!("{ASSIGNMENTS}/{}", encoded(assignment))).await
    }

    /// Those that nobody has used yet.
    pub async fn invitations(self) -> Result<Vec<Value>> {
        self.list("/invitations").await
    }

    /// The answer holds the link, this once, where no mail carries it.
    pub async fn invite(self, new: &Value) -> Result<Value> {
        self.send(Method::Post, "/invitations", new).await
    }

    pub async fn withdraw(self, invitation: &str) -> Result<()> {
        self.delete(&format!("/invitations/{}", encoded(invitation))).await
    }
}

// User flows

impl Client {
    pub async fn flows(self) -> Result<Vec<UserFlow>> {
        self.list(FLOWS).await
    }

    /// With its applications, providers and attributes, which a single flow leaves out unless asked.
    pub async fn flow(self, id: &str) -> Result<UserFlow> {
        self.get(&format!("{}?$expand=includeApplications,identityProviders,attributes", flow(id))).await
    }

    pub async fn create_flow(self, new: &UserFlow) -> Result<UserFlow> {
        self.send(Method::Post, FLOWS, new).await
    }

    /// Changes what is named; `etag` is the flow's as it was read, so that nobody's save is overwritten unseen.
    pub async fn update_flow(self, id: &str, etag: Option<&str>, mut changes: Value) -> Result<()> {
        changes["@odata.type"] = format!("#{FLOW_TYPE}").into();
        self.change(&flow(id), etag, &changes).await
    }

    pub async fn delete_flow(self, id: &str) -> Result<()> {
        self.delete(&flow(id)).await
    }

    /// `from`: the flow that the application has now; it goes from one to the other at once.
    pub async fn attach(self, id: &str, application: &str, from: Option<&str>) -> Result<()> {
        let moved_from = from.map(Into::into);
        let body = FlowApplication { app_id: application.into(), moved_from, ..FlowApplication::default() };
        self.act(Method::Post, &format!("{}/conditions/applications/includeApplications", flow(id)), &body).await
    }

    pub async fn detach(self, id: &str, application: &str) -> Result<()> {
        let application = encoded(application);
        self.delete(&format!("{}/conditions/applications/includeApplications/{application}", flow(id))).await
    }

    /// One page, newest first.
    pub async fn revisions(self, id: &str) -> Result<Collection<Revision>> {
        self.get(&format!("{}/revisions?$top={PAGE}", flow(id))).await
    }

    pub async fn diff(self, id: &str, from: i64, to: i64) -> Result<Diff> {
        self.get(&format!("{}/revisions/{from}/diff?to={to}", flow(id))).await
    }

    pub async fn restore(self, id: &str, revision: i64) -> Result<()> {
        self.act(Method::Post, &format!("{}/revisions/{revision}/restore", flow(id)), &json!({})).await
    }

    /// What somebody would see who gives these answers. Nothing is written, and no mail is sent.
    pub async fn simulate(self, id: &str, walk: &Value) -> Result<Value> {
        self.send(Method::Post, &format!("{}/simulate", flow(id)), walk).await
    }

    pub async fn funnel(self, id: &str, from: &str) -> Result<Funnel> {
        self.get(&format!("{}/funnel?from={}", flow(id), encoded(from))).await
    }
}

fn flow(id: &str) -> String {
    format!("{FLOWS}/{}", encoded(id))
}

// Attributes

impl Client {
    pub async fn attributes(self) -> Result<Vec<UserFlowAttribute>> {
        self.list(ATTRIBUTES).await
    }

    pub async fn create_attribute(self, new: &Value) -> Result<UserFlowAttribute> {
        self.send(Method::Post, ATTRIBUTES, new).await
    }

    pub async fn describe_attribute(self, id: &str, description: &str) -> Result<()> {
        self.change(&format!("{ATTRIBUTES}/{}", encoded(id)), None, &json!({ "description": description })).await
    }

    pub async fn delete_attribute(self, id: &str) -> Result<()> {
        self.delete(&format!("{ATTRIBUTES}/{}", encoded(id))).await
    }
}

// Identity providers

impl Client {
    pub async fn providers(self) -> Result<Vec<IdentityProvider>> {
        self.list(PROVIDERS).await
    }

    pub async fn create_provider(self, new: &IdentityProvider) -> Result<IdentityProvider> {
        self.send(Method::Post, PROVIDERS, new).await
    }

    pub async fn delete_provider(self, id: &str) -> Result<()> {
        self.delete(&format!("{PROVIDERS}/{}", encoded(id))).await
    }

    /// The directory's switch for one-time passcodes by email.
    pub async fn email_method(self) -> Result<EmailMethod> {
        self.get(EMAIL).await
    }

    pub async fn set_email_method(self, method: &EmailMethod) -> Result<()> {
        self.change(EMAIL, None, method).await
    }
}

// Applications

impl Client {
    pub async fn applications(self) -> Result<Vec<Application>> {
        self.list("/applications").await
    }

    pub async fn application(self, id: &str) -> Result<Application> {
        self.get(&application(id)).await
    }

    /// Every application, and of each only what it is as an API.
    pub async fn apis(self) -> Result<Vec<Application>> {
        self.list("/applications?$top=999&$select=id,displayName,identifierUris,api").await
    }

    pub async fn create_application(self, new: &Value) -> Result<Application> {
        self.send(Method::Post, "/applications", new).await
    }

    pub async fn update_application(self, id: &str, etag: Option<&str>, changes: &Value) -> Result<()> {
        self.change(&application(id), etag, changes).await
    }

    /// These scopes and no others.
    pub async fn set_scopes(self, id: &str, etag: Option<&str>, scopes: &[PermissionScope]) -> Result<()> {
        let changes = json!({ "api": { "oauth2PermissionScopes": scopes } });
        self.update_application(id, etag, &changes).await
    }

    pub async fn delete_application(self, id: &str) -> Result<()> {
        self.delete(&application(id)).await
    }

    /// The answer holds the secret, this once.
    pub async fn add_password(self, id: &str, name: &str, end: Moment) -> Result<PasswordCredential> {
        let password_credential = PasswordCredential {
            display_name: Some(name.into()),
            end_date_time: Some(end),
            ..PasswordCredential::default()
        };
        let body = AddPassword { password_credential };
        self.send(Method::Post, &format!("{}/addPassword", application(id)), &body).await
    }

    pub async fn remove_password(self, id: &str, key: &str) -> Result<()> {
        let body = RemovePassword { key_id: key.into() };
        self.act(Method::Post, &format!("{}/removePassword", application(id)), &body).await
    }
}

fn application(id: &str) -> String {
    format!("/applications/{}", encoded(id))
}

// People

const DELETED: &str = "/directory/deletedItems";

impl Client {
    /// One page of the people whose names or address have a word that begins so; nothing typed means everybody.
    pub async fn people(self, typed: &str) -> Result<Collection<User>> {
        let select = "id,displayName,mail,accountEnabled,createdDateTime,identities";
        let mut path = format!("/users?$top={PAGE}&$select={select}");
        if !typed.is_empty() {
            let quoted = typed.replace(['"', '\\'], " ");
            path.push_str(&format!("&$search={}", encoded(&format!("\"{quoted}\""))));
        }
        let mut page: Collection<User> = self.get(&path).await?;
        // Where many have a name with one beginning and hardly anybody has the other too, a page may be empty and not the last.
        while page.value.is_empty()
            && let Some(next) = page.next
        {
            page = self.next(&next).await?;
        }
        Ok(page)
    }

    pub async fn person(self, id: &str) -> Result<User> {
        self.get(&person(id)).await
    }

    pub async fn create_person(self, new: &Value) -> Result<User> {
        self.send(Method::Post, "/users", new).await
    }

    pub async fn update_person(self, id: &str, etag: Option<&str>, changes: &Value) -> Result<()> {
        self.change(&person(id), etag, changes).await
    }

    pub async fn delete_person(self, id: &str) -> Result<()> {
        self.delete(&person(id)).await
    }

    /// One page of those who were deleted less than 30 days ago.
    pub async fn deleted_people(self) -> Result<Collection<User>> {
        self.get(&format!("{DELETED}?$top={PAGE}&$select=id,displayName,mail,identities,deletedDateTime")).await
    }

    /// Brings one of them back.
    pub async fn restore_person(self, id: &str) -> Result<()> {
        self.act(Method::Post, &format!("{DELETED}/{}/restore", encoded(id)), &json!({})).await
    }

    /// For good.
    pub async fn forget_person(self, id: &str) -> Result<()> {
        self.delete(&format!("{DELETED}/{}", encoded(id))).await
    }

    /// The answer holds the new password, this once; its owner has to choose another with it.
    pub async fn reset_password(self, id: &str) -> Result<NewPassword> {
        let path = format!("{}/authentication/methods/{PASSWORD}/resetPassword", person(id));
        self.send(Method::Post, &path, &json!({})).await
    }

    /// By what the person signs in, each with its type.
    pub async fn methods(self, id: &str) -> Result<Vec<Value>> {
        self.list(&format!("{}/authentication/methods", person(id))).await
    }

    pub async fn remove_second_step(self, id: &str, method: &str) -> Result<()> {
        self.delete(&format!("{}/authentication/emailMethods/{}", person(id), encoded(method))).await
    }

    /// Asks the person by mail to choose a new password.
    pub async fn send_recovery_mail(self, id: &str) -> Result<()> {
        self.act(Method::Post, &format!("{}/sendRecoveryMail", person(id)), &json!({})).await
    }

    pub async fn end_sessions(self, id: &str) -> Result<()> {
        self.act(Method::Post, &format!("{}/revokeSignInSessions", person(id)), &json!({})).await
    }
}

fn person(id: &str) -> String {
    format!("/users/{}", encoded(id))
}

// Branding and languages

impl Client {
    pub async fn branding(self, organization: &str) -> Result<Branding> {
        self.get(&branding(organization)).await
    }

    pub async fn update_branding(self, organization: &str, changes: &Value) -> Result<()> {
        self.change(&branding(organization), None, changes).await
    }

    /// `place`: `bannerLogo` or `backgroundImage`.
    pub async fn put_picture(self, organization: &str, place: &str, picture: &web_sys::File) -> Result<()> {
        self.put(&format!("{}/{place}", branding(organization)), picture).await
    }

    pub async fn delete_picture(self, organization: &str, place: &str) -> Result<()> {
        self.delete(&format!("{}/{place}", branding(organization))).await
    }

    /// Every sentence of the pages in one language: what is said without the directory's own, and that where it has one.
    pub async fn sentences(self, organization: &str, language: &str) -> Result<Vec<Said>> {
        self.list(&sentences(organization, language)).await
    }

    /// By name; null takes a sentence back to ours.
    pub async fn say(self, organization: &str, language: &str, changes: &Value) -> Result<()> {
        self.change(&sentences(organization, language), None, changes).await
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPassword {
    pub new_password: String,
}

/// One sentence.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Said {
    pub key: String,
    pub default: String,
    pub value: Option<String>,
}

fn branding(organization: &str) -> String {
    format!("/organization/{}/branding", encoded(organization))
}

fn sentences(organization: &str, language: &str) -> String {
    format!("/organization/{}/sentences/{}", encoded(organization), encoded(language))
}

// A design as a document

/// In which words a design is written, and how the name of its file ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Toml,
    Json,
}

impl Dialect {
    pub fn ending(self) -> &'static str {
        match self {
            Dialect::Toml => "toml",
            Dialect::Json => "json",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Dialect::Toml => "application/toml",
            Dialect::Json => "application/json",
        }
    }
}

impl Client {
    pub async fn export(self, dialect: Dialect) -> Result<String> {
        self.text("/export", dialect.media_type()).await
    }

    /// What a document would change.
    pub async fn plan(self, dialect: Dialect, document: &str) -> Result<Value> {
        self.send_text("/import?plan=true", dialect.media_type(), document).await
    }

    /// Changes it, while the design still stands as it did for the plan.
    pub async fn import(self, dialect: Dialect, document: &str, base: &str) -> Result<Value> {
        self.send_text(&format!("/import?base={}", encoded(base)), dialect.media_type(), document).await
    }
}

// Activity

impl Client {
    /// One page, newest first.
    pub async fn sign_ins(self, which: &WhichSignIns) -> Result<Collection<SignIn>> {
        let mut path = format!("/auditLogs/signIns?$top={PAGE}");
        if let Some(filter) = which.filter() {
            path.push_str(&format!("&$filter={}", encoded(&filter)));
        }
        self.get(&path).await
    }

    pub async fn changes(self) -> Result<Collection<DirectoryAudit>> {
        self.get(&format!("/auditLogs/directoryAudits?$top={PAGE}")).await
    }
}
