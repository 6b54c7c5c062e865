//! Subscriptions beside those of tables: a file each, with `NAME` (the root field), `SDL` and `open`, and a line below.

mod channel;

use std::sync::Arc;

use futures_util::{StreamExt, stream::BoxStream};
use serde_json::{Map, Value};

use super::{Graphql, RequestContext, Response, ResponseStream, response::encode_event};
use crate::{
    app_state::AppState,
    auth::Caller,
    engine::{answer::write_value, encode::Fields, outcome::ValueShape},
    error::{Error, Result},
    realtime::channels::Channels,
    schema::StreamDefinition,
};

/// What a stream hands out, one value an event.
type Values = BoxStream<'static, Result<Value>>;

/// What a stream is opened with.
struct StreamContext {
    app: Arc<AppState>,
    channels: Channels,
    caller: Arc<Caller>,
}

macro_rules! streams {
    ($($stream:ident;)+) => {
        $(mod $stream;)+

        /// The root fields of these streams and their types.
        pub(super) const DEFINITIONS: &[StreamDefinition] = &[
            $(StreamDefinition { name: $stream::NAME, sdl: $stream::SDL },)+
        ];

        async fn open(
            name: &str,
            context: StreamContext,
            arguments: Map<String, Value>,
        ) -> Result<Values> {
            let arguments = Value::Object(arguments);
            $(if name == $stream::NAME {
                let arguments = serde_json::from_value(arguments)
                    .map_err(|error| Error::bad_input(error.to_string()))?;
                return $stream::open(context, arguments).await;
            })+
            Err(Error::internal(format!("there is no stream {name}")))
        }
    };
}

streams! {
    broadcast;
    chat_stream;
    presence;
    server_metrics;
}

impl Graphql {
    /// Opens the stream of that name; `root` and `shape` are where its values go in an answer, and what was
    /// selected of them.
    pub(super) async fn stream(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        (root, shape): (Fields<()>, ValueShape),
        context: RequestContext,
    ) -> Result<ResponseStream> {
        let context = StreamContext {
            app: Arc::clone(self.app()),
            channels: self.app().channels.clone(),
            caller: context.caller,
        };
        let values = open(name, context, arguments).await?;
        Ok(Box::pin(values.map(move |value| match value {
            Ok(value) => answer(&root, &shape, &value),
            Err(error) => Response::refused(&[error]),
        })))
    }
}

fn answer(root: &Fields<()>, shape: &ValueShape, value: &Value) -> Response {
    let body = encode_event(root, |out| {
        write_value(shape, value, out).map_err(Error::internal)
    });
    match body {
        Ok(body) => Response::ran(body),
        Err(error) => Response::refused(&[error]),
    }
}
