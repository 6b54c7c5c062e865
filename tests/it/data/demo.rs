//! The demonstration data: in every table, in agreement with itself, the same in every run.

use mindloom::demo::{self, DemoError, Options, corpus};

use crate::support::TestDb;

fn options() -> Options {
    Options {
        users: 6,
        notes: 400,
        invent_embeddings: true,
        chats: None,
        projects: None,
        days: 7,
        until: Some(chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day")),
        seed: 7,
        password: Some("correct horse battery".to_owned()),
    }
}

/// Keys, and what lives for minutes while somebody signs in: made up, they would open nothing, and a
/// server would stumble over them.
const EMPTY: [&str; 10] = [
    "ended_sessions",
    "mail_outbox",
    "mfa_factors",
    "mfa_recovery_codes",
    "oauth_flows",
    "passkey_challenges",
    "passkeys",
    "personal_access_tokens",
    "sign_in_codes",
    "signing_keys",
];

#[tokio::test]
async fn every_table_has_rows_that_agree() {
    let test = TestDb::new().await;
    let report = demo::run(&test.db, options()).await.expect("filled");
    // What texts mean is for the server to find out, in its own time; schedules come with the first server.
    let filled = |table: &entity::Table| match table.schema {
        "auth" => !EMPTY.contains(&table.name),
        _ => !["embeddings", "job_schedules"].contains(&table.name),
    };
    for table in entity::tables().into_iter().filter(filled) {
        let count = format!("select count(*) from {}.{}", table.schema, table.name);
        assert_ne!(
            test.value(&count).await.as_deref(),
            Some("0"),
            "{}.{}",
            table.schema,
            table.name
        );
    }
    let broken = "select count(*) from integrity_check() where status <> 'ok'";
    assert_eq!(test.value(broken).await.as_deref(), Some("0"));
    let disabled = "select count(*) from pg_trigger where tgenabled = 'D'";
    assert_eq!(
        test.value(disabled).await.as_deref(),
        Some("0"),
        "triggers are on again"
    );
    let admin = format!(
        "select raw_app_meta_data ->> 'role' from auth.users where email = '{}'",
        report.admin_email
    );
    assert_eq!(test.value(&admin).await.as_deref(), Some("admin"));
    // What triggers would have written is what was written.
    let different = "select count(*) from notes where word_count <> regexp_count(content, '\\S+') \
                       or character_count <> char_length(content) or metadata -> 'tags' <> to_jsonb(tags) \
                       or embedding_hash <> encode(sha256(convert_to(content, 'UTF8')), 'hex')";
    assert_eq!(test.value(different).await.as_deref(), Some("0"));
    let different = "select count(*) from documents where word_count <> regexp_count(content, '\\S+') \
                       or reading_time <> ceil(word_count / 200.0)";
    assert_eq!(test.value(different).await.as_deref(), Some("0"));
    let different = "select count(*) from api_configurations c where usage_count <> (\
                       select count(*) from api_usage_logs l where l.user_id = c.user_id and l.provider = c.provider)";
    assert_eq!(test.value(different).await.as_deref(), Some("0"));
    let different = "select count(*) from prompt_templates t where usage_count <> (\
                       select count(*) from prompt_history h where h.template_id = t.id)";
    assert_eq!(test.value(different).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn neighbours_make_sense() {
    let test = TestDb::new().await;
    demo::run(&test.db, options()).await.expect("filled");
    // Of the five nearest notes of the same person, almost all are in the same cluster.
    let same = test
        .value(
            "select round(100.0 * avg((near.cluster_id = n.cluster_id)::int)) \
             from (select * from notes where embedding is not null and cluster_id is not null \
                   and user_id in (select user_id from notes group by user_id having count(*) > 60) order by id limit 50) n \
             cross join lateral ( \
               select m.cluster_id from notes m where m.user_id = n.user_id and m.id <> n.id and m.cluster_id is not null \
                 and (select count(*) from notes k where k.cluster_id = n.cluster_id) > 6 \
               order by m.embedding <=> n.embedding limit 5) near",
        )
        .await
        .and_then(|share| share.parse::<f64>().ok());
    assert!(same > Some(90.0), "{same:?} %");
}

#[tokio::test]
async fn embeddings_are_left_to_the_server_unless_they_are_to_be_invented() {
    let test = TestDb::new().await;
    let left = Options {
        invent_embeddings: false,
        ..options()
    };
    demo::run(&test.db, left).await.expect("filled");
    let vectors = "select count(embedding) + (select count(*) from embedding_cache) from notes";
    assert_eq!(test.value(vectors).await.as_deref(), Some("0"));
    // Half of the notes are hand-written, each of them once; the topic of every note is known from its text.
    let texts = "select json_agg(content)::text from notes";
    let texts = test.value(texts).await.expect("notes");
    let texts: Vec<String> = serde_json::from_str(&texts).expect("texts");
    assert!(texts.iter().all(|text| corpus::topic_of(text).is_some()));
    let found = corpus::notes(300)
        .into_iter()
        .filter(|note| note.key.is_some())
        .map(|note| texts.iter().filter(|text| **text == note.text).count());
    let found: Vec<usize> = found.collect();
    assert!(found.iter().all(|times| *times <= 1));
    assert!(found.iter().sum::<usize>() >= 190);
}

#[tokio::test]
async fn it_is_the_same_in_every_run_and_comes_once() {
    let (one, other) = tokio::join!(TestDb::new(), TestDb::new());
    demo::run(&one.db, options()).await.expect("filled");
    demo::run(&other.db, options()).await.expect("filled");
    for table in [
        "notes",
        "messages",
        "artifacts",
        "project_components",
        "usage_logs",
        "prompt_history",
        "feedback",
    ] {
        let content =
            format!("select md5(string_agg(t::text, '' order by t::text)) from {table} t");
        let content = content.replace("t::text", "(to_jsonb(t) - 'category_id')::text");
        assert_eq!(
            one.value(&content).await,
            other.value(&content).await,
            "{table}"
        );
    }
    let count = "select count(*) from notes";
    let before = one.value(count).await;
    let again = demo::run(&one.db, options())
        .await
        .expect_err("there already");
    assert!(matches!(again, DemoError::AlreadyThere), "{again}");
    assert_eq!(one.value(count).await, before);
}

#[tokio::test]
async fn a_run_that_fails_leaves_nothing() {
    let test = TestDb::new().await;
    // The last thing to be filled refuses.
    test.run_as_owner(
        "alter table feedback_analytics add constraint full_up check (false) not valid",
    )
    .await
    .expect("a constraint in the way");
    demo::run(&test.db, options()).await.expect_err("a refusal");
    for table in ["auth.users", "public.users", "notes", "chats", "projects"] {
        let count = format!("select count(*) from {table}");
        assert_eq!(test.value(&count).await.as_deref(), Some("0"), "{table}");
    }
    let disabled = "select count(*) from pg_trigger where tgenabled = 'D'";
    assert_eq!(test.value(disabled).await.as_deref(), Some("0"));
    let too_short = Options {
        password: Some("short".to_owned()),
        ..options()
    };
    assert!(matches!(
        demo::run(&test.db, too_short).await,
        Err(DemoError::Password)
    ));
}
