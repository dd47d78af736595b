//! What every test starts from: a server over a fresh database, a held clock, kept mail, browsers and applications.

mod administrator;
mod application;
mod browser;
mod counterfeit;
mod database;
mod dump;
mod form;
mod journey;
mod mailbox;
mod person;
mod proof;
mod server;

pub use administrator::{APP, Administrator};
pub use application::{Application, Asked, Place, Tokens};
pub use browser::Browser;
pub use counterfeit::Genuine;
pub use database::{fresh_name, on_both, on_both_alone};
pub use dump::{dump, dump_all, tables};
pub use form::Submission;
pub use journey::input;
pub use person::PASSWORD;
pub use proof::ProofKey;
pub use server::{Answered, HOST, ORIGIN, START, TestServer, WRONG_AFTER};

use futures::future::join_all;
use std::future::Future;

/// The same thing many times at the same moment; all the answers, in order.
pub async fn at_once<F>(times: usize, one: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let tasks: Vec<_> = (0..times).map(|number| tokio::spawn(one(number))).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}
