//! Calls of providers for embeddings are on record, for whom they were made, with what they cost.

use mindloom::auth::{ACTING_CLAIM, Caller, Role};
use serde_json::{Value, json};

use super::{embedded, found, served, until};
use crate::{
    documents::ended,
    models::provider::FakeProvider,
    support::{TestApi, TestDb},
};

const SMALL: &str = "openai:text-embedding-3-small";
/// Of each person: tokens, what they cost, and how that is known.
const SUMS: &str = "
    select coalesce(string_agg(told, '; ' order by told), '') from (
      select concat_ws(' ', u.email, sum(c.input_tokens), coalesce(trim_scale(sum(c.cost))::text, 'unknown'), c.provider,
        c.model, c.key_owner, c.outcome, bool_or(c.is_estimated)::text) as told
      from public.model_calls c join auth.users u on u.id = c.user_id where c.purpose = 'embedding'
      group by u.email, c.provider, c.model, c.key_owner, c.outcome) t";

fn flags<'a>(provider: &'a FakeProvider, more: &[&'a str]) -> Vec<&'a str> {
    let own = [
        "--openai-base-url",
        &provider.url,
        "--openai-api-key",
        "sk-of-the-server-nobody-may-read",
        "--google-base-url",
        &provider.url,
        "--google-api-key",
        "sk-of-the-server-nobody-may-read",
    ];
    own.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn texts_and_queries_are_on_record_and_part_of_every_total() {
    let provider = FakeProvider::start().await;
    let more = [
        "--embedding-model",
        SMALL,
        "--model-budget-per-month",
        "0.0000001",
    ];
    let api = TestApi::with(TestDb::new().await, &flags(&provider, &more)).await;
    let (ada, ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    api.notes(&ada, &["aaaa"]).await;
    api.notes(&ben, &["bbbbbb"]).await;
    embedded(&api, SMALL).await;
    // The provider counts a token for each letter; a million cost two cents.
    let known = "text-embedding-3-small server completed false";
    assert_eq!(
        api.test.value(SUMS).await.unwrap_or_default(),
        format!(
            "ada@example.org 4 0.00000008 openai {known}; ben@example.org 6 0.00000012 openai {known}"
        )
    );
    assert_eq!(
        found(&api, &ada, "aa").await,
        ["aaaa"],
        "and that counts, too"
    );
    let costs =
        "{ modelCosts(by: [PURPOSE, MODEL]) { purpose model calls inputTokens cost unpricedCalls }
        usageSummary { totalCalls totalCost } }";
    let told = api.data(&ada, costs, json!({})).await;
    let expected = json!([{"purpose": "EMBEDDING", "model": "text-embedding-3-small", "calls": "2", "inputTokens": "6",
        "cost": "0.00000012", "unpricedCalls": "0"}]);
    assert_eq!(told["modelCosts"], expected);
    let logged = "select trim_scale(sum(total_cost))::text from public.usage_logs";
    assert_eq!(api.test.value(logged).await.as_deref(), Some("0.00000024"));
    // Asked again, it is remembered and costs nothing.
    found(&api, &ada, "aa").await;
    let calls = "select count(*) from public.model_calls where model = $1";
    until(&api, calls, "text-embedding-3-small", 3).await;

    // An administrator who looks as somebody else pays for what they look for.
    let mut claims = (*ada.claims).clone();
    claims.insert(ACTING_CLAIM.to_owned(), json!(ben.user_id));
    let acting = Caller::from_claims(Role::Authenticated, claims);
    assert_eq!(found(&api, &acting, "aaaaaaa").await, ["aaaa"]);
    assert_eq!(
        api.test.value(SUMS).await.unwrap_or_default(),
        format!(
            "ada@example.org 6 0.00000012 openai {known}; ben@example.org 13 0.00000026 openai {known}"
        )
    );

    // The budget is spent: for answers of models, not for what is written and looked for.
    assert_eq!(found(&api, &ada, "aaa").await, ["aaaa"]);
    let ask = "mutation { generatePrompt(framework: \"ape\", input: \"Cut tickets\", provider: \"openai\") { job { id } } }";
    let asked = api.data(&ada, ask, json!({})).await;
    let job = ended(&api, &ada, &asked["generatePrompt"]["job"]["id"]).await;
    assert!(
        job["error"].as_str().expect("why").contains("budget"),
        "{job}"
    );
}

#[tokio::test]
async fn a_call_for_several_people_is_shared_by_what_it_read() {
    let provider = FakeProvider::start().await;
    let api = TestApi::new().await;
    let (ada, ben) = (
        api.test.user("ada@example.org").await,
        api.test.user("ben@example.org").await,
    );
    api.notes(&ada, &["aaaa", "aaaaa"]).await;
    api.notes(&ben, &["bbbbbb"]).await;
    let api = api
        .again(&flags(&provider, &["--embedding-model", SMALL]))
        .await;
    embedded(&api, SMALL).await;
    let asked = provider.asked();
    let texts = asked
        .iter()
        .map(|asked| asked.body["input"].as_array().map_or(0, Vec::len));
    assert_eq!(texts.collect::<Vec<_>>(), [3], "one call");
    let known = "openai text-embedding-3-small server completed false";
    assert_eq!(
        api.test.value(SUMS).await.unwrap_or_default(),
        format!("ada@example.org 9 0.00000018 {known}; ben@example.org 6 0.00000012 {known}")
    );
}

#[tokio::test]
async fn what_nobody_tells_is_counted_or_unknown() {
    let provider = FakeProvider::start().await;
    let api = served(&provider).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:fake").await;
    let told = async |api: &TestApi| api.test.value(SUMS).await.unwrap_or_default();
    assert_eq!(
        told(&api).await,
        "ada@example.org 4 unknown compatible fake none completed false"
    );
    let unpriced = "{ modelCosts { calls cost unpricedCalls } }";
    let costs = api.data(&ada, unpriced, json!({})).await;
    assert_eq!(
        costs["modelCosts"],
        Value::from(vec![
            json!({"calls": "1", "cost": "0", "unpricedCalls": "1"})
        ])
    );

    let price = ["--embedding-price-per-million-tokens", "3"];
    let mut with_price = vec![
        "--embedding-model",
        "compatible:other",
        "--compatible-base-url",
        &provider.url,
    ];
    with_price.extend(price);
    let api = TestApi::with(TestDb::new().await, &with_price).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["aaaa"]).await;
    embedded(&api, "compatible:other").await;
    assert_eq!(
        told(&api).await,
        "ada@example.org 4 0.000012 compatible other none completed false"
    );

    let google = ["--embedding-model", "google:gemini-embedding-001"];
    let api = TestApi::with(TestDb::new().await, &flags(&provider, &google)).await;
    let ada = api.test.user("ada@example.org").await;
    api.notes(&ada, &["hello world"]).await;
    embedded(&api, "google:gemini-embedding-001").await;
    assert_eq!(
        told(&api).await,
        "ada@example.org 2 0.0000003 google gemini-embedding-001 server completed true"
    );
}
