//! What every type of job would have to write out: its module and its place in the list, and all of it where a
//! statement does the work.

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

/// A job that is one statement, repeated in small steps: see [`super::steps`].
macro_rules! job_in_steps {
    ($sql:literal) => {
        /// Nothing to say.
        #[derive(serde::Deserialize)]
        pub struct Payload {}

        /// Deletes in steps, each a transaction of its own, until nothing is left.
        ///
        /// # Errors
        /// When the database refuses or does not answer, or the job is another's by now.
        pub async fn run(
            context: &$crate::jobs::JobContext,
            _payload: Payload,
        ) -> Result<$crate::jobs::Outcome, $crate::jobs::JobError> {
            $crate::jobs::steps::run(context, $sql).await
        }
    };
}
