//! Whether a condition demands anything at all. A write of many rows whose condition demands nothing
//! is a write of every row, and must have been meant as one.

use super::Compiler;
use crate::{
    engine::input::{Blank, Input},
    error::Result,
    model::{Column, Kind, Member, TableId},
};

impl Compiler<'_> {
    /// Whether a condition leaves out rows by what stands in it. Which columns and operators there
    /// are is taken from the schema; of a value is looked at whether it says anything (see [`Blank`]).
    ///
    /// # Errors
    /// BAD_USER_INPUT for what is no condition.
    pub fn demands(&self, table: TableId, input: &Input) -> Result<bool> {
        let of = self.table(table);
        let mut demands = false;
        for (field, value) in input.fields("A condition")? {
            demands |= match (of.member(field), field.as_str()) {
                (Some(Member::Column(index)), _) => {
                    self.column_demands(&of.columns[index], value)?
                }
                (Some(Member::Relation(index)), _) => {
                    let relation = &of.relations[index];
                    if relation.to_many {
                        self.related_demand(relation.target, field, value)?
                    } else {
                        self.demands(relation.target, value)?
                    }
                }
                (None, "not") => self.demands(table, value)? && !self.fits_nothing(table, value)?,
                (None, "and") => self.each_demands(table, field, value)?.contains(&true),
                // One that demands nothing lets every row through, and of none nothing is said.
                (None, _) => {
                    let each = self.each_demands(table, field, value)?;
                    !each.is_empty() && !each.contains(&false)
                }
            };
        }
        Ok(demands)
    }

    fn each_demands(&self, table: TableId, what: &str, inputs: &Input) -> Result<Vec<bool>> {
        let inputs = inputs.items(what)?.iter();
        inputs.map(|input| self.demands(table, input)).collect()
    }

    /// Whether a condition lets no row through by what stands in it: its opposite lets all of them through.
    fn fits_nothing(&self, table: TableId, input: &Input) -> Result<bool> {
        let of = self.table(table);
        for (field, value) in input.fields("A condition")? {
            let each = |what| -> Result<Vec<bool>> {
                let inputs = value.items(what)?.iter();
                inputs
                    .map(|input| self.fits_nothing(table, input))
                    .collect()
            };
            let fits_nothing = match (of.member(field), field.as_str()) {
                (Some(Member::Column(index)), _) => {
                    let of = &of.columns[index];
                    let mut operators = value.fields(&of.field)?.iter();
                    operators.any(|(operator, value)| {
                        operator == "in" && self.blank(value) == Some(Blank::List)
                    })
                }
                (Some(Member::Relation(index)), _) => {
                    let relation = &of.relations[index];
                    if relation.to_many {
                        let mut fits_nothing = false;
                        for (quantifier, input) in value.fields(field)? {
                            fits_nothing |= quantifier == "some"
                                && self.fits_nothing(relation.target, input)?;
                        }
                        fits_nothing
                    } else {
                        self.fits_nothing(relation.target, value)?
                    }
                }
                (None, "and") => each(field)?.contains(&true),
                (None, "or") => !each(field)?.contains(&false),
                (None, _) => false,
            };
            if fits_nothing {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How an operand says nothing, if it does.
    fn blank(&self, operand: &Input) -> Option<Blank> {
        match operand {
            Input::List(items) => items.is_empty().then_some(Blank::List),
            Input::Scalar(source) => Blank::of(&source.value(self.scope.variables)),
            _ => None,
        }
    }

    /// That there are related rows, or none, is a demand by itself; that every one of them fits a
    /// condition without demands is not, nor that none of them fits what nothing does.
    fn related_demand(&self, target: TableId, what: &str, input: &Input) -> Result<bool> {
        let mut demands = false;
        for (quantifier, input) in input.fields(what)? {
            demands |= match quantifier.as_str() {
                "every" => self.demands(target, input)?,
                "none" => !self.fits_nothing(target, input)?,
                _ => true,
            };
        }
        Ok(demands)
    }

    fn column_demands(&self, of: &Column, input: &Input) -> Result<bool> {
        let mut demands = false;
        for (operator, value) in input.fields(&of.field)? {
            let blank = self.blank(value);
            demands |= !blank.is_some_and(|blank| lets_all_through(&of.kind, operator, blank));
        }
        Ok(demands)
    }
}

/// Whether every value of a column fits an operator with a blank operand.
fn lets_all_through(kind: &Kind, operator: &str, blank: Blank) -> bool {
    match (operator, blank) {
        // Every value is outside of none, and every list contains none.
        ("notIn", Blank::List) => true,
        ("contains", Blank::List) => matches!(kind, Kind::List(_) | Kind::Json),
        ("contains", Blank::Object) => *kind == Kind::Json,
        ("contains" | "startsWith" | "endsWith", Blank::Text) => *kind == Kind::Text,
        ("like" | "ilike", Blank::Wildcards) => true,
        ("regex" | "iregex", Blank::Text | Blank::AnyRegex) => true,
        _ => false,
    }
}
