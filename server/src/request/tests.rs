//! Which requests pass, and what is said to those that do not.

use super::{redirect_uri::may_be_sent_to, *};
use crate::{
    directory::application::{ApplicationSecret, Protocol, RedirectUri},
    secret::token,
};

fn application(uris: &[(Platform, &str)]) -> Application {
    Application {
        id: "app".into(),
        name: "App".into(),
        user_flow: Some("flow".into()),
        algorithm: "RS256".into(),
        home_url: None,
        protocol: Default::default(),
        disabled_at: None,
        redirect_uris: uris
            .iter()
            .map(|(platform, uri)| RedirectUri { platform: *platform, uri: (*uri).into() })
            .collect(),
        widget_origins: Vec::new(),
        native_authentication: Default::default(),
        scopes: Vec::new(),
        secrets: Vec::new(),
    }
}

const REGISTERED: [(Platform, &str); 11] = [
    (Platform::Web, "https://app.example/cb"),
    (Platform::Web, "https://app.example/cb?tenant=1"),
    (Platform::SinglePage, "https://spa.example"),
    (Platform::Web, "http://localhost:3000/demo/callback"),
    (Platform::Native, "http://127.0.0.1/native"),
    (Platform::Native, "http://[::1]:7000/native"),
    (Platform::Native, "com.example.app:/cb"),
    (Platform::Native, "msauth://com.example.app/hash%3D"),
    (Platform::Native, "msal6d2c1c6e://auth"),
    (Platform::Native, "msauth.com.contoso.MyApp://auth"),
    (Platform::Native, "msauth://com.example.app/2pO%2Bx9%2FqZwkZ0%3D"),
];

/// What an attacker makes of a redirect URI (Keycloak CVE-2023-6291, CVE-2024-8883; authentik CVE-2024-52289).
fn disguises(uri: &str) -> Vec<String> {
    let (scheme, rest) = uri.split_once(':').unwrap();
    let host_at = uri.find("//").map_or(uri.len(), |at| at + 2);
    let (before, behind) = uri.split_at(host_at.min(uri.len()));
    let mut made: Vec<String> = [
        "/",
        "//",
        "/.",
        "/..",
        "/../",
        "/%2e%2e/",
        "/%2E%2e",
        "/./x",
        "?",
        "?x=y",
        "&x=y",
        "?tenant=2",
        "#",
        "#x",
        "%23x",
        "%00",
        "%0d%0a",
        "%20",
        " ",
        "\t",
        "\r\n",
        "\r\nLocation:x",
        "\\",
        "\\..",
        ";x",
        "@evil.example",
        ":443",
        ":80",
        ".",
        ".evil.example",
        "/evil",
        "%2f..%2fevil",
        "\u{3002}",
        "\u{ff0e}x",
        "\u{200b}",
        "\"",
        "<script>",
    ]
    .iter()
    .map(|end| format!("{uri}{end}"))
    .collect();
    for begin in
        [" ", "\t", "\u{feff}", "x", "javascript:", "view-source:", "blob:", "//", "\\\\", "https://evil.example/?"]
    {
        made.push(format!("{begin}{uri}"));
    }
    for host in [
        "evil.example/",
        "evil.example@",
        "a:b@",
        "evil.example#@",
        "evil.example\\@",
        "evil.example%40",
        "www.",
        "xn--",
    ] {
        made.push(format!("{before}{host}{behind}"));
    }
    made.push(uri.to_uppercase());
    made.push(format!("{}:{rest}", scheme.to_uppercase()));
    made.push(uri.replacen("example", "EXAMPLE", 1));
    made.push(uri.replacen('a', "%61", 1));
    made.push(uri.replacen('a', "\u{430}", 1));
    made.push(uri.replacen("//", "/", 1));
    made.push(uri.replacen("//", "///", 1));
    made.push(uri.replacen("://", ":\\\\", 1));
    made.push(uri.replacen("https:", "http:", 1));
    made.push(uri.replacen("http:", "https:", 1));
    made.push(uri.replacen('.', "\u{3002}", 1));
    made.push(uri[..uri.len() - 1].into());
    made.retain(|disguise| disguise != uri);
    made
}

#[test]
fn r27_the_registered_uris_are_accepted_and_nothing_else() {
    let application = application(&REGISTERED);
    for (platform, uri) in REGISTERED {
        assert_eq!(registered(&application, uri).unwrap().platform, platform, "{uri}");
    }
    let strangers: std::collections::BTreeSet<String> = REGISTERED.iter().flat_map(|(_, uri)| disguises(uri)).collect();
    assert!(strangers.len() >= 300, "{}", strangers.len());
    let known = |uri: &str| REGISTERED.iter().any(|(_, known)| *known == uri);
    for uri in strangers.iter().filter(|uri| !known(uri)) {
        // The one freedom there is: where on this machine a native application listens.
        let other_port = uri == "http://127.0.0.1/native:80" || uri == "http://127.0.0.1/native:443";
        assert!(registered(&application, uri).is_err() || other_port, "{uri:?}");
    }
}

#[test]
fn r27_a_native_application_listens_on_any_port_of_its_own_machine() {
    let application = application(&REGISTERED);
    for uri in [
        "http://127.0.0.1:1/native",
        "http://127.0.0.1:65535/native",
        "http://[::1]/native",
        "http://[::1]:49152/native",
    ] {
        assert!(registered(&application, uri).is_ok(), "{uri}");
    }
    for uri in [
        "http://127.0.0.1:0/native",
        "http://127.0.0.1:080/native",
        "http://127.0.0.1:65536/native",
        "http://127.0.0.1:/native",
        "http://127.0.0.1:80x/native",
        "http://127.0.0.1:80@evil.example/native",
        "http://127.0.0.1:80:80/native",
        "http://127.0.0.1.evil.example/native",
        "http://127.0.0.2/native",
        "http://127.1/native",
        "http://localhost/native",
        "http://localhost:4000/demo/callback",
        "https://127.0.0.1:80/native",
        "http://127.0.0.1:80/native/",
        "http://127.0.0.1:80/Native",
        "http://127.0.0.1:80",
    ] {
        assert!(registered(&application, uri).is_err(), "{uri}");
    }
}

#[test]
fn cve_2024_21637_nobody_is_sent_to_script_whoever_registered_it() {
    for scheme in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example/x",
        "about:blank",
        "view-source:https://app.example",
        "ftp://app.example/",
        "ws://app.example/",
        "mailto:a@app.example",
        "tel:1",
        "intent://x",
        "chrome://settings",
        "filesystem:https://app.example/x",
        "jar:https://app.example!/x",
        "http://app.example/cb",
        "https://user@app.example/cb",
        "https:app.example",
        "https:///cb",
        "https://app.example/cb#x",
        "https://app.example/../cb",
        "https://app.example/%2e%2E/cb",
        "//app.example/cb",
        "app.example/cb",
        "",
    ] {
        for platform in [Platform::Web, Platform::SinglePage, Platform::Native] {
            assert!(!may_be_sent_to(platform, scheme), "{scheme}");
            assert!(registered(&application(&[(platform, scheme)]), scheme).is_err(), "{scheme}");
        }
    }
    assert!(!may_be_sent_to(Platform::Web, "com.example.app:/cb"));
    assert!(may_be_sent_to(Platform::Native, "com.example.app:/cb"));
    // As they are registered: iOS has capitals in a scheme.
    for uri in ["com.contoso.MyApp:/cb", "MsAuth://com.example.app/hash%3D", "MSAL6d2c1c6e://auth"] {
        assert!(may_be_sent_to(Platform::Native, uri) && !may_be_sent_to(Platform::Web, uri), "{uri}");
    }
}

/// What a request with these changes is told: the number, or nothing when it passes.
fn told(changes: &[(&str, &str)]) -> Option<u32> {
    asked(changes).err().map(|refusal| refusal.number)
}

fn asked(changes: &[(&str, &str)]) -> Result<Request, Refusal> {
    asked_by(&application(&REGISTERED), changes)
}

fn asked_by(application: &Application, changes: &[(&str, &str)]) -> Result<Request, Refusal> {
    let challenge = token::hash("verifier");
    let mut pairs = vec![
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let to = Return { uri: REGISTERED[0].1.into(), mode: ResponseMode::Query, popup: false, state: None };
    let here = here();
    request(application, None, &to, &Parameters::of_query(Some(&query)), Apis::usual(&application.id, &here))
}

#[test]
fn each_rule_speaks_for_itself() {
    let long = "x".repeat(LONGEST_STATE + 1);
    let fits = "x".repeat(LONGEST_STATE);
    let (long_nonce, fitting_nonce) = ("x".repeat(LONGEST_NONCE + 1), "x".repeat(LONGEST_NONCE));
    for (changes, number) in [
        (&[][..], None),
        (&[("x-client-SKU", "msal.js"), ("claims", "{}"), ("clidata", "1")], None),
        (&[("request", "e30.e30.")], Some(90100)),
        (&[("request_uri", "https://a")], Some(90100)),
        (&[("response_type", "")], Some(900_144)),
        (&[("response_type", "token")], Some(70005)),
        (&[("response_type", "id_token")], Some(700_054)),
        (&[("response_type", "code id_token")], Some(700_054)),
        (&[("response_type", "none"), ("code_challenge", ""), ("code_challenge_method", "")], None),
        (&[("response_type", "CODE")], Some(70005)),
        (&[("response_mode", "fragment")], None),
        (&[("response_mode", "form_post")], None),
        (&[("response_mode", "web_message")], Some(70007)),
        (&[("claims", "[]")], Some(90100)),
        (&[("state", &fits)], None),
        (&[("state", &long)], Some(90100)),
        (&[("nonce", &fitting_nonce)], None),
        (&[("nonce", &long_nonce)], Some(90100)),
        (&[("scope", "")], Some(900_144)),
        (&[("scope", "offline_access")], Some(70011)),
        (&[("scope", "openid https://api.example/read")], Some(70011)),
        (&[("scope", "openid api://other/read")], Some(70011)),
        (&[("scope", "openid address User.Read")], None),
        (&[("scope", "app")], None),
        (&[("scope", "app/.default openid")], None),
        (&[("code_challenge", "")], Some(9_002_325)),
        (&[("code_challenge", "short")], Some(50147)),
        (&[("code_challenge", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEj+k")], Some(50147)),
        (&[("code_challenge_method", "")], Some(901_013)),
        (&[("code_challenge_method", "plain")], Some(901_013)),
        (&[("prompt", "login")], None),
        (&[("prompt", "none login")], Some(901_011)),
        (&[("prompt", "none consent")], Some(901_011)),
        (&[("prompt", "consent")], None),
        (&[("prompt", "dance")], Some(901_011)),
        (&[("max_age", "0")], None),
        (&[("max_age", "-1")], Some(901_012)),
        (&[("max_age", "1.5")], Some(901_012)),
    ] {
        assert_eq!(told(changes), number, "{changes:?}");
    }
}

#[test]
fn tokens_by_the_browser_are_for_whom_they_were_allowed() {
    let told = |protocol: &Protocol, changes: &[(&str, &str)]| {
        let application = Application { protocol: protocol.clone(), ..application(&REGISTERED) };
        asked_by(&application, changes).err().map(|refusal| refusal.number)
    };
    let id_token = Protocol { id_token_at_authorize: true, ..Protocol::default() };
    let both = Protocol { access_token_at_authorize: true, ..id_token.clone() };
    for (protocol, changes, number) in [
        (&id_token, &[("response_type", "id_token"), ("nonce", "n")][..], None),
        (&id_token, &[("response_type", "id_token")], Some(900_144)),
        (&id_token, &[("response_type", "id_token"), ("nonce", "n"), ("scope", "email")], Some(901_014)),
        (&id_token, &[("response_type", "id_token"), ("nonce", "n"), ("response_mode", "query")], Some(70007)),
        (&id_token, &[("response_type", "id_token token"), ("nonce", "n")], Some(700_051)),
        (&both, &[("response_type", "id_token token"), ("nonce", "n")], None),
        (&both, &[("response_type", "token")], Some(70005)),
        (&both, &[("response_type", "code id_token token"), ("nonce", "n"), ("code_challenge", "")], Some(9_002_325)),
    ] {
        assert_eq!(told(protocol, changes), number, "{changes:?}");
    }
    let graph = ("scope", "openid https://login.example.org/graph/User.Read.All");
    assert_eq!(told(&both, &[("response_type", "id_token token"), ("nonce", "n"), graph]), Some(70011));
}

/// RFC 9700 §2.1.1: who proves itself when it redeems the code may do without; nobody else, and not by half.
#[test]
fn r28_only_who_has_a_secret_may_do_without_a_proof_key() {
    let secret = ApplicationSecret { id: "1".into(), hint: "a".into(), hash: "h".into(), expires_at: Timestamp(0) };
    let confidential = Application { secrets: vec![secret], ..application(&REGISTERED) };
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    assert_eq!(asked_by(&confidential, &none).unwrap().kept.code_challenge, None);
    for changes in
        [&[("code_challenge", "")][..], &[("code_challenge_method", "")], &[("code_challenge_method", "plain")]]
    {
        assert!(asked_by(&confidential, changes).is_err(), "{changes:?}");
    }
    assert_eq!(asked(&none).unwrap_err().number, 9_002_325);
    let required = Protocol { require_proof_key: true, ..Protocol::default() };
    assert!(asked_by(&Application { protocol: required, ..confidential.clone() }, &none).is_err());
    let page = [(Platform::SinglePage, REGISTERED[0].1)];
    assert!(asked_by(&Application { redirect_uris: application(&page).redirect_uris, ..confidential }, &none).is_err());
}

#[test]
fn an_application_without_a_flow_signs_nobody_in() {
    let query = format!(
        "response_type=code&scope=openid&code_challenge={}&code_challenge_method=S256",
        token::hash("verifier")
    );
    let loose = Application { user_flow: None, ..application(&REGISTERED) };
    let to = Return { uri: REGISTERED[0].1.into(), mode: ResponseMode::Query, popup: false, state: None };
    let (here, asked) = (here(), Parameters::of_query(Some(&query)));
    let refusal = request(&loose, None, &to, &asked, Apis::usual(&loose.id, &here)).unwrap_err();
    assert_eq!((refusal.error, refusal.number), ("unauthorized_client", 50105));
}

#[test]
fn who_signed_in_long_ago_signs_in_again() {
    let (now, minute) = (Timestamp(1_000_000_000), Duration::from_secs(60));
    let satisfied =
        |changes: &[(&str, &str)], ago: Duration| asked(changes).unwrap().is_satisfied_by(now.earlier_by(ago), now);
    assert!(satisfied(&[], minute * 1000));
    assert!(satisfied(&[("prompt", "none")], minute));
    assert!(satisfied(&[("max_age", "60")], minute));
    assert!(!satisfied(&[("max_age", "59")], minute));
    assert!(!satisfied(&[("max_age", "0")], Duration::ZERO));
    for prompt in ["login", "select_account", "create", "login select_account"] {
        assert!(!satisfied(&[("prompt", prompt)], Duration::ZERO), "{prompt}");
    }
    assert_eq!(asked(&[("prompt", "select_account login")]).unwrap().prompt, Prompt::Login);
}

/// Who may ask with a page and is told that consent is required asks again, and again.
#[test]
fn what_nobody_granted_is_told_so_that_nobody_asks_for_ever() {
    let offered = offered::Offered::one("api://tasks", "tasks", &["Tasks.Read"], &[]);
    let (application, here) = (application(&REGISTERED), here());
    let apis = Apis { application: &application.id, public_url: &here, offered: &offered };
    for (prompt, error) in [("", "access_denied"), ("login", "access_denied"), ("none", "consent_required")] {
        let asked = Parameters::of_query(Some("response_type=code&scope=openid+api://tasks/Tasks.Read"));
        let to = Return { uri: REGISTERED[0].1.into(), mode: ResponseMode::Query, popup: false, state: None };
        let refusal = request(&application, None, &to, &asked.with("prompt", prompt), apis).unwrap_err();
        assert_eq!((refusal.error, refusal.number), (error, 65_001), "{prompt}");
    }
}

fn here() -> PublicUrl {
    PublicUrl::parse("https://login.example.org").unwrap()
}
