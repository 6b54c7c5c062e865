//! Models of providers: what is asked of them, and what becomes of what they answer.

use std::time::Duration;

use mindloom::models::{Embedded, ModelError, Urgency};

use super::{
    cosine, models, name,
    provider::{Does, FakeProvider},
};

const KEY: &str = "sk-nobody-may-read-this";

async fn embed(
    provider: &FakeProvider,
    model: &str,
    texts: &[&str],
) -> Result<Embedded, ModelError> {
    let flags = [
        "--openai-base-url",
        &provider.url,
        "--openai-api-key",
        KEY,
        "--google-base-url",
        &provider.url,
        "--google-api-key",
        KEY,
        "--compatible-base-url",
        &provider.url,
    ];
    let model = models(&flags)
        .embedding(&name(model))
        .expect("a key and an address");
    model.embed(texts, Urgency::Background).await
}

#[tokio::test]
async fn each_is_spoken_to_in_its_own_way() {
    for (model, path, authorization) in [
        (
            "openai:text-embedding-3-small",
            "/v1/embeddings",
            format!("Bearer {KEY}"),
        ),
        (
            "google:some-model",
            "/v1/models/some-model:batchEmbedContents",
            KEY.to_owned(),
        ),
        (
            "compatible:nomic-embed-text",
            "/v1/embeddings",
            String::new(),
        ),
    ] {
        let provider = FakeProvider::start().await;
        let texts: Vec<String> = (0..70).map(|number| format!("text {number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let made = embed(&provider, model, &texts).await.expect("vectors");
        assert_eq!(made.vectors.len(), 70);
        let again = embed(&provider, model, &texts[69..])
            .await
            .expect("a vector");
        assert!(
            cosine(&made.vectors[69], &again.vectors[0]) > 0.999,
            "the order is kept"
        );
        assert_eq!(made.tokens.is_some(), !model.starts_with("google"));
        let asked = provider.asked();
        assert_eq!(asked.len(), 3, "64 at a time");
        assert_eq!(
            (&*asked[0].path, &asked[0].authorization),
            (path, &authorization)
        );
        let sent = asked[0].body["input"]
            .as_array()
            .or(asked[0].body["requests"].as_array());
        assert_eq!(sent.map(Vec::len), Some(64));
    }
}

#[tokio::test]
async fn models_with_more_numbers_are_asked_for_fewer_and_refused_where_they_cannot() {
    let provider = FakeProvider::start().await;
    provider.always(Does::Vectors(3_072));
    let made = embed(&provider, "compatible:long", &["a"])
        .await
        .expect("a vector");
    assert_eq!(made.vectors[0].len(), 1_536);
    let asked = provider.asked();
    assert!(asked[0].body.get("dimensions").is_none());
    assert_eq!(asked[1].body["dimensions"], 1_536);

    let known = FakeProvider::start().await;
    known.always(Does::Vectors(3_072));
    for model in [
        "openai:text-embedding-3-large",
        "google:gemini-embedding-001",
    ] {
        embed(&known, model, &["a"]).await.expect("a vector");
    }
    assert_eq!(known.asked().len(), 2, "of these it is known beforehand");

    let stubborn = FakeProvider::start().await;
    let body = format!(
        "{{\"data\": [{{\"index\": 0, \"embedding\": {:?}}}]}}",
        vec![0.5; 2_000]
    );
    stubborn.always(Does::Says(200, vec![], body));
    let error = embed(&stubborn, "compatible:long", &["a"])
        .await
        .expect_err("too many");
    assert!(
        matches!(&error, ModelError::BadAnswer(said) if said.contains("2000")),
        "{error}"
    );
}

#[tokio::test]
async fn requests_to_wait_say_how_long() {
    let date = (chrono::Utc::now() + chrono::TimeDelta::seconds(90)).to_rfc2822();
    for (status, header, expected) in [
        (429, Some(("retry-after", "7".to_owned())), 7),
        (503, Some(("retry-after", "1.5".to_owned())), 1),
        (429, Some(("retry-after-ms", "3000".to_owned())), 3),
        (429, Some(("retry-after", date)), 88),
        (429, Some(("retry-after", "999999".to_owned())), 3_600),
        (429, Some(("retry-after", "soon".to_owned())), 20),
        (503, None, 20),
    ] {
        let provider = FakeProvider::start().await;
        provider.then([Does::Says(
            status,
            header.clone().into_iter().collect(),
            "{}".into(),
        )]);
        match embed(&provider, "openai:m", &["a"]).await {
            Err(ModelError::Wait { wait, provider }) => {
                assert!(
                    wait.as_secs().abs_diff(expected) <= 2,
                    "{header:?}: {wait:?}"
                );
                assert_eq!(provider, "OpenAI");
            }
            other => panic!("{header:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_vector_is_refused_with_a_sentence() {
    let one = |vector: &str| format!("{{\"data\": [{{\"index\": 0, \"embedding\": {vector}}}]}}");
    for body in [
        "{\"data\": [".to_owned(),
        "<html>busy</html>".to_owned(),
        "{}".to_owned(),
        "{\"data\": []}".to_owned(),
        one("[]"),
        one("[0, 0, 0]"),
        one("[NaN, 1]"),
        one("[1e999, 1]"),
        one("[null, 1]"),
        one("\"secret\""),
    ] {
        let provider = FakeProvider::start().await;
        provider.always(Does::Says(200, vec![], body.clone()));
        match embed(&provider, "openai:m", &["secret"]).await {
            Err(ModelError::BadAnswer(said)) => {
                assert!(
                    said.starts_with("OpenAI") && !said.contains("secret"),
                    "{said}"
                );
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn vectors_of_another_length_than_before_are_refused() {
    let provider = FakeProvider::start().await;
    let flags = ["--compatible-base-url", &provider.url];
    let model = models(&flags)
        .embedding(&name("compatible:m"))
        .expect("an address");
    model
        .embed(&["a"], Urgency::Background)
        .await
        .expect("four numbers");
    provider.then([Does::Vectors(5)]);
    let error = model
        .embed(&["a"], Urgency::Background)
        .await
        .expect_err("five numbers");
    assert!(
        matches!(&error, ModelError::BadAnswer(said) if said.contains("have 4")),
        "{error}"
    );
    model
        .embed(&["a"], Urgency::Background)
        .await
        .expect("four numbers again");
}

#[tokio::test]
async fn faults_are_told_without_texts_and_keys() {
    let body = |code: &str| {
        format!("{{\"error\": {{\"message\": \"bad text: secret {KEY}\", \"code\": \"{code}\"}}}}")
    };
    type Is = fn(&ModelError) -> bool;
    let cases: [(u16, &str, Is); 7] = [
        (400, "context_length_exceeded", |e| {
            matches!(e, ModelError::Refused(_))
        }),
        (401, "invalid_api_key", |e| {
            matches!(e, ModelError::Missing(_))
        }),
        (404, "model_not_found", |e| {
            matches!(e, ModelError::Missing(_))
        }),
        (307, "moved", |e| matches!(e, ModelError::Missing(_))),
        (422, "secret text in a code", |e| {
            matches!(e, ModelError::Refused(_))
        }),
        (500, "server_error", |e| {
            matches!(e, ModelError::Unreachable(_))
        }),
        (529, "overloaded", |e| {
            matches!(e, ModelError::Unreachable(_))
        }),
    ];
    for (status, code, is) in cases {
        let provider = FakeProvider::start().await;
        let location = vec![("location", format!("{}/elsewhere", provider.url))];
        provider.always(Does::Says(status, location, body(code)));
        let error = embed(&provider, "openai:m", &["secret"])
            .await
            .expect_err("a fault");
        assert!(is(&error), "{status}: {error:?}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("secret") && !said.contains(KEY), "{said}");
        assert_eq!(provider.asked().len(), 1, "nobody follows a redirect");
    }
}

#[tokio::test]
async fn nobody_there_and_no_key_are_told() {
    let flags = [
        "--openai-base-url",
        "http://user:pass@127.0.0.1:9/v1",
        "--openai-api-key",
        KEY,
    ];
    let model = models(&flags).embedding(&name("openai:m")).expect("a key");
    let error = model
        .embed(&["a"], Urgency::Background)
        .await
        .expect_err("nobody there");
    assert!(
        matches!(&error, ModelError::Unreachable(said) if !said.contains("pass")),
        "{error}"
    );
    for (model, setting) in [
        ("openai:m", "MINDLOOM_OPENAI_API_KEY"),
        ("google:m", "MINDLOOM_GOOGLE_API_KEY"),
        ("compatible:m", "MINDLOOM_COMPATIBLE_BASE_URL"),
    ] {
        match models(&[]).embedding(&name(model)) {
            Err(ModelError::Missing(said)) => assert!(said.contains(setting), "{said}"),
            _ => panic!("{model} needs {setting}"),
        }
    }
}

#[tokio::test]
async fn long_texts_go_in_pieces() {
    let provider = FakeProvider::start().await;
    let text = "ä".repeat(50_000);
    let made = embed(&provider, "openai:m", &[&text, "b"])
        .await
        .expect("vectors");
    assert_eq!(made.vectors.len(), 2);
    let asked = provider.asked();
    let sent = asked[0].body["input"].as_array().expect("texts");
    assert_eq!(sent.len(), 14);
    assert!(
        sent.iter()
            .all(|piece| piece.as_str().expect("text").chars().count() <= 4_000)
    );
}

#[tokio::test]
async fn a_slow_provider_is_waited_for() {
    let provider = FakeProvider::start().await;
    provider.then([Does::Late(Duration::from_millis(300))]);
    embed(&provider, "openai:m", &["a"])
        .await
        .expect("late vectors");
}
