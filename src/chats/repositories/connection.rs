//! A connection to the server, with bounds in size and in time.

use std::{collections::HashMap, time::Duration};

use axum::http::{HeaderName, HeaderValue};
use rmcp::{
    RoleClient, ServiceExt as _,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation,
        PaginatedRequestParams, Tool,
    },
    service::RunningService,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{fault::Fault, http, place::Place, token::Token};

/// How long connecting and telling the tools may take.
const OPEN_MAX: Duration = Duration::from_secs(20);
/// How long a tool may take.
const CALL_MAX: Duration = Duration::from_secs(60);
/// What is read of one answer.
pub(super) const ANSWER_MAX_BYTES: usize = 4 << 20;
const PAGES_MAX: usize = 10;
/// Which sets of tools are wanted, as GitHub's server takes it; others ignore it.
const SETS: &str = "x-mcp-toolsets";

/// See the module. Dropped, it is closed.
pub(super) struct Connection(RunningService<RoleClient, ClientConfig>);

impl Connection {
    /// Connects with the token.
    ///
    /// # Errors
    /// Why there is no connection.
    pub async fn open(place: &Place, token: &Token) -> Result<Self, Fault> {
        let client =
            http::client(place.reach).map_err(|_| Fault::Broken("this server has no TLS"))?;
        let mut headers = HashMap::new();
        if let Ok(sets) = HeaderValue::from_str(&place.sets.join(",")) {
            headers.insert(HeaderName::from_static(SETS), sets);
        }
        let config = StreamableHttpClientTransportConfig::with_uri(place.url.as_str())
            .auth_header(token.expose())
            .custom_headers(headers)
            .max_sse_event_size(ANSWER_MAX_BYTES)
            .max_json_response_size(ANSWER_MAX_BYTES)
            // A call that is repeated could do twice what is meant once.
            .reinit_on_expired_session(false);
        let transport = StreamableHttpClientTransport::with_client(client, config);
        let who = Implementation::new("mindloom", env!("CARGO_PKG_VERSION"));
        let client = ClientConfig::new(ClientCapabilities::default(), who);
        match timeout(OPEN_MAX, client.serve(transport)).await {
            Ok(Ok(connection)) => Ok(Connection(connection)),
            Ok(Err(error)) => Err(Fault::of_opening(&error)),
            Err(_) => Err(Fault::Slow(OPEN_MAX)),
        }
    }

    /// The tools that it offers.
    ///
    /// # Errors
    /// Why it does not tell.
    pub async fn tools(&self) -> Result<Vec<Tool>, Fault> {
        let listing = async {
            let (mut tools, mut cursor) = (Vec::new(), None);
            for _ in 0..PAGES_MAX {
                let wanted = PaginatedRequestParams::default().with_cursor(cursor);
                let page = self.0.list_tools(Some(wanted)).await?;
                tools.extend(page.tools);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            Ok(tools)
        };
        match timeout(OPEN_MAX, listing).await {
            Ok(listed) => listed.map_err(|error| Fault::of_list(&error)),
            Err(_) => Err(Fault::Slow(OPEN_MAX)),
        }
    }

    /// Runs a tool. Dropped while it waits, the server is told that nobody waits any more.
    ///
    /// # Errors
    /// Why there is no result.
    pub async fn call(
        &self,
        tool: &str,
        input: Map<String, Value>,
    ) -> Result<CallToolResult, Fault> {
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(input);
        match timeout(CALL_MAX, self.0.call_tool(call)).await {
            Ok(called) => called.map_err(|error| Fault::of_call(&error)),
            Err(_) => Err(Fault::Slow(CALL_MAX)),
        }
    }
}
