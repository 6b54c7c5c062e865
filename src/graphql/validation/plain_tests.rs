use apollo_compiler::{ast::Document, parser::Parser};

use super::plain::read;
use crate::graphql::limits::with_blanks;

/// What documents consist of.
const DOCUMENTS: [&str; 6] = [
    "{ a }",
    "query Q($a: [Int!]! = [1, -2] @d, $b: In = {c: {d: E}} $t: T!) @e(f: $a) { g(h: $a, i: {j: null, k: [true false]}) @l { m } }",
    "mutation M { a: b(c: 0, d: -1.5e+3, e: 2E7, f: \"x { y\") { ...F @g ... on T { h } ... @i(j: 1) { k } ... { l } } } fragment F on T @m { n }",
    "\u{20}{,a # { \"é\n,b:c , }\nsubscription S{d}#",
    "query on { on type query fragment: mutation(null: on, true: type) }",
    "{ a(b: \"\", c: \"é\t#,\", d: [[]], e: {}) }",
];

fn parsed(text: &str) -> Option<Document> {
    Parser::new().parse_ast(&*with_blanks(text), "test").ok()
}

#[test]
fn plain_documents_are_read_as_they_are_parsed() {
    for text in DOCUMENTS {
        let parsed = parsed(text).expect(text);
        let read = read(text).expect(text).document;
        assert_eq!(read.definitions, parsed.definitions, "{text}");
    }
}

#[test]
fn it_is_told_where_fields_begin_in_their_order() {
    let text = "query { a: b(c: {d: 1}) { e ...F } g } fragment F on T { h { i } }";
    let read = read(text).expect("a document");
    let begin: Vec<&str> = read.fields.iter().map(|at| &text[*at..*at + 1]).collect();
    assert_eq!(begin, ["a", "e", "g", "h", "i"]);
}

#[test]
fn what_is_not_plain_is_left_to_the_parser() {
    for text in [
        "\"what it does\" query Q { a }",
        "query (\"which\" $a: Int) { b(c: $a) }",
        "{ a(b: \"\"\"c\"\"\") }",
        "{ a(b: \"\\n\") }",
        "\u{feff}{ a }",
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}

#[test]
fn what_is_no_document_is_not_read() {
    for text in [
        "",
        " # nothing",
        "{}",
        "{ a {} }",
        "{ a() }",
        "query () { a }",
        "query ($a: Int = $b) { c(d: $a) }",
        "query ($a: Int @b(c: $d)) { e(f: $a) }",
        "query ($a Int) { b(c: $a) }",
        "query ($a: Int!!) { b(c: $a) }",
        "query ($a: [Int) { b(c: $a) }",
        "{ a(b 1) }",
        "{ a(b: {c 1}) }",
        "{ a(b: {c: }) }",
        "{ a(b: [1) }",
        "{ a(b: 01) }",
        "{ a(b: -) }",
        "{ a(b: 1.) }",
        "{ a(b: 1e) }",
        "{ a(b: 1x) }",
        "{ a(b: 1.5.5) }",
        "{ a(b: .5) }",
        "{ a(b: +5) }",
        "{ a(b: \"c) }",
        "{ a(b: \"c\nd\") }",
        "{ a(b: é) }",
        "{ a: }",
        "{ : a }",
        "{ a.. b }",
        "{ ... }",
        "{ ..F }",
        "{ ...on }",
        "{ a } }",
        "{ a",
        "{ a & b }",
        "a",
        "query Q A { b }",
        "fragment on on T { a }",
        "fragment F T { a }",
        "fragment F on T",
        "fragment F($a: Int) on T { a }",
        "type T { a: Int }",
        "{ @a b }",
        "{ a @ }",
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}

/// Whatever becomes of a document when one of its bytes is another one, or missing.
#[test]
fn whatever_is_read_is_parsed_to_the_same() {
    let mut read_anyway = 0;
    for text in DOCUMENTS {
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let (before, after) = text.split_at(at);
            let mut rest = after.chars();
            rest.next();
            let rest = rest.as_str();
            for other in ["", " ", "{", "}", ")", ":", "$", "\"", "1", "e", "."] {
                let spoilt = format!("{before}{other}{rest}");
                let Some(read) = read(&spoilt) else {
                    continue;
                };
                read_anyway += 1;
                let parsed = parsed(&spoilt).expect(&spoilt);
                assert_eq!(read.document.definitions, parsed.definitions, "{spoilt}");
            }
        }
    }
    assert!(read_anyway > 500, "{read_anyway}");
}
