//! One caller who asks for as much as the server lets it.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use mindloom::postgres::Database;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use crate::{
    Failure,
    database::connect,
    load::Connection,
    sample::{TENANTS, note_id},
    server::Server,
};

/// A program that was refused asks again after this.
const PAUSE: Duration = Duration::from_millis(100);

/// A kind of flood.
pub struct Flood {
    /// Names it in the report.
    pub name: &'static str,
    /// How many requests at once.
    pub width: usize,
    kind: Kind,
}

enum Kind {
    /// The same request again and again.
    Request(fn() -> (String, String)),
    /// Changes of a row that somebody else has locked.
    LockedRow,
    /// Live queries on one socket, of data that changes all the time.
    LiveQueries,
}

/// All kinds.
pub const FLOODS: [Flood; 6] = [
    Flood {
        name: "64 slow regular expressions",
        width: 64,
        kind: Kind::Request(regex),
    },
    Flood {
        name: "16 requests of 50 ilike",
        width: 16,
        kind: Kind::Request(aliases),
    },
    Flood {
        name: "64 aggregates",
        width: 64,
        kind: Kind::Request(aggregate),
    },
    Flood {
        name: "32 queries of some 25 ms",
        width: 32,
        kind: Kind::Request(middling),
    },
    Flood {
        name: "32 changes of one locked row",
        width: 32,
        kind: Kind::LockedRow,
    },
    Flood {
        name: "100 live queries on one socket",
        width: 100,
        kind: Kind::LiveQueries,
    },
];

fn user() -> u32 {
    TENANTS[2].user
}

/// Seconds of work: nearly every letter may begin what never ends.
fn regex() -> (String, String) {
    let document = "query ($pattern: String!) { notesAggregate(where: {content: {regex: $pattern}}) { count } }";
    let variables = json!({"pattern": "([a-h].{60}[i-z].{60}){2}Z|(e.{90}|a.{90})Q"});
    (document.to_owned(), variables.to_string())
}

fn aliases() -> (String, String) {
    let fields: String = (0..50)
        .map(|n| {
            format!("a{n}: notesAggregate(where: {{content: {{ilike: \"%g%r%o%w%z{n}%\"}}}}) {{ count }} ")
        })
        .collect();
    (format!("{{ {fields} }}"), "{}".to_owned())
}

fn aggregate() -> (String, String) {
    let document = "{ notesAggregate(groupBy: [{column: CONTENT}]) { count sum { wordCount } avg { wordCount } } }";
    (document.to_owned(), "{}".to_owned())
}

fn middling() -> (String, String) {
    let document = "{ notesAggregate(where: {content: {iregex: \"(plan|idea|grow).*because.*zebra\"}}) { count } }";
    (document.to_owned(), "{}".to_owned())
}

impl Flood {
    /// Floods until it is told to stop; gives how many were answered with data, and how many were not.
    pub async fn run(
        &self,
        server: &Server,
        database: &Database,
        stop: &AtomicBool,
    ) -> Result<(usize, usize), Failure> {
        let counts = (AtomicUsize::new(0), AtomicUsize::new(0));
        match &self.kind {
            Kind::Request(of) => {
                let (document, variables) = of();
                let mut request = Vec::new();
                server.request(user(), &document, &variables, &mut request);
                self.requests(server, &request, stop, &counts).await;
            }
            Kind::LockedRow => {
                let holder = connect(database.url()).await?;
                let id = note_id(user(), 0);
                let lock = format!("begin; select from public.notes where id = '{id}' for update");
                holder.batch_execute(&lock).await?;
                let document =
                    "mutation ($id: UUID!) { updateNote(id: $id, set: {tags: [\"x\"]}) { id } }";
                let mut request = Vec::new();
                let variables = json!({ "id": id }).to_string();
                server.request(user(), document, &variables, &mut request);
                self.requests(server, &request, stop, &counts).await;
                holder.batch_execute("rollback").await?;
            }
            Kind::LiveQueries => self.live(server, database, stop, &counts).await?,
        }
        Ok((
            counts.0.load(Ordering::Relaxed),
            counts.1.load(Ordering::Relaxed),
        ))
    }

    async fn requests(
        &self,
        server: &Server,
        request: &[u8],
        stop: &AtomicBool,
        (answered, refused): &(AtomicUsize, AtomicUsize),
    ) {
        let one = async || {
            let mut connection: Option<Connection> = None;
            while !stop.load(Ordering::Relaxed) {
                let mut open = match connection.take() {
                    Some(open) => open,
                    None => match Connection::open(server.address).await {
                        Ok(open) => open,
                        Err(_) => continue,
                    },
                };
                match open.exchange(request).await {
                    Ok(body) if body.starts_with(b"{\"data\":{") => {
                        answered.fetch_add(1, Ordering::Relaxed);
                        connection = Some(open);
                    }
                    // Another status, or errors.
                    outcome => {
                        refused.fetch_add(1, Ordering::Relaxed);
                        if outcome.is_ok() {
                            connection = Some(open);
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        };
        join_all((0..self.width).map(|_| one())).await;
    }

    async fn live(
        &self,
        server: &Server,
        database: &Database,
        stop: &AtomicBool,
        (answered, refused): &(AtomicUsize, AtomicUsize),
    ) -> Result<(), Failure> {
        let mut upgrade = format!("ws://{}/graphql", server.address).into_client_request()?;
        let headers = upgrade.headers_mut();
        headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let token = format!("Bearer {}", server.token(user()));
        headers.insert("authorization", token.parse()?);
        let (socket, _) = tokio_tungstenite::connect_async(upgrade).await?;
        let (mut sender, mut receiver) = socket.split();
        sender
            .send(Message::text(r#"{"type":"connection_init"}"#))
            .await?;
        let (document, _) = regex();
        for number in 0..self.width {
            let inner = document.split_once('{').map_or("", |(_, inner)| inner);
            let query = format!("subscription ($pattern: String!) {{ live {{ {inner} }}");
            let variables = json!({"pattern": format!("([a-h].{{90}}[i-z].{{90}}){{2}}Z{number}")});
            let payload = json!({"query": query, "variables": variables});
            let message =
                json!({"type": "subscribe", "id": number.to_string(), "payload": payload});
            sender.send(Message::text(message.to_string())).await?;
        }
        let writer = connect(database.url()).await?;
        let touch = format!(
            "update public.notes set tags = tags where id = '{}'",
            note_id(user(), 0)
        );
        let mut ticks = tokio::time::interval(PAUSE);
        while !stop.load(Ordering::Relaxed) {
            tokio::select! {
                _ = ticks.tick() => {
                    writer.batch_execute(&touch).await?;
                }
                message = receiver.next() => match message {
                    Some(Ok(Message::Text(text))) if text.contains(r#""type":"next""#) => {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Some(Ok(Message::Text(text))) if text.contains(r#""type":"error""#) => {
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                    Some(Ok(_)) => {}
                    other => return Err(format!("the socket ended: {other:?}").into()),
                },
            }
        }
        Ok(())
    }
}
