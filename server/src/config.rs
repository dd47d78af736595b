//! What must be known before the database opens: read from the environment and a file, judged as a whole.

mod key;
mod network;
mod public_url;
mod seal_key;
#[cfg(test)]
mod tests;

use app::contract::secret::Secret;
use key::{Draft, KEYS};
pub use network::Network;
pub use public_url::PublicUrl;
pub use seal_key::SealKey;
use std::{
    collections::BTreeMap,
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    /// None where a proxy speaks https for us, or nobody does.
    pub tls: Option<Tls>,
    /// May hold a password.
    pub database_url: Secret,
    /// None only in development, where the mailbox keeps every letter.
    pub smtp_url: Option<Secret>,
    /// Certificates in PEM that the mail server's may be signed with, besides the public ones.
    pub smtp_ca: Option<String>,
    pub mail_from: String,
    /// The newest first: it seals. The older ones still open. None where development has made none yet, and `look` read this.
    pub seal_keys: Vec<SealKey>,
    pub trusted_proxies: Vec<Network>,
    /// As `tracing_subscriber::EnvFilter` reads it.
    pub log: String,
    pub log_format: LogFormat,
}

/// What we prove ourselves with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tls {
    Files {
        certificate: PathBuf,
        key: PathBuf,
    },
    /// Made by an authority of this machine's own, kept in a folder.
    Development {
        folder: PathBuf,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    Text,
    Json,
}

/// Where the values come from.
#[derive(Clone)]
pub struct Sources<'a> {
    /// Environment variables, ours and others'.
    pub variables: BTreeMap<String, String>,
    /// A TOML file whose keys are those of `KEYS`.
    pub file: Option<&'a Path>,
    /// Where development keeps the seal key that it makes for itself.
    pub folder: &'a Path,
}

/// Every fault, each a sentence that says how to mend it.
#[derive(PartialEq, Eq, Debug)]
pub struct Faults(pub Vec<String>);

/// Variables that are ours without being keys: which file to read, and what the build was told.
const OTHER_VARIABLES: [&str; 2] = ["PORTICO_CONFIG", "PORTICO_PAGES"];

impl Config {
    /// The environment wins over the file, the file over the defaults. All faults are told at once.
    pub fn read(sources: Sources) -> Result<Config, Faults> {
        Self::read_with(sources, seal_key::kept_or_made)
    }

    /// The same for whoever only looks: a seal key that development would make is not made, and there is none.
    pub fn look(sources: Sources) -> Result<Config, Faults> {
        Self::read_with(sources, seal_key::kept)
    }

    fn read_with(
        sources: Sources,
        development_seal_keys: fn(&Path) -> Result<Vec<SealKey>, String>,
    ) -> Result<Config, Faults> {
        let mut faults = Vec::new();
        let in_file = sources.file.map(|path| file_values(path, &mut faults)).unwrap_or_default();
        let in_environment = environment_values(&sources.variables, &mut faults);

        let mut draft = Draft::default();
        for key in KEYS {
            let set = in_environment.get(key.name).map(|value| (value.as_str(), key.variable()));
            let set = set.or_else(|| in_file.get(key.name).map(|value| (value.as_str(), key.name.to_owned())));
            let set = set.or_else(|| key.default().map(|value| (value, key.name.to_owned())));
            if let Some((value, place)) = set
                && let Err(fault) = (key.read)(&mut draft, value)
            {
                faults.push(format!("{place}: {fault}"));
            }
        }
        let is_set = |name: &str| in_environment.contains_key(name) || in_file.contains_key(name);
        if is_set("seal_key") && is_set("seal_key_file") {
            faults.push("PORTICO_SEAL_KEY and PORTICO_SEAL_KEY_FILE are both set. Keep one of them.".into());
        }
        if let (false, Some(listen)) = (is_set("public_url"), draft.listen) {
            match PublicUrl::of_this_machine(listen.port()) {
                Ok(url) => draft.public_url = Some(url),
                Err(fault) => faults.push(fault),
            }
        }
        let tls = draft.tls(sources.folder).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        match &draft.public_url {
            Some(url) if !url.is_development() => faults.extend(missing_in_production(url, is_set)),
            Some(_) if draft.seal_keys.is_empty() && faults.is_empty() => {
                match development_seal_keys(&sources.folder.join("portico.key")) {
                    Ok(keys) => draft.seal_keys = keys,
                    Err(fault) => faults.push(fault),
                }
            }
            _ => {}
        }
        if let (Some(url), Some(listen)) = (&draft.public_url, draft.listen) {
            faults.extend(development_for_others(url, listen));
        }
        if faults.is_empty() { draft.finish(tls) } else { Err(Faults(faults)) }
    }

    pub fn is_development(&self) -> bool {
        self.public_url.is_development()
    }

    /// What `portico help config` prints.
    pub fn manual() -> String {
        let mut text = String::from(
            "Portico is configured by environment variables, or by a TOML file (--config FILE, or PORTICO_CONFIG=FILE)\n\
             in which the names are small and without PORTICO_: listen = \"0.0.0.0:3000\". The environment wins.\n",
        );
        for key in KEYS {
            text.push('\n');
            text.push_str(&key.manual());
        }
        text
    }
}

impl Draft {
    /// With a certificate for development the public address is https, whatever it was.
    fn tls(&mut self, folder: &Path) -> Result<Option<Tls>, String> {
        if self.dev_tls {
            if self.tls_certificate.is_some() || self.tls_key.is_some() {
                return Err(
                    "PORTICO_DEV_TLS makes a certificate, and PORTICO_TLS_CERTIFICATE names one. Keep one of them."
                        .into(),
                );
            }
            self.public_url = self.public_url.take().map(PublicUrl::over_dev_tls).transpose()?;
            return Ok(Some(Tls::Development { folder: folder.join("portico-dev-tls") }));
        }
        match (self.tls_certificate.take(), self.tls_key.take()) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) if self.public_url.as_ref().is_some_and(|url| !url.is_https()) => Err(
                "PORTICO_TLS_CERTIFICATE is set, and PORTICO_PUBLIC_URL is plain http: set the https address that people use."
                    .into(),
            ),
            (Some(certificate), Some(key)) => Ok(Some(Tls::Files { certificate, key })),
            _ => Err("PORTICO_TLS_CERTIFICATE and PORTICO_TLS_KEY belong together: set both.".into()),
        }
    }

    fn finish(self, tls: Option<Tls>) -> Result<Config, Faults> {
        let (Some(listen), Some(public_url), Some(database_url), Some(log), Some(log_format)) =
            (self.listen, self.public_url, self.database_url, self.log, self.log_format)
        else {
            // Each of them has a default or follows from one, and a value that cannot be read is a fault.
            return Err(Faults(vec!["The configuration is incomplete. This is a fault in Portico.".into()]));
        };
        Ok(Config {
            mail_from: self.mail_from.unwrap_or_else(|| format!("no-reply@{}", public_url.host())),
            listen,
            public_url,
            tls,
            database_url,
            smtp_url: self.smtp_url,
            smtp_ca: self.smtp_ca,
            seal_keys: self.seal_keys,
            trusted_proxies: self.trusted_proxies,
            log,
            log_format,
        })
    }
}

/// Development shows every mail to whoever asks, and a `Host` is quickly forged: nobody else may reach it.
fn development_for_others(public_url: &PublicUrl, listen: SocketAddr) -> Option<String> {
    let reached_by_others = public_url.is_development() && !listen.ip().to_canonical().is_loopback();
    reached_by_others.then(|| {
        format!(
            "PORTICO_LISTEN: {listen} can be reached from other machines, and {} means development, where everybody's mail \
             is shown. Set PORTICO_PUBLIC_URL to the https address that people use, or listen on 127.0.0.1:{}.",
            public_url.origin(),
            listen.port()
        )
    })
}

/// Development takes these from itself; production says how to set them.
fn missing_in_production(public_url: &PublicUrl, is_set: impl Fn(&str) -> bool) -> Vec<String> {
    let mut missing = Vec::new();
    if !public_url.is_https() {
        missing.push(format!(
            "PORTICO_PUBLIC_URL: {} is plain http, where passwords could be read on their way. Set \
             PORTICO_TLS_CERTIFICATE and PORTICO_TLS_KEY, or put a proxy with a certificate in front of Portico, and \
             set PORTICO_PUBLIC_URL to the https address that people use.",
            public_url.origin()
        ));
    }
    if !is_set("smtp_url") {
        missing.push(
            "PORTICO_SMTP_URL is missing: nobody could be sent a code. Set it to your mail server, like \
             PORTICO_SMTP_URL=smtps://user:password@mail.example.org."
                .into(),
        );
    }
    if !is_set("seal_key") && !is_set("seal_key_file") {
        missing.push(
            "PORTICO_SEAL_KEY is missing: secrets in the database are sealed with it. Make one with `openssl rand \
             -base64 32`, keep a copy in a safe place, and set it as PORTICO_SEAL_KEY or in a file named by \
             PORTICO_SEAL_KEY_FILE."
                .into(),
        );
    }
    missing
}

/// By the name of the key. A variable that begins like ours and is none of them is a slip of the pen.
fn environment_values(
    variables: &BTreeMap<String, String>,
    faults: &mut Vec<String>,
) -> BTreeMap<&'static str, String> {
    let mut values = BTreeMap::new();
    for (variable, value) in variables.iter().filter(|(name, _)| name.starts_with("PORTICO_")) {
        if let Some(key) = KEYS.iter().find(|key| key.variable() == *variable) {
            values.insert(key.name, value.clone());
        } else if !OTHER_VARIABLES.contains(&variable.as_str()) && !is_of_kubernetes(variable, value) {
            faults.push(format!(
                "{variable} is not known. `portico help config` lists what is; is it a slip of the pen?"
            ));
        }
    }
    values
}

/// A Kubernetes service named `portico` tells every container beside it where it is. That means nothing to us.
fn is_of_kubernetes(variable: &str, value: &str) -> bool {
    variable.starts_with("PORTICO_SERVICE_")
        || variable.starts_with("PORTICO_PORT_")
        || (variable == "PORTICO_PORT" && value.contains("://"))
}

fn file_values(path: &Path, faults: &mut Vec<String>) -> BTreeMap<&'static str, String> {
    let at = path.display();
    let table = fs::read_to_string(path).map_err(|fault| format!("{at} cannot be read: {fault}.")).and_then(|text| {
        // Without the excerpt that the error would quote: it may hold a secret.
        text.parse::<toml::Table>().map_err(|fault| format!("{at} is not TOML: {}.", fault.message()))
    });
    let table = table.unwrap_or_else(|fault| {
        faults.push(fault);
        toml::Table::new()
    });
    let mut values = BTreeMap::new();
    for (name, value) in &table {
        match (KEYS.iter().find(|key| key.name == name), file_value(value)) {
            (Some(key), Some(value)) => {
                values.insert(key.name, value);
            }
            (Some(_), None) => faults.push(format!("{name} in {at} must be text or a list of texts.")),
            (None, _) => faults.push(format!("{name} in {at} is not known. `portico help config` lists what is.")),
        }
    }
    values
}

fn file_value(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Array(items) => Some(items.iter().map(toml::Value::as_str).collect::<Option<Vec<_>>>()?.join(",")),
        _ => None,
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Portico cannot start with this configuration:")?;
        self.0.iter().try_for_each(|fault| writeln!(f, "  - {fault}"))
    }
}
