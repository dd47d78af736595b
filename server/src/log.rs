//! What the server says about itself: lines for people or JSON for machines, on standard output.

use crate::config::{Config, LogFormat};
use std::{
    io::{IsTerminal, stdout},
    panic,
};
use tracing_subscriber::EnvFilter;

pub fn start(config: &Config) {
    // The config has been read: these words are a filter.
    let filter = EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(stdout().is_terminal());
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    // A panic's own words may quote what somebody typed: only its place is logged (security R43).
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
