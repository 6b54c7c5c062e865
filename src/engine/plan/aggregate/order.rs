//! The order of groups.

use sea_query::{Expr, NullOrdering, Order};

use super::Aggregate;
use crate::{
    engine::{
        input::Input,
        plan::{Compiler, only_field, order::direction},
    },
    error::{Error, Result},
};

impl<'a> Compiler<'a> {
    /// Orders groups by what `orderBy` says, and equal ones by what they have in common.
    pub(super) fn order_groups(
        &self,
        aggregate: &mut Aggregate<'a>,
        argument: Option<&Input>,
    ) -> Result<()> {
        let entries = match argument {
            Some(entries) => entries.items("orderBy")?,
            None => &[],
        };
        for entry in entries {
            let (by, value) = only_field(entry, "An order of groups")?;
            let (expression, order) = if by == "count" {
                (aggregate.count.clone(), value)
            } else {
                let (field, order) = only_field(value, "An order of groups")?;
                (ordered_by(aggregate, by, field)?, order)
            };
            let (descending, nulls_first) = direction(order)?;
            let nulls = match nulls_first {
                true => NullOrdering::First,
                false => NullOrdering::Last,
            };
            let order = if descending { Order::Desc } else { Order::Asc };
            aggregate
                .select
                .order_by_expr_with_nulls(expression, order, nulls);
        }
        for group in &aggregate.groups {
            aggregate
                .select
                .order_by_expr(group.expression.clone(), Order::Asc);
        }
        Ok(())
    }
}

fn ordered_by(aggregate: &Aggregate<'_>, by: &str, field: &str) -> Result<Expr> {
    let Some(of) = aggregate.column(field) else {
        return Err(Error::bad_input(format!(
            "There is no field {field} to order by"
        )));
    };
    if by != "group" {
        return aggregate.computed(by, of);
    }
    let group = aggregate.group(of).map(|group| group.expression.clone());
    group.ok_or_else(|| {
        Error::bad_input(format!(
            "Groups can be ordered by {field} only when groupBy names it"
        ))
    })
}
