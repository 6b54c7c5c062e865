//! Providers and models that there are not: refused at once, whatever is asked of them, and nothing is begun.

use serde_json::json;

use super::{served, value, wire::WireServer};

#[tokio::test]
async fn unknown_names_are_refused_before_anything_is_begun() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let note = "mutation { createNote(input: {content: \"Flour\"}) { id } }";
    let note = api.data(&ada, note, json!({})).await["createNote"]["id"].clone();
    let project = "mutation { createProject(input: {name: \"Bakery\"}) { id } }";
    let project = api.data(&ada, project, json!({})).await["createProject"]["id"].clone();
    let component = "mutation ($p: UUID!) { createProjectComponent(input: {projectId: $p, componentType: TEXT, name: \"Text\"}) { id } }";
    api.data(&ada, component, json!({ "p": project })).await;
    for begin in [
        "sendMessage(parts: [{type: \"text\", text: \"x\"}], options: {provider: $p, model: $m}) { streamId }",
        "generateDocument(noteIds: [$note], provider: $p, model: $m) { job { id } }",
        "generateWeeklyInsight(provider: $p, model: $m) { id }",
        "generatePrompt(framework: \"ape\", input: \"x\", provider: $p, model: $m) { job { id } }",
        "generateFromProject(projectId: $project, provider: $p, model: $m) { job { id } }",
    ] {
        let takes = |name: &str, kind: &str| match begin.contains(&format!("${name}")) {
            true => format!(", ${name}: {kind}"),
            false => String::new(),
        };
        let mutation = format!(
            "mutation ($p: String, $m: String{}{}) {{ {begin} }}",
            takes("note", "UUID!"),
            takes("project", "UUID!")
        );
        for (named, model, said) in [
            (None, Some("gpt-17"), "no model \"gpt-17\""),
            (
                None,
                Some("gpt-4-turbo"),
                "switched the model gpt-4-turbo off",
            ),
            (Some("anthropic"), Some("gpt-4o"), "no model of anthropic"),
            (Some("nobody"), None, "no provider \"nobody\""),
        ] {
            let variables = json!({"p": named, "m": model, "note": note, "project": project});
            let (code, message, ..) = api.error(&ada, &mutation, variables).await;
            assert_eq!(code, "BAD_USER_INPUT", "{begin}: {message}");
            assert!(message.contains(said), "{begin}: {message}");
        }
    }
    let begun =
        "select concat_ws(' ', (select count(*) from chats), (select count(*) from documents),
        (select count(*) from prompt_history), (select count(*) from prompt_generations),
        (select count(*) from job_queue where job_type ~ 'answer|generate|insights.write'))";
    assert_eq!(value(&api, begun).await, "0 0 0 0 0");
    assert!(provider.asked().is_empty());
}

#[tokio::test]
async fn local_is_named_like_a_model() {
    let provider = WireServer::start().await;
    let api = served(&provider, &[]).await;
    let ada = api.test.user("ada@example.org").await;
    let asked = mindloom::answers::Question {
        provider: None,
        model: Some("local".to_owned()),
        ..super::question(&ada)
    };
    let record = super::whole(&api, asked).await.expect("a record");
    assert_eq!(
        (record.provider.as_str(), record.model.as_str()),
        ("local", "local")
    );
    assert!(provider.asked().is_empty());
}
