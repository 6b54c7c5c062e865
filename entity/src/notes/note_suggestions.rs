use sea_orm::entity::prelude::*;

/// A note that is proposed for a cluster. `acceptCluster` and `acceptNoteSuggestion` put it there, `refuseNoteSuggestion` leaves
/// it out. It goes when the note is put into any cluster.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "public", table_name = "note_suggestions")]
pub struct Model {
    /// The cluster: a suggested one that would hold the note, or an accepted one that the note is like.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cluster_id: Uuid,
    /// The note, one of the cluster's owner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub note_id: Uuid,
    /// The owner of both.
    pub user_id: Uuid,
    /// How like the cluster's notes it is: the mean of its cosine similarities with them, 0 to 1 in hundredths.
    pub similarity: Decimal,
    /// When its owner refused it; it is not proposed for this cluster again.
    pub refused_at: Option<DateTimeWithTimeZone>,
    /// When it was proposed.
    pub created_at: DateTimeWithTimeZone,
    /// When it was last changed.
    pub updated_at: DateTimeWithTimeZone,
    /// The cluster.
    #[sea_orm(belongs_to, from = "cluster_id", to = "id")]
    pub cluster: BelongsTo<super::clusters::Entity>,
    /// The note.
    #[sea_orm(belongs_to, from = "note_id", to = "id")]
    pub note: BelongsTo<super::notes::Entity>,
    /// The owner of both.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<crate::profiles::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
