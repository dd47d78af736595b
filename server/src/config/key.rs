//! Everything that can be set. The table is the list, the parser, the defaults and the manual at once.

use super::{LogFormat, Network, PublicUrl, SealKey};
use app::contract::secret::Secret;
use lettre::transport::smtp::client::Certificate;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tracing_subscriber::EnvFilter;

/// One thing that can be set: `listen` in the file, `PORTICO_LISTEN` in the environment.
pub(super) struct Key {
    pub(super) name: &'static str,
    unset: Unset,
    help: &'static str,
    pub(super) read: fn(&mut Draft, &str) -> Result<(), String>,
}

/// What holds where nothing is set.
enum Unset {
    /// This value, read like any other.
    Is(&'static str),
    /// Something that other keys decide.
    Means(&'static str),
}

/// The values so far, before they are judged together.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) listen: Option<SocketAddr>,
    pub(super) public_url: Option<PublicUrl>,
    pub(super) tls_certificate: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) dev_tls: bool,
    pub(super) database_url: Option<Secret>,
    pub(super) smtp_url: Option<Secret>,
    pub(super) smtp_ca: Option<String>,
    pub(super) mail_from: Option<String>,
    pub(super) seal_keys: Vec<SealKey>,
    pub(super) trusted_proxies: Vec<Network>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<LogFormat>,
}

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "listen",
        unset: Unset::Is("127.0.0.1:3000"),
        help: "Address and port that the server listens on. Behind a proxy on another machine: 0.0.0.0:3000.",
        read: |draft, text| {
            let wrong = |_| format!("`{text}` is not an address with a port. Write one like 127.0.0.1:3000.");
            draft.listen = Some(text.parse().map_err(wrong)?);
            Ok(())
        },
    },
    Key {
        name: "public_url",
        unset: Unset::Means("http://localhost and the port of listen, so http://localhost:3000 where neither is set"),
        help: "The address people and applications use, such as https://login.example.org. Every link is made from it. \
               Plain http on this machine means development, as PORTICO_DEV_TLS does: demo application, mailbox and a ready \
               tenant.",
        read: |draft, text| {
            draft.public_url = Some(PublicUrl::parse(text)?);
            Ok(())
        },
    },
    Key {
        name: "tls_certificate",
        unset: Unset::Means("none; a proxy in front of Portico has one"),
        help: "A file with the server's certificate and those that vouch for it, in PEM. With tls_key beside it Portico \
               speaks https itself. Files that were renewed are read at the next start.",
        read: |draft, text| {
            draft.tls_certificate = Some(readable(text)?);
            Ok(())
        },
    },
    Key {
        name: "tls_key",
        unset: Unset::Means("none"),
        help: "A file with the certificate's private key, in PEM.",
        read: |draft, text| {
            draft.tls_key = Some(readable(text)?);
            Ok(())
        },
    },
    Key {
        name: "dev_tls",
        unset: Unset::Is("off"),
        help: "on: development over https on this machine (`portico serve --dev-tls`), with a certificate by an authority \
               that is made for it in ./portico-dev-tls. Some clients refuse plain http even there.",
        read: |draft, text| {
            draft.dev_tls = match text {
                "on" => true,
                "off" => false,
                _ => return Err(format!("`{text}` is neither on nor off.")),
            };
            Ok(())
        },
    },
    Key {
        name: "database_url",
        unset: Unset::Is("sqlite://portico.db"),
        help: "sqlite://path/to/file.db, or postgres://user:password@host/database.",
        read: |draft, text| {
            let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
            draft.database_url = Some(Secret::from(text));
            known.then_some(()).ok_or("It begins neither with sqlite: nor with postgres:.".into())
        },
    },
    Key {
        name: "smtp_url",
        unset: Unset::Means("none; in development letters are kept at /dev/mail"),
        help: "The server that takes our mail: smtps://user:password@mail.example.org (TLS), or smtp://… (STARTTLS).",
        read: |draft, text| {
            draft.smtp_url = Some(Secret::from(text));
            let known = ["smtps://", "smtp://"].iter().any(|scheme| text.starts_with(scheme));
            known.then_some(()).ok_or("It begins neither with smtps:// nor with smtp://.".into())
        },
    },
    Key {
        name: "smtp_ca",
        unset: Unset::Means("none; the public authorities are always trusted"),
        help: "A file with the certificates (PEM) of your own authority, if one of those has signed the mail server's: \
               /etc/ssl/certs/ca-certificates.crt trusts all that this machine trusts.",
        read: |draft, text| {
            let pem = fs::read_to_string(text).map_err(|fault| format!("{text} cannot be read: {fault}."))?;
            let known = pem.contains("-----BEGIN CERTIFICATE-----") && Certificate::from_pem(pem.as_bytes()).is_ok();
            draft.smtp_ca = Some(pem);
            known.then_some(()).ok_or_else(|| format!("{text} holds no certificate in PEM."))
        },
    },
    Key {
        name: "mail_from",
        unset: Unset::Means("no-reply@ the host of public_url"),
        help: "Whom mail comes from: no-reply@example.org, or Woodgrove <no-reply@example.org>.",
        read: |draft, text| {
            draft.mail_from = Some(text.to_owned());
            let like =
                || format!("`{text}` is not an e-mail address. Write one like Woodgrove <no-reply@example.org>.");
            text.parse::<lettre::message::Mailbox>().map(drop).map_err(|_| like())
        },
    },
    Key {
        name: "seal_key",
        unset: Unset::Means("none; development makes ./portico.key"),
        help: "32 random bytes in base64 (`openssl rand -base64 32`), with which secrets in the database are sealed. \
               Keep a copy: without it nobody can sign in. Several keys stand with commas between: the first seals, all of \
               them open. To change it, give every server the old one, a comma and the new one; then the new one first; \
               then run `portico keys reseal`, which says whether anything still needs the old one.",
        read: |draft, text| {
            draft.seal_keys = SealKey::list(text)?;
            Ok(())
        },
    },
    Key {
        name: "seal_key_file",
        unset: Unset::Means("none"),
        help: "A file that holds seal_key, for those who mount secrets as files.",
        read: |draft, text| {
            let path = Path::new(text);
            let keys =
                fs::read_to_string(path).map_err(|fault| format!("{} cannot be read: {fault}.", path.display()))?;
            draft.seal_keys = SealKey::list(&keys)?;
            Ok(())
        },
    },
    Key {
        name: "trusted_proxies",
        unset: Unset::Means("none"),
        help: "Addresses or networks of your own proxies, with commas between: 10.0.0.0/8,192.0.2.7. Only from them \
               is X-Forwarded-For believed.",
        read: |draft, text| {
            for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
                let wrong = || format!("`{item}` is neither an address nor a network. Write one like 10.0.0.0/8.");
                draft.trusted_proxies.push(Network::parse(item).ok_or_else(wrong)?);
            }
            Ok(())
        },
    },
    Key {
        name: "log",
        unset: Unset::Is("info"),
        help: "How much is logged: error, warn, info or debug; or by place: info,server::oidc=debug.",
        read: |draft, text| {
            draft.log = Some(text.to_owned());
            EnvFilter::try_new(text).map(drop).map_err(|fault| format!("`{text}` says no log level ({fault})."))
        },
    },
    Key {
        name: "log_format",
        unset: Unset::Is("text"),
        help: "text for people, json for machines.",
        read: |draft, text| {
            draft.log_format = Some(match text {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err(format!("`{text}` is no format. Write text or json.")),
            });
            Ok(())
        },
    },
];

impl Key {
    pub(super) fn variable(&self) -> String {
        format!("PORTICO_{}", self.name.to_ascii_uppercase())
    }

    pub(super) fn default(&self) -> Option<&'static str> {
        match self.unset {
            Unset::Is(value) => Some(value),
            Unset::Means(_) => None,
        }
    }

    pub(super) fn manual(&self) -> String {
        let (Unset::Is(default) | Unset::Means(default)) = self.unset;
        let help = wrapped(self.help, 100).replace('\n', "\n    ");
        format!("{}\n    {help}\n    Default: {default}.\n", self.variable())
    }
}

fn readable(text: &str) -> Result<PathBuf, String> {
    fs::File::open(text).map_err(|fault| format!("{text} cannot be read: {fault}."))?;
    Ok(text.into())
}

fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = 0;
    for word in text.split_whitespace() {
        if line > 0 && line + 1 + word.chars().count() > width {
            out.push('\n');
            line = 0;
        } else if line > 0 {
            out.push(' ');
            line += 1;
        }
        out.push_str(word);
        line += word.chars().count();
    }
    out
}
