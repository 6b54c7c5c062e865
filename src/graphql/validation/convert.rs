//! From the syntax tree that was judged to the one that the engine compiles.

use std::collections::HashMap;

use apollo_compiler::{Name as AstName, Node, ast, ast::Value as AstValue, parser::SourceSpan};
use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{
        BaseType, Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition,
        FragmentSpread, InlineFragment, OperationDefinition, OperationType, Selection,
        SelectionSet, Type, TypeCondition, VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Number, Value};

use super::report::{DocumentError, Places};
use crate::error::{Code, Error};

/// What made a tree of a document's text.
pub(super) enum Origin {
    /// The reader, which tells where fields begin, in their order. It passes over nothing.
    Read { fields: Vec<usize> },
    /// The parser. All of the text's tokens must stand in the tree: the parser passes over some that it should refuse (a
    /// field of an object without a colon), and a part of a condition that is silently lost makes it another one.
    Parsed { tokens: u64 },
}

/// The operations and fragments of a document. Positions are kept of fields, which errors name.
///
/// # Errors
/// A text that was not read to the last token; what cannot be told apart afterwards: operations or
/// fragments of one name, and an operation without a name beside others; numbers that no floating
/// point number comes near.
pub(super) fn executable(
    document: &ast::Document,
    text: &str,
    origin: Origin,
) -> Result<ExecutableDocument, Vec<DocumentError>> {
    let (tokens, fields) = match origin {
        Origin::Read { fields } => (None, Some(fields.into_iter())),
        Origin::Parsed { tokens } => (Some(tokens), None),
    };
    let mut convert = Convert {
        places: Places::new(text),
        fields,
        tokens: 0,
        faults: Vec::new(),
    };
    let mut alone = None;
    let mut named = HashMap::new();
    let mut fragments = HashMap::new();
    for definition in &document.definitions {
        match definition {
            ast::Definition::OperationDefinition(operation) => {
                let is_short = operation
                    .location()
                    .is_some_and(|location| text[location.offset()..].starts_with('{'));
                convert.tokens += if is_short { 0 } else { 1 };
                let converted = at(convert.operation(operation));
                let Some(name) = operation.name.as_ref().map(name) else {
                    if alone.replace(converted).is_some() {
                        convert.fault(operation.location(), NOT_ALONE.to_owned());
                    }
                    continue;
                };
                if named.insert(name.clone(), converted).is_some() {
                    let what = format!("There can be only one operation named \"{name}\".");
                    convert.fault(operation.location(), what);
                }
            }
            ast::Definition::FragmentDefinition(fragment) => {
                convert.tokens += 4;
                let name = name(&fragment.name);
                let known = fragments.insert(name.clone(), at(convert.fragment(fragment)));
                if known.is_some() {
                    let what = format!("There can be only one fragment named \"{name}\".");
                    convert.fault(fragment.location(), what);
                }
            }
            other => {
                let what = "A document holds operations and fragments, no definitions of types.";
                convert.fault(other.location(), what.to_owned());
                return Err(convert.faults);
            }
        }
    }
    let operations = match alone {
        Some(operation) => {
            if !named.is_empty() {
                convert.fault(None, NOT_ALONE.to_owned());
            }
            DocumentOperations::Single(operation)
        }
        None => DocumentOperations::Multiple(named),
    };
    if tokens.is_some_and(|tokens| tokens != convert.tokens) {
        return Err(vec![unread(text)]);
    }
    match convert.faults.is_empty() {
        true => Ok(ExecutableDocument {
            operations,
            fragments,
        }),
        false => Err(convert.faults),
    }
}

const NOT_ALONE: &str = "An operation without a name must be the only one of its document.";

/// What is wrong with a text that the parser did not refuse, in the words of another one.
fn unread(text: &str) -> DocumentError {
    let (message, place) = match async_graphql::parser::parse_query(text) {
        Err(error) => {
            let place = error.positions().next();
            (error.to_string(), place.map(|at| (at.line, at.column)))
        }
        Ok(_) => ("the document has parts that mean nothing".to_owned(), None),
    };
    DocumentError {
        error: Error::new(Code::GraphqlParseFailed, format!("Syntax error: {message}")),
        locations: place.into_iter().collect(),
    }
}

struct Convert<'t> {
    places: Places<'t>,
    /// Where fields begin, as far as the tree does not say it.
    fields: Option<std::vec::IntoIter<usize>>,
    /// Tokens of the text that stand in what was converted.
    tokens: u64,
    faults: Vec<DocumentError>,
}

impl Convert<'_> {
    fn fault(&mut self, location: Option<SourceSpan>, message: String) {
        let place = location.map(|location| self.places.of(location.offset()));
        self.faults.push(DocumentError::invalid(message, place));
    }

    fn operation(&mut self, operation: &ast::OperationDefinition) -> OperationDefinition {
        self.tokens += u64::from(operation.name.is_some());
        self.tokens += between(operation.variables.is_empty());
        let variables = operation.variables.iter();
        OperationDefinition {
            ty: match operation.operation_type {
                ast::OperationType::Query => OperationType::Query,
                ast::OperationType::Mutation => OperationType::Mutation,
                ast::OperationType::Subscription => OperationType::Subscription,
            },
            variable_definitions: variables
                .map(|variable| at(self.variable(variable)))
                .collect(),
            directives: self.directives(&operation.directives),
            selection_set: self.selections(&operation.selection_set),
        }
    }

    fn fragment(&mut self, fragment: &ast::FragmentDefinition) -> FragmentDefinition {
        FragmentDefinition {
            type_condition: condition(&fragment.type_condition),
            directives: self.directives(&fragment.directives),
            selection_set: self.selections(&fragment.selection_set),
        }
    }

    fn variable(&mut self, variable: &ast::VariableDefinition) -> VariableDefinition {
        let default = variable.default_value.as_ref();
        // A dollar sign, the name, a colon; and an equals sign.
        self.tokens += 3 + type_tokens(&variable.ty) + u64::from(default.is_some());
        VariableDefinition {
            name: at(name(&variable.name)),
            var_type: at(type_of(&variable.ty)),
            directives: self.directives(&variable.directives),
            default_value: default.map(|value| at(self.constant(value))),
        }
    }

    fn constant(&mut self, value: &Node<AstValue>) -> ConstValue {
        // A variable in a default is refused by the rules.
        self.value(value).into_const().unwrap_or_default()
    }

    fn selections(&mut self, selections: &[ast::Selection]) -> Positioned<SelectionSet> {
        self.tokens += between(selections.is_empty());
        let items = selections.iter().map(|selection| {
            at(match selection {
                ast::Selection::Field(field) => Selection::Field(self.field(field)),
                ast::Selection::FragmentSpread(spread) => {
                    self.tokens += 2;
                    Selection::FragmentSpread(at(FragmentSpread {
                        fragment_name: at(name(&spread.fragment_name)),
                        directives: self.directives(&spread.directives),
                    }))
                }
                ast::Selection::InlineFragment(fragment) => {
                    self.tokens += if fragment.type_condition.is_some() {
                        3
                    } else {
                        1
                    };
                    Selection::InlineFragment(at(InlineFragment {
                        type_condition: fragment.type_condition.as_ref().map(condition),
                        directives: self.directives(&fragment.directives),
                        selection_set: self.selections(&fragment.selection_set),
                    }))
                }
            })
        });
        at(SelectionSet {
            items: items.collect(),
        })
    }

    fn field(&mut self, field: &Node<ast::Field>) -> Positioned<Field> {
        let begins = match &mut self.fields {
            Some(fields) => fields.next(),
            None => field.location().map(|location| location.offset()),
        };
        let place = begins.map_or((0, 0), |begins| self.places.of(begins));
        self.tokens += if field.alias.is_some() { 3 } else { 1 };
        let converted = Field {
            alias: field.alias.as_ref().map(|alias| at(name(alias))),
            name: at(name(&field.name)),
            arguments: self.arguments(&field.arguments),
            directives: self.directives(&field.directives),
            selection_set: self.selections(&field.selection_set),
        };
        let (line, column) = place;
        Positioned::new(converted, Pos { line, column })
    }

    fn arguments(
        &mut self,
        arguments: &[Node<ast::Argument>],
    ) -> Vec<(Positioned<Name>, Positioned<Value>)> {
        self.tokens += between(arguments.is_empty()) + 2 * arguments.len() as u64;
        let arguments = arguments.iter();
        let arguments = arguments.map(|a| (at(name(&a.name)), at(self.value(&a.value))));
        arguments.collect()
    }

    fn directives(&mut self, directives: &ast::DirectiveList) -> Vec<Positioned<Directive>> {
        self.tokens += 2 * directives.len() as u64;
        let directives = directives.iter().map(|directive| {
            at(Directive {
                name: at(name(&directive.name)),
                arguments: self.arguments(&directive.arguments),
            })
        });
        directives.collect()
    }

    fn value(&mut self, value: &Node<AstValue>) -> Value {
        self.tokens += match &**value {
            AstValue::Variable(_) | AstValue::List(_) => 2,
            AstValue::Object(fields) => 2 + 2 * fields.len() as u64,
            _ => 1,
        };
        match &**value {
            AstValue::Null => Value::Null,
            AstValue::Enum(value) => Value::Enum(name(value)),
            AstValue::Variable(variable) => Value::Variable(name(variable)),
            AstValue::String(text) => Value::String(text.clone()),
            AstValue::Boolean(value) => Value::Boolean(*value),
            AstValue::Int(number) => self.number(value, number.as_str()),
            AstValue::Float(number) => self.number(value, number.as_str()),
            AstValue::List(items) => {
                Value::List(items.iter().map(|item| self.value(item)).collect())
            }
            AstValue::Object(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(field, value)| (name(field), self.value(value)));
                Value::Object(fields.collect())
            }
        }
    }

    fn number(&mut self, at: &Node<AstValue>, text: &str) -> Value {
        match number(text) {
            Some(number) => Value::Number(number),
            None => {
                let what = format!("The number {text} is too large: give it as a string.");
                self.fault(at.location(), what);
                Value::Null
            }
        }
    }
}

/// The braces or parentheses around a list that is left out when it is empty.
fn between(is_empty: bool) -> u64 {
    if is_empty { 0 } else { 2 }
}

fn type_tokens(ty: &ast::Type) -> u64 {
    match ty {
        ast::Type::Named(_) => 1,
        ast::Type::NonNullNamed(_) => 2,
        ast::Type::List(element) => 2 + type_tokens(element),
        ast::Type::NonNullList(element) => 3 + type_tokens(element),
    }
}

/// A number of a document as JSON has it: whole ones exactly where they fit into 64 bits.
pub(super) fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    Number::from_f64(text.parse().ok()?)
}

fn name(name: &AstName) -> Name {
    Name::new(name.as_str())
}

fn condition(on: &AstName) -> Positioned<TypeCondition> {
    at(TypeCondition { on: at(name(on)) })
}

fn type_of(ty: &ast::Type) -> Type {
    let base = match ty {
        ast::Type::Named(named) | ast::Type::NonNullNamed(named) => BaseType::Named(name(named)),
        ast::Type::List(element) | ast::Type::NonNullList(element) => {
            BaseType::List(Box::new(type_of(element)))
        }
    };
    Type {
        base,
        nullable: !ty.is_non_null(),
    }
}

/// Without a place, because nothing asks for it.
fn at<T>(node: T) -> Positioned<T> {
    Positioned::new(node, Pos::default())
}
