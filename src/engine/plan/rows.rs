//! The rows of one level: which, in what order, how many, and what is read of them.

use sea_query::{Alias, Expr, ExprTrait, JoinType, NullOrdering, Order, SelectStatement};

use super::{Compiler, order::Term};
use crate::{
    engine::{input::Input, sql::cast},
    error::{Error, Result},
    model::{Relation, Table, TableId},
};

/// A query for rows under construction.
pub struct Rows<'d> {
    /// The table.
    pub table: TableId,
    /// Its alias.
    pub alias: String,
    /// The conditions; all must hold.
    pub conditions: Vec<Expr>,
    /// The order, in the direction in which rows are read.
    pub order: Vec<Term>,
    /// The parameter that limits rows to those that are shown.
    pub limit: Option<u64>,
    /// The parameter that limits rows to those that are read, perhaps one more.
    pub limit_read: Option<u64>,
    /// The parameter that skips rows.
    pub offset: Option<u64>,
    /// The rows that these belong to; nothing for a root field.
    pub parents: Option<Parents>,
    joins: Vec<Join>,
    columns: Vec<(String, Expr)>,
    /// Relations to many that were met, compiled once the rows are known.
    pub children: Vec<super::object::Child<'d>>,
}

/// The keys of parent rows: a select with columns `k0`, `k1`, …
pub struct Parents {
    /// Selects a row for each parent.
    pub keys: SelectStatement,
    /// How many columns it has.
    pub width: usize,
}

struct Join {
    table: TableId,
    alias: String,
    from: String,
    field: String,
    on: Expr,
}

/// The name of a key's n-th column.
pub fn key_name(n: usize) -> Alias {
    Alias::new(format!("k{n}"))
}

/// A column of a table under an alias.
pub fn column(alias: &str, name: &str) -> Expr {
    Expr::col((Alias::new(alias), Alias::new(name)))
}

/// The conditions that name a row by the arguments of its key.
pub fn key_conditions(
    compiler: &mut Compiler<'_>,
    table: TableId,
    alias: &str,
    arguments: &Input,
) -> Result<Vec<Expr>> {
    let mut conditions = Vec::new();
    for key in compiler.table(table).key_columns() {
        let source = match arguments.given(&key.field)? {
            Some(value) => value.source(&key.field)?,
            None => return Err(Error::bad_input(format!("{} is needed", key.field))),
        };
        let scalar = compiler.scalar(&key.kind);
        let value = cast(compiler.one(&source, scalar), &key.facts.sql_type);
        conditions.push(column(alias, &key.name).eq(value));
    }
    Ok(conditions)
}

const PARENTS: &str = "parents";
const CHILDREN: &str = "children";

impl Rows<'_> {
    /// All rows of a table, or those that belong to parents.
    pub fn new(compiler: &mut Compiler<'_>, table: TableId) -> Self {
        Rows {
            table,
            alias: compiler.alias(table),
            conditions: Vec::new(),
            order: Vec::new(),
            limit: None,
            limit_read: None,
            offset: None,
            parents: None,
            joins: Vec::new(),
            columns: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Restricts the rows to those that a relation leads to from some parents.
    pub fn belong_to(&mut self, parents: Parents, relation: &Relation, table: &Table) {
        for (n, (_, there)) in relation.on.iter().enumerate() {
            let parent = Expr::col((Alias::new(PARENTS), key_name(n)));
            self.conditions
                .push(column(&self.alias, &table.columns[*there].name).eq(parent));
        }
        self.parents = Some(parents);
    }

    /// Reads an expression; gives its place among the columns. `what` tells equal ones.
    pub fn read(&mut self, what: String, expression: impl FnOnce() -> Expr) -> usize {
        let parent_width = self.parents.as_ref().map_or(0, |p| p.width);
        let place = self.columns.iter().position(|(known, _)| *known == what);
        parent_width
            + place.unwrap_or_else(|| {
                self.columns.push((what, expression()));
                self.columns.len() - 1
            })
    }

    /// Reads a column of the table or of a joined one.
    pub fn read_column(&mut self, alias: &str, name: &str) -> usize {
        self.read(format!("{alias}.{name}"), || column(alias, name))
    }

    /// Joins what a relation to one leads to from `from`; gives its alias.
    pub fn join(
        &mut self,
        compiler: &mut Compiler<'_>,
        from: &str,
        table: &Table,
        relation: &Relation,
    ) -> String {
        let known = self
            .joins
            .iter()
            .find(|j| j.from == from && j.field == relation.field);
        if let Some(join) = known {
            return join.alias.clone();
        }
        let alias = compiler.alias(relation.target);
        let target = compiler.table(relation.target);
        self.joins.push(Join {
            table: relation.target,
            from: from.to_owned(),
            field: relation.field.clone(),
            on: relation_condition(relation, from, table, &alias, target),
            alias: alias.clone(),
        });
        alias
    }

    /// The expressions that were read, for a RETURNING.
    pub fn expressions(&self) -> Vec<Expr> {
        self.columns
            .iter()
            .map(|(_, expression)| expression.clone())
            .collect()
    }

    /// The statement of this level: the parents' keys, then the columns that were read.
    pub fn select(&self, compiler: &Compiler<'_>) -> SelectStatement {
        let columns: Vec<Expr> = self.columns.iter().map(|(_, e)| e.clone()).collect();
        let aliases: Vec<String> = self.joins.iter().map(|j| j.alias.clone()).collect();
        let rows = self.inner(compiler, &columns, "c", &aliases, self.limit_read);
        match &self.parents {
            None => rows,
            Some(parents) => {
                let mut select = with_parents(parents, rows);
                for n in 0..parents.width {
                    select.column((Alias::new(PARENTS), key_name(n)));
                }
                // All rows of a level may be read for their number alone.
                if !columns.is_empty() {
                    select.expr(Expr::cust(format!("{CHILDREN}.*")));
                }
                select
            }
        }
    }

    /// The keys that children refer to: `expressions` over the rows that are shown.
    pub fn keys(
        &self,
        compiler: &Compiler<'_>,
        alias: &str,
        expressions: &[Expr],
        distinct: bool,
    ) -> Parents {
        let mut select = self.inner(compiler, expressions, "k", &self.chain(alias), self.limit);
        if let Some(parents) = &self.parents {
            select = with_parents(parents, select);
            select.expr(Expr::cust(format!("{CHILDREN}.*")));
        }
        if distinct {
            let mut outer = SelectStatement::new();
            for n in 0..expressions.len() {
                outer.column(key_name(n));
                outer.and_where(Expr::col(key_name(n)).is_not_null());
            }
            outer.distinct().from_subquery(select, Alias::new("found"));
            select = outer;
        }
        Parents {
            keys: select,
            width: expressions.len(),
        }
    }

    /// A count per parent, or of all, over conditions without order and limit.
    pub fn count(&self, compiler: &Compiler<'_>, conditions: &[Expr]) -> SelectStatement {
        let table = compiler.table(self.table);
        let mut select = SelectStatement::new();
        let count = Expr::cust("count(*)::integer");
        if let Some(parents) = &self.parents {
            select.from_subquery(parents.keys.clone(), Alias::new(PARENTS));
            for n in 0..parents.width {
                select.column((Alias::new(PARENTS), key_name(n)));
                select.add_group_by([Expr::col((Alias::new(PARENTS), key_name(n)))]);
            }
            select.join_as(
                JoinType::InnerJoin,
                (Alias::new(&table.schema), Alias::new(&table.name)),
                Alias::new(&self.alias),
                all(conditions),
            );
        } else {
            select.from_as(
                (Alias::new(&table.schema), Alias::new(&table.name)),
                Alias::new(&self.alias),
            );
            for condition in conditions {
                select.and_where(condition.clone());
            }
        }
        select.expr(count);
        select
    }

    /// Whether a row fits conditions, among the first `limit` of them if there is one.
    pub fn exists(&self, compiler: &Compiler<'_>, conditions: &[Expr], limit: Option<u64>) -> Expr {
        let mut select = self.joined(compiler, &[]);
        select.expr(Expr::cust("1"));
        for condition in conditions {
            select.and_where(condition.clone());
        }
        if let Some(limit) = limit {
            select.limit(limit);
        }
        Expr::exists(select)
    }

    /// An expression for each parent, or once.
    pub fn of_parents(&self, expression: Expr) -> SelectStatement {
        let mut select = SelectStatement::new();
        if let Some(parents) = &self.parents {
            select.from_subquery(parents.keys.clone(), Alias::new(PARENTS));
            for n in 0..parents.width {
                select.column((Alias::new(PARENTS), key_name(n)));
            }
        }
        select.expr(expression);
        select
    }

    /// The aliases that `alias` is joined through, itself included.
    fn chain(&self, alias: &str) -> Vec<String> {
        let mut chain = Vec::new();
        let mut at = alias;
        while let Some(join) = self.joins.iter().find(|j| j.alias == at) {
            chain.push(at.to_owned());
            at = &join.from;
        }
        chain
    }

    fn inner(
        &self,
        compiler: &Compiler<'_>,
        expressions: &[Expr],
        prefix: &str,
        joined: &[String],
        limit: Option<u64>,
    ) -> SelectStatement {
        let mut select = self.joined(compiler, joined);
        for (n, expression) in expressions.iter().enumerate() {
            select.expr_as(expression.clone(), Alias::new(format!("{prefix}{n}")));
        }
        if expressions.is_empty() {
            select.expr(Expr::cust("1"));
        }
        for condition in &self.conditions {
            select.and_where(condition.clone());
        }
        if limit.is_some() || prefix == "c" {
            for term in &self.order {
                term.apply(&mut select);
            }
        }
        if let Some(limit) = limit {
            select.limit(limit);
        }
        if let Some(offset) = self.offset {
            select.offset(offset);
        }
        select
    }

    /// The table with those of its joins that are named and those that the order needs.
    fn joined(&self, compiler: &Compiler<'_>, joined: &[String]) -> SelectStatement {
        let table = compiler.table(self.table);
        let mut select = SelectStatement::new();
        select.from_as(
            (Alias::new(&table.schema), Alias::new(&table.name)),
            Alias::new(&self.alias),
        );
        let mut needed = joined.to_vec();
        for term in &self.order {
            needed.extend(term.joined.iter().flat_map(|alias| self.chain(alias)));
        }
        for join in self.joins.iter().filter(|j| needed.contains(&j.alias)) {
            let target = compiler.table(join.table);
            select.join_as(
                JoinType::LeftJoin,
                (Alias::new(&target.schema), Alias::new(&target.name)),
                Alias::new(&join.alias),
                join.on.clone(),
            );
        }
        select
    }
}

fn with_parents(parents: &Parents, rows: SelectStatement) -> SelectStatement {
    let mut select = SelectStatement::new();
    select.from_subquery(parents.keys.clone(), Alias::new(PARENTS));
    select.join_lateral(
        JoinType::InnerJoin,
        rows,
        Alias::new(CHILDREN),
        Expr::cust("true"),
    );
    select
}

/// The condition that two rows are related.
pub fn relation_condition(
    relation: &Relation,
    from: &str,
    table: &Table,
    to: &str,
    target: &Table,
) -> Expr {
    let pairs: Vec<Expr> = relation
        .on
        .iter()
        .map(|(here, there)| {
            let here = column(from, &table.columns[*here].name);
            column(to, &target.columns[*there].name).eq(here)
        })
        .collect();
    all(&pairs)
}

/// All conditions at once; true when there are none.
pub fn all(conditions: &[Expr]) -> Expr {
    balanced(conditions, &|one, other| one.and(other)).unwrap_or_else(|| Expr::cust("true"))
}

/// One condition at least; false when there are none.
pub fn any(conditions: &[Expr]) -> Expr {
    balanced(conditions, &|one, other| one.or(other)).unwrap_or_else(|| Expr::cust("false"))
}

/// Joins conditions by halves: what a client lists must not nest as deep as it is long, because
/// expressions are written recursively.
fn balanced(conditions: &[Expr], join: &impl Fn(Expr, Expr) -> Expr) -> Option<Expr> {
    match conditions {
        [] => None,
        [only] => Some(only.clone()),
        _ => {
            let (first, second) = conditions.split_at(conditions.len() / 2);
            Some(join(balanced(first, join)?, balanced(second, join)?))
        }
    }
}

impl Term {
    fn apply(&self, select: &mut SelectStatement) {
        let order = if self.descending {
            Order::Desc
        } else {
            Order::Asc
        };
        let usual = self.nulls_first == self.descending;
        if !self.nullable || usual {
            select.order_by_expr(self.expression.clone(), order);
        } else {
            let nulls = if self.nulls_first {
                NullOrdering::First
            } else {
                NullOrdering::Last
            };
            select.order_by_expr_with_nulls(self.expression.clone(), order, nulls);
        }
    }
}
