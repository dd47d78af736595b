//! Rotation, with the hands of the clock held, by one server and by two.

use super::*;
use crate::{
    folder::Folder,
    secret::jwt::{Age, Expected},
};
use app::contract::brand::{Brand, Colour};

const T: &str = "5d0f7a52-6b1e-4c53-9d7e-2f4f3f0c9a11";

struct House {
    folder: Folder,
    clock: Clock,
    tenant: TenantId,
}

impl House {
    async fn new() -> (House, Arc<Keys>) {
        let clock = Clock::held(Timestamp(1_800_000_000_000));
        let house = House { folder: Folder::new(), clock, tenant: TenantId::from(T) };
        let keys = house.server().await;
        keys.db.migrate().await.unwrap();
        let tenant = crate::directory::tenant::Tenant {
            id: house.tenant.clone(),
            kind: crate::directory::tenant::Kind::External,
            name: "T".into(),
            brand: Brand {
                name: "T".into(),
                logo: None,
                background: None,
                colour: Colour::default(),
                links: Vec::new(),
            },
            passcode_enabled_at: None,
            password_accounts_since: None,
            passcode_accounts_since: None,
            sign_out: Default::default(),
        };
        crate::directory::tenant::insert(&keys.db, tenant, Vec::new(), house.clock.now()).await.unwrap();
        (house, keys)
    }

    /// One more server over the same database.
    async fn server(&self) -> Arc<Keys> {
        let db = Db::open(&self.folder.database_url()).await.unwrap();
        Arc::new(Keys::new(db, Arc::new(Seal::new(&[7; 32])), self.clock.clone(), Chance::System))
    }

    async fn kid(&self, keys: &Keys) -> String {
        keys.signing(&self.tenant, Algorithm::EdDSA).await.unwrap().kid().to_owned()
    }

    async fn published(&self, keys: &Keys) -> Vec<String> {
        let set: serde_json::Value =
            serde_json::from_slice(&keys.ring(&self.tenant).await.unwrap().published.body).unwrap();
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_first_key_signs_at_once_and_rsa_is_waited_for() {
    let (house, keys) = House::new().await;
    keys.ensure(&house.tenant).await.unwrap();
    for algorithm in Algorithm::ALL {
        assert_eq!(keys.signing(&house.tenant, algorithm).await.unwrap().algorithm(), algorithm);
    }
    assert_eq!(house.published(&keys).await.len(), 3);
    // Starting again makes nothing new.
    keys.ensure(&house.tenant).await.unwrap();
    assert_eq!(house.published(&keys).await.len(), 3);
}

#[tokio::test]
async fn r32_a_new_key_is_published_before_it_signs_and_an_old_one_outlives_its_tokens() {
    let (house, keys) = House::new().await;
    let first = house.kid(&keys).await;
    house.clock.advance(EVERY - Duration::from_secs(1));
    assert_eq!(keys.rotate_due(&house.tenant).await.unwrap(), 0);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(keys.rotate_due(&house.tenant).await.unwrap(), 1);
    assert_eq!(keys.rotate_due(&house.tenant).await.unwrap(), 0);
    let both = house.published(&keys).await;
    assert_eq!(both.len(), 2);

    // A verifier that took the key set just before the rotation keeps it for MAX_AGE; nothing new is signed for twice that.
    house.clock.advance(PUBLISHED_BEFORE - Duration::from_secs(1));
    assert_eq!(house.kid(&keys).await, first);
    house.clock.advance(Duration::from_secs(1));
    let second = house.kid(&keys).await;
    assert!(second != first && both.contains(&second));

    house.clock.advance(OUTLIVED_BY - Duration::from_secs(1));
    assert_eq!(house.published(&keys).await.len(), 2);
    house.clock.advance(Duration::from_secs(1));
    assert_eq!(house.published(&keys).await, [second]);
}

#[tokio::test]
async fn r32_no_verifier_ever_meets_an_unknown_key_over_three_rotations_and_two_servers() {
    let (house, one) = House::new().await;
    let two = house.server().await;
    house.kid(&one).await;
    let issuer = "https://login.example/t/v2.0";
    // Each takes the key set from one of the servers, and again only when it has grown old.
    let mut sets = [(house.clock.now(), one.ring(&house.tenant).await.unwrap()); 1].to_vec();
    sets.push((house.clock.now(), two.ring(&house.tenant).await.unwrap()));
    let (minute, mut rotations) = (Duration::from_secs(60), 0);
    while rotations < 3 {
        // Both servers look at the schedule in the same minute.
        let (by_one, by_two) = tokio::join!(one.rotate_due(&house.tenant), two.rotate_due(&house.tenant));
        if by_one.unwrap() + by_two.unwrap() > 0 {
            rotations += 1;
        }
        for _ in 0..90 {
            let now = house.clock.now();
            for (taken, set) in &mut sets {
                if *taken + MAX_AGE <= now {
                    (*taken, *set) = (now, two.ring(&house.tenant).await.unwrap());
                }
            }
            for server in [&one, &two] {
                let claims = serde_json::json!({
                    "iss": issuer, "aud": "app", "iat": now.seconds(), "nbf": now.seconds(), "exp": now.seconds() + 3600,
                });
                let key = server.signing(&house.tenant, Algorithm::EdDSA).await.unwrap();
                let token = key.sign("JWT", &claims).unwrap();
                for (_, set) in &sets {
                    let expected = Expected {
                        typ: "JWT",
                        issuer: &|it| it == issuer,
                        audience: Some("app"),
                        age: Age::Valid,
                        now,
                    };
                    assert!(jwt::verify(&token, &set.verifying, &expected).is_ok());
                }
            }
            house.clock.advance(minute);
        }
        house.clock.advance(EVERY - minute * 90);
    }
}

#[tokio::test]
async fn r32_rotating_now_keeps_the_order() {
    let (house, keys) = House::new().await;
    let first = house.kid(&keys).await;
    assert_eq!(keys.rotate(&house.tenant).await.unwrap(), 1);
    assert_eq!(house.kid(&keys).await, first);
    house.clock.advance(PUBLISHED_BEFORE);
    assert_ne!(house.kid(&keys).await, first);
}

#[tokio::test]
async fn r40_a_private_key_opens_only_where_it_was_sealed() {
    let (house, keys) = House::new().await;
    house.kid(&keys).await;
    let [row] = signing_key::list(&keys.db, &house.tenant, house.clock.now()).await.unwrap().try_into().unwrap();
    assert!(keys.parse(&house.tenant, &row).is_ok());
    assert!(keys.parse(&TenantId::from("other"), &row).is_err());
    assert!(keys.parse(&house.tenant, &signing_key::SigningKey { id: "other".into(), ..row }).is_err());
}
