//! What a project's components say, as text: the tree that they form, in their order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

/// A component.
pub(super) struct Component {
    pub id: Uuid,
    pub parent: Option<Uuid>,
    /// As `public.component_type` has it.
    pub kind: String,
    pub name: String,
    pub properties: Value,
    pub is_visible: bool,
}

/// The outline of components that come in their order: each a line, its properties below it, its children indented.
/// Hidden ones are left out with all that is in them. A component that is in itself, by way of others, is left out, too.
pub(super) fn outline(components: &[Component]) -> String {
    let ids: BTreeSet<Uuid> = components.iter().map(|component| component.id).collect();
    let mut children: BTreeMap<Option<Uuid>, Vec<&Component>> = BTreeMap::new();
    for component in components {
        let parent = component.parent.filter(|parent| ids.contains(parent));
        children.entry(parent).or_default().push(component);
    }
    let mut text = String::new();
    // From the last to the first, so that the first is taken first.
    let below = |parent: Option<Uuid>, depth: usize| {
        let found = children.get(&parent).into_iter().flatten().rev();
        found.map(move |component| (*component, depth))
    };
    let mut left: Vec<(&Component, usize)> = below(None, 0).collect();
    while let Some((component, depth)) = left.pop() {
        if component.is_visible {
            tell(component, depth, &mut text);
            left.extend(below(Some(component.id), depth + 1));
        }
    }
    text
}

fn tell(component: &Component, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth.min(20));
    *text += &format!("{indent}- {} \"{}\"\n", component.kind, component.name);
    let properties: BTreeMap<&String, &Value> = component
        .properties
        .as_object()
        .into_iter()
        .flatten()
        .collect();
    for (key, value) in properties {
        let told = match value {
            Value::Null => continue,
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) => text.trim().replace('\n', &format!("\n{indent}    ")),
            value => value.to_string(),
        };
        *text += &format!("{indent}  {key}: {told}\n");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn component(id: u128, parent: Option<u128>, name: &str) -> Component {
        Component {
            id: Uuid::from_u128(id),
            parent: parent.map(Uuid::from_u128),
            kind: "text".to_owned(),
            name: name.to_owned(),
            properties: json!({}),
            is_visible: true,
        }
    }

    #[test]
    fn the_tree_is_told_in_its_order_without_what_is_hidden() {
        let mut hidden = component(4, Some(1), "hidden");
        hidden.is_visible = false;
        let mut said = component(3, Some(2), "deep");
        said.properties = json!({"text": "one\ntwo", "size": 5, "empty": " ", "none": null});
        let components = [
            component(1, None, "first"),
            component(5, None, "second"),
            component(2, Some(1), "inside"),
            hidden,
            said,
            component(6, Some(4), "in what is hidden"),
            component(7, Some(99), "of a parent that is gone"),
            component(8, Some(9), "round"),
            component(9, Some(8), "and round"),
        ];
        assert_eq!(
            outline(&components),
            "- text \"first\"\n  - text \"inside\"\n    - text \"deep\"\n      size: 5\n      text: one\n        two\n\
             - text \"second\"\n- text \"of a parent that is gone\"\n"
        );
        assert_eq!(outline(&[]), "");
    }
}
