//! What the server works with: jobs, caches, limits.

pub mod embedding_cache;
pub mod job_queue;
pub mod rate_limits;
