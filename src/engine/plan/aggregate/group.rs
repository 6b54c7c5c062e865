//! What the rows of a group have in common.

use sea_query::{Alias, Expr, JoinType, SelectStatement};

use super::{
    Aggregate, enum_column,
    unit::{BUCKET, Unit},
};
use crate::{
    engine::{
        input::{Input, Source},
        plan::{Compiler, rows::column},
        sql::{Conversion, cast},
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
    /// The unit that it is cut off to, in a time zone.
    pub unit: Option<(Unit, Expr)>,
}

impl Group<'_> {
    /// The value as it is answered.
    pub fn answered(&self) -> Expr {
        match &self.unit {
            Some((unit, zone)) => unit.begins(self.expression.clone(), &self.of.kind, zone),
            None => self.expression.clone(),
        }
    }

    /// When it ends; nothing where it is no time.
    pub fn ends(&self) -> Option<Expr> {
        let (unit, zone) = self.unit.as_ref()?;
        Some(unit.ends(self.expression.clone(), &self.of.kind, zone))
    }
}

/// An entry of `groupBy`, read.
pub(super) struct Entry<'t, 'i> {
    /// The column.
    pub of: &'t Column,
    /// What its moments are cut off to.
    pub unit: Option<Unit>,
    /// The time zone in which that is done.
    pub zone: Source,
    /// From when to when all groups are answered.
    pub fill: Option<(&'i Source, &'i Source)>,
}

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
            filled: false,
            table: of,
            count: Expr::cust("count(*)"),
            select: SelectStatement::new(),
            width: 0,
            groups: Vec::new(),
            alias,
        };
        if entries.iter().any(|entry| entry.fill.is_some()) {
            self.fill(table, &mut aggregate, &entries, arguments.given("where")?)?;
            return Ok(aggregate);
        }
        let condition = self.listed(table, &aggregate.alias, arguments.given("where")?)?;
        aggregate.select.from_as(
            (Alias::new(&of.schema), Alias::new(&of.name)),
            Alias::new(&aggregate.alias),
        );
        if let Some(condition) = condition {
            aggregate.select.and_where(condition);
        }
        for (place, entry) in entries.iter().enumerate() {
            let group = self.group(&mut aggregate, entry, place);
            aggregate.select.add_group_by([group.expression.clone()]);
            aggregate.groups.push(group);
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
    fn group(
        &mut self,
        aggregate: &mut Aggregate<'a>,
        entry: &Entry<'a, '_>,
        place: usize,
    ) -> Group<'a> {
        let from = column(&aggregate.alias, &entry.of.name);
        let Some(unit) = entry.unit else {
            return Group {
                of: entry.of,
                expression: from,
                unit: None,
            };
        };
        let zone = self.zone(entry);
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
        Group {
            of: entry.of,
            expression: column(&alias, BUCKET),
            unit: Some((unit, zone)),
        }
    }

    /// The time zone of an entry.
    pub(super) fn zone(&mut self, entry: &Entry<'a, '_>) -> Expr {
        cast(self.parameter(&entry.zone, Conversion::TimeZone), "text")
    }
}
