//! What the rows of a group have in common, and groups without rows.

use sea_query::{Alias, Expr, ExprTrait, JoinType, SelectStatement};

use super::{Aggregate, enum_column};
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

/// One thing that the rows of a group have in common.
pub(super) struct Group<'t> {
    /// Whose values they have in common.
    pub of: &'t Column,
    /// Its value, perhaps cut off to a unit.
    pub expression: Expr,
}

/// An entry of `groupBy`, read.
struct Entry<'t, 'i> {
    of: &'t Column,
    unit: Option<Unit>,
    zone: Source,
    fill: Option<(&'i Source, &'i Source)>,
}

/// A unit of time that moments are cut off to.
#[derive(Clone, Copy)]
struct Unit {
    /// As PostgreSQL calls it.
    name: &'static str,
    /// The step from one to the next, as an interval.
    step: &'static str,
    /// The least time that it lasts.
    seconds: i64,
    /// Whether it is counted by the calendar: how long it lasts depends on the time zone.
    calendar: bool,
}

impl Unit {
    fn named(name: &str) -> Result<Self> {
        let (name, step, seconds, calendar) = match name {
            "MINUTE" => ("minute", "1 minute", 60, false),
            "HOUR" => ("hour", "1 hour", 3_600, false),
            "DAY" => ("day", "1 day", 82_800, true),
            "WEEK" => ("week", "7 days", 601_200, true),
            "MONTH" => ("month", "1 month", 2_415_600, true),
            "QUARTER" => ("quarter", "3 months", 7_772_400, true),
            "YEAR" => ("year", "1 year", 31_532_400, true),
            unknown => return Err(Error::bad_input(format!("There is no unit {unknown}"))),
        };
        Ok(Unit {
            name,
            step,
            seconds,
            calendar,
        })
    }

    /// A moment or day cut off to the unit.
    fn truncated(self, from: Expr, kind: &Kind, zone: &Expr) -> Expr {
        let sql = format!("date_trunc('{}', $1, $2)", self.name);
        match kind {
            Kind::Date => cast(
                Expr::cust_with_exprs(format!("date_trunc('{}', $1)", self.name), [from]),
                "date",
            ),
            _ => Expr::cust_with_exprs(sql, [from, zone.clone()]),
        }
    }

    /// The units from one moment to another, as a select of `bucket`.
    fn series(self, kind: &Kind, from: &Expr, to: &Expr, zone: &Expr) -> SelectStatement {
        let Unit { name, step, .. } = self;
        let moments = |sql: &str| {
            let values = [from.clone(), to.clone(), zone.clone()];
            Expr::cust_with_exprs(sql.to_owned(), values)
        };
        // By the calendar days are counted where they are lived, because some have 23 hours and some 25. Hours are
        // counted as they pass: on such a day one is not there, or there twice.
        let series = if self.calendar {
            moments(&format!(
                "generate_series(date_trunc('{name}', $1 at time zone $3), \
                 $2 at time zone $3 - interval '1 microsecond', interval '{step}')"
            ))
        } else {
            moments(&format!(
                "generate_series(date_trunc('{name}', $1, $3), $2 - interval '1 microsecond', interval '{step}')"
            ))
        };
        let local = || Expr::col(Alias::new("moment"));
        let bucket = match (self.calendar, kind) {
            (_, Kind::Date) => cast(local(), "date"),
            (true, _) => Expr::cust_with_exprs("$1 at time zone $2", [local(), zone.clone()]),
            (false, _) => Expr::cust_with_exprs(
                format!("date_trunc('{name}', $1, $2)"),
                [local(), zone.clone()],
            ),
        };
        let mut moments = SelectStatement::new();
        moments.expr_as(series, Alias::new("moment"));
        let mut select = SelectStatement::new();
        select
            .distinct()
            .expr_as(bucket, Alias::new(BUCKET))
            .from_subquery(moments, Alias::new("moments"));
        select
    }
}

const BUCKET: &str = "bucket";

impl<'a> Compiler<'a> {
    /// The rows that `where` asks for, in the groups that `groupBy` asks for.
    pub(super) fn grouped(&mut self, table: TableId, arguments: &Input) -> Result<Aggregate<'a>> {
        let of = self.table(table);
        let alias = self.alias(table);
        let entries = match arguments.given("groupBy")? {
            Some(entries) => entries.items("groupBy")?,
            None => &[],
        };
        let entries: Vec<Entry<'a, '_>> = entries
            .iter()
            .map(|entry| self.entry(table, entry))
            .collect::<Result<_>>()?;
        for (place, entry) in entries.iter().enumerate() {
            if entries[..place]
                .iter()
                .any(|other| other.of.name == entry.of.name)
            {
                return Err(Error::bad_input(format!(
                    "groupBy names {} twice",
                    entry.of.field
                )));
            }
        }
        let mut aggregate = Aggregate {
            table: of,
            count: Expr::cust("count(*)"),
            select: SelectStatement::new(),
            width: 0,
            groups: Vec::new(),
            alias,
        };
        let condition = self.listed(table, &aggregate.alias, arguments.given("where")?)?;
        if let Some(filled) = entries.iter().find(|entry| entry.fill.is_some()) {
            if entries.len() > 1 {
                return Err(Error::bad_input(
                    "fill goes with one entry of groupBy: it cannot tell which groups of several are missing",
                ));
            }
            self.fill(&mut aggregate, filled, condition)?;
            return Ok(aggregate);
        }
        aggregate.select.from_as(
            (Alias::new(&of.schema), Alias::new(&of.name)),
            Alias::new(&aggregate.alias),
        );
        if let Some(condition) = condition {
            aggregate.select.and_where(condition);
        }
        for (place, entry) in entries.iter().enumerate() {
            let expression = self.group_expression(&mut aggregate, entry, place);
            aggregate.select.add_group_by([expression.clone()]);
            aggregate.groups.push(Group {
                of: entry.of,
                expression,
            });
        }
        Ok(aggregate)
    }

    fn entry<'i>(&self, table: TableId, input: &'i Input) -> Result<Entry<'a, 'i>> {
        let of = enum_column(self.table(table), input)?;
        let unit = match input.given("truncate")? {
            Some(name) => Some(Unit::named(name.name("truncate")?)?),
            None => None,
        };
        let zone = input.scalar("timeZone")?.cloned();
        let fill = match input.given("fill")? {
            Some(fill) => match (fill.scalar("from")?, fill.scalar("to")?) {
                (Some(from), Some(to)) => Some((from, to)),
                _ => return Err(Error::bad_input("fill needs from and to")),
            },
            None => None,
        };
        let field = &of.field;
        let wrong = match (&of.kind, unit) {
            (Kind::DateTime | Kind::Date, None) if fill.is_some() => Some(format!(
                "fill needs truncate: which groups of {field} are there to be?"
            )),
            (Kind::DateTime | Kind::Date, None) if zone.is_some() => Some(format!(
                "timeZone needs truncate: {field} is the same moment everywhere"
            )),
            (Kind::Date, _) if zone.is_some() => {
                Some(format!("{field} is a day and has no time zone"))
            }
            (Kind::Date, Some(unit)) if !unit.calendar => {
                Some(format!("{field} is a day and has no hours"))
            }
            (Kind::DateTime | Kind::Date, _) => None,
            _ if unit.is_some() || fill.is_some() || zone.is_some() => Some(format!(
                "{field} is no moment or day and cannot be truncated"
            )),
            _ => None,
        };
        match wrong {
            Some(wrong) => Err(Error::bad_input(wrong)),
            None => Ok(Entry {
                of,
                unit,
                zone: zone.unwrap_or_else(|| Source::Constant("UTC".into())),
                fill,
            }),
        }
    }

    /// What a group's rows share. A value that depends on a parameter is computed beside the row, because PostgreSQL
    /// cannot tell that two expressions with parameters are the same.
    fn group_expression(
        &mut self,
        aggregate: &mut Aggregate<'a>,
        entry: &Entry<'a, '_>,
        place: usize,
    ) -> Expr {
        let from = column(&aggregate.alias, &entry.of.name);
        let Some(unit) = entry.unit else { return from };
        let zone = cast(self.one(&entry.zone, Scalar::String), "text");
        if !matches!(&entry.zone, Source::Constant(zone) if zone == "UTC") {
            // Asked once before the rows are, so that a zone which is none is noticed where there are no rows.
            let is_one = Expr::cust_with_exprs("now() at time zone $1 is not null", [zone.clone()]);
            aggregate.select.and_where(is_one);
        }
        let mut beside = SelectStatement::new();
        beside.expr_as(
            unit.truncated(from, &entry.of.kind, &zone),
            Alias::new(BUCKET),
        );
        let alias = format!("g{place}");
        aggregate.select.join_lateral(
            JoinType::InnerJoin,
            beside,
            Alias::new(&alias),
            Expr::cust("true"),
        );
        column(&alias, BUCKET)
    }

    /// Groups from one moment to another, with the rows that fall into each.
    fn fill(
        &mut self,
        aggregate: &mut Aggregate<'a>,
        entry: &Entry<'a, '_>,
        condition: Option<Expr>,
    ) -> Result<()> {
        let (Some((from, to)), Some(unit)) = (entry.fill, entry.unit) else {
            return Ok(());
        };
        let (table, of) = (aggregate.table, entry.of);
        let zone = cast(self.one(&entry.zone, Scalar::String), "text");
        let until = Conversion::Until {
            from: from.clone(),
            step_seconds: unit.seconds,
            steps_max: self.api.page_max,
        };
        let from = cast(self.one(from, Scalar::DateTime), "timestamptz");
        let to = cast(self.parameter(to, until), "timestamptz");
        let series = unit.series(&of.kind, &from, &to, &zone);
        let stored = || column(&aggregate.alias, &of.name);
        let moment = match of.kind {
            Kind::Date => Expr::cust_with_exprs("$1::timestamp at time zone 'UTC'", [stored()]),
            _ => stored(),
        };
        let bucket = column("g0", BUCKET);
        let mut on = unit
            .truncated(stored(), &of.kind, &zone)
            .eq(bucket.clone())
            .and(moment.clone().gte(from))
            .and(moment.lt(to));
        if let Some(condition) = condition {
            on = on.and(condition);
        }
        // A row is there when its key is.
        if let Some(key) = table.key_columns().next() {
            aggregate.count = column(&aggregate.alias, &key.name).count();
        }
        aggregate
            .select
            .from_subquery(series, Alias::new("g0"))
            .join_as(
                JoinType::LeftJoin,
                (Alias::new(&table.schema), Alias::new(&table.name)),
                Alias::new(&aggregate.alias),
                on,
            )
            .add_group_by([bucket.clone()]);
        aggregate.groups.push(Group {
            of,
            expression: bucket,
        });
        Ok(())
    }
}
