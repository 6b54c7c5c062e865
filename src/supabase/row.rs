//! A change as Supabase's server writes it.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use crate::{
    error::Error,
    realtime::{Column, Event, Kind, Projection, Record},
};

/// The `data` of `postgres_changes`: all columns that the caller may read, or those selected and the key.
#[derive(Debug)]
pub(super) struct Row {
    select: Option<Vec<String>>,
    key: String,
}

impl Row {
    /// A projection to the selected columns, or to all.
    pub(super) fn new(select: Option<Vec<String>>) -> Self {
        let key = match &select {
            Some(columns) => format!("supabase {}", Value::from(columns.clone())),
            None => "supabase".to_owned(),
        };
        Row { select, key }
    }

    fn shows(&self, event: &Event, column: &Column) -> bool {
        let readable = event.columns.get(column.index).copied().unwrap_or(false);
        let wanted = self
            .select
            .as_ref()
            .is_none_or(|select| select.iter().any(|name| **name == *column.name));
        readable && (wanted || event.change.table.key.contains(&column.index))
    }

    fn columns(&self, event: &Event, out: &mut String) {
        let shown = event
            .change
            .table
            .columns
            .iter()
            .filter(|column| self.shows(event, column));
        for (index, column) in shown.enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            let (name, type_name) = (Value::from(&*column.name), Value::from(&*column.type_name));
            out.push_str(&format!(r#"{{"name":{name},"type":{type_name}}}"#));
        }
    }

    fn record(&self, event: &Event, record: &Record, key_only: bool, out: &mut String) {
        out.push('{');
        let table = &event.change.table;
        let mut first = true;
        for column in table
            .columns
            .iter()
            .filter(|column| self.shows(event, column))
        {
            let Some(value) = record.get(column.index) else {
                continue;
            };
            if key_only && !table.key.contains(&column.index) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            out.push_str(&Value::from(&*column.name).to_string());
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
    }
}

impl Projection for Row {
    fn key(&self) -> &str {
        &self.key
    }

    /// Nothing for a row that left the subscriber's sight: Supabase's protocol has no word for that.
    fn project(&self, event: &Event) -> Result<Bytes, Error> {
        let kind = match event.kind {
            Kind::Insert => "INSERT",
            Kind::Update | Kind::Enter => "UPDATE",
            Kind::Delete => "DELETE",
            Kind::Leave => return Ok(Bytes::new()),
        };
        let table = &event.change.table;
        let at = DateTime::<Utc>::from(event.change.committed_at)
            .to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut out = format!(
            r#"{{"schema":{},"table":{},"type":"{kind}","commit_timestamp":"{at}","columns":["#,
            Value::from(&*table.schema),
            Value::from(&*table.name)
        );
        self.columns(event, &mut out);
        out.push(']');
        if let Some(record) = event.record() {
            out.push_str(r#","record":"#);
            self.record(event, record, false, &mut out);
        }
        // Of a row that the caller could not see before, only the key is told.
        let old = match event.kind {
            Kind::Enter => event.record().map(|record| (record, true)),
            _ => event.old_record().map(|record| (record, false)),
        };
        if let Some((record, key_only)) = old {
            out.push_str(r#","old_record":"#);
            self.record(event, record, key_only, &mut out);
        }
        out.push_str(r#","errors":null}"#);
        Ok(out.into())
    }
}
