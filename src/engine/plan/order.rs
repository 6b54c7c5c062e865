//! Orders, and the places in them that cursors mark.

use sea_query::{Alias, Expr, ExprTrait, SelectStatement};
use sha2::{Digest, Sha256};

use super::{
    Compiler, only_field,
    rows::{Rows, all, any, column, relation_condition},
};
use crate::{
    engine::{
        input::{Input, Source},
        sql::{Conversion, cast},
    },
    error::{Error, Result},
    model::{Kind, Member, Relation, Table},
};

/// One term of an order.
#[derive(Debug, Clone)]
pub struct Term {
    /// What is compared.
    pub expression: Expr,
    /// Its SQL type, for cursors.
    pub sql_type: String,
    /// Its description, for the order's fingerprint.
    pub name: String,
    /// Largest first.
    pub descending: bool,
    /// Rows without a value come before all others.
    pub nulls_first: bool,
    /// Whether it can be null.
    pub nullable: bool,
    /// The joined table that it reads, if it does.
    pub joined: Option<String>,
    /// The column that it is, as `alias.name`, if it is one.
    pub column: Option<String>,
    /// The parameter that it depends on, if it does: a cursor is good for one value of it only.
    pub given: Option<usize>,
}

impl Term {
    fn new(
        expression: Expr,
        sql_type: &str,
        name: String,
        nullable: bool,
        joined: Option<String>,
    ) -> Self {
        Term {
            expression,
            sql_type: sql_type.to_owned(),
            name,
            descending: false,
            nulls_first: false,
            nullable,
            joined,
            column: None,
            given: None,
        }
    }

    fn of_column(mut self, alias: &str, name: &str) -> Self {
        self.column = Some(format!("{alias}.{name}"));
        self
    }

    fn directed(mut self, order: &Input) -> Result<Self> {
        (self.descending, self.nulls_first) = direction(order)?;
        Ok(self)
    }

    fn reversed(mut self) -> Self {
        self.descending = !self.descending;
        self.nulls_first = !self.nulls_first;
        self
    }
}

/// What a value of `Order` says: whether the largest come first, and whether rows without a value do.
pub fn direction(order: &Input) -> Result<(bool, bool)> {
    Ok(match order.name("The direction of an order")? {
        "ASC" | "ASC_NULLS_LAST" => (false, false),
        "ASC_NULLS_FIRST" => (false, true),
        "DESC" | "DESC_NULLS_FIRST" => (true, true),
        "DESC_NULLS_LAST" => (true, false),
        unknown => {
            return Err(Error::bad_input(format!("There is no direction {unknown}")));
        }
    })
}

/// The order that an argument asks for, completed by the primary key so that no two rows are equal.
pub fn order(
    compiler: &mut Compiler<'_>,
    rows: &mut Rows<'_>,
    argument: Option<&Input>,
) -> Result<Vec<Term>> {
    let table = compiler.table(rows.table);
    let alias = rows.alias.clone();
    let mut terms = Vec::new();
    let entries = match argument {
        Some(entries) => entries.items("orderBy")?,
        None => &[],
    };
    for entry in entries {
        terms.push(term(compiler, rows, &alias, table, None, entry)?);
    }
    for key in table.key_columns() {
        if !terms.iter().any(|term| term.name == key.field) {
            let expression = column(&alias, &key.name);
            let term = Term::new(
                expression,
                &key.facts.sql_type,
                key.field.clone(),
                false,
                None,
            );
            terms.push(term.of_column(&alias, &key.name));
        }
    }
    Ok(terms)
}

fn term(
    compiler: &mut Compiler<'_>,
    rows: &mut Rows<'_>,
    alias: &str,
    table: &Table,
    joined: Option<String>,
    entry: &Input,
) -> Result<Term> {
    let (field, direction) = only_field(entry, "An order")?;
    match table.member(field) {
        Some(Member::Column(index)) => {
            let of = &table.columns[index];
            if let Kind::Vector(_) = of.kind {
                return distance_term(compiler, alias, of, joined, direction);
            }
            let name = if joined.is_some() {
                format!("{alias}.{field}")
            } else {
                field.to_owned()
            };
            let nullable = of.nullable || joined.is_some();
            Term::new(
                column(alias, &of.name),
                &of.facts.sql_type,
                name,
                nullable,
                joined,
            )
            .of_column(alias, &of.name)
            .directed(direction)
        }
        Some(Member::Relation(index)) => {
            let relation = &table.relations[index];
            if relation.to_many {
                return list_term(compiler, alias, table, relation, joined, direction);
            }
            let target = compiler.table(relation.target);
            let to = rows.join(compiler, alias, table, relation);
            let mut term = term(compiler, rows, &to, target, Some(to.clone()), direction)?;
            // Aliases depend on the rest of the document; the fingerprint must not.
            term.name = format!(
                "{field}.{}",
                term.name.trim_start_matches(&format!("{to}."))
            );
            Ok(term)
        }
        None => Err(Error::bad_input(format!(
            "There is no field {field} to order by"
        ))),
    }
}

fn distance_term(
    compiler: &mut Compiler<'_>,
    alias: &str,
    of: &crate::model::Column,
    joined: Option<String>,
    argument: &Input,
) -> Result<Term> {
    let Some(to) = argument.scalar("nearestTo")? else {
        return Err(Error::bad_input("An order by a vector needs nearestTo"));
    };
    let distance = distance(
        compiler,
        column(alias, &of.name),
        of,
        to,
        argument.given("metric")?,
    )?;
    let vector = compiler.parameters.list.len() - 1;
    let metric = metric_operator(argument.given("metric")?)?;
    let name = format!("{} {metric}", of.field);
    let mut term = Term::new(distance, "double precision", name, true, joined);
    term.given = Some(vector);
    Ok(term)
}

/// The distance of a vector column to a vector, which is the last parameter then.
pub fn distance(
    compiler: &mut Compiler<'_>,
    from: Expr,
    of: &crate::model::Column,
    to: &Source,
    metric: Option<&Input>,
) -> Result<Expr> {
    let operator = metric_operator(metric)?;
    let scalar = compiler.scalar(&of.kind);
    let to = cast(compiler.one(to, scalar), &of.facts.sql_type);
    Ok(from.binary(sea_query::BinOper::Custom(operator), to))
}

/// Where no metric is named, the one that the schema names.
fn metric_operator(metric: Option<&Input>) -> Result<&'static str> {
    let Some(metric) = metric else {
        return Ok("<=>");
    };
    match metric.name("metric")? {
        "COSINE" => Ok("<=>"),
        "EUCLIDEAN" => Ok("<->"),
        "INNER_PRODUCT" => Ok("<#>"),
        unknown => Err(Error::bad_input(format!("There is no metric {unknown}"))),
    }
}

/// An order by a number computed over the rows that a relation leads to.
fn list_term(
    compiler: &mut Compiler<'_>,
    alias: &str,
    table: &Table,
    relation: &Relation,
    joined: Option<String>,
    argument: &Input,
) -> Result<Term> {
    let (function, of) = only_field(argument, "An order by a list")?;
    let target = compiler.table(relation.target);
    let to = compiler.alias(relation.target);
    let (expression, sql_type, name, direction) = if function == "count" {
        (
            Expr::cust("count(*)"),
            "bigint".to_owned(),
            String::new(),
            of,
        )
    } else {
        let (field, direction) = only_field(of, "An order by a list")?;
        let Some(Member::Column(index)) = target.member(field) else {
            return Err(Error::bad_input(format!(
                "There is no field {field} to order by"
            )));
        };
        let of = &target.columns[index];
        let expression = column(&to, &of.name);
        let (expression, sql_type) = match function {
            "min" => (expression.min(), of.facts.sql_type.clone()),
            "max" => (expression.max(), of.facts.sql_type.clone()),
            "sum" => (cast(expression.sum(), "numeric"), "numeric".to_owned()),
            "avg" => (cast(expression.avg(), "numeric"), "numeric".to_owned()),
            unknown => {
                return Err(Error::bad_input(format!(
                    "There is no order by the {unknown} of a list"
                )));
            }
        };
        (expression, sql_type, field.to_owned(), direction)
    };
    let mut select = SelectStatement::new();
    select
        .expr(expression)
        .from_as(
            (Alias::new(&target.schema), Alias::new(&target.name)),
            Alias::new(&to),
        )
        .and_where(relation_condition(relation, alias, table, &to, target));
    if let Some(bin) = target.bin() {
        select.and_where(column(&to, &bin.name).is_null());
    }
    let expression = Expr::SubQuery(None, Box::new(select.into()));
    let name = format!("{}.{function}.{name}", relation.field);
    Term::new(expression, &sql_type, name, true, joined).directed(direction)
}

/// The same order read from its end.
pub fn reversed(terms: Vec<Term>) -> Vec<Term> {
    terms.into_iter().map(Term::reversed).collect()
}

/// What makes an order differ from others: cursors are good for equal fingerprints only.
pub fn fingerprint(table: &Table, terms: &[Term]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(table.type_name.as_bytes());
    for term in terms {
        let Term {
            name,
            sql_type,
            descending,
            nulls_first,
            ..
        } = term;
        hash.update(format!("|{name} {sql_type} {descending} {nulls_first}"));
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

/// The parameters that an order depends on. Each place of it that a cursor marks belongs to their
/// values in one run.
pub fn given(terms: &[Term]) -> Vec<usize> {
    terms.iter().filter_map(|term| term.given).collect()
}

/// Which side of a cursor's place is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind it.
    Behind,
    /// At it, or behind it.
    AtOrBehind,
}

/// The condition that a row comes behind the place that a cursor marks. `order` is the fingerprint
/// of the order as the client sees it; `terms` may be reversed.
pub fn behind(
    compiler: &mut Compiler<'_>,
    terms: &[Term],
    order: u64,
    cursor: &Source,
    place: Place,
) -> Expr {
    let with_place = place == Place::AtOrBehind;
    let values: Vec<Expr> = terms
        .iter()
        .enumerate()
        .map(|(place, term)| {
            let conversion = Conversion::Cursor {
                order,
                given: given(terms),
                place,
            };
            cast(compiler.parameter(cursor, conversion), &term.sql_type)
        })
        .collect();
    let uniform = terms
        .iter()
        .all(|t| !t.nullable && t.descending == terms[0].descending);
    if uniform {
        let row = Expr::tuple(terms.iter().map(|t| t.expression.clone()));
        let values = Expr::tuple(values);
        return match (terms[0].descending, with_place) {
            (true, false) => row.lt(values),
            (true, true) => row.lte(values),
            (false, false) => row.gt(values),
            (false, true) => row.gte(values),
        };
    }
    let mut ways = Vec::new();
    for (place, term) in terms.iter().enumerate() {
        let mut conditions: Vec<Expr> = (0..place).map(|i| same(&terms[i], &values[i])).collect();
        conditions.push(beyond(term, &values[place]));
        ways.push(all(&conditions));
    }
    if with_place {
        let same: Vec<Expr> = terms.iter().zip(&values).map(|(t, v)| same(t, v)).collect();
        ways.push(all(&same));
    }
    let behind = any(&ways);
    // Says nothing new, but an index on the first column can be entered at the right place with it.
    match terms.first() {
        Some(first) if !first.nullable => {
            let (t, v) = (first.expression.clone(), values[0].clone());
            let bound = if first.descending { t.lte(v) } else { t.gte(v) };
            bound.and(behind)
        }
        _ => behind,
    }
}

fn same(term: &Term, value: &Expr) -> Expr {
    if term.nullable {
        let operator = sea_query::BinOper::Custom("is not distinct from");
        term.expression.clone().binary(operator, value.clone())
    } else {
        term.expression.clone().eq(value.clone())
    }
}

fn beyond(term: &Term, value: &Expr) -> Expr {
    let (t, v) = (term.expression.clone(), value.clone());
    let further = if term.descending {
        t.clone().lt(v.clone())
    } else {
        t.clone().gt(v.clone())
    };
    match (term.nullable, term.nulls_first) {
        (false, _) => further,
        (true, true) => further.or(v.is_null().and(t.is_not_null())),
        (true, false) => further.or(t.is_null().and(v.is_not_null())),
    }
}
