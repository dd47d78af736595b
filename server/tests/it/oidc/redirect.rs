//! Redirects: the accepted set is the registered set, and a refusal is a page (security R27, R29).

use crate::harness::{Application, TestServer, on_both};
use serde_json::json;
use server::directory::application::{Platform, RedirectUri};

const REGISTERED: &str = "https://shop.example.test/a/callback?k=v";

async fn shop(server: &TestServer, uris: &[(Platform, &str)]) -> Application {
    let flow = server.application().await.flow;
    server
        .application_over(&flow, |made| {
            let uri = |(platform, uri): &(Platform, &str)| RedirectUri { platform: *platform, uri: (*uri).into() };
            made.redirect_uris = uris.iter().map(uri).collect();
        })
        .await
}

/// Whether a request with this address begins a journey. A refusal is a page: it leads nowhere.
async fn is_accepted(shop: &Application, uri: &str) -> bool {
    let (_, mut parameters) = shop.request();
    parameters.retain(|(name, _)| name != "redirect_uri");
    parameters.push(("redirect_uri".into(), uri.into()));
    let answered = shop.server.get(&shop.authorize(&parameters)).await;
    if answered.status == 303 {
        assert!(answered.header("location").starts_with(&format!("/{}/journeys/", shop.tenant)), "{uri}");
        return true;
    }
    assert_eq!(answered.status, 400, "{uri}");
    assert_eq!(answered.header("location"), "", "{uri}");
    assert!(!answered.text().contains("evil"), "{uri}");
    false
}

/// Everything that was ever taken for a registered address and was none.
fn nearly(registered: &str) -> Vec<String> {
    let (origin, path) = ("https://shop.example.test", "/a/callback?k=v");
    assert_eq!(registered, format!("{origin}{path}"));
    let mut others: Vec<String> = [
        // Less, and more.
        "https://shop.example.test",
        "https://shop.example.test/",
        "https://shop.example.test/a",
        "https://shop.example.test/a/",
        "https://shop.example.test/a/callback",
        "https://shop.example.test/a/callback?",
        "https://shop.example.test/a/callback?k",
        "https://shop.example.test/a/callback?k=",
        "https://shop.example.test/a/callback/?k=v",
        "https://shop.example.test/a/callback/x?k=v",
        "https://shop.example.test/a/callback;x?k=v",
        "https://shop.example.test/a/callback?k=v&",
        "https://shop.example.test/a/callback?&k=v",
        "https://shop.example.test/a/callback?k=v&x=y",
        "https://shop.example.test/a/callback?x=y&k=v",
        "https://shop.example.test/a/callback?k=v&k=v",
        "https://shop.example.test/a/callback?k=v&k=w",
        "https://shop.example.test/a/callback?k=v;x=y",
        "https://shop.example.test/a/callback?k=v?",
        "https://shop.example.test/a/callback?k=v#",
        "https://shop.example.test/a/callback?k=v#x",
        "https://shop.example.test/a/callback?k=v#?k=v",
        "https://shop.example.test/a/callback?k=v%23x",
        // Case, scheme, slashes, port.
        "https://shop.example.test/A/callback?k=v",
        "https://SHOP.example.test/a/callback?k=v",
        "https://shop.EXAMPLE.test/a/callback?k=v",
        "HTTPS://shop.example.test/a/callback?k=v",
        "Https://shop.example.test/a/callback?k=v",
        "http://shop.example.test/a/callback?k=v",
        "httpss://shop.example.test/a/callback?k=v",
        "ws://shop.example.test/a/callback?k=v",
        "//shop.example.test/a/callback?k=v",
        "shop.example.test/a/callback?k=v",
        "/a/callback?k=v",
        "a/callback?k=v",
        "?k=v",
        "https:shop.example.test/a/callback?k=v",
        "https:/shop.example.test/a/callback?k=v",
        "https:///shop.example.test/a/callback?k=v",
        "https:////shop.example.test/a/callback?k=v",
        "https:\\\\shop.example.test/a/callback?k=v",
        "https:/\\shop.example.test/a/callback?k=v",
        "https://shop.example.test:443/a/callback?k=v",
        "https://shop.example.test:0443/a/callback?k=v",
        "https://shop.example.test:/a/callback?k=v",
        "https://shop.example.test:80/a/callback?k=v",
        "https://shop.example.test:8443/a/callback?k=v",
        "https://shop.example.test:65979/a/callback?k=v",
        // Dots and what hides one.
        "https://shop.example.test./a/callback?k=v",
        "https://shop.example.test../a/callback?k=v",
        "https://.shop.example.test/a/callback?k=v",
        "https://shop..example.test/a/callback?k=v",
        "https://shop.example.test/a/./callback?k=v",
        "https://shop.example.test/./a/callback?k=v",
        "https://shop.example.test/a/b/../callback?k=v",
        "https://shop.example.test/../a/callback?k=v",
        "https://shop.example.test/a/callback/..?k=v",
        "https://shop.example.test/a/b/%2e%2e/callback?k=v",
        "https://shop.example.test/a/b/%2E%2E/callback?k=v",
        "https://shop.example.test/a/b/.%2e/callback?k=v",
        "https://shop.example.test/a/b/..%2fcallback?k=v",
        "https://shop.example.test/a/b/..;/callback?k=v",
        "https://shop.example.test/a/b/%252e%252e/callback?k=v",
        "https://shop.example.test/a%2fcallback?k=v",
        "https://shop.example.test/a%5ccallback?k=v",
        "https://shop.example.test//a/callback?k=v",
        "https://shop.example.test/a//callback?k=v",
        "https://shop.example.test\\a\\callback?k=v",
        "https://shop.example.test/a\\callback?k=v",
        "https://shop.example.test/%61/callback?k=v",
        "https://shop.example.test/a/callback%3fk=v",
        "https://shop.example.test/a/callback?k%3dv",
        "https://shop.example.test/a/callback?k=%76",
        "https://shop%2eexample.test/a/callback?k=v",
        // Somewhere else.
        "https://evil.example/a/callback?k=v",
        "https://evil.example",
        "https://example.test/a/callback?k=v",
        "https://test/a/callback?k=v",
        "https://www.shop.example.test/a/callback?k=v",
        "https://shop.example.tes/a/callback?k=v",
        "https://shop.example.test.evil.example/a/callback?k=v",
        "https://shop-example.test/a/callback?k=v",
        "https://xn--shop-.example.test/a/callback?k=v",
        "https://xn--shp-tna.example.test/a/callback?k=v",
        "https://[::1]/a/callback?k=v",
        "https://127.0.0.1/a/callback?k=v",
        "https://0/a/callback?k=v",
        "https://evil.example/https://shop.example.test/a/callback?k=v",
        "https://evil.example/?https://shop.example.test/a/callback?k=v",
        "https://evil.example#https://shop.example.test/a/callback?k=v",
        "javascript:alert(1)//https://shop.example.test/a/callback?k=v",
        "javascript://shop.example.test/a/callback?k=v%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data://shop.example.test/a/callback?k=v",
        "blob:https://shop.example.test/a/callback?k=v",
        "view-source:https://shop.example.test/a/callback?k=v",
        "about:blank",
        "urn:ietf:wg:oauth:2.0:oob",
        " ",
        "null",
        "undefined",
        "*",
        "https://*",
        "https://*.example.test/a/callback?k=v",
        "https://shop.example.test/*",
        "https://shop.example.test/a/callback?*",
        "^https://shop.example.test/.*$",
    ]
    .map(String::from)
    .into();
    for before in
        ["@", "user@", "user:pass@", ":@", "evil.example@", "evil.example\\@", "evil.example#@", "evil.example?@"]
    {
        others.push(format!("https://{before}shop.example.test{path}"));
    }
    for after in [
        "@evil.example",
        ".evil.example",
        "evil.example",
        ":@evil.example",
        ":443@evil.example",
        "\\@evil.example",
        "\\.evil.example",
        "%40evil.example",
        "%2eevil.example",
        "%2f@evil.example",
        "。evil.example",
        "．evil.example",
        "｡evil.example",
        "#evil.example",
        "#@evil.example",
        "?@evil.example",
        ";@evil.example",
        ",evil.example",
        " evil.example",
        "\u{200b}",
        "\u{ad}",
        "%00",
        "%0d%0aLocation:%20https://evil.example",
        "\r\nLocation: https://evil.example",
        "%0a",
        "%09",
    ] {
        others.push(format!("{origin}{after}{path}"));
        others.push(format!("{REGISTERED}{after}"));
    }
    for around in ["\t", "\n", "\r\n", "\0", " ", "\u{a0}", "\u{feff}", "\u{2028}", "\u{202e}", "\u{3000}"] {
        others.push(format!("{around}{REGISTERED}"));
        others.push(format!("{REGISTERED}{around}"));
        others.push(format!("https:{around}//shop.example.test{path}"));
        others.push(format!("https://{around}shop.example.test{path}"));
        others.push(format!("{origin}{around}{path}"));
    }
    // Letters that look alike, and letters that fold.
    for (letter, alike) in [
        ('s', 'ſ'),
        ('o', 'о'),
        ('o', 'ο'),
        ('a', 'а'),
        ('a', 'ａ'),
        ('p', 'р'),
        ('e', 'е'),
        ('h', 'һ'),
        ('k', '\u{212a}'),
        ('.', '․'),
        ('.', '。'),
        ('.', '．'),
        ('/', '∕'),
        ('/', '／'),
        ('?', '？'),
        (':', '：'),
        ('=', '＝'),
    ] {
        others.push(registered.replacen(letter, &alike.to_string(), 1));
    }
    // Every letter that is left out, doubled, another's, or encoded.
    for at in 0..registered.len() {
        let (before, rest) = registered.split_at(at);
        let (letter, after) = rest.split_at(1);
        others.push(format!("{before}{after}"));
        others.push(format!("{before}{letter}{letter}{after}"));
        others.push(format!("{before}{}{after}", swap_case(letter)));
        others.push(format!("{before}%{:02x}{after}", letter.as_bytes()[0]));
    }
    others.retain(|uri| uri != registered);
    others.sort();
    others.dedup();
    others
}

#[tokio::test]
async fn r27_cve_2023_6291_the_accepted_set_is_the_registered_set() {
    on_both(async |server| {
        let others = nearly(REGISTERED);
        assert!(others.len() >= 300, "{}", others.len());
        for platform in [Platform::Web, Platform::SinglePage, Platform::Native] {
            let shop = shop(&server, &[(platform, REGISTERED)]).await;
            assert!(is_accepted(&shop, REGISTERED).await);
            for uri in &others {
                assert!(!is_accepted(&shop, uri).await, "{platform:?} {uri:?}");
            }
        }
    })
    .await;
}

/// Where an application pushes its request, where it redeems a code, and where it sends the browser after sign-out, the
/// same addresses are no addresses.
#[tokio::test]
async fn r27_every_endpoint_that_is_told_an_address_has_the_same_rule() {
    on_both(async |server| {
        let shop = shop(&server, &[(Platform::Web, REGISTERED)]).await;
        server.account(&shop, super::ADA).await;
        let mut ada = server.browser();
        let asked = shop.asks(&mut ada).await;
        ada.sign_in(super::ADA, crate::harness::PASSWORD).await;
        let tokens = shop.tokens(&ada, &asked).await;
        let (_, parameters) = shop.request();
        let logout = |uri: &str| {
            let pairs = [("id_token_hint", tokens.id_token.as_str()), ("post_logout_redirect_uri", uri)];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            format!("/{}/oauth2/v2.0/logout?{query}", server.tenant)
        };
        for uri in &nearly(REGISTERED) {
            let mut form: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            form.retain(|(name, _)| *name != "redirect_uri");
            form.push(("redirect_uri", uri));
            assert_eq!(super::refused(&shop.call("par", &form).await), "invalid_request", "par {uri:?}");
            let redeemed = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", uri)];
            assert_eq!(super::refused(&shop.token(&redeemed).await), "invalid_grant", "token {uri:?}");
            // The session is over already; where the browser goes is judged all the same.
            let mut nobody = server.browser();
            nobody.open(&logout(uri)).await;
            assert_eq!((nobody.status.as_u16(), nobody.left_for), (200, None), "logout {uri:?}");
        }
        ada.open(&logout(REGISTERED)).await;
        assert_eq!(ada.left_for.as_deref(), Some(REGISTERED));
    })
    .await;
}

fn swap_case(letter: &str) -> String {
    let upper = letter.to_uppercase();
    if upper == letter { letter.to_lowercase() } else { upper }
}

/// cve 26: no dot is a wildcard, no beginning is enough.
#[tokio::test]
async fn cve_2024_52289_a_registered_address_is_no_pattern() {
    on_both(async |server| {
        let uris = ["https://a.example.test/cb", "https://b.example.test/.*", "https://c.example.test/*"];
        let shop = shop(&server, &uris.map(|uri| (Platform::Web, uri))).await;
        for uri in uris {
            assert!(is_accepted(&shop, uri).await, "{uri}");
        }
        for uri in [
            "https://aXexample.test/cb",
            "https://a.example.test/cb2",
            "https://a.example.test/c",
            "https://A.example.test/cb",
            "https://b.example.test/anything",
            "https://c.example.test/anything",
        ] {
            assert!(!is_accepted(&shop, uri).await, "{uri}");
        }
    })
    .await;
}

/// cve 27: even where an administrator registered it, script is no place to go; and plain http is only this machine.
#[tokio::test]
async fn cve_2024_21637_no_browser_is_sent_to_script() {
    on_both(async |server| {
        let uris = [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "javascript://shop.example.test/%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "about:blank",
            "blob:https://shop.example.test/x",
            "filesystem:https://a/x",
            "view-source:https://a/x",
            "chrome://settings",
            "ms-settings:",
            "tel:123",
            "mailto:a@example.org",
            "ftp://a.example.test/",
            "ws://a.example.test/",
            "http://shop.example.test/cb",
            "https://user@shop.example.test/cb",
            "https://shop.example.test/a/../cb",
            "https://shop.example.test/cb#x",
            "https://shop.example.test/\"><script>",
            "https:///cb",
            "//shop.example.test/cb",
            "com.example.app:/cb",
        ];
        let shop = shop(&server, &uris.map(|uri| (Platform::Web, uri))).await;
        for uri in uris {
            assert!(!is_accepted(&shop, uri).await, "{uri}");
        }
    })
    .await;
}

/// RFC 8252 §7.1, §7.3: a native application has a scheme of its own, or a loopback port of the moment.
#[tokio::test]
async fn r27_native_applications_choose_their_port_and_nothing_else() {
    on_both(async |server| {
        let shop = shop(
            &server,
            &[
                (Platform::Native, "http://127.0.0.1/cb"),
                (Platform::Native, "http://[::1]/cb"),
                (Platform::Native, "http://localhost:1234"),
                (Platform::Native, "com.example.app:/cb"),
            ],
        )
        .await;
        for uri in [
            "http://127.0.0.1/cb",
            "http://127.0.0.1:1/cb",
            "http://127.0.0.1:65535/cb",
            "http://[::1]:8080/cb",
            "http://localhost:4321",
            "http://localhost",
            "com.example.app:/cb",
        ] {
            assert!(is_accepted(&shop, uri).await, "{uri}");
        }
        for uri in [
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:80a/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1:80/cb/",
            "http://127.0.0.1:80/cb?x",
            "https://127.0.0.1:80/cb",
            "http://127.0.0.2:80/cb",
            "http://127.1:80/cb",
            "http://0x7f.0.0.1:80/cb",
            "http://localhost:80/cb",
            "http://localhost.evil.example:80",
            "http://[::1%25lo]/cb",
            "http://[0::1]/cb",
            "http://127.0.0.1.evil.example/cb",
            "com.example.app:/cb2",
            "com.example.app://cb",
            "COM.example.app:/cb",
        ] {
            assert!(!is_accepted(&shop, uri).await, "{uri}");
        }
        // A web application's loopback address is no exception from the rule.
        let web = self::shop(&server, &[(Platform::Web, "http://localhost:3000/cb")]).await;
        assert!(is_accepted(&web, "http://localhost:3000/cb").await);
        assert!(!is_accepted(&web, "http://localhost:3001/cb").await);
    })
    .await;
}

/// What Entra's clients on phones have: iOS a scheme with the capitals of a bundle's name, Android a hash in the path, of
/// base64 that is encoded. They are registered as they are, and answered there byte for byte.
#[tokio::test]
async fn r27_an_app_is_answered_at_its_own_address_to_the_letter() {
    on_both(async |server| {
        let admin = server.administrator().await;
        let mut shop = shop(&server, &[]).await;
        server.account(&shop, super::ADA).await;
        let uris = [
            "msauth.com.contoso.MyApp://auth",
            "com.contoso.MyApp:/cb",
            "msauth://com.example.app/2pO%2Bx9%2FqZ8wkZ0%3D",
            "msauth://com.example.app/2pO%2bx9%2fqZ8wkZ0%3d",
        ];
        let path = format!("/applications/{}", shop.id);
        let changed = admin.patch(&path, json!({ "publicClient": { "redirectUris": uris } })).await;
        assert_eq!(changed.status, 204, "{}", changed.text());
        for uri in uris {
            shop.redirect_uri = uri.into();
            let mut ada = server.browser();
            let asked = shop.asks(&mut ada).await;
            ada.sign_in(super::ADA, crate::harness::PASSWORD).await;
            let left_for = ada.left_for.clone().unwrap_or_default();
            assert!(left_for.starts_with(&format!("{uri}?")), "{left_for}");
            shop.tokens(&ada, &asked).await;
            let others = [uri.to_lowercase(), uri.to_uppercase(), uri.replace("%2F", "/"), uri.replace("%2f", "/")];
            for other in others.iter().filter(|other| !uris.contains(&other.as_str())) {
                assert!(!is_accepted(&shop, other).await, "{other}");
            }
        }
        // On a page they are no addresses.
        for uri in uris.into_iter().chain(["https://shop.example/a%2Fb"]) {
            let refused = admin.patch(&path, json!({ "spa": { "redirectUris": [uri] } })).await;
            assert_eq!(refused.status, 400, "{uri}");
            assert_eq!(refused.json()["error"]["details"][0]["target"], "spa/redirectUris/0", "{uri}");
        }
    })
    .await;
}

/// cve 33: a parameter that comes twice is nobody's.
#[tokio::test]
async fn r29_cve_2026_9689_no_parameter_comes_twice() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, good) = shop.request();
        let more = ["response_mode", "prompt", "max_age", "login_hint", "ui_locales"];
        let names = good.iter().map(|(name, _)| name.as_str()).chain(more);
        for name in names {
            let mut parameters = good.clone();
            let value = good.iter().find(|(known, _)| known == name).map_or("1", |(_, value)| value);
            for _ in 0..(if more.contains(&name) { 2 } else { 1 }) {
                parameters.push((name.into(), value.into()));
            }
            let answered = server.get(&shop.authorize(&parameters)).await;
            assert_eq!((answered.status.as_u16(), answered.header("location")), (400, ""), "{name}");
        }
        // What we do not know, libraries may say as often as they like.
        let unknown = format!("{}&x-client-SKU=a&x-client-SKU=b", shop.authorize(&good));
        assert_eq!(server.get(&unknown).await.status, 303);
        let form = [("grant_type", "refresh_token"), ("grant_type", "authorization_code"), ("refresh_token", "x")];
        assert_eq!(super::refused(&shop.token(&form).await), "invalid_request");
    })
    .await;
}

#[tokio::test]
async fn r29_an_application_that_is_unknown_or_off_is_a_page() {
    on_both(async |server| {
        let mut shop = server.application().await;
        let known = shop.id.clone();
        for id in ["", "nobody", "' OR 1=1 --", "../..", &format!("{known} ")] {
            shop.id = id.into();
            assert!(!is_accepted(&shop, &shop.redirect_uri).await, "{id}");
        }
        shop.id = known;
        let mut browser = server.browser();
        shop.asks_with(&mut browser, &[("nonce", &"x".repeat(1025))]).await;
        assert_eq!(shop.answer(&browser).unwrap()["error"], "invalid_request");
        // What ASP.NET Core and MSAL keep in a state comes back whole, in an address that every server reads.
        let state = "x".repeat(4096);
        shop.asks_with(&mut browser, &[("state", &state), ("prompt", "none")]).await;
        assert_eq!(shop.answer(&browser).unwrap()["state"], state);
        let long = "x".repeat(4097);
        shop.asks_with(&mut browser, &[("state", &long)]).await;
        let answer = shop.answer(&browser).unwrap();
        assert_eq!(answer["error"], "invalid_request");
        assert!(!answer.contains_key("state"), "what is too long is not given back");
    })
    .await;
}
