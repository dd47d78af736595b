//! `/organization` and its branding: the tenant, and how its pages look.

use super::moment::Moment;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Organization {
    pub id: String,
    pub display_name: String,
    /// `CIAM` for customers, `AAD` for employees.
    pub tenant_type: String,
    pub created_date_time: Option<Moment>,
    pub verified_domains: Vec<VerifiedDomain>,
    /// The words by which the tenant is known in URLs. Not in Graph.
    pub names: Vec<String>,
    /// What a request to sign out gets that brings no ID token: `askThenReturn`, `returnAtOnce` or `askAndStay`. Not in Graph.
    pub sign_out_without_hint: String,
    /// What the administrator who asks may do in it. Not in Graph.
    pub roles: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VerifiedDomain {
    pub name: String,
    pub is_default: bool,
    pub is_initial: bool,
}

/// `/organization/{id}/branding`, and `…/localizations/{locale}`: what a locale leaves out is the default's.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Branding {
    #[serde(rename = "@odata.etag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `0` for the default, else the locale.
    pub id: String,
    /// `#RRGGBB`.
    pub background_color: Option<String>,
    pub header_background_color: Option<String>,
    pub sign_in_page_text: Option<String>,
    pub username_hint_text: Option<String>,
    pub custom_account_reset_credentials_url: Option<String>,
    pub custom_cannot_access_your_account_text: Option<String>,
    pub custom_forgot_my_password_text: Option<String>,
    pub custom_privacy_and_cookies_text: Option<String>,
    pub custom_privacy_and_cookies_url: Option<String>,
    pub custom_terms_of_use_text: Option<String>,
    pub custom_terms_of_use_url: Option<String>,
    pub background_image_relative_url: Option<String>,
    pub banner_logo_relative_url: Option<String>,
    pub square_logo_relative_url: Option<String>,
    pub square_logo_dark_relative_url: Option<String>,
    pub header_logo_relative_url: Option<String>,
    pub favicon_relative_url: Option<String>,
    /// Where the pictures above are read from.
    pub cdn_list: Vec<String>,
    pub login_page_layout_configuration: Option<PageLayout>,
    pub login_page_text_visibility_settings: Option<TextVisibility>,
    pub content_customization: Option<ContentCustomization>,
    /// The colour of buttons and links, `#RRGGBB`. Not in Graph.
    pub brand_color: Option<String>,
    /// What people know the tenant by. Not in Graph.
    pub brand_name: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PageLayout {
    /// `default` or `verticalSplit`.
    pub layout_template_type: String,
    pub is_header_shown: bool,
    pub is_footer_shown: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TextVisibility {
    pub hide_account_reset_credentials: Option<bool>,
    pub hide_cannot_access_your_account: Option<bool>,
    pub hide_forgot_my_password: Option<bool>,
    pub hide_privacy_and_cookies: Option<bool>,
    pub hide_reset_it_now: Option<bool>,
    pub hide_terms_of_use: Option<bool>,
}

/// Sentences of the pages that the tenant says in its own words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContentCustomization {
    pub attribute_collection: Vec<Sentence>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sentence {
    pub key: String,
    pub value: String,
}
