//! What mutations of tables answer: the rows that they wrote.

use super::{
    outcome::LoadedRows,
    rows::{AnswerError, AnswerResult, ReadResult, RowWriter},
};
use crate::{
    db::Rows,
    engine::{
        encode::{NULL, write_list, write_number},
        plan::ObjectShape,
        sql::Form,
        write::{Answer, PayloadField, RowSource, WritePlan},
    },
};

/// Writes what a mutation answers. `returned` are the rows that its statements returned, `loaded` has what each of the
/// answer's loaders read by their keys.
///
/// # Errors
/// When a row does not fit its plan.
pub fn write_payload(
    plan: &WritePlan,
    returned: &Rows,
    loaded: &[LoadedRows],
    rows: &mut RowWriter<'_>,
    out: &mut Vec<u8>,
) -> AnswerResult {
    let step = plan.answers.first().map(|step| &plan.steps[*step]);
    let mut writer = Writer {
        form: step.and_then(|step| step.statement.form()),
        returned,
        loaded: loaded.iter(),
        rows,
    };
    match &plan.answer {
        Answer::One(_) if returned.is_empty() => {
            out.extend_from_slice(NULL);
            Ok(())
        }
        Answer::One(source) => {
            let objects = writer.objects(source)?;
            writer.object(&objects, 0, out)
        }
        Answer::Payload(fields) => fields.write(out, |field, out| match field {
            PayloadField::AffectedCount => {
                write_number(returned.len(), out);
                Ok(())
            }
            PayloadField::Typename(name) => {
                out.extend_from_slice(name);
                Ok(())
            }
            PayloadField::Nodes(source) => {
                let objects = writer.objects(source)?;
                write_list(0..returned.len(), out, |place, out| {
                    writer.object(&objects, place, out)
                })
            }
        }),
    }
}

struct Writer<'w, 'r> {
    /// Of the statements that returned the rows.
    form: Option<&'w Form>,
    returned: &'w Rows,
    /// What the loaders of the fields that are not written yet read.
    loaded: std::slice::Iter<'w, LoadedRows>,
    rows: &'w mut RowWriter<'r>,
}

/// Where the objects of a field come from.
enum Objects<'w> {
    Returned(&'w ObjectShape),
    Loaded(ReadResult<'w>),
}

impl<'w> Writer<'w, '_> {
    fn objects(&mut self, source: &'w RowSource) -> AnswerResult<Objects<'w>> {
        Ok(match source {
            RowSource::Returned(shape) => Objects::Returned(shape),
            RowSource::Loaded(loader) => {
                let loaded = self.loaded.next().ok_or(AnswerError::Unread)?;
                Objects::Loaded(ReadResult::new(&loader.plan, &loaded.rows, &loaded.values)?)
            }
        })
    }

    /// Writes the object of the row at a place.
    fn object(&mut self, objects: &Objects<'_>, place: usize, out: &mut Vec<u8>) -> AnswerResult {
        match objects {
            Objects::Returned(shape) => {
                let row = self.returned.row(place);
                self.rows.returned(self.form, shape, row, out)
            }
            Objects::Loaded(read) => self.rows.loaded(read, place as i64 + 1, out),
        }
    }
}
