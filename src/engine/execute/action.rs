//! Actions: run, then the rows that they name are read, then what was selected is written.

use serde_json::Value;

use super::Execution;
use crate::{
    db::{Rows, Transaction},
    engine::{
        answer::{AnswerError, LoadedRows, RowWriter, write_outcome},
        cursor::NodeId,
        custom::{CustomCall, Outcome, RowRef, object_type},
        outcome::{ActionPlan, ActionRun, ValueField, ValueShape, arguments},
        plan::Loader,
        run::fetch,
        sql::BoundParameters,
        transaction::LazyTransaction,
        value::Param,
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
        bound: &BoundParameters,
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
                    model: &self.api.model,
                };
                self.custom.run(*place, call).await?
            }
        };
        let mut keys: Vec<Vec<Vec<Value>>> = vec![Vec::new(); plan.loaders.len()];
        self.named_rows(&plan.shape, &outcome, &mut keys);
        let mut rows = Vec::with_capacity(plan.loaders.len());
        for (loader, keys) in plan.loaders.iter().zip(&keys) {
            rows.push(if keys.is_empty() {
                nothing(loader)
            } else {
                self.load_keys(loader, keys, transaction.get().await?, bound)
                    .await?
            });
        }
        let table = |loader: &Loader| self.api.model.table(loader.table).name.as_str();
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
        let model = &self.api.model;
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
    fn named_rows(self, shape: &ValueShape, outcome: &Outcome, keys: &mut [Vec<Vec<Value>>]) {
        match (shape, outcome) {
            (shape, Outcome::List(items)) => {
                for item in items {
                    self.named_rows(shape, item, keys);
                }
            }
            (ValueShape::Row(loader), Outcome::Row(row)) => keys[*loader].push(row.key.clone()),
            (ValueShape::Abstract(shapes), Outcome::Row(row)) => {
                if let Some(shape) = self.type_of(&row.table).and_then(|name| shapes.get(name)) {
                    self.named_rows(shape, outcome, keys);
                }
            }
            (ValueShape::Abstract(shapes), Outcome::Object(fields)) => {
                if let Some(shape) = object_type(fields).and_then(|name| shapes.get(name)) {
                    self.named_rows(shape, outcome, keys);
                }
            }
            (ValueShape::Object(wanted), Outcome::Object(fields)) => {
                for field in wanted.iter() {
                    if let ValueField::Field(name, shape) = field
                        && let Some((_, value)) =
                            fields.iter().find(|(known, _)| *known == name.as_str())
                    {
                        self.named_rows(shape, value, keys);
                    }
                }
            }
            _ => {}
        }
    }

    fn type_of(self, table: &str) -> Option<&'a str> {
        let model = &self.api.model;
        let id: TableId = model.table_named(table)?;
        Some(&model.table(id).type_name)
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
        bound: &BoundParameters,
    ) -> Result<LoadedRows> {
        if keys.is_empty() {
            return Ok(nothing(loader));
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
        bound: &BoundParameters,
    ) -> Result<LoadedRows> {
        let mut values = bound.values.clone();
        for ((parameter, _), column) in loader.key.iter().zip(columns) {
            values[*parameter] = column;
        }
        let rows = fetch(transaction, &loader.plan, &values).await;
        let rows = rows.map_err(|error| self.fault(error))?;
        Ok(LoadedRows { rows, values })
    }
}

/// What a loader reads where there are no keys.
fn nothing(loader: &Loader) -> LoadedRows {
    LoadedRows {
        rows: vec![Rows::default(); loader.plan.levels.len()],
        values: Vec::new(),
    }
}

impl ActionAnswer<'_> {
    /// Writes what was selected.
    ///
    /// # Errors
    /// When a row does not fit its plan.
    pub fn write(&self, rows: &mut RowWriter<'_>, out: &mut Vec<u8>) -> Result<(), AnswerError> {
        write_outcome(
            self.plan,
            &self.outcome,
            &self.rows,
            &self.tables,
            rows,
            out,
        )
    }
}
