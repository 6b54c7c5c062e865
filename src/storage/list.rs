//! What lies in a folder. There are no folders but in names: one is there as long as something lies in it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Result, Storage, StorageError, name};
use crate::{auth::Caller, error::Error};

const LIMIT_DEFAULT: i64 = 100;
const LIMIT_MAX: i64 = 10_000;
const PAGE_MAX: usize = 1_000;

/// Which entries of a folder are listed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Listing {
    /// The folder; empty for the bucket itself.
    pub prefix: String,
    /// How many at most.
    pub limit: Option<i64>,
    /// How many are passed over.
    pub offset: Option<i64>,
    /// In which order.
    pub sort_by: Option<SortBy>,
    /// What the entries' names begin with.
    pub search: Option<String>,
}

/// An order of entries.
#[derive(Debug, Clone, Deserialize)]
pub struct SortBy {
    /// By what.
    pub column: Option<String>,
    /// In which direction.
    pub order: Option<String>,
}

/// What is asked for a page at a time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PageRequest {
    /// What the names begin with.
    pub prefix: String,
    /// How many at most.
    pub limit: Option<usize>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Whether what lies in a folder counts as one entry.
    pub with_delimiter: bool,
    /// In which order.
    #[serde(rename = "sortBy")]
    pub sort_by: Option<SortBy>,
}

/// A page of entries.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Whether there are more.
    #[serde(rename = "hasNext")]
    pub has_next: bool,
    /// Folders, if they were asked for.
    pub folders: Vec<Value>,
    /// Files.
    pub objects: Vec<Value>,
    /// What to ask for the next page with.
    #[serde(rename = "nextCursor", skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The name of the last entry.
    #[serde(rename = "nextCursorKey", skip_serializing_if = "Option::is_none")]
    pub next_cursor_key: Option<String>,
}

/// Where a page ended, and in which order.
#[derive(Serialize, Deserialize)]
struct Cursor {
    name: String,
    /// The value of the order's column, where that is not the name.
    value: Option<String>,
    column: Option<String>,
    order: Option<String>,
}

impl Storage {
    /// The entries of a folder that the caller may see: folders first, then files.
    ///
    /// # Errors
    /// When an order is none, or the database does not answer.
    pub async fn list(
        &self,
        caller: &Caller,
        bucket: &str,
        listing: &Listing,
    ) -> Result<Vec<Value>> {
        let column = match listing.sort_by.as_ref().and_then(|by| by.column.as_deref()) {
            None | Some("name") => "entry collate \"C\"",
            Some("created_at") => "created_at",
            Some("updated_at") => "updated_at",
            Some("last_accessed_at") => "last_accessed_at",
            Some(_) => return Err(StorageError::invalid_parameter("Invalid Parameter sortBy")),
        };
        let order = listing.sort_by.as_ref().and_then(|by| by.order.as_deref());
        let direction = direction(order)?;
        let folder = name::folder(&listing.prefix);
        let search = listing.search.as_deref().unwrap_or_default();
        let limit = listing
            .limit
            .unwrap_or(LIMIT_DEFAULT)
            .clamp(1, LIMIT_MAX)
            .to_string();
        let offset = listing.offset.unwrap_or(0).max(0).to_string();
        let sql = format!(
            "with inside as (
               select o.*, substr(o.name, length($2) + 1) as rest
               from storage.objects o
               where bucket_id = $1 and version is not null
                 and o.name collate \"C\" >= $2 and starts_with(o.name, $2)
                 and starts_with(lower(substr(o.name, length($2) + 1)), lower($3))
             ), entries as (
               select split_part(rest, '/', 1) as entry, true as is_folder, null::uuid as id,
                 null::timestamptz as updated_at, null::timestamptz as created_at,
                 null::timestamptz as last_accessed_at, null::jsonb as metadata
               from inside where strpos(rest, '/') > 0 group by 1
               union all
               select rest, false, id, updated_at, created_at, last_accessed_at, metadata
               from inside where strpos(rest, '/') = 0
             )
             select json_build_object('name', entry, 'id', id, 'updated_at', updated_at, 'created_at', created_at,
               'last_accessed_at', last_accessed_at, 'metadata', metadata)::text
             from entries order by is_folder desc, {column} {direction}, entry collate \"C\" {direction}
             limit $4::bigint offset $5::bigint"
        );
        let rows = self
            .rows(caller, &sql, &[&bucket, &folder, &search, &limit, &offset])
            .await?;
        rows.iter().map(|row| json(row)).collect()
    }

    /// A page of the names that begin with something, of those that the caller may see.
    ///
    /// # Errors
    /// When the order or the cursor is none, or the database does not answer.
    pub async fn page(&self, caller: &Caller, bucket: &str, asked: &PageRequest) -> Result<Page> {
        let after = asked.cursor.as_deref().map(read_cursor).transpose()?;
        let by = asked.sort_by.as_ref();
        let (column, order) = match &after {
            Some(after) => (after.column.clone(), after.order.clone()),
            None => (
                by.and_then(|by| by.column.clone())
                    .filter(|column| column != "name"),
                by.and_then(|by| by.order.clone()),
            ),
        };
        let direction = direction(order.as_deref())?;
        let further = if direction == "desc" { "<" } else { ">" };
        let (sort, key) = match column.as_deref() {
            None => ("''", "entry collate \"C\""),
            Some("created_at") => ("created_at::text", "created_at, entry collate \"C\""),
            Some("updated_at") => ("updated_at::text", "updated_at, entry collate \"C\""),
            Some(_) => return Err(StorageError::invalid_parameter("Invalid Parameter sortBy")),
        };
        let limit = asked.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
        let entry = if asked.with_delimiter {
            "case when strpos(substr(name, length($2) + 1), '/') > 0
               then $2 || split_part(substr(name, length($2) + 1), '/', 1) || '/' else name end"
        } else {
            "name"
        };
        let reached = match column.as_deref() {
            None => format!("$3 = '' or entry collate \"C\" {further} $3"),
            Some(column) => format!(
                "$3 = '' or ({column}, entry collate \"C\") {further} ($4::timestamptz, $3)"
            ),
        };
        let sql = format!(
            "with entries as (
               select {entry} as entry, name, id, updated_at, created_at, last_accessed_at, metadata
               from storage.objects
               where bucket_id = $1 and version is not null
                 and name collate \"C\" >= $2 and starts_with(name, $2)
             ), whole as (
               select entry, min(id::text) filter (where entry = name) as id, min(updated_at) as updated_at,
                 min(created_at) as created_at, min(last_accessed_at) as last_accessed_at,
                 (array_agg(metadata))[1] as metadata
               from entries group by entry
             )
             select json_build_object('name', entry, 'key', entry, 'id', id, 'sort', {sort},
               'updated_at', case when id is not null then updated_at end,
               'created_at', case when id is not null then created_at end,
               'last_accessed_at', case when id is not null then last_accessed_at end,
               'metadata', case when id is not null then metadata end)::text
             from whole where ({reached})
             order by {} limit $5::bigint",
            key.split(", ").map(|key| format!("{key} {direction}")).collect::<Vec<_>>().join(", ")
        );
        let (name, value) = match &after {
            Some(after) => (after.name.as_str(), after.value.as_deref()),
            None => ("", None),
        };
        let value = value.unwrap_or_else(|| if column.is_some() { "-infinity" } else { "" });
        let more = (limit + 1).to_string();
        let values: [&(dyn postgres_types::ToSql + Sync); 5] =
            [&bucket, &asked.prefix, &name, &value, &more];
        let rows = self.rows(caller, &sql, &values).await?;
        let rows: Vec<Value> = rows.iter().map(|row| json(row)).collect::<Result<_>>()?;
        Ok(page_of(rows, limit, column, order))
    }
}

/// Divides rows, of which there is one more than the page may have, if there are more.
fn page_of(
    mut rows: Vec<Value>,
    limit: usize,
    column: Option<String>,
    order: Option<String>,
) -> Page {
    let has_next = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().map(|last| {
        let text = |name: &str| last[name].as_str().unwrap_or_default().to_owned();
        (text("name"), text("sort"))
    });
    let next = last.filter(|_| has_next).map(|(name, sort)| Cursor {
        value: column.is_some().then_some(sort),
        name,
        column,
        order,
    });
    for row in &mut rows {
        if let Some(row) = row.as_object_mut() {
            row.remove("sort");
        }
    }
    let (folders, objects) = rows.into_iter().partition(|row| row["id"].is_null());
    Page {
        has_next,
        folders,
        objects,
        next_cursor_key: next.as_ref().map(|next| next.name.clone()),
        next_cursor: next
            .map(|next| URL_SAFE_NO_PAD.encode(serde_json::to_vec(&next).unwrap_or_default())),
    }
}

fn read_cursor(cursor: &str) -> Result<Cursor> {
    let wrong = || StorageError::invalid_parameter("Invalid Parameter cursor");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    if let Some(value) = &cursor.value {
        // It becomes a moment in SQL.
        let is_part = |byte: u8| byte.is_ascii_digit() || b"-: .+".contains(&byte);
        if value.is_empty() || value.len() > 40 || !value.bytes().all(is_part) {
            return Err(wrong());
        }
    }
    Ok(cursor)
}

/// A direction as SQL says it.
pub(super) fn direction(order: Option<&str>) -> Result<&'static str> {
    match order {
        None => Ok("asc"),
        Some(order) if order.eq_ignore_ascii_case("asc") => Ok("asc"),
        Some(order) if order.eq_ignore_ascii_case("desc") => Ok("desc"),
        Some(_) => Err(StorageError::invalid_parameter("Invalid Parameter order")),
    }
}

fn json(row: &str) -> Result<Value> {
    serde_json::from_str(row).map_err(|error| StorageError::from(Error::internal(error)))
}
