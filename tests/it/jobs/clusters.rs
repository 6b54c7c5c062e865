//! Clusters: suggested by a job, accepted, dismissed, and offered new notes.

use std::time::Duration;

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::{TestApi, api::next};

const SUGGEST: &str = "mutation { suggestClusters { id jobType status } }";
const CLUSTERS: &str = "{ clusters(orderBy: [{title: ASC}]) { nodes {
    id title status confidenceScore themeKeywords suggestedTags noteCount suggestionJobId
    noteSuggestions { nodes { noteId similarity refusedAt } } notes { nodes { id } } } } }";
const DISMISS: &str =
    "mutation ($id: UUID!) { dismissCluster(id: $id) { status dismissedAt noteCount } }";
const ACCEPT: &str = "mutation ($id: UUID!, $title: String, $noteIds: [UUID!]) {
    acceptCluster(id: $id, title: $title, noteIds: $noteIds) { title status acceptedAt noteCount
      notes { nodes { id } } noteSuggestions { nodes { noteId refusedAt } } } }";

const REFUSE: &str = "mutation ($clusterId: UUID!, $noteId: UUID!) {
    refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { refusedAt note { id } } }";

/// What three kinds of notes say, and the word that each of a kind has.
const SUBJECTS: [(&str, &str); 3] = [
    ("bread", "The bread of today: flour and water"),
    (
        "telescope",
        "With the telescope I saw the moon and its craters",
    ),
    ("climbing", "Climbing needs a rope and a partner"),
];

/// A vector about a subject, and how far it strays from others about it.
fn about(subject: usize, one: usize) -> Vec<f32> {
    (0..1_536)
        .map(|place| {
            let own = ((place * 31 + one * 17 + 7) % 101) as f32 / 101.0;
            if place % 4 == subject {
                1.0 + 0.4 * own
            } else {
                0.3 * own
            }
        })
        .collect()
}

async fn write(api: &TestApi, caller: &Caller, inputs: Vec<Value>) -> Vec<Value> {
    let query =
        "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { nodes { id } } }";
    let mut made = api.data(caller, query, json!({ "inputs": inputs })).await;
    let nodes = made["createNotes"]["nodes"].as_array_mut().expect("notes");
    nodes.iter_mut().map(|node| node["id"].take()).collect()
}

/// Writes so many notes about a subject, with vectors; gives their ids.
async fn notes_about(api: &TestApi, caller: &Caller, subject: usize, count: usize) -> Vec<Value> {
    let inputs = (0..count).map(|one| {
        let (tag, text) = SUBJECTS[subject];
        json!({"content": format!("{text}, {one}"), "tags": [tag], "embedding": about(subject, one)})
    });
    write(api, caller, inputs.collect()).await
}

/// Asks for suggestions and waits for the job's end; gives its row.
async fn suggest(api: &TestApi, caller: &Caller) -> Value {
    let asked = api.data(caller, SUGGEST, json!({})).await;
    ended(api, caller, &asked["suggestClusters"]["id"]).await
}

/// Waits until a job has ended.
async fn ended(api: &TestApi, caller: &Caller, id: &Value) -> Value {
    let query = "query ($id: UUID!) { job(id: $id) { id status result error progress } }";
    for _ in 0..1_500 {
        let mut job = api.data(caller, query, json!({ "id": id })).await;
        let job = job["job"].take();
        if !matches!(job["status"].as_str(), Some("PENDING" | "PROCESSING")) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job did not end within 15 seconds");
}

/// Waits until every note that became fresh was looked at.
async fn all_offered(api: &TestApi, caller: &Caller) {
    let query = r#"{ jobs(where: {jobType: {eq: "clusters.offer"}, status: {in: [PENDING, PROCESSING]}}) { totalCount } }"#;
    for _ in 0..1_500 {
        if api.data(caller, query, json!({})).await["jobs"]["totalCount"] == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("notes were not looked at within 15 seconds");
}

async fn clusters(api: &TestApi, caller: &Caller) -> Vec<Value> {
    let mut data = api.data(caller, CLUSTERS, json!({})).await;
    serde_json::from_value(data["clusters"]["nodes"].take()).expect("clusters")
}

/// The cluster with that tag.
fn tagged<'a>(clusters: &'a [Value], tag: &str) -> &'a Value {
    let found = clusters
        .iter()
        .find(|cluster| cluster["suggestedTags"] == json!([tag]));
    found.unwrap_or_else(|| panic!("no cluster about {tag}: {clusters:#?}"))
}

fn proposed(cluster: &Value) -> Vec<Value> {
    let mut ids: Vec<Value> = cluster["noteSuggestions"]["nodes"]
        .as_array()
        .expect("suggestions")
        .iter()
        .map(|suggestion| suggestion["noteId"].clone())
        .collect();
    ids.sort_by_key(Value::to_string);
    ids
}

fn sorted(mut ids: Vec<Value>) -> Vec<Value> {
    ids.sort_by_key(Value::to_string);
    ids
}

/// Ada, with notes about three subjects and clusters suggested for them.
struct Suggested {
    api: TestApi,
    ada: Caller,
    ben: Caller,
    /// The notes about each subject.
    notes: Vec<Vec<Value>>,
    /// The clusters' ids, likewise.
    clusters: Vec<Value>,
}

async fn suggested() -> Suggested {
    let api = TestApi::new().await;
    let (ada, ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    let mut notes = Vec::new();
    for (subject, count) in [8, 7, 6].into_iter().enumerate() {
        notes.push(notes_about(&api, &ada, subject, count).await);
    }
    let job = suggest(&api, &ada).await;
    assert_eq!(job["result"]["clusters"], 3, "{job:#}");
    let found = clusters(&api, &ada).await;
    let clusters = SUBJECTS.map(|(tag, _)| tagged(&found, tag)["id"].clone());
    Suggested {
        api,
        ada,
        ben,
        notes,
        clusters: clusters.to_vec(),
    }
}

#[tokio::test]
async fn a_job_suggests_clusters_and_is_seen_while_it_runs() {
    let api = TestApi::new().await;
    let (ada, ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    let bread = notes_about(&api, &ada, 0, 8).await;
    let stars = notes_about(&api, &ada, 1, 7).await;
    notes_about(&api, &ben, 0, 8).await;
    let other = json!({"content": "Something else", "embedding": vec![-1.0; 1_536]});
    write(&api, &ada, vec![other]).await;

    let watch = "subscription { jobsChanges { record { status } } }";
    let mut seen = api.subscribe(&ada, watch, json!({})).await;
    let asked = api.data(&ada, SUGGEST, json!({})).await;
    assert_eq!(asked["suggestClusters"]["jobType"], "clusters.suggest");
    let mut states = Vec::new();
    while states.last() != Some(&json!("COMPLETED")) {
        let mut change = next(&mut seen).await;
        states.push(change["data"]["jobsChanges"]["record"]["status"].take());
    }
    assert_eq!(states[..2], [json!("PENDING"), json!("PROCESSING")]);
    let job = ended(&api, &ada, &asked["suggestClusters"]["id"]).await;
    let left =
        json!({"unlikeOthers": 1, "dismissedTogether": 0, "withoutEmbedding": 0, "older": 0});
    assert_eq!(
        job["result"],
        json!({"clusters": 2, "notes": 15, "leftAlone": left})
    );

    let found = clusters(&api, &ada).await;
    let (about_bread, about_stars) = (tagged(&found, "bread"), tagged(&found, "telescope"));
    assert_eq!(proposed(about_bread), sorted(bread));
    assert_eq!(proposed(about_stars), sorted(stars));
    assert_eq!(about_bread["suggestionJobId"], job["id"]);
    assert_eq!(about_bread["status"], "SUGGESTED");
    assert_eq!(about_bread["noteCount"], 0, "they are only proposed");
    let keywords = about_bread["themeKeywords"].as_array().expect("keywords");
    assert!(keywords.contains(&json!("bread")), "{keywords:?}");
    assert!(!keywords.contains(&json!("the")), "{keywords:?}");
    let title = about_stars["title"].as_str().expect("a title");
    assert!(
        title.contains("Telescope") && title.contains(", "),
        "{title}"
    );
    let confidence = about_bread["confidenceScore"].as_str();
    let confidence: f64 = confidence.and_then(|c| c.parse().ok()).expect("a decimal");
    assert!((0.9..=1.0).contains(&confidence), "{confidence}");
    assert!(clusters(&api, &ben).await.is_empty(), "he did not ask");
}

#[tokio::test]
async fn what_was_answered_does_not_come_back() {
    let Suggested {
        api,
        ada,
        ben,
        notes,
        clusters: ids,
    } = suggested().await;
    for answer in [ACCEPT, DISMISS] {
        let (code, ..) = api.error(&ben, answer, json!({"id": ids[0]})).await;
        assert_eq!(code, "NOT_FOUND", "it is Ada's");
    }
    let (code, ..) = api.error(&Caller::anonymous(), SUGGEST, json!({})).await;
    assert_eq!(code, "UNAUTHENTICATED");

    // One is taken with another title and without one note.
    let variables = json!({"id": ids[0], "title": "Baking", "noteIds": notes[0][1..]});
    let accepted = api.data(&ada, ACCEPT, variables).await;
    let accepted = &accepted["acceptCluster"];
    assert_eq!(accepted["title"], "Baking");
    assert_eq!(accepted["status"], "ACCEPTED");
    assert_eq!(accepted["noteCount"], 7);
    let refused = &accepted["noteSuggestions"]["nodes"];
    assert_eq!(refused[0]["noteId"], notes[0][0]);
    assert!(
        refused[0]["refusedAt"].is_string() && refused[1].is_null(),
        "{refused:#}"
    );

    // One is dismissed, and even its cluster is removed. One is left without an answer.
    let dismissed = api.data(&ada, DISMISS, json!({"id": ids[1]})).await;
    assert_eq!(dismissed["dismissCluster"]["status"], "DISMISSED");
    let all = clusters(&api, &ada).await;
    assert_eq!(
        proposed(tagged(&all, "telescope")),
        Vec::<Value>::new(),
        "what is dismissed proposes nothing"
    );
    let none = json!({"id": ids[2], "noteIds": []});
    let (code, said, _) = api.error(&ada, ACCEPT, none).await;
    assert_eq!(code, "BAD_USER_INPUT", "{said}");
    let delete = "mutation ($id: UUID!) { deleteCluster(id: $id) { id } }";
    api.data(&ada, delete, json!({"id": ids[1]})).await;
    let again = suggest(&api, &ada).await;
    assert_eq!(again["result"]["clusters"], 1, "{again:#}");
    assert_eq!(again["result"]["leftAlone"]["dismissedTogether"], 7);
    let left = clusters(&api, &ada).await;
    assert_eq!(left.len(), 2);
    let replaced = tagged(&left, "climbing");
    assert_ne!(replaced["id"], ids[2]);
    assert_eq!(proposed(replaced), sorted(notes[2].clone()));
}

#[tokio::test]
async fn new_notes_are_offered_to_accepted_clusters() {
    let Suggested {
        api,
        ada,
        ben,
        clusters: ids,
        ..
    } = suggested().await;
    let cluster = ids[0].clone();
    api.data(&ada, ACCEPT, json!({"id": cluster, "title": "Baking"}))
        .await;
    let near = notes_about(&api, &ada, 0, 2).await;
    notes_about(&api, &ada, 1, 1).await;
    notes_about(&api, &ben, 0, 1).await;
    all_offered(&api, &ada).await;
    let found = clusters(&api, &ada).await;
    assert_eq!(proposed(tagged(&found, "bread")), sorted(near.clone()));

    // Their owner says yes to one and no to the other.
    let one = json!({"clusterId": cluster, "noteId": near[0]});
    let yes = "mutation ($clusterId: UUID!, $noteId: UUID!) {
        acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { cluster { title noteCount } } }";
    let (code, ..) = api.error(&ben, yes, one.clone()).await;
    assert_eq!(code, "NOT_FOUND");
    let put = api.data(&ada, yes, one.clone()).await;
    assert_eq!(
        put["acceptNoteSuggestion"]["cluster"],
        json!({"title": "Baking", "noteCount": 9})
    );
    let (code, ..) = api.error(&ada, yes, one).await;
    assert_eq!(code, "NOT_FOUND", "it is in it already");
    let other = json!({"clusterId": cluster, "noteId": near[1]});
    let answer = api.data(&ada, REFUSE, other).await;
    let refused_at = &answer["refuseNoteSuggestion"]["refusedAt"];
    assert!(refused_at.is_string());

    // Nor is anything offered to who does not want it.
    let wish = "mutation ($id: UUID!) { updateUser(id: $id, set: {preferences: {clusterSuggestions: false}}) { id } }";
    api.data(&ada, wish, json!({"id": ada.user_id})).await;
    notes_about(&api, &ada, 0, 1).await;
    let jobs = "{ jobs(where: {jobType: {eq: \"clusters.offer\"}}) { totalCount } }";
    assert_eq!(
        api.data(&ada, jobs, json!({})).await["jobs"]["totalCount"],
        3
    );
    let again = "mutation ($id: UUID!) { updateUser(id: $id, set: {preferences: {clusterSuggestions: true}}) { id } }";
    api.data(&ada, again, json!({"id": ada.user_id})).await;

    // What was refused is not offered again, whatever becomes of the note.
    let change = "mutation ($id: UUID!, $vector: Vector!) {
        updateNote(id: $id, set: {content: \"More bread\", embedding: $vector}) { embeddingIsStale } }";
    let variables = json!({"id": near[1], "vector": about(0, 1)});
    let changed = api.data(&ada, change, variables).await;
    assert_eq!(changed["updateNote"]["embeddingIsStale"], false);
    all_offered(&api, &ada).await;
    let found = clusters(&api, &ada).await;
    let suggestions = &tagged(&found, "bread")["noteSuggestions"]["nodes"];
    assert_eq!(suggestions[0]["noteId"], near[1]);
    assert_eq!(&suggestions[0]["refusedAt"], refused_at);
}

#[tokio::test]
async fn what_cannot_be_compared_is_left_alone() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let nothing = suggest(&api, &ada).await;
    assert_eq!(nothing["status"], "COMPLETED", "{nothing:#}");
    assert_eq!(
        (&nothing["result"]["clusters"], &nothing["progress"]),
        (&json!(0), &json!(100))
    );

    let notes = notes_about(&api, &ada, 0, 5).await;
    // One is in the bin, of one the vector is of an older text.
    api.data(
        &ada,
        "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }",
        json!({"id": notes[0]}),
    )
    .await;
    let edit = "mutation ($id: UUID!) { updateNote(id: $id, set: {content: \"Something else\"}) { embeddingIsStale } }";
    let edited = api.data(&ada, edit, json!({"id": notes[1]})).await;
    assert_eq!(edited["updateNote"]["embeddingIsStale"], true);
    let three = suggest(&api, &ada).await;
    assert_eq!(
        (&three["result"]["clusters"], &three["result"]["notes"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(three["result"]["leftAlone"]["withoutEmbedding"], 1);
    let found = clusters(&api, &ada).await;
    assert_eq!(proposed(&found[0]), sorted(notes[2..].to_vec()));

    // What went into the bin since then does not come along; nor can it be asked for.
    api.data(
        &ada,
        "mutation ($id: UUID!) { softDeleteNote(id: $id) { id } }",
        json!({"id": notes[2]}),
    )
    .await;
    let (code, message, _) = api
        .error(
            &ada,
            ACCEPT,
            json!({"id": found[0]["id"], "noteIds": [notes[2]]}),
        )
        .await;
    assert_eq!(code, "NOT_FOUND", "{message}");
    let accepted = api.data(&ada, ACCEPT, json!({"id": found[0]["id"]})).await;
    assert_eq!(accepted["acceptCluster"]["noteCount"], 2);
}

#[tokio::test]
async fn what_its_owner_worked_on_is_not_replaced() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let bread = notes_about(&api, &ada, 0, 6).await;
    notes_about(&api, &ada, 1, 6).await;
    suggest(&api, &ada).await;
    let found = clusters(&api, &ada).await;
    let (renamed, dismissed) = (
        &tagged(&found, "bread")["id"],
        &tagged(&found, "telescope")["id"],
    );
    let rename = "mutation ($id: UUID!, $set: ClusterSet!) { updateCluster(id: $id, set: $set) { title suggestionJobId } }";
    let edited = api
        .data(
            &ada,
            rename,
            json!({"id": renamed, "set": {"title": "Oven"}}),
        )
        .await;
    assert_eq!(
        edited["updateCluster"],
        json!({"title": "Oven", "suggestionJobId": null})
    );
    api.data(
        &ada,
        REFUSE,
        json!({"clusterId": renamed, "noteId": bread[0]}),
    )
    .await;
    api.data(
        &ada,
        rename,
        json!({"id": dismissed, "set": {"status": "DISMISSED"}}),
    )
    .await;
    let again = suggest(&api, &ada).await;
    assert_eq!(again["result"]["clusters"], 0, "{again:#}");
    assert_eq!(clusters(&api, &ada).await.len(), 2);

    // By a plain update, too: the notes that were not refused move, and a dismissal can be taken back.
    for (id, notes) in [(renamed, 5), (dismissed, 6)] {
        api.data(
            &ada,
            rename,
            json!({"id": id, "set": {"status": "ACCEPTED"}}),
        )
        .await;
        let count = "query ($id: UUID!) { cluster(id: $id) { noteCount } }";
        let counted = api.data(&ada, count, json!({"id": id})).await;
        assert_eq!(counted["cluster"]["noteCount"], notes);
    }
    // Nobody writes by hand what the server proposes.
    let forge = "mutation { createNoteSuggestion { noteId } }";
    let (code, ..) = api.error(&ada, forge, json!({})).await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
}
