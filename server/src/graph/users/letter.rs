//! What every letter to somebody needs to know of them: in which language, and where they sign in.

use crate::{
    directory::{attachment::Attachment, person::Person, session},
    error::Result,
    graph::caller::Caller,
    sentences,
    state::AppState,
    wishes,
};
use app::text::Texts;
use std::sync::Arc;

/// As they read our pages last.
pub async fn texts(state: &AppState, caller: &Caller, person: &Person) -> Result<Arc<Texts>> {
    let language = session::last_language(&state.db, &caller.tenant.id, &person.id).await?;
    let language = language.unwrap_or_else(|| wishes::language("", None).into());
    sentences::spoken(state, &caller.tenant.id, &language).await
}

/// An application of the flow by which the person came, or another where people sign in.
pub fn door<'a>(person: &Person, attached: &'a [Attachment]) -> Option<&'a Attachment> {
    let own = attached.iter().find(|it| Some(&it.flow) == person.user_flow.as_ref());
    own.or(attached.first())
}
