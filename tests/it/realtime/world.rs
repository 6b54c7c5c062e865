//! Two small tables to change and watch: `things` belong to users; `parts` are seen by whom a thing
//! was shared with, which only the database can tell.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use mindloom::auth::{Caller, Role};
use mindloom::config::{DatabaseSettings, Settings};
use mindloom::db::Db;
use mindloom::error::{Code, Error};
use mindloom::realtime::{Changes, Condition, Event, Operations, Plain, Realtime, Subscription};
use mindloom::tasks::Tasks;
use serde_json::{Map, Value, json};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::support::{TestDb, caller};

pub const TABLES: &str = "
    create table public.things (
        id integer primary key, user_id uuid, label text, n integer not null default 0, secret text);
    create index on public.things (user_id);
    alter table public.things enable row level security;
    create policy own on public.things for select to authenticated using (user_id = (select auth.uid()));
    grant select (id, user_id, label, n) on public.things to authenticated;
    grant select on public.things to service_role;
    create table public.shares (user_id uuid, thing_id integer, primary key (user_id, thing_id));
    grant select on public.shares to authenticated, service_role;
    create function private.shared_things() returns setof integer language sql stable security definer
        set search_path = '' begin atomic select thing_id from public.shares where user_id = auth.uid(); end;
    revoke execute on function private.shared_things() from public;
    grant execute on function private.shared_things() to authenticated, service_role;
    create table public.parts (
        id integer primary key, thing_id integer references public.things on update cascade on delete cascade,
        label text);
    alter table public.parts enable row level security;
    create policy shared on public.parts for select to authenticated
        using (thing_id = any (array(select private.shared_things())));
    grant select on public.parts to authenticated, service_role;
    select realtime.publish('public.things');
    select realtime.publish('public.parts');
";

pub struct World {
    pub realtime: Realtime,
    pub client: Client,
    pub test: TestDb,
}

impl World {
    pub async fn new() -> Self {
        let test = TestDb::new().await;
        let client = connect(&test.settings).await;
        client.batch_execute(TABLES).await.expect("two tables");
        let realtime = start(&test.db).await;
        World {
            realtime,
            client,
            test,
        }
    }

    pub async fn run(&self, sql: &str) {
        self.client
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    pub async fn watch(&self, table: &str, caller: &Arc<Caller>) -> Changes {
        self.realtime
            .hub
            .subscribe(subscription(table, caller))
            .await
            .expect("a subscription")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.realtime.stop();
    }
}

pub async fn start(db: &Db) -> Realtime {
    let settings = Settings::from_flags(["--data-dir", "/nowhere"]).expect("settings");
    let realtime = Realtime::start(db, &settings.change_log, &Tasks::default());
    realtime.hub.ready().await.expect("the reader connects");
    realtime
}

pub async fn connect(settings: &DatabaseSettings) -> Client {
    try_connect(settings).await.expect("a connection")
}

pub async fn try_connect(settings: &DatabaseSettings) -> Result<Client, tokio_postgres::Error> {
    let url = settings.url.as_ref().expect("an address").as_str();
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

pub fn user(number: u128) -> Arc<Caller> {
    Arc::new(caller(
        Uuid::from_u128(number),
        &format!("user{number}@example.org"),
        &json!({}),
    ))
}

pub fn service() -> Arc<Caller> {
    let claims = Map::from_iter([("role".to_owned(), Value::from("service_role"))]);
    Arc::new(Caller::from_claims(Role::ServiceRole, claims))
}

pub fn id(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

pub fn subscription(table: &str, caller: &Arc<Caller>) -> Subscription {
    Subscription {
        schema: "public".to_owned(),
        table: table.to_owned(),
        condition: Condition::always(),
        operations: Operations::ALL,
        caller: Arc::clone(caller),
        after: None,
        projection: Arc::new(Plain),
    }
}

/// The next event, which must come.
pub async fn next(
    changes: &mut (impl Stream<Item = Result<Arc<Event>, Error>> + Unpin),
) -> Arc<Event> {
    tokio::time::timeout(Duration::from_secs(20), changes.next())
        .await
        .expect("an event in time")
        .expect("the stream goes on")
        .expect("an event and no error")
}

/// The error that ends a stream.
pub async fn ending(changes: &mut Changes) -> Code {
    let end = async {
        loop {
            match changes.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return error.code(),
                None => panic!("the stream ended without saying why"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), end)
        .await
        .expect("an end in time")
}

/// What comes until a change of the row with this id, as short text.
pub async fn until(changes: &mut Changes, last: i64) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let event = next(changes).await;
        let text = tell(&event);
        let reached = row_id(&event) == last;
        told.push(text);
        if reached {
            return told;
        }
    }
}

/// The id of the row that an event is about.
pub fn row_id(event: &Event) -> i64 {
    let record = event.record().or(event.old_record()).expect("a row");
    serde_json::from_str::<Value>(record.text()).expect("JSON")["id"]
        .as_i64()
        .expect("a number")
}

/// `KIND old → new`, each as id:label.
pub fn tell(event: &Event) -> String {
    let row = |record: Option<&mindloom::realtime::Record>| {
        record.map_or_else(String::new, |record| {
            let row: Value = serde_json::from_str(record.text()).expect("JSON");
            format!("{}:{}", row["id"], row["label"].as_str().unwrap_or("-"))
        })
    };
    format!(
        "{} {}>{}",
        event.kind.as_str(),
        row(event.old_record()),
        row(event.record())
    )
}
