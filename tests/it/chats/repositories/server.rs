//! A server on this machine with tools of repositories, which speaks the Model Context Protocol and takes one token.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use serde_json::json;

/// See the module.
pub struct Repositories {
    pub url: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    token: String,
    requests: AtomicUsize,
    listed: AtomicUsize,
    called: Mutex<Vec<String>>,
    sets: Mutex<String>,
    /// Bytes that each tool's description has more.
    padding: usize,
}

impl Repositories {
    pub async fn start(token: &str) -> Self {
        Self::with_long_list(token, 0).await
    }

    /// The same with a list of tools that has so many bytes more of each.
    pub async fn with_long_list(token: &str, padding: usize) -> Self {
        let seen = Arc::new(Seen {
            token: token.to_owned(),
            padding,
            ..Seen::default()
        });
        let handler = Handler(Arc::clone(&seen));
        let service = StreamableHttpService::new(
            move || Ok(handler.clone()),
            Arc::new(LocalSessionManager::default()),
            StreamableHttpServerConfig::default(),
        );
        let router = Router::new()
            .nest_service("/mcp", service)
            .layer(middleware::from_fn_with_state(Arc::clone(&seen), admit));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}/mcp", listener.local_addr().expect("its address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Repositories { url, seen }
    }

    /// The tools that were called, each with what.
    pub fn called(&self) -> Vec<String> {
        self.seen.called.lock().expect("no panic").clone()
    }

    /// The sets of tools that were wanted last.
    pub fn sets(&self) -> String {
        self.seen.sets.lock().expect("no panic").clone()
    }

    /// How often its tools were listed.
    pub fn listed(&self) -> usize {
        self.seen.listed.load(Ordering::Relaxed)
    }

    pub fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::Relaxed)
    }
}

async fn admit(State(seen): State<Arc<Seen>>, request: Request, next: Next) -> Response {
    seen.requests.fetch_add(1, Ordering::Relaxed);
    let headers = request.headers();
    let sent = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.as_bytes());
    if sent != Some(format!("Bearer {}", seen.token).as_bytes()) {
        // As GitHub's does it, without saying how to authenticate.
        return (StatusCode::UNAUTHORIZED, "bad token").into_response();
    }
    if let Some(sets) = headers
        .get("x-mcp-toolsets")
        .and_then(|sets| sets.to_str().ok())
    {
        *seen.sets.lock().expect("no panic") = sets.to_owned();
    }
    next.run(request).await
}

#[derive(Clone)]
struct Handler(Arc<Seen>);

fn tool(name: &'static str, reads: Option<bool>, padding: usize) -> Tool {
    let schema = json!({"type": "object", "properties": {"repo": {"type": "string"}}});
    let schema = schema.as_object().cloned().expect("an object");
    let about = format!("Works on repositories{}", "!".repeat(padding));
    let tool = Tool::new(name, about, Arc::new(schema));
    match reads {
        Some(reads) => tool.with_annotations(ToolAnnotations::new().read_only(reads)),
        None => tool,
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.0.listed.fetch_add(1, Ordering::Relaxed);
        let tool = |name, reads| tool(name, reads, self.0.padding);
        Ok(ListToolsResult::with_all_items(vec![
            tool("list_issues", Some(true)),
            tool("create_issue", None),
            tool("read_file", Some(true)),
            tool("broken", Some(true)),
            tool("delete_repo", Some(false)),
        ]))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let given = serde_json::Value::Object(call.arguments.unwrap_or_default());
        let mut called = self.0.called.lock().expect("no panic");
        called.push(format!("{} {given}", call.name));
        let text = |said: &str| vec![ContentBlock::text(said)];
        let result = match (call.name.as_ref(), given["path"].as_str()) {
            ("list_issues", _) => CallToolResult::success(text("#1 The crust burns")),
            ("read_file", Some("long")) => CallToolResult::success(text(&"z".repeat(100_000))),
            ("read_file", _) => CallToolResult::error(text("no such file")),
            ("create_issue", _) => CallToolResult::success(text("#2 made")),
            _ => {
                return Err(ErrorData::invalid_request("the branch is protected", None));
            }
        };
        Ok(result.into())
    }
}
