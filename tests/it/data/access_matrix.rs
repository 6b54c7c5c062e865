//! What each role may do with a row of each table, found out by trying, as the golden file
//! `access_matrix.txt`. A change of policies or grants shows as a difference there; run the test
//! with `UPDATE_GOLDEN=1` to accept it.

use std::fmt::Write as _;

use entity::Table;
use tokio_postgres::{Client, SimpleQueryMessage};
use uuid::Uuid;

use crate::support::sample::{ADA, BEN, EDA, OLGA, ROOT, VIC, sample_db};

const GOLDEN: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/data/access_matrix.txt"
);

const LEGEND: &str = "\
Every row tried belongs to one person, who shares a project with three others.

  yes      it works
  -        the role holds no such right on the table
  hidden   the statement finds no such row
  refused  a policy or a trigger refuses the new row
  a code   the database refuses for another reason, by SQLSTATE

An insert is of the row as it is; into parts of the project, collaborators insert it in their own name.
";

/// Who tries: a name, the database role, the person, and whether they insert in their own name.
const ACTORS: &[(&str, &str, Option<Uuid>, bool)] = &[
    ("anon", "anon", None, false),
    ("its owner", "authenticated", Some(ADA), false),
    ("another user", "authenticated", Some(BEN), false),
    ("viewer", "authenticated", Some(VIC), true),
    ("editor", "authenticated", Some(EDA), true),
    ("co-owner", "authenticated", Some(OLGA), true),
    ("admin", "authenticated", Some(ROOT), false),
    ("service_role", "service_role", None, false),
];

/// A second row of a table that is treated differently.
const VARIANTS: &[(&str, &str, &str)] = &[
    (
        "chats",
        "a public one",
        "user_id = '{ada}' and visibility = 'public'",
    ),
    ("document_comments", "a reader's", "user_id <> '{ada}'"),
    (
        "prompt_templates",
        "a public one",
        "user_id = '{ada}' and is_public",
    ),
];

#[tokio::test]
async fn every_role_may_do_what_the_golden_file_says() {
    let test = sample_db().await;
    let client = test.db.system().await.expect("a connection of the owner");
    run(&client, "set search_path = public, extensions")
        .await
        .expect("a search path");
    let mut tables = entity::tables();
    tables.sort_by_key(|table| (table.schema, table.name));
    let mut found = String::from(LEGEND);
    for table in &tables {
        describe(&client, table, "", &row_filter(table), &mut found).await;
        for (name, which, filter) in VARIANTS {
            if table.schema == "public" && table.name == *name {
                let filter = filter.replace("{ada}", &ADA.to_string());
                describe(&client, table, which, &filter, &mut found).await;
            }
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &found).expect("the golden file can be written");
        return;
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    for (line, (is, was)) in found.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of access_matrix.txt", line + 1);
    }
    assert_eq!(
        found.lines().count(),
        golden.lines().count(),
        "lines of access_matrix.txt"
    );
}

/// The sample's row that is tried, as a condition.
fn row_filter(table: &Table) -> String {
    let of_ada = |column: &str| format!("{column} = '{ADA}'");
    let key =
        |column: &str, end: &str| format!("{column} = 'a0000000-0000-7000-8000-0000000000{end}'");
    match (table.schema, table.name) {
        (_, "users") => of_ada("id"),
        (_, "buckets") => "id = 'exports'".to_owned(),
        (_, "objects") => of_ada("owner"),
        (_, "notes") => key("id", "11"),
        (_, "chats") => key("id", "30"),
        (_, "messages") => key("id", "33"),
        (_, "votes" | "streams") => key("chat_id", "30"),
        (_, "artifacts") => format!("{} and version_number = 2", key("id", "36")),
        (_, "prompt_templates") => key("id", "52"),
        (_, "feedback_tag_links") => key("feedback_id", "60"),
        (_, "mfa_factors") => format!("{} and friendly_name = 'phone'", of_ada("user_id")),
        (_, "collaborators") => key("id", "71"),
        (_, "project_components") => key("id", "76"),
        (_, "admin_config") => "config_key = 'app_settings'".to_owned(),
        (_, "model_config") => "model_id = 'gemma-3'".to_owned(),
        (_, "prompt_frameworks") => "name = 'roses'".to_owned(),
        (_, "api_providers") => "name = 'google'".to_owned(),
        (_, "feedback_categories") => "name = 'Documentation'".to_owned(),
        (_, "feedback_tags") => "name = 'crash'".to_owned(),
        (_, "search_index") => format!("{} and entity_type = 'document'", of_ada("user_id")),
        _ if table.columns.iter().any(|column| column.name == "user_id") => of_ada("user_id"),
        _ => "true".to_owned(),
    }
}

async fn describe(client: &Client, table: &Table, which: &str, filter: &str, out: &mut String) {
    let name = format!("{}.{}", table.schema, table.name);
    let rows = run(
        client,
        &format!("select to_jsonb(t) from {name} t where {filter}"),
    )
    .await;
    let rows = rows.unwrap_or_else(|refusal| panic!("{name} where {filter}: {refusal}"));
    assert_eq!(
        rows.len(),
        1,
        "sample.sql needs one row in {name} where {filter}"
    );
    let attempt = Attempt {
        client,
        table,
        name: &name,
        filter,
        row: &rows[0],
    };
    let which = if which.is_empty() {
        String::new()
    } else {
        format!(" ({which})")
    };
    let title = format!("{name}{which}");
    let _ = writeln!(out, "\n{title:<38}select   insert   update   delete");
    for actor in ACTORS {
        let mut line = format!("  {:<36}", actor.0);
        for verb in ["select", "insert", "update", "delete"] {
            let _ = write!(line, "{:<9}", attempt.outcome(verb, actor).await);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if !which.is_empty() {
        return;
    }
    for role in ["anon", "authenticated", "service_role"] {
        for verb in ["select", "insert", "update"] {
            let granted = attempt.columns(role, verb).await;
            let all = table.columns.len();
            let text = match granted.len() {
                0 => continue,
                some if some == all => "every column".to_owned(),
                _ => granted.join(", "),
            };
            let _ = writeln!(out, "  {role} may {verb}: {text}");
        }
    }
}

/// One row of one table, to be tried.
struct Attempt<'a> {
    client: &'a Client,
    table: &'a Table,
    name: &'a str,
    filter: &'a str,
    row: &'a str,
}

impl Attempt<'_> {
    /// Tries in a transaction that is rolled back.
    async fn outcome(&self, verb: &str, actor: &(&str, &str, Option<Uuid>, bool)) -> String {
        let (_, role, person, in_own_name) = *actor;
        let statement = self
            .statement(verb, role, person.filter(|_| in_own_name))
            .await;
        let admin = if person == Some(ROOT) {
            r#", "app_metadata": {"role": "admin"}"#
        } else {
            ""
        };
        let sub = person.map_or(String::new(), |id| format!(r#""sub": "{id}", "#));
        let claims = format!(r#"{{{sub}"role": "{role}"{admin}}}"#);
        let take_role = format!(
            "select set_config('request.jwt.claims', '{claims}', true), set_config('role', '{role}', true)"
        );
        run(self.client, "begin").await.expect("a transaction");
        if verb == "insert" && !self.columns(role, "insert").await.is_empty() {
            // Its key becomes free; what depends on it goes too, and comes back with the rollback.
            let delete = format!("delete from {} where {}", self.name, self.filter);
            run(self.client, &delete)
                .await
                .unwrap_or_else(|refusal| panic!("{delete}: {refusal}"));
        }
        run(self.client, &take_role).await.expect("a role");
        let answer = run(self.client, &statement).await;
        run(self.client, "rollback").await.expect("a rollback");
        match answer {
            Ok(rows) if rows.is_empty() => "hidden".to_owned(),
            Ok(_) => "yes".to_owned(),
            Err(refusal) if refusal.starts_with("42501 permission denied") => "-".to_owned(),
            Err(refusal) if refusal.starts_with("42501") => "refused".to_owned(),
            Err(refusal) => refusal.chars().take(5).collect(),
        }
    }

    /// A statement that gives one row if it works. Only key columns are read, since some others may not be.
    async fn statement(&self, verb: &str, role: &str, in_name_of: Option<Uuid>) -> String {
        let (name, filter) = (self.name, self.filter);
        let key = self.table.primary_key.join(", ");
        match verb {
            "select" => format!("select {key} from {name} where {filter}"),
            "update" => {
                let granted = self.columns(role, "update").await;
                let other = granted
                    .iter()
                    .find(|column| !self.table.primary_key.contains(column));
                let column = other
                    .or(granted.first())
                    .unwrap_or(&self.table.columns[0].name);
                format!("update {name} set {column} = {column} where {filter} returning 1")
            }
            "delete" => format!("delete from {name} where {filter} returning 1"),
            _ => {
                let columns = self.columns(role, "insert").await;
                if columns.is_empty() {
                    return format!("insert into {name} default values");
                }
                let columns = columns.join(", ");
                let mut row = self.row.replace('\'', "''");
                if let Some(person) = in_name_of.filter(|_| self.is_project_part()) {
                    row = row.replace(&ADA.to_string(), &person.to_string());
                }
                format!(
                    "insert into {name} ({columns}) \
                     select {columns} from jsonb_populate_record(null::{name}, '{row}') returning 1"
                )
            }
        }
    }

    /// Whether a row says which project it is part of, and who made it.
    fn is_project_part(&self) -> bool {
        let has = |name: &str| self.table.columns.iter().any(|column| column.name == name);
        self.table.name == "objects"
            || has("project_id") && has("user_id") && self.table.name != "collaborators"
    }

    /// The columns that a role may write or read, in order; generated ones cannot be written.
    async fn columns(&self, role: &str, verb: &str) -> Vec<String> {
        let sql = format!(
            "select attname from pg_attribute \
             where attrelid = '{}'::regclass and attnum > 0 and not attisdropped \
               and (attgenerated = '' or '{verb}' = 'select') \
               and has_column_privilege('{role}', attrelid, attnum, '{verb}') \
             order by attnum",
            self.name
        );
        run(self.client, &sql).await.expect("the catalog")
    }
}

/// The first column of each row, or the SQLSTATE and message of the refusal.
async fn run(client: &Client, sql: &str) -> Result<Vec<String>, String> {
    let messages = client.simple_query(sql).await.map_err(|error| {
        error.as_db_error().map_or(error.to_string(), |said| {
            format!("{} {}", said.code().code(), said.message())
        })
    })?;
    Ok(messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        })
        .collect())
}
