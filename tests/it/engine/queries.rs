//! Random questions, asked of the API and of PostgreSQL directly as the same caller.

use mindloom::auth::Caller;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::question::{
    CONTENTS, SCORES, STATUSES, TAGS, TIMES, TITLES, kept, literal, note_condition, note_order,
};
use crate::support::{TestApi, TestDb};

const QUESTIONS: u64 = 250;
/// Notes of each of two people.
const NOTES: usize = 70;

/// Two people, with clusters and notes of each.
async fn people(test: &TestDb) -> (Caller, Caller) {
    let mut random = StdRng::seed_from_u64(1);
    let callers = (
        test.user("ada@example.org").await,
        test.user("bob@example.org").await,
    );
    let client = test.db.system().await.expect("a connection");
    for caller in [&callers.0, &callers.1] {
        let user = caller.user_id.expect("a signed-in user");
        let mut clusters = Vec::new();
        for title in TITLES {
            let (label, _) = STATUSES[random.random_range(0..STATUSES.len())];
            let score = SCORES[random.random_range(0..SCORES.len())];
            let sql = format!(
                "insert into public.clusters (user_id, title, status, confidence_score)
                 values ('{user}', {}, '{label}', {score}) returning id::text",
                literal(title)
            );
            clusters.push(
                client
                    .query_one(&sql, &[])
                    .await
                    .expect("a cluster")
                    .get::<_, String>(0),
            );
        }
        for _ in 0..NOTES {
            let sql = note(&mut random, &user.to_string(), &clusters);
            client.batch_execute(&sql).await.expect("a note");
        }
    }
    callers
}

fn note(random: &mut StdRng, user: &str, clusters: &[String]) -> String {
    let cluster = match random.random_range(0..=clusters.len()) {
        none if none == clusters.len() => "null".to_owned(),
        index => literal(&clusters[index]),
    };
    let tags: Vec<String> = TAGS
        .iter()
        .filter(|_| random.random_bool(0.4))
        .map(|tag| literal(tag))
        .collect();
    let metadata = match random.random_range(0..4) {
        0 => json!({}),
        1 => json!({ "source": "web" }),
        2 => json!({ "importance": "high", "custom": { "n": random.random_range(0..4) } }),
        _ => json!({ "custom": { "n": "text" } }),
    };
    let mut time = || literal(TIMES[random.random_range(0..TIMES.len())]);
    let (created, deleted) = (time(), time());
    let deleted = if random.random_bool(0.6) {
        "null".to_owned()
    } else {
        deleted
    };
    let content = literal(CONTENTS[random.random_range(0..CONTENTS.len())]);
    format!(
        "insert into public.notes (user_id, cluster_id, content, tags, metadata, created_at, deleted_at)
         values ('{user}', {cluster}, {content}, array[{}]::text[], '{metadata}', {created}, {deleted})",
        tags.join(", ")
    )
}

/// The ids that a statement finds, as the caller.
async fn found(test: &TestDb, caller: &Caller, sql: &str) -> Vec<String> {
    let transaction = test.db.begin(caller).await.expect("a transaction");
    let rows = transaction
        .query(sql, &[])
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

fn ids(nodes: &Value) -> Vec<String> {
    let nodes = nodes.as_array().expect("nodes");
    nodes
        .iter()
        .map(|node| node["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn questions_are_answered_as_postgresql_answers_them() {
    // The log says what an INTERNAL hides.
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_test_writer()
        .try_init();
    let api = TestApi::new().await;
    let (ada, _) = people(&api.test).await;
    for seed in 0..QUESTIONS {
        let mut random = StdRng::seed_from_u64(seed);
        let condition = note_condition(&mut random, "n", 3);
        let order = note_order(&mut random);
        let (first, offset) = (random.random_range(0..40), random.random_range(0..5));
        let answer = api
            .ask(
                &ada,
                "query ($where: NoteWhere, $orderBy: [NoteOrderBy!], $first: Int, $offset: Int) {
                   notes(where: $where, orderBy: $orderBy, first: $first, offset: $offset)
                   { nodes { id } totalCount } }",
                json!({ "where": condition.input, "orderBy": order.input, "first": first, "offset": offset }),
            )
            .await;
        let from = format!(
            "from public.notes n left join public.clusters nc on nc.id = n.cluster_id where ({}) and {}",
            condition.sql,
            kept(&condition.input, "n")
        );
        let sql = format!(
            "select n.id::text {from} order by {} limit {first} offset {offset}",
            order.sql
        );
        let expected = found(&api.test, &ada, &sql).await;
        let notes = &answer["data"]["notes"];
        assert!(
            answer.get("errors").is_none(),
            "seed {seed}: {answer} for {}",
            condition.input
        );
        assert_eq!(
            ids(&notes["nodes"]),
            expected,
            "seed {seed}: {} by {}",
            condition.input,
            order.input
        );
        let count = found(&api.test, &ada, &format!("select count(*)::text {from}")).await;
        assert_eq!(
            notes["totalCount"].to_string().trim_matches('"'),
            count[0],
            "seed {seed}: the count"
        );
    }
}

#[tokio::test]
async fn pages_in_any_order_visit_every_row_once() {
    let api = TestApi::new().await;
    let (ada, _) = people(&api.test).await;
    for seed in 0..40 {
        let mut random = StdRng::seed_from_u64(seed);
        let order = note_order(&mut random);
        let sql = format!(
            "select n.id::text from public.notes n left join public.clusters nc on nc.id = n.cluster_id
             order by {}",
            order.sql
        );
        let expected = found(&api.test, &ada, &sql).await;
        assert_eq!(expected.len(), NOTES);
        let size = random.random_range(7..30);
        let forward = walk(&api, &ada, &order.input, size, true).await;
        assert_eq!(forward, expected, "seed {seed}: forward by {}", order.input);
        let backward = walk(&api, &ada, &order.input, size, false).await;
        assert_eq!(
            backward, expected,
            "seed {seed}: backward by {}",
            order.input
        );
    }
}

/// The ids of all pages, in the order of the rows.
async fn walk(
    api: &TestApi,
    caller: &Caller,
    order: &Value,
    size: usize,
    forward: bool,
) -> Vec<String> {
    // With those in the bin: the more rows, the more ways to miss one.
    let document = if forward {
        "query ($orderBy: [NoteOrderBy!], $size: Int, $cursor: Cursor) {
           notes(where: {deletedAt: {}}, orderBy: $orderBy, first: $size, after: $cursor)
           { edges { cursor node { id } } pageInfo { more: hasNextPage startCursor endCursor } } }"
    } else {
        "query ($orderBy: [NoteOrderBy!], $size: Int, $cursor: Cursor) {
           notes(where: {deletedAt: {}}, orderBy: $orderBy, last: $size, before: $cursor)
           { edges { cursor node { id } } pageInfo { more: hasPreviousPage startCursor endCursor } } }"
    };
    let mut all: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let variables = json!({ "orderBy": order, "size": size, "cursor": cursor });
        let answer = api.ask(caller, document, variables).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let page = &answer["data"]["notes"];
        let edges = page["edges"].as_array().expect("edges");
        let nodes: Value = edges.iter().map(|edge| edge["node"].clone()).collect();
        let ids = ids(&nodes);
        let (place, edge) = if forward {
            ("endCursor", edges.last())
        } else {
            ("startCursor", edges.first())
        };
        cursor = page["pageInfo"][place].clone();
        assert_eq!(edge.map_or(&Value::Null, |edge| &edge["cursor"]), &cursor);
        let at = if forward { all.len() } else { 0 };
        all.splice(at..at, ids);
        assert!(all.len() <= NOTES, "a row came twice by {order}");
        if page["pageInfo"]["more"] == false {
            return all;
        }
        assert_eq!(edges.len(), size, "a page that others follow is full");
    }
}

#[tokio::test]
async fn what_others_have_changes_no_answer() {
    let api = TestApi::new().await;
    let (ada, bob) = people(&api.test).await;
    let document = "query ($where: NoteWhere, $orderBy: [NoteOrderBy!]) {
        notes(where: $where, orderBy: $orderBy, first: 5) { edges { cursor node { id } } totalCount
          pageInfo { hasNextPage } }
        clusters(first: 10, orderBy: [{title: ASC}, {id: ASC}]) { nodes { id notes(first: 3) { totalCount } } }
        notesAggregate(where: $where) { count } }";
    let mut before = Vec::new();
    for round in 0..2 {
        for seed in 0..30 {
            let mut random = StdRng::seed_from_u64(seed);
            let condition = note_condition(&mut random, "n", 2);
            let order = note_order(&mut random);
            let variables = json!({ "where": condition.input, "orderBy": order.input });
            let answer = api.ask(&ada, document, variables).await;
            assert!(answer.get("errors").is_none(), "seed {seed}: {answer}");
            match round {
                0 => before.push(answer),
                _ => assert_eq!(
                    answer, before[seed as usize],
                    "seed {seed}: {}",
                    condition.input
                ),
            }
        }
        let system = api.test.db.system().await.expect("a connection");
        let user = bob.user_id.expect("a signed-in user");
        let sql = "delete from public.clusters where user_id = $1";
        system
            .execute(sql, &[&user])
            .await
            .expect("bob's clusters go");
        let sql = "delete from public.notes where user_id = $1 and random() < 0.7";
        system.execute(sql, &[&user]).await.expect("bob's notes go");
    }
}
