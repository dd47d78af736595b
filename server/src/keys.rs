//! stub
use crate::{error::Result, state::AppState};
use app::contract::id::TenantId;
#[derive(Default)]
pub struct Keys;
pub async fn ensure(_: &AppState, _: &TenantId) -> Result<()> {
    Ok(())
}
pub async fn rotate_if_due(_: &AppState, _: &TenantId) -> Result<()> {
    Ok(())
}
