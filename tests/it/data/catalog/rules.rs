//! Every rule has a sentence for people.

use std::fmt::Write;

use mindloom::{
    graphql::read_model,
    model::{ConstraintKind, rule, violation},
};

use crate::support::{TestDb, assert_golden};

/// Rows of other schemas are written by the server itself, which says in words of its own what it refuses.
const TOLD: &str = "public";

/// What a violated constraint is told as, for all of them: `tests/it/data/catalog/rules.txt`. A check constraint that
/// is more than limits, ranges and lists needs a comment that says what it demands.
#[tokio::test]
async fn every_constraint_has_a_sentence_that_names_its_field() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let catalog = mindloom::model::catalog::read(&client).await;
    let catalog = catalog.expect("the catalog");
    let model = read_model(&test.db).await.expect("the model");
    let mut tables: Vec<_> = catalog
        .iter()
        .filter(|((schema, _), _)| schema == TOLD)
        .collect();
    tables.sort_by_key(|((_, name), _)| name);
    let (mut told, mut silent, mut vague) = (String::new(), Vec::new(), Vec::new());
    let mut checks = 0;
    for ((_, name), facts) in tables {
        let table = model.tables.iter().find(|table| table.name == *name);
        for constraint in &facts.constraints {
            let line = |sentence: &str| format!("{}: {sentence}", constraint.name);
            match (constraint.kind, table) {
                (ConstraintKind::Check, _) => {
                    checks += 1;
                    let Some(sentence) = rule::sentence(constraint) else {
                        silent.push(format!("{} {}", constraint.name, constraint.definition));
                        continue;
                    };
                    let mut columns = constraint.columns.iter();
                    let field = |column: &String| mindloom::model::camel(column);
                    if !columns.any(|column| sentence.contains(&field(column))) {
                        vague.push(line(&sentence));
                    }
                    let _ = writeln!(told, "{}", line(&sentence));
                }
                (ConstraintKind::Unique | ConstraintKind::PrimaryKey, Some(table)) => {
                    let sentence = violation::already(table, constraint);
                    let _ = writeln!(told, "{}", line(&sentence));
                }
                (ConstraintKind::ForeignKey, Some(table)) => {
                    let sentence = violation::nothing_there(&model, table, constraint);
                    let _ = writeln!(told, "{}", line(&sentence));
                    let sentence = violation::still_used(&model, table, constraint);
                    let _ = writeln!(told, "{}", line(&sentence));
                }
                (_, None) => {}
            }
        }
    }
    assert!(silent.is_empty(), "these need a comment: {silent:#?}");
    assert!(vague.is_empty(), "these name no field: {vague:#?}");
    assert!(checks > 100, "{checks} checks");
    assert_golden("data/catalog/rules.txt", &told);
}
