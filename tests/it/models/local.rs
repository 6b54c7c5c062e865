//! The model that runs in this process.

use mindloom::models::Urgency;

use super::{cosine, models, name};

async fn embed(texts: &[&str]) -> Vec<Vec<f32>> {
    let model = models(&[])
        .embedding(&name("local"))
        .expect("it needs no key");
    let made = model.embed(texts, Urgency::Background).await;
    made.expect("vectors").vectors
}

#[tokio::test]
async fn what_means_the_same_is_near() {
    let vectors = embed(&[
        "How do I water tomatoes in a hot summer?",
        "Tomato plants need a deep soak early in the morning when it is warm.",
        "The quarterly budget has to be approved by the board.",
    ])
    .await;
    let (near, far) = (
        cosine(&vectors[0], &vectors[1]),
        cosine(&vectors[0], &vectors[2]),
    );
    assert!(near > 0.5 && far < 0.2, "{near} and {far}");
}

#[tokio::test]
async fn every_text_has_a_vector_of_length_one() {
    let texts = [
        "a",
        "",
        " ",
        "\u{0}\u{1}\u{7f}",
        "🙂",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "Grüße aus Köln",
        "日本語の文章です",
        "مرحبا بالعالم",
        "\u{200b}\u{feff}",
        "x\u{301}\u{301}\u{301}",
        "\r\n\t",
    ];
    let long = "a".repeat(50_000);
    let all: Vec<&str> = texts.iter().copied().chain([&*long]).collect();
    let vectors = embed(&all).await;
    assert_eq!(vectors.len(), all.len());
    for (text, vector) in all.iter().zip(&vectors) {
        assert_eq!(vector.len(), 384);
        let length = cosine(vector, vector);
        assert!((length - 1.0).abs() < 1e-3, "{text:?}: {length}");
    }
}

#[tokio::test]
async fn neighbours_in_a_batch_and_filling_do_not_change_a_vector() {
    let long = "Bread rises when yeast eats sugar and gives off gas. ".repeat(30);
    let alone = embed(&["The cat sleeps on the warm stove."]).await;
    let together = embed(&["The cat sleeps on the warm stove.", &long, "x"]).await;
    let same = cosine(&alone[0], &together[0]);
    // The model's eight bits are scaled for what is computed together.
    assert!(same > 0.99, "{same}");
}

#[tokio::test]
async fn a_long_text_is_found_by_its_end_too() {
    let filler = "The committee discussed the minutes of its last meeting and adjourned. ";
    let end = "Sourdough bread needs a starter of flour and water that ferments for days. ";
    let text = filler.repeat(350) + &end.repeat(350);
    let text: String = text.chars().take(50_000).collect();
    let vectors = embed(&[
        &text,
        &filler.repeat(10),
        "How to bake bread with a fermented starter",
    ])
    .await;
    let (with_end, without) = (
        cosine(&vectors[0], &vectors[2]),
        cosine(&vectors[1], &vectors[2]),
    );
    assert!(with_end > without + 0.2, "{with_end} and {without}");
}

#[tokio::test]
async fn a_query_does_not_wait_for_what_runs_in_the_background() {
    let model = models(&["--embedding-threads", "1"])
        .embedding(&name("local"))
        .expect("a model");
    model
        .embed(&["load"], Urgency::Query)
        .await
        .expect("it loads");
    let long = "A long sentence about the history of printing presses. ".repeat(300);
    let busy = std::sync::Arc::clone(&model);
    let background = tokio::spawn(async move {
        let texts: Vec<&str> = std::iter::repeat_n(long.as_str(), 4).collect();
        busy.embed(&texts, Urgency::Background).await
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let query = model.embed(&["printing"], Urgency::Query).await;
    query.expect("a vector");
    assert!(!background.is_finished(), "the query went first");
    background.await.expect("no panic").expect("vectors");
}
