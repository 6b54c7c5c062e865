//! Arguments, with the way back to the variables that they came from.
//!
//! A plan is made once and runs with many values of its variables. So what is compiled is not a
//! value but its [`Input`]: the parts that decide the SQL's shape (which fields are named, enum
//! values, null) are there, and scalars stay [`Source`]s that are read again at each run. Two sets
//! of variables fit the same plan exactly if their [`shape`](check_variables) is the same.
//!
//! Documents and variables were judged before. What is met here all the same, a value of another
//! form or a field that nobody knows, is an error: never nothing.

mod blank;
mod scope;
mod variables;

use async_graphql::Name;
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

pub use blank::Blank;
pub use scope::Scope;
pub use variables::{check_variables, coerce_variables};

/// The values of an operation's variables.
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
    /// Into the element of a list.
    Index(usize),
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
                        Step::Field(field) => value.get(field),
                        Step::Index(index) => value.get(index),
                    }
                    .unwrap_or(&Value::Null);
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

/// A literal with the values of its variables. As everywhere in GraphQL a field whose variable has
/// no value is not there, and an element is null.
fn fill(literal: &Literal, variables: &Variables) -> Value {
    match literal {
        Literal::Variable(name) => variables.get(name.as_str()).cloned().unwrap_or_default(),
        Literal::List(list) => list.iter().map(|item| fill(item, variables)).collect(),
        Literal::Object(object) => object
            .iter()
            .filter(|(_, item)| match item {
                Literal::Variable(name) => variables.contains_key(name.as_str()),
                _ => true,
            })
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
    /// The fields of an object. `what` names it in the error.
    ///
    /// # Errors
    /// BAD_USER_INPUT for anything else.
    pub fn fields(&self, what: &str) -> Result<&[(String, Input)]> {
        match self {
            Input::Object(fields) => Ok(fields),
            _ => Err(self.refused(what, "an object")),
        }
    }

    /// A field of an object, where it is there; it may be null.
    ///
    /// # Errors
    /// BAD_USER_INPUT when this is no object.
    pub fn field(&self, name: &str) -> Result<Option<&Input>> {
        let fields = self.fields(name)?;
        Ok(fields.iter().find(|(n, _)| n == name).map(|(_, v)| v))
    }

    /// A field of an object, where it is there and not null.
    ///
    /// # Errors
    /// BAD_USER_INPUT when this is no object.
    pub fn given(&self, name: &str) -> Result<Option<&Input>> {
        Ok(self.field(name)?.filter(|value| !value.is_null()))
    }

    /// A scalar in the field of an object, where it is there and not null.
    ///
    /// # Errors
    /// BAD_USER_INPUT when this is no object, or the field is no scalar.
    pub fn scalar(&self, name: &str) -> Result<Option<&Source>> {
        match self.given(name)? {
            None => Ok(None),
            Some(Input::Scalar(source)) => Ok(Some(source)),
            Some(other) => Err(other.refused(name, "a scalar")),
        }
    }

    /// The elements of a list of enum values or objects. `what` names it in the error.
    ///
    /// # Errors
    /// BAD_USER_INPUT for anything else.
    pub fn items(&self, what: &str) -> Result<&[Input]> {
        match self {
            Input::List(items) => Ok(items),
            _ => Err(self.refused(what, "a list")),
        }
    }

    /// The names in a list of enum values.
    ///
    /// # Errors
    /// BAD_USER_INPUT for anything else.
    pub fn names(&self, what: &str) -> Result<Vec<&str>> {
        let items = self.items(what)?.iter();
        items.map(|item| item.name(what)).collect()
    }

    /// The name of an enum value.
    ///
    /// # Errors
    /// BAD_USER_INPUT for anything else.
    pub fn name(&self, what: &str) -> Result<&str> {
        match self {
            Input::Enum(name) => Ok(name),
            _ => Err(self.refused(what, "one of its values")),
        }
    }

    /// Where the value of a scalar, of an enum value or of a list of them is read.
    ///
    /// # Errors
    /// BAD_USER_INPUT for null, objects, and lists with anything but enum values in them.
    pub fn source(&self, what: &str) -> Result<Source> {
        match self {
            Input::Scalar(source) => Ok(source.clone()),
            Input::Enum(name) => Ok(Source::Constant(name.as_str().into())),
            Input::List(items) => {
                let values = items.iter().map(|item| match item {
                    Input::Null => Ok(Value::Null),
                    item => item.name(what).map(Value::from),
                });
                Ok(Source::Constant(values.collect::<Result<_>>()?))
            }
            Input::Null | Input::Object(_) => Err(self.refused(what, "a value")),
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Input::Null)
    }

    /// The error of an input that is not what it must be.
    pub fn refused(&self, what: &str, wanted: &str) -> Error {
        let is = match self {
            Input::Null => "null",
            Input::Scalar(_) => "a scalar",
            Input::Enum(_) => "an enum value",
            Input::List(_) => "a list",
            Input::Object(_) => "an object",
        };
        Error::bad_input(format!("{what} must be {wanted}, not {is}"))
    }
}
