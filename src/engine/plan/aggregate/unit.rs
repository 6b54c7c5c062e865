//! Units of time that moments and days are cut off to.

use sea_query::{Alias, Expr, ExprTrait, SelectStatement};

use crate::{
    engine::sql::cast,
    error::{Error, Result},
    model::Kind,
};

/// What the column with the beginnings of groups is called.
pub(super) const BUCKET: &str = "bucket";

/// A unit of time that moments are cut off to.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    /// As PostgreSQL calls it.
    name: &'static str,
    /// The step from one to the next, as an interval.
    step: &'static str,
    /// The least time that it lasts.
    pub seconds: i64,
    /// Whether it is counted by the calendar: how long it lasts depends on the time zone.
    pub calendar: bool,
}

impl Unit {
    /// The unit of this name in the schema.
    pub fn named(name: &str) -> Result<Self> {
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
    pub fn truncated(self, from: Expr, kind: &Kind, zone: &Expr) -> Expr {
        let name = self.name;
        match kind {
            Kind::Date => cast(
                Expr::cust_with_exprs(format!("date_trunc('{name}', $1)"), [from]),
                "date",
            ),
            _ => Expr::cust_with_exprs(
                format!("date_trunc('{name}', $1, $2)"),
                [from, zone.clone()],
            ),
        }
    }

    /// When a group begins, of what its rows were cut off to. Where clocks are put back over midnight that comes twice:
    /// PostgreSQL takes the later one, but the day began with the first.
    pub fn begins(self, bucket: Expr, kind: &Kind, zone: &Expr) -> Expr {
        if !self.calendar || *kind == Kind::Date {
            return bucket;
        }
        Expr::cust_with_exprs(
            "case when ($1 - interval '1 hour') at time zone $2 = $1 at time zone $2 \
             then $1 - interval '1 hour' else $1 end",
            [bucket, zone.clone()],
        )
    }

    /// When a group ends: where the next one begins.
    pub fn ends(self, bucket: Expr, kind: &Kind, zone: &Expr) -> Expr {
        let Unit { name, step, .. } = self;
        match kind {
            Kind::Date => Expr::cust_with_exprs(
                format!("($1 + interval '{step}') at time zone 'UTC'"),
                [bucket],
            ),
            _ if self.calendar => {
                let next = format!("($1 at time zone $2 + interval '{step}') at time zone $2");
                let next = Expr::cust_with_exprs(next, [bucket, zone.clone()]);
                self.begins(next, kind, zone)
            }
            _ => Expr::cust_with_exprs(
                format!("date_trunc('{name}', $1 + interval '{step}', $2)"),
                [bucket, zone.clone()],
            ),
        }
    }

    /// The units from one moment to another, as a select of [`BUCKET`].
    pub fn series(self, kind: &Kind, from: &Expr, to: &Expr, zone: &Expr) -> SelectStatement {
        let Unit { name, step, .. } = self;
        // By the calendar days are counted where they are lived, because some have 23 hours and some 25. Hours are
        // counted as they pass: on such a day one is not there, or there twice. One more is looked at than may be
        // there, because some clocks are changed by half an hour.
        let moments = match self.calendar {
            true => format!(
                "generate_series(date_trunc('{name}', $1 at time zone $3), \
                 ($2 - interval '1 microsecond') at time zone $3, interval '{step}')"
            ),
            false => {
                format!(
                    "generate_series(date_trunc('{name}', $1, $3), $2 + interval '{step}', interval '{step}')"
                )
            }
        };
        let values = [from.clone(), to.clone(), zone.clone()];
        let mut series = SelectStatement::new();
        series.expr_as(Expr::cust_with_exprs(moments, values), Alias::new("moment"));
        let moment = Expr::col(Alias::new("moment"));
        let bucket = match (self.calendar, kind) {
            (_, Kind::Date) => cast(moment, "date"),
            (true, _) => Expr::cust_with_exprs("$1 at time zone $2", [moment, zone.clone()]),
            (false, _) => self.truncated(moment, kind, zone),
        };
        let mut select = SelectStatement::new();
        select
            .distinct()
            .expr_as(bucket.clone(), Alias::new(BUCKET))
            .from_subquery(series, Alias::new("moments"));
        if !self.calendar {
            select.and_where(bucket.lt(to.clone()));
        }
        select
    }
}
