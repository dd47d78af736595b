//! What a request can reach: config, database, clock, chance, locks, post. Nothing else is reachable.

use crate::{
    clock::{Chance, Clock},
    config::{Config, Tls},
    directory::Db,
    error::{Error, Result},
    guard::Arrivals,
    hearings::Hearings,
    journey::limits,
    keys::Keys,
    mail::send::Mailer,
    open_pages::OpenPages,
    outbound::Outbound,
    secret::{password::Hasher, seal::Seal},
    tls,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Cheap to clone: every part is shared.
#[derive(Clone)]
pub struct AppState {
    pub config: Arc<Config>,
    pub db: Db,
    pub clock: Clock,
    pub chance: Chance,
    pub seal: Arc<Seal>,
    pub hasher: Arc<Hasher>,
    pub mailer: Arc<Mailer>,
    pub keys: Arc<Keys>,
    pub arrivals: Arc<Arrivals>,
    pub open_pages: Arc<OpenPages>,
    pub hearings: Arc<Hearings>,
    pub outbound: Arc<Outbound>,
    /// Rings when a letter was written.
    pub post: Arc<Notify>,
    /// Rings when applications are to hear that a session ended.
    pub goodbyes: Arc<Notify>,
}

impl AppState {
    /// On the configured database, which is brought up to date first.
    pub async fn open(config: Config) -> Result<AppState> {
        let db = Db::open(config.database_url.reveal()).await?;
        db.migrate().await?;
        Self::new(config, db, Clock::System, Chance::System)
    }

    pub fn new(config: Config, db: Db, clock: Clock, chance: Chance) -> Result<AppState> {
        limits::assert_codes_hold().map_err(Error::Internal)?;
        let seal = Arc::new(seal(&config)?);
        let hasher = Arc::new(Hasher::start(seal.clone(), chance.clone())?);
        let mailer = match &config.smtp_url {
            Some(url) => {
                let mailer = Mailer::from_url(url.reveal(), &config.mail_from, config.smtp_ca.as_deref());
                mailer.map_err(Error::Internal)?
            }
            None => Mailer::Mailbox,
        };
        let keys = Arc::new(Keys::new(db.clone(), seal.clone(), clock.clone(), chance.clone()));
        let outbound = Outbound::network(config.is_development());
        Ok(AppState {
            config: Arc::new(config),
            db,
            clock,
            chance,
            seal,
            hasher,
            mailer: Arc::new(mailer),
            keys,
            arrivals: Arc::default(),
            open_pages: Arc::default(),
            hearings: Arc::default(),
            outbound: Arc::new(outbound),
            post: Arc::default(),
            goodbyes: Arc::default(),
        })
    }

    /// For calls to other servers: short, and never following where an answer points (security R36).
    pub fn http(&self) -> Result<reqwest::Client> {
        let own = match &self.config.tls {
            // The demo shop talks to us as anybody does.
            Some(Tls::Development { folder }) => Some(tls::authority_of(folder)?),
            _ => None,
        };
        reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_merge(own)
            .build()
            .map_err(|error| Error::Internal(format!("HTTP client: {error}")))
    }
}

/// The newest key seals, the older ones still open.
fn seal(config: &Config) -> Result<Seal> {
    let (newest, older) =
        config.seal_keys.split_first().ok_or_else(|| Error::Internal("there is no seal key".into()))?;
    Ok(older.iter().fold(Seal::new(newest.bytes()), |seal, key| seal.with_older(key.bytes())))
}
