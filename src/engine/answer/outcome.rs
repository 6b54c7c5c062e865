//! What custom operations answered, with the rows that it names.

use super::{
    rows::{AnswerResult, ReadResult, RowWriter},
    value::write_value,
};
use crate::{
    db::Rows,
    engine::{
        custom::{Outcome, object_type},
        encode::{NULL, write_list},
        outcome::{ActionPlan, ValueField, ValueShape},
        value::Param,
    },
};

/// The rows that a loader read, with the parameters that they were read with.
pub struct LoadedRows {
    /// The rows, level by level.
    pub rows: Vec<Rows>,
    /// The parameters.
    pub values: Vec<Param>,
}

/// Writes what was selected of an outcome. `loaded` has the rows of each of the plan's loaders in the order in which
/// the outcome names them, `tables` the loaders' tables.
///
/// # Errors
/// When a row does not fit its plan.
pub fn write_outcome(
    plan: &ActionPlan,
    outcome: &Outcome,
    loaded: &[LoadedRows],
    tables: &[&str],
    rows: &mut RowWriter<'_>,
    out: &mut Vec<u8>,
) -> AnswerResult {
    let mut read = Vec::with_capacity(loaded.len());
    for (loader, loaded) in plan.loaders.iter().zip(loaded) {
        let result = ReadResult::new(&loader.plan, &loaded.rows, &loaded.values)?;
        read.push((result, 0));
    }
    let mut writer = Writer { read, rows, tables };
    writer.outcome(&plan.shape, outcome, out)
}

struct Writer<'w, 'r> {
    /// What each loader read, and how many of its rows are written.
    read: Vec<(ReadResult<'w>, i64)>,
    rows: &'w mut RowWriter<'r>,
    tables: &'w [&'w str],
}

impl Writer<'_, '_> {
    fn outcome(
        &mut self,
        shape: &ValueShape,
        outcome: &Outcome,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        match (shape, outcome) {
            (shape, Outcome::List(items)) => {
                write_list(items, out, |item, out| self.outcome(shape, item, out))
            }
            (ValueShape::Row(loader), Outcome::Row(_)) => {
                let (read, number) = &mut self.read[*loader];
                *number += 1;
                self.rows.loaded(read, *number, out)
            }
            (ValueShape::Abstract(shapes), Outcome::Row(row)) => {
                let tables = self.tables;
                let fits = |shape: &&ValueShape| matches!(shape, ValueShape::Row(loader) if tables[*loader] == row.table);
                let found = shapes.values().find(fits);
                self.found(found, outcome, out)
            }
            (ValueShape::Abstract(shapes), Outcome::Object(fields)) => {
                let found = object_type(fields).and_then(|name| shapes.get(name));
                self.found(found, outcome, out)
            }
            (ValueShape::Object(wanted), Outcome::Object(fields)) => {
                wanted.write(out, |wanted, out| match wanted {
                    ValueField::Constant(bytes) => {
                        out.extend_from_slice(bytes);
                        Ok(())
                    }
                    ValueField::Field(name, shape) => {
                        match fields.iter().find(|(known, _)| *known == name.as_str()) {
                            Some((_, value)) => self.outcome(shape, value, out),
                            None => {
                                out.extend_from_slice(NULL);
                                Ok(())
                            }
                        }
                    }
                })
            }
            (shape, Outcome::Value(value)) => write_value(shape, value, out),
            _ => {
                out.extend_from_slice(NULL);
                Ok(())
            }
        }
    }

    /// Writes an outcome in the shape of its type, where it has one that the field can be.
    fn found(
        &mut self,
        shape: Option<&ValueShape>,
        outcome: &Outcome,
        out: &mut Vec<u8>,
    ) -> AnswerResult {
        match shape {
            Some(shape) => self.outcome(shape, outcome, out),
            None => {
                out.extend_from_slice(NULL);
                Ok(())
            }
        }
    }
}
