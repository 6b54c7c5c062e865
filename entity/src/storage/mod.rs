//! Files: the schema `storage`.

pub mod buckets;
pub mod objects;
