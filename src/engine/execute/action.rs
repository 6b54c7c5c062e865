//! Actions: run, then the rows that they name are read, then what was selected is written.

use serde_json::Value;

use super::Execution;
use crate::{
    db::{Rows, Transaction},
    engine::{
        cursor::NodeId,
        custom::{CustomCall, Outcome, RowRef},
        encode::{Encoder, write_json_string},
        outcome::{ActionPlan, ActionRun, Out, OutField, OutValue, arguments},
        plan::{FieldShape, Loader},
        respond::{Fetched, RespondError, Responder},
        run::fetch,
        sql::Bound,
        transaction::LazyTransaction,
        value::{Param, Scalar},
    },
    error::{Error, Result},
    model::TableId,
};

/// What an action answered, and the rows that it named.
pub struct ActionAnswer<'a> {
    plan: &'a ActionPlan,
    outcome: Outcome,
    rows: Vec<LoadedRows>,
    tables: Vec<&'a str>,
}

struct LoadedRows {
    fetched: Vec<Rows>,
    values: Vec<Param>,
}

impl<'a> Execution<'a> {
    /// Whether an action runs outside the operation's transaction.
    pub fn is_detached(self, plan: &ActionPlan) -> bool {
        match &plan.run {
            ActionRun::Action { place, .. } => self.custom.is_detached(*place),
            ActionRun::Node(_) => false,
        }
    }

    /// Runs an action, and reads the rows that it names in the operation's transaction.
    pub async fn action(
        self,
        plan: &'a ActionPlan,
        transaction: &mut LazyTransaction<'a>,
        bound: &Bound,
    ) -> Result<ActionAnswer<'a>> {
        let outcome = match &plan.run {
            ActionRun::Node(source) => self.node(&source.value(self.variables))?,
            ActionRun::Action {
                place,
                arguments: input,
            } => {
                let call = CustomCall {
                    arguments: arguments(input, self.variables)?,
                    request: self.context,
                    transaction: &mut *transaction,
                    model: &self.catalogue.model,
                };
                self.custom.run(*place, call).await?
            }
        };
        let mut keys: Vec<Vec<Vec<Value>>> = vec![Vec::new(); plan.loaders.len()];
        self.named_rows(&plan.out, &outcome, &mut keys);
        let mut rows = Vec::with_capacity(plan.loaders.len());
        for (loader, keys) in plan.loaders.iter().zip(&keys) {
            rows.push(if keys.is_empty() {
                LoadedRows {
                    fetched: vec![Rows::default(); loader.plan.levels.len()],
                    values: Vec::new(),
                }
            } else {
                self.load(loader, keys, transaction.get().await?, bound)
                    .await?
            });
        }
        let table = |loader: &Loader| self.catalogue.model.table(loader.table).name.as_str();
        Ok(ActionAnswer {
            plan,
            outcome,
            rows,
            tables: plan.loaders.iter().map(table).collect(),
        })
    }

    fn node(self, id: &Value) -> Result<Outcome> {
        let Some(id) = id.as_str() else {
            return Err(Error::bad_input("A node id is a string"));
        };
        let id = NodeId::parse(id)?;
        let model = &self.catalogue.model;
        let Some(table) = model.table_named(&id.table) else {
            return Err(Error::bad_input(
                "This is not a node id: give one that nodeId returned",
            ));
        };
        let table = model.table(table);
        if id.key.len() != table.key.len() {
            return Err(Error::bad_input(
                "This is not a node id: give one that nodeId returned",
            ));
        }
        Ok(Outcome::Row(RowRef {
            table: table.name.clone().into(),
            key: id.key,
        }))
    }

    /// Collects the keys of the rows that an outcome names, by loader, in the order of writing.
    fn named_rows(self, out: &Out, outcome: &Outcome, keys: &mut [Vec<Vec<Value>>]) {
        match (out, outcome) {
            (out, Outcome::List(items)) => {
                for item in items {
                    self.named_rows(out, item, keys);
                }
            }
            (Out::Row(loader), Outcome::Row(row)) => keys[*loader].push(row.key.clone()),
            (Out::Abstract(outs), Outcome::Row(row)) => {
                if let Some(out) = self.type_of(&row.table).and_then(|name| outs.get(name)) {
                    self.named_rows(out, outcome, keys);
                }
            }
            (Out::Abstract(outs), Outcome::Object(fields)) => {
                if let Some(out) = object_type(fields).and_then(|name| outs.get(name)) {
                    self.named_rows(out, outcome, keys);
                }
            }
            (Out::Object(wanted), Outcome::Object(fields)) => {
                for field in wanted {
                    if let OutValue::Field(name, out) = &field.value
                        && let Some((_, value)) = fields.iter().find(|(known, _)| known == name)
                    {
                        self.named_rows(out, value, keys);
                    }
                }
            }
            _ => {}
        }
    }

    fn type_of(self, table: &str) -> Option<&'a str> {
        let model = &self.catalogue.model;
        let id: TableId = model.table_named(table)?;
        Some(&model.table(id).type_name)
    }

    async fn load(
        self,
        loader: &Loader,
        keys: &[Vec<Value>],
        transaction: &Transaction,
        bound: &Bound,
    ) -> Result<LoadedRows> {
        let (fetched, values) = self.load_keys(loader, keys, transaction, bound).await?;
        Ok(LoadedRows { fetched, values })
    }

    /// Reads the rows with these keys, in the order of the keys.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a key that is none; what the caller may know of the database's error.
    pub async fn load_keys(
        self,
        loader: &Loader,
        keys: &[Vec<Value>],
        transaction: &Transaction,
        bound: &Bound,
    ) -> Result<(Vec<Rows>, Vec<Param>)> {
        if keys.is_empty() {
            return Ok((vec![Rows::default(); loader.plan.levels.len()], Vec::new()));
        }
        let mut columns: Vec<Param> = Vec::with_capacity(loader.key.len());
        for (n, (_, scalar)) in loader.key.iter().enumerate() {
            let values = keys
                .iter()
                .map(|key| scalar.parse(key.get(n).unwrap_or(&Value::Null)));
            columns.push(Param::Array(values.collect::<Result<_>>()?));
        }
        self.load_by(loader, columns, transaction, bound).await
    }

    /// Reads the rows whose keys' columns are in these lists.
    pub async fn load_by(
        self,
        loader: &Loader,
        columns: Vec<Param>,
        transaction: &Transaction,
        bound: &Bound,
    ) -> Result<(Vec<Rows>, Vec<Param>)> {
        let mut values = bound.values.clone();
        for ((parameter, _), column) in loader.key.iter().zip(columns) {
            values[*parameter] = column;
        }
        let fetched = fetch(transaction, &loader.plan, &values).await;
        Ok((fetched.map_err(|error| self.fault(error))?, values))
    }
}

impl ActionAnswer<'_> {
    /// Writes what was selected.
    pub fn write(
        &self,
        responder: &mut Responder<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), RespondError> {
        let mut fetched = Vec::with_capacity(self.rows.len());
        for (loader, loaded) in self.plan.loaders.iter().zip(&self.rows) {
            fetched.push((
                Fetched::new(&loader.plan, &loaded.fetched, &loaded.values)?,
                0,
            ));
        }
        let mut writer = Writer {
            fetched,
            responder,
            tables: &self.tables,
        };
        writer.outcome(&self.plan.out, &self.outcome, out)
    }
}

struct Writer<'w, 'r> {
    fetched: Vec<(Fetched<'w>, i64)>,
    responder: &'w mut Responder<'r>,
    tables: &'w [&'w str],
}

impl Writer<'_, '_> {
    fn outcome(
        &mut self,
        wanted: &Out,
        outcome: &Outcome,
        out: &mut Vec<u8>,
    ) -> Result<(), RespondError> {
        match (wanted, outcome) {
            (wanted, Outcome::List(items)) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.outcome(wanted, item, out)?;
                }
                out.push(b']');
                Ok(())
            }
            (Out::Row(loader), Outcome::Row(_)) => {
                let (fetched, number) = &mut self.fetched[*loader];
                *number += 1;
                self.responder.loaded(fetched, *number, out)
            }
            (Out::Abstract(outs), Outcome::Row(row)) => {
                let tables = self.tables;
                let fits =
                    |out: &&Out| matches!(out, Out::Row(loader) if tables[*loader] == row.table);
                match outs.values().find(fits) {
                    Some(wanted) => self.outcome(wanted, outcome, out),
                    None => null(out),
                }
            }
            (Out::Abstract(outs), Outcome::Object(fields)) => {
                match object_type(fields).and_then(|name| outs.get(name)) {
                    Some(wanted) => self.outcome(wanted, outcome, out),
                    None => null(out),
                }
            }
            (Out::Object(wanted), Outcome::Object(fields)) => {
                self.object(wanted, out, |this, name, wanted, out| {
                    match fields.iter().find(|(known, _)| *known == name) {
                        Some((_, value)) => this.outcome(wanted, value, out),
                        None => null(out),
                    }
                })
            }
            (wanted, Outcome::Value(value)) => self.value(wanted, value, out),
            _ => null(out),
        }
    }

    fn value(
        &mut self,
        wanted: &Out,
        value: &Value,
        out: &mut Vec<u8>,
    ) -> Result<(), RespondError> {
        match (wanted, value) {
            (Out::Leaf, value) => {
                leaf(value, out);
                Ok(())
            }
            (Out::Moment, Value::String(text)) => moment(text, out),
            (wanted, Value::Array(items)) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.value(wanted, item, out)?;
                }
                out.push(b']');
                Ok(())
            }
            (Out::Abstract(outs), Value::Object(object)) => {
                let name = object.get("__typename").and_then(Value::as_str);
                match name.and_then(|name| outs.get(name)) {
                    Some(wanted) => self.value(wanted, value, out),
                    None => null(out),
                }
            }
            (Out::Object(wanted), Value::Object(object)) => {
                self.object(wanted, out, |this, name, wanted, out| {
                    this.value(wanted, object.get(name).unwrap_or(&Value::Null), out)
                })
            }
            _ => null(out),
        }
    }

    fn object(
        &mut self,
        wanted: &[OutField],
        out: &mut Vec<u8>,
        mut field: impl FnMut(&mut Self, &str, &Out, &mut Vec<u8>) -> Result<(), RespondError>,
    ) -> Result<(), RespondError> {
        out.push(b'{');
        for wanted in wanted {
            out.extend_from_slice(&wanted.prefix);
            match &wanted.value {
                OutValue::Constant(FieldShape::Constant(bytes)) => out.extend_from_slice(bytes),
                OutValue::Constant(_) => null(out)?,
                OutValue::Field(name, inner) => field(self, name, inner, out)?,
            }
        }
        out.push(b'}');
        Ok(())
    }
}

fn object_type<'o>(fields: &'o [(&'static str, Outcome)]) -> Option<&'o str> {
    fields.iter().find_map(|(name, value)| match value {
        Outcome::Value(Value::String(text)) if *name == "__typename" => Some(text.as_str()),
        _ => None,
    })
}

fn leaf(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => write_json_string(text, out),
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
}

fn moment(text: &str, out: &mut Vec<u8>) -> Result<(), RespondError> {
    match Scalar::DateTime.parse(&Value::from(text)) {
        Ok(Param::Timestamp(micros)) => Ok(Encoder::TimestampTz.write(&micros.to_be_bytes(), out)?),
        _ => null(out),
    }
}

fn null(out: &mut Vec<u8>) -> Result<(), RespondError> {
    out.extend_from_slice(b"null");
    Ok(())
}
