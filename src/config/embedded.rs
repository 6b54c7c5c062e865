use std::path::PathBuf;

use clap::Args;

/// The private PostgreSQL that runs when no database is given.
#[derive(Args, Clone, Debug)]
pub struct EmbeddedSettings {
    /// Directory with the PostgreSQL programs (`postgres`, `initdb`) to use.
    #[arg(long, env = "MINDLOOM_PG_BIN", value_name = "DIR", global = true)]
    pub pg_bin: Option<PathBuf>,

    /// Port on which the embedded database also listens on 127.0.0.1, with a password. When absent only its
    /// unix socket exists.
    #[arg(long, env = "MINDLOOM_PG_PORT", value_name = "PORT", global = true,
          value_parser = clap::value_parser!(u16).range(1..))]
    pub pg_port: Option<u16>,

    /// Do not look for a PostgreSQL on this machine; take the packaged one.
    #[arg(long, env = "MINDLOOM_PG_PACKAGED", global = true, value_parser = clap::builder::BoolishValueParser::new())]
    pub pg_packaged: bool,

    /// Trades every durability for speed. For tests, which throw their database away: a crash may corrupt it.
    #[arg(skip)]
    pub disposable: bool,
}
