//! What actions answer, and what was selected of it.

use std::collections::HashMap;

use async_graphql::parser::types::{SelectionSet, Type};
use serde_json::{Map, Value};

use super::{
    encode::{Constant, Fields, json_string},
    input::{Input, Source, Variables},
    plan::{Compiler, Loader, SelectedField},
};
use crate::{
    db::Work,
    error::{Error, Result},
    model::TableId,
    schema::base_name,
};

/// An action's field.
pub struct ActionPlan {
    /// What is run.
    pub run: ActionRun,
    /// What was selected of its answer.
    pub shape: ValueShape,
    /// The rows that its answer may name.
    pub loaders: Vec<Loader>,
}

impl ActionPlan {
    /// What the cost of running it is remembered under: the action, and the rows that are read for its answer.
    pub fn cost_of(&self) -> Work {
        let work = match &self.run {
            ActionRun::Action { place, .. } => Work::of(&format!("action {place}")),
            ActionRun::Node(_) => Work::of("node"),
        };
        let loaders = self.loaders.iter().map(|loader| loader.plan.cost_of());
        loaders.fold(work, Work::and)
    }
}

/// What is run for an action's field.
pub enum ActionRun {
    /// The action at this place of the registry, with these arguments.
    Action {
        /// Its number in the registry, from 0.
        place: usize,
        /// What was given, checked against its arguments' types.
        arguments: Input,
    },
    /// A row by its global id.
    Node(Source),
}

/// What was selected of a value of an answer; lists are transparent.
pub enum ValueShape {
    /// A scalar, written as it is.
    Leaf,
    /// A moment, written in UTC whatever offset it comes with.
    DateTime,
    /// A row of a table, by the place of its loader.
    Row(usize),
    /// An object.
    Object(Fields<ValueField>),
    /// One of several types, by its name.
    Abstract(HashMap<String, ValueShape>),
}

/// What is written for a field of an object.
pub enum ValueField {
    /// The field of this name.
    Field(String, ValueShape),
    /// The same for every object.
    Constant(Constant),
}

impl<'a> Compiler<'a> {
    /// Compiles the field of an action.
    pub fn action_plan(
        &mut self,
        place: usize,
        type_name: &str,
        arguments: Input,
        selected: &SelectedField<'a>,
    ) -> Result<ActionPlan> {
        let mut loaders = Vec::new();
        let shape = match self.api.schema.types.field(type_name, selected.name()) {
            Some(field) => self.value_shape(&field.ty, &selected.selections(), &mut loaders)?,
            None => ValueShape::Leaf,
        };
        Ok(ActionPlan {
            run: ActionRun::Action { place, arguments },
            shape,
            loaders,
        })
    }

    /// Compiles the field that finds a row by its global id.
    pub fn node_plan(
        &mut self,
        arguments: &Input,
        selected: &SelectedField<'a>,
    ) -> Result<ActionPlan> {
        let mut loaders = Vec::new();
        let shape = self.shape_of("Node", &selected.selections(), &mut loaders)?;
        let Some(source) = arguments.scalar("id")?.cloned() else {
            return Err(Error::bad_input("id is needed"));
        };
        Ok(ActionPlan {
            run: ActionRun::Node(source),
            shape,
            loaders,
        })
    }

    /// Compiles what was selected of a stream's values, which name no rows.
    pub fn stream_shape(&mut self, selected: &SelectedField<'a>) -> Result<ValueShape> {
        match self.api.schema.types.field("Subscription", selected.name()) {
            Some(field) => self.value_shape(&field.ty, &selected.selections(), &mut Vec::new()),
            None => Ok(ValueShape::Leaf),
        }
    }

    fn value_shape(
        &mut self,
        ty: &Type,
        selections: &[&'a SelectionSet],
        loaders: &mut Vec<Loader>,
    ) -> Result<ValueShape> {
        self.shape_of(base_name(ty), selections, loaders)
    }

    fn shape_of(
        &mut self,
        name: &str,
        selections: &[&'a SelectionSet],
        loaders: &mut Vec<Loader>,
    ) -> Result<ValueShape> {
        if let Some(table) = self.api.model.table_of_type(name) {
            return self.row(table, selections, loaders);
        }
        if let Some(types) = self.api.schema.types.possible(name) {
            let mut shapes = HashMap::new();
            for possible in types {
                shapes.insert(
                    possible.clone(),
                    self.shape_of(possible, selections, loaders)?,
                );
            }
            return Ok(ValueShape::Abstract(shapes));
        }
        if !self.api.schema.types.is_object(name) {
            return Ok(if name == "DateTime" {
                ValueShape::DateTime
            } else {
                ValueShape::Leaf
            });
        }
        let mut fields = Fields::default();
        for selected in self.collect(name, selections) {
            let value = match self.api.schema.types.field(name, selected.name()) {
                Some(field) => {
                    let shape = self.value_shape(&field.ty, &selected.selections(), loaders)?;
                    ValueField::Field(selected.name().to_owned(), shape)
                }
                None => ValueField::Constant(json_string(name)),
            };
            fields.push(selected.key, value);
        }
        Ok(ValueShape::Object(fields))
    }

    fn row(
        &mut self,
        table: TableId,
        selections: &[&'a SelectionSet],
        loaders: &mut Vec<Loader>,
    ) -> Result<ValueShape> {
        loaders.push(self.loader(table, selections)?);
        Ok(ValueShape::Row(loaders.len() - 1))
    }
}

/// The arguments of an action as JSON.
///
/// # Errors
/// BAD_USER_INPUT when they are no object.
pub fn arguments(input: &Input, variables: &Variables) -> Result<Map<String, Value>> {
    let fields = input.fields("The arguments")?.iter();
    Ok(fields
        .map(|(name, value)| (name.clone(), json(value, variables)))
        .collect())
}

fn json(input: &Input, variables: &Variables) -> Value {
    match input {
        Input::Null => Value::Null,
        Input::Scalar(source) => source.value(variables).into_owned(),
        Input::Enum(name) => Value::String(name.to_string()),
        Input::List(items) => items.iter().map(|item| json(item, variables)).collect(),
        Input::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), json(value, variables)))
            .collect::<Map<_, _>>()
            .into(),
    }
}
