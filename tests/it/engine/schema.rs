use mindloom::{
    actions,
    auth::Role,
    graphql::{build_schema, read_model},
};

use crate::support::TestDb;

/// `schema.graphql` is what clients generate their types from, so it must be the schema that is
/// served. After a change of the schema: `UPDATE_GOLDEN=1 cargo test schema_file`.
#[tokio::test]
async fn the_schema_file_is_the_schema_that_is_served() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    let schema = build_schema(&model, Role::Authenticated, &actions::registry()).expect("a schema");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let built = schema.sdl();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &built).expect("schema.graphql is written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == built,
        "schema.graphql is out of date: run with UPDATE_GOLDEN=1"
    );
}

#[tokio::test]
async fn secrets_are_in_no_schema() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    for role in [Role::Authenticated, Role::ServiceRole] {
        let sdl = build_schema(&model, role, &actions::registry())
            .expect("a schema")
            .sdl();
        for secret in ["apiKeyEncrypted", "sharePasswordHash", "encryptedPassword"] {
            assert!(
                !sdl.contains(&format!("{secret}: String")),
                "{secret} is in the schema of {role:?}"
            );
        }
    }
}
