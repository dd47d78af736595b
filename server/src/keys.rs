//! The keys that tokens are signed with: made, kept parsed, published before they sign, and retired after their last token.
//!
//! A key is published from its creation, signs from `signs_from`, and is withdrawn at `retires_at`. Between the first two
//! lies twice the time for which others may keep our key set, so nobody ever meets a signature by a key they could not
//! have seen (security R32). Several servers over one database keep to the same moments and need not agree on anything:
//! if two of them make a key at once, both are published and the newer one signs.

use crate::{
    clock::{Chance, Clock},
    directory::{Db, signing_key},
    error::{Error, Result},
    secret::{
        jwt::{self, Algorithm, SigningKey, VerifyingKey},
        seal::Seal,
    },
};
use app::contract::{id::TenantId, time::Timestamp};
use axum::{body::Bytes, http::HeaderValue};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

/// How long others may keep our key set (`Cache-Control: max-age`).
pub const MAX_AGE: Duration = Duration::from_secs(300);

/// How long a new key is published before it signs.
const PUBLISHED_BEFORE: Duration = Duration::from_secs(2 * MAX_AGE.as_secs());

/// How long the longest token that a flow may ask for outlives the last signature of its key, and the skew of others' clocks.
const OUTLIVED_BY: Duration = Duration::from_secs(24 * 3600 + 5 * 60);

/// How long a key signs until the next one is made.
const EVERY: Duration = Duration::from_secs(90 * 24 * 3600);

/// What another server added is seen after this at the latest.
const FRESH: Duration = Duration::from_millis(900);

/// Every tenant's keys, as far as somebody has asked for them.
pub struct Keys {
    db: Db,
    seal: Arc<Seal>,
    clock: Clock,
    chance: Chance,
    rings: Mutex<HashMap<TenantId, Kept>>,
    /// One key is made at a time: who waits for it finds it made.
    making: tokio::sync::Mutex<()>,
}

struct Kept {
    since: Instant,
    ring: Arc<Ring>,
}

/// The keys of one tenant that are published now.
pub struct Ring {
    read_at: Timestamp,
    keys: Vec<Key>,
    pub verifying: Vec<VerifyingKey>,
    /// The key set (RFC 7517 §5).
    pub published: Document,
    /// The discovery document: it goes with the keys, and is made by whoever is asked for it first.
    pub discovery: OnceLock<Document>,
}

/// How a key follows another.
#[derive(Clone, Copy)]
enum Hurry {
    /// So that nobody notices.
    None,
    /// So that the older one is worth nothing.
    AtOnce,
}

#[derive(Clone)]
struct Key {
    id: String,
    algorithm: Algorithm,
    created_at: Timestamp,
    signs_from: Timestamp,
    retires_at: Option<Timestamp>,
    parsed: Arc<SigningKey>,
}

/// Bytes that are made once and served as they are.
#[derive(Clone)]
pub struct Document {
    pub body: Bytes,
    pub etag: HeaderValue,
}

impl Document {
    pub fn new(json: &serde_json::Value) -> Self {
        let body = json.to_string();
        let etag = format!("\"{}\"", crate::secret::token::hash(&body));
        // Base64url in quotes is a header's text.
        let etag = HeaderValue::try_from(etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Self { body: body.into(), etag }
    }
}

impl Keys {
    pub fn new(db: Db, seal: Arc<Seal>, clock: Clock, chance: Chance) -> Self {
        Self { db, seal, clock, chance, rings: Mutex::default(), making: tokio::sync::Mutex::default() }
    }

    /// The key that signs now. A first key that is still being made is waited for.
    pub async fn signing(&self, tenant: &TenantId, algorithm: Algorithm) -> Result<Arc<SigningKey>> {
        if let Some(key) = self.ring(tenant).await?.signing(algorithm, self.clock.now()) {
            return Ok(key);
        }
        self.make_first(tenant, algorithm).await?;
        let key = self.ring(tenant).await?.signing(algorithm, self.clock.now());
        key.ok_or_else(|| Error::Internal(format!("{tenant} has no {} key", algorithm.name())))
    }

    /// Everything that is published now: key set, verifying keys, discovery.
    pub async fn ring(&self, tenant: &TenantId) -> Result<Arc<Ring>> {
        match self.kept(tenant) {
            Some((ring, true)) => Ok(ring),
            Some((ring, false)) => self.read(tenant, Some(ring)).await,
            None => self.read(tenant, None).await,
        }
    }

    /// A new tenant's first keys. The quick ones are there on return, RSA is made behind the caller's back.
    pub async fn ensure(self: &Arc<Self>, tenant: &TenantId) -> Result<()> {
        self.make_first(tenant, Algorithm::EdDSA).await?;
        self.make_first(tenant, Algorithm::ES256).await?;
        if !self.ring(tenant).await?.has(Algorithm::RS256) {
            let (keys, tenant) = (self.clone(), tenant.clone());
            tokio::spawn(async move {
                if let Err(error) = keys.make_first(&tenant, Algorithm::RS256).await {
                    // Whoever needs the key first tries again, and is told.
                    tracing::error!(%tenant, %error, "the RSA key could not be made");
                }
            });
        }
        Ok(())
    }

    /// Makes the successor of every key whose time has come. Called now and then; says how many were made.
    pub async fn rotate_due(&self, tenant: &TenantId) -> Result<usize> {
        let now = self.clock.now();
        self.succeed(tenant, Hurry::None, |newest| newest.created_at + EVERY <= now).await
    }

    /// Makes a successor of every key today, whatever its age. It too is published before it signs.
    pub async fn rotate(&self, tenant: &TenantId) -> Result<usize> {
        self.succeed(tenant, Hurry::None, |_| true).await
    }

    /// The emergency: somebody else has a key. Its successor signs at once, and whatever the older ones signed is worth
    /// nothing. Who keeps our key set may refuse what is new until they ask again, `MAX_AGE` at the longest.
    pub async fn replace(&self, tenant: &TenantId) -> Result<usize> {
        self.succeed(tenant, Hurry::AtOnce, |_| true).await
    }

    async fn succeed(&self, tenant: &TenantId, hurry: Hurry, is_due: impl Fn(&Key) -> bool) -> Result<usize> {
        let _alone = self.making.lock().await;
        self.forget(tenant);
        let ring = self.ring(tenant).await?;
        let due = Algorithm::ALL.into_iter().filter(|algorithm| ring.newest(*algorithm).is_some_and(&is_due));
        let mut made = 0;
        for algorithm in due {
            let now = self.clock.now();
            let (signs_from, older_retire_at) = match hurry {
                Hurry::None => (now + PUBLISHED_BEFORE, now + PUBLISHED_BEFORE + OUTLIVED_BY),
                Hurry::AtOnce => (now, now),
            };
            self.make(tenant, algorithm, signs_from, Some(older_retire_at)).await?;
            made += 1;
        }
        Ok(made)
    }

    async fn make_first(&self, tenant: &TenantId, algorithm: Algorithm) -> Result<()> {
        let _alone = self.making.lock().await;
        self.forget(tenant);
        if self.ring(tenant).await?.has(algorithm) {
            return Ok(());
        }
        // Nobody can hold an older key set of a tenant without keys: this one may sign at once.
        self.make(tenant, algorithm, self.clock.now(), None).await
    }

    async fn make(
        &self,
        tenant: &TenantId,
        algorithm: Algorithm,
        signs_from: Timestamp,
        older_retire_at: Option<Timestamp>,
    ) -> Result<()> {
        let made = tokio::task::spawn_blocking(move || jwt::generate(algorithm))
            .await
            .map_err(|error| Error::Internal(format!("making a key: {error}")))??;
        let key = signing_key::SigningKey {
            sealed: self.seal.seal(&self.chance, &signing_key::context(tenant, &made.kid), &made.pkcs8),
            id: made.kid,
            algorithm: algorithm.name().into(),
            created_at: self.clock.now(),
            signs_from,
            retires_at: None,
        };
        tracing::info!(%tenant, kid = key.id, algorithm = algorithm.name(), "made a signing key");
        signing_key::insert(&self.db, tenant, key, older_retire_at).await?;
        self.forget(tenant);
        Ok(())
    }

    async fn read(&self, tenant: &TenantId, before: Option<Arc<Ring>>) -> Result<Arc<Ring>> {
        let (since, now) = (Instant::now(), self.clock.now());
        let rows = signing_key::list(&self.db, tenant, now).await?;
        let known = |row: &signing_key::SigningKey| before.as_ref()?.keys.iter().find(|key| key.id == row.id);
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let parsed = match known(&row) {
                Some(key) => key.parsed.clone(),
                None => Arc::new(self.parse(tenant, &row)?),
            };
            keys.push(Key {
                algorithm: parsed.algorithm(),
                id: row.id,
                created_at: row.created_at,
                signs_from: row.signs_from,
                retires_at: row.retires_at,
                parsed,
            });
        }
        let ring = Arc::new(match before {
            Some(before) if before.publishes(&keys) => before.reread(keys, now),
            _ => Ring::new(keys, now)?,
        });
        self.rings().insert(tenant.clone(), Kept { since, ring: ring.clone() });
        Ok(ring)
    }

    fn parse(&self, tenant: &TenantId, row: &signing_key::SigningKey) -> Result<SigningKey> {
        let algorithm = Algorithm::named(&row.algorithm)
            .ok_or_else(|| Error::Internal(format!("key {} is of no algorithm of ours: {}", row.id, row.algorithm)))?;
        let pkcs8 = zeroize::Zeroizing::new(self.seal.open(&signing_key::context(tenant, &row.id), &row.sealed)?);
        SigningKey::parse(algorithm, &pkcs8, &row.id)
    }

    /// The ring in memory, and whether it may still be used as it is.
    fn kept(&self, tenant: &TenantId) -> Option<(Arc<Ring>, bool)> {
        let rings = self.rings();
        let Kept { since, ring } = rings.get(tenant)?;
        let is_fresh = since.elapsed() < FRESH && ring.read_at.until(self.clock.now()) < FRESH;
        Some((ring.clone(), is_fresh))
    }

    fn forget(&self, tenant: &TenantId) {
        self.rings().remove(tenant);
    }

    fn rings(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Kept>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn new(keys: Vec<Key>, read_at: Timestamp) -> Result<Self> {
        let set = keys.iter().map(|key| key.parsed.public_jwk()).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            read_at,
            verifying: keys.iter().map(|key| key.parsed.verifying_key().clone()).collect(),
            published: Document::new(&serde_json::json!({ "keys": set })),
            discovery: OnceLock::new(),
            keys,
        })
    }

    /// The same documents, with the keys' moments as they are now.
    fn reread(&self, keys: Vec<Key>, read_at: Timestamp) -> Self {
        Self {
            read_at,
            keys,
            verifying: self.verifying.clone(),
            published: self.published.clone(),
            discovery: self.discovery.clone(),
        }
    }

    fn publishes(&self, keys: &[Key]) -> bool {
        self.keys.iter().map(|key| &key.id).eq(keys.iter().map(|key| &key.id))
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| key.algorithm == algorithm)
    }

    fn newest(&self, algorithm: Algorithm) -> Option<&Key> {
        self.keys.iter().filter(|key| key.algorithm == algorithm).max_by_key(|key| (key.signs_from, &key.id))
    }

    fn signing(&self, algorithm: Algorithm, now: Timestamp) -> Option<Arc<SigningKey>> {
        let signs = |key: &&Key| {
            key.algorithm == algorithm && key.signs_from <= now && key.retires_at.is_none_or(|at| at > now)
        };
        self.keys.iter().filter(signs).max_by_key(|key| (key.signs_from, &key.id)).map(|key| key.parsed.clone())
    }
}

#[cfg(test)]
mod tests;
