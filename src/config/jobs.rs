//! Jobs and their workers.

use clap::Args;

/// How much of the queue this process works on.
#[derive(Args, Clone, Debug)]
pub struct JobSettings {
    /// Jobs that this process works on at once. With 0 it works on none: mails, embeddings and removals then wait for
    /// another server, or for `mindloom worker`.
    #[arg(long, env = "MINDLOOM_WORKERS", value_name = "COUNT", global = true, default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(0..=256))]
    pub workers: u16,
    /// Answers of models that this process writes at once, beside its other jobs: they wait for others nearly all the time.
    #[arg(long, env = "MINDLOOM_ANSWERS", value_name = "COUNT", global = true, default_value_t = 256,
          value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub answers: u16,
    /// Jobs that use one provider's service at once, on all workers together.
    #[arg(long, env = "MINDLOOM_JOBS_PER_PROVIDER", value_name = "COUNT", global = true, default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub jobs_per_provider: u16,
}
