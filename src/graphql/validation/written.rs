//! What stands in a document although a rule says that it is missing.

use std::collections::HashSet;

use apollo_compiler::{Node, ast, parser::SourceSpan};

/// Selections and arguments of a document as they were written. The rules look at a tree that lacks fields which nobody
/// knows, and take null for nothing: what is wrong there is told by other rules, in words that fit.
#[derive(Default)]
pub(super) struct Written<'d> {
    /// Where fields with a selection set begin.
    selections: HashSet<usize>,
    /// Where fields and directives with an argument that is null begin, and the argument.
    nulls: HashSet<(usize, &'d str)>,
}

impl<'d> Written<'d> {
    pub fn of(document: &'d ast::Document) -> Self {
        let mut written = Written::default();
        for definition in &document.definitions {
            match definition {
                ast::Definition::OperationDefinition(operation) => {
                    for variable in &operation.variables {
                        written.directives(&variable.directives);
                    }
                    written.directives(&operation.directives);
                    written.selections(&operation.selection_set);
                }
                ast::Definition::FragmentDefinition(fragment) => {
                    written.directives(&fragment.directives);
                    written.selections(&fragment.selection_set);
                }
                _ => {}
            }
        }
        written
    }

    /// Whether a rule misses what is there.
    pub fn has(&self, rule: &str, location: Option<SourceSpan>, message: &str) -> bool {
        let Some(offset) = location.map(|location| location.offset()) else {
            return false;
        };
        match rule {
            "MissingSubselection" => self.selections.contains(&offset),
            // The names stand between quotation marks: what takes the argument, and the argument.
            "RequiredArgument" => message
                .split('"')
                .nth(3)
                .is_some_and(|argument| self.nulls.contains(&(offset, argument))),
            _ => false,
        }
    }

    fn selections(&mut self, selections: &'d [ast::Selection]) {
        for selection in selections {
            match selection {
                ast::Selection::Field(field) => {
                    if let Some(location) = field.location()
                        && !field.selection_set.is_empty()
                    {
                        self.selections.insert(location.offset());
                    }
                    self.arguments(field.location(), &field.arguments);
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                ast::Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                ast::Selection::FragmentSpread(spread) => self.directives(&spread.directives),
            }
        }
    }

    fn directives(&mut self, directives: &'d ast::DirectiveList) {
        for directive in directives.iter() {
            self.arguments(directive.location(), &directive.arguments);
        }
    }

    fn arguments(&mut self, of: Option<SourceSpan>, arguments: &'d [Node<ast::Argument>]) {
        let Some(of) = of else { return };
        for argument in arguments.iter().filter(|argument| argument.value.is_null()) {
            self.nulls.insert((of.offset(), argument.name.as_str()));
        }
    }
}
