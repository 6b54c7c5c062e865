//! Arguments, with the way back to the variables that they came from.
//!
//! A plan is made once and runs with many values of its variables. So what is compiled is not a
//! value but its [`Input`]: the parts that decide the SQL's shape (which fields are named, enum
//! values, null) are there, and scalars stay [`Source`]s that are read again at each run. Two sets
//! of variables fit the same plan exactly if their [`shape`](check_variables) is the same.

use async_graphql::{
    Name,
    parser::types::{BaseType, Type, VariableDefinition},
};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    graphql::schema::Types,
    suggestion::alternatives,
};

/// The values of an operation's variables, as the client sent them.
pub type Variables = Map<String, Value>;

/// An argument's value.
#[derive(Debug, Clone)]
pub enum Input {
    /// `null`.
    Null,
    /// A scalar, or a list of scalars.
    Scalar(Source),
    /// An enum value.
    Enum(Name),
    /// A list of enum values or of objects.
    List(Vec<Input>),
    /// An object; only the fields that are there, defaults included.
    Object(Vec<(String, Input)>),
}

/// Where a scalar is read at each run.
#[derive(Debug, Clone)]
pub enum Source {
    /// It stands in the document.
    Constant(Value),
    /// It is the value of a variable, or inside of it.
    Variable {
        /// The variable.
        name: String,
        /// The way into its value.
        path: Vec<Step>,
    },
    /// A literal with variables inside.
    Template(Literal),
}

/// One step into a JSON value.
#[derive(Debug, Clone)]
pub enum Step {
    /// Into the field of an object.
    Field(String),
    /// Into the element of a list. A value that is no list is its own first element.
    Index(usize),
}

/// What variables are taken from while a document is compiled.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The schema's types.
    pub types: &'a Types,
    /// The operation's variables.
    pub definitions: &'a [async_graphql::Positioned<VariableDefinition>],
    /// Their values in the request that the plan is first made for.
    pub variables: &'a Variables,
}

impl Source {
    /// The value in this run.
    pub fn value<'a>(&'a self, variables: &'a Variables) -> std::borrow::Cow<'a, Value> {
        use std::borrow::Cow;
        match self {
            Source::Constant(value) => Cow::Borrowed(value),
            Source::Variable { name, path } => {
                let mut value = variables.get(name).unwrap_or(&Value::Null);
                for step in path {
                    value = match step {
                        Step::Field(field) => value.get(field).unwrap_or(&Value::Null),
                        Step::Index(index) => match value {
                            Value::Array(list) => list.get(*index).unwrap_or(&Value::Null),
                            other => other,
                        },
                    };
                }
                Cow::Borrowed(value)
            }
            Source::Template(literal) => Cow::Owned(fill(literal, variables)),
        }
    }
}

impl Source {
    /// The variable that it is read from, with the way into its value: `$input.tags`.
    pub fn variable(&self) -> Option<String> {
        let Source::Variable { name, path } = self else {
            return None;
        };
        let mut said = format!("${name}");
        for step in path {
            match step {
                Step::Field(field) => {
                    said.push('.');
                    said.push_str(field);
                }
                Step::Index(index) => said.push_str(&format!("[{index}]")),
            }
        }
        Some(said)
    }
}

fn fill(literal: &Literal, variables: &Variables) -> Value {
    match literal {
        Literal::Variable(name) => variables.get(name.as_str()).cloned().unwrap_or_default(),
        Literal::List(list) => list.iter().map(|item| fill(item, variables)).collect(),
        Literal::Object(object) => object
            .iter()
            .map(|(name, item)| (name.to_string(), fill(item, variables)))
            .collect::<Map<_, _>>()
            .into(),
        constant => plain(constant),
    }
}

/// A literal without variables as JSON.
pub fn plain(literal: &Literal) -> Value {
    match literal {
        Literal::Null | Literal::Variable(_) => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Boolean(value) => Value::Bool(*value),
        Literal::Binary(bytes) => Value::from(bytes.to_vec()),
        Literal::Enum(name) => Value::String(name.to_string()),
        Literal::List(list) => list.iter().map(plain).collect(),
        Literal::Object(object) => object
            .iter()
            .map(|(name, item)| (name.to_string(), plain(item)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

impl Input {
    /// The field of an object.
    pub fn get(&self, name: &str) -> Option<&Input> {
        match self {
            Input::Object(fields) => fields.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The fields of an object; none for anything else.
    pub fn fields(&self) -> &[(String, Input)] {
        match self {
            Input::Object(fields) => fields,
            _ => &[],
        }
    }

    /// The elements of a list.
    pub fn items(&self) -> &[Input] {
        match self {
            Input::List(items) => items,
            _ => &[],
        }
    }
}

/// The named type inside lists and null marks.
pub fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(element) => base_name(element),
    }
}

impl Scope<'_> {
    /// The input for a literal in the document. Nothing when it is a variable without a value.
    pub fn literal(&self, ty: &Type, literal: &Literal) -> Option<Input> {
        match literal {
            Literal::Variable(name) => self.variable(ty, name.as_str()),
            Literal::Null => Some(Input::Null),
            _ if self.is_scalar(ty) => Some(Input::Scalar(if has_variables(literal) {
                Source::Template(literal.clone())
            } else {
                Source::Constant(plain(literal))
            })),
            _ => Some(match (&ty.base, literal) {
                (BaseType::List(element), Literal::List(items)) => Input::List(
                    items
                        .iter()
                        .map(|item| self.literal(element, item).unwrap_or(Input::Null))
                        .collect(),
                ),
                (BaseType::List(element), single) => {
                    Input::List(self.literal(element, single).into_iter().collect())
                }
                (BaseType::Named(_), Literal::Enum(name)) => Input::Enum(name.clone()),
                (BaseType::Named(name), Literal::Object(object)) => {
                    self.object(name, |field, ty| self.literal(ty, object.get(field)?))
                }
                _ => Input::Null,
            }),
        }
    }

    /// The input for a default.
    pub fn constant(&self, ty: &Type, value: &async_graphql::Value) -> Option<Input> {
        self.literal(ty, &value.clone().into_value())
    }

    fn variable(&self, ty: &Type, name: &str) -> Option<Input> {
        match self.variables.get(name) {
            Some(value) => Some(self.value(ty, value, name, &mut Vec::new())),
            None => {
                let definition = self.definitions.iter().find(|d| d.node.name.node == name)?;
                let default = definition.node.default_value.as_ref()?;
                self.constant(ty, &default.node)
            }
        }
    }

    fn value(&self, ty: &Type, value: &Value, name: &str, path: &mut Vec<Step>) -> Input {
        if value.is_null() {
            return Input::Null;
        }
        if self.is_scalar(ty) {
            return Input::Scalar(Source::Variable {
                name: name.to_owned(),
                path: path.clone(),
            });
        }
        let at = |step: Step, ty: &Type, value: &Value, path: &mut Vec<Step>| {
            path.push(step);
            let input = self.value(ty, value, name, path);
            path.pop();
            input
        };
        match (&ty.base, value) {
            (BaseType::List(element), Value::Array(items)) => Input::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| at(Step::Index(i), element, item, path))
                    .collect(),
            ),
            (BaseType::List(element), single) => {
                Input::List(vec![at(Step::Index(0), element, single, path)])
            }
            (BaseType::Named(_), Value::String(text)) => Input::Enum(Name::new(text)),
            (BaseType::Named(type_name), Value::Object(object)) => {
                self.object(type_name, |field, ty| {
                    Some(at(
                        Step::Field(field.to_owned()),
                        ty,
                        object.get(field)?,
                        path,
                    ))
                })
            }
            _ => Input::Null,
        }
    }

    fn object(&self, type_name: &str, mut get: impl FnMut(&str, &Type) -> Option<Input>) -> Input {
        let fields = self.types.input(type_name).unwrap_or_default().iter();
        Input::Object(
            fields
                .filter_map(|field| {
                    let given = get(&field.name, &field.ty);
                    let input =
                        given.or_else(|| self.constant(&field.ty, field.default.as_ref()?))?;
                    Some((field.name.clone(), input))
                })
                .collect(),
        )
    }

    fn is_scalar(&self, ty: &Type) -> bool {
        let name = base_name(ty);
        self.types.input(name).is_none() && self.types.enum_values(name).is_none()
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

/// Checks the values of variables against their types, and tells their shape: all that a plan made
/// for them depends on.
///
/// # Errors
/// `BAD_USER_INPUT` that names the variable and what is wrong with it.
pub fn check_variables(scope: Scope<'_>, shape: &mut Vec<u8>) -> Result<()> {
    for definition in scope.definitions {
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        let ty = &definition.var_type.node;
        match scope.variables.get(name) {
            Some(value) => {
                let mut check = Check {
                    types: scope.types,
                    variable: name,
                    shape,
                };
                check.value(ty, value, &mut Vec::new())?;
            }
            None if definition.default_value.is_some() || ty.nullable => shape.push(b'?'),
            None => {
                return Err(Error::bad_input(format!(
                    "The variable ${name} of type {ty} needs a value"
                )));
            }
        }
    }
    Ok(())
}

struct Check<'a> {
    types: &'a Types,
    variable: &'a str,
    shape: &'a mut Vec<u8>,
}

impl Check<'_> {
    fn value<'v>(&mut self, ty: &Type, value: &'v Value, path: &mut Vec<&'v str>) -> Result<()> {
        if value.is_null() {
            self.shape.push(b'0');
            return if ty.nullable {
                Ok(())
            } else {
                Err(self.wrong(path, ty, "is null"))
            };
        }
        match &ty.base {
            BaseType::List(element) => self.list(element, value, path),
            BaseType::Named(name) => match self.types.input(name) {
                Some(_) => self.object(name, value, path),
                None => self.leaf(ty, name, value, path),
            },
        }
    }

    fn list<'v>(
        &mut self,
        element: &Type,
        value: &'v Value,
        path: &mut Vec<&'v str>,
    ) -> Result<()> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let name = base_name(element);
        if self.types.input(name).is_some() || self.types.enum_values(name).is_some() {
            self.shape.push(b'[');
            for item in items {
                self.value(element, item, path)?;
            }
            self.shape.push(b']');
            return Ok(());
        }
        // The elements of a list of scalars are one parameter: they do not shape the plan.
        let before = self.shape.len();
        for item in items {
            self.value(element, item, path)?;
        }
        self.shape.truncate(before);
        self.shape.push(b's');
        Ok(())
    }

    fn object<'v>(&mut self, name: &str, value: &'v Value, path: &mut Vec<&'v str>) -> Result<()> {
        let types = self.types;
        let fields = types.input(name).unwrap_or_default();
        let Value::Object(object) = value else {
            return Err(self.refuse(path, &format!("must be an object of type {name}")));
        };
        if let Some(unknown) = object
            .keys()
            .find(|key| !fields.iter().any(|f| f.name == **key))
        {
            let known = fields.iter().map(|field| field.name.as_str());
            let meant = alternatives(unknown, known);
            return Err(self.refuse(
                path,
                &format!("has a field \"{unknown}\", which {name} does not have{meant}"),
            ));
        }
        self.shape.push(b'{');
        for (place, field) in fields.iter().enumerate() {
            match object.get_key_value(&field.name) {
                Some((key, value)) => {
                    self.shape.extend_from_slice(&(place as u16).to_be_bytes());
                    path.push(key);
                    self.value(&field.ty, value, path)?;
                    path.pop();
                }
                None if field.ty.nullable || field.default.is_some() => {}
                None => {
                    return Err(self.refuse(path, &format!("lacks the field \"{}\"", field.name)));
                }
            }
        }
        self.shape.push(b'}');
        Ok(())
    }

    fn leaf(&mut self, ty: &Type, name: &str, value: &Value, path: &[&str]) -> Result<()> {
        if let Some(values) = self.types.enum_values(name) {
            let Some(text) = value.as_str().filter(|text| values.contains(*text)) else {
                let mut known: Vec<&str> = values.iter().map(Name::as_str).collect();
                known.sort_unstable();
                let meant = alternatives(value.as_str().unwrap_or_default(), known);
                let is = format!("is {}, which is no {ty}{meant}", shortened(value));
                return Err(self.refuse(path, &is));
            };
            self.shape.extend_from_slice(text.as_bytes());
            self.shape.push(b',');
            return Ok(());
        }
        let fits = match name {
            "Int" => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            "Float" => value.is_number(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "ID" => value.is_string() || value.is_i64(),
            // The type's own rules are applied where the value becomes a parameter.
            _ => true,
        };
        if !fits {
            return Err(self.wrong(path, ty, &format!("is {}", shortened(value))));
        }
        self.shape.push(match value {
            Value::Bool(true) => b'T',
            Value::Bool(false) => b'F',
            _ => b's',
        });
        Ok(())
    }

    fn wrong(&self, path: &[&str], ty: &Type, is: &str) -> Error {
        self.refuse(path, &format!("{is}, which is no {ty}"))
    }

    fn refuse(&self, path: &[&str], what: &str) -> Error {
        let mut name = format!("${}", self.variable);
        for step in path {
            name.push('.');
            name.push_str(step);
        }
        Error::bad_input(format!("The variable {name} {what}"))
    }
}

fn shortened(value: &Value) -> String {
    const SHOWN_CHARS: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
