//! The command line.

mod migrate;
mod settings;
mod verify;
