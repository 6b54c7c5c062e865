//! Feature flags and system settings: who sees what, who changes them, and how everybody hears of it.

use std::time::Duration;

use futures_util::StreamExt;
use mindloom::graphql::{Request, ResponseStream};
use serde_json::{Value, json};

use super::World;
use crate::support::{api::context, next};

const FLAGS: &str = "{ featureFlags { name enabled value } }";

impl World {
    async fn live(&self, caller: &mindloom::auth::Caller, query: &str) -> ResponseStream {
        let request = Request {
            query: query.into(),
            ..Request::default()
        };
        let graphql = &self.server.app.graphql;
        match graphql.subscribe(request, context(caller)).await {
            Ok(stream) => stream,
            Err(refused) => panic!("{}", String::from_utf8_lossy(&refused.body)),
        }
    }

    async fn flag(&self, name: &str, options: &str) {
        let set = format!("mutation {{ setFeatureFlag(name: \"{name}\", {options}) {{ name }} }}");
        self.ok(&self.root, &set, json!({})).await;
    }
}

fn names(flags: &Value) -> Vec<String> {
    let flags = flags["featureFlags"].as_array().expect("flags");
    let on = flags.iter().filter(|flag| flag["enabled"] == true);
    on.map(|flag| flag["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_apply_by_role_and_part() {
    let world = World::start().await;
    world
        .flag(
            "all",
            r#"enabled: true, value: {color: "blue"}, description: "For all""#,
        )
        .await;
    world.flag("off", "enabled: false, value: 1").await;
    world.flag("admins", "enabled: true, roles: [ADMIN]").await;
    world
        .flag("people", "enabled: true, roles: [USER, ADMIN]")
        .await;
    world.flag("half", "enabled: true, percent: 50").await;
    let flags = world.ok(&world.ada, FLAGS, json!({})).await;
    let first = &flags["featureFlags"];
    assert_eq!(
        first[1],
        json!({"name": "all", "enabled": true, "value": {"color": "blue"}})
    );
    assert_eq!(
        first[3],
        json!({"name": "off", "enabled": false, "value": null})
    );
    let without_half = |flags: &Value| {
        let mut names = names(flags);
        names.retain(|name| name != "half");
        names
    };
    assert_eq!(without_half(&flags), ["all", "people"]);
    let root = world.ok(&world.root, FLAGS, json!({})).await;
    assert_eq!(without_half(&root), ["admins", "all", "people"]);
    let nobody = world.ask(None, FLAGS, json!({})).await;
    assert_eq!(names(&nobody["data"]), ["all"], "nobody is part of a part");

    // A part of all people, and the same always.
    let mut on = 0;
    for number in 0..60 {
        let person = world.test.user(&format!("p{number}@example.org")).await;
        let is_on = names(&world.ok(&person, FLAGS, json!({})).await).contains(&"half".to_owned());
        let again = names(&world.ok(&person, FLAGS, json!({})).await).contains(&"half".to_owned());
        assert_eq!(is_on, again);
        on += i32::from(is_on);
    }
    assert!((15..=45).contains(&on), "{on} of 60");
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_are_the_administrators_and_are_checked() {
    let world = World::start().await;
    let set =
        |options: &str| format!("mutation {{ setFeatureFlag({options}) {{ name enabled }} }}");
    let (code, _) = world
        .refused(&world.ada, &set("name: \"a\", enabled: true"), json!({}))
        .await;
    assert_eq!(code, "FORBIDDEN");
    for (options, told) in [
        ("name: \"no name\"", "no flag's name"),
        ("name: \"a\", percent: 101", "from 0 to 100"),
        ("name: \"a\", roles: []", "roles"),
    ] {
        let (code, message) = world.refused(&world.root, &set(options), json!({})).await;
        assert_eq!(code, "BAD_USER_INPUT", "{options}: {message}");
        assert!(message.contains(told), "{options}: {message}");
    }
    // What is not given stays, null takes away.
    world
        .flag("a", r#"enabled: true, value: 1, description: "x""#)
        .await;
    world.flag("a", "value: null").await;
    let kept = "select config_data -> 'a' from admin_config where config_key = 'feature_flags'";
    assert_eq!(
        world.test.value(kept).await.as_deref(),
        Some(r#"{"enabled": true, "description": "x"}"#)
    );
    let delete = "mutation { deleteFeatureFlag(name: \"a\") }";
    let (code, _) = world.refused(&world.ada, delete, json!({})).await;
    assert_eq!(code, "FORBIDDEN");
    for was in [true, false] {
        let answer = world.ok(&world.root, delete, json!({})).await;
        assert_eq!(answer["deleteFeatureFlag"], was);
    }
    let audited = "select count(*) from audit_entries where target_type = 'admin_config' and actor_email = 'root@example.org'";
    assert_eq!(world.test.value(audited).await.as_deref(), Some("3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_hear_of_changed_flags_though_they_may_not_read_the_row() {
    let world = World::start().await;
    let query = "subscription { live { featureFlags { name enabled } } }";
    let mut stream = world.live(&world.ada, query).await;
    let first = next(&mut stream).await;
    assert_eq!(first["data"]["live"]["featureFlags"], json!([]));
    world.flag("beta", "enabled: true").await;
    let second = next(&mut stream).await;
    assert_eq!(
        second["data"]["live"]["featureFlags"],
        json!([{"name": "beta", "enabled": true}])
    );
    world
        .flag("beta", "description: \"nothing for them\"")
        .await;
    let third = tokio::time::timeout(Duration::from_millis(500), stream.next()).await;
    assert!(third.is_err(), "the same answer is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_seen_by_whom_they_concern_and_changed_by_administrators() {
    let world = World::start().await;
    let all = "activeProvider availableProviders maxProjectsPerUser
        logging { errors userActivity sampleRate categories retentionDays { errors measurements } privacy { redactEmails } }
        alerts { connectionsPercent databaseBytes deadJobs }";
    let query = format!("{{ systemSettings {{ {all} }} }}");
    let seen = world.ok(&world.ada, &query, json!({})).await;
    let expected = json!({"activeProvider": "google", "availableProviders": ["google", "openai", "anthropic"],
        "maxProjectsPerUser": 50, "logging": null, "alerts": null});
    assert_eq!(seen["systemSettings"], expected);
    let answer = world.ask(None, &query, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let set = format!(
        "mutation ($input: SystemSettingsInput!) {{ updateSystemSettings(input: $input) {{ {all} }} }}"
    );
    let input = json!({"input": {"activeProvider": "openai", "maxProjectsPerUser": 7,
        "logging": {"sampleRate": 0.5, "retentionDays": {"measurements": 3}},
        "alerts": {"databaseBytes": "5000000000", "deadJobs": 2}}});
    let (code, _) = world.refused(&world.ada, &set, input.clone()).await;
    assert_eq!(code, "FORBIDDEN");
    let changed = world.ok(&world.root, &set, input).await;
    let changed = &changed["updateSystemSettings"];
    assert_eq!(
        (&changed["activeProvider"], &changed["maxProjectsPerUser"]),
        (&json!("openai"), &json!(7))
    );
    assert_eq!(
        changed["logging"],
        json!({"errors": true, "userActivity": false, "sampleRate": 0.5, "categories": [
            "admin", "agent", "artifact", "authentication", "chat", "document", "feedback", "file", "note", "profile", "project",
            "prompt", "suggestion", "vote"], "retentionDays": {"errors": 90, "measurements": 3},
            "privacy": {"redactEmails": true}})
    );
    assert_eq!(
        changed["alerts"],
        json!({"connectionsPercent": 80, "databaseBytes": "5000000000", "deadJobs": 2})
    );
    for (input, told) in [
        (json!({"activeProvider": "nobody"}), "activeProvider"),
        (json!({"maxProjectsPerUser": -1}), "maxProjectsPerUser"),
        (json!({"logging": {"sampleRate": 2}}), "logging.sampleRate"),
        (
            json!({"logging": {"retentionDays": {"errors": 0}}}),
            "logging.retentionDays.errors",
        ),
        (json!({"alerts": {"deadJobs": -1}}), "deadJobs"),
        (json!({"alerts": {"databaseBytes": "x"}}), "databaseBytes"),
    ] {
        let (code, message) = world
            .refused(&world.root, &set, json!({"input": input}))
            .await;
        assert_eq!(code, "BAD_USER_INPUT", "{input}: {message}");
        assert!(message.contains(told), "{input}: {message}");
        assert!(
            !message.contains("onfig") && !message.contains('_'),
            "{input}: {message}"
        );
    }
}
