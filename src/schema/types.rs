//! The schema's types, looked up by name while documents are compiled.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Value,
    parser::types::{
        BaseType, InputValueDefinition, ServiceDocument, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};

/// The types of a schema.
#[derive(Debug, Default)]
pub struct Types {
    objects: HashMap<String, HashMap<String, Field>>,
    inputs: HashMap<String, Vec<InputField>>,
    enums: HashMap<String, HashSet<Name>>,
    possible: HashMap<String, Vec<String>>,
    interfaces: HashMap<String, HashMap<String, Field>>,
    conditions: HashSet<String>,
}

/// A field of an object type.
#[derive(Debug, Clone)]
pub struct Field {
    /// What it answers.
    pub ty: Type,
    /// What it takes.
    pub arguments: Vec<Argument>,
}

/// An argument of a field.
pub type Argument = InputField;

/// A field of an input object, or an argument.
#[derive(Debug, Clone)]
pub struct InputField {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub ty: Type,
    /// What it is when it is not named.
    pub default: Option<Value>,
}

impl Types {
    /// The types of a document without extensions.
    pub fn new(document: &ServiceDocument) -> Self {
        let mut types = Types::default();
        for definition in &document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                types.add(&definition.node);
            }
        }
        types.find_conditions();
        types
    }

    /// Conditions are what `where` takes, and all that stands in it.
    fn find_conditions(&mut self) {
        let fields = self.objects.values().flat_map(HashMap::values);
        let arguments = fields.flat_map(|field| &field.arguments);
        let mut found: Vec<&str> = arguments
            .filter(|argument| argument.name == "where")
            .map(|argument| base_name(&argument.ty))
            .collect();
        let mut conditions = HashSet::new();
        while let Some(name) = found.pop() {
            if let Some(fields) = self.inputs.get(name)
                && conditions.insert(name.to_owned())
            {
                found.extend(fields.iter().map(|field| base_name(&field.ty)));
            }
        }
        self.conditions = conditions;
    }

    fn add(&mut self, definition: &TypeDefinition) {
        let name = definition.name.node.to_string();
        match &definition.kind {
            TypeKind::Scalar => {}
            TypeKind::Object(object) => {
                for interface in &object.implements {
                    let possible = self.possible.entry(interface.node.to_string());
                    possible.or_default().push(name.clone());
                }
                self.objects.insert(name, fields(&object.fields));
            }
            TypeKind::Interface(interface) => {
                self.possible.entry(name.clone()).or_default();
                self.interfaces.insert(name, fields(&interface.fields));
            }
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|m| m.node.to_string()).collect();
                self.possible.insert(name, members);
            }
            TypeKind::Enum(ty) => {
                let values = ty
                    .values
                    .iter()
                    .map(|v| v.node.value.node.clone())
                    .collect();
                self.enums.insert(name, values);
            }
            TypeKind::InputObject(input) => {
                let fields = input
                    .fields
                    .iter()
                    .map(|f| InputField::new(&f.node))
                    .collect();
                self.inputs.insert(name, fields);
            }
        }
    }

    /// A field of an object or interface type.
    pub fn field(&self, type_name: &str, field: &str) -> Option<&Field> {
        self.objects
            .get(type_name)
            .or_else(|| self.interfaces.get(type_name))?
            .get(field)
    }

    /// The fields of an input object type.
    pub fn input(&self, type_name: &str) -> Option<&[InputField]> {
        self.inputs.get(type_name).map(Vec::as_slice)
    }

    /// Whether an input object type is a condition or a part of one.
    pub fn is_condition(&self, type_name: &str) -> bool {
        self.conditions.contains(type_name)
    }

    /// The values of an enum type.
    pub fn enum_values(&self, type_name: &str) -> Option<&HashSet<Name>> {
        self.enums.get(type_name)
    }

    /// The object types that a union or interface can be; nothing for other types.
    pub fn possible(&self, type_name: &str) -> Option<&[String]> {
        self.possible.get(type_name).map(Vec::as_slice)
    }

    /// Whether this is an object type.
    pub fn is_object(&self, type_name: &str) -> bool {
        self.objects.contains_key(type_name)
    }
}

/// The named type inside lists and null marks.
pub fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(element) => base_name(element),
    }
}

impl InputField {
    fn new(definition: &InputValueDefinition) -> Self {
        InputField {
            name: definition.name.node.to_string(),
            ty: definition.ty.node.clone(),
            default: definition.default_value.as_ref().map(|v| v.node.clone()),
        }
    }
}

fn fields(
    definitions: &[async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>],
) -> HashMap<String, Field> {
    definitions
        .iter()
        .map(|field| {
            let arguments = field.node.arguments.iter();
            let field_of = Field {
                ty: field.node.ty.node.clone(),
                arguments: arguments.map(|a| InputField::new(&a.node)).collect(),
            };
            (field.node.name.node.to_string(), field_of)
        })
        .collect()
}
