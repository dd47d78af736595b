//! A token answer in the words of Azure AD B2C: numbers written as text, and what its clients read besides.

use crate::secret::jwt::Claims;
use app::contract::{id::ApplicationId, time::Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Whatever of these stands in an answer.
const NUMBERS: [&str; 3] = ["expires_in", "ext_expires_in", "refresh_token_expires_in"];

/// What `profile_info` repeats of the ID token.
const PROFILE: [&str; 5] = ["tid", "sub", "name", "preferred_username", "idp"];

/// `reader` is whose API the access token is for.
pub fn told(mut answer: Value, reader: &ApplicationId, now: Timestamp) -> Value {
    let lifetime = answer["expires_in"].as_i64().unwrap_or_default();
    for name in NUMBERS {
        if let Some(number) = answer[name].as_i64() {
            answer[name] = number.to_string().into();
        }
    }
    answer["not_before"] = now.seconds().to_string().into();
    answer["expires_on"] = (now.seconds() + lifetime).to_string().into();
    answer["resource"] = reader.as_str().into();
    if let Some(said) = answer["id_token"].as_str().and_then(said) {
        let mut profile = json!({ "ver": "1.0" });
        for name in PROFILE {
            profile[name] = said.get(name).cloned().unwrap_or(Value::Null);
        }
        answer["profile_info"] = URL_SAFE_NO_PAD.encode(profile.to_string()).into();
        answer["id_token_expires_in"] = lifetime.to_string().into();
    }
    // Reading a place that is empty has made one.
    if let Some(answer) = answer.as_object_mut() {
        answer.retain(|_, value| !value.is_null());
    }
    answer
}

/// What a token of our own says.
fn said(token: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_text_and_what_is_not_there_stays_away() {
        let answer = json!({ "token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": "a" });
        let told = told(answer, &"app".into(), Timestamp(1_000_000));
        let expected = json!({
            "token_type": "Bearer", "expires_in": "3600", "ext_expires_in": "3600", "access_token": "a",
            "not_before": "1000", "expires_on": "4600", "resource": "app",
        });
        assert_eq!(told, expected);
    }
}
