//! `portico doctor`: what it looks at, and what it says of it.

use crate::harness::on_both;
use app::contract::{resource::moment::Moment, time::Timestamp};
use serde_json::json;
use server::{
    administration,
    clock::Clock,
    config::{Config, Tls},
    directory::application::{self, NewSecret},
    doctor,
};
use std::{fs, time::Duration};

/// Security R33: an application whose secret ran out unnoticed shuts everybody out.
#[tokio::test]
async fn the_doctor_tells_of_secrets_that_end() {
    on_both(async |server| {
        let look = async || {
            let findings = doctor::examine(server.config()).await;
            findings.into_iter().find(|finding| finding.what == "secrets").unwrap().verdict
        };
        let admin = server.administrator().await;
        let shop = admin.make("/applications", json!({ "displayName": "Shop" })).await;
        // The doctor looks at the machine's own clock.
        let in_days = |days: i64| {
            let now = Clock::System.now().0;
            Moment(Timestamp(now + days * 24 * 3600 * 1000)).text()
        };
        let add = async |days: i64| {
            let secret = json!({ "passwordCredential": { "endDateTime": in_days(days) } });
            let made = admin.post(&format!("/applications/{shop}/addPassword"), secret).await;
            assert!(made.status.is_success(), "{}", made.text());
            made.json()
        };
        let lasting = add(2000).await;
        assert!(look().await.is_ok());
        let removed = json!({ "keyId": lasting["keyId"] });
        assert_eq!(admin.post(&format!("/applications/{shop}/removePassword"), removed).await.status, 204);
        server
            .write(|c, tenant, _| {
                Box::pin(async move {
                    let soon = Clock::System.now() + Duration::from_secs(20 * 24 * 3600);
                    let hash = "kept".to_owned();
                    let secret =
                        NewSecret { id: "s".into(), name: String::new(), hint: "abc".into(), hash, expires_at: soon };
                    application::add_secret(c, &tenant, &shop.as_str().into(), &secret, Timestamp(0)).await
                })
            })
            .await;
        let told = look().await.unwrap_err();
        assert!(told.contains("abc…, Shop in Woodgrove, on "), "{told}");
    })
    .await;
}

/// A host name of a tenant's own is of no use where the certificate is not for it.
#[tokio::test]
async fn the_doctor_looks_whether_the_certificate_is_for_tenants_hosts() {
    on_both(async |server| {
        let hosts = async |tls: Option<Tls>| {
            let findings = doctor::examine(Config { tls, ..server.config() }).await;
            findings.into_iter().find(|finding| finding.what == "hosts").unwrap().verdict
        };
        assert!(hosts(None).await.unwrap().contains("no tenant"));
        let admin = server.administrator().await;
        for host in ["id.woodgrove.example", "login.fabrikam.example"] {
            admin.make("/domains", json!({ "id": host, "supportedServices": ["CustomUrlDomain"] })).await;
        }
        let told = hosts(None).await.unwrap();
        assert!(told.contains("id.woodgrove.example, login.fabrikam.example"), "{told}");

        let folder = std::env::temp_dir().join(format!("portico-{}", server.state.chance.id()));
        fs::create_dir_all(&folder).unwrap();
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        let mut verdicts = Vec::new();
        for names in [vec!["*.woodgrove.example"], vec!["id.woodgrove.example", "login.fabrikam.example"]] {
            let names: Vec<String> = names.into_iter().map(String::from).collect();
            let made = rcgen::generate_simple_self_signed(names).unwrap();
            fs::write(&certificate, made.cert.pem()).unwrap();
            fs::write(&key, made.signing_key.serialize_pem()).unwrap();
            verdicts.push(hosts(Some(Tls::Files { certificate: certificate.clone(), key: key.clone() })).await);
        }
        // Development's is for this machine, and is not made to find that out.
        let authority = folder.join("portico-dev-tls");
        let fault = hosts(Some(Tls::Development { folder: authority.clone() })).await.unwrap_err();
        assert!(fault.contains("id.woodgrove.example, login.fabrikam.example") && !authority.exists(), "{fault}");
        fs::remove_dir_all(&folder).unwrap();
        let fault = verdicts[0].as_ref().unwrap_err();
        assert!(fault.contains("login.fabrikam.example") && !fault.contains("id.woodgrove.example"), "{fault}");
        assert!(verdicts[1].as_ref().is_ok_and(|told| told.contains("login.fabrikam.example")));
    })
    .await;
}

/// Who starts with another seal key than before learns from the start what the doctor says: which variable it is about.
#[tokio::test]
async fn another_seal_key_is_told_with_the_names_of_its_variables() {
    on_both(async |server| {
        administration::ensure(&server.state).await.unwrap();
        let other = server
            .with_config(|variables| {
                variables.insert("PORTICO_SEAL_KEY".into(), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into());
            })
            .await;
        let at_the_start = administration::ensure(&other.state).await.unwrap_err().to_string();
        let look = async |config: Config| {
            let findings = doctor::examine(config).await;
            findings.into_iter().find(|finding| finding.what == "keys").unwrap().verdict
        };
        let by_the_doctor = look(Config::clone(&other.state.config)).await.unwrap_err();
        // Nor does a key that development would make now open what is there.
        let without = look(Config { seal_keys: Vec::new(), ..server.config() }).await.unwrap_err();
        for told in [at_the_start, by_the_doctor, without] {
            for word in ["PORTICO_SEAL_KEY,", "PORTICO_SEAL_KEY_FILE"] {
                assert!(told.contains(word), "{told}");
            }
        }
        assert!(look(server.config()).await.is_ok());
    })
    .await;
}
