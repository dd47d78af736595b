//! Keys that change while tokens are made and checked (security R32).

use super::ada_with_tokens;
use crate::harness::{Application, on_both};
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};

/// A resource that keeps the key set for as long as it may.
struct Keeper {
    keys: JwkSet,
    until: i64,
}

impl Keeper {
    async fn ask(shop: &Application) -> Keeper {
        let answered = shop.server.get(&format!("/{}/discovery/v2.0/keys", shop.tenant)).await;
        let age = answered.header("cache-control").split("max-age=").nth(1).unwrap();
        let age: i64 = age.split(',').next().unwrap().parse().unwrap();
        Keeper { keys: serde_json::from_value(answered.json()).unwrap(), until: shop.server.now().seconds() + age }
    }

    fn believes(&self, token: &str) -> bool {
        let header = decode_header(token).unwrap();
        let mut rules = Validation::new(header.alg);
        (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
        let Some(key) = self.keys.find(header.kid.as_deref().unwrap()) else { return false };
        decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &rules).is_ok()
    }
}

/// Three rotations, two servers, a verifier that keeps key sets to the last second: every token is believed from the
/// moment it is made until it runs out.
#[tokio::test]
async fn r32_f16_no_token_meets_a_key_set_that_does_not_know_its_key() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let there = shop.through(&server.another().await);
        let mut refresh_token = tokens.refresh_token.clone();
        let mut keeper = Keeper::ask(&shop).await;
        let mut living: Vec<(i64, String)> = vec![(server.now().seconds() + 3600, tokens.access_token)];
        let mut kids = BTreeSet::new();
        for minute in 0..360 {
            server.clock.advance(Duration::from_secs(60));
            let now = server.now().seconds();
            if [5, 120, 125].contains(&minute) {
                let made = server.state.keys.rotate(&server.tenant).await.unwrap();
                assert!(made > 0);
            }
            if now >= keeper.until {
                keeper = Keeper::ask(if minute % 2 == 0 { &shop } else { &there }).await;
            }
            if minute % 4 == 0 {
                let application = if minute % 8 == 0 { &shop } else { &there };
                let made = application.checked(application.refresh(&refresh_token).await).await;
                refresh_token = made.refresh_token;
                kids.insert(kid(&made.access_token));
                living.push((now + 3600, made.access_token));
            }
            living.retain(|(until, _)| now < *until);
            for (_, token) in &living {
                assert!(keeper.believes(token), "minute {minute}");
            }
        }
        assert!(kids.len() >= 3, "the new keys did sign: {kids:?}");
    })
    .await;
}

fn kid(token: &str) -> String {
    decode_header(token).unwrap().kid.unwrap()
}

/// Every server signs with the new key within five seconds of its moment, whichever made it.
#[tokio::test]
async fn r32_every_server_signs_with_the_new_key_within_five_seconds() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, here) = ada_with_tokens(&server, &shop).await;
        let (_, there) = ada_with_tokens(&server, &shop).await;
        let elsewhere = shop.through(&server.another().await);
        let mut servers = [(&shop, here), (&elsewhere, there)];
        let old = kid(&servers[0].1.access_token);
        server.state.keys.rotate(&server.tenant).await.unwrap();
        let mut signed_by = async |passes: u64| {
            server.clock.advance(Duration::from_secs(passes));
            let mut kids = BTreeSet::new();
            for (application, tokens) in &mut servers {
                *tokens = application.checked(application.refresh(&tokens.refresh_token).await).await;
                kids.insert(kid(&tokens.access_token));
            }
            kids
        };
        assert_eq!(signed_by(590).await, BTreeSet::from([old.clone()]), "published, and not signing yet");
        let new = signed_by(15).await;
        assert!(new.len() == 1 && !new.contains(&old), "{new:?}");
    })
    .await;
}

/// `portico keys rotate --now`: whoever has an old key has nothing any more.
#[tokio::test]
async fn r32_in_an_emergency_what_the_old_keys_signed_is_worth_nothing() {
    on_both(async |server| {
        let shop = server.application().await;
        let there = shop.through(&server.another().await);
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        assert_eq!(there.userinfo(&tokens.access_token).await.status, 200);
        // One that is waiting to sign is as bad as the others.
        server.state.keys.rotate(&server.tenant).await.unwrap();
        assert!(server.state.keys.replace(&server.tenant).await.unwrap() > 0);
        server.clock.advance(Duration::from_secs(1));
        for application in [&shop, &there] {
            assert_eq!(application.userinfo(&tokens.access_token).await.status, 401);
            let set = application.server.get(&format!("/{}/discovery/v2.0/keys", server.tenant)).await.json();
            let published = set["keys"].as_array().unwrap();
            assert!(published.iter().all(|key| key["kid"] != kid(&tokens.access_token).as_str()), "{set}");
            let mut kinds: Vec<&str> = published.iter().map(|key| key["alg"].as_str().unwrap()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            assert_eq!(kinds.len(), published.len(), "one key of each kind: {set}");
        }
        // Sessions and refresh tokens go on, with tokens that everybody believes.
        let next = there.checked(there.refresh(&tokens.refresh_token).await).await;
        assert_eq!(shop.userinfo(&next.access_token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn r32_keys_change_by_themselves_after_ninety_days() {
    on_both(async |server| {
        let shop = server.application().await;
        let (_, tokens) = ada_with_tokens(&server, &shop).await;
        let keys = &server.state.keys;
        assert_eq!(keys.rotate_due(&server.tenant).await.unwrap(), 0, "nothing is due");
        server.clock.advance(Duration::from_secs(91 * 24 * 3600));
        assert!(keys.rotate_due(&server.tenant).await.unwrap() > 0);
        assert_eq!(keys.rotate_due(&server.tenant).await.unwrap(), 0, "once is enough");
        let (_, during) = ada_with_tokens(&server, &shop).await;
        assert_eq!(kid(&during.id_token), kid(&tokens.id_token), "published, and not signing yet");
        server.clock.advance(Duration::from_secs(601));
        let (_, after) = ada_with_tokens(&server, &shop).await;
        assert_ne!(kid(&after.id_token), kid(&tokens.id_token));
        // A flow may have tokens of a day.
        server.clock.advance(Duration::from_secs(25 * 3600));
        let published = server.get(&format!("/{}/discovery/v2.0/keys", server.tenant)).await.text();
        assert!(!published.contains(&kid(&tokens.id_token)), "the old one is withdrawn");
    })
    .await;
}

/// Security R40: no private key lies open in the database, and the published set is public halves only.
#[tokio::test]
async fn r40_private_keys_are_sealed() {
    on_both(async |server| {
        let shop = server.application().await;
        ada_with_tokens(&server, &shop).await;
        let published = server.get(&format!("/{}/discovery/v2.0/keys", server.tenant)).await.json();
        for key in published["keys"].as_array().unwrap() {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key[private].is_null(), "{private}");
            }
        }
        let sealed = server.text("SELECT sealed FROM signing_keys LIMIT 1").await;
        assert!(!sealed.contains("PRIVATE"));
        assert!(server.state.seal.open("elsewhere", &sealed).is_err(), "and bound to its row");
    })
    .await;
}
