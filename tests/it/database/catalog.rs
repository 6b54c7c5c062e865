//! `expected.txt` is what the migrations make.

use mindloom::drift::{EXPECTED, Snapshot};

use crate::support::TestDb;

#[tokio::test]
async fn the_expected_catalog_is_that_of_a_migrated_database() {
    let test = TestDb::new().await;
    let mut client = test.db.system().await.expect("a connection of the owner");
    let found = Snapshot::read(&mut client, None)
        .await
        .expect("the catalog")
        .render();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/drift/expected.txt");
        std::fs::write(path, &found).expect("the file can be written");
        return;
    }
    let missing: Vec<_> = EXPECTED
        .lines()
        .filter(|line| !found.lines().any(|other| other == *line))
        .collect();
    let added: Vec<_> = found
        .lines()
        .filter(|line| !EXPECTED.lines().any(|other| other == *line))
        .collect();
    assert!(
        found == EXPECTED,
        "the migrations changed what verify expects; look at it and run\n  \
         UPDATE_GOLDEN=1 cargo test --test it the_expected_catalog\n\
         expected only: {missing:#?}\nfound only: {added:#?}"
    );
}
