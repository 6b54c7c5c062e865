//! The embedded PostgreSQL and the door to it.

mod transaction;
