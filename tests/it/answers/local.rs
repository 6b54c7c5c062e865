//! What answers where there is no model.

use mindloom::answers::{AnswerError, Outcome, Purpose, Question, ask};

use super::{finish, question, read, value};
use crate::support::{TestApi, TestDb};

#[tokio::test]
async fn a_chat_without_any_model_quotes_ones_own_notes_and_says_what_it_is() {
    let api = TestApi::with(TestDb::new().await, &[]).await;
    let (ada, ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    api.notes(
        &ada,
        &["My neighbour has a new car. Good bread is made of flour, water, salt and time."],
    )
    .await;
    api.notes(&ben, &["Ben keeps his bread in a secret place."])
        .await;
    let asked = |purpose| Question {
        provider: None,
        purpose,
        ..question(&ada)
    };
    let mut answer = ask(&api.app.state, asked(Purpose::Chat))
        .await
        .expect("an answer");
    assert_eq!((answer.provider(), answer.model()), ("local", "local"));
    let (text, failed) = read(&mut answer).await;
    assert!(failed.is_none());
    for part in [
        "This is no language model",
        "Good bread is made of flour",
        "saveApiConfiguration",
    ] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert!(
        !text.contains("secret place") && !text.contains("new car"),
        "{text}"
    );
    let record = finish(&api, answer, Outcome::Completed).await;
    assert_eq!(record.cost.as_deref(), Some("0"));
    assert_eq!(
        value(
            &api,
            "select concat_ws(' ', provider, outcome, input_tokens, key_owner) from model_calls"
        )
        .await,
        "local completed 0 none"
    );
    assert_eq!(
        value(&api, "select count(*) from usage_logs").await,
        "0",
        "no model was used"
    );
    // What needs a model is refused, never invented.
    for purpose in [
        Purpose::Document,
        Purpose::Prompt,
        Purpose::Project,
        Purpose::Title,
    ] {
        let error = ask(&api.app.state, asked(purpose))
            .await
            .expect_err("no key");
        assert!(matches!(error, AnswerError::NoKey(_)), "{error:?}");
    }
}
