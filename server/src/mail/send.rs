//! Sending: one letter to one SMTP server, and what the server's answer means for the letter.

use super::compose::Letter;
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use url::Url;

/// How letters leave the house.
pub enum Mailer {
    Smtp(Box<Smtp>),
    /// Development: a letter has arrived as soon as it lies in the outbox, where `/dev/mail` shows it.
    Mailbox,
}

/// Why a letter did not go. The words are for the log: no address stands in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The server is away, slow, busy or badly set up: the same letter may go later.
    Later(String),
    /// The server will never take this letter.
    Never(String),
}

/// The operator's mail server, and the connections to it that wait for the next letter.
///
/// The connections are kept here and not in lettre's own pool: that one takes back a connection whose letter was given up
/// half way, and the next letter would then be written into the middle of it.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    from: Mailbox,
    /// For the opening of a connection, and again for each letter.
    patience: Duration,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

enum Tls {
    FromTheStart(TlsParameters),
    /// STARTTLS (RFC 3207): a server that does not offer it gets neither password nor letter.
    BeforeAnythingElse(TlsParameters),
    /// The server is this machine.
    None,
}

const PATIENCE: Duration = Duration::from_secs(10);
const IDLE_AT_MOST: usize = 4;

impl Mailer {
    /// Reads `smtps://user:password@mail.example.org` or `smtp://…` (STARTTLS), and the address that letters come from.
    /// A fault is told as the end of a sentence that begins with the setting's name; it never repeats the password.
    /// `authorities` are certificates in PEM that are trusted besides the public ones, as for a company's own server.
    pub fn from_url(url: &str, from: &str, authorities: Option<&str>) -> Result<Mailer, String> {
        let url =
            Url::parse(url).map_err(|fault| format!("is no URL ({fault}); write smtps://user:password@host:465"))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no mail server")?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_string();
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("has something after the server's name and port; nothing belongs there".into());
        }
        let parameters = || tls(&host, authorities).map_err(|fault| format!("cannot be used with TLS: {fault}"));
        let (tls, usual_port) = match url.scheme() {
            "smtps" => (Tls::FromTheStart(parameters()?), 465),
            "smtp" if is_this_machine(&host) => (Tls::None, 25),
            "smtp" => (Tls::BeforeAnythingElse(parameters()?), 587),
            other => return Err(format!("begins with {other}:, which is not mail; write smtps:// or smtp://")),
        };
        let from =
            from.parse().map_err(|fault| format!("needs a sender like `Woodgrove <hello@example.org>` ({fault})"))?;
        Ok(Mailer::Smtp(Box::new(Smtp {
            port: url.port().unwrap_or(usual_port),
            credentials: credentials(&url)?,
            host,
            tls,
            from,
            patience: PATIENCE,
            idle: Mutex::default(),
        })))
    }

    /// `message_id` (`<id@host>`, RFC 5322 §3.6.4) stays the same over all tries of one letter, so that one delivered twice
    /// is shown once.
    pub async fn send(&self, letter: &Letter, message_id: &str) -> Result<(), Failure> {
        match self {
            Mailer::Mailbox => Ok(()),
            Mailer::Smtp(smtp) => smtp.send(letter, message_id).await,
        }
    }

    /// Whether the server would talk to us now. The fault is a sentence for the operator.
    pub async fn check(&self) -> Result<(), String> {
        let Mailer::Smtp(smtp) = self else { return Ok(()) };
        match smtp.connection().await {
            Ok(connection) => {
                smtp.keep(connection);
                Ok(())
            }
            Err(Failure::Later(why) | Failure::Never(why)) => Err(format!("{}:{}: {why}", smtp.host, smtp.port)),
        }
    }
}

impl Smtp {
    async fn send(&self, letter: &Letter, message_id: &str) -> Result<(), Failure> {
        let message = self.message(letter, message_id).map_err(Failure::Never)?;
        let mut connection = self.connection().await?;
        // Whatever goes wrong, the connection is dropped with what is half written on it.
        self.within(connection.send(message.envelope(), &message.formatted()))
            .await
            .map_err(|failure| failure.without(&letter.to))?;
        self.keep(connection);
        Ok(())
    }

    /// A connection that waited and still answers, or a new one. Nothing that fails here is the letter's fault.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Failure> {
        while let Some(mut waiting) = self.waiting() {
            if self.within(async { Ok(waiting.test_connected().await) }).await == Ok(true) {
                return Ok(waiting);
            }
        }
        self.within(self.open()).await.map_err(|failure| match failure {
            Failure::Later(why) | Failure::Never(why) => Failure::Later(why),
        })
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let hello = ClientId::default();
        let from_the_start = match &self.tls {
            Tls::FromTheStart(parameters) => Some(parameters.clone()),
            Tls::BeforeAnythingElse(_) | Tls::None => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.patience), &hello, from_the_start, None).await?;
        if let Tls::BeforeAnythingElse(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        if idle.len() < IDLE_AT_MOST && !connection.has_broken() {
            idle.push(connection);
        }
    }

    fn waiting(&self) -> Option<AsyncSmtpConnection> {
        self.idle().pop()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.patience, work).await {
            Ok(done) => done.map_err(Failure::from),
            Err(_) => Err(Failure::Later(format!("no answer within {} s", self.patience.as_secs()))),
        }
    }

    /// The letter as it travels. Every header is one line of its own (security R10).
    fn message(&self, letter: &Letter, message_id: &str) -> Result<Message, String> {
        let sender = self.from.name.clone().unwrap_or_else(|| letter.sender.clone());
        Message::builder()
            .from(Mailbox::new(Some(one_line(&sender)), self.from.email.clone()))
            .to(Mailbox::new(None, address(&letter.to)?))
            .subject(one_line(&letter.subject))
            .message_id(Some(one_line(message_id)))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .map_err(|fault| format!("cannot be written: {fault}"))
    }
}

/// lettre encodes a line break in most headers, and panics over one in a sender's name.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// An address as mail servers want it: the domain in ASCII (RFC 5891).
fn address(text: &str) -> Result<Address, String> {
    let (user, domain) = text.rsplit_once('@').ok_or("the address has no @")?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| "the address has no usable domain")?;
    Address::new(user, domain).map_err(|fault| format!("the address cannot be written to: {fault}"))
}

/// RFC 3834 §5.2: tells robots not to answer.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

fn tls(host: &str, authorities: Option<&str>) -> Result<TlsParameters, SmtpError> {
    let builder = TlsParameters::builder(host.to_owned());
    match authorities {
        Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?).build(),
        None => builder.build(),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn credentials(url: &Url) -> Result<Option<Credentials>, String> {
    let plain = |part: &str| {
        let text = percent_decode_str(part).decode_utf8().map_err(|_| "has a user or password that is not UTF-8")?;
        Ok::<_, String>(text.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) => Ok(Some(Credentials::new(plain(user)?, plain(password)?))),
        (_, None) => Err("has a user but no password".into()),
    }
}

impl From<SmtpError> for Failure {
    /// RFC 5321 §4.2.1: 5xx will not change by itself, 4xx may. A letter that our side cannot put on the wire never goes.
    fn from(error: SmtpError) -> Self {
        if error.is_permanent() || error.is_client() {
            Failure::Never(error.to_string())
        } else {
            Failure::Later(error.to_string())
        }
    }
}

impl Failure {
    /// Mail servers like to repeat the address; the log must not know it (security R43).
    fn without(self, address: &str) -> Failure {
        match self {
            Failure::Later(why) => Failure::Later(why.replace(address, "(address)")),
            Failure::Never(why) => Failure::Never(why.replace(address, "(address)")),
        }
    }
}

#[cfg(test)]
mod tests;
