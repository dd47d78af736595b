//! What every letter to somebody needs to know of them: where they sign in; and the letters that tell them what was changed.

use crate::{
    directory::{
        attachment::{self, Attachment},
        identity,
        outbox::Waiting,
        person::Person,
    },
    error::Result,
    graph::caller::Caller,
    mail::compose::Mail,
    post,
    state::AppState,
};

/// An application of the flow by which the person came, or another where people sign in.
pub fn door<'a>(person: &Person, attached: &'a [Attachment]) -> Option<&'a Attachment> {
    let own = attached.iter().find(|it| Some(&it.flow) == person.user_flow.as_ref());
    own.or(attached.first())
}

/// The owner is told (security R11, R18), at the mailboxes that were theirs before: whoever is behind the change has not all.
/// The mail names where they sign in.
pub async fn notices(
    state: &AppState,
    caller: &Caller,
    person: &Person,
    mail: impl FnOnce(String) -> Mail,
) -> Result<Vec<Waiting>> {
    let tenant = &caller.tenant;
    let attached = attachment::list(&state.db, &tenant.id).await?;
    let texts = post::texts(state, &tenant.id, &person.id).await?;
    let mailboxes = identity::list_mailboxes(&state.db, &tenant.id, &person.id).await?;
    let mail = mail(door(person, &attached).map_or_else(|| tenant.brand.name.clone(), |door| door.name.clone()));
    post::notices(state, tenant, &mailboxes, &mail, &texts)
}
