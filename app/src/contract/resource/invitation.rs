//! A way in for somebody who shall administer with us.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Invitation {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub invited_user_email_address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invited_user_display_name: String,
    /// Where Graph sends people afterwards. Here that is always the portal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub invite_redirect_url: String,
    pub send_invitation_message: bool,
    /// Not in Graph: what the person will be.
    pub role_definition_id: String,
    /// Not in Graph: in every tenant of this server.
    pub all_tenants: bool,
    /// Told once, to whoever made it, and to nobody if a mail carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_redeem_url: Option<String>,
    /// `PendingAcceptance`; `Completed` where the person was an administrator already.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_user: Option<InvitedUser>,
    /// Not in Graph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_date_time: Option<Moment>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InvitedUser {
    pub id: String,
}
