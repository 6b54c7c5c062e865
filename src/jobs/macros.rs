//! What every type of job would have to write out: its module and its place in the list.

/// The modules of a domain's jobs, and the list of their types, in alphabetical order: a line each. A job's module has
/// `Payload` and `run`; its line gives the type's name, as `job_queue.job_type` says it, and what differs from the
/// defaults of [`super::JobType`].
macro_rules! jobs {
    ($($job:ident = $name:literal $(.$setting:ident($($value:expr),*))*;)*) => {
        $(pub mod $job;)*

        /// The types, in the order of their lines.
        pub(super) fn types() -> Vec<super::JobType> {
            vec![$(
                super::JobType::new($name, |context, payload: $job::Payload| {
                    Box::pin($job::run(context, payload))
                })
                $(.$setting($($value),*))*
            ),*]
        }
    };
}
