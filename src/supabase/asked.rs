//! One entry of a join's `postgres_changes`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::filter::Filter;
use crate::realtime::{Condition, Operations, Publication, PublishedTable};

/// Which changes a client asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) event: String,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) filters: Vec<Filter>,
    pub(super) select: Option<Vec<String>>,
}

impl Asked {
    /// Reads an entry.
    ///
    /// # Errors
    /// What is wrong, in the words of Supabase's server.
    pub(super) fn read(entry: &Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| match entry.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(missing(entry)),
        };
        let (schema, table) = match (text("schema")?, text("table")?) {
            (None, None) => return Err(missing(entry)),
            (schema, table) => (
                schema.unwrap_or("public").to_owned(),
                table.unwrap_or("*").to_owned(),
            ),
        };
        let filters = Filter::parse_all(text("filter")?.unwrap_or_default())
            .map_err(|reason| format!("Error parsing `filter` params: {reason}"))?;
        let select = select(entry.get("select"))?;
        if select.is_some() && (schema == "*" || table == "*") {
            return Err(
                "Column selection is not supported for wildcard subscriptions. \
                        Provide an explicit schema and table name."
                    .to_owned(),
            );
        }
        let event = match text("event")?.unwrap_or_default().to_ascii_uppercase() {
            event if matches!(event.as_str(), "INSERT" | "UPDATE" | "DELETE") => event,
            _ => "*".to_owned(),
        };
        Ok(Asked {
            event,
            schema,
            table,
            filters,
            select,
        })
    }

    /// The operations.
    pub(super) fn operations(&self) -> Operations {
        let is = |event: &str| self.event == "*" || self.event == event;
        Operations {
            insert: is("INSERT"),
            update: is("UPDATE"),
            delete: is("DELETE"),
        }
    }

    /// The tables that it is about, each with what has to hold for its rows.
    ///
    /// # Errors
    /// When no published table has the name, or a filter does not fit.
    pub(super) fn tables(
        &self,
        publication: &Publication,
    ) -> Result<Vec<(Arc<PublishedTable>, Condition)>, String> {
        let named = |wanted: &str, name: &str| wanted == "*" || wanted == name;
        let found: Vec<&Arc<PublishedTable>> = publication
            .tables()
            .filter(|table| named(&self.schema, &table.schema) && named(&self.table, &table.name))
            .collect();
        if found.is_empty() {
            return Err(format!(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the \
                 given connect parameters: [{self}]"
            ));
        }
        found
            .into_iter()
            .map(|table| Ok((Arc::clone(table), self.condition(table)?)))
            .collect()
    }

    fn condition(&self, table: &PublishedTable) -> Result<Condition, String> {
        let unfit = |reason: String| {
            format!(
                "Unable to subscribe to changes with given parameters. An exception happened so please check your \
                 connect parameters: [{self}]. Exception: {reason}"
            )
        };
        for column in self.select.iter().flatten() {
            if table.columns.named(column).is_none() {
                return Err(unfit(format!("invalid column for select {column}")));
            }
        }
        let mut condition = Condition::always();
        for filter in &self.filters {
            condition = condition.and(filter.condition(table).map_err(unfit)?);
        }
        Ok(condition)
    }
}

/// As in messages to clients.
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "event: {}, schema: {}, table: {}, filters: [",
            self.event, self.schema, self.table
        )?;
        for (index, filter) in self.filters.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let Filter {
                column,
                operator,
                value,
                negated,
            } = filter;
            write!(
                f,
                "{comma}{{{column:?}, {operator:?}, {value:?}, {negated}}}"
            )?;
        }
        match &self.select {
            Some(columns) => write!(f, "], select: {columns:?}"),
            None => f.write_str("], select: nil"),
        }
    }
}

fn missing(entry: &Map<String, Value>) -> String {
    format!(
        "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: {}",
        Value::Object(entry.clone())
    )
}

fn select(value: Option<&Value>) -> Result<Option<Vec<String>>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(columns)) => {
            let columns: Vec<String> = columns
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            Ok((!columns.is_empty()).then_some(columns))
        }
        Some(_) => Err(
            "Error parsing `select` params: expected a list of column name strings, \
                        e.g. select: [\"col1\", \"col2\"]"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(entry: Value) -> Result<Asked, String> {
        let Value::Object(entry) = entry else {
            panic!("an object")
        };
        Asked::read(&entry)
    }

    #[test]
    fn reads_what_supabase_reads() {
        let asked = read(json!({"event": "insert", "schema": "public", "table": "notes"})).unwrap();
        assert_eq!(
            asked.operations(),
            Operations {
                insert: true,
                update: false,
                delete: false
            }
        );
        let asked = read(json!({"event": "*", "schema": "public"})).unwrap();
        assert_eq!((&*asked.table, asked.operations()), ("*", Operations::ALL));
        let asked = read(json!({"table": "notes", "filter": "id=eq.1", "select": ["id"]})).unwrap();
        assert_eq!((&*asked.schema, asked.filters.len()), ("public", 1));
        assert_eq!(
            asked.to_string(),
            r#"event: *, schema: public, table: notes, filters: [{"id", "eq", "1", false}], select: ["id"]"#
        );
    }

    #[test]
    fn refuses_what_supabase_refuses() {
        let error = |entry: Value| read(entry).unwrap_err();
        assert!(error(json!({"event": "*"})).starts_with("No subscription params provided."));
        assert_eq!(
            error(json!({"table": "notes", "filter": "id=foo.1"})),
            r#"Error parsing `filter` params: ["foo", "1"]"#
        );
        assert!(
            error(json!({"table": "notes", "select": "id"}))
                .starts_with("Error parsing `select` params")
        );
        assert!(
            error(json!({"schema": "public", "select": ["id"]}))
                .starts_with("Column selection is not supported")
        );
    }
}
