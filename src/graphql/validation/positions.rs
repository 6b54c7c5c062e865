//! The places where variables stand: each is defined, and its type is one that the place takes.

use apollo_compiler::{
    Name, Node,
    ast::{Type, Value, VariableDefinition},
    collections::{HashMap, HashSet},
    parser::SourceSpan,
};

use super::fault::{FAULTS_MAX, Fault};
use crate::error::suggestion::{like, question};

/// Where variables stand in an operation or a fragment, and which fragments are spread there.
#[derive(Default)]
pub(super) struct Uses<'d> {
    variables: Vec<Use<'d>>,
    spreads: Vec<&'d Name>,
}

struct Use<'d> {
    name: &'d Name,
    location: Option<SourceSpan>,
    /// What the place takes; nothing where anything may stand.
    place: Option<Place<'d>>,
}

struct Place<'d> {
    ty: &'d Type,
    /// The place is an element of a scalar's list, where null may stand whatever the scalar's type.
    is_element: bool,
    has_default: bool,
}

impl<'d> Uses<'d> {
    /// A variable where a type is expected, in a place with or without a default.
    pub fn typed(
        &mut self,
        name: &'d Name,
        ty: &'d Type,
        has_default: bool,
        location: Option<SourceSpan>,
    ) {
        let place = Place {
            ty,
            is_element: false,
            has_default,
        };
        self.add(name, Some(place), location);
    }

    /// A variable in a list that is the value of a scalar.
    pub fn element(&mut self, name: &'d Name, ty: &'d Type, location: Option<SourceSpan>) {
        let place = Place {
            ty,
            is_element: true,
            has_default: false,
        };
        self.add(name, Some(place), location);
    }

    /// A variable where anything may stand.
    pub fn untyped(&mut self, name: &'d Name, location: Option<SourceSpan>) {
        self.add(name, None, location);
    }

    /// A fragment that is spread.
    pub fn spread(&mut self, fragment: &'d Name) {
        self.spreads.push(fragment);
    }

    fn add(&mut self, name: &'d Name, place: Option<Place<'d>>, location: Option<SourceSpan>) {
        self.variables.push(Use {
            name,
            location,
            place,
        });
    }
}

/// Looks at all places of an operation's variables, those in its fragments included.
pub(super) fn check_uses<'d>(
    variables: &[Node<VariableDefinition>],
    uses: &Uses<'d>,
    fragments: &HashMap<&'d Name, Uses<'d>>,
    faults: &mut Vec<Fault>,
) {
    let mut spread: HashSet<&Name> = HashSet::default();
    let mut open = vec![uses];
    while let Some(uses) = open.pop() {
        let found = uses
            .variables
            .iter()
            .filter_map(|used| fault(variables, used));
        faults.extend(found.take(FAULTS_MAX.saturating_sub(faults.len())));
        let new = uses.spreads.iter().filter(|name| spread.insert(**name));
        open.extend(new.filter_map(|name| fragments.get(name)));
    }
}

fn fault(variables: &[Node<VariableDefinition>], used: &Use<'_>) -> Option<Fault> {
    let name = used.name;
    let message = match variables.iter().find(|variable| variable.name == *name) {
        None => {
            let known = variables.iter().map(|variable| variable.name.as_str());
            let offered = question(&like(name, known));
            format!("Variable \"${name}\" is not defined.{offered}")
        }
        Some(variable) => {
            let place = used.place.as_ref().filter(|place| !fits(variable, place))?;
            format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{}\".",
                variable.ty, place.ty
            )
        }
    };
    Some(Fault {
        location: used.location,
        message,
    })
}

/// Whether a variable may stand in a place. One that may be null can where null is not allowed, if
/// there is a default for it or for the place; a null that is given then is found in each request.
fn fits(variable: &VariableDefinition, place: &Place<'_>) -> bool {
    let nullable = || place.ty.clone().nullable();
    if place.is_element {
        return variable.ty.is_assignable_to(&nullable());
    }
    if place.ty.is_non_null() && !variable.ty.is_non_null() {
        let default = variable.default_value.as_ref();
        let has_default = default.is_some_and(|value| !matches!(**value, Value::Null));
        return (has_default || place.has_default) && variable.ty.is_assignable_to(&nullable());
    }
    variable.ty.is_assignable_to(place.ty)
}
