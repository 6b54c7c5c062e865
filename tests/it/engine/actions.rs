use serde_json::json;

use crate::support::TestApi;

#[tokio::test]
async fn search_finds_by_words_by_meaning_and_by_both() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let mut vectors = [[0.0_f32; 1536]; 3];
    for (n, vector) in vectors.iter_mut().enumerate() {
        vector[n] = 1.0;
    }
    let inputs: Vec<_> = [
        "weaving on a loom",
        "baking sourdough bread",
        "a loom for beginners",
    ]
    .iter()
    .map(|content| json!({ "content": content }))
    .collect();
    let made = api
        .data(
            &ada,
            "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { nodes { id } } }",
            json!({ "inputs": inputs }),
        )
        .await;
    // Embeddings are written by the server's jobs, not by users.
    let client = api.test.db.system().await.expect("a connection");
    for (n, vector) in vectors.iter().enumerate() {
        let id: uuid::Uuid = made["createNotes"]["nodes"][n]["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("an id");
        let vector = pgvector::Vector::from(vector.to_vec());
        client
            .execute(
                "update public.notes set embedding = $2, \
                   embedding_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex') where id = $1",
                &[&id, &vector],
            )
            .await
            .expect("an embedding is stored");
    }
    let query = "query ($vector: Vector, $mode: SearchMode!, $words: String! = \"loom\") { search(query: $words, mode: $mode, vector: $vector) {
        score kind snippet item { __typename ... on Note { content } } } }";
    let words = api.data(&ada, query, json!({"mode": "TEXT"})).await;
    let found = words["search"].as_array().expect("a list");
    assert_eq!(found.len(), 2, "{words:#}");
    assert_eq!(found[0]["item"]["__typename"], "Note");
    let near: Vec<f32> = vectors[1].to_vec();
    let meaning = api
        .data(&ada, query, json!({"mode": "SEMANTIC", "vector": near}))
        .await;
    assert_eq!(
        meaning["search"][0]["item"]["content"],
        "baking sourdough bread"
    );
    let both = api
        .data(
            &ada,
            query,
            json!({"mode": "HYBRID", "vector": vectors[2].to_vec(), "words": "loom beginners"}),
        )
        .await;
    assert_eq!(
        both["search"][0]["item"]["content"], "a loom for beginners",
        "{both:#}"
    );
    let similar = api
        .data(
            &ada,
            "query ($id: UUID!) { similarNotes(noteId: $id, first: 1) { similarity note { id user { id } } } }",
            json!({"id": made["createNotes"]["nodes"][0]["id"]}),
        )
        .await;
    assert_eq!(
        similar["similarNotes"][0]["note"]["user"]["id"],
        json!(ada.user_id)
    );
    let (code, message, _) = api.error(&ada, query, json!({"mode": "SEMANTIC"})).await;
    assert_eq!(code, "BAD_USER_INPUT", "{message}");
    let eve = api.test.user("eve@example.org").await;
    let hers = api
        .data(&eve, query, json!({"mode": "HYBRID", "vector": near}))
        .await;
    assert_eq!(hers, json!({"search": []}));
}

#[tokio::test]
async fn notes_go_to_the_bin_and_come_back() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["one"]).await;
    let bin = "mutation ($id: UUID!) { softDeleteNote(id: $id) { id deletedAt } }";
    let gone = api.data(&ada, bin, json!({"id": ids[0]})).await;
    assert!(!gone["softDeleteNote"]["deletedAt"].is_null(), "{gone:#}");
    let (code, _, _) = api.error(&ada, bin, json!({"id": ids[0]})).await;
    assert_eq!(code, "NOT_FOUND");
    let back = api
        .data(
            &ada,
            "mutation ($id: UUID!) { restoreNote(id: $id) { deletedAt } }",
            json!({"id": ids[0]}),
        )
        .await;
    assert_eq!(back, json!({"restoreNote": {"deletedAt": null}}));
}

#[tokio::test]
async fn artifacts_have_versions() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let made = api
        .data(&ada, "mutation { createArtifact(input: {title: \"Essay\", content: \"one\"}) { id createdAt versionNumber kind } }", json!({}))
        .await;
    let id = &made["createArtifact"]["id"];
    assert_eq!(made["createArtifact"]["kind"], "TEXT");
    let next = api
        .data(&ada, "mutation ($id: UUID!) { createArtifactVersion(id: $id, content: \"two\") { versionNumber content title } }", json!({"id": id}))
        .await;
    assert_eq!(
        next["createArtifactVersion"],
        json!({"versionNumber": 2, "content": "two", "title": "Essay"})
    );
    let reverted = api
        .data(&ada, "mutation ($id: UUID!) { revertArtifact(id: $id, toVersion: 1) { versionNumber content metadata } }", json!({"id": id}))
        .await;
    assert_eq!(
        reverted["revertArtifact"],
        json!({"versionNumber": 3, "content": "one", "metadata": {"revertedTo": 1}})
    );
    let after = api
        .data(&ada, "mutation ($id: UUID!) { createArtifactVersion(id: $id, content: \"four\") { versionNumber metadata } }", json!({"id": id}))
        .await;
    assert_eq!(
        after["createArtifactVersion"],
        json!({"versionNumber": 4, "metadata": {}}),
        "the next version reverts to nothing"
    );
    let one = api
        .data(
            &ada,
            "query ($id: UUID!, $at: DateTime!) { artifact(id: $id, createdAt: $at) { content } }",
            json!({"id": id, "at": made["createArtifact"]["createdAt"]}),
        )
        .await;
    assert_eq!(one, json!({"artifact": {"content": "one"}}));
}

#[tokio::test]
async fn too_many_projects_are_refused_with_the_limit() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let quota = "{ projectQuota { used limit remaining } }";
    let figures = |used: i32, limit: i32| json!({"projectQuota": {"used": used, "limit": limit, "remaining": limit - used}});
    assert_eq!(api.data(&ada, quota, json!({})).await, figures(0, 50));
    api.test
        .run_as_owner(
            "update public.admin_config set config_data = config_data || '{\"maxProjectsPerUser\": 1}' \
             where config_key = 'app_settings'",
        )
        .await
        .expect("a quota of one");
    let create = "mutation { createProject(input: {name: \"Site\"}) { id } }";
    api.data(&ada, create, json!({})).await;
    let (code, message, _) = api.error(&ada, create, json!({})).await;
    assert_eq!(code, "LIMIT_EXCEEDED");
    assert_eq!(
        message,
        "No more than 1 projects are allowed: delete one first"
    );
    assert_eq!(api.data(&ada, quota, json!({})).await, figures(1, 1));
}

#[tokio::test]
async fn numbers_and_copies_of_projects() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let made = api
        .data(
            &ada,
            "mutation { createProject(input: {name: \"Site\"}) { id } }",
            json!({}),
        )
        .await;
    let id = &made["createProject"]["id"];
    let copy = api
        .data(
            &ada,
            "mutation ($id: UUID!) { duplicateProject(id: $id) { name userId } }",
            json!({"id": id}),
        )
        .await;
    assert_eq!(
        copy["duplicateProject"],
        json!({"name": "Site (copy)", "userId": ada.user_id})
    );
    let numbers = api
        .data(&ada, "{ projectStats { totalProjects totalGenerationCost } monthlyApiCosts { provider } usageSummary { totalCalls totalCost agentBreakdown } }", json!({}))
        .await;
    assert_eq!(numbers["projectStats"]["totalProjects"], "2");
    assert_eq!(numbers["monthlyApiCosts"], json!([]));
    assert_eq!(numbers["usageSummary"]["totalCalls"], "0");
    let binned = api
        .data(&ada, "mutation ($id: UUID!) { softDeleteProject(id: $id) { id } restoreProject(id: $id) { name } }", json!({"id": id}))
        .await;
    assert_eq!(binned["restoreProject"], json!({"name": "Site"}));
}

#[tokio::test]
async fn administrators_alone_look_after_the_database() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let admin = api.test.admin("admin@example.org").await;
    let reads = "{ healthCheck { name status } integrityCheck { name status problems } securityAudit { severity } databaseStats { table lastAnalyze } }";
    let seen = api.data(&admin, reads, json!({})).await;
    assert!(
        seen["healthCheck"]
            .as_array()
            .is_some_and(|checks| !checks.is_empty())
    );
    let writes =
        "mutation { analyzeTables { table } purgeActivityLogs { userLogs } runDailyMaintenance }";
    api.data(&admin, writes, json!({})).await;
    for query in [reads, writes] {
        let (code, message, _) = api.error(&ada, query, json!({})).await;
        assert_eq!(code, "FORBIDDEN", "{message}");
    }
}

#[tokio::test]
async fn a_repeated_mutation_returns_the_first_answer() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let create = "mutation { createNote(input: {content: \"once\"}) { id } }";
    let first = api.idempotent(&ada, create, "a key").await;
    let (second, third) = tokio::join!(
        api.idempotent(&ada, create, "a key"),
        api.idempotent(&ada, create, "a key")
    );
    assert_eq!(first, second);
    assert_eq!(first, third);
    let other = api
        .idempotent(
            &ada,
            "mutation { createNote(input: {content: \"other\"}) { id } }",
            "a key",
        )
        .await;
    assert_eq!(other["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let count = api.data(&ada, "{ notes { totalCount } }", json!({})).await;
    assert_eq!(count, json!({"notes": {"totalCount": 1}}));
}

#[tokio::test]
async fn actions_and_tables_of_one_query_are_one_snapshot() {
    let mut api = TestApi::new().await;
    // The lock is held while others are read and written: longer than a request may wait, on a busy machine.
    api.restart_with(|settings| settings.lock_timeout_ms = 30_000)
        .await;
    let ada = api.test.user("ada@example.org").await;
    let writer = api.test.db.system().await.expect("a connection");
    let watcher = api.test.db.system().await.expect("a connection");
    writer
        .batch_execute("begin; lock table public.notes in access exclusive mode")
        .await
        .expect("a lock");
    let write = async {
        let waits = "select exists (select from pg_locks where relation = 'public.notes'::regclass
            and database = (select oid from pg_database where datname = current_database()) and not granted)";
        while !watcher
            .query_one(waits, &[])
            .await
            .expect("locks")
            .get::<_, bool>(0)
        {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let user = ada.user_id.expect("a signed-in user");
        writer
            .execute(
                "insert into public.projects (user_id, name) values ($1, 'late')",
                &[&user],
            )
            .await
            .expect("a project");
        writer
            .execute(
                "insert into public.notes (user_id, content) values ($1, 'late')",
                &[&user],
            )
            .await
            .expect("a note");
        writer.batch_execute("commit").await.expect("a commit");
    };
    let query = "{ notes { totalCount } projectStats { totalProjects } }";
    let (seen, ()) = tokio::join!(api.data(&ada, query, json!({})), write);
    assert_eq!(
        seen,
        json!({"notes": {"totalCount": 0}, "projectStats": {"totalProjects": "0"}})
    );
    let seen = api.data(&ada, query, json!({})).await;
    assert_eq!(
        seen,
        json!({"notes": {"totalCount": 1}, "projectStats": {"totalProjects": "1"}})
    );
}

#[tokio::test]
async fn detached_actions_stand_beside_tables_and_node_ids() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let ids = api.notes(&ada, &["mine"]).await;
    let note = "query ($id: UUID!) { note(id: $id) { nodeId } }";
    let note = api.data(&ada, note, json!({"id": ids[0]})).await;
    let seen = api
        .data(
            &ada,
            "query ($id: ID!) { oauthProviders node(id: $id) { ... on Note { content } } notes { totalCount } }",
            json!({"id": note["note"]["nodeId"]}),
        )
        .await;
    assert_eq!(
        seen,
        json!({"oauthProviders": [], "node": {"content": "mine"}, "notes": {"totalCount": 1}})
    );
}
