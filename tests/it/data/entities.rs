//! The entities and the catalog describe the same tables.

use std::collections::{BTreeMap, BTreeSet};

use entity::{Relation, RelationKind, Table};
use sea_query::ColumnType;

use crate::support::TestDb;

/// Schemas whose tables must have an entity.
const SCHEMAS: &str = "'auth', 'public', 'storage'";

type Name = (String, String);

fn name(table: &Table) -> Name {
    (table.schema.to_owned(), table.name.to_owned())
}

/// The name that pg_type gives to the type of an entity's column.
fn type_name(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Array(element) => format!("_{}", type_name(element)),
        ColumnType::BigInteger => "int8".into(),
        ColumnType::Boolean => "bool".into(),
        ColumnType::Custom(name) => name.to_string(),
        ColumnType::Date => "date".into(),
        ColumnType::Decimal(_) => "numeric".into(),
        ColumnType::Double => "float8".into(),
        ColumnType::Enum { name, .. } => name.to_string(),
        ColumnType::Float => "float4".into(),
        ColumnType::Inet => "inet".into(),
        ColumnType::Integer => "int4".into(),
        ColumnType::JsonBinary => "jsonb".into(),
        ColumnType::SmallInteger => "int2".into(),
        ColumnType::Text => "text".into(),
        ColumnType::TimestampWithTimeZone => "timestamptz".into(),
        ColumnType::Uuid => "uuid".into(),
        ColumnType::VarBinary(_) | ColumnType::Blob => "bytea".into(),
        ColumnType::Vector(None) => "vector(-1)".into(),
        ColumnType::Vector(Some(dimensions)) => format!("vector({dimensions})"),
        other => panic!("no table has a column of type {other:?}"),
    }
}

#[tokio::test]
async fn columns_types_and_nullability_agree() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let rows = client
        .query(
            &format!(
                "select n.nspname, c.relname, a.attname, a.attnotnull,
                   case when t.typname = 'vector' then format('vector(%s)', a.atttypmod) else t.typname end
                 from pg_attribute a
                 join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
                 join pg_namespace n on n.oid = c.relnamespace and n.nspname in ({SCHEMAS})
                 join pg_type t on t.oid = a.atttypid
                 where a.attnum > 0 and not a.attisdropped"
            ),
            &[],
        )
        .await
        .expect("the catalog's columns");
    let catalog: BTreeSet<String> = rows
        .iter()
        .map(|row| {
            let null = if row.get(3) { "not null" } else { "null" };
            let [schema, table, column, ty]: [&str; 4] =
                [row.get(0), row.get(1), row.get(2), row.get(4)];
            format!("{schema}.{table}.{column} {ty} {null}")
        })
        .collect();
    let entities: BTreeSet<String> = entity::tables()
        .iter()
        .filter(|table| SCHEMAS.contains(table.schema))
        .flat_map(|table| {
            table.columns.iter().map(|column| {
                let null = if column.nullable { "null" } else { "not null" };
                let ty = type_name(&column.ty);
                format!(
                    "{}.{}.{} {ty} {null}",
                    table.schema, table.name, column.name
                )
            })
        })
        .collect();
    let missing: Vec<_> = catalog.difference(&entities).collect();
    let invented: Vec<_> = entities.difference(&catalog).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "only in the database: {missing:#?}\nonly in the entities: {invented:#?}"
    );
}

#[tokio::test]
async fn primary_keys_agree() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let rows = client
        .query(
            "select n.nspname, c.relname, (
               select array_agg(a.attname::text order by k.place)
               from unnest(i.indkey::int[]) with ordinality as k (attnum, place)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
             )
             from pg_index i
             join pg_class c on c.oid = i.indrelid
             join pg_namespace n on n.oid = c.relnamespace
             where i.indisprimary",
            &[],
        )
        .await
        .expect("the catalog's keys");
    let catalog: BTreeMap<Name, Vec<String>> = rows
        .iter()
        .map(|row| ((row.get(0), row.get(1)), row.get(2)))
        .collect();
    for table in entity::tables() {
        assert_eq!(
            catalog.get(&name(&table)),
            Some(&table.primary_key),
            "{}.{}",
            table.schema,
            table.name
        );
    }
}

#[tokio::test]
async fn enums_agree() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let rows = client
        .query(
            "select t.typname, array_agg(e.enumlabel::text order by e.enumsortorder)
             from pg_type t join pg_enum e on e.enumtypid = t.oid
             where t.typnamespace = 'public'::regnamespace group by t.typname",
            &[],
        )
        .await
        .expect("the catalog's enums");
    let catalog: BTreeMap<String, Vec<String>> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let entities: BTreeMap<String, Vec<String>> = entity::enums()
        .into_iter()
        .map(|found| {
            (
                found.name,
                found.values.into_iter().map(|(value, _)| value).collect(),
            )
        })
        .collect();
    assert_eq!(catalog, entities);
}

/// A foreign key: the pairs of columns that must be equal, and where it leads.
#[derive(Debug)]
struct ForeignKey {
    constraint: String,
    source: Name,
    target: Name,
    pairs: BTreeSet<(String, String)>,
    /// No two rows of the source can refer to one row.
    unique: bool,
}

impl ForeignKey {
    /// Whether a relation from source to target with these pairs is this key. A key carries the
    /// owner along (`cluster_id, user_id`) to keep rows of two owners apart; the relation need not.
    fn is(&self, source: &Name, target: &Name, pairs: &BTreeSet<(String, String)>) -> bool {
        let carried = |pair: &&(String, String)| pair.0 == pair.1;
        (&self.source, &self.target) == (source, target)
            && pairs.is_subset(&self.pairs)
            && self.pairs.difference(pairs).all(|pair| carried(&pair))
    }
}

async fn foreign_keys(test: &TestDb) -> Vec<ForeignKey> {
    let client = test.db.system().await.expect("a connection");
    let rows = client
        .query(
            "with keys as (
               select k.*, (select array_agg(a.attname::text order by p.place)
                 from unnest(k.conkey) with ordinality as p (attnum, place)
                 join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.attnum) as source_columns,
               (select array_agg(a.attname::text order by p.place)
                 from unnest(k.confkey) with ordinality as p (attnum, place)
                 join pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.attnum) as target_columns
               from pg_constraint k where k.contype = 'f' and k.conparentid = 0
             )
             select k.conname, sn.nspname, s.relname, tn.nspname, t.relname, k.source_columns, k.target_columns,
               exists (select from pg_index i where i.indrelid = s.oid and i.indisunique and i.indpred is null
                 and i.indkey::int2[] <@ k.conkey and k.conkey <@ i.indkey::int2[])
             from keys k
             join pg_class s on s.oid = k.conrelid join pg_namespace sn on sn.oid = s.relnamespace
             join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace",
            &[],
        )
        .await
        .expect("the catalog's foreign keys");
    rows.iter()
        .map(|row| {
            let (sources, targets): (Vec<String>, Vec<String>) = (row.get(5), row.get(6));
            let source: Name = (row.get(1), row.get(2));
            let mut target: Name = (row.get(3), row.get(4));
            // The API shows profiles, not accounts; both have the same key.
            if source.0 != "auth" && target == ("auth".to_owned(), "users".to_owned()) {
                "public".clone_into(&mut target.0);
            }
            ForeignKey {
                constraint: row.get(0),
                source,
                target,
                pairs: sources.into_iter().zip(targets).collect(),
                unique: row.get(7),
            }
        })
        // The profile's own reference to its account, which is not in the API.
        .filter(|key| key.constraint != "users_id_fkey")
        .collect()
}

/// The relation as seen from the table that holds the key: source, target, pairs of columns.
fn as_key(table: &Table, relation: &Relation) -> (Name, Name, BTreeSet<(String, String)>) {
    let here = name(table);
    let there = (
        relation.target_schema.clone(),
        relation.target_table.clone(),
    );
    let pairs = relation
        .columns
        .iter()
        .cloned()
        .zip(relation.target_columns.iter().cloned());
    match relation.kind {
        RelationKind::BelongsTo => (here, there, pairs.collect()),
        RelationKind::HasOne | RelationKind::HasMany => (
            there,
            here,
            pairs.map(|(own, other)| (other, own)).collect(),
        ),
    }
}

#[tokio::test]
async fn every_relation_is_a_foreign_key() {
    let test = TestDb::new().await;
    let keys = foreign_keys(&test).await;
    for table in entity::tables() {
        for relation in &table.relations {
            let (source, target, pairs) = as_key(&table, relation);
            let key = keys.iter().find(|key| key.is(&source, &target, &pairs));
            let at = format!("{}.{}.{}", table.schema, table.name, relation.name);
            let key = key.unwrap_or_else(|| panic!("{at} is no foreign key: {relation:?}"));
            match relation.kind {
                RelationKind::BelongsTo => {}
                RelationKind::HasOne => assert!(key.unique, "{at}: several rows can refer to one"),
                RelationKind::HasMany => {
                    assert!(!key.unique, "{at}: at most one row can refer to one")
                }
            }
        }
    }
}

/// Who did something to somebody else's row: it is asked of the row, hardly ever of the person.
const ONE_WAY: [&str; 6] = [
    "admin_config_updated_by_fkey",
    "audit_entries_actor_id_fkey",
    "collaborators_invited_by_fkey",
    "error_logs_resolved_by_fkey",
    "feedback_admin_user_id_fkey",
    "project_invitations_invited_by_fkey",
];

#[tokio::test]
async fn every_foreign_key_is_a_relation_both_ways() {
    let test = TestDb::new().await;
    let tables = entity::tables();
    let private: BTreeSet<Name> = tables
        .iter()
        .filter(|table| table.private.is_some())
        .map(name)
        .collect();
    let mut missing = Vec::new();
    for key in foreign_keys(&test).await {
        if !SCHEMAS.contains(key.source.0.as_str()) {
            continue;
        }
        let count = |kinds: &[RelationKind]| {
            tables
                .iter()
                .flat_map(|table| {
                    table
                        .relations
                        .iter()
                        .map(move |relation| (table, relation))
                })
                .filter(|(_, relation)| kinds.contains(&relation.kind))
                .filter(|(table, relation)| {
                    let (source, target, pairs) = as_key(table, relation);
                    key.is(&source, &target, &pairs)
                })
                .count()
        };
        if count(&[RelationKind::BelongsTo]) != 1 {
            missing.push(format!(
                "{} of {:?}: no relation",
                key.constraint, key.source
            ));
        }
        // A private table is seen from no other.
        let one_way = private.contains(&key.source) || ONE_WAY.contains(&key.constraint.as_str());
        if !one_way && count(&[RelationKind::HasMany, RelationKind::HasOne]) != 1 {
            missing.push(format!(
                "{} of {:?}: no relation back from {:?}",
                key.constraint, key.source, key.target
            ));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn everything_is_described() {
    for table in entity::tables() {
        assert!(!table.description.is_empty());
        let repeats = |name: &str, text: &str| {
            let letters = |text: &str| {
                text.to_lowercase()
                    .replace(|c: char| !c.is_alphanumeric(), "")
            };
            letters(name) == letters(text)
        };
        for column in &table.columns {
            assert!(
                !repeats(&column.name, column.description),
                "{}.{} is described by its name",
                table.name,
                column.name
            );
        }
        let mut names: Vec<_> = table.columns.iter().map(|column| &column.name).collect();
        names.extend(table.relations.iter().map(|relation| &relation.name));
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(
            distinct.len(),
            names.len(),
            "{}: a name is used twice in {names:?}",
            table.name
        );
    }
}

#[test]
fn the_registry_is_in_order_and_complete() {
    let tables = entity::tables();
    let names: BTreeSet<Name> = tables.iter().map(name).collect();
    assert_eq!(names.len(), tables.len(), "a table is registered twice");
    let source = include_str!("../../../entity/src/lib.rs");
    let mut domain = "";
    let mut listed = Vec::new();
    let list = source
        .lines()
        .skip_while(|line| !line.starts_with("registry! {"))
        .skip(1)
        .take_while(|line| *line != "}")
        .map(str::trim)
        // A table's file may stand on a line of its own.
        .filter(|line| !line.starts_with("///") && !line.starts_with("file ") && *line != "}");
    for line in list {
        match line.strip_suffix(" {") {
            Some(name) => domain = name,
            None => {
                let table = line.split([' ', ':', ';']).next().unwrap_or(line);
                listed.push(format!("{domain}::{table}"));
            }
        }
    }
    assert!(
        listed.is_sorted(),
        "the registry's lines are not in alphabetical order: {listed:?}"
    );
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("entity/src");
    let folder = |path: &std::path::Path| std::fs::read_dir(path).expect("a folder");
    let stem = |path: &std::path::Path| path.file_stem().map(|stem| stem.display().to_string());
    let mut files = Vec::new();
    for domain in folder(&root).map(|entry| entry.expect("an entry").path()) {
        if domain.is_dir() {
            for table in folder(&domain).map(|entry| entry.expect("an entry").path()) {
                let (domain, table) = (stem(&domain), stem(&table));
                files.push(format!(
                    "{}::{}",
                    domain.unwrap_or_default(),
                    table.unwrap_or_default()
                ));
            }
        }
    }
    files.sort();
    assert_eq!(listed, files, "each file of a table has its line");
}
