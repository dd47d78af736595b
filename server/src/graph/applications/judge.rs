//! What is wrong with an application as a developer wrote it, all of it at once. Where it may be answered is judged here,
//! once: later an address is compared byte by byte (security R27).

use super::{identifier_uris, scopes};
use crate::{
    config::PublicUrl,
    directory::application::{Application as Kept, ApplicationSecret, Notes, Platform, Protocol, RedirectUri},
    error::{Error, Flaw, Result},
    graph::body,
    secret::{jwk, jwt::Algorithm},
};
use app::contract::{
    id::{ApplicationId, UserFlowId},
    resource::application::Application,
    time::Timestamp,
};
use url::Url;

/// The only `signInAudience`.
pub const OWN_PEOPLE: &str = "AzureADMyOrg";
const NAME_MAX: usize = 120;
/// Graph's most for one application.
const MOST_URIS: usize = 256;
const LONGEST_URI: usize = 2048;

/// What Graph's applications have and ours do not, and where the same is said.
const ELSEWHERE: [(&str, &str); 9] = [
    (
        "requiredResourceAccess",
        "What an application may do is given to it, not wished for: by /oauth2PermissionGrants, and by \
         /servicePrincipals/{id}/appRoleAssignments.",
    ),
    ("api/requestedAccessTokenVersion", "Access tokens are what Entra calls version 2: leave it out."),
    ("api/preAuthorizedApplications", "What an application is granted of an API is given by /oauth2PermissionGrants."),
    (
        "api/knownClientApplications",
        "An administrator grants every application its scopes, by /oauth2PermissionGrants.",
    ),
    ("api/acceptMappedClaims", "Which claims tokens have is set in the user flow."),
    ("appRoles", "Applications have no roles of their own here."),
    ("optionalClaims", "Which claims tokens have is set in the user flow."),
    ("groupMembershipClaims", "There are no groups here that tokens could name."),
    ("keyCredentials", "Public keys are JSON Web Keys here, in protocol/keys."),
];

/// Before it is read: each is refused by its own sentence, unless it says nothing.
pub fn elsewhere(sent: &[u8]) -> Result<()> {
    let sent = body::json(sent)?;
    let says = |name: &str| sent.pointer(&format!("/{name}")).is_some_and(|value| !body::is_nothing(value));
    let said = ELSEWHERE.into_iter().filter(|(name, _)| says(name));
    let flaws: Vec<Flaw> = said.map(|(name, why)| Flaw::new(name, why)).collect();
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

/// What follows from the redirect URIs may be said as it is, and not otherwise.
pub fn follows(sent: &[u8], asked: &Application) -> Result<()> {
    let said = body::json(sent)?.get("isFallbackPublicClient").and_then(|value| value.as_bool());
    match said {
        Some(is) if is == asked.public_client.redirect_uris.is_empty() => {
            let why = "It is true of applications with redirect URIs under publicClient, and of no others.";
            Err(Flaw::new("isFallbackPublicClient", why).into())
        }
        _ => Ok(()),
    }
}

/// `off_at` is the moment that is written down where it is switched off.
pub fn whole(
    asked: &Application,
    id: ApplicationId,
    user_flow: Option<UserFlowId>,
    secrets: &[ApplicationSecret],
    off_at: Timestamp,
    public_url: &PublicUrl,
) -> Result<(Kept, Notes)> {
    let by_platform = [
        (Platform::Web, &asked.web.redirect_uris),
        (Platform::SinglePage, &asked.spa.redirect_uris),
        (Platform::Native, &asked.public_client.redirect_uris),
    ];
    let redirect_uris = by_platform
        .into_iter()
        .flat_map(|(platform, uris)| uris.iter().map(move |uri| RedirectUri { platform, uri: uri.clone() }))
        .collect();
    let algorithm = if asked.token_algorithm.is_empty() { "RS256" } else { &asked.token_algorithm };
    let notes = Notes {
        description: asked.description.clone(),
        identifier_uris: asked.identifier_uris.clone(),
        scopes: asked.api.oauth2_permission_scopes.clone(),
        tags: asked.tags.clone(),
        widget_origins: asked.widget_origins.clone(),
        native_authentication: asked.native_authentication_apis_enabled == "all",
        native_authentication_is_silent: asked.native_authentication_is_silent,
        marketing_url: asked.info.marketing_url.clone(),
        support_url: asked.info.support_url.clone(),
        terms_url: asked.info.terms_of_service_url.clone(),
        privacy_url: asked.info.privacy_statement_url.clone(),
    };
    let kept = Kept {
        id,
        name: asked.display_name.trim().into(),
        user_flow,
        algorithm: algorithm.into(),
        home_url: asked.web.home_page_url.clone(),
        disabled_at: (asked.account_enabled == Some(false)).then_some(off_at),
        redirect_uris,
        widget_origins: asked.widget_origins.clone(),
        native_authentication: notes.native(),
        scopes: notes.scopes.clone(),
        protocol: protocol(asked),
        secrets: secrets.to_vec(),
    };
    let mut flaws = flaws(&kept, &notes, public_url);
    if !["", OWN_PEOPLE].contains(&asked.sign_in_audience.as_str()) {
        let why = format!("People of this tenant sign in, and nobody else: it is '{OWN_PEOPLE}'.");
        flaws.push(Flaw::new("signInAudience", why));
    }
    if !["", "none", "all"].contains(&asked.native_authentication_apis_enabled.as_str()) {
        flaws.push(Flaw::new("nativeAuthenticationApisEnabled", "It is 'none' or 'all'."));
    }
    if flaws.is_empty() { Ok((kept, notes)) } else { Err(Error::Invalid(flaws)) }
}

/// What is wrong with an application, whoever wrote it: one by one here, or a whole directory as a document.
pub fn flaws(kept: &Kept, notes: &Notes, public_url: &PublicUrl) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let name = &kept.name;
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        flaws.push(Flaw::new("displayName", format!("An application has a name of one to {NAME_MAX} characters.")));
    }
    if Algorithm::named(&kept.algorithm).is_none() {
        flaws.push(Flaw::new("tokenAlgorithm", "Tokens are signed by RS256, ES256 or EdDSA."));
    }
    flaws.extend(flaws_of_redirect_uris(&kept.redirect_uris));
    let addresses = [
        ("web/homePageUrl", &kept.home_url),
        ("web/logoutUrl", &kept.protocol.front_channel_logout_url),
        ("protocol/backChannelLogoutUrl", &kept.protocol.back_channel_logout_url),
        ("info/marketingUrl", &notes.marketing_url),
        ("info/supportUrl", &notes.support_url),
        ("info/termsOfServiceUrl", &notes.terms_url),
        ("info/privacyStatementUrl", &notes.privacy_url),
    ];
    for (target, address) in addresses {
        if let Some(address) = address
            && let Err(why) = page(address)
        {
            flaws.push(Flaw::new(target, why));
        }
    }
    for (n, key) in kept.protocol.keys.iter().enumerate() {
        if !jwk::may_sign(key) {
            let why = format!("It is no public key for {}, or it has no kid.", jwk::ALGORITHMS.join(", "));
            flaws.push(Flaw::new(format!("protocol/keys/{n}"), why));
        }
    }
    for (n, origin) in notes.widget_origins.iter().enumerate() {
        if let Err(why) = self::origin(origin) {
            flaws.push(Flaw::new(format!("widgetOrigins/{n}"), why));
        }
    }
    flaws.extend(identifier_uris::flaws(&notes.identifier_uris, public_url));
    flaws.extend(scopes::flaws(&notes.scopes));
    flaws
}

fn protocol(asked: &Application) -> Protocol {
    let (implicit, told) = (&asked.web.implicit_grant_settings, &asked.protocol);
    Protocol {
        id_token_at_authorize: implicit.enable_id_token_issuance,
        access_token_at_authorize: implicit.enable_access_token_issuance,
        require_proof_key: told.require_proof_key,
        require_pushed_requests: told.require_pushed_requests,
        require_bound_tokens: told.require_bound_tokens,
        require_fresh_proofs: told.require_fresh_proofs,
        only_own_user_flow: told.only_own_user_flow,
        sign_userinfo: told.sign_userinfo,
        plain_access_tokens: told.plain_access_tokens,
        back_channel_logout_url: told.back_channel_logout_url.clone(),
        front_channel_logout_url: asked.web.logout_url.clone(),
        keys: told.keys.clone(),
    }
}

/// What is changed elsewhere or never.
pub fn fixed(before: &Application, after: &Application) -> Result<()> {
    let changed = [
        ("id", before.id != after.id, "It never changes."),
        ("appId", before.app_id != after.app_id, "It never changes."),
        ("createdDateTime", before.created_date_time != after.created_date_time, "It never changes."),
        (
            "passwordCredentials",
            before.password_credentials != after.password_credentials,
            "Secrets are made and removed by addPassword and removePassword.",
        ),
        ("userFlow", before.user_flow != after.user_flow, "An application is attached in its user flow."),
    ];
    let flaws: Vec<Flaw> =
        changed.into_iter().filter(|(_, changed, _)| *changed).map(|(name, _, why)| Flaw::new(name, why)).collect();
    if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
}

fn flaws_of_redirect_uris(uris: &[RedirectUri]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for (place, known) in uris.iter().enumerate() {
        let before = &uris[..place];
        let verdict =
            redirect_uri(known.platform, &known.uri).and_then(|()| match before.iter().any(|it| it.uri == known.uri) {
                true => Err("It is registered twice. One address belongs to one platform.".into()),
                false => Ok(()),
            });
        if let Err(why) = verdict {
            let n = before.iter().filter(|it| it.platform == known.platform).count();
            flaws.push(Flaw::new(format!("{}/redirectUris/{n}", member(known.platform)), why));
        }
    }
    if uris.len() > MOST_URIS {
        flaws.push(Flaw::new("redirectUris", format!("An application has at most {MOST_URIS} redirect URIs.")));
    }
    flaws
}

/// Where Graph writes the redirect URIs of a platform.
fn member(platform: Platform) -> &'static str {
    match platform {
        Platform::Web => "web",
        Platform::SinglePage => "spa",
        Platform::Native => "publicClient",
    }
}

/// https; http on this machine; for native applications a scheme of their own (RFC 8252 §7.1). It is written as URLs are
/// written, so that no two readers can take it for two places.
fn redirect_uri(platform: Platform, uri: &str) -> Result<(), String> {
    let url = plain(uri)?;
    match (url.scheme(), platform) {
        ("https", _) => Ok(()),
        ("http", _) if is_this_machine(&url) => Ok(()),
        ("http", _) => {
            Err(format!("'{uri}' is http: only https is safe, but for http://localhost and http://127.0.0.1."))
        }
        (scheme, platform) if platform.may_own_scheme(scheme) => Ok(()),
        (scheme, Platform::Native) => Err(format!(
            "The scheme '{scheme}' may be anybody's. Use the reverse of a domain of yours, like com.example.app."
        )),
        (scheme, _) => Err(format!("'{scheme}' is no scheme for a page. Use https.")),
    }
}

fn plain(uri: &str) -> Result<Url, String> {
    let url = Url::parse(uri).map_err(|fault| format!("'{uri}' is no address: {fault}."))?;
    let odd = |c: char| c.is_control() || c.is_whitespace() || "*\\<>\"{}|^`".contains(c);
    if uri.len() > LONGEST_URI || uri.contains(odd) || !uri.is_ascii() {
        return Err(format!("'{uri}' has a character that a redirect URI cannot have."));
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("'{uri}' has a fragment or a user name, which a redirect URI cannot have."));
    }
    let lower = uri.to_ascii_lowercase();
    // No server takes an app's own address apart, and Android's `msauth` has a hash in it, of base64 with its slashes.
    let hides_a_slash = lower.contains("%2f") && is_of_the_web(&url);
    if lower.contains("..") || lower.contains("%2e") || hides_a_slash || lower.contains("%5c") {
        return Err(format!("'{uri}' leads up or hides a dot or slash, which a redirect URI cannot."));
    }
    let written = as_browsers_write(&url, uri);
    let is_written_so = written == uri || written.strip_suffix('/') == Some(uri);
    if !is_written_so {
        return Err(format!("Write it as browsers do: '{written}'."));
    }
    Ok(url)
}

fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// An app's own scheme keeps its letters: iOS makes it of a bundle's name, which may have capitals (RFC 3986 §3.1).
fn as_browsers_write(url: &Url, uri: &str) -> String {
    let (scheme, rest) = url.as_str().split_at(url.scheme().len());
    let typed = uri.get(..scheme.len()).filter(|typed| !is_of_the_web(url) && typed.eq_ignore_ascii_case(scheme));
    format!("{}{rest}", typed.unwrap_or(scheme))
}

fn is_this_machine(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// A page of the web that people are led to.
fn page(address: &str) -> Result<(), String> {
    let url = plain(address)?;
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_this_machine(&url) => Ok(()),
        _ => Err(format!("'{address}' is no https address.")),
    }
}

/// Scheme, host and port, and nothing else.
fn origin(text: &str) -> Result<(), String> {
    let url = plain(text)?;
    page(text)?;
    let bare = url.origin().ascii_serialization() == text;
    if bare { Ok(()) } else { Err(format!("An origin has no path: '{}'.", url.origin().ascii_serialization())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r27_good_addresses_are_registered_as_they_are() {
        for (platform, uri) in [
            (Platform::Web, "https://shop.example/cb"),
            (Platform::Web, "https://shop.example"),
            (Platform::Web, "https://shop.example/cb?tenant=1"),
            (Platform::Web, "https://shop.example:8443/cb"),
            (Platform::Web, "http://localhost:3000/cb"),
            (Platform::SinglePage, "http://127.0.0.1:5173/"),
            (Platform::Native, "http://[::1]/cb"),
            (Platform::Native, "com.example.app:/cb"),
            (Platform::Native, "msal6d2c1c6e://auth"),
            (Platform::Native, "msauth://com.example.app/hash%3D"),
            // Android: base64 of a hash, encoded.
            (Platform::Native, "msauth://com.example.app/2pO%2Bx9%2FqZ%2f8wkZ0%3D"),
            // iOS: names of bundles.
            (Platform::Native, "msauth.com.contoso.MyApp://auth"),
            (Platform::Native, "com.contoso.MyApp:/cb"),
            (Platform::Native, "Com.Contoso.MyApp:/Cb?K=V"),
            (Platform::Native, "MSAL6d2c1c6e://auth"),
            (Platform::Native, "MsAuth://com.Example.App/hash"),
        ] {
            assert_eq!(redirect_uri(platform, uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn an_app_s_scheme_is_left_as_it_is_and_nothing_else() {
        let better = |uri| redirect_uri(Platform::Native, uri).unwrap_err();
        assert_eq!(better("com.contoso.MyApp:/a/./b"), "Write it as browsers do: 'com.contoso.MyApp:/a/b'.");
        assert_eq!(better("HTTPS://shop.example/cb"), "Write it as browsers do: 'https://shop.example/cb'.");
    }

    #[test]
    fn r27_cve_2024_21637_everything_else_is_refused() {
        for uri in [
            "",
            "shop",
            "//shop.example/cb",
            "http://shop.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://*.shop.example/cb",
            "https://shop.example/*",
            "https://shop.example/cb#x",
            "https://a@shop.example/",
            "https://a:b@shop.example/",
            "https://shop.example/../x",
            "https://shop.example/%2e%2e/x",
            "https://shop.example/%2fx",
            "http://127.0.0.1/a%2Fb",
            "com.example.app:/%2e%2e%2fx",
            "com.example.app:/a%5cb",
            "myapp:/a%2Fb",
            "https://Shop.example/cb",
            "HTTPS://shop.example/cb",
            "Http://localhost/cb",
            "MyApp:/cb",
            "JavaScript:alert(1)",
            "https://shop.example:443/cb",
            "https://shop.example\\@evil.example/",
            "https://shop.example/c b",
            "https://shop.example/\r\nX: y",
            "https://sh\u{3002}op.example/",
            "https://b\u{fc}cher.example/",
            "file:///etc/passwd",
            "ftp://shop.example/",
            "vbscript:x",
            "blob:https://shop.example/1",
            "about:blank",
            "http://localhost.evil.example/",
            "myapp:/cb",
        ] {
            for platform in [Platform::Web, Platform::SinglePage] {
                assert!(redirect_uri(platform, uri).is_err(), "{uri}");
            }
            assert!(redirect_uri(Platform::Native, uri).is_err(), "native {uri}");
        }
    }
}
