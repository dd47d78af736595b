//! An application as Graph writes it.

use super::judge::OWN_PEOPLE;
use crate::{
    directory::application::{Platform, Registered},
    graph::answer::etag,
    secret::token,
};
use app::contract::{
    resource::{
        application::{
            Api, Application, ApplicationFlow, ImplicitGrantSettings, Info, PasswordCredential, Protocol, PublicClient,
            SinglePage, Web,
        },
        moment::Moment,
    },
    user_flow::UserFlow,
};

pub fn shown(registered: &Registered, flow: Option<&UserFlow>) -> Application {
    let Registered { application, created_at, notes, secrets } = registered;
    let protocol = &application.protocol;
    let redirect_uris = |platform| {
        let of_platform = application.redirect_uris.iter().filter(|it| it.platform == platform);
        of_platform.map(|it| it.uri.clone()).collect()
    };
    let credential = |secret: &crate::directory::application::ApplicationSecret| {
        let (since, name) = secrets.get(&secret.id).cloned().unwrap_or_default();
        PasswordCredential {
            key_id: secret.id.clone(),
            display_name: Some(name).filter(|name| !name.is_empty()),
            start_date_time: Some(Moment(since)),
            end_date_time: Some(Moment(secret.expires_at)),
            hint: Some(secret.hint.clone()),
            ..PasswordCredential::default()
        }
    };
    let mut shown = Application {
        etag: None,
        id: application.id.to_string(),
        app_id: application.id.to_string(),
        display_name: application.name.clone(),
        description: notes.description.clone(),
        created_date_time: Some(Moment(*created_at)),
        sign_in_audience: OWN_PEOPLE.into(),
        identifier_uris: notes.identifier_uris.clone(),
        api: Api { oauth2_permission_scopes: notes.scopes.clone() },
        web: Web {
            home_page_url: application.home_url.clone(),
            logout_url: protocol.front_channel_logout_url.clone(),
            implicit_grant_settings: ImplicitGrantSettings {
                enable_id_token_issuance: protocol.id_token_at_authorize,
                enable_access_token_issuance: protocol.access_token_at_authorize,
            },
            redirect_uris: redirect_uris(Platform::Web),
        },
        spa: SinglePage { redirect_uris: redirect_uris(Platform::SinglePage) },
        public_client: PublicClient { redirect_uris: redirect_uris(Platform::Native) },
        is_fallback_public_client: application.redirect_uris.iter().any(|it| it.platform == Platform::Native),
        native_authentication_apis_enabled: if notes.native_authentication { "all" } else { "none" }.into(),
        native_authentication_is_silent: notes.native_authentication_is_silent,
        password_credentials: application.secrets.iter().map(credential).collect(),
        info: Info {
            marketing_url: notes.marketing_url.clone(),
            support_url: notes.support_url.clone(),
            terms_of_service_url: notes.terms_url.clone(),
            privacy_statement_url: notes.privacy_url.clone(),
        },
        tags: notes.tags.clone(),
        user_flow: flow.map(|flow| ApplicationFlow { id: flow.id.to_string(), display_name: flow.name.clone() }),
        token_algorithm: application.algorithm.clone(),
        protocol: Protocol {
            require_proof_key: protocol.require_proof_key,
            require_pushed_requests: protocol.require_pushed_requests,
            require_bound_tokens: protocol.require_bound_tokens,
            require_fresh_proofs: protocol.require_fresh_proofs,
            only_own_user_flow: protocol.only_own_user_flow,
            sign_userinfo: protocol.sign_userinfo,
            plain_access_tokens: protocol.plain_access_tokens,
            back_channel_logout_url: protocol.back_channel_logout_url.clone(),
            keys: protocol.keys.clone(),
        },
        widget_origins: notes.widget_origins.clone(),
        account_enabled: Some(application.disabled_at.is_none()),
    };
    // What the tag stands for is everything above.
    let all = serde_json::to_string(&shown).unwrap_or_default();
    shown.etag = Some(etag(&token::hash(&all)[..16]));
    shown
}
