//! What can be said on the command line, and the help to it.

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use server::config::Config;
use std::path::PathBuf;

/// Sign-up and sign-in for your applications: hosted pages, OpenID Connect, one binary.
#[derive(Parser)]
#[command(name = "portico", bin_name = "portico", version, disable_help_subcommand = true, after_help = AFTER_HELP)]
pub struct Line {
    /// A TOML file to read besides the environment
    #[arg(long, global = true, value_name = "FILE", env = "PORTICO_CONFIG")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Development over https, with a certificate made for this machine
    #[arg(long, global = true)]
    pub dev_tls: bool,
}

const AFTER_HELP: &str = "\
Without a command the server starts. Without configuration it starts for development:
on http://localhost:3000, with a database beside it, a demo application, and a mailbox
that keeps every mail at /dev/mail.
`portico help config` lists everything that can be set.";

#[derive(Subcommand)]
pub enum Command {
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

impl Command {
    /// Whether it has nothing to do where there is no database: it makes none, for nobody would look there again.
    pub fn needs_a_database(&self) -> bool {
        match self {
            Command::Serve | Command::Migrate | Command::Doctor | Command::Help { .. } | Command::Speed { .. } => false,
            // Whoever makes it before the first start finds it in the database that the start goes on with.
            Command::Administrator { what: Administrator::Link } => false,
            Command::Administrator { what: Administrator::Reset { .. } } => true,
            Command::Audit { .. } | Command::Keys { .. } | Command::People { .. } => true,
            Command::Export { .. } | Command::Plan { .. } | Command::Apply { .. } => true,
        }
    }
}

#[derive(Subcommand)]
pub enum Audit {
    /// Check the chain of every tenant, and name the first row that is not as it was written
    Verify,
}

#[derive(Subcommand)]
pub enum Administrator {
    /// Make a fresh set-up link for the first administrator; it works once, for an hour
    Link,
    /// Take the authenticator app of somebody who lost it away: the next sign-in sets up another
    Reset {
        /// The e-mail address with which they sign in
        address: String,
    },
}

#[derive(Subcommand)]
pub enum Keys {
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
pub enum People {
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

pub fn help(topic: Option<&str>) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever its file is called: what the help shows can be typed as the manual has it.
    #[test]
    fn the_usage_names_the_program_and_not_its_file() {
        for (asked, usage) in [
            (vec!["./portico-debug", "--help"], "Usage: portico [OPTIONS]"),
            (vec!["./portico-debug", "keys", "--help"], "Usage: portico keys"),
            (vec!["./portico-debug", "serv"], "Usage: portico ["),
        ] {
            let told = Line::try_parse_from(asked).err().map(|told| told.to_string()).unwrap_or_default();
            assert!(told.contains(usage), "{told}");
        }
        assert!(help(None).contains("Usage: portico [OPTIONS]"));
    }
}
