//! `portico keys reseal`: whatever is sealed under an older key is sealed anew under the first one (security R40).

use crate::{
    clock::Chance,
    directory::{
        Db, Durability,
        sealed::{self, PLACES, Place, Sealed},
    },
    error::Result,
    secret::seal::Seal,
};
use app::contract::id::TenantId;
use std::fmt;
use zeroize::Zeroizing;

/// Secrets that are written together.
const UNIT: i64 = 200;

/// What became of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub resealed: u64,
    /// Where something is that none of the keys opens: table, tenant and key. It stays as it is.
    pub closed: Vec<String>,
    /// What keeps an older key from being thrown away: hashes cannot be made anew without what they are of.
    pub passwords: u64,
    pub application_secrets: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} secrets were sealed anew.", self.resealed)?;
        match (self.passwords, self.application_secrets) {
            (0, 0) => Ok(()),
            (passwords, secrets) => writeln!(
                f,
                "Keep the older key behind the new one: {passwords} passwords and {secrets} application secrets were hashed \
                 with it. A password is hashed anew at its owner's next sign-in, an application secret when it is replaced."
            ),
        }
    }
}

/// Servers may run meanwhile, as long as they know both keys. Whoever breaks it off begins again where it was: what is under
/// the first key is not touched.
pub async fn reseal(db: &Db, seal: &Seal, chance: &Chance) -> Result<Report> {
    let mut report = Report::default();
    for place in &PLACES {
        let mut after = (TenantId::from(""), String::new());
        loop {
            let found = sealed::list_older(db, place, seal.key_id(), &after, UNIT).await?;
            let Some(last) = found.last() else { break };
            after = (last.tenant.clone(), last.key.clone());
            write(db, seal, chance, place, found, &mut report).await?;
        }
    }
    let (passwords, secrets) = sealed::count_hashed_before(db, seal.key_id()).await?;
    (report.passwords, report.application_secrets) = (passwords.unsigned_abs(), secrets.unsigned_abs());
    Ok(report)
}

async fn write(
    db: &Db,
    seal: &Seal,
    chance: &Chance,
    place: &'static Place,
    found: Vec<Sealed>,
    report: &mut Report,
) -> Result<()> {
    let mut anew = Vec::with_capacity(found.len());
    for old in found {
        match seal.open(&old.context, &old.text).map(Zeroizing::new) {
            Ok(plain) => anew.push((seal.seal(chance, &old.context, &plain), old)),
            Err(fault) => report.closed.push(format!("{}, {}, {}: {fault}", place.table, old.tenant, old.key)),
        }
    }
    report.resealed += anew.len() as u64;
    db.write(Durability::Lasting, move |c| {
        Box::pin(async move {
            for (new, old) in &anew {
                sealed::replace(c, place, old, new).await?;
            }
            Ok(())
        })
    })
    .await
}
