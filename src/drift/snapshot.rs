//! A catalog as sections of lines, read from a database or from text.

use std::collections::BTreeMap;
use std::fmt::Write;

use tokio_postgres::{Client, Transaction};

use super::SCHEMAS;

/// One kind of object and the query that lists it as (object, name, definition).
pub struct Section {
    /// What `mindloom verify` calls it.
    pub title: &'static str,
    query: &'static str,
    /// Whether one too many is a fault: a policy or a grant that nobody expects opens what should be closed.
    pub(super) exact: bool,
}

/// Every section that a query lists, in the order of the report. Seed data follows them.
pub const SECTIONS: [Section; 9] = [
    Section::of("tables", include_str!("tables.sql")),
    Section::of("columns", include_str!("columns.sql")),
    Section::of("types", include_str!("types.sql")),
    Section::of("constraints", include_str!("constraints.sql")),
    Section::of("functions", include_str!("functions.sql")),
    Section::of("indexes", include_str!("indexes.sql")),
    Section::of("triggers", include_str!("triggers.sql")),
    Section::exactly("policies", include_str!("policies.sql")),
    Section::exactly("grants", include_str!("grants.sql")),
];

impl Section {
    const fn of(title: &'static str, query: &'static str) -> Self {
        Section {
            title,
            query,
            exact: false,
        }
    }

    const fn exactly(title: &'static str, query: &'static str) -> Self {
        Section {
            title,
            query,
            exact: true,
        }
    }
}

/// The title of the section of seeded rows.
pub(super) const SEED_DATA: &str = "seed data";

const SEPARATOR: &str = " := ";

/// One object: what it belongs to (a table, a function, a schema; not kept in text), and how it is defined.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    pub(super) object: String,
    /// Its definition in one line.
    pub definition: String,
}

/// The catalog of one database: sections by title, entries by name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Snapshot {
    pub(super) sections: BTreeMap<String, BTreeMap<String, Entry>>,
}

impl Snapshot {
    /// Reads the catalog of a database. Seeded rows are looked up by the keys that `expected` names, or, without it,
    /// by those that the tables have.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(
        client: &mut Client,
        expected: Option<&Snapshot>,
    ) -> Result<Self, tokio_postgres::Error> {
        let transaction = client.transaction().await?;
        let titles: Vec<&str> = SECTIONS.iter().map(|section| section.title).collect();
        let mut snapshot = Self::read_sections(&transaction, &titles).await?;
        let keys = match expected {
            Some(expected) => expected.seed_keys(),
            None => table_keys(&transaction).await?,
        };
        let seeds = seeds(&transaction, &keys).await?;
        snapshot.sections.insert(SEED_DATA.to_owned(), seeds);
        transaction.commit().await?;
        Ok(snapshot)
    }

    /// Reads some sections alone, by their titles. The transaction's search path is another one afterwards.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn read_sections(
        transaction: &Transaction<'_>,
        titles: &[&str],
    ) -> Result<Self, tokio_postgres::Error> {
        // With nothing but the system's schema in the path, definitions name everything with its schema.
        transaction
            .batch_execute("set local search_path = pg_catalog")
            .await?;
        let vector_schema = transaction
            .query_opt(
                "select quote_ident(nspname) from pg_extension e \
                 join pg_namespace n on n.oid = e.extnamespace where extname = 'vector'",
                &[],
            )
            .await?
            .map_or_else(String::new, |row| row.get(0));
        let mut snapshot = Self::default();
        let wanted = |section: &&Section| titles.contains(&section.title);
        for section in SECTIONS.iter().filter(wanted) {
            let rows = transaction
                .query(section.query, &[&SCHEMAS.as_slice()])
                .await?;
            let entries = rows.iter().map(|row| {
                let text = |column| normal(row.get(column), &vector_schema);
                (
                    text(1),
                    Entry {
                        object: text(0),
                        definition: text(2),
                    },
                )
            });
            snapshot
                .sections
                .insert(section.title.to_owned(), entries.collect());
        }
        Ok(snapshot)
    }

    /// Reads what [`Snapshot::render`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut snapshot = Self::default();
        let mut section = None;
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(title) = line.strip_prefix("# ") {
                section = Some(snapshot.sections.entry(title.to_owned()).or_default());
            } else if let Some(section) = &mut section {
                let (name, definition) = line.split_once(SEPARATOR).unwrap_or((line, ""));
                let entry = Entry {
                    object: String::new(),
                    definition: definition.to_owned(),
                };
                section.insert(name.to_owned(), entry);
            }
        }
        snapshot
    }

    /// The catalog as text: a heading per section, a line per object.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for title in SECTIONS
            .iter()
            .map(|section| section.title)
            .chain([SEED_DATA])
        {
            let _ = writeln!(text, "# {title}");
            for (name, entry) in self.section(title) {
                let separator = if entry.definition.is_empty() {
                    ""
                } else {
                    SEPARATOR
                };
                let _ = writeln!(text, "{name}{separator}{}", entry.definition);
            }
            text.push('\n');
        }
        text
    }

    /// The entries of a section, by name.
    pub(super) fn section(&self, title: &str) -> impl Iterator<Item = (&String, &Entry)> {
        self.sections.get(title).into_iter().flatten()
    }

    /// The keys by which seeded rows are named: `public.t (a, b)` of `public.t (a, b) ["x", "y"]`.
    fn seed_keys(&self) -> Vec<(String, String)> {
        let mut keys: Vec<(String, String)> = self
            .section(SEED_DATA)
            .filter_map(|(name, _)| {
                let (table, rest) = name.split_once(" (")?;
                Some((table.to_owned(), rest.split_once(") ")?.0.to_owned()))
            })
            .collect();
        keys.dedup();
        keys
    }
}

/// The same text wherever pgvector is installed, and whichever version of PostgreSQL has `uuidv7()`.
fn normal(text: &str, vector_schema: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line
        .replace(&format!("{vector_schema}.vector"), "vector")
        .replace("mindloom.uuidv7()", "uuidv7()")
}

/// The tables that have rows and a key that is the same everywhere. Bookkeeping is no seed data.
async fn table_keys(
    transaction: &Transaction<'_>,
) -> Result<Vec<(String, String)>, tokio_postgres::Error> {
    let schemas: Vec<&str> = SCHEMAS
        .into_iter()
        .filter(|schema| *schema != "mindloom")
        .collect();
    let rows = transaction
        .query(include_str!("seed_keys.sql"), &[&schemas])
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// The rows of the tables, each named by its key.
async fn seeds(
    transaction: &Transaction<'_>,
    keys: &[(String, String)],
) -> Result<BTreeMap<String, Entry>, tokio_postgres::Error> {
    let mut entries = BTreeMap::new();
    for (table, columns) in keys {
        let usable = transaction
            .query_one(
                "select count(*) = cardinality($2::text[]) from pg_attribute \
                 where attrelid = to_regclass($1) and not attisdropped and quote_ident(attname) = any ($2)",
                &[table, &columns.split(", ").collect::<Vec<_>>()],
            )
            .await?;
        if !usable.get::<_, bool>(0) {
            continue;
        }
        let rows = transaction
            .query(
                &format!("select jsonb_build_array({columns})::text from {table}"),
                &[],
            )
            .await?;
        for row in rows {
            let key: &str = row.get(0);
            let entry = Entry {
                object: table.clone(),
                definition: String::new(),
            };
            entries.insert(format!("{table} ({columns}) {key}"), entry);
        }
    }
    Ok(entries)
}
