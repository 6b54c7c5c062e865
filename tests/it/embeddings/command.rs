//! `mindloom embed`.

use super::{flags, found};
use crate::{
    models::provider::FakeProvider,
    support::{
        TestApi,
        program::{fail, mindloom, succeed},
        scratch_dir,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn all_texts_are_embedded_and_estimated_before() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let texts: Vec<String> = (0..70).map(|number| format!("note {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    api.notes(&ada, &texts).await;
    let provider = FakeProvider::start().await;
    let directory = scratch_dir();
    let run = |arguments: &[&str]| {
        let mut command = mindloom(["embed"]);
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(&directory)
            .env("DATABASE_URL", api.test.url());
        command
    };
    let own = flags(&provider, "compatible:fake");
    let told = succeed(run(&["--estimate"]).args(own));
    assert!(
        told.contains("70 of 70 wait") && told.contains("unknown"),
        "{told}"
    );
    assert!(provider.asked().is_empty(), "nothing is changed");
    let priced = succeed(
        run(&[
            "--estimate",
            "--embedding-model",
            "openai:text-embedding-3-small",
        ])
        // Nobody is asked, so no key is needed.
        .env_remove("MINDLOOM_OPENAI_API_KEY"),
    );
    assert!(priced.contains("US dollars"), "{priced}");
    let told = succeed(run(&["--all"]).args(own));
    assert!(told.contains("70 texts embedded"), "{told}");
    let told = succeed(run(&["--all"]).args(own));
    assert!(told.contains("0 texts embedded"), "{told}");
    let error = fail(&mut run(&["--all", "--embedding-model", "openai:m"]));
    assert!(error.contains("MINDLOOM_OPENAI_API_KEY"), "{error}");
    let error = fail(&mut run(&["--all", "--embedding-model", "off"]));
    assert!(error.contains("MINDLOOM_EMBEDDING_MODEL"), "{error}");
    let error = fail(
        run(&["--all", "--embedding-model", "local"])
            .arg("--cache-dir")
            .arg(directory.join("empty"))
            .env("PATH", &directory),
    );
    for way in [
        "python3",
        "copy the directories",
        "MINDLOOM_EMBEDDING_MODEL",
    ] {
        assert!(error.contains(way), "{way} is missing in: {error}");
    }
    let api = api.again(&own).await;
    assert_eq!(found(&api, &ada, "note 7").await.len(), 20);
}
