//! Groups of a time without gaps: those without rows are answered, too.

use sea_query::{Alias, Expr, ExprTrait, JoinType, SelectStatement};
use serde_json::Value;

use super::{
    Aggregate,
    group::{Entry, Group},
    unit::{BUCKET, Unit},
};
use crate::{
    engine::{
        input::{Input, Source},
        plan::{Compiler, rows::column},
        sql::{Conversion, cast},
        value::Scalar,
    },
    error::{Error, Result},
    model::{Column, Kind, TableId},
};

/// How many groups an aggregate fills at most. A chart shows fewer; of a minute each they are a week.
pub const GROUPS_MAX: u32 = 10_000;

/// The beginnings of the groups, and the values of the other entries.
const TIMES: &str = "g0";
const VALUES: &str = "g1";
/// How many of them there are.
const FOUND: &str = "found";

/// The time that is filled.
struct Time<'t> {
    of: &'t Column,
    unit: Unit,
    zone: Expr,
    from: Expr,
    to: Expr,
}

impl Time<'_> {
    /// Whether the row of `alias` lies within it.
    fn has(&self, alias: &str) -> Expr {
        let stored = column(alias, &self.of.name);
        let moment = match self.of.kind {
            Kind::Date => Expr::cust_with_exprs("$1::timestamp at time zone 'UTC'", [stored]),
            _ => stored,
        };
        let begun = moment.clone().gte(self.from.clone());
        begun.and(moment.lt(self.to.clone()))
    }

    /// What the row of `alias` is cut off to.
    fn bucket(&self, alias: &str) -> Expr {
        let stored = column(alias, &self.of.name);
        self.unit.truncated(stored, &self.of.kind, &self.zone)
    }

    /// Its groups, and how many there are.
    fn groups(&self) -> SelectStatement {
        let series = self
            .unit
            .series(&self.of.kind, &self.from, &self.to, &self.zone);
        counted(series, &[BUCKET.to_owned()])
    }
}

/// A further entry of `groupBy` beside the one that is filled.
struct Further<'t> {
    of: &'t Column,
    unit: Option<(Unit, Expr)>,
    /// What its values are called in [`VALUES`].
    name: String,
}

impl Further<'_> {
    fn value(&self, alias: &str) -> Expr {
        let stored = column(alias, &self.of.name);
        match &self.unit {
            Some((unit, zone)) => unit.truncated(stored, &self.of.kind, zone),
            None => stored,
        }
    }

    /// Whether the row of `alias` has the value. Null is a value here. PostgreSQL compares each row with each value
    /// where it cannot hash, as by `is not distinct from`; arrays of one value it hashes, and null is equal in them.
    fn holds(&self, alias: &str) -> Expr {
        let values = [self.value(alias), column(VALUES, &self.name)];
        let equal = match (self.of.nullable, &self.of.kind) {
            (false, _) => "$1 = $2",
            // `json` has no equality, and of a null list an array would make an empty one.
            (true, Kind::Json | Kind::List(_)) => "$1 is not distinct from $2",
            (true, _) => "array_append(null, $1) = array_append(null, $2)",
        };
        Expr::cust_with_exprs(equal, values)
    }
}

/// Refuses more groups than are allowed: a time and a value each.
fn few_enough() -> Expr {
    Expr::cust(format!(
        "case when {TIMES}.{FOUND} * {VALUES}.{FOUND} > {GROUPS_MAX} \
         then public.refuse_groups({GROUPS_MAX}) else true end"
    ))
}

impl<'a> Compiler<'a> {
    /// Groups from one moment to another, with the rows that fall into each.
    pub(super) fn fill(
        &mut self,
        table: TableId,
        aggregate: &mut Aggregate<'a>,
        entries: &[Entry<'a, '_>],
        condition: Option<&Input>,
    ) -> Result<()> {
        let time = self.time(entries)?;
        let further: Vec<Further<'a>> = entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.fill.is_none())
            .map(|(place, entry)| Further {
                of: entry.of,
                unit: entry.unit.map(|unit| (unit, self.zone(entry))),
                name: format!("v{place}"),
            })
            .collect();
        aggregate.filled = true;
        aggregate
            .select
            .from_subquery(time.groups(), Alias::new(TIMES));
        if !further.is_empty() {
            let values = self.values(table, &time, &further, condition)?;
            aggregate.select.join_subquery(
                JoinType::InnerJoin,
                values,
                Alias::new(VALUES),
                few_enough(),
            );
        }
        let mut on = time
            .bucket(&aggregate.alias)
            .eq(column(TIMES, BUCKET))
            .and(time.has(&aggregate.alias));
        for entry in &further {
            on = on.and(entry.holds(&aggregate.alias));
        }
        if let Some(condition) = self.listed(table, &aggregate.alias, condition)? {
            on = on.and(condition);
        }
        aggregate.select.join_as(
            JoinType::LeftJoin,
            (
                Alias::new(&aggregate.table.schema),
                Alias::new(&aggregate.table.name),
            ),
            Alias::new(&aggregate.alias),
            on,
        );
        // A row is there when its key is.
        if let Some(key) = aggregate.table.key_columns().next() {
            aggregate.count = column(&aggregate.alias, &key.name).count();
        }
        let mut further = further.into_iter();
        for entry in entries {
            let group = match entry.fill {
                Some(_) => Group {
                    of: time.of,
                    expression: column(TIMES, BUCKET),
                    unit: Some((time.unit, time.zone.clone())),
                },
                None => match further.next() {
                    Some(further) => Group {
                        of: further.of,
                        expression: column(VALUES, &further.name),
                        unit: further.unit,
                    },
                    None => continue,
                },
            };
            aggregate.select.add_group_by([group.expression.clone()]);
            aggregate.groups.push(group);
        }
        Ok(())
    }

    /// The time of the entry that is filled.
    fn time(&mut self, entries: &[Entry<'a, '_>]) -> Result<Time<'a>> {
        let mut filled = entries.iter().filter(|entry| entry.fill.is_some());
        let (Some(entry), None) = (filled.next(), filled.next()) else {
            return Err(Error::bad_input(
                "fill goes with one entry of groupBy: times of two columns cannot both be filled",
            ));
        };
        let (Some((from, to)), Some(unit)) = (entry.fill, entry.unit) else {
            return Err(Error::bad_input("fill needs truncate"));
        };
        let until = Conversion::Until {
            from: from.clone(),
            step_seconds: unit.seconds,
            steps_max: GROUPS_MAX,
        };
        Ok(Time {
            of: entry.of,
            unit,
            zone: self.zone(entry),
            from: cast(self.one(from, Scalar::DateTime), "timestamptz"),
            to: cast(self.parameter(to, until), "timestamptz"),
        })
    }

    /// What the rows within the time have in common beside it, and how much of that there is: never more than one
    /// beyond what is refused.
    fn values(
        &mut self,
        table: TableId,
        time: &Time<'a>,
        further: &[Further<'a>],
        condition: Option<&Input>,
    ) -> Result<SelectStatement> {
        let of = self.table(table);
        let alias = self.alias(table);
        let mut rows = SelectStatement::new();
        rows.distinct()
            .from_as(
                (Alias::new(&of.schema), Alias::new(&of.name)),
                Alias::new(&alias),
            )
            .and_where(time.has(&alias));
        if let Some(condition) = self.listed(table, &alias, condition)? {
            rows.and_where(condition);
        }
        for entry in further {
            rows.expr_as(entry.value(&alias), Alias::new(&entry.name));
        }
        let most = GROUPS_MAX + 1;
        let limit = Conversion::Limit {
            max: most,
            extra: 0,
        };
        rows.limit(self.page_parameter(Source::Constant(Value::from(most)), limit));
        let names: Vec<String> = further.iter().map(|entry| entry.name.clone()).collect();
        Ok(counted(rows, &names))
    }
}

/// Rows with these columns, each with how many rows there are.
fn counted(rows: SelectStatement, columns: &[String]) -> SelectStatement {
    let mut select = SelectStatement::new();
    for name in columns {
        select.column(Alias::new(name));
    }
    select
        .expr_as(Expr::cust("count(*) over ()"), Alias::new(FOUND))
        .from_subquery(rows, Alias::new("counted"));
    select
}
