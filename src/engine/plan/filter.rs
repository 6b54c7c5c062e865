//! Conditions: `where` arguments as SQL.

use sea_query::{Alias, BinOper, Expr, ExprTrait, Func, SelectStatement};

use super::{
    Compiler,
    order::distance,
    rows::{all, any, column, relation_condition},
};
use crate::{
    engine::{
        input::{Input, Source},
        sql::{Conversion, cast},
        value::Scalar,
    },
    error::{Error, Result},
    model::{Column, Kind, Member, Relation, Table, TableId},
};

/// Conditions of one operation, each `and`, `or`, `not` and relation counted: they are compiled and
/// planned one by one, while values of one list are a single parameter.
const CONDITIONS_MAX: usize = 1_000;
/// Conditions inside each other: those on relations become subqueries in subqueries.
const CONDITION_DEPTH_MAX: usize = 20;

impl<'a> Compiler<'a> {
    /// The condition that a `where` puts on the row of `table` under `alias`; none if it demands
    /// nothing.
    ///
    /// # Errors
    /// BAD_USER_INPUT for whatever is no condition, null included; LIMIT_EXCEEDED.
    pub fn condition(
        &mut self,
        table: TableId,
        alias: &str,
        input: &Input,
    ) -> Result<Option<Expr>> {
        self.nested(|compiler| compiler.conditions_of(table, alias, input))
    }

    /// Compiles a condition that may have others inside, within the limits on both.
    pub(super) fn nested<T>(&mut self, compile: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.conditions += 1;
        self.condition_depth += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(too_much("conditions", CONDITIONS_MAX, "has more parts"));
        }
        if self.condition_depth > CONDITION_DEPTH_MAX {
            return Err(too_much(
                "conditionDepth",
                CONDITION_DEPTH_MAX,
                "nests deeper",
            ));
        }
        let condition = compile(self)?;
        self.condition_depth -= 1;
        Ok(condition)
    }

    /// The condition on the rows of a list: what its `where` demands and, unless that speaks of the bin, that
    /// they are not in it.
    pub fn listed(
        &mut self,
        table: TableId,
        alias: &str,
        input: Option<&Input>,
    ) -> Result<Option<Expr>> {
        let wanted = match input {
            Some(input) => self.condition(table, alias, input)?,
            None => None,
        };
        let kept = self
            .unasked_bin(table, input)
            .map(|bin| column(alias, &bin.name).is_null());
        let both: Vec<Expr> = wanted.into_iter().chain(kept).collect();
        Ok((!both.is_empty()).then(|| all(&both)))
    }

    /// The column of the bin, where the table has one and a `where` does not name it.
    pub fn unasked_bin(&self, table: TableId, input: Option<&Input>) -> Option<&'a Column> {
        let bin = self.table(table).bin()?;
        let asked = input.is_some_and(|input| names(input, &bin.field));
        (!asked).then_some(bin)
    }

    fn conditions_of(
        &mut self,
        table: TableId,
        alias: &str,
        input: &Input,
    ) -> Result<Option<Expr>> {
        let of = self.table(table);
        let mut conditions = Vec::new();
        for (field, value) in input.fields("A condition")? {
            if value.is_null() {
                return Err(null_condition(field));
            }
            let condition = match (field.as_str(), of.member(field)) {
                (_, Some(Member::Column(index))) => {
                    let of = &of.columns[index];
                    self.value_condition(&column(alias, &of.name), of, value)?
                }
                (_, Some(Member::Relation(index))) => {
                    self.related_condition(alias, of, &of.relations[index], value)?
                }
                ("and", None) => Some(all(&self.each(table, alias, field, value)?)),
                ("or", None) => Some(any(&self.each(table, alias, field, value)?)),
                ("not", None) => self.condition(table, alias, value)?.map(negated),
                (unknown, None) => {
                    return Err(Error::bad_input(format!(
                        "There is no field {unknown} to filter by"
                    )));
                }
            };
            conditions.extend(condition);
        }
        Ok((!conditions.is_empty()).then(|| all(&conditions)))
    }

    fn each(
        &mut self,
        table: TableId,
        alias: &str,
        what: &str,
        inputs: &Input,
    ) -> Result<Vec<Expr>> {
        let mut conditions = Vec::new();
        for input in inputs.items(what)? {
            let condition = self.condition(table, alias, input)?;
            conditions.push(condition.unwrap_or_else(|| Expr::cust("true")));
        }
        Ok(conditions)
    }

    fn related_condition(
        &mut self,
        alias: &str,
        table: &Table,
        relation: &Relation,
        input: &Input,
    ) -> Result<Option<Expr>> {
        if !relation.to_many {
            return Ok(Some(self.exists(alias, table, relation, input, false)?));
        }
        let mut conditions = Vec::new();
        for (quantifier, input) in input.fields(&relation.field)? {
            if input.is_null() {
                return Err(null_condition(&format!("{}.{quantifier}", relation.field)));
            }
            conditions.push(match quantifier.as_str() {
                "some" => self.exists(alias, table, relation, input, false)?,
                "none" => self.exists(alias, table, relation, input, false)?.not(),
                "every" => self.exists(alias, table, relation, input, true)?.not(),
                unknown => {
                    return Err(Error::bad_input(format!(
                        "There is no condition {unknown} on {}",
                        relation.field
                    )));
                }
            });
        }
        Ok((!conditions.is_empty()).then(|| all(&conditions)))
    }

    /// Whether a related row exists that fits, or that does not.
    fn exists(
        &mut self,
        alias: &str,
        table: &Table,
        relation: &Relation,
        input: &Input,
        misfit: bool,
    ) -> Result<Expr> {
        let to = self.alias(relation.target);
        let target = self.table(relation.target);
        let mut select = SelectStatement::new();
        select
            .expr(Expr::cust("1"))
            .from_as(
                (Alias::new(&target.schema), Alias::new(&target.name)),
                Alias::new(&to),
            )
            .and_where(relation_condition(relation, alias, table, &to, target));
        if relation.to_many
            && let Some(bin) = self.unasked_bin(relation.target, Some(input))
        {
            select.and_where(column(&to, &bin.name).is_null());
        }
        let condition = self.condition(relation.target, &to, input)?;
        match (condition, misfit) {
            (Some(condition), false) => drop(select.and_where(condition)),
            (Some(condition), true) => drop(select.and_where(negated(condition))),
            // Every row fits a condition that demands nothing.
            (None, true) => drop(select.and_where(Expr::cust("false"))),
            (None, false) => {}
        }
        Ok(Expr::exists(select))
    }

    /// The condition on the value of a column, or on one that is computed of it.
    pub(super) fn value_condition(
        &mut self,
        from: &Expr,
        of: &Column,
        input: &Input,
    ) -> Result<Option<Expr>> {
        let mut conditions = Vec::new();
        for (operator, value) in input.fields(&of.field)? {
            let from = from.clone();
            let what = || format!("{}.{operator}", of.field);
            if value.is_null() {
                return Err(null_operand(&what()));
            }
            conditions.push(match operator.as_str() {
                "isNull" => self.is_null(from, &value.source(&what())?)?,
                "within" => self.within(from, of, value)?,
                "path" => self.json_path(from, value)?,
                _ => self.comparison(from, of, operator, &value.source(&what())?)?,
            });
        }
        Ok((!conditions.is_empty()).then(|| all(&conditions)))
    }

    /// Which of the two it is shapes the plan, so the value may be looked at here.
    fn is_null(&self, from: Expr, source: &Source) -> Result<Expr> {
        match source.value(self.scope.variables).as_bool() {
            Some(true) => Ok(from.is_null()),
            Some(false) => Ok(from.is_not_null()),
            None => Err(Error::bad_input("isNull must be true or false")),
        }
    }

    fn comparison(
        &mut self,
        from: Expr,
        of: &Column,
        operator: &str,
        source: &Source,
    ) -> Result<Expr> {
        let list = matches!(of.kind, Kind::List(_));
        let scalar = self.scalar(&of.kind);
        let ty = &of.facts.sql_type;
        Ok(match operator {
            "in" | "notIn" => {
                let many = cast(
                    self.parameter(source, Conversion::Many(scalar)),
                    &format!("{ty}[]"),
                );
                let is_in = from.eq(Expr::expr(Func::cust(Alias::new("any")).arg(many)));
                if operator == "in" {
                    is_in
                } else {
                    negated(is_in)
                }
            }
            "like" => self.pattern(from, source, Conversion::Like, "like"),
            "ilike" => self.pattern(from, source, Conversion::Like, "ilike"),
            "regex" => self.pattern(from, source, Conversion::Regex, "~"),
            "iregex" => self.pattern(from, source, Conversion::Regex, "~*"),
            "startsWith" => self.like(from, source, false, true),
            "endsWith" => self.like(from, source, true, false),
            "contains" if of.kind == Kind::Text => self.like(from, source, true, true),
            "matches" => self.words(from, of, source),
            "hasKey" => {
                let key = cast(self.one(source, Scalar::String), "text");
                Func::cust(Alias::new("jsonb_exists"))
                    .arg(from)
                    .arg(key)
                    .into()
            }
            _ => {
                let conversion = if list {
                    Conversion::Many(scalar)
                } else {
                    Conversion::One(scalar)
                };
                let value = cast(self.parameter(source, conversion), ty);
                match operator {
                    "eq" => from.eq(value),
                    "ne" => from.binary(BinOper::Custom("is distinct from"), value),
                    "lt" => from.lt(value),
                    "lte" => from.lte(value),
                    "gt" => from.gt(value),
                    "gte" => from.gte(value),
                    "contains" => from.binary(BinOper::Custom("@>"), value),
                    "containedBy" => from.binary(BinOper::Custom("<@"), value),
                    "overlaps" => from.binary(BinOper::Custom("&&"), value),
                    unknown => {
                        return Err(Error::bad_input(format!("There is no condition {unknown}")));
                    }
                }
            }
        })
    }

    fn like(&mut self, from: Expr, source: &Source, before: bool, after: bool) -> Expr {
        self.pattern(from, source, Conversion::Pattern { before, after }, "like")
    }

    /// A comparison with a pattern, by an operator of PostgreSQL.
    fn pattern(
        &mut self,
        from: Expr,
        source: &Source,
        conversion: Conversion,
        operator: &'static str,
    ) -> Expr {
        let pattern = self.parameter(source, conversion);
        from.binary(BinOper::Custom(operator), cast(pattern, "text"))
    }

    fn words(&mut self, from: Expr, of: &Column, source: &Source) -> Expr {
        let query = cast(self.one(source, Scalar::String), "text");
        let english = || Expr::cust("'english'::regconfig");
        let query = Func::cust(Alias::new("websearch_to_tsquery"))
            .arg(english())
            .arg(query);
        let words = if of.kind == Kind::TextSearch {
            from
        } else {
            Func::cust(Alias::new("to_tsvector"))
                .arg(english())
                .arg(from)
                .into()
        };
        words.binary(BinOper::Custom("@@"), Expr::from(query))
    }

    fn within(&mut self, from: Expr, of: &Column, input: &Input) -> Result<Expr> {
        let (Some(to), Some(radius)) = (input.scalar("of")?, input.scalar("distance")?) else {
            return Err(Error::bad_input("within needs a vector and a distance"));
        };
        let distance = distance(self, from, of, to, input.given("metric")?)?;
        let radius = cast(self.one(radius, Scalar::Float), "double precision");
        Ok(distance.lte(radius))
    }

    fn json_path(&mut self, from: Expr, input: &Input) -> Result<Expr> {
        let Some(path) = input.scalar("path")? else {
            return Err(Error::bad_input(
                "A condition on a JSON path needs the path",
            ));
        };
        let mut conditions = Vec::new();
        for (operator, value) in input.fields("path")? {
            if operator == "path" {
                continue;
            }
            if value.is_null() {
                return Err(null_operand(&format!("path.{operator}")));
            }
            let source = &value.source(operator)?;
            let path = cast(
                self.parameter(path, Conversion::Many(Scalar::String)),
                "text[]",
            );
            let at = from.clone().binary(BinOper::Custom("#>"), path);
            conditions.push(match operator.as_str() {
                "isNull" => {
                    let at = Func::cust(Alias::new("nullif"))
                        .arg(at)
                        .arg(Expr::cust("'null'::jsonb"));
                    self.is_null(at.into(), source)?
                }
                comparison => {
                    let value = cast(self.one(source, Scalar::Json), "jsonb");
                    match comparison {
                        "eq" => at.eq(value),
                        "ne" => at.binary(BinOper::Custom("is distinct from"), value),
                        "lt" => at.lt(value),
                        "lte" => at.lte(value),
                        "gt" => at.gt(value),
                        "gte" => at.gte(value),
                        unknown => {
                            return Err(Error::bad_input(format!(
                                "There is no condition {unknown} on a JSON path"
                            )));
                        }
                    }
                }
            });
        }
        if conditions.is_empty() {
            return Err(Error::bad_input(
                "A condition on a JSON path needs what the value there must be",
            ));
        }
        Ok(all(&conditions))
    }
}

/// Whether a condition says something about a field of its own rows, not of related ones.
fn names(input: &Input, field: &str) -> bool {
    let Input::Object(fields) = input else {
        return false;
    };
    fields
        .iter()
        .any(|(name, value)| match (name.as_str(), value) {
            _ if name == field => !value.is_null(),
            ("and" | "or", Input::List(items)) => items.iter().any(|one| names(one, field)),
            ("not", value) => names(value, field),
            _ => false,
        })
}

/// Whether null is meant as "any" or as "none" cannot be known, and the two differ by all rows.
pub(super) fn null_condition(what: &str) -> Error {
    Error::bad_input(format!(
        "The condition {what} cannot be null: leave it out where nothing is demanded, or use isNull to find rows without a value"
    ))
}

fn null_operand(what: &str) -> Error {
    Error::bad_input(format!(
        "{what} cannot be null: use isNull to find rows without a value"
    ))
}

fn too_much(limit: &str, allowed: usize, what: &str) -> Error {
    Error::limit_exceeded(
        limit,
        allowed,
        format!("The condition {what} than the {allowed} that are allowed"),
    )
}

/// The opposite in two-valued logic: a condition that is unknown does not hold.
pub(super) fn negated(condition: Expr) -> Expr {
    // A keyword, because PostgreSQL takes no parentheses there and other expressions get them.
    condition.binary(BinOper::IsNot, Expr::custom_keyword("true"))
}
