//! The values of variables: judged by their types, brought into the form that the types have, and
//! the shape that a plan depends on.

use async_graphql::{
    Name,
    parser::types::{BaseType, Type},
};
use serde_json::{Map, Value};

use super::{Blank, Scope, Variables, plain};
use crate::{
    engine::value::{check_custom, whole},
    error::{Error, Result, suggestion::alternatives},
    schema::{Types, base_name},
};

/// Checks the values of variables against their types, and tells their shape: all that a plan made
/// for them depends on. Answers whether [`coerce_variables`] has to change them before they are
/// used; most requests send them as they are needed.
///
/// # Errors
/// `BAD_USER_INPUT` that names the variable and what is wrong with it.
pub fn check_variables(scope: Scope<'_>, shape: &mut Vec<u8>) -> Result<bool> {
    let mut changes = false;
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
                    changes: false,
                };
                check.value(ty, value, &mut Vec::new())?;
                changes |= check.changes;
                shape.extend(Blank::of(value).map(Blank::mark));
            }
            None if definition.default_value.is_some() => {
                changes = true;
                shape.push(b'?');
            }
            None if ty.nullable => shape.push(b'?'),
            None => {
                return Err(Error::bad_input(format!(
                    "The variable ${name} of type {ty} needs a value"
                ))
                .with("variable", name));
            }
        }
    }
    Ok(changes)
}

/// Checked values in the form of their types: defaults where there is no value, lists of one where
/// a list is meant, whole numbers as such, ids as strings.
pub fn coerce_variables(scope: Scope<'_>) -> Variables {
    let mut coerced = Variables::new();
    for definition in scope.definitions {
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        let default = || {
            Some(plain(
                &definition.default_value.as_ref()?.node.clone().into_value(),
            ))
        };
        let value = scope.variables.get(name).cloned().or_else(default);
        if let Some(value) = value {
            let value = coerce(scope.types, &definition.var_type.node, value);
            coerced.insert(name.to_owned(), value);
        }
    }
    coerced
}

fn coerce(types: &Types, ty: &Type, value: Value) -> Value {
    match (&ty.base, value) {
        (_, Value::Null) => Value::Null,
        (BaseType::List(element), Value::Array(items)) => {
            let items = items.into_iter();
            items.map(|item| coerce(types, element, item)).collect()
        }
        (BaseType::List(element), single) => Value::Array(vec![coerce(types, element, single)]),
        (BaseType::Named(name), Value::Object(object)) => match types.input(name) {
            Some(fields) => {
                let coerced = object.into_iter().map(|(key, value)| {
                    let field = fields.iter().find(|field| field.name == key);
                    let value = match field {
                        Some(field) => coerce(types, &field.ty, value),
                        None => value,
                    };
                    (key, value)
                });
                Value::Object(coerced.collect::<Map<_, _>>())
            }
            None => Value::Object(object),
        },
        (BaseType::Named(name), Value::Number(number)) => match name.as_str() {
            "Int" => {
                whole(&Value::Number(number.clone())).map_or(Value::Number(number), Value::from)
            }
            "ID" => whole(&Value::Number(number.clone()))
                .map_or(Value::Number(number), |id| Value::from(id.to_string())),
            _ => Value::Number(number),
        },
        (BaseType::Named(_), other) => other,
    }
}

struct Check<'a> {
    types: &'a Types,
    variable: &'a str,
    shape: &'a mut Vec<u8>,
    /// Whether a value has to be brought into another form.
    changes: bool,
}

impl Check<'_> {
    fn value<'v>(&mut self, ty: &Type, value: &'v Value, path: &mut Vec<&'v str>) -> Result<()> {
        if value.is_null() {
            self.shape.push(b'0');
            return match ty.nullable {
                true => Ok(()),
                false => Err(self.wrong(path, ty, "is null")),
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
            single => {
                self.changes = true;
                std::slice::from_ref(single)
            }
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
        // The elements of a list of scalars are one parameter: they do not shape the plan. Whether
        // there are any does, because a condition on none of them may demand nothing.
        let before = self.shape.len();
        for item in items {
            self.value(element, item, path)?;
        }
        self.shape.truncate(before);
        self.shape.push(if items.is_empty() { b'e' } else { b's' });
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
        // Whether a condition demands anything may hang on whether its operand says anything.
        let is_condition = name.ends_with("Filter");
        self.shape.push(b'{');
        for (place, field) in fields.iter().enumerate() {
            match object.get_key_value(&field.name) {
                Some((key, value)) => {
                    self.shape.extend_from_slice(&(place as u16).to_be_bytes());
                    path.push(key);
                    self.value(&field.ty, value, path)?;
                    path.pop();
                    if is_condition {
                        self.shape.extend(Blank::of(value).map(Blank::mark));
                    }
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
            "Int" => {
                self.changes |= !value.is_i64();
                whole(value).is_some_and(|n| i32::try_from(n).is_ok())
            }
            "Float" => value.is_number(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "ID" => {
                self.changes |= !value.is_string();
                value.is_string() || whole(value).is_some()
            }
            custom => {
                check_custom(custom, value).map_err(|error| {
                    self.refuse(path, &format!("is wrong: {}", error.message()))
                })?;
                true
            }
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
        Error::bad_input(format!("The variable {name} {what}")).with("variable", self.variable)
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
