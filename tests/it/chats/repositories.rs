//! The agent of repositories: tools of a server that speaks the Model Context Protocol, with the person's own token.

mod server;

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{
    Chats, SEND, assert_whole,
    provider::{Provider, Reply},
    sent, serve, text_of, without_limits,
};
use crate::support::TestDb;
use server::Repositories;

const TOKEN: &str = "ghp_of_ada_abcdefghijklmnopqrstuvwxyz";

/// What the model does, by what came of its last call.
fn last_result(request: &Value) -> Option<String> {
    let messages = request["messages"].as_array().expect("messages");
    let last = messages
        .last()
        .filter(|message| message["role"] == "tool")?;
    last["content"].as_str().map(str::to_owned)
}

fn offered(request: &Value) -> Vec<&str> {
    let tools = request["tools"].as_array().into_iter().flatten();
    tools
        .filter_map(|tool| tool["function"]["name"].as_str())
        .collect()
}

/// A server whose agent of repositories goes to this address, which lies in its own network.
async fn with(provider: Provider, address: &str, more: &[&str]) -> Chats {
    let test = TestDb::new().await;
    without_limits(&test).await;
    let set = format!(
        "update public.admin_config set config_data = config_data || '{{\"serverUrl\": \"{address}\"}}'
         where config_key ~ '^git_mcp_agent_'"
    );
    test.run_as_owner(&set).await.expect("an address");
    let server = serve(&test, &provider, more).await;
    Chats::over(test, server, provider)
}

const PRIVATE: &[&str] = &["--model-private-addresses"];

/// Saves a token of somebody's.
async fn save(chats: &Chats, who: &mut Caller, token: &str) {
    let session = uuid::Uuid::new_v4();
    let user = who.user_id.expect("somebody");
    let sql = format!(
        "insert into auth.sessions (id, session_token, user_id, expires)
         values ('{session}', encode(sha256('{session}'), 'hex'), '{user}', '2099-01-01')"
    );
    chats.test.run_as_owner(&sql).await.expect("a session");
    who.session_id = Some(session);
    let from = mindloom::accounts::Client::default();
    let secret = mindloom::accounts::secret::Secret::new(token);
    chats
        .server
        .app
        .state
        .accounts
        .save_api_configuration(who, "github", &secret, &from)
        .await
        .expect("it is saved");
}

/// Asks the agent of repositories alone: what the stream told, and the answer's message.
async fn ask_agent(chats: &Chats, who: &Caller, text: &str) -> (Vec<Value>, String) {
    let options = json!({"model": "gpt-4o", "agent": "GIT_MCP_AGENT"});
    let variables = json!({"parts": [{"type": "text", "text": text}], "options": options});
    let data = chats.data(who, SEND, variables).await;
    let sent = sent(&data["sendMessage"]);
    (chats.events(who, &sent.stream, 0).await, sent.answer)
}

fn end(events: &[Value]) -> (&Value, &Value, &str) {
    let end = events.last().expect("an end");
    let said = end["error"]["message"].as_str().unwrap_or_default();
    (&end["reason"], &end["error"]["code"], said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chat_hands_work_to_repositories_and_what_writes_asks_first() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = Provider::start(|request| {
        if request["tools"].is_null() {
            return Reply::text("Issues");
        }
        match last_result(request).as_deref() {
            None => Reply::call(
                "a",
                "gitMcpAgent",
                &json!({"request": "Look at the issues"}),
            ),
            Some(said) if said.contains("git_list_issues") => {
                Reply::call("b", "git_list_issues", &json!({"repo": "ada/bread"}))
            }
            Some("#1 The crust burns") => Reply::call(
                "c",
                "git_create_issue",
                &json!({"repo": "ada/bread", "title": "Salt"}),
            ),
            Some(_) => Reply::text("Done."),
        }
    })
    .await;
    let chats = with(provider, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let connected = format!(
        "insert into public.github_repositories (user_id, repo_owner, repo_name) values ('{}', 'ada', 'bread')",
        ada.user_id.expect("somebody")
    );
    chats.test.run_as_owner(&connected).await.expect("a row");
    let sent = chats.send(&ada, None, "Add an issue about salt").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(*end(&events).0, "ASKING", "{events:#?}");
    let request = events
        .iter()
        .find(|event| event["kind"] == "TOOL_REQUEST")
        .expect("a request");
    assert_eq!(
        request["summary"],
        "Run git_create_issue at 127.0.0.1 in your name"
    );
    assert_eq!(
        request["input"],
        json!({"repo": "ada/bread", "title": "Salt"})
    );
    assert_eq!(
        repositories.called(),
        ["list_issues {\"repo\":\"ada/bread\"}"]
    );
    // The tools are there once they were asked for, beside the chat's own.
    let asked = chats.provider.asked();
    assert!(!offered(&asked[0]).contains(&"git_list_issues"));
    assert!(offered(&asked[1]).contains(&"git_list_issues"));
    assert!(offered(&asked[1]).contains(&"searchNotes"));
    let told = asked[1]["messages"][0]["content"]
        .as_str()
        .unwrap_or_default();
    assert!(told.contains("ada/bread (main)"), "{told}");
    assert!(!json!(asked).to_string().contains(TOKEN));

    let yes = "mutation ($id: UUID!) { answerToolRequest(messageId: $id, toolCallId: \"c\", approved: true) { streamId } }";
    let data = chats.data(&ada, yes, json!({"id": sent.answer})).await;
    let stream = data["answerToolRequest"]["streamId"].as_str().expect("one");
    let events = chats.events(&ada, stream, 0).await;
    assert_eq!(text_of(&events), "Done.", "{events:#?}");
    let called = repositories.called();
    assert_eq!(called.len(), 2, "{called:?}");
    assert!(called[1].starts_with("create_issue"), "{called:?}");
    // Each of the two agents was used once, and the token is known to be good.
    let uses = "select string_agg(agent_type || ' ' || request_count, ', ' order by agent_type)
        from public.rate_limit_tracking where limit_type = 'daily'";
    assert_eq!(
        chats.test.value(uses).await.as_deref(),
        Some("chat_model_agent 1, git_mcp_agent 1")
    );
    let known = "select is_validated::text || ' ' || (last_used_at is not null)::text from public.api_configurations";
    assert_eq!(chats.test.value(known).await.as_deref(), Some("true true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_alone_reads_long_answers_in_part_and_hears_what_tools_refuse() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = Provider::start(|request| match last_result(request).as_deref() {
        _ if request["tools"].is_null() => Reply::text("Files"),
        None => Reply {
            calls: vec![
                (
                    "a".into(),
                    "git_read_file".into(),
                    json!({"path": "long"}).to_string(),
                ),
                (
                    "b".into(),
                    "git_read_file".into(),
                    json!({"path": "none"}).to_string(),
                ),
                ("c".into(), "git_unknown".into(), "{}".into()),
                ("d".into(), "git_broken".into(), "{}".into()),
            ],
            ..Reply::default()
        },
        Some(_) => Reply::text("Read."),
    })
    .await;
    let chats = with(provider, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let off = "update public.admin_config set config_data = jsonb_set(config_data, '{tools,delete_repo}', '{\"enabled\": false}')
        where config_key ~ '^git_mcp_agent_'";
    chats.test.run_as_owner(off).await.expect("a tool is off");
    let (events, _) = ask_agent(&chats, &ada, "Read the files").await;
    assert_whole(&events, 0);
    assert_eq!(text_of(&events), "Read.", "{events:#?}");
    let results: Vec<&Value> = events
        .iter()
        .filter(|event| event["kind"] == "TOOL_RESULT")
        .collect();
    let said = |place: usize| results[place]["output"].as_str().unwrap_or_default();
    assert!(said(0).ends_with("Ask for less at once to read the rest.]"));
    assert_eq!(said(0).chars().filter(|c| *c == 'z').count(), 40_000);
    assert_eq!(
        (&results[1]["isError"], said(1)),
        (&json!(true), "no such file")
    );
    assert!(said(2).contains("no tool of this name"), "{}", said(2));
    assert!(said(3).contains("the branch is protected"), "{}", said(3));
    let first = &chats.provider.asked()[0];
    let mut names = offered(first);
    names.sort_unstable();
    let expected = [
        "git_broken",
        "git_create_issue",
        "git_list_issues",
        "git_read_file",
    ];
    assert_eq!(names, expected, "a tool that is off is not there");
    assert!(
        repositories.sets().contains("pull_requests"),
        "{}",
        repositories.sets()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_against_it_is_said() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = || Provider::script(vec![Reply::text("Nothing")]);
    let chats = with(provider().await, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    let (events, _) = ask_agent(&chats, &ada, "Look").await;
    let (reason, code, said) = end(&events);
    assert_eq!((reason, code), (&json!("FAILED"), &json!("NOT_FOUND")));
    assert!(
        said.contains("saveApiConfiguration(provider: \"github\""),
        "{said}"
    );

    save(&chats, &mut ada, "ghp_another_abcdefghijklmnopqrstuvwx").await;
    let (events, _) = ask_agent(&chats, &ada, "Look").await;
    let (_, code, said) = end(&events);
    assert_eq!(code, "FORBIDDEN", "{said}");
    assert!(said.contains("refuses the token"), "{said}");
    assert!(!json!(events).to_string().contains("ghp_another"));
    let noted = "select validation_error from public.api_configurations";
    assert_eq!(
        chats.test.value(noted).await.as_deref(),
        Some("127.0.0.1 refused the token")
    );
    assert!(chats.provider.asked().is_empty(), "no model was asked");

    save(&chats, &mut ada, TOKEN).await;
    let at = |address: &str| {
        format!(
            "update public.admin_config set config_data = config_data || '{{\"serverUrl\": \"{address}\"}}'
             where config_key ~ '^git_mcp_agent_'"
        )
    };
    // A port on which nobody listens, a server of another kind, and no address at all.
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}/mcp", listener.local_addr().expect("its address"))
    };
    for (address, wanted) in [
        (gone, "127.0.0.1 does not answer: no connection can be made"),
        (
            chats.provider.url.clone(),
            "127.0.0.1 answered with status 404",
        ),
    ] {
        chats
            .test
            .run_as_owner(&at(&address))
            .await
            .expect("another");
        let (events, _) = ask_agent(&chats, &ada, "Look").await;
        let (_, code, said) = end(&events);
        assert_eq!((code, said), (&json!("UNAVAILABLE"), wanted));
    }
    let none = "update public.admin_config set config_data = config_data - 'serverUrl' where config_key ~ '^git_mcp_agent_'";
    chats.test.run_as_owner(none).await.expect("none");
    let (events, _) = ask_agent(&chats, &ada, "Look").await;
    let (_, code, said) = end(&events);
    assert_eq!(code, "NOT_FOUND", "{said}");
    assert!(
        said.contains("`serverUrl` of git_mcp_agent_openai"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_own_network_is_closed_unless_a_setting_opens_it() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = Provider::script(vec![Reply::text("Nothing")]).await;
    let chats = with(provider, &repositories.url, &[]).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let (events, _) = ask_agent(&chats, &ada, "Look").await;
    let (_, code, said) = end(&events);
    assert_eq!(code, "FORBIDDEN", "{said}");
    assert!(said.contains("MINDLOOM_MODEL_PRIVATE_ADDRESSES"), "{said}");
    // A name that leads there is no way around.
    let name = repositories
        .url
        .replace("http://127.0.0.1", "https://localhost");
    let set = format!(
        "update public.admin_config set config_data = config_data || '{{\"serverUrl\": \"{name}\"}}'
         where config_key ~ '^git_mcp_agent_'"
    );
    chats.test.run_as_owner(&set).await.expect("a name");
    let (events, _) = ask_agent(&chats, &ada, "Look").await;
    assert_eq!(end(&events).1, "UNAVAILABLE", "{events:#?}");
    assert_eq!(repositories.requests(), 0, "nobody came");
    // What is no address is refused where it is written.
    let wrong = "update public.admin_config set config_data = config_data || '{\"serverUrl\": \"http://me:pw@example.org\"}'
        where config_key = 'git_mcp_agent_openai'";
    let refused = chats
        .test
        .run_as_owner(wrong)
        .await
        .expect_err("it is refused");
    assert!(format!("{refused:?}").contains("serverUrl"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_is_not_begun_again() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = Provider::start(|request| match last_result(request).as_deref() {
        _ if request["tools"].is_null() => Reply::text("Issues"),
        None => Reply::call(
            "c",
            "git_create_issue",
            &json!({"repo": "ada/bread", "title": "Salt"}),
        ),
        Some(_) => Reply::text("So be it."),
    })
    .await;
    let chats = with(provider, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let (events, answer) = ask_agent(&chats, &ada, "Add an issue").await;
    assert_eq!(*end(&events).0, "ASKING", "{events:#?}");
    // As a worker leaves it that is lost while the tool runs.
    let begun =
        format!("insert into mindloom.remote_calls (message_id, call_id) values ('{answer}', 'c')");
    chats.test.run_as_owner(&begun).await.expect("a row");
    let yes = "mutation ($id: UUID!) { answerToolRequest(messageId: $id, toolCallId: \"c\", approved: true) { streamId } }";
    let data = chats.data(&ada, yes, json!({ "id": answer })).await;
    let stream = data["answerToolRequest"]["streamId"].as_str().expect("one");
    let events = chats.events(&ada, stream, 0).await;
    assert_eq!(text_of(&events), "So be it.", "{events:#?}");
    assert!(json!(events).to_string().contains("was begun before"));
    assert!(
        repositories.called().is_empty(),
        "{:?}",
        repositories.called()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_tools_that_is_too_long_is_told_and_fails_no_answer() {
    let repositories = Repositories::with_long_list(TOKEN, 1 << 20).await;
    let provider = Provider::start(|request| match last_result(request) {
        // Without tools of theirs the agent has none.
        _ if request["tools"].is_null() => Reply::text("I cannot look."),
        None => Reply::call(
            "a",
            "gitMcpAgent",
            &json!({"request": "Look at the issues"}),
        ),
        Some(_) => Reply::text("It cannot be looked at."),
    })
    .await;
    let chats = with(provider, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let why = "The tools of 127.0.0.1 cannot be used: its list of them broke off, or is longer than the 4 MiB that are read";
    let (events, answer) = ask_agent(&chats, &ada, "Look").await;
    assert_whole(&events, 0);
    assert_eq!(end(&events).0, "COMPLETED", "{events:#?}");
    assert_eq!(text_of(&events), format!("{why}.\n\nI cannot look."));
    let parts = chats.parts(&ada, &answer).await;
    assert!(
        parts.to_string().contains("broke off"),
        "it is kept: {parts}"
    );
    let system = chats.provider.asked()[0]["messages"][0]["content"].to_string();
    assert!(system.contains("Nothing can be looked up"), "{system}");

    let sent = chats.send(&ada, None, "Look at my issues").await;
    let events = chats.events(&ada, &sent.stream, 0).await;
    assert_whole(&events, 0);
    assert_eq!(end(&events).0, "COMPLETED", "{events:#?}");
    let result = events
        .iter()
        .find(|event| event["kind"] == "TOOL_RESULT")
        .expect("a result");
    let said = result["output"].as_str().unwrap_or_default();
    assert!(result["isError"] == true && said.starts_with(why), "{said}");
    assert_eq!(text_of(&events), "It cannot be looked at.");
    // The token is as good as before.
    let known = "select is_validated::text from public.api_configurations";
    assert_eq!(chats.test.value(known).await.as_deref(), Some("true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_needs_nothing_of_it_does_not_ask_it() {
    let repositories = Repositories::start(TOKEN).await;
    let provider = Provider::script(vec![Reply::call(
        "c",
        "git_create_issue",
        &json!({"repo": "ada/bread", "title": "Salt"}),
    )])
    .await;
    let chats = with(provider, &repositories.url, PRIVATE).await;
    let mut ada = chats.test.user("ada@example.org").await;
    save(&chats, &mut ada, TOKEN).await;
    let (events, answer) = ask_agent(&chats, &ada, "Add an issue").await;
    assert_eq!(end(&events).0, "ASKING", "{events:#?}");
    assert_eq!(repositories.listed(), 1);
    let models = chats.provider.asked().len();
    // As an attempt leaves it that is lost before its end is on record: all that is left is to end it.
    let lost = format!(
        "update public.streams set status = 'writing', ended_at = null where message_id = '{answer}';
         delete from mindloom.stream_chunks where events::text like '%\"END\"%'
           and stream_id = (select id from public.streams where message_id = '{answer}');
         update public.messages set parts = '[]' where id = '{answer}';
         update public.job_queue set status = 'pending', completed_at = null, result = null, attempts = 0
           where job_type = 'chats.answer'"
    );
    chats.test.run_as_owner(&lost).await.expect("it is lost");
    let ended = format!("select status::text from public.streams where message_id = '{answer}'");
    chats.until(&ended, "asking").await;
    assert_eq!(chats.provider.asked().len(), models, "no model was asked");
    assert_eq!(repositories.listed(), 1, "nor their server");
}
