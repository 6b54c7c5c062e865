//! From literals and variables to inputs.

use async_graphql::{
    Name, Positioned,
    parser::types::{BaseType, Type, VariableDefinition},
};
use async_graphql_value::Value as Literal;
use serde_json::{Value, json};

use super::{Input, Source, Step, Variables, plain};
use crate::{
    error::{Error, Result},
    schema::{InputField, Types, base_name},
};

/// What variables are taken from while a document is compiled.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The schema's types.
    pub types: &'a Types,
    /// The operation's variables.
    pub definitions: &'a [Positioned<VariableDefinition>],
    /// Their coerced values in the request that the plan is first made for.
    pub variables: &'a Variables,
}

/// What a variable without a value means where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// The same as if nothing stood there.
    Allowed,
    /// Nothing that the client can have meant: the condition would silently become another one.
    Refused,
}

impl Scope<'_> {
    /// The input for the literal of an argument. Nothing when it is a variable without a value.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a value of another form than the type's, and for a variable without a
    /// value where a condition needs one.
    pub fn literal(&self, ty: &Type, literal: &Literal) -> Result<Option<Input>> {
        self.read(ty, literal, Absent::Allowed)
    }

    /// The input for an argument: what stands in the document, or the schema's default where nothing stands, or only
    /// a variable without a value. Nothing when there is neither.
    ///
    /// # Errors
    /// As [`Self::literal`].
    pub fn argument(&self, of: &InputField, literal: Option<&Literal>) -> Result<Option<Input>> {
        self.or_default(of, self.given(of, literal, Absent::Allowed)?)
    }

    /// What is given for an argument or a field. A default takes the place of a variable without a value, so that is
    /// looked at before a missing value is refused.
    fn given(
        &self,
        of: &InputField,
        literal: Option<&Literal>,
        absent: Absent,
    ) -> Result<Option<Input>> {
        match literal {
            Some(Literal::Variable(name))
                if of.default.is_some() && !self.variables.contains_key(name.as_str()) =>
            {
                Ok(None)
            }
            Some(literal) => self.read(&of.ty, literal, absent),
            None => Ok(None),
        }
    }

    fn or_default(&self, of: &InputField, given: Option<Input>) -> Result<Option<Input>> {
        match (given, &of.default) {
            (None, Some(default)) => self.literal(&of.ty, &default.clone().into_value()),
            (given, _) => Ok(given),
        }
    }

    fn read(&self, ty: &Type, literal: &Literal, absent: Absent) -> Result<Option<Input>> {
        if let Literal::Variable(name) = literal {
            return match self.variables.get(name.as_str()) {
                Some(value) => self.value(ty, value, name, &mut Vec::new()).map(Some),
                None if absent == Absent::Refused || !ty.nullable => Err(without_value(name)),
                None => Ok(None),
            };
        }
        if *literal == Literal::Null {
            return match ty.nullable {
                true => Ok(Some(Input::Null)),
                false => Err(Error::bad_input(format!("null is no {ty}"))),
            };
        }
        if self.is_scalar(ty) {
            self.check_inside(ty, literal, absent)?;
            return Ok(Some(Input::Scalar(if has_variables(literal) {
                Source::Template(wrapped(ty, literal))
            } else {
                Source::Constant(constant(ty, literal))
            })));
        }
        Ok(Some(match (&ty.base, literal) {
            (BaseType::List(element), Literal::List(items)) => {
                let mut inputs = Vec::with_capacity(items.len());
                for item in items {
                    let input = self.read(element, item, absent)?;
                    inputs.push(input.unwrap_or(Input::Null));
                }
                Input::List(inputs)
            }
            (BaseType::List(element), single) => {
                Input::List(self.read(element, single, absent)?.into_iter().collect())
            }
            (BaseType::Named(name), Literal::Enum(value)) => self.enum_value(name, value)?,
            (BaseType::Named(name), Literal::Object(object)) => {
                let absent = match self.types.is_condition(name) {
                    true => Absent::Refused,
                    false => Absent::Allowed,
                };
                let keys = object.keys().map(Name::as_str);
                self.object(name, keys, |field| {
                    self.given(field, object.get(field.name.as_str()), absent)
                })?
            }
            (_, other) => return Err(Error::bad_input(format!("{other} is no {ty}"))),
        }))
    }

    /// Looks at the variables inside a scalar's literal: elements of a list must not become null
    /// where null is not allowed, and a condition needs all of them.
    fn check_inside(&self, ty: &Type, literal: &Literal, absent: Absent) -> Result<()> {
        match (&ty.base, literal) {
            (_, Literal::Variable(name)) => match self.variables.get(name.as_str()) {
                None if absent == Absent::Refused || !ty.nullable => Err(without_value(name)),
                Some(Value::Null) if !ty.nullable => Err(is_null(name, ty)),
                _ => Ok(()),
            },
            (BaseType::List(element), Literal::List(items)) => {
                let mut items = items.iter();
                items.try_for_each(|item| self.check_inside(element, item, absent))
            }
            (BaseType::Named(_), Literal::List(items)) => {
                let mut items = items.iter();
                items.try_for_each(|item| self.check_untyped(item, absent))
            }
            (_, Literal::Object(object)) => {
                let mut items = object.values();
                items.try_for_each(|item| self.check_untyped(item, absent))
            }
            _ => Ok(()),
        }
    }

    /// The same inside a value that may hold anything.
    fn check_untyped(&self, literal: &Literal, absent: Absent) -> Result<()> {
        match literal {
            Literal::Variable(name)
                if absent == Absent::Refused && !self.variables.contains_key(name.as_str()) =>
            {
                Err(without_value(name))
            }
            Literal::List(items) => items.iter().try_for_each(|i| self.check_untyped(i, absent)),
            Literal::Object(object) => object
                .values()
                .try_for_each(|item| self.check_untyped(item, absent)),
            _ => Ok(()),
        }
    }

    fn value(&self, ty: &Type, value: &Value, name: &str, path: &mut Vec<Step>) -> Result<Input> {
        if value.is_null() {
            return match ty.nullable {
                true => Ok(Input::Null),
                false => Err(is_null(name, ty)),
            };
        }
        if self.is_scalar(ty) {
            return Ok(Input::Scalar(Source::Variable {
                name: name.to_owned(),
                path: path.clone(),
            }));
        }
        let at = |step: Step, ty: &Type, value: &Value, path: &mut Vec<Step>| {
            path.push(step);
            let input = self.value(ty, value, name, path);
            path.pop();
            input
        };
        match (&ty.base, value) {
            (BaseType::List(element), Value::Array(items)) => {
                let items = items.iter().enumerate();
                let items = items.map(|(i, item)| at(Step::Index(i), element, item, path));
                Ok(Input::List(items.collect::<Result<_>>()?))
            }
            (BaseType::Named(type_name), Value::String(text)) => {
                self.enum_value(type_name, &Name::new(text))
            }
            (BaseType::Named(type_name), Value::Object(object)) => {
                let keys = object.keys().map(String::as_str);
                self.object(type_name, keys, |field| match object.get(&field.name) {
                    Some(value) => {
                        at(Step::Field(field.name.clone()), &field.ty, value, path).map(Some)
                    }
                    None => Ok(None),
                })
            }
            _ => Err(Error::bad_input(format!(
                "The variable ${name} holds what is no {ty}"
            ))),
        }
    }

    fn enum_value(&self, type_name: &str, value: &Name) -> Result<Input> {
        match self.types.enum_values(type_name) {
            Some(values) if values.contains(value) => Ok(Input::Enum(value.clone())),
            _ => Err(Error::bad_input(format!("{value} is no {type_name}"))),
        }
    }

    fn object<'k>(
        &self,
        type_name: &str,
        mut keys: impl Iterator<Item = &'k str>,
        mut get: impl FnMut(&InputField) -> Result<Option<Input>>,
    ) -> Result<Input> {
        let Some(fields) = self.types.input(type_name) else {
            return Err(Error::bad_input(format!("An object is no {type_name}")));
        };
        let is_unknown = |key: &&str| !fields.iter().any(|field| field.name == **key);
        if let Some(unknown) = keys.find(is_unknown) {
            return Err(Error::bad_input(format!(
                "{type_name} has no field {unknown}"
            )));
        }
        let mut inputs = Vec::new();
        for field in fields {
            match self.or_default(field, get(field)?)? {
                Some(input) => inputs.push((field.name.clone(), input)),
                None if field.ty.nullable => {}
                None => {
                    return Err(Error::bad_input(format!(
                        "{type_name} needs the field {}",
                        field.name
                    )));
                }
            }
        }
        Ok(Input::Object(inputs))
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        let name = base_name(ty);
        self.types.input(name).is_none() && self.types.enum_values(name).is_none()
    }
}

fn without_value(variable: &str) -> Error {
    Error::bad_input(format!(
        "The variable ${variable} has no value where one is needed: give it one, or leave out what it stands in"
    ))
    .with("variable", variable)
}

fn is_null(variable: &str, ty: &Type) -> Error {
    Error::bad_input(format!(
        "The variable ${variable} is null where a {ty} is needed"
    ))
    .with("variable", variable)
}

/// A scalar's literal as JSON in the form that its type has: one value where a list is meant is a
/// list of one, and numbers are ids in their digits.
fn constant(ty: &Type, literal: &Literal) -> Value {
    match (&ty.base, literal) {
        (_, Literal::Null) => Value::Null,
        (BaseType::List(element), Literal::List(items)) => {
            items.iter().map(|item| constant(element, item)).collect()
        }
        (BaseType::List(element), single) => json!([constant(element, single)]),
        (BaseType::Named(name), Literal::Number(number)) if name == "ID" => {
            Value::String(number.to_string())
        }
        _ => plain(literal),
    }
}

/// The same for a literal with variables inside.
fn wrapped(ty: &Type, literal: &Literal) -> Literal {
    match (&ty.base, literal) {
        (_, Literal::Null | Literal::Variable(_)) => literal.clone(),
        (BaseType::List(element), Literal::List(items)) => {
            Literal::List(items.iter().map(|item| wrapped(element, item)).collect())
        }
        (BaseType::List(element), single) => Literal::List(vec![wrapped(element, single)]),
        (BaseType::Named(name), Literal::Number(number)) if name == "ID" => {
            Literal::String(number.to_string())
        }
        _ => literal.clone(),
    }
}

fn has_variables(literal: &Literal) -> bool {
    match literal {
        Literal::Variable(_) => true,
        Literal::List(items) => items.iter().any(has_variables),
        Literal::Object(object) => object.values().any(has_variables),
        _ => false,
    }
}
