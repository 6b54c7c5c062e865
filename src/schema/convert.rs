//! From a parsed SDL document to async-graphql's dynamic schema.
//!
//! The dynamic schema is introspected and printed. It judges no document of a client's and resolves no
//! field of ours: the resolvers here are empty.

use async_graphql::{
    dynamic::{
        Enum, EnumItem, Field, FieldFuture, InputObject, InputValue, Interface, InterfaceField,
        Object, Scalar, Schema, SchemaBuilder, SchemaError, Subscription, SubscriptionField,
        SubscriptionFieldFuture, TypeRef, Union,
    },
    parser::types::{
        BaseType, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeDefinition,
        TypeKind, TypeSystemDefinition,
    },
};
use std::collections::HashMap;

/// Joins `extend type X { … }` into `type X`.
pub fn merge_extensions(document: ServiceDocument) -> ServiceDocument {
    let (extensions, mut definitions): (Vec<_>, Vec<_>) = document
        .definitions
        .into_iter()
        .partition(|d| matches!(d, TypeSystemDefinition::Type(t) if t.node.extend));
    let places: HashMap<String, usize> = definitions
        .iter()
        .enumerate()
        .filter_map(|(place, definition)| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), place)),
            _ => None,
        })
        .collect();
    for extension in extensions {
        let TypeSystemDefinition::Type(extension) = extension else {
            continue;
        };
        let Some(place) = places.get(extension.node.name.node.as_str()) else {
            continue;
        };
        if let TypeSystemDefinition::Type(ty) = &mut definitions[*place]
            && let TypeKind::Object(to) = &mut ty.node.kind
            && let TypeKind::Object(from) = extension.node.kind
        {
            to.fields.extend(from.fields);
        }
    }
    ServiceDocument { definitions }
}

/// The one root field that an action's SDL adds: whether it is on `Query`, and its name.
pub fn only_root_field(document: &ServiceDocument) -> Option<(bool, String)> {
    let mut found = None;
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(ty) = definition else {
            continue;
        };
        let TypeKind::Object(object) = &ty.node.kind else {
            continue;
        };
        if !ty.node.extend {
            continue;
        }
        let on_query = match ty.node.name.node.as_str() {
            "Query" => true,
            "Mutation" => false,
            _ => return None,
        };
        for field in &object.fields {
            if found
                .replace((on_query, field.node.name.node.to_string()))
                .is_some()
            {
                return None;
            }
        }
    }
    found
}

/// The dynamic schema of a document without extensions.
pub fn dynamic_schema(document: &ServiceDocument) -> Result<Schema, SchemaError> {
    let mut builder = Schema::build("Query", Some("Mutation"), Some("Subscription"))
        .limit_recursive_depth(256)
        .limit_directives(64);
    for definition in &document.definitions {
        if let TypeSystemDefinition::Type(ty) = definition {
            builder = register(builder, &ty.node);
        }
    }
    builder.finish()
}

/// Sets a description where there is one; each builder type has a `description` of its own.
macro_rules! described {
    ($builder:expr, $definition:expr) => {
        match &$definition.description {
            Some(text) => $builder.description(text.node.clone()),
            None => $builder,
        }
    };
}

fn register(builder: SchemaBuilder, ty: &TypeDefinition) -> SchemaBuilder {
    let name = ty.name.node.as_str();
    match &ty.kind {
        TypeKind::Scalar => builder.register(described!(Scalar::new(name), ty)),
        TypeKind::Object(object) if name == "Subscription" => {
            let empty = described!(Subscription::new(name), ty);
            let fields = object
                .fields
                .iter()
                .map(|field| subscription_field(&field.node));
            builder.register(fields.fold(empty, Subscription::field))
        }
        TypeKind::Object(object) => {
            let empty = described!(Object::new(name), ty);
            let empty = object
                .implements
                .iter()
                .fold(empty, |o, i| o.implement(i.node.as_str()));
            let fields = object.fields.iter().map(|field| output_field(&field.node));
            builder.register(fields.fold(empty, Object::field))
        }
        TypeKind::Interface(interface) => {
            let empty = described!(Interface::new(name), ty);
            let fields = interface.fields.iter().map(|field| {
                let f = &field.node;
                described!(
                    InterfaceField::new(f.name.node.as_str(), type_ref(&f.ty.node)),
                    f
                )
            });
            builder.register(fields.fold(empty, Interface::field))
        }
        TypeKind::Union(union) => {
            let empty = described!(Union::new(name), ty);
            let members = union.members.iter().map(|m| m.node.as_str());
            builder.register(members.fold(empty, Union::possible_type))
        }
        TypeKind::Enum(values) => {
            let items = values
                .values
                .iter()
                .map(|value| described!(EnumItem::new(value.node.value.node.as_str()), value.node));
            builder.register(described!(Enum::new(name), ty).items(items))
        }
        TypeKind::InputObject(input) => {
            let empty = described!(InputObject::new(name), ty);
            let fields = input.fields.iter().map(|field| input_value(&field.node));
            builder.register(fields.fold(empty, InputObject::field))
        }
    }
}

fn output_field(field: &FieldDefinition) -> Field {
    let name = field.name.node.as_str();
    let made = Field::new(name, type_ref(&field.ty.node), |_| {
        FieldFuture::from_value(None)
    });
    let arguments = field.arguments.iter().map(|a| input_value(&a.node));
    arguments.fold(described!(made, field), Field::argument)
}

fn subscription_field(field: &FieldDefinition) -> SubscriptionField {
    let name = field.name.node.as_str();
    let made = SubscriptionField::new(name, type_ref(&field.ty.node), |_| {
        SubscriptionFieldFuture::new(async {
            Ok(futures_util::stream::empty::<
                async_graphql::Result<async_graphql::Value>,
            >())
        })
    });
    let arguments = field.arguments.iter().map(|a| input_value(&a.node));
    arguments.fold(described!(made, field), SubscriptionField::argument)
}

fn input_value(definition: &InputValueDefinition) -> InputValue {
    let name = definition.name.node.as_str();
    let made = described!(
        InputValue::new(name, type_ref(&definition.ty.node)),
        definition
    );
    match &definition.default_value {
        Some(value) => made.default_value(value.node.clone()),
        None => made,
    }
}

fn type_ref(ty: &Type) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::named(name.as_str()),
        BaseType::List(element) => TypeRef::List(Box::new(type_ref(element))),
    };
    if ty.nullable {
        base
    } else {
        TypeRef::NonNull(Box::new(base))
    }
}
