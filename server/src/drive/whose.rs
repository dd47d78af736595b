//! Whose is an address or a user name? For a face that tells its applications, and where a name is taken: who tries many is
//! held back as who tries passwords is (security R2, R6).

use super::perform::{count_failure, failure_from, network_in_words, refuse_beyond};
use crate::{
    directory::{
        counter,
        identity::{self, Folded, Known},
        sign_in_failure::{Failure, Why},
    },
    error::Result,
    guard::Caller,
    state::AppState,
};
use app::contract::id::{ApplicationId, TenantId, UserFlowId};

pub struct Asking<'a> {
    pub tenant: &'a TenantId,
    pub application: &'a ApplicationId,
    pub user_flow: &'a UserFlowId,
    pub caller: &'a Caller,
}

/// What tells something is counted by network: of who signs in that nobody is known, of who signs up that somebody is.
/// Beyond the limit nobody is told anything.
pub async fn whose(state: &AppState, asking: Asking<'_>, address: &str, signs_up: bool) -> Result<Option<Known>> {
    let (tenant, now) = (asking.tenant, state.clock.now());
    let network = failure_from(state, asking.caller);
    refuse_beyond(counter::next_allowed(&state.db, tenant, &network, now).await?, now)?;
    let known = identity::find_by_name(&state.db, tenant, &Folded::address(address)).await?;
    if known.is_some() == signs_up {
        let failure = (!signs_up).then(|| Failure {
            id: state.chance.id(),
            first_at: now,
            network: network_in_words(asking.caller),
            account: None,
            application: asking.application.clone(),
            user_flow: asking.user_flow.clone(),
            code: Why::Unknown.code(),
            times: 1,
        });
        count_failure(state, tenant, network, failure, now).await?;
    }
    Ok(known)
}
