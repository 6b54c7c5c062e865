//! Measures a document: depth, fields, aliases, and what its pages multiply to.
//!
//! It knows no schema. A field below which `nodes` or `edges` are selected is a connection: what lies below
//! those costs as often as its page has rows.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use crate::{
    config::LimitSettings,
    engine::plan::GROUPS_MAX,
    error::{Code, Error, Result},
};

/// Spreads, inline fragments and fields within each other. Deeper documents would be refused for their depth or
/// nesting anyway, were it not for chains of fragments that spread each other.
const WALK_MAX: u32 = 200;

/// What the operations of a document amount to.
#[derive(Debug)]
pub struct Shapes {
    operations: Vec<(Option<Name>, Cost)>,
}

/// A cost that depends on the sizes of pages.
#[derive(Debug, Clone, Default)]
struct Cost {
    flat: u64,
    pages: Vec<(PageSize, Arc<Cost>)>,
}

/// How many rows a page has.
#[derive(Debug, Clone)]
enum PageSize {
    Default,
    Given(u64),
    /// What nothing limits but the engine.
    Whole(u64),
    Variable {
        name: Name,
        default: Option<u64>,
        /// The size where the variable is null or absent.
        without: Box<PageSize>,
    },
}

/// What a selection set amounts to.
#[derive(Debug, Clone, Default)]
struct Shape {
    depth: u64,
    fields: u64,
    aliases: u64,
    cost: Cost,
    /// The part of the cost that lies below `nodes` and `edges`.
    rows: Option<Cost>,
}

impl Shapes {
    pub(super) fn of(document: &ExecutableDocument, limits: &LimitSettings) -> Result<Self> {
        let mut walk = Walk {
            document,
            limits,
            fragments: HashMap::new(),
            operation: None,
        };
        let mut operations = Vec::new();
        for (name, operation) in document.operations.iter() {
            // A fragment's pages may use variables, whose defaults are the operation's.
            walk.fragments.clear();
            walk.operation = Some(&operation.node);
            let shape = walk.selection_set(&operation.node.selection_set.node, 0)?;
            let mut cost = shape.cost;
            cost.add(shape.rows.unwrap_or_default());
            operations.push((name.cloned(), cost));
        }
        for name in document.fragments.keys() {
            walk.fragment(name, 0)?;
        }
        Ok(Shapes { operations })
    }

    pub(super) fn check(
        &self,
        operation_name: Option<&str>,
        variables: &Map<String, Value>,
        limits: &LimitSettings,
    ) -> Result<()> {
        let found = match operation_name {
            Some(asked) => self
                .operations
                .iter()
                .find(|(name, _)| name.as_deref() == Some(asked)),
            None => self.operations.first(),
        };
        // An operation that is not there is the executor's to report.
        let Some((_, cost)) = found else {
            return Ok(());
        };
        let allowed = limits.max_cost;
        if cost.with(variables, limits)? > allowed {
            let message = format!(
                "The operation costs more than {allowed}: ask for fewer fields or smaller pages"
            );
            return Err(Error::limit_exceeded("cost", allowed, message));
        }
        Ok(())
    }
}

impl Cost {
    fn add(&mut self, other: Cost) {
        self.flat = self.flat.saturating_add(other.flat);
        self.pages.extend(other.pages);
    }

    fn with(&self, variables: &Map<String, Value>, limits: &LimitSettings) -> Result<u64> {
        let mut cost = self.flat;
        for (size, rows) in &self.pages {
            let page = size.rows(variables, limits)?.max(1);
            cost = cost.saturating_add(page.saturating_mul(rows.with(variables, limits)?));
        }
        Ok(cost)
    }
}

impl PageSize {
    fn rows(&self, variables: &Map<String, Value>, limits: &LimitSettings) -> Result<u64> {
        let given = match self {
            PageSize::Default => return Ok(limits.default_page_rows().into()),
            PageSize::Whole(rows) => return Ok(*rows),
            PageSize::Given(rows) => *rows,
            PageSize::Variable {
                name,
                default,
                without,
            } => {
                let given = match variables.get(name.as_str()) {
                    Some(value) => value.as_u64(),
                    None => *default,
                };
                match given {
                    Some(rows) => rows,
                    None => return without.rows(variables, limits),
                }
            }
        };
        let allowed = u64::from(limits.max_page_size);
        if given > allowed {
            let message =
                format!("A page of {given} rows is asked for, at most {allowed} are given");
            return Err(Error::limit_exceeded("pageSize", allowed, message));
        }
        Ok(given)
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    limits: &'a LimitSettings,
    /// Measured fragments; nothing while one is being measured.
    fragments: HashMap<&'a str, Option<Shape>>,
    operation: Option<&'a OperationDefinition>,
}

impl<'a> Walk<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet, level: u32) -> Result<Shape> {
        if level > WALK_MAX {
            let message = "Fragments spread each other too deep".to_owned();
            return Err(Error::limit_exceeded(
                "depth",
                self.limits.max_depth,
                message,
            ));
        }
        let mut total = Shape::default();
        for selection in &set.items {
            let shape = match &selection.node {
                Selection::Field(field) => self.field(&field.node, level + 1)?,
                Selection::InlineFragment(fragment) => {
                    self.selection_set(&fragment.node.selection_set.node, level + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, level + 1)?
                }
            };
            total.add(shape);
            self.check(&total)?;
        }
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, level: u32) -> Result<Shape> {
        let below = self.selection_set(&field.selection_set.node, level)?;
        let size = self.page_size(field);
        let mut cost = Cost {
            flat: 1,
            pages: Vec::new(),
        };
        match (below.rows, size) {
            (Some(rows), size) => {
                cost.add(below.cost);
                cost.pages
                    .push((size.unwrap_or(PageSize::Default), Arc::new(rows)));
            }
            // No connection, yet paged: everything below may come once per row.
            (None, Some(size)) => cost.pages.push((size, Arc::new(below.cost))),
            (None, None) => cost.add(below.cost),
        }
        let mut shape = Shape {
            depth: below.depth + 1,
            fields: below.fields + 1,
            aliases: below.aliases + u64::from(field.alias.is_some()),
            ..Shape::default()
        };
        if matches!(field.name.node.as_str(), "nodes" | "edges") {
            shape.rows = Some(cost);
        } else {
            shape.cost = cost;
        }
        self.check(&shape)?;
        Ok(shape)
    }

    fn fragment(&mut self, name: &'a Name, level: u32) -> Result<Shape> {
        match self.fragments.get(name.as_str()) {
            Some(Some(shape)) => return Ok(shape.clone()),
            Some(None) => {
                let message = format!("Fragment \"{name}\" spreads itself");
                return Err(Error::new(Code::GraphqlValidationFailed, message));
            }
            None => {}
        }
        // A fragment that is not there is the validation's to report.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Shape::default());
        };
        self.fragments.insert(name.as_str(), None);
        let shape = self.selection_set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name.as_str(), Some(shape.clone()));
        Ok(shape)
    }

    /// The size that `first` or `last` gives to a page, where one of them is there. Groups have no smaller page where
    /// nothing says how many are wanted, and those that are filled in no page at all.
    fn page_size(&self, field: &Field) -> Option<PageSize> {
        let given = |names: &[&str]| {
            let mut arguments = field.arguments.iter();
            arguments.find(|(name, _)| names.contains(&name.node.as_str()))
        };
        let groups = given(&["groupBy"]).map(|(_, entries)| match may_fill(&entries.node) {
            true => PageSize::Whole(GROUPS_MAX.into()),
            false => PageSize::Whole(self.limits.max_page_size.into()),
        });
        let Some(argument) = given(&["first", "last"]) else {
            return groups;
        };
        let without = groups.unwrap_or(PageSize::Default);
        match &argument.1.node {
            Literal::Number(rows) => Some(PageSize::Given(rows.as_u64().unwrap_or(0))),
            Literal::Variable(name) => {
                let definitions = self
                    .operation
                    .map(|operation| operation.variable_definitions.iter());
                let default = definitions
                    .into_iter()
                    .flatten()
                    .find(|definition| definition.node.name.node == *name);
                let default = default.and_then(|definition| definition.node.default_value.as_ref());
                let default =
                    default.and_then(|value| value.node.clone().into_json().ok()?.as_u64());
                Some(PageSize::Variable {
                    name: name.clone(),
                    default,
                    without: Box::new(without),
                })
            }
            _ => Some(without),
        }
    }

    /// Stops as soon as a limit is met, so that fragments which double each other never get far.
    fn check(&self, shape: &Shape) -> Result<()> {
        let limits = self.limits;
        for (limit, found, allowed) in [
            ("depth", shape.depth, limits.max_depth),
            ("fields", shape.fields, limits.max_fields),
            ("aliases", shape.aliases, limits.max_aliases),
        ] {
            if found > allowed {
                let message = match limit {
                    "depth" => format!("The operation is deeper than {allowed} fields"),
                    _ => format!("The operation has more than {allowed} {limit}"),
                };
                return Err(Error::limit_exceeded(limit, allowed, message));
            }
        }
        Ok(())
    }
}

/// Whether groups may be filled in: an entry says so, or a variable could.
fn may_fill(entries: &Literal) -> bool {
    match entries {
        Literal::Variable(_) => true,
        Literal::List(entries) => entries.iter().any(may_fill),
        Literal::Object(entry) => entry.contains_key("fill"),
        _ => false,
    }
}

impl Shape {
    fn add(&mut self, other: Shape) {
        self.depth = self.depth.max(other.depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.cost.add(other.cost);
        if let Some(rows) = other.rows {
            self.rows.get_or_insert_default().add(rows);
        }
    }
}
