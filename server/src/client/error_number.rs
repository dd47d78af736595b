//! `GET /error?code=…`: what the number of an error means, and what whoever builds the application can do. The address goes
//! with every error that has a number (`error_uri`, RFC 6749 §4.1.2.1 and §5.2), as Entra's clients know it.

use super::tongue::{CANCELLED, FORGOTTEN, Tongue};
use crate::{assets, config::PublicUrl, error::WRONG_VERB, html, state::AppState, wishes};
use app::{
    shell,
    text::{self, developer::Key},
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use url::form_urlencoded;

/// Every number that we tell.
const MEANINGS: [(u32, Key); 69] = [
    (28_000, Key::Scope),
    (50_011, Key::RedirectUri),
    (50_013, Key::Token),
    (50_027, Key::Token),
    (50_034, Key::Name),
    (50_057, Key::AccountOff),
    (50_058, Key::SignIn),
    (50_072, Key::MoreProof),
    (50_076, Key::MoreProof),
    (50_105, Key::NoUserFlow),
    (50_126, Key::Credentials),
    (50_142, Key::Credentials),
    (50_147, Key::ProofKey),
    (50_173, Key::SignIn),
    (50_181, Key::Credentials),
    (54_005, Key::GrantOver),
    (55_103, Key::NativeNext),
    (55_105, Key::Rules),
    (55_106, Key::NativeNext),
    (55_200, Key::NativeNext),
    (65_001, Key::Permission),
    (65_004, Key::CalledOff),
    (70_000, Key::GrantOver),
    (70_003, Key::Unsupported),
    (70_005, Key::Unsupported),
    (70_007, Key::Unsupported),
    (70_008, Key::GrantOver),
    (70_011, Key::Scope),
    (70_016, Key::Pending),
    (70_018, Key::GrantOver),
    (70_019, Key::GrantOver),
    (90_002, Key::NoPlace),
    (90_013, Key::Request),
    (90_033, Key::Busy),
    (90_055, Key::Busy),
    (CANCELLED, Key::CalledOff),
    (90_100, Key::Request),
    (FORGOTTEN, Key::ForgotPassword),
    (399_246, Key::Rules),
    (500_207, Key::Name),
    (500_222, Key::NativeOff),
    (501_481, Key::ProofKey),
    (552_003, Key::NativeNext),
    (700_005, Key::GrantOver),
    (700_016, Key::NoApplication),
    (700_021, Key::Token),
    (700_024, Key::Token),
    (700_025, Key::Platform),
    (700_027, Key::Token),
    (700_051, Key::Answer),
    (700_054, Key::Answer),
    (900_144, Key::Request),
    (WRONG_VERB, Key::Verb),
    (901_001, Key::Request),
    (901_007, Key::NativeOff),
    (901_010, Key::NoPlace),
    (901_011, Key::Request),
    (901_012, Key::Request),
    (901_013, Key::ProofKey),
    (901_014, Key::Scope),
    (1_002_012, Key::Scope),
    (1_003_037, Key::Name),
    (7_000_112, Key::ApplicationOff),
    (7_000_215, Key::Secret),
    (7_000_218, Key::Secret),
    (7_000_222, Key::Secret),
    (9_002_325, Key::ProofKey),
    (9_002_326, Key::Platform),
    (9_002_327, Key::Platform),
];

fn meaning(number: u32) -> Option<Key> {
    MEANINGS.iter().find(|(known, _)| *known == number).map(|(_, key)| *key)
}

/// Where the number is told of, in the tongue in which it was told.
pub fn address(public_url: &PublicUrl, tongue: Tongue, number: u32) -> Option<String> {
    meaning(number)?;
    let code = tongue.code(number);
    Some(public_url.at(&format!("/error?code={}", code.strip_prefix(ENTRA).unwrap_or(&code))))
}

const ENTRA: &str = "AADSTS";

pub async fn get(State(state): State<AppState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let asked = query.unwrap_or_default();
    let code = form_urlencoded::parse(asked.as_bytes()).find(|(name, _)| name == "code");
    let code = code.map(|(_, code)| code).filter(|code| code.len() <= 16 && is_word(code)).unwrap_or("?".into());
    let told = read(&code);
    let language = wishes::language("", headers.get(header::ACCEPT_LANGUAGE));
    let nonce = html::nonce(&state.chance);
    let (code, key) = told.as_ref().map_or((code.as_ref(), Key::Unknown), |(code, key)| (code.as_str(), *key));
    let body = shell::error_number(code, key, &text::texts(language), assets::scripts(language), &nonce);
    let mut response = html::document(body, nonce, Vec::new());
    if told.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

fn is_word(code: &str) -> bool {
    !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// As it is told in descriptions, and what it means.
fn read(code: &str) -> Option<(String, Key)> {
    let tongues = [(Tongue::Entra, code.strip_prefix(ENTRA).unwrap_or(code)), (Tongue::B2c, code)];
    tongues.into_iter().find_map(|(tongue, code)| {
        let number = tongue.number(code)?;
        Some((tongue.code(number), meaning(number)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_listed_once_and_in_order() {
        assert!(MEANINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_number_is_read_as_it_is_told() {
        for (number, key) in MEANINGS {
            let told = Tongue::Entra.code(number);
            assert_eq!(read(&told), Some((told.clone(), key)));
            // Several of Entra's are one of B2C's.
            let told = Tongue::B2c.code(number);
            assert_eq!(read(&told).map(|(code, _)| code), Some(told));
        }
        assert_eq!(read("50058"), Some(("AADSTS50058".into(), Key::SignIn)));
        assert_eq!(read("AADB2C90077"), Some(("AADB2C90077".into(), Key::SignIn)));
        for code in ["", "1", "AADSTS", "AADB2C", "AADB2C50058", "50058 ", "+50058", "<b>", "99999999999999"] {
            assert_eq!(read(code), None, "{code}");
        }
    }
}
