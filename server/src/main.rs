//! The door: command line -> Config -> AppState -> router -> serve.

#![forbid(unsafe_code)]

mod line;

use clap::Parser;
use line::{Administrator, Audit, Command, Keys, Line, People, help};
use server::{
    administration, background,
    config::{Config, Sources, Tls},
    design,
    directory::{
        Db,
        audit::{self, Verdict},
        funnel, missing_file, tenant,
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
    path::Path,
    process::ExitCode,
};
use tokio::{
    runtime,
    signal::unix::{SignalKind, signal},
};

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
        return silent(measured);
    }
    let variables =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let over_dev_tls = line.dev_tls.then(|| ("PORTICO_DEV_TLS".into(), "on".into()));
    let variables = variables.chain(over_dev_tls);
    let sources = Sources { variables: variables.collect(), file: line.config.as_deref(), folder: Path::new(".") };
    // Before development makes itself a seal key. What is wrong with the configuration is told below.
    if command.needs_a_database()
        && let Ok(config) = Config::look(sources.clone())
        && let Some(file) = missing_file(config.database_url.reveal())
    {
        return complain(&no_database(&file), FAILED);
    }
    let read = match command {
        Command::Doctor => Config::look(sources),
        _ => Config::read(sources),
    };
    let config = match read {
        Ok(config) => config,
        Err(faults) => return complain(&faults.to_string(), MISCONFIGURED),
    };
    log::start(&config);
    let runtime = match runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return complain(&format!("No threads can be started: {fault}"), FAILED),
    };
    // On the heap: the runtime's code is made once for a pointer, not once for each place that polls it.
    let done = runtime.block_on(Box::pin(run(command, config)));
    // What still runs in the background may be waiting for something that does not come.
    runtime.shutdown_background();
    done
}

fn no_database(file: &Path) -> String {
    format!(
        "There is no database at {}. Go to the folder where the server runs, or name its database by PORTICO_DATABASE_URL. \
         (`portico serve` makes one.)",
        file.display()
    )
}

async fn run(command: Command, config: Config) -> ExitCode {
    match command {
        Command::Serve => silent(serve(config).await),
        Command::Migrate => silent(migrate(config).await),
        Command::Doctor => examine(config).await,
        Command::Audit { what: Audit::Verify } => verify(config).await,
        Command::Administrator { what: Administrator::Link } => link(config).await,
        Command::Administrator { what: Administrator::Reset { address } } => reset(config, &address).await,
        Command::Keys { what: Keys::Rotate { tenant, now } } => rotate(config, tenant.as_deref(), now).await,
        Command::Keys { what: Keys::Reseal } => reseal(config).await,
        Command::People { what: People::Import { tenant, file } } => import(config, &tenant, &file).await,
        Command::People { what: People::Export { tenant, who } } => export(config, &tenant, &who).await,
        Command::Export { tenant, json } => {
            let dialect = if json { Dialect::Json } else { Dialect::Toml };
            answer(design::export(config, tenant.as_deref(), dialect).await)
        }
        Command::Plan { file, tenant } => answer(design::plan(config, tenant.as_deref(), &file).await),
        Command::Apply { file, tenant } => answer(design::apply(config, tenant.as_deref(), &file).await),
        // They need no configuration, and were answered before it was read.
        Command::Help { .. } | Command::Speed { .. } => ExitCode::SUCCESS,
    }
}

async fn serve(config: Config) -> Result<()> {
    // First, so that a port in use is told before the database is touched.
    let listener = serve::listen(config.listen).await?;
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

fn silent(done: Result<()>) -> ExitCode {
    answer(done.map(|()| String::new()))
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

/// Standard output is for what was asked for. A reader who left early (`portico help config | head`) is no fault.
fn say(text: &str) -> ExitCode {
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn complain(text: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
    ExitCode::from(code)
}
