//! The types of numbers over rows: what to group by, which groups, in what order, and what is answered.

use super::{
    arguments::Arguments,
    filters::{comparable, filter_type, numeric, orderable},
    sdl::Sdl,
};
use crate::{
    model::{Column, Kind, Model, Table, screaming},
    role::Role,
};

/// The arguments of a table's aggregate.
pub fn arguments(table: &Table) -> Arguments {
    let (name, rows) = (&table.type_name, table.nouns());
    Arguments::default()
        .with(
            &format!("where: {name}Where"),
            &format!("Which {rows} to count; all that the caller may see without it."),
        )
        .with(
            &format!("groupBy: [{name}GroupBy!]"),
            "What the rows of a group have in common; one group of all without it.",
        )
        .with(
            &format!("having: {name}Having"),
            "Which groups to answer; all without it.",
        )
        .with(
            &format!("orderBy: [{name}AggregateOrderBy!]"),
            "The order of the groups: the first entry counts most, and what they have in common decides between equals.",
        )
        .with(
            "first: Int",
            "How many groups at most; without it as many as a page may have, or all of those that fill a time.",
        )
        .with("offset: Int", "How many groups to pass over first.")
}

/// Writes the types of a table's aggregate, of the columns that `role` may read.
pub fn write(sdl: &mut Sdl, model: &Model, table: &Table, role: Role) {
    let columns: Vec<&Column> = table.columns.iter().filter(|c| c.readable(role)).collect();
    write_columns(sdl, table, &columns);
    write_group(sdl, model, table, &columns);
    write_having(sdl, model, table, &columns);
    write_order(sdl, table, &columns);
    write_answer(sdl, model, table, &columns);
}

fn write_columns(sdl: &mut Sdl, table: &Table, columns: &[&Column]) {
    let head = format!("enum {}Column", table.type_name);
    let mut body = sdl.open(&head, &format!("The columns of {}.", table.nouns()));
    for column in columns {
        body.field(&screaming(&column.name), &column.description);
    }
}

fn write_group(sdl: &mut Sdl, model: &Model, table: &Table, columns: &[&Column]) {
    let name = &table.type_name;
    let about = "What rows of one group have in common.";
    let mut body = sdl.open(&format!("input {name}GroupBy"), about);
    body.field(
        &format!("column: {name}Column!"),
        "The column whose value they share.",
    );
    let has = |kind: Kind| columns.iter().any(|column| column.kind == kind);
    if has(Kind::DateTime) || has(Kind::Date) {
        body.field(
            "truncate: DateTruncation",
            "Cuts a moment or day off to a unit first.",
        )
        .field(
            "fill: GroupFill",
            "Answers all groups of a time, also those without rows; goes with truncate, and in one entry. With further entries, all groups of each of the values that they have within the time.",
        );
    }
    if has(Kind::DateTime) {
        body.field(
            "timeZone: String",
            "The time zone in which days and hours begin, such as Europe/Berlin, whose days may have 23 or 25 hours; UTC without it. Goes with truncate.",
        );
    }
    drop(body);
    let mut body = sdl.open(
        &format!("type {name}Group"),
        "What the rows of a group have in common. Columns that were not grouped by are null.",
    );
    for column in columns.iter().filter(|c| orderable(&c.kind)) {
        body.field(
            &format!("{}: {}", column.field, column.kind.written(&model.enums)),
            &column.description,
        );
    }
}

fn write_having(sdl: &mut Sdl, model: &Model, table: &Table, columns: &[&Column]) {
    let name = &table.type_name;
    let with_numbers = columns.iter().any(|column| numeric(&column.kind));
    let with_order = columns.iter().any(|column| comparable(&column.kind));
    let about = "A condition on groups; all that is named must hold.";
    let mut body = sdl.open(&format!("input {name}Having"), about);
    body.field(&format!("and: [{name}Having!]"), "All of these hold.")
        .field(
            &format!("or: [{name}Having!]"),
            "At least one of these holds.",
        )
        .field(&format!("not: {name}Having"), "This does not hold.")
        .field("count: IntFilter", "How many rows the group has.");
    if with_numbers {
        let ty = format!("{name}NumberHaving");
        body.field(&format!("sum: {ty}"), "The sum of a column.")
            .field(&format!("avg: {ty}"), "The mean of a column.");
    }
    if with_order {
        let ty = format!("{name}ColumnHaving");
        body.field(&format!("min: {ty}"), "The smallest value of a column.")
            .field(&format!("max: {ty}"), "The largest value of a column.");
    }
    drop(body);
    let about = "Conditions on what is computed over columns; all that is named must hold.";
    if with_numbers {
        let mut body = sdl.open(&format!("input {name}NumberHaving"), about);
        for column in columns.iter().filter(|c| numeric(&c.kind)) {
            let filter = match column.kind {
                Kind::Float => "FloatFilter",
                _ => "DecimalFilter",
            };
            body.field(&format!("{}: {filter}", column.field), &column.description);
        }
    }
    if with_order {
        let mut body = sdl.open(&format!("input {name}ColumnHaving"), about);
        for column in columns.iter().filter(|c| comparable(&c.kind)) {
            let filter = filter_type(model, &column.kind);
            body.field(&format!("{}: {filter}", column.field), &column.description);
        }
    }
}

fn write_order(sdl: &mut Sdl, table: &Table, columns: &[&Column]) {
    let name = &table.type_name;
    let about =
        "What to order groups by. Name one field; list several of these to order by several.";
    let mut body = sdl.open(&format!("input {name}AggregateOrderBy"), about);
    body.field("count: Order", "By the number of their rows.");
    if columns.iter().any(|column| orderable(&column.kind)) {
        body.field(
            &format!("group: {name}GroupOrder"),
            "By a column that groupBy names.",
        );
    }
    if columns.iter().any(|column| comparable(&column.kind)) {
        let ty = format!("{name}ColumnOrder");
        body.field(&format!("min: {ty}"), "By the smallest value of a column.")
            .field(&format!("max: {ty}"), "By the largest value of a column.");
    }
    if columns.iter().any(|column| numeric(&column.kind)) {
        let ty = format!("{name}NumberOrder");
        body.field(&format!("sum: {ty}"), "By the sum of a column.")
            .field(&format!("avg: {ty}"), "By the mean of a column.");
    }
}

/// A computation over columns: its field, what it is, the kinds it takes, the type it answers.
type Part = (
    &'static str,
    &'static str,
    fn(&Kind) -> bool,
    fn(&Model, &Column) -> String,
);

fn write_answer(sdl: &mut Sdl, model: &Model, table: &Table, columns: &[&Column]) {
    let name = &table.type_name;
    let parts: [Part; 4] = [
        ("sum", "Sums; null without values.", numeric, sum_type),
        ("avg", "Means; null without values.", numeric, avg_type),
        ("min", "Smallest values.", comparable, same_type),
        ("max", "Largest values.", comparable, same_type),
    ];
    let mut present = Vec::new();
    for (part, about, fits, ty) in parts {
        if columns.iter().any(|c| fits(&c.kind)) {
            let type_name = format!("{name}{}", crate::model::pascal(part));
            let mut body = sdl.open(&format!("type {type_name}"), about);
            for column in columns.iter().filter(|c| fits(&c.kind)) {
                body.field(
                    &format!("{}: {}", column.field, ty(model, column)),
                    &column.description,
                );
            }
            drop(body);
            present.push((part, about, type_name));
        }
    }
    let mut body = sdl.open(
        &format!("type {name}Aggregate"),
        &format!("Numbers over a group of {}.", table.nouns()),
    );
    let counted = Arguments::default()
        .with(
            &format!("column: {name}Column!"),
            "The column whose values are counted.",
        )
        .finish();
    body.field(
        &format!("group: {name}Group!"),
        "What the rows have in common.",
    )
    .field(
        "count: Int!",
        "How many rows there are; 0 in a group that was filled in.",
    )
    .field(
        &format!("countDistinct{counted}: Int!"),
        "How many different values a column has.",
    );
    let moments = |column: &&&Column| matches!(column.kind, Kind::DateTime | Kind::Date);
    if columns.iter().any(|column| moments(&column)) {
        body.field(
            "groupEnd: DateTime",
            "When the group's time ends and the next one begins; null where nothing is truncated. Where several columns are, the end of the first.",
        );
    }
    for (part, about, type_name) in present {
        body.field(&format!("{part}: {type_name}!"), about);
    }
}

fn sum_type(_: &Model, column: &Column) -> String {
    match column.kind {
        Kind::Int => "BigInt",
        Kind::Float => "Float",
        _ => "Decimal",
    }
    .to_owned()
}

fn avg_type(_: &Model, column: &Column) -> String {
    match column.kind {
        Kind::Float => "Float",
        _ => "Decimal",
    }
    .to_owned()
}

fn same_type(model: &Model, column: &Column) -> String {
    column.kind.written(&model.enums)
}
