//! Reads the doc comments of the entities, which SeaORM drops, into a table that
//! `src/registry.rs` includes. A table, column, relation, enum or value without a doc comment
//! stops the build: the comments are what an API user reads.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use syn::{Attribute, Expr, Field, Item, ItemEnum, ItemStruct, Lit, Meta, Type};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What one source file says: by its path `<domain>::<table>`, the text of a `Docs` literal.
type Tables = BTreeMap<String, String>;
/// By its name in the database, the text of an `EnumDocs` literal.
type Enums = BTreeMap<String, String>;

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=src");
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("src");
    let mut tables = Tables::new();
    let mut enums = Enums::new();
    for domain in folder(&source)? {
        if !domain.is_dir() {
            continue;
        }
        for file in folder(&domain)? {
            read(&domain, &file, &mut tables, &mut enums)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    let mut out = String::from("static TABLE_DOCS: &[(&str, TableDocs)] = &[\n");
    for (path, docs) in tables {
        writeln!(out, "({path:?}, {docs}),")?;
    }
    out.push_str("];\nstatic ENUM_DOCS: &[EnumDocs] = &[\n");
    for docs in enums.values() {
        writeln!(out, "{docs},")?;
    }
    out.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("docs.rs"), out)?;
    Ok(())
}

fn folder(path: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        entries.push(entry?.path());
    }
    entries.sort();
    Ok(entries)
}

fn read(domain: &Path, file: &Path, tables: &mut Tables, enums: &mut Enums) -> Result<()> {
    let (Some(domain), Some(table)) = (stem(domain), stem(file)) else {
        return Ok(());
    };
    for item in syn::parse_file(&fs::read_to_string(file)?)?.items {
        match item {
            Item::Struct(item) if item.ident == "Model" => {
                tables.insert(format!("{domain}::{table}"), table_docs(&item)?);
            }
            Item::Enum(item) => {
                if let Some(name) = setting(&item.attrs, "enum_name") {
                    let docs = enum_docs(&name, &item)?;
                    if enums.insert(name.clone(), docs).is_some() {
                        return Err(format!("the enum {name} is declared twice").into());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem()?.to_str()
}

fn table_docs(item: &ItemStruct) -> Result<String> {
    let schema = setting(&item.attrs, "schema_name").ok_or("schema_name is missing")?;
    let name = setting(&item.attrs, "table_name").ok_or("table_name is missing")?;
    let description = description(&item.attrs, "Model")?;
    let mut columns = String::new();
    let mut relations = String::new();
    for field in &item.fields {
        let field_name = field
            .ident
            .as_ref()
            .ok_or("a field has no name")?
            .to_string();
        let field_name = field_name.trim_start_matches("r#");
        let text = self::description(&field.attrs, field_name)?;
        match relation_variant(field) {
            Some(variant) => write!(relations, "({variant:?}, {field_name:?}, {text:?}),")?,
            None => {
                let column = setting(&field.attrs, "column_name");
                let column = column.as_deref().unwrap_or(field_name);
                write!(columns, "({column:?}, {text:?}),")?;
            }
        }
    }
    Ok(format!(
        "TableDocs {{ schema: {schema:?}, name: {name:?}, description: {description:?}, \
         columns: &[{columns}], relations: &[{relations}] }}"
    ))
}

fn enum_docs(name: &str, item: &ItemEnum) -> Result<String> {
    let description = description(&item.attrs, name)?;
    let mut values = String::new();
    for variant in &item.variants {
        let variant_name = variant.ident.to_string();
        let value = setting(&variant.attrs, "string_value")
            .ok_or_else(|| format!("{name}::{variant_name} has no string_value"))?;
        let text = self::description(&variant.attrs, &variant_name)?;
        write!(values, "({value:?}, {text:?}),")?;
    }
    Ok(format!(
        "EnumDocs {{ name: {name:?}, description: {description:?}, values: &[{values}] }}"
    ))
}

/// The variant of SeaORM's `Relation` enum that a field of a relation type stands for, by the
/// macro's own rule: `relation_enum`, else the module of the entity, in upper camel case.
fn relation_variant(field: &Field) -> Option<String> {
    let Type::Path(path) = &field.ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    if !["BelongsTo", "HasOne", "HasMany"].contains(&last.ident.to_string().as_str()) {
        return None;
    }
    if let Some(name) = setting(&field.attrs, "relation_enum") {
        return Some(upper_camel(&name));
    }
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let syn::GenericArgument::Type(entity) = arguments.args.first()? else {
        return None;
    };
    Some(upper_camel(&module_of(entity)?))
}

/// `clusters` of `super::clusters::Entity`, also inside `Option<…>`.
fn module_of(entity: &Type) -> Option<String> {
    let Type::Path(path) = entity else {
        return None;
    };
    let last = path.path.segments.last()?;
    if last.ident == "Option"
        && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
        && let syn::GenericArgument::Type(inner) = arguments.args.first()?
    {
        return module_of(inner);
    }
    let mut names = path
        .path
        .segments
        .iter()
        .rev()
        .map(|segment| segment.ident.to_string());
    let own = names.next()?;
    Some(names.next().unwrap_or(own))
}

fn upper_camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.extend(letters);
    }
    out
}

/// The string that `#[sea_orm(key = "…")]` gives.
fn setting(attributes: &[Attribute], key: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("sea_orm"))
    {
        let metas = attribute
            .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated)
            .ok()?;
        for meta in metas {
            if let Meta::NameValue(pair) = meta
                && pair.path.is_ident(key)
                && let Expr::Lit(literal) = pair.value
                && let Lit::Str(text) = literal.lit
            {
                found = Some(text.value());
            }
        }
    }
    found
}

/// The doc comment: lines of a paragraph joined by spaces, paragraphs by an empty line.
fn description(attributes: &[Attribute], what: &str) -> Result<String> {
    let mut paragraphs = vec![String::new()];
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(text) = &literal.lit
        {
            let text = text.value();
            let (line, paragraph) = (text.trim(), paragraphs.len() - 1);
            if line.is_empty() {
                paragraphs.push(String::new());
            } else {
                if !paragraphs[paragraph].is_empty() {
                    paragraphs[paragraph].push(' ');
                }
                paragraphs[paragraph].push_str(line);
            }
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    if paragraphs.is_empty() {
        return Err(format!("{what} has no doc comment to describe it").into());
    }
    Ok(paragraphs.join("\n\n"))
}
