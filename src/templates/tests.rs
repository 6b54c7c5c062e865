use super::*;

fn values(list: &[(&str, &str)]) -> BTreeMap<String, String> {
    let list = list.iter();
    list.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn rendered(template: &str, list: &[(&str, &str)]) -> Rendered {
    render(template, &values(list)).expect("it is short")
}

#[test]
fn blanks_are_filled_and_what_is_missing_or_unknown_is_named() {
    let made = rendered(
        "Dear {name}, {greeting} from {{ place }} and {greeting}",
        &[("name", "Ada"), ("place", "Rome"), ("colour", "red")],
    );
    assert_eq!(made.text, "Dear Ada, {greeting} from Rome and {greeting}");
    assert_eq!(made.missing, ["greeting"], "each once");
    assert_eq!(made.unknown, ["colour"]);
}

#[test]
fn other_braces_are_text() {
    for text in [
        r#"{"a": 1}"#,
        "fn f() { g() }",
        "{}",
        "{ }",
        "{1a}",
        "{a b}",
        "{a",
        "a}",
        "{{a}",
        "€{é!}",
        "{{{",
    ] {
        assert_eq!(rendered(text, &[("a", "x"), ("b", "x")]).text, text);
        assert!(blanks(text).is_empty(), "{text}");
    }
    // Braces without an end are looked at once each, not through all that follows.
    let braces = "{".repeat(400_000);
    assert!(blanks(&braces).is_empty());
    let long = format!("{{{}}}", "n".repeat(NAME_MAX + 1));
    assert!(blanks(&long).is_empty());
}

#[test]
fn a_backslash_leaves_a_blank_as_text() {
    let made = rendered(r"\{name} is {name}", &[("name", "Ada")]);
    assert_eq!(made.text, "{name} is Ada");
    assert_eq!(rendered(r"\{name}", &[]).missing, Vec::<String>::new());
    assert_eq!(rendered(r"C:\ {name}", &[("name", "x")]).text, r"C:\ x");
}

#[test]
fn what_is_filled_in_is_not_looked_at_again() {
    let made = rendered("{a}{b}", &[("a", "{b}"), ("b", "{a}")]);
    assert_eq!(made.text, "{b}{a}");
    assert!(made.missing.is_empty());
}

#[test]
fn nothing_grows_beyond_the_limit() {
    let value = "x".repeat(1 << 19);
    let list = [("a", value.as_str())];
    assert!(render("{a}{a}", &values(&list)).is_ok());
    assert_eq!(render("{a}{a}{a}", &values(&list)), Err(TooLong));
}

#[test]
fn names_may_be_in_any_script() {
    assert_eq!(
        blanks("{größe} {名前} {a-b} {größe}"),
        ["größe", "名前", "a-b"]
    );
}
