//! The Model Context Protocol, as a person's assistant speaks it.

mod faults;
mod tools;

use reqwest::header;
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult},
    service::RunningService,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Value, json};

use crate::accounts::{
    flows::Session,
    server::{Options, Server},
};

/// A server, and two people.
pub struct World {
    pub server: Server,
    pub ada: Session,
    pub ben: Session,
}

impl World {
    pub async fn start() -> Self {
        let server = Server::with(Options::default()).await;
        let (ada, ben) = (
            server.member("ada@example.org").await,
            server.member("ben@example.org").await,
        );
        World { server, ada, ben }
    }

    pub fn url(&self) -> String {
        self.server.url.replace("/graphql", "") + "/mcp"
    }

    /// A token of somebody, and its id.
    pub async fn token(&self, who: &Session, scopes: Value) -> (String, Value) {
        let create = "mutation ($scopes: [PersonalAccessTokenScope!]!) {
            createPersonalAccessToken(name: \"assistant\", scopes: $scopes) { token personalAccessToken { id } } }";
        let variables = json!({ "scopes": scopes });
        let mut made = self.server.ok(Some(&who.access), create, variables).await;
        let made = made["createPersonalAccessToken"].take();
        let token = made["token"].as_str().expect("a token").to_owned();
        (token, made["personalAccessToken"]["id"].clone())
    }

    /// An assistant with a token that may write.
    pub async fn assistant(&self, who: &Session) -> Assistant {
        let (token, _) = self.token(who, json!(["READ", "WRITE"])).await;
        Assistant::connect(&self.url(), &token).await
    }

    /// A message as such: status and body.
    pub async fn post(&self, token: Option<&str>, body: &Value) -> (u16, String) {
        let mut request = self
            .server
            .http
            .post(self.url())
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.text().await.expect("a text"),
        )
    }
}

/// A client of the official library, connected.
pub struct Assistant(RunningService<RoleClient, ()>);

impl Assistant {
    pub async fn connect(url: &str, token: &str) -> Self {
        Self::try_connect(url, token).await.expect("it connects")
    }

    pub async fn try_connect(url: &str, token: &str) -> Result<Self, String> {
        // Some other test may have done it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(token);
        let transport = StreamableHttpClientTransport::from_config(config);
        let client = ().serve(transport).await.map_err(|error| error.to_string())?;
        Ok(Assistant(client))
    }

    pub async fn tools(&self) -> Vec<rmcp::model::Tool> {
        self.0.list_all_tools().await.expect("tools")
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Result<CallToolResult, String> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.0
            .call_tool(call)
            .await
            .map_err(|error| error.to_string())
    }

    /// What a tool answers.
    pub async fn answer(&self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await.expect("a result");
        assert_ne!(result.is_error, Some(true), "{tool}: {:?}", result.content);
        result.structured_content.expect("what it answers")
    }

    /// What a tool refuses with.
    pub async fn refusal(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await.expect("a result");
        assert_eq!(result.is_error, Some(true), "{tool}: {:?}", result.content);
        serde_json::to_string(&result.content).expect("a text")
    }
}
