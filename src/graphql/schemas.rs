//! What the service starts with: the model of the database, and the schema of each role.

use std::panic::resume_unwind;

use super::streams;
use crate::{
    actions::{self, Action},
    auth::Role,
    engine::value::AmbiguousName,
    error::Error,
    model::{Model, catalog},
    schema::{Schema, SchemaError},
};

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database did not answer.
    #[error("the database's catalog cannot be read")]
    Catalog(#[from] tokio_postgres::Error),
    /// No connection could be had.
    #[error("the database cannot be reached")]
    Database(#[from] Error),
    /// The schema is wrong.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// An enum has two values of one name.
    #[error(transparent)]
    Enum(#[from] AmbiguousName),
}

/// Reads the model of the database.
///
/// # Errors
/// When the database does not answer.
pub async fn read_model(db: &crate::db::Db) -> Result<Model, StartError> {
    let client = db.system().await?;
    let catalog = catalog::read(&client).await?;
    Ok(Model::new(&entity::tables(), entity::enums(), &catalog))
}

/// Builds the schema of a role.
///
/// # Errors
/// When names collide or an action's SDL is wrong.
pub fn build_schema(model: &Model, role: Role, actions: &[Action]) -> Result<Schema, SchemaError> {
    let sdl: Vec<&'static str> = actions.iter().map(|action| action.sdl).collect();
    Schema::build(
        model,
        role,
        &sdl,
        actions::SHARED_TYPES,
        streams::DEFINITIONS,
    )
}

/// The schemas of users and of the service role, each built by a thread of its own: that takes most of a start.
///
/// # Errors
/// As [`build_schema`].
///
/// # Panics
/// Where building does.
pub fn build_schemas(model: &Model, actions: &[Action]) -> Result<(Schema, Schema), SchemaError> {
    std::thread::scope(|scope| {
        let service = scope.spawn(|| build_schema(model, Role::ServiceRole, actions));
        let users = build_schema(model, Role::Authenticated, actions)?;
        let service = service
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok((users, service))
    })
}
