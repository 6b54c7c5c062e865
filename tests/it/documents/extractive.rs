//! Documents without a model: sentences of the notes, and said so.

use serde_json::json;

use super::{GENERATE, cluster, document, ended, generate, written};
use crate::support::TestApi;

const NOTES: [&str; 4] = [
    "The sourdough starter needs flour and water every day. It smells of apples.",
    "My sourdough starter was fed with rye flour and warm water today. The cat slept.",
    "Flour and water are all that a sourdough starter needs. I bought a bicycle bell.",
    "The oven has to be hot before the bread goes in. Steam helps the crust.",
];

#[tokio::test]
async fn a_document_without_a_model_quotes_its_notes_and_says_so() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let (id, notes) = cluster(&api, &ada, &NOTES).await;
    let (document, ended) = written(&api, &ada, json!({"clusterId": id})).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended}");
    assert_eq!(document["generationState"], "COMPLETE");
    assert_eq!(document["title"], "Baking");
    let said = &document["generationMetadata"];
    assert_eq!(said["method"], "extractive", "{said}");
    assert_eq!(said["isLanguageModel"], false);
    assert_eq!((&said["notes"], &said["notesUsed"]), (&json!(4), &json!(4)));
    let text = document["content"].as_str().expect("a text");
    assert!(text.contains("without a language model"), "{text}");
    let quoted: Vec<(&str, usize)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("- ")?.rsplit_once(" ["))
        .filter_map(|(sentence, number)| Some((sentence, number.strip_suffix(']')?.parse().ok()?)))
        .collect();
    assert!(quoted.len() >= 4, "{text}");
    for (sentence, number) in quoted {
        assert!(
            NOTES[number - 1].contains(sentence),
            "{sentence} [{number}]"
        );
    }
    let sources = &document["sources"]["nodes"];
    assert_eq!(
        sources[0],
        json!({"position": 1, "noteId": notes[0], "isUsed": true})
    );
}

#[tokio::test]
async fn another_run_is_the_next_version_also_of_two_at_once() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let (id, notes) = cluster(&api, &ada, &NOTES).await;
    let variables = json!({"clusterId": id, "provider": "local"});
    let (first, _) = written(&api, &ada, variables.clone()).await;
    assert_eq!(
        (&first["version"], &first["parentDocumentId"]),
        (&json!(1), &json!(null))
    );
    let ((one, _), (other, _)) = tokio::join!(
        generate(&api, &ada, variables.clone()),
        generate(&api, &ada, variables)
    );
    let mut versions = [one["version"].as_i64(), other["version"].as_i64()];
    versions.sort_unstable();
    assert_eq!(versions, [Some(2), Some(3)], "one after the other");
    // Of the same notes again, with another markup and title.
    let (of_notes, _) = written(
        &api,
        &ada,
        json!({"noteIds": [notes[3], notes[0]], "format": "PLAIN_TEXT"}),
    )
    .await;
    assert_eq!(of_notes["title"], "Document");
    assert_eq!(
        of_notes["sources"]["nodes"][0]["noteId"], notes[3],
        "in the order that was given"
    );
    let again = json!({"parent": of_notes["id"], "format": "HTML", "title": "<Ovens>"});
    let (again, _) = written(&api, &ada, again).await;
    assert_eq!(
        (&again["version"], &again["sources"]["totalCount"]),
        (&json!(2), &json!(2))
    );
    let text = again["content"].as_str().expect("a text");
    assert!(text.starts_with("<h1>&lt;Ovens&gt;</h1>"), "{text}");
}

#[tokio::test]
async fn what_there_is_not_makes_no_document() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ben = api.test.user("ben@example.org").await;
    let (id, notes) = cluster(&api, &ada, &NOTES).await;
    let (empty, _) = cluster(&api, &ada, &[]).await;
    for (who, variables, expected) in [
        (&ada, json!({}), "BAD_USER_INPUT"),
        (&ada, json!({"clusterId": empty}), "BAD_USER_INPUT"),
        (&ada, json!({"noteIds": []}), "BAD_USER_INPUT"),
        (&ben, json!({"clusterId": id}), "NOT_FOUND"),
        (&ben, json!({"noteIds": notes}), "NOT_FOUND"),
        (
            &ada,
            json!({"clusterId": id, "title": "x".repeat(501)}),
            "BAD_USER_INPUT",
        ),
        (
            &ada,
            json!({"clusterId": id, "instructions": "x".repeat(10_001)}),
            "BAD_USER_INPUT",
        ),
        (
            &ada,
            json!({"clusterId": id, "provider": "nobody"}),
            "BAD_USER_INPUT",
        ),
        (
            &ada,
            json!({"clusterId": id, "model": "no-such-model"}),
            "BAD_USER_INPUT",
        ),
    ] {
        let (code, message, _) = api.error(who, GENERATE, variables.clone()).await;
        assert_eq!(code, expected, "{variables}: {message}");
    }
    let left = api
        .data(
            &ada,
            "{ documents { totalCount } jobs { totalCount } }",
            json!({}),
        )
        .await;
    assert_eq!(left["documents"]["totalCount"], 0, "nothing was begun");
    // What was asked for and cannot be had is said, and is no extract.
    let wish = json!({"clusterId": id, "provider": "openai"});
    let (document, ended) = written(&api, &ada, wish).await;
    assert_eq!(ended["status"], "FAILED", "{ended}");
    assert_eq!(document["generationState"], "FAILED");
    let error = document["generationMetadata"]["error"]
        .as_str()
        .expect("why");
    assert!(error.contains("saveApiConfiguration"), "{error}");
    assert_eq!(document["content"], "");
}

#[tokio::test]
async fn a_document_whose_notes_are_gone_says_so_and_one_stopped_before_it_began_is_stopped() {
    let api = TestApi::new().await.again(&["--workers", "0"]).await;
    let ada = api.test.user("ada@example.org").await;
    let (id, notes) = cluster(&api, &ada, &NOTES).await;
    let (some_gone, job) = generate(&api, &ada, json!({"noteIds": notes})).await;
    let (all_gone, job_of_all) = generate(&api, &ada, json!({"noteIds": [notes[0]]})).await;
    let (stopped, job_to_stop) = generate(&api, &ada, json!({"clusterId": id})).await;
    assert_eq!(stopped["generationState"], "WAITING");
    let cancel = "mutation ($id: UUID!) { cancelJob(id: $id) { status } }";
    api.data(&ada, cancel, json!({"id": job_to_stop})).await;
    let stopped = document(&api, &ada, &stopped["id"]).await;
    assert_eq!(stopped["generationState"], "STOPPED");
    api.data(
        &ada,
        "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }",
        json!({"id": notes[0]}),
    )
    .await;
    api.data(
        &ada,
        "mutation ($id: UUID!) { deleteNote(id: $id) { id } }",
        json!({"id": notes[1]}),
    )
    .await;
    let api = api.again(&[]).await;
    assert_eq!(ended(&api, &ada, &job).await["status"], "COMPLETED");
    let some = document(&api, &ada, &some_gone["id"]).await;
    let said = &some["generationMetadata"];
    assert_eq!(
        (&said["notesGone"], &said["notesUsed"]),
        (&json!(2), &json!(2)),
        "{said}"
    );
    assert_eq!(
        some["sources"]["nodes"][1],
        json!({"position": 2, "noteId": null, "isUsed": false})
    );
    assert!(!some["content"].as_str().expect("a text").contains("apples"));
    let ended = ended(&api, &ada, &job_of_all).await;
    assert_eq!(ended["status"], "FAILED", "{ended}");
    let all = document(&api, &ada, &all_gone["id"]).await;
    assert_eq!(all["generationState"], "FAILED");
    assert!(
        all["generationMetadata"]["error"]
            .as_str()
            .expect("why")
            .contains("None of the notes")
    );
}
