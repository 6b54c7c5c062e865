//! The values in a document: each is what its type takes, no field of an object stands twice, and
//! what the schema's own scalars cannot represent is refused before anything runs.

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{Type, Value},
    collections::HashSet,
    executable::{Directive, Selection, SelectionSet},
    parser::SourceSpan,
    schema::ExtendedType,
};
use serde_json::Value as Json;

use super::{
    convert::number,
    fault::{FAULTS_MAX, Fault, Findings},
    positions::{Uses, check_uses},
};
use crate::engine::value::{Decimal, check_custom};
use crate::error::suggestion::{like, question};

/// So many fields of an object are compared with each other; of more a set is made.
const FEW_FIELDS: usize = 8;

/// The faults of the values in a document, and of the places where its variables stand.
pub(super) fn check(schema: &Schema, document: &ExecutableDocument) -> Findings {
    let mut check = Check {
        schema,
        uses: Uses::default(),
        judged: Findings {
            faults: Vec::new(),
            scalars: Vec::new(),
        },
    };
    let mut fragments = Vec::with_capacity(document.fragments.len());
    for (name, fragment) in &document.fragments {
        check.directives(&fragment.directives);
        check.selections(&fragment.selection_set);
        fragments.push((name, std::mem::take(&mut check.uses)));
    }
    let fragments = fragments.into_iter().collect();
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                check.value(&variable.ty, false, default);
            }
            check.directives(&variable.directives);
        }
        check.directives(&operation.directives);
        check.selections(&operation.selection_set);
        let uses = std::mem::take(&mut check.uses);
        check_uses(
            &operation.variables,
            &uses,
            &fragments,
            &mut check.judged.faults,
        );
    }
    check.judged
}

struct Check<'d> {
    schema: &'d Schema,
    uses: Uses<'d>,
    judged: Findings,
}

impl<'d> Check<'d> {
    fn fault(&mut self, location: Option<SourceSpan>, message: String) {
        self.judged.faults.push(Fault { location, message });
    }

    fn selections(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        let definition = field.definition.argument_by_name(&argument.name);
                        self.argument(definition.map(|d| &**d), &argument.value);
                    }
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    self.uses.spread(&spread.fragment_name);
                }
            }
        }
    }

    fn directives(&mut self, directives: &'d [Node<Directive>]) {
        for directive in directives {
            let definition = self.schema.directive_definitions.get(&directive.name);
            for argument in &directive.arguments {
                let definition = definition.and_then(|d| d.argument_by_name(&argument.name));
                self.argument(definition.map(|d| &**d), &argument.value);
            }
        }
    }

    /// An argument that is not known is found by the rules; in its value no field may stand twice.
    fn argument(
        &mut self,
        definition: Option<&'d apollo_compiler::ast::InputValueDefinition>,
        value: &'d Node<Value>,
    ) {
        match definition {
            Some(definition) => {
                let has_default = definition.default_value.is_some();
                self.value(&definition.ty, has_default, value);
            }
            None => self.untyped(value),
        }
    }

    fn value(&mut self, ty: &'d Type, has_default: bool, value: &'d Node<Value>) {
        if self.judged.faults.len() >= FAULTS_MAX {
            return;
        }
        match &**value {
            Value::Variable(name) => self.uses.typed(name, ty, has_default, value.location()),
            Value::Null if ty.is_non_null() => self.wrong(ty, value),
            Value::Null => {}
            Value::List(items) if ty.is_list() => {
                for item in items {
                    self.value(ty.item_type(), false, item);
                }
            }
            _ if ty.is_list() => self.value(ty.item_type(), false, value),
            _ => self.named(ty, value),
        }
    }

    fn named(&mut self, ty: &'d Type, value: &'d Node<Value>) {
        let name = ty.inner_named_type();
        match (self.schema.types.get(name), &**value) {
            (Some(ExtendedType::Scalar(scalar)), _) if !scalar.is_built_in() => {
                self.custom(ty, value);
            }
            (Some(ExtendedType::Scalar(_)), _) => {
                let fits = match (&**value, name.as_str()) {
                    (Value::Int(number), "Int") => number.try_to_i32().is_ok(),
                    (Value::Int(number), "Float") => number.try_to_f64().is_ok(),
                    (Value::Float(number), "Float") => number.try_to_f64().is_ok(),
                    (Value::String(_), "String" | "ID") => true,
                    (Value::Int(_), "ID") => true,
                    (Value::Boolean(_), "Boolean") => true,
                    _ => false,
                };
                if !fits {
                    self.untyped(value);
                    self.wrong(ty, value);
                }
            }
            (Some(ExtendedType::Enum(definition)), Value::Enum(given)) => {
                if !definition.values.contains_key(given) {
                    let known = definition.values.keys().map(|name| name.as_str());
                    let offered = question(&like(given, known));
                    let message = format!("There is no value \"{given}\" in \"{name}\".{offered}");
                    self.fault(value.location(), message);
                }
            }
            (Some(ExtendedType::InputObject(_)), Value::Object(fields)) => {
                self.object(name, fields, value);
            }
            (_, _) => {
                self.untyped(value);
                self.wrong(ty, value);
            }
        }
    }

    fn object(
        &mut self,
        type_name: &Name,
        fields: &'d [(Name, Node<Value>)],
        value: &'d Node<Value>,
    ) {
        self.doubled(fields);
        let Some(definition) = self.schema.get_input_object(type_name) else {
            return;
        };
        for (name, value) in fields {
            if self.judged.faults.len() >= FAULTS_MAX {
                return;
            }
            match definition.fields.get(name) {
                Some(field) => self.value(&field.ty, field.default_value.is_some(), value),
                None => {
                    let known = definition.fields.keys().map(|name| name.as_str());
                    let offered = question(&like(name, known));
                    let message = format!(
                        "Field \"{name}\" is not defined by type \"{type_name}\".{offered}"
                    );
                    self.untyped(value);
                    self.fault(name.location().or(value.location()), message);
                }
            }
        }
        for (name, field) in &definition.fields {
            if field.is_required() && !fields.iter().any(|(given, _)| given == name) {
                let message = format!(
                    "Field \"{type_name}.{name}\" of required type \"{}\" was not provided.",
                    field.ty
                );
                self.fault(value.location(), message);
            }
        }
    }

    /// What the schema's own scalar takes; only JSON takes values with variables inside.
    fn custom(&mut self, ty: &'d Type, value: &'d Node<Value>) {
        let scalar = ty.inner_named_type().as_str();
        if let (Value::List(_) | Value::Object(_), Some(location)) = (&**value, value.location()) {
            self.judged.scalars.push(location);
        }
        self.inside(Some(ty), value);
        let judged = match json(value) {
            Some(json) => check_custom(scalar, &json).and_then(|()| exact(scalar, value)),
            None if scalar == "JSON" => Ok(()),
            None => Err(crate::error::Error::bad_input(
                "give the whole value in a variable",
            )),
        };
        if let Err(error) = judged {
            let message = format!("This is no {scalar}: {}", error.message());
            self.fault(value.location(), message);
        }
    }

    /// Fields that stand twice, and variables, where there is no type.
    fn untyped(&mut self, value: &'d Node<Value>) {
        self.inside(None, value);
    }

    /// The same inside a scalar's value. As graphql-js has it, what stands in its lists has its type
    /// still, and what stands in its objects has none.
    fn inside(&mut self, ty: Option<&'d Type>, value: &'d Node<Value>) {
        match &**value {
            Value::Variable(name) => match ty {
                Some(ty) => self.uses.element(name, ty, value.location()),
                None => self.uses.untyped(name, value.location()),
            },
            Value::List(items) => {
                for item in items {
                    self.inside(ty, item);
                }
            }
            Value::Object(fields) => {
                self.doubled(fields);
                for (_, value) in fields {
                    self.inside(None, value);
                }
            }
            _ => {}
        }
    }

    fn doubled(&mut self, fields: &[(Name, Node<Value>)]) {
        let mut seen = HashSet::default();
        for (n, (name, value)) in fields.iter().enumerate() {
            let stood_before = match fields.len() {
                ..=FEW_FIELDS => fields[..n].iter().any(|(before, _)| before == name),
                _ => !seen.insert(name),
            };
            if stood_before && self.judged.faults.len() < FAULTS_MAX {
                let message = format!("There can be only one input field named \"{name}\".");
                self.fault(name.location().or(value.location()), message);
            }
        }
    }

    fn wrong(&mut self, ty: &Type, value: &Node<Value>) {
        const SHOWN_CHARS: usize = 60;
        let text = value.to_string();
        let shown = match text.char_indices().nth(SHOWN_CHARS) {
            Some((at, _)) => format!("{}…", &text[..at]),
            None => text,
        };
        let message = format!("{shown} is no {ty}.");
        self.fault(value.location(), message);
    }
}

/// A literal as JSON; nothing when there are variables inside.
fn json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Variable(_) => return None,
        Value::Enum(name) => Json::from(name.as_str()),
        Value::String(text) => Json::from(text.as_str()),
        Value::Boolean(value) => Json::from(*value),
        Value::Int(text) => number(text.as_str())?.into(),
        Value::Float(text) => number(text.as_str())?.into(),
        Value::List(items) => items.iter().map(|item| json(item)).collect::<Option<_>>()?,
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| Some((name.to_string(), json(value)?)));
            Json::Object(fields.collect::<Option<_>>()?)
        }
    })
}

/// A decimal number may be written with more digits than a floating point number keeps.
fn exact(scalar: &str, value: &Value) -> crate::error::Result<()> {
    let written = match value {
        Value::Int(text) => text.as_str(),
        Value::Float(text) => text.as_str(),
        _ => return Ok(()),
    };
    if scalar != "Decimal" {
        return Ok(());
    }
    let kept = number(written).and_then(|number| Decimal::parse(&number.to_string()));
    let is_kept = match (Decimal::parse(written), kept) {
        (Some(written), Some(kept)) => written.is_same_number(&kept),
        (written, kept) => written.is_none() && kept.is_none(),
    };
    if !is_kept {
        let message = format!("{written} has more digits than a number keeps: give it as a string");
        return Err(crate::error::Error::bad_input(message));
    }
    Ok(())
}
