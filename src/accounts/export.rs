//! Everything of one's own, as JSON: every row that is the caller's in every table of the registry. A table
//! is covered by being registered; whose a row is, its `user_id` says, or the row that it belongs to.

use std::collections::HashSet;

use bytes::Bytes;
use entity::{RelationKind, Table};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::Accounts;
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
};

/// Each export holds a connection as long as its client reads.
const AT_ONCE_MAX: usize = 2;
const DURATION_MAX: std::time::Duration = std::time::Duration::from_secs(600);
/// What `exportMyData` answers at most; beyond it there is the streamed route.
const ANSWER_MAX_BYTES: usize = 16 << 20;
const CHUNK_BYTES: usize = 64 << 10;
/// Columns that say whose a row is.
const OWNERS: [&str; 3] = ["user_id", "owner", "owner_id"];
/// How far the row whose it is may be.
const STEPS_MAX: usize = 3;

/// Rows that name somebody whose they are not: what an administrator did is about others, and what the server made of
/// texts that are there themselves.
const NOT_OWN: [&str; 2] = ["audit_entries", "embeddings"];

/// The columns that people may read of their rows. What only the server reads (ciphertexts, hashes, the names
/// of keys and of machines that do work) is of no use to anybody but a thief.
const READABLE: &str = "
    select n.nspname::text, c.relname::text, a.attname::text
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
    join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('public', 'storage')
    where a.attnum > 0 and not a.attisdropped
      and has_column_privilege('authenticated', c.oid, a.attnum, 'select')";

static AT_ONCE: Semaphore = Semaphore::const_new(AT_ONCE_MAX);

/// What of the schema `auth` belongs to its user: no hashes, no tokens.
const ACCOUNT: [(&str, &str); 4] = [
    (
        "account",
        "select id, email, email_confirmed_at, raw_user_meta_data as user_metadata, \
           raw_app_meta_data as app_metadata, is_anonymous, banned_until, last_sign_in_at, created_at, updated_at \
         from auth.users where id = $1",
    ),
    (
        "identities",
        "select id, provider, provider_account_id, created_at from auth.accounts where user_id = $1 order by id",
    ),
    (
        "sessions",
        "select id, user_agent, ip, aal, created_at, refreshed_at, expires from auth.sessions \
         where user_id = $1 order by id",
    ),
    (
        "factors",
        "select id, factor_type, friendly_name, verified_at, created_at from auth.mfa_factors \
         where user_id = $1 order by id",
    ),
];

impl Accounts {
    /// All data of the caller as one JSON object: `{"table": [row, …], …}`, read in one snapshot.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in, FORBIDDEN without the account's second factor, UNAVAILABLE
    /// while others export. Items are errors when the database fails half-way.
    pub async fn export(
        &self,
        caller: &Caller,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + use<>> {
        let user = {
            let mut client = self.connection().await?;
            let tx = super::begin(&mut client).await?;
            let (user, session) = self.current(&tx, caller).await?;
            self.require_own_factor(&tx, &user, &session).await?;
            user.id
        };
        let busy = |_| {
            Error::new(
                Code::Unavailable,
                "Others are exporting at this moment; try again",
            )
            .with("retryAfterMs", 5_000)
        };
        let permit = AT_ONCE.try_acquire().map_err(busy)?;
        let (chunks, exported) = mpsc::channel(4);
        let accounts = self.clone();
        self.background.spawn(async move {
            let _permit = permit;
            let written =
                tokio::time::timeout(DURATION_MAX, accounts.write_export(user, &chunks)).await;
            let error = match written {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(_) => Error::new(Code::Timeout, "The export took more than ten minutes"),
            };
            let _ = chunks.send(Err(error)).await;
        });
        Ok(tokio_stream::wrappers::ReceiverStream::new(exported))
    }

    /// The export as one value.
    ///
    /// # Errors
    /// As [`Accounts::export`], and LIMIT_EXCEEDED beyond 16 MiB.
    pub async fn export_whole(&self, caller: &Caller) -> Result<Value> {
        let stream = self.export(caller).await?;
        futures_util::pin_mut!(stream);
        let mut json = Vec::new();
        while let Some(chunk) = stream.next().await {
            json.extend_from_slice(&chunk?);
            if json.len() > ANSWER_MAX_BYTES {
                return Err(Error::limit_exceeded(
                    "exportBytes",
                    ANSWER_MAX_BYTES,
                    "Your data exceeds 16 MiB: fetch it from /auth/v1/export, which has no limit",
                ));
            }
        }
        serde_json::from_slice(&json).map_err(Error::internal)
    }

    async fn write_export(&self, user: Uuid, chunks: &mpsc::Sender<Result<Bytes>>) -> Result<()> {
        let mut client = self.connection().await?;
        let tx = client
            .build_transaction()
            .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let tables = entity::tables();
        let rows = tx.query(READABLE, &[]).await?;
        let readable: HashSet<(String, String, String)> = rows
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect();
        let of_tables = tables
            .iter()
            .filter(|table| !matches!(table.schema, "auth" | "realtime"))
            .filter(|table| !NOT_OWN.contains(&table.name))
            .filter_map(|table| Some((table.name.to_owned(), rows_of(table, &tables, &readable)?)));
        let queries = ACCOUNT
            .iter()
            .map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned()))
            .chain(of_tables);
        let mut out = Chunks {
            chunks,
            pending: vec![b'{'],
        };
        for (number, (name, sql)) in queries.enumerate() {
            if number > 0 {
                out.pending.push(b',');
            }
            out.pending
                .extend_from_slice(format!("{}:[", Value::from(name)).as_bytes());
            let sql = format!("select row_to_json(r)::text from ({sql}) r");
            let rows = tx.query_raw(&sql, [user]).await?;
            futures_util::pin_mut!(rows);
            let mut first = true;
            while let Some(row) = rows.try_next().await? {
                if !std::mem::take(&mut first) {
                    out.pending.push(b',');
                }
                out.write(row.get::<_, &str>(0).as_bytes()).await?;
            }
            out.pending.push(b']');
        }
        out.pending.push(b'}');
        out.flush().await
    }
}

/// Gathers small writes into chunks; waits while the reader is slow.
struct Chunks<'a> {
    chunks: &'a mpsc::Sender<Result<Bytes>>,
    pending: Vec<u8>,
}

impl Chunks<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < CHUNK_BYTES {
            Ok(())
        } else {
            self.flush().await
        }
    }

    async fn flush(&mut self) -> Result<()> {
        let chunk = Bytes::from(std::mem::take(&mut self.pending));
        let gone = |_| Error::new(Code::Timeout, "The reader of an export has gone");
        self.chunks.send(Ok(chunk)).await.map_err(gone)
    }
}

/// The query for a user's rows of a table; nothing when its rows are nobody's, or nobody may read them.
fn rows_of(
    table: &Table,
    tables: &[Table],
    readable: &HashSet<(String, String, String)>,
) -> Option<String> {
    let condition = owned_by_user(table, "t0", 0, tables)?;
    let of = |column: &str| {
        let (schema, name) = (table.schema.to_owned(), table.name.to_owned());
        (schema, name, column.to_owned())
    };
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| readable.contains(&of(&column.name)))
        .map(|column| format!("t0.{}", quote(&column.name)))
        .collect();
    if columns.is_empty() {
        return None;
    }
    Some(format!(
        "select {} from {} t0 where {condition}",
        columns.join(", "),
        full_name(table.schema, table.name)
    ))
}

/// The condition under which a row of `alias` is the user's.
fn owned_by_user(table: &Table, alias: &str, steps: usize, tables: &[Table]) -> Option<String> {
    if (table.schema, table.name) == ("public", "users") {
        return Some(format!("{alias}.id = $1"));
    }
    let owner = OWNERS
        .iter()
        .find(|owner| table.columns.iter().any(|column| column.name == **owner));
    if let Some(owner) = owner {
        return Some(format!("{alias}.{owner} = $1"));
    }
    if steps == STEPS_MAX {
        return None;
    }
    table
        .relations
        .iter()
        .filter(|relation| relation.kind == RelationKind::BelongsTo)
        .find_map(|relation| {
            let target = tables.iter().find(|target| {
                target.schema == relation.target_schema
                    && target.name == relation.target_table
                    && target.schema != "auth"
            })?;
            let above = format!("t{}", steps + 1);
            let condition = owned_by_user(target, &above, steps + 1, tables)?;
            let joined: Vec<String> = relation
                .columns
                .iter()
                .zip(&relation.target_columns)
                .map(|(own, theirs)| format!("{above}.{} = {alias}.{}", quote(theirs), quote(own)))
                .collect();
            Some(format!(
                "exists (select from {} {above} where {} and {condition})",
                full_name(target.schema, target.name),
                joined.join(" and ")
            ))
        })
}

fn full_name(schema: &str, name: &str) -> String {
    format!("{}.{}", quote(schema), quote(name))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
