//! What the database itself knows and the entities do not: grants, defaults, constraints.

use std::collections::HashMap;

use tokio_postgres::Client;

use crate::role::Role;

/// The roles of the API, in the order of their bits in [`Roles`].
const ROLES: [Role; 3] = [Role::Anon, Role::Authenticated, Role::ServiceRole];

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Whether `role` is in the set.
    pub fn contains(self, role: Role) -> bool {
        ROLES
            .iter()
            .position(|known| *known == role)
            .is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    fn from_flags(flags: [bool; 3]) -> Self {
        Roles(
            flags
                .iter()
                .enumerate()
                .fold(0, |set, (bit, on)| set | (u8::from(*on) << bit)),
        )
    }
}

/// A column as the catalog has it.
#[derive(Debug, Clone, Default)]
pub struct ColumnFacts {
    /// The type as SQL writes it, with its schema and without modifiers, for casts.
    pub sql_type: String,
    /// The type as it was declared, with its modifiers.
    pub declared: String,
    /// The default's expression, where there is one.
    pub default: Option<String>,
    /// Whether PostgreSQL computes it: it can never be written.
    pub generated: bool,
    /// Who may read it.
    pub select: Roles,
    /// Who may set it in a new row.
    pub insert: Roles,
    /// Who may change it.
    pub update: Roles,
}

/// What a constraint demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A condition on the row.
    Check,
    /// The row it refers to exists, or nothing refers to the row any more.
    ForeignKey,
    /// No other row has these values.
    Unique,
    /// The primary key.
    PrimaryKey,
}

/// A constraint of a table, for conflicts and for saying what is allowed.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Its name in the database.
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The columns it is about.
    pub columns: Vec<String>,
    /// Its comment: the rule in words.
    pub words: Option<String>,
    /// The condition of a check, as SQL.
    pub definition: String,
}

/// A table as the catalog has it.
#[derive(Debug, Clone, Default)]
pub struct TableFacts {
    /// Its columns by name.
    pub columns: HashMap<String, ColumnFacts>,
    /// Its constraints, and unique indexes as constraints.
    pub constraints: Vec<Constraint>,
    /// Who may delete its rows.
    pub delete: Roles,
    /// Whether its policies let administrators alone make rows.
    pub for_admins: bool,
}

/// The tables of the database by schema and name.
pub type Catalog = HashMap<(String, String), TableFacts>;

const COLUMNS: &str = "
select n.nspname, c.relname, a.attname, format_type(a.atttypid, null) as sql_type,
       case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default_sql,
       a.attgenerated <> '' or a.attidentity = 'a' as generated,
       format_type(a.atttypid, a.atttypmod) as declared,
       (select array_agg(has_column_privilege(r, c.oid, a.attnum, 'select') order by i) from unnest($1::text[]) with ordinality t(r, i)),
       (select array_agg(has_column_privilege(r, c.oid, a.attnum, 'insert') order by i) from unnest($1::text[]) with ordinality t(r, i)),
       (select array_agg(has_column_privilege(r, c.oid, a.attnum, 'update') order by i) from unnest($1::text[]) with ordinality t(r, i)),
       (select array_agg(has_table_privilege(r, c.oid, 'delete') order by i) from unnest($1::text[]) with ordinality t(r, i))
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped";

const CONSTRAINTS: &str = "
select n.nspname, c.relname, k.conname, k.contype::text,
       array(select a.attname::text from unnest(k.conkey) with ordinality u(num, i)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num order by i),
       obj_description(k.oid, 'pg_constraint'), coalesce(pg_get_constraintdef(k.oid), '')
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('c', 'f', 'p', 'u') and n.nspname not in ('pg_catalog', 'information_schema')
union all
select n.nspname, c.relname, ic.relname, 'u',
       array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality u(num, o)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.num order by o),
       obj_description(ic.oid, 'pg_class'), coalesce(pg_get_expr(i.indpred, i.indrelid), '')
from pg_index i
join pg_class ic on ic.oid = i.indexrelid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where i.indisunique and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)";

/// Tables of which each policy for new rows asks whether the caller is an administrator, and lets nobody else through.
const FOR_ADMINS: &str = "
select n.nspname, c.relname
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace
cross join lateral (select coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), '')) e (allows)
where p.polpermissive and p.polcmd in ('a', '*')
group by 1, 2
having bool_and(e.allows ~ '(get_user_role|is_current_user_admin)[(][)]' and e.allows !~* ' or ')";

/// Reads the catalog. `client` needs no rights on the tables.
///
/// # Errors
/// When the database cannot be asked.
pub async fn read(client: &Client) -> Result<Catalog, tokio_postgres::Error> {
    let names: Vec<&str> = ROLES.iter().map(|role| role.as_str()).collect();
    let mut catalog = Catalog::new();
    // Without a search path every type is written with its schema.
    client
        .batch_execute("begin; set local search_path = ''")
        .await?;
    for row in client.query(COLUMNS, &[&names]).await? {
        let table = catalog.entry((row.get(0), row.get(1))).or_default();
        table.delete = roles(&row, 10);
        table.columns.insert(
            row.get(2),
            ColumnFacts {
                sql_type: row.get(3),
                default: row.get(4),
                generated: row.get(5),
                declared: row.get(6),
                select: roles(&row, 7),
                insert: roles(&row, 8),
                update: roles(&row, 9),
            },
        );
    }
    for row in client.query(CONSTRAINTS, &[]).await? {
        let kind = match row.get::<_, &str>(3) {
            "c" => ConstraintKind::Check,
            "f" => ConstraintKind::ForeignKey,
            "p" => ConstraintKind::PrimaryKey,
            _ => ConstraintKind::Unique,
        };
        let table = catalog.entry((row.get(0), row.get(1))).or_default();
        table.constraints.push(Constraint {
            name: row.get(2),
            kind,
            columns: row.get(4),
            words: row.get(5),
            definition: row.get(6),
        });
    }
    for row in client.query(FOR_ADMINS, &[]).await? {
        let table = catalog.entry((row.get(0), row.get(1))).or_default();
        table.for_admins = true;
    }
    client.batch_execute("commit").await?;
    for table in catalog.values_mut() {
        table.constraints.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(catalog)
}

fn roles(row: &tokio_postgres::Row, index: usize) -> Roles {
    let flags: Vec<bool> = row.get(index);
    Roles::from_flags([0, 1, 2].map(|i| flags.get(i).copied().unwrap_or(false)))
}
