//! The door: command line -> Config -> AppState -> router -> serve.

#![forbid(unsafe_code)]

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use server::{
    administration, background,
    config::{Config, Sources, Tls},
    design,
    directory::{
        Db,
        audit::{self, Verdict},
        funnel, tenant,
    },
    doctor,
    error::{Error, Result},
    graph::design::Dialect,
    guard::{Guard, Hosts},
    log, people, reseal, router, seed,
    serve::{self, Patience},
    speed,
    state::AppState,
    tls,
};
use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::{
    net::TcpListener,
    runtime,
    signal::unix::{SignalKind, signal},
};

/// Sign-up and sign-in for your applications: hosted pages, OpenID Connect, one binary.
#[derive(Parser)]
#[command(name = "portico", version, disable_help_subcommand = true, after_help = AFTER_HELP)]
struct Line {
    /// A TOML file to read besides the environment
    #[arg(long, global = true, value_name = "FILE", env = "PORTICO_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
    /// Development over https, with a certificate made for this machine
    #[arg(long, global = true)]
    dev_tls: bool,
}

const AFTER_HELP: &str = "\
Without a command the server starts. Without configuration it starts for development:
on http://localhost:3000, with a database beside it, a demo application, and a mailbox
that keeps every mail at /dev/mail.
`portico help config` lists everything that can be set.";

#[derive(Subcommand)]
enum Command {
    /// Start the server; brings the database up to date first
    Serve,
    /// Bring the database up to date, and stop
    Migrate,
    /// Look at configuration, database, clock, keys, mail and disk, and say what to do
    Doctor,
    /// What was changed by the management API, and whether somebody changed that later
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// The administrators of this server
    Administrator {
        #[command(subcommand)]
        what: Administrator,
    },
    /// The keys that sign tokens, and the one that seals secrets in the database
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// The people of a tenant: bring many, or tell everything that is held about one
    People {
        #[command(subcommand)]
        what: People,
    },
    /// Write a tenant's whole design (flows, attributes, applications, brand) as one document
    Export {
        /// Name or id; not needed where there is one
        #[arg(long)]
        tenant: Option<String>,
        /// JSON instead of TOML
        #[arg(long)]
        json: bool,
    },
    /// Say what a document would change
    Plan {
        file: PathBuf,
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Make what a document says, all of it or nothing
    Apply {
        file: PathBuf,
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Measure how many passwords one core of this machine hashes in a second, and how many tokens it signs
    Speed {
        /// What to measure (argon2id, argon2id-portable, RS256, ES256, EdDSA); everything where nothing is named
        what: Vec<String>,
        /// For how long each
        #[arg(long, default_value_t = 2.0)]
        seconds: f64,
    },
    /// Explain a command, or everything that can be configured (`config`)
    Help { topic: Option<String> },
}

#[derive(Subcommand)]
enum Audit {
    /// Check the chain of every tenant, and name the first row that is not as it was written
    Verify,
}

#[derive(Subcommand)]
enum Administrator {
    /// Make a fresh set-up link for the first administrator; it works once, for an hour
    Link,
    /// Take the authenticator app of somebody who lost it away: the next sign-in sets up another
    Reset {
        /// The e-mail address with which they sign in
        address: String,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Make new signing keys today: published first, signing ten minutes later, while the old ones are still believed
    Rotate {
        /// Name or id; every tenant where none is named
        #[arg(long)]
        tenant: Option<String>,
        /// In an emergency: sign with them at once, and believe nothing that the old ones signed. Applications that keep
        /// the key set may refuse new tokens for five minutes
        #[arg(long)]
        now: bool,
    },
    /// Seal everything anew that is sealed under an older key than the first of PORTICO_SEAL_KEY. Servers may run
    /// meanwhile, once all of them know both keys; broken off, it goes on when it is started again
    Reseal,
}

#[derive(Subcommand)]
enum People {
    /// Bring people from a CSV file or JSON lines: mail (and mailVerified, if not), userName (and contactMail, for resets),
    /// passwordHash, accountEnabled, and attributes by name
    Import {
        /// The tenant, by name or id
        #[arg(long)]
        tenant: String,
        /// A CSV file with names in its first row (`.csv`), or a JSON object on each line
        file: PathBuf,
    },
    /// Everything that is held about one person, as JSON
    Export {
        /// The tenant, by name or id
        #[arg(long)]
        tenant: String,
        /// The person, by id or sign-in name
        who: String,
    },
}

/// What a shell script can tell apart: it worked, it did not, it was never going to with this configuration.
const FAILED: u8 = 1;
const MISCONFIGURED: u8 = 2;

fn main() -> ExitCode {
    let line = Line::parse();
    let command = line.command.unwrap_or(Command::Serve);
    if let Command::Help { topic } = command {
        return say(&help(topic.as_deref()));
    }
    if let Command::Speed { what, seconds } = command {
        let measured = speed::measure(&what, seconds, |line| {
            let _ = say(&line);
        });
        return answer(measured.map(|()| String::new()));
    }
    let variables =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let over_dev_tls = line.dev_tls.then(|| ("PORTICO_DEV_TLS".into(), "on".into()));
    let variables = variables.chain(over_dev_tls);
    let sources = Sources { variables: variables.collect(), file: line.config.as_deref(), folder: Path::new(".") };
    let config = match Config::read(sources) {
        Ok(config) => config,
        Err(faults) => return complain(&faults.to_string(), MISCONFIGURED),
    };
    log::start(&config);
    let runtime = match runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return complain(&format!("No threads can be started: {fault}"), FAILED),
    };
    // On the heap: the runtime's code is made once for a pointer, not once for each place that polls it.
    let done = runtime.block_on(Box::pin(async {
        match command {
            Command::Serve => serve(config).await,
            Command::Migrate => migrate(config).await,
            Command::Doctor => return examine(config).await,
            Command::Audit { what: Audit::Verify } => return verify(config).await,
            Command::Administrator { what: Administrator::Link } => return link(config).await,
            Command::Administrator { what: Administrator::Reset { address } } => return reset(config, &address).await,
            Command::Keys { what: Keys::Rotate { tenant, now } } => {
                return rotate(config, tenant.as_deref(), now).await;
            }
            Command::People { what: People::Import { tenant, file } } => return import(config, &tenant, &file).await,
            Command::People { what: People::Export { tenant, who } } => return export(config, &tenant, &who).await,
            Command::Keys { what: Keys::Reseal } => return reseal(config).await,
            Command::Export { tenant, json } => {
                let dialect = if json { Dialect::Json } else { Dialect::Toml };
                return answer(design::export(config, tenant.as_deref(), dialect).await);
            }
            Command::Plan { file, tenant } => return answer(design::plan(config, tenant.as_deref(), &file).await),
            Command::Apply { file, tenant } => return answer(design::apply(config, tenant.as_deref(), &file).await),
            Command::Help { .. } | Command::Speed { .. } => Ok(()),
        }
        .map_or_else(|fault| complain(&fault.to_string(), FAILED), |()| ExitCode::SUCCESS)
    }));
    // What still runs in the background may be waiting for something that does not come.
    runtime.shutdown_background();
    done
}

async fn serve(config: Config) -> Result<()> {
    // First, so that a port in use is told before the database is touched.
    let listening = TcpListener::bind(config.listen).await;
    let listener = listening.map_err(|fault| {
        Error::Internal(format!("{} cannot be listened on: {fault}. Set PORTICO_LISTEN.", config.listen))
    })?;
    let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let state = AppState::open(config).await?;
    seed::refuse_in_production(&state).await?;
    if state.config.is_development() {
        seed::seed(&state).await?;
    }
    administration::ensure(&state).await?;
    let link = administration::set_up_link(&state.config, &state.db, &state.chance, state.clock.now()).await?;
    let guard = Guard::new(state.config.clone(), state.chance.clone(), router::router(state.clone())?)
        .with_hosts(Hosts::new(state.clone(), router::router_of_tenant));
    let stop = told_to_stop()?;
    let background = tokio::spawn(background::run(state.clone()));
    greet(&state.config, link.as_deref());
    serve::serve(listener, tls, guard, Patience::default(), stop).await;
    background.abort();
    funnel::write_down(&state.db).await
}

async fn migrate(config: Config) -> Result<()> {
    let db = Db::open(config.database_url.reveal()).await?;
    db.migrate().await?;
    tracing::info!("the database is up to date");
    Ok(())
}

async fn examine(config: Config) -> ExitCode {
    let findings = doctor::examine(config).await;
    let mut report = String::new();
    for finding in &findings {
        let (mark, words) = match &finding.verdict {
            Ok(words) => ("ok", words),
            Err(words) => ("!!", words),
        };
        report.push_str(&format!("{mark}  {:<14} {words}\n", finding.what));
    }
    let code = say(&report);
    if findings.iter().all(|finding| finding.verdict.is_ok()) { code } else { ExitCode::from(FAILED) }
}

/// SIGTERM, as every supervisor says it, or Ctrl-C.
fn told_to_stop() -> Result<impl Future<Output = ()>> {
    let deaf = |fault: io::Error| Error::Internal(format!("signals cannot be heard: {fault}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Changes nothing: what was altered stays as it is, for whoever looks into it.
async fn verify(config: Config) -> ExitCode {
    let looked = async {
        let db = Db::open(config.database_url.reveal()).await?;
        let (mut report, mut whole) = (String::new(), true);
        for tenant in tenant::list(&db).await? {
            let found = match audit::verify(&db, &tenant.id).await? {
                Verdict::Whole { rows } => format!("ok  {}: {rows} rows", tenant.name),
                Verdict::BrokenAt { sequence } => {
                    whole = false;
                    format!("!!  {}: row {sequence} is not what was written, or is gone", tenant.name)
                }
            };
            report.push_str(&format!("{found}\n"));
        }
        Ok::<_, Error>((report, whole))
    };
    match looked.await {
        Ok((report, true)) => say(&report),
        Ok((report, false)) => {
            say(&report);
            ExitCode::from(FAILED)
        }
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

/// A fresh set-up link, as long as nobody ever used one.
async fn link(config: Config) -> ExitCode {
    let made = async {
        let state = AppState::open(config).await?;
        administration::set_up_link(&state.config, &state.db, &state.chance, state.clock.now()).await
    };
    match made.await {
        Ok(Some(link)) => say(&format!("{link}\n")),
        Ok(None) => complain("There was an administrator already: who may enter is decided in the portal.", FAILED),
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

async fn reset(config: Config, address: &str) -> ExitCode {
    let done = async {
        let state = AppState::open(config).await?;
        administration::enrolment::reset(&state, address).await
    };
    match done.await {
        Ok(()) => say(&format!("The next sign-in of {address} asks for a new authenticator app.\n")),
        Err(Error::NotFound) => complain(&format!("No administrator signs in as {address}."), FAILED),
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

/// Other servers see the new keys within a second.
async fn rotate(config: Config, tenant: Option<&str>, now: bool) -> ExitCode {
    let done = async {
        let state = AppState::open(config).await?;
        let tenants = match tenant {
            Some(word) => vec![tenant::get(&state.db, word).await?],
            None => tenant::list(&state.db).await?.into_iter().map(Into::into).collect(),
        };
        let mut report = String::new();
        for tenant in tenants {
            let made = match now {
                true => state.keys.replace(&tenant.id).await?,
                false => state.keys.rotate(&tenant.id).await?,
            };
            let when = if now { "they sign at once, the old ones are gone" } else { "they sign in ten minutes" };
            report.push_str(&format!("{}: {made} new keys; {when}\n", tenant.name));
        }
        Ok::<_, Error>(report)
    };
    match done.await {
        Ok(report) => say(&report),
        Err(Error::NotFound) => complain(&format!("There is no tenant {}.", tenant.unwrap_or_default()), FAILED),
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

/// Everybody who could be read; whoever could not is told, line by line.
async fn import(config: Config, tenant: &str, file: &Path) -> ExitCode {
    let done = async {
        let state = AppState::open(config).await?;
        let import = people::Import { db: &state.db, seal: &state.seal, chance: &state.chance, now: state.clock.now() };
        import.run(tenant, file, &mut io::stderr()).await
    };
    match done.await {
        Ok(report) => {
            let lines: String = report.refused.iter().map(|(number, why)| format!("line {number}: {why}\n")).collect();
            let told = say(&format!("{} people were added, {} were not.\n{lines}", report.added, report.refused.len()));
            if report.refused.is_empty() { told } else { ExitCode::from(FAILED) }
        }
        Err(Error::NotFound) => complain(&format!("There is no tenant {tenant}."), FAILED),
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

async fn export(config: Config, tenant: &str, who: &str) -> ExitCode {
    let told = async { people::export(&Db::open(config.database_url.reveal()).await?, tenant, who).await };
    match told.await {
        Ok(held) => say(&format!("{held:#}\n")),
        Err(Error::NotFound) => complain(&format!("There is no {who} in {tenant}."), FAILED),
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

async fn reseal(config: Config) -> ExitCode {
    let done = async {
        let state = AppState::open(config).await?;
        reseal::reseal(&state.db, &state.seal, &state.chance).await
    };
    match done.await {
        Ok(report) if report.closed.is_empty() => say(&report.to_string()),
        Ok(report) => {
            say(&report.to_string());
            complain(&report.closed.join("\n"), FAILED)
        }
        Err(fault) => complain(&fault.to_string(), FAILED),
    }
}

/// What a command found out, or why it did not.
fn answer(said: Result<String>) -> ExitCode {
    said.map_or_else(|fault| complain(&fault.to_string(), FAILED), |text| say(&text))
}

fn greet(config: &Config, set_up: Option<&str>) {
    let url = &config.public_url;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), listen = %config.listen, "Portico is ready at {}", url.origin());
    if config.is_development() {
        tracing::info!(
            "This is development: the demo application is at {}, every mail at {}",
            url.at("/"),
            url.at("/dev/mail")
        );
    }
    if let Some(Tls::Development { folder }) = &config.tls {
        tracing::info!("{}", tls::how_to_trust(folder));
    }
    match set_up {
        Some(link) => tracing::info!("There is no administrator yet. Make the first one within an hour: {link}"),
        None => tracing::info!("The portal is at {}", url.at("/admin/")),
    }
}

fn help(topic: Option<&str>) -> String {
    let mut line = Line::command();
    line.build();
    match topic {
        None => line.render_long_help().to_string(),
        Some("config") => Config::manual(),
        Some(name) => match line.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().to_string(),
            None => line.error(ErrorKind::InvalidSubcommand, format!("there is no command '{name}'")).exit(),
        },
    }
}

/// Standard output is for what was asked for. A reader who left early (`portico help config | head`) is no fault.
fn say(text: &str) -> ExitCode {
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn complain(text: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
    ExitCode::from(code)
}
