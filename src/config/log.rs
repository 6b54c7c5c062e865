use std::io::IsTerminal;

use clap::{Args, ValueEnum};

use super::log_lines::WithRequestId;

/// What is logged and how it looks.
#[derive(Args, Clone, Debug)]
pub struct LogSettings {
    /// What to log: a level (error, warn, info, debug, trace), or levels by module such as
    /// info,mindloom::db=debug. Lost connections are told once by the server itself, each of them by deadpool=warn. Every migration is told by sea_orm_migration=info. Notices of PostgreSQL, which callers can cause, are tokio_postgres=info. What rmcp logs may hold what people and their assistants say.
    #[arg(long, env = "MINDLOOM_LOG", value_name = "FILTER", global = true, default_value = "info,tokio_postgres=warn,deadpool=error,sea_orm_migration=warn,rmcp=off",
          value_parser = parse_filter)]
    pub log: String,

    /// How log lines look.
    #[arg(
        long,
        env = "MINDLOOM_LOG_FORMAT",
        value_name = "FORMAT",
        global = true,
        default_value = "text"
    )]
    pub log_format: LogFormat,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl LogSettings {
    /// Sends the log to standard error. Does nothing when a subscriber is already there.
    pub fn install(&self) {
        let filter = tracing_subscriber::EnvFilter::new(&self.log);
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal());
        // An error here means that the embedding program has a subscriber of its own, which is then used.
        let _ = match self.log_format {
            LogFormat::Text => builder.map_fmt_fields(WithRequestId).try_init(),
            LogFormat::Json => {
                let json = builder.json().flatten_event(true);
                json.map_event_format(WithRequestId).try_init()
            }
        };
    }
}

fn parse_filter(text: &str) -> Result<String, String> {
    const ALLOWED: &str = "allowed is off, error, warn, info, debug, trace, or module=level pairs, with commas between";
    // A bare word that is no level would be taken for a module, and everything else silenced.
    let misspelt = text.split(',').map(str::trim).find(|part| {
        !part.contains(['=', '['])
            && part
                .parse::<tracing_subscriber::filter::LevelFilter>()
                .is_err()
    });
    if let Some(part) = misspelt {
        return Err(format!("{part:?} is no level; {ALLOWED}"));
    }
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("{error}; {ALLOWED}"))
}
