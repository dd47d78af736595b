//! By which name an application knows somebody: found anew whenever it is asked, and kept nowhere.

use app::contract::id::{AccountId, ApplicationId, TenantId};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// So that two of them cannot compare notes (OpenID Connect Core §8.1).
/// The account's id, 122 random bits that no scope but `openid` need tell, is the key: unlike the seal key it is never
/// changed, and neither may this name be.
pub fn pairwise(tenant: &TenantId, application: &ApplicationId, account: &AccountId) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, account.as_str().as_bytes());
    let pair = format!("sub|{tenant}|{application}");
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, pair.as_bytes()))
}
