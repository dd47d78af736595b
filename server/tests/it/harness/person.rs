//! People: those who have accounts already, and what they do on the pages.

use super::{Application, Browser, TestServer};
use app::contract::{id::AccountId, secret::Secret};
use server::directory::{
    account::{self, NewAccount, NewName, Profile},
    person,
};
use tokio::sync::OnceCell;

/// Everybody's password, unless the test is about passwords.
pub const PASSWORD: &str = "a bird in the hand";

impl TestServer {
    /// An account as a sign-up with a password leaves it.
    pub async fn account(&self, application: &Application, address: &str) -> AccountId {
        let hash = self.hash(PASSWORD).await;
        self.insert_account(application, NewName::Proved(address.into()), Some(hash)).await
    }

    /// Of everybody's password, made once.
    pub(super) async fn hash(&self, password: &str) -> Secret {
        static HASH: OnceCell<Secret> = OnceCell::const_new();
        HASH.get_or_init(async || self.state.hasher.hash(&password.into()).await.unwrap()).await.clone()
    }

    /// An account that signs in by code.
    pub async fn passcode_account(&self, application: &Application, address: &str) -> AccountId {
        self.insert_account(application, NewName::Proved(address.into()), None).await
    }

    /// An account with a password, and a user name whose owner is reached at that address.
    pub async fn user_name(&self, application: &Application, user_name: &str, contact: &str) -> AccountId {
        let hash = self.hash(PASSWORD).await;
        let name = NewName::UserName(user_name.into(), Some(contact.into()));
        self.insert_account(application, name, Some(hash)).await
    }

    async fn insert_account(&self, application: &Application, name: NewName, password: Option<Secret>) -> AccountId {
        let id = AccountId::from(self.state.chance.id());
        let new = NewAccount {
            id: id.clone(),
            user_flow: application.flow.clone(),
            name,
            password,
            attributes: vec![("displayName".into(), "Ada Lovelace".into())],
        };
        self.write(|c, tenant, now| Box::pin(async move { account::insert(c, &tenant, &new, now).await })).await;
        id
    }

    pub async fn disable(&self, account: &AccountId) {
        let account = account.clone();
        self.write(|c, tenant, now| {
            Box::pin(async move { person::set_disabled(c, &tenant, &account, Some(now)).await })
        })
        .await;
    }

    pub async fn profile(&self, account: &AccountId) -> Profile {
        account::profile(&self.state.db, &self.tenant, account).await.unwrap().unwrap()
    }
}

impl Browser {
    /// From the first page to the password's verdict.
    pub async fn sign_in(&mut self, address: &str, password: &str) -> &mut Self {
        self.fill(&[("Email address", address)]).press("Continue").await;
        self.guess(password).await
    }

    /// On the page for the password.
    pub async fn guess(&mut self, password: &str) -> &mut Self {
        self.fill(&[("Password", password)]).press("Sign in").await
    }

    /// From the first page to the page for a new password.
    pub async fn prove_new_address(&mut self, address: &str) -> &mut Self {
        self.press("Create one").await;
        self.fill(&[("Email address", address)]).press("Send code").await;
        self.type_code(address).await
    }

    /// From the first page to the end.
    pub async fn sign_up(&mut self, address: &str) -> &mut Self {
        self.prove_new_address(address).await;
        self.fill(&[("New password", PASSWORD)]).press("Continue").await;
        self.fill(&[("Display name", "Ada Lovelace")]).press("Create account").await
    }

    /// The newest code that came to the address.
    pub async fn type_code(&mut self, address: &str) -> &mut Self {
        let code = self.server.mailbox().code(address).await;
        self.fill(&[("Code", &code)]).press("code").await
    }
}
