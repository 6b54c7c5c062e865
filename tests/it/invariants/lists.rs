//! The lists that make modules: a file that is in none would not even be compiled.

use std::collections::BTreeMap;

use super::sources;

/// The lines of a domain's `actions! { … }`, without what they say of the action.
fn listed(text: &str) -> Vec<String> {
    text.lines()
        .skip_while(|line| *line != "actions! {")
        .skip(1)
        .take_while(|line| *line != "}")
        .map(|line| {
            let name = line.split([':', ';']).next().unwrap_or(line);
            name.trim().to_owned()
        })
        .collect()
}

#[test]
fn every_action_is_in_the_list_of_its_domain() {
    let mut files: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut lists = BTreeMap::new();
    for (path, text) in sources("src/actions") {
        let domain = path.parent().expect("a folder").to_owned();
        if path.ends_with("mod.rs") {
            let list = listed(&text);
            assert!(list.is_sorted(), "{}: {list:?}", path.display());
            lists.insert(domain, list);
        } else if text.contains("const SDL: ") {
            let name = path.file_stem().expect("a name").display().to_string();
            files.entry(domain).or_default().push(name);
        }
    }
    lists.retain(|_, list| !list.is_empty());
    for names in files.values_mut() {
        names.sort();
    }
    assert_eq!(lists, files);
}
