//! The command line.

mod migrate;
mod restore;
mod settings;
mod start_checks;
mod verify;
