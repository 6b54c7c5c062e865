use sea_orm::entity::prelude::*;

/// A piece of work that the server does in the background.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "job_queue")]
pub struct Model {
    /// The job's key, ordered by time of creation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it is done for; none for the server's own.
    pub user_id: Option<Uuid>,
    /// What it does: the name of a type in the server's registry.
    pub job_type: String,
    /// Where it belongs: jobs of one queue are of one kind.
    pub queue: String,
    /// What goes first: 0 before all others, 1,000 after them.
    pub priority: i32,
    /// The provider whose service it needs; all its jobs wait when that asks for a pause.
    pub provider: Option<String>,
    /// How far it has come.
    pub status: JobStatus,
    /// What it works on.
    pub payload: Json,
    /// What came out.
    pub result: Option<Json>,
    /// Why the last attempt failed, at most 10,000 characters.
    pub error: Option<String>,
    /// What went wrong in each attempt: a list of objects with `attempt`, `at` and `error`, the newest last.
    pub errors: Json,
    /// How much is done, in per cent.
    pub progress: i32,
    /// How often it was tried.
    pub attempts: i32,
    /// How often it is tried at most, 1 to 100.
    pub max_attempts: i32,
    /// How often a worker stopped while it worked on it. Not readable by users.
    pub losses: i32,
    /// Of one key one job waits, and one runs. Not readable by users.
    pub unique_key: Option<String>,
    /// Counts how often it was taken: what an older taker writes is refused. Not readable by users.
    pub fence: i64,
    /// The worker that has it. Not readable by users.
    pub lease_holder: Option<String>,
    /// Until when the worker has it at least. It has it for as long as it lives; another may take it then.
    pub lease_expires_at: Option<DateTimeWithTimeZone>,
    /// When it is due.
    pub scheduled_for: DateTimeWithTimeZone,
    /// When the last attempt began.
    pub started_at: Option<DateTimeWithTimeZone>,
    /// When somebody asked for its end while it ran.
    pub cancel_requested_at: Option<DateTimeWithTimeZone>,
    /// When it ended, well or not.
    pub completed_at: Option<DateTimeWithTimeZone>,
    /// When the job was made.
    pub created_at: DateTimeWithTimeZone,
    /// When the job was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// Whom it is done for.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<Option<crate::profiles::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "job_status")]
pub enum JobStatus {
    /// Waiting for its time or for a worker.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Being worked on.
    #[sea_orm(string_value = "processing")]
    Processing,
    /// Done.
    #[sea_orm(string_value = "completed")]
    Completed,
    /// Ended by an error that trying again cannot mend.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// Given up: after the last attempt, or because no server knows what to do with it.
    #[sea_orm(string_value = "dead")]
    Dead,
    /// Ended because somebody wished so, or because another job took its place.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}
