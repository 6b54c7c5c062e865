//! Connections: pages of rows, their cursors and counts.

use async_graphql::parser::types::SelectionSet;
use serde_json::Value;

use super::{
    Compiler, LevelShape,
    object::{ObjectShape, constant_string, prefix},
    order::{behind, fingerprint, given, order, reversed},
    rows::Rows,
};
use crate::{
    engine::{
        input::{Input, Source},
        sql::{Conversion, Parameter, Statement},
    },
    error::{Error, Result},
};

/// A connection of the answer.
#[derive(Debug)]
pub struct PageShape {
    /// Its fields.
    pub fields: Vec<(Box<[u8]>, PageField)>,
    /// The parameter that holds how many rows were read at most: one more than are shown.
    pub limit: usize,
    /// Rows were read from the end: they are answered in reverse.
    pub backward: bool,
    /// The page begins behind a cursor, or rows were skipped.
    pub begins_behind: bool,
    /// The page ends before a cursor.
    pub ends_before: bool,
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
    Edges(Vec<(Box<[u8]>, EdgeField)>),
    /// `pageInfo`.
    PageInfo(Vec<(Box<[u8]>, PageInfoField)>),
    /// `totalCount`, in another level.
    TotalCount(usize),
    /// `__typename`.
    Typename(super::FieldShape),
}

/// A field of an edge.
#[derive(Debug)]
pub enum EdgeField {
    /// `cursor`.
    Cursor,
    /// `node`.
    Node(ObjectShape),
    /// `__typename`.
    Typename(super::FieldShape),
}

/// A field of `pageInfo`.
#[derive(Debug)]
pub enum PageInfoField {
    /// `hasNextPage`.
    HasNextPage,
    /// `hasPreviousPage`.
    HasPreviousPage,
    /// `startCursor`.
    StartCursor,
    /// `endCursor`.
    EndCursor,
    /// `__typename`.
    Typename(super::FieldShape),
}

/// Which rows of an order a page has.
struct Window<'i> {
    count: Option<&'i Source>,
    backward: bool,
    after: Option<&'i Source>,
    before: Option<&'i Source>,
    offset: Option<&'i Source>,
}

impl<'i> Window<'i> {
    fn new(arguments: &'i Input) -> Result<Self> {
        let source = |name: &str| match arguments.get(name) {
            Some(Input::Scalar(source)) => Some(source),
            _ => None,
        };
        let (first, last) = (source("first"), source("last"));
        let window = Window {
            count: first.or(last),
            backward: last.is_some(),
            after: source("after"),
            before: source("before"),
            offset: source("offset"),
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
        if let Some(condition) = arguments.get("where") {
            let alias = rows.alias.clone();
            let condition = self.condition(rows.table, &alias, condition)?;
            rows.conditions.extend(condition);
        }
        // What the count is over: the page's place in the order does not change it.
        let counted = rows.conditions.clone();
        let terms = order(self, &mut rows, arguments.get("orderBy"))?;
        let order = fingerprint(table, &terms);
        if let Some(after) = window.after {
            rows.conditions.push(behind(self, &terms, order, after));
        }
        let backwards = reversed(terms.clone());
        if let Some(before) = window.before {
            rows.conditions
                .push(behind(self, &backwards, order, before));
        }
        rows.order = if window.backward { backwards } else { terms };
        let limit_read = self.page_limit(window.count, 1);
        rows.limit_read = Some(limit_read);
        rows.limit = Some(self.page_limit(window.count, 0));
        rows.offset = window
            .offset
            .map(|source| self.number(source, Conversion::Offset));
        let mut shape = PageShape {
            fields: Vec::new(),
            limit: limit_read as usize,
            backward: window.backward,
            begins_behind: window.after.is_some() || window.offset.is_some(),
            ends_before: window.before.is_some(),
            cursor: Vec::new(),
            order,
            given: given(&rows.order),
        };
        self.page_fields(&mut shape, &mut rows, &counted, selections)?;
        self.finish(level, rows, LevelShape::Page(shape))
    }

    fn page_limit(&mut self, count: Option<&Source>, extra: u32) -> u64 {
        let default = Source::Constant(Value::from(self.catalogue.page_default));
        let max = self.catalogue.page_max;
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
        counted: &[sea_query::Expr],
        selections: &[&'a SelectionSet],
    ) -> Result<()> {
        let type_name = format!("{}Connection", self.table(rows.table).type_name);
        for selected in self.collect(&type_name, selections) {
            let inner = selected.selections();
            let alias = rows.alias.clone();
            let field = match selected.name() {
                "nodes" => PageField::Nodes(self.object(rows, &alias, rows.table, &inner)?),
                "edges" => PageField::Edges(self.edge_fields(shape, rows, &inner)?),
                "pageInfo" => PageField::PageInfo(self.page_info(shape, rows, &inner)),
                "totalCount" => PageField::TotalCount(self.total(rows, counted)),
                _ => PageField::Typename(constant_string(&type_name)),
            };
            let prefix = prefix(selected.key, shape.fields.is_empty());
            shape.fields.push((prefix, field));
        }
        Ok(())
    }

    fn edge_fields(
        &mut self,
        shape: &mut PageShape,
        rows: &mut Rows<'a>,
        selections: &[&'a SelectionSet],
    ) -> Result<Vec<(Box<[u8]>, EdgeField)>> {
        let type_name = format!("{}Edge", self.table(rows.table).type_name);
        let mut fields = Vec::new();
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
                _ => EdgeField::Typename(constant_string(&type_name)),
            };
            fields.push((prefix(selected.key, fields.is_empty()), field));
        }
        Ok(fields)
    }

    fn page_info(
        &mut self,
        shape: &mut PageShape,
        rows: &mut Rows<'a>,
        selections: &[&'a SelectionSet],
    ) -> Vec<(Box<[u8]>, PageInfoField)> {
        let mut fields = Vec::new();
        for selected in self.collect("PageInfo", selections) {
            let field = match selected.name() {
                "hasNextPage" => PageInfoField::HasNextPage,
                "hasPreviousPage" => PageInfoField::HasPreviousPage,
                "startCursor" => PageInfoField::StartCursor,
                "endCursor" => PageInfoField::EndCursor,
                _ => PageInfoField::Typename(constant_string("PageInfo")),
            };
            if matches!(field, PageInfoField::StartCursor | PageInfoField::EndCursor) {
                read_cursor(shape, rows);
            }
            fields.push((prefix(selected.key, fields.is_empty()), field));
        }
        fields
    }

    fn total(&mut self, rows: &Rows<'a>, counted: &[sea_query::Expr]) -> usize {
        let level = self.reserve_level();
        let statement = Statement::select(&rows.count(self, counted));
        let parent_width = rows.parents.as_ref().map_or(0, |parents| parents.width);
        self.levels[level] = Some(super::Level {
            statement,
            parent_width,
            shape: LevelShape::Count,
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
