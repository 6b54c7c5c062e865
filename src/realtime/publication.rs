//! The published tables, as the database's catalog tells them: columns, who may read them, and their policies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::RwLock;
use serde::Deserialize;
use uuid::Uuid;

use super::columns::{Column, Columns};
use super::policy::Policy;
use super::policy_text::MarkedFunctions;
use crate::auth::Role;
use crate::db::Db;
use crate::error::Error;

const LOAD: &str = include_str!("publication.sql");

/// The published tables at one moment. Replaced as a whole when the schema changed.
#[derive(Debug)]
pub struct Publication {
    /// Which log this is, as cursors carry it.
    pub log: u32,
    /// Whether schema changes appear in the log; otherwise they must be looked for.
    pub watches_schema: bool,
    tables: HashMap<i16, Arc<PublishedTable>>,
    ids: HashMap<String, HashMap<String, i16>>,
    /// Functions that are not as they were marked, by signature.
    changed_functions: Vec<String>,
    source: String,
}

/// A published table.
#[derive(Debug)]
pub struct PublishedTable {
    /// Its number in the log.
    pub id: i16,
    /// Its schema.
    pub schema: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// For the server alone; nobody subscribes to it.
    pub internal: bool,
    /// The columns of its primary key, as indexes.
    pub key: Box<[usize]>,
    /// Its columns, in order.
    pub columns: Columns,
    /// The columns that its policies look at; nothing where one looks at the row as a whole.
    pub policy_columns: Option<Box<[usize]>>,
    access: HashMap<Role, Access>,
}

/// What a role may see of a table.
#[derive(Debug)]
pub struct Access {
    /// Which columns, by index. Nothing set: the role may not read the table.
    pub columns: Arc<[bool]>,
    /// Which rows.
    pub policy: Policy,
    /// The published tables that the policies read to decide that: a change of one can show or hide rows.
    pub reads: BTreeSet<i16>,
}

impl Access {
    /// Whether a change is judged from its row and its subscriber alone, without asking the database.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.policy != Policy::Asked
    }

    /// Whether the role may read anything.
    #[must_use]
    pub fn any_column(&self) -> bool {
        self.columns.contains(&true)
    }
}

impl Publication {
    /// Reads the catalog, after bringing triggers up to date.
    ///
    /// # Errors
    /// UNAVAILABLE, or INTERNAL when the migrations of this program are not applied.
    pub async fn load(db: &Db) -> Result<Self, Error> {
        let client = db.system().await?;
        let loaded = async {
            client
                .batch_execute(
                    "begin; set local search_path = ''; set local lock_timeout = '10s'; select realtime.refresh()",
                )
                .await?;
            let row = client.query_one(LOAD, &[]).await?;
            let publication = Self::parse(row.try_get(0)?)?;
            let asked: Vec<i16> = publication
                .tables()
                .filter(|table| table.is_asked())
                .map(|table| table.id)
                .collect();
            client
                .execute(
                    "select realtime.define_visibility(id) from unnest($1::int2[]) id",
                    &[&asked],
                )
                .await?;
            client.batch_execute("commit").await?;
            Ok(publication)
        };
        let loaded = loaded.await;
        if loaded.is_err() {
            // The pool hands connections on as they are.
            let _ = client.batch_execute("rollback").await;
        }
        loaded
    }

    /// No table at all.
    fn empty() -> Self {
        Publication {
            log: 0,
            watches_schema: true,
            tables: HashMap::new(),
            ids: HashMap::new(),
            changed_functions: Vec::new(),
            source: String::new(),
        }
    }

    fn parse(source: String) -> Result<Self, Error> {
        let raw: RawPublication = serde_json::from_str(&source).map_err(Error::internal)?;
        let mut tables = HashMap::new();
        let mut ids: HashMap<String, HashMap<String, i16>> = HashMap::new();
        for table in raw.tables {
            ids.entry(table.schema.clone())
                .or_default()
                .insert(table.name.clone(), table.id);
            tables.insert(
                table.id,
                Arc::new(PublishedTable::new(table, &raw.policy_functions)),
            );
        }
        let log_id = raw.log_id.as_u128();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a part of a random number tells logs apart"
        )]
        let log = log_id as u32;
        Ok(Publication {
            log,
            watches_schema: raw.watches_schema,
            tables,
            ids,
            changed_functions: raw.changed_functions,
            source,
        })
    }

    /// The table of a number.
    #[must_use]
    pub fn table(&self, id: i16) -> Option<&Arc<PublishedTable>> {
        self.tables.get(&id)
    }

    /// The table of a name, if it can be subscribed to.
    #[must_use]
    pub fn find(&self, schema: &str, name: &str) -> Option<&Arc<PublishedTable>> {
        let table = self.find_any(schema, name)?;
        (!table.internal).then_some(table)
    }

    /// The same, with tables that are for the server alone: what a live query reads is the server's choice.
    #[must_use]
    pub fn find_any(&self, schema: &str, name: &str) -> Option<&Arc<PublishedTable>> {
        self.tables.get(self.ids.get(schema)?.get(name)?)
    }

    /// Every table that can be subscribed to.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<PublishedTable>> {
        self.tables.values().filter(|table| !table.internal)
    }

    /// Tells the operator where policies became slow to judge.
    pub(super) fn warn_of_changed_functions(&self) {
        if !self.changed_functions.is_empty() {
            tracing::warn!(
                functions = self.changed_functions.join(", "),
                "these functions are not as they were marked: changes of tables whose policies call them are judged by \
                 the database, until realtime.mark_policy_function marks them anew"
            );
        }
    }

    /// Whether both were read from the same state of the database.
    #[must_use]
    pub fn same(&self, other: &Publication) -> bool {
        self.source == other.source
    }
}

impl PublishedTable {
    fn new(raw: RawTable, marked: &MarkedFunctions) -> Self {
        let columns = raw.columns.iter().map(|column| Column {
            index: column.index,
            name: column.name.as_str().into(),
            type_name: column.type_name.as_str().into(),
            sql_type: column.sql_type.as_str().into(),
            is_enum: column.is_enum,
            left_out: raw.left_out.contains(&column.name),
        });
        let columns = Columns::new(columns.collect());
        let index_of = |name: &str| Some(columns.named(name)?.index);
        let readers = |role: Role| -> Arc<[bool]> {
            let mut mask = vec![false; columns.width()];
            for column in raw
                .columns
                .iter()
                .filter(|column| column.readers.iter().any(|r| r == role.as_str()))
            {
                mask[column.index] = true;
            }
            mask.into()
        };
        let access = raw.access.iter().filter_map(|(role, access)| {
            let role = Role::from_name(role)?;
            let (policy, reads) = if access.unrestricted {
                (Policy::everything(), BTreeSet::new())
            } else {
                let policies = access
                    .policies
                    .iter()
                    .map(|policy| (policy.permissive, policy.condition.as_str()));
                let policy = Policy::read(policies, marked, index_of);
                let reads = access.policies.iter().flat_map(|policy| &policy.reads);
                (policy, reads.copied().collect())
            };
            Some((
                role,
                Access {
                    columns: readers(role),
                    policy,
                    reads,
                },
            ))
        });
        let access = access.collect();
        PublishedTable {
            id: raw.id,
            schema: raw.schema.into(),
            name: raw.name.into(),
            internal: raw.internal,
            key: raw.key.iter().filter_map(|name| index_of(name)).collect(),
            columns,
            policy_columns: raw.policy_columns.map(Vec::into_boxed_slice),
            access,
        }
    }

    /// What a role may see of it; nothing when the role does not exist.
    #[must_use]
    pub fn access(&self, role: Role) -> Option<&Access> {
        self.access.get(&role)
    }

    /// Whether the database decides for some role which rows it sees.
    fn is_asked(&self) -> bool {
        self.access.values().any(|access| !access.is_known())
    }

    /// The table's name for SQL, quoted.
    #[must_use]
    pub fn sql_name(&self) -> String {
        format!("{}.{}", quote_name(&self.schema), quote_name(&self.name))
    }
}

/// A name for SQL, in quotes.
#[must_use]
pub fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The publication of now, for whoever shares it.
#[derive(Debug)]
pub(super) struct CurrentPublication(RwLock<Arc<Publication>>);

impl CurrentPublication {
    /// No table at all, until the first publication is read.
    pub fn empty() -> Self {
        CurrentPublication(RwLock::new(Arc::new(Publication::empty())))
    }

    pub fn get(&self) -> Arc<Publication> {
        Arc::clone(&self.0.read())
    }

    pub fn set(&self, publication: Arc<Publication>) {
        *self.0.write() = publication;
    }
}

#[derive(Deserialize)]
struct RawPublication {
    log_id: Uuid,
    watches_schema: bool,
    policy_functions: MarkedFunctions,
    changed_functions: Vec<String>,
    tables: Vec<RawTable>,
}

#[derive(Deserialize)]
struct RawTable {
    id: i16,
    schema: String,
    name: String,
    internal: bool,
    key: Vec<String>,
    left_out: Vec<String>,
    columns: Vec<RawColumn>,
    policy_columns: Option<Vec<usize>>,
    access: BTreeMap<String, RawAccess>,
}

#[derive(Deserialize)]
struct RawColumn {
    index: usize,
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    sql_type: String,
    is_enum: bool,
    readers: Vec<String>,
}

#[derive(Deserialize)]
struct RawAccess {
    unrestricted: bool,
    policies: Vec<RawPolicy>,
}

#[derive(Deserialize)]
struct RawPolicy {
    permissive: bool,
    condition: String,
    reads: Vec<i16>,
}
