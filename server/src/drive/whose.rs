//! Whose is an address or a user name? For a face that tells its applications, and where a name is taken: who tries many is
//! held back as who tries passwords is (security R2, R6).

use super::counted::{Asking, count_failure, failure, failure_from, find_within};
use crate::{
    directory::{
        identity::{Folded, Known},
        sign_in_failure::Why,
    },
    error::Result,
    state::AppState,
};

/// What tells something is counted by network: of who signs in that nobody is known, of who signs up that somebody is.
/// Beyond the limit nobody is told anything.
pub async fn whose(state: &AppState, asking: Asking<'_>, address: &str, signs_up: bool) -> Result<Option<Known>> {
    let (tenant, now) = (asking.tenant, state.clock.now());
    let network = failure_from(state, asking.caller);
    let known = find_within(state, tenant, &network, &Folded::address(address), now).await?;
    if known.is_some() == signs_up {
        let failure = (!signs_up).then(|| failure(state, &asking, None, Why::Unknown));
        count_failure(state, tenant, network, failure, now).await?;
    }
    Ok(known)
}
