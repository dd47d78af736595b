//! Kept mail: what lies in the outbox, opened.

use super::TestServer;
use server::{directory::outbox, mail::compose::Letter};

pub struct Mailbox<'a> {
    pub(super) server: &'a TestServer,
}

impl Mailbox<'_> {
    /// Everything that was written, the newest first.
    pub async fn all(&self) -> Vec<Letter> {
        let state = &self.server.state;
        let kept = outbox::newest(&state.db, 10_000).await.unwrap();
        let open = |kept: &outbox::Kept| {
            let plain = state.seal.open(&outbox::context(&kept.tenant, &kept.id), &kept.sealed).unwrap();
            serde_json::from_slice(&plain).unwrap()
        };
        kept.iter().map(open).collect()
    }

    /// What was written to this very address, the newest first.
    pub async fn to(&self, address: &str) -> Vec<Letter> {
        self.all().await.into_iter().filter(|letter| letter.to == address).collect()
    }

    pub async fn latest(&self, address: &str) -> Letter {
        let letters = self.to(address).await;
        letters.into_iter().next().unwrap_or_else(|| panic!("nobody wrote to {address}"))
    }

    /// The code of the newest letter that has one.
    pub async fn code(&self, address: &str) -> String {
        let code = self.to(address).await.into_iter().find_map(|letter| letter.code);
        code.unwrap_or_else(|| panic!("no code was sent to {address}")).reveal().to_owned()
    }
}
