use super::*;

#[test]
fn sentences_end_where_readers_would_say() {
    let text = "# Bread\n\nFlour, e.g. rye, and water. Bake at 230 °C for 40 min.! Dr. Weiss said: \"Wait.\" Then eat (slowly.) \
                Version 2.5 is out\n- [ ] Buy salt\n1. First knead it\n> Quoted?  Yes!\n```\nlet a = 1.\n```\n| a | b |\n---\n今日は。明日！";
    assert_eq!(
        sentences(text),
        [
            "Bread",
            "Flour, e.g. rye, and water.",
            "Bake at 230 °C for 40 min.!",
            "Dr. Weiss said: \"Wait.\"",
            "Then eat (slowly.)",
            "Version 2.5 is out",
            "Buy salt",
            "First knead it",
            "Quoted?",
            "Yes!",
            "今日は。",
            "明日！",
        ]
    );
    assert!(sentences("").is_empty());
    assert!(
        sentences(&"long ".repeat(200)).is_empty(),
        "no sentence is so long"
    );
}

const NOTES: [&str; 4] = [
    "The sourdough starter needs flour and water every day. It smells of apples.",
    "My sourdough starter was fed with rye flour and warm water today. The cat slept.",
    "Flour and water are all that a sourdough starter needs. I bought a bicycle bell.",
    "The tax office wrote a letter about the missing form.",
];

#[test]
fn what_many_texts_say_comes_first_and_once() {
    let found = extract(&NOTES, 1, "");
    assert_eq!(found.len(), 1);
    assert!(found[0].sentence.contains("starter"), "{found:?}");
    assert!((found[0].weight - 1.0).abs() < 1e-9);
    let all = extract(&NOTES, 100, "");
    for extract in &all {
        assert!(
            NOTES[extract.text].contains(&extract.sentence),
            "{extract:?}"
        );
    }
    let texts: Vec<usize> = all.iter().map(|extract| extract.text).collect();
    assert!(texts.is_sorted(), "in the order of the texts");
    let copies = extract(&["The oven is hot and the bread rises."; 5], 10, "");
    assert_eq!(copies.len(), 1, "{copies:?}");
}

#[test]
fn it_leans_towards_words_that_are_asked_for() {
    let found = extract(&NOTES, 1, "letters of the tax office");
    assert_eq!(found[0].text, 3, "{found:?}");
}

#[test]
fn it_is_the_same_each_time() {
    let first = extract(&NOTES, 4, "water");
    for _ in 0..20 {
        assert_eq!(extract(&NOTES, 4, "water"), first);
    }
}

#[test]
fn nothing_comes_of_nothing() {
    assert!(extract(&[], 5, "").is_empty());
    assert!(extract(&["", "!!!", "the of and"], 5, "").is_empty());
}

#[test]
fn of_very_many_sentences_some_of_everywhere_are_compared() {
    let long: Vec<String> = (0..5_000)
        .map(|n| format!("Bread{n} stands in ovens{n} beside windows{n}."))
        .collect();
    let texts: Vec<&str> = long.iter().map(String::as_str).collect();
    let compared = candidates(&texts, "").list;
    assert_eq!(compared.len(), COMPARED_MAX);
    assert!(compared[0].text < 4 && compared[COMPARED_MAX - 1].text > 4_995);
    assert_eq!(extract(&texts[..200], 40, "").len(), 40);
}

#[test]
fn what_was_asked_for_is_quoted() {
    let text = "Sourdough bread needs a starter. My neighbour has a new car.\nA starter lifts the bread; the car does not.";
    let words =
        |list: &[&str]| -> Vec<String> { list.iter().map(|word| (*word).to_owned()).collect() };
    let found = about(text, &words(&["neighbour", "car"]), 1);
    assert_eq!(found, ["My neighbour has a new car."]);
    let found = about(text, &words(&["bread"]), 2);
    assert_eq!(found.len(), 2);
    assert!(
        text.find(found[0]) < text.find(found[1]),
        "in the text's order"
    );
    assert_eq!(
        about(text, &words(&["nothing"]), 2),
        ["Sourdough bread needs a starter."]
    );
    let long = "ä".repeat(2_000);
    assert_eq!(about(&long, &words(&["x"]), 2), ["ä".repeat(400)]);
    assert_eq!(about(" ", &words(&["x"]), 2), [""]);
}
