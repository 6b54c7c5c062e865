//! GraphQL over a test's database, without HTTP in between.

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::StreamExt;
use mindloom::{
    app::App,
    auth::{Caller, Route},
    config::{DatabaseSettings, DatabaseUrl},
    db::Db,
    graphql::{Graphql, Request, RequestContext, ResponseStream},
    request_id::RequestId,
};
use serde_json::{Value, json};

use super::{
    TestDb,
    server::{settings, start},
};

/// A GraphQL service over a database of its own.
pub struct TestApi {
    pub test: TestDb,
    pub graphql: Arc<Graphql>,
    /// Its work in the background ends with it.
    pub app: App,
}

impl TestApi {
    pub async fn new() -> Self {
        Self::over(TestDb::new().await).await
    }

    /// A GraphQL service over this database.
    pub async fn over(test: TestDb) -> Self {
        Self::with(test, &[]).await
    }

    /// The same with these settings.
    pub async fn with(test: TestDb, flags: &[&str]) -> Self {
        let app = start(&settings(flags), &test.db).await;
        TestApi {
            test,
            graphql: Arc::clone(&app.graphql),
            app,
        }
    }

    /// The same database with a server that has other settings; the former one ends.
    pub async fn again(self, flags: &[&str]) -> Self {
        self.app.leave();
        self.app.stop(Duration::from_secs(10)).await;
        Self::with(self.test, flags).await
    }

    /// The same database with other settings of how it is reached.
    pub async fn restart_with(&mut self, change: impl FnOnce(&mut DatabaseSettings)) {
        self.app.state.realtime.stop();
        change(&mut self.test.settings);
        self.test.db.close();
        self.test.db = Db::connect(&self.test.settings)
            .await
            .expect("the test's database answers");
        self.app = start(&settings(&[]), &self.test.db).await;
        self.graphql = Arc::clone(&self.app.graphql);
    }

    /// The same database through a socket of the same name in another directory.
    pub async fn restart_through(&mut self, directory: &Path) {
        let socket = self.test.socket();
        let real = socket
            .parent()
            .and_then(Path::to_str)
            .expect("a directory with a plain name");
        let proxy = directory.to_str().expect("a directory with a plain name");
        let through = |url: &DatabaseUrl| -> DatabaseUrl {
            let encoded = |path: &str| path.replace('/', "%2F");
            let text = url
                .as_str()
                .replace(real, proxy)
                .replace(&encoded(real), &encoded(proxy));
            text.parse().expect("an address")
        };
        self.restart_with(|settings| {
            settings.url = settings.url.as_ref().map(through);
            settings.authenticator_url = settings.authenticator_url.as_ref().map(through);
        })
        .await;
    }

    /// The answer to a document with variables, as a caller gets it.
    pub async fn ask(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let body = self.bytes(caller, query, variables).await;
        serde_json::from_slice(&body).expect("an answer is JSON")
    }

    /// The same, as bytes.
    pub async fn bytes(&self, caller: &Caller, query: &str, variables: Value) -> Vec<u8> {
        let request = Request {
            query: query.into(),
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..Request::default()
        };
        let response = self.graphql.execute(&request, &context(caller)).await;
        response.body.to_vec()
    }

    /// The `data` of an answer without errors.
    pub async fn data(&self, caller: &Caller, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(caller, query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].take()
    }

    /// The first error of an answer: its code, its message and its extensions.
    pub async fn error(
        &self,
        caller: &Caller,
        query: &str,
        variables: Value,
    ) -> (String, String, Value) {
        let mut answer = self.ask(caller, query, variables).await;
        let error = answer["errors"][0].take();
        assert!(error.is_object(), "{query}\n{answer:#}");
        (
            error["extensions"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            error["message"].as_str().unwrap_or_default().to_owned(),
            error["extensions"].clone(),
        )
    }

    /// The answers of a subscription.
    pub async fn subscribe(
        &self,
        caller: &Caller,
        query: &str,
        variables: Value,
    ) -> ResponseStream {
        let request = Request {
            query: query.into(),
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..Request::default()
        };
        match self.graphql.subscribe(request, context(caller)).await {
            Ok(stream) => stream,
            Err(refused) => panic!("{}", String::from_utf8_lossy(&refused.body)),
        }
    }

    /// The answer that refuses a subscription, or nothing when it was begun.
    pub async fn unsubscribed(
        &self,
        caller: &Caller,
        query: &str,
        variables: Value,
    ) -> Option<Value> {
        let request = Request {
            query: query.into(),
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..Request::default()
        };
        let refused = self
            .graphql
            .subscribe(request, context(caller))
            .await
            .err()?;
        serde_json::from_slice(&refused.body).ok()
    }

    /// The answer to a mutation with an Idempotency-Key.
    pub async fn idempotent(&self, caller: &Caller, query: &str, key: &str) -> Value {
        let request = Request {
            query: query.into(),
            ..Request::default()
        };
        let mut context = context(caller);
        context.idempotency_key = Some(key.into());
        let response = self.graphql.execute(&request, &context).await;
        serde_json::from_slice(&response.body).expect("an answer is JSON")
    }

    /// Makes notes of a user, all in one mutation; gives their ids.
    pub async fn notes(&self, caller: &Caller, contents: &[&str]) -> Vec<Value> {
        let inputs: Vec<Value> = contents
            .iter()
            .map(|content| json!({"content": content}))
            .collect();
        let query =
            "mutation ($inputs: [NoteInput!]!) { createNotes(inputs: $inputs) { nodes { id } } }";
        let data = self.data(caller, query, json!({ "inputs": inputs })).await;
        let nodes = data["createNotes"]["nodes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        nodes
            .into_iter()
            .map(|mut node| node["id"].take())
            .collect()
    }
}

/// The context of a caller's request.
pub fn context(caller: &Caller) -> RequestContext {
    RequestContext {
        caller: Arc::new(caller.clone()),
        request_id: RequestId::generate(),
        route: Route::default(),
        client_ip: None,
        user_agent: None,
        idempotency_key: None,
    }
}

/// The next answer of a stream, within ten seconds.
pub async fn next(stream: &mut ResponseStream) -> Value {
    let next = tokio::time::timeout(std::time::Duration::from_secs(10), stream.next()).await;
    let response = next
        .expect("an answer in time")
        .expect("the stream goes on");
    serde_json::from_slice(&response.body).expect("an answer is JSON")
}
