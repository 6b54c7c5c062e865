//! Connections: pages of rows, their cursors and counts.

use async_graphql::parser::types::SelectionSet;
use sea_query::{Expr, SelectStatement};
use serde_json::Value;

use super::{
    Compiler, LevelShape,
    object::ObjectShape,
    order::{Place, behind, fingerprint, given, order, reversed},
    rows::{Rows, any},
};
use crate::{
    engine::{
        encode::{Constant, Fields, json_string},
        input::{Input, Source},
        sql::{Conversion, Parameter, Statement},
    },
    error::{Error, Result},
};

/// A connection of the answer.
#[derive(Debug)]
pub struct PageShape {
    /// Its fields.
    pub fields: Fields<PageField>,
    /// The parameter that holds how many rows were read at most: one more than are shown.
    pub limit: usize,
    /// Rows were read from the end: they are answered in reverse.
    pub backward: bool,
    /// The columns that cursors are made of.
    pub cursor: Vec<usize>,
    /// The fingerprint of the order.
    pub order: u64,
    /// The parameters whose values are part of the order.
    pub given: Vec<usize>,
}

/// A field of a connection.
#[derive(Debug)]
pub enum PageField {
    /// `nodes`.
    Nodes(ObjectShape),
    /// `edges`.
    Edges(Fields<EdgeField>),
    /// `pageInfo`.
    PageInfo(Fields<PageInfoField>),
    /// `totalCount`, in another level.
    TotalCount(usize),
    /// `__typename`.
    Typename(Constant),
}

/// A field of an edge.
#[derive(Debug)]
pub enum EdgeField {
    /// `cursor`.
    Cursor,
    /// `node`.
    Node(ObjectShape),
    /// `__typename`.
    Typename(Constant),
}

/// A field of `pageInfo`.
#[derive(Debug)]
pub enum PageInfoField {
    /// Whether rows follow in the direction in which the page was read.
    More,
    /// Whether rows lie on the other side of the page, in another level; none can where no cursor and
    /// no offset says where it begins.
    Before(Option<usize>),
    /// `startCursor`.
    StartCursor,
    /// `endCursor`.
    EndCursor,
    /// `__typename`.
    Typename(Constant),
}

/// Which rows of an order a page has.
struct Window<'i> {
    count: Option<&'i Source>,
    backward: bool,
    after: Option<&'i Source>,
    before: Option<&'i Source>,
    offset: Option<&'i Source>,
}

/// What a page is a part of.
struct Around<'i> {
    /// The conditions on all rows, whatever their places.
    counted: Vec<Expr>,
    /// The cursor that the page is read from.
    cursor: Option<&'i Source>,
}

impl<'i> Window<'i> {
    fn new(arguments: &'i Input) -> Result<Self> {
        let (first, last) = (arguments.scalar("first")?, arguments.scalar("last")?);
        let window = Window {
            count: first.or(last),
            backward: last.is_some(),
            after: arguments.scalar("after")?,
            before: arguments.scalar("before")?,
            offset: arguments.scalar("offset")?,
        };
        if first.is_some() && last.is_some() {
            return Err(Error::bad_input("Give either first or last, not both"));
        }
        if window.backward && window.offset.is_some() {
            return Err(Error::bad_input("offset goes with first, not with last"));
        }
        Ok(window)
    }
}

impl<'a> Compiler<'a> {
    /// Compiles a connection into the level that was kept for it.
    pub fn connection(
        &mut self,
        level: usize,
        mut rows: Rows<'a>,
        arguments: &Input,
        selections: &[&'a SelectionSet],
    ) -> Result<()> {
        let table = self.table(rows.table);
        let window = Window::new(arguments)?;
        let alias = rows.alias.clone();
        let condition = self.listed(rows.table, &alias, arguments.given("where")?)?;
        rows.conditions.extend(condition);
        // What the count is over: the page's place in the order does not change it.
        let counted = rows.conditions.clone();
        let terms = order(self, &mut rows, arguments.given("orderBy")?)?;
        let order = fingerprint(table, &terms);
        if let Some(after) = window.after {
            rows.conditions
                .push(behind(self, &terms, order, after, Place::Behind));
        }
        let backwards = reversed(terms.clone());
        if let Some(before) = window.before {
            rows.conditions
                .push(behind(self, &backwards, order, before, Place::Behind));
        }
        rows.order = if window.backward { backwards } else { terms };
        let limit_read = self.page_limit(window.count, 1);
        rows.limit_read = Some(limit_read);
        rows.limit = Some(self.page_limit(window.count, 0));
        rows.offset = window
            .offset
            .map(|source| self.number(source, Conversion::Offset));
        let mut shape = PageShape {
            fields: Fields::default(),
            limit: limit_read as usize,
            backward: window.backward,
            cursor: Vec::new(),
            order,
            given: given(&rows.order),
        };
        let around = Around {
            counted,
            cursor: if window.backward {
                window.before
            } else {
                window.after
            },
        };
        self.page_fields(&mut shape, &mut rows, &around, selections)?;
        self.finish(level, rows, LevelShape::Page(shape))
    }

    fn page_limit(&mut self, count: Option<&Source>, extra: u32) -> u64 {
        let default = Source::Constant(Value::from(self.api.page_default));
        let max = self.api.page_max;
        self.number(count.unwrap_or(&default), Conversion::Limit { max, extra })
    }

    fn number(&mut self, source: &Source, conversion: Conversion) -> u64 {
        let parameter = Parameter {
            source: source.clone(),
            conversion,
            root: self.root,
        };
        self.parameters.number(parameter)
    }

    fn page_fields(
        &mut self,
        shape: &mut PageShape,
        rows: &mut Rows<'a>,
        around: &Around<'_>,
        selections: &[&'a SelectionSet],
    ) -> Result<()> {
        let type_name = format!("{}Connection", self.table(rows.table).type_name);
        for selected in self.collect(&type_name, selections) {
            let inner = selected.selections();
            let alias = rows.alias.clone();
            let field = match selected.name() {
                "nodes" => PageField::Nodes(self.object(rows, &alias, rows.table, &inner)?),
                "edges" => PageField::Edges(self.edge_fields(shape, rows, &inner)?),
                "pageInfo" => PageField::PageInfo(self.page_info(shape, rows, around, &inner)),
                "totalCount" => PageField::TotalCount(self.total(rows, &around.counted)),
                _ => PageField::Typename(json_string(&type_name)),
            };
            shape.fields.push(selected.key, field);
        }
        Ok(())
    }

    fn edge_fields(
        &mut self,
        shape: &mut PageShape,
        rows: &mut Rows<'a>,
        selections: &[&'a SelectionSet],
    ) -> Result<Fields<EdgeField>> {
        let type_name = format!("{}Edge", self.table(rows.table).type_name);
        let mut fields = Fields::default();
        for selected in self.collect(&type_name, selections) {
            let field = match selected.name() {
                "cursor" => {
                    read_cursor(shape, rows);
                    EdgeField::Cursor
                }
                "node" => {
                    let alias = rows.alias.clone();
                    EdgeField::Node(self.object(
                        rows,
                        &alias,
                        rows.table,
                        &selected.selections(),
                    )?)
                }
                _ => EdgeField::Typename(json_string(&type_name)),
            };
            fields.push(selected.key, field);
        }
        Ok(fields)
    }

    fn page_info(
        &mut self,
        shape: &mut PageShape,
        rows: &mut Rows<'a>,
        around: &Around<'_>,
        selections: &[&'a SelectionSet],
    ) -> Fields<PageInfoField> {
        let mut fields = Fields::default();
        for selected in self.collect("PageInfo", selections) {
            let field = match selected.name() {
                "hasNextPage" if !shape.backward => PageInfoField::More,
                "hasPreviousPage" if shape.backward => PageInfoField::More,
                "hasNextPage" | "hasPreviousPage" => {
                    PageInfoField::Before(self.before(shape, rows, around))
                }
                "startCursor" => PageInfoField::StartCursor,
                "endCursor" => PageInfoField::EndCursor,
                _ => PageInfoField::Typename(json_string("PageInfo")),
            };
            if matches!(field, PageInfoField::StartCursor | PageInfoField::EndCursor) {
                read_cursor(shape, rows);
            }
            fields.push(selected.key, field);
        }
        fields
    }

    fn total(&mut self, rows: &Rows<'a>, counted: &[Expr]) -> usize {
        let count = rows.count(self, counted);
        self.value_level(rows, count, "0")
    }

    /// Whether rows lie before the page in the direction in which it is read: those up to its cursor,
    /// and those that its offset skips.
    fn before(&mut self, shape: &PageShape, rows: &Rows<'a>, around: &Around<'_>) -> Option<usize> {
        let mut found = Vec::new();
        if let Some(cursor) = around.cursor {
            let terms = reversed(rows.order.clone());
            let mut conditions = around.counted.clone();
            conditions.push(behind(self, &terms, shape.order, cursor, Place::AtOrBehind));
            found.push(rows.exists(self, &conditions, None));
        }
        if let Some(skipped) = rows.offset {
            found.push(rows.exists(self, &rows.conditions, Some(skipped)));
        }
        if found.is_empty() {
            return None;
        }
        let select = rows.of_parents(any(&found));
        Some(self.value_level(rows, select, "false"))
    }

    /// A level of one value for each parent.
    fn value_level(
        &mut self,
        rows: &Rows<'a>,
        select: SelectStatement,
        absent: &'static str,
    ) -> usize {
        let level = self.reserve_level();
        self.levels[level] = Some(super::Level {
            statement: Statement::select(&select),
            parent_width: rows.parents.as_ref().map_or(0, |parents| parents.width),
            shape: LevelShape::Value(absent),
        });
        level
    }
}

/// Reads what cursors are made of, once.
fn read_cursor(shape: &mut PageShape, rows: &mut Rows<'_>) {
    if shape.cursor.is_empty() {
        let terms = rows.order.clone();
        shape.cursor = terms
            .into_iter()
            .enumerate()
            .map(|(n, term)| {
                let what = term.column.unwrap_or_else(|| format!("order {n}"));
                rows.read(what, || term.expression)
            })
            .collect();
    }
}
