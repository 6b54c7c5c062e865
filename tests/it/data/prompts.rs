//! Templates, public and private, and the history that counts their use.

use mindloom::upkeep;

use crate::support::sample::{ADA, BEN, EDA, person, sample_db};

const PRIVATE: &str = "a0000000-0000-7000-8000-000000000052";
const PUBLIC: &str = "a0000000-0000-7000-8000-000000000053";

fn use_of(template: &str) -> String {
    format!(
        "insert into prompt_history (framework_id, framework_name, template_id, model, provider, user_input) \
         values ('tag', 'T.A.G', '{template}', 'gpt-4o', 'openai', 'Bread')"
    )
}

#[tokio::test]
async fn public_templates_are_readable_by_every_signed_in_user() {
    let test = sample_db().await;
    let read = "select id from prompt_templates";
    let rows = test
        .run_as(&person(BEN), read)
        .await
        .expect("the public one");
    assert_eq!(
        rows.iter().map(|row| row.get(0)).collect::<Vec<_>>(),
        [Some(PUBLIC)]
    );
    assert_eq!(
        test.run_as(&person(ADA), read).await.expect("both").len(),
        2
    );
    let anonymous = mindloom::auth::Caller::anonymous();
    assert_eq!(
        test.run_as(&anonymous, read)
            .await
            .expect_err("a refusal")
            .code,
        "42501"
    );
    let hijack =
        format!("update prompt_templates set name = 'mine' where id = '{PUBLIC}' returning 1");
    assert!(
        test.run_as(&person(BEN), &hijack)
            .await
            .expect("no error")
            .is_empty()
    );
    test.run_as_owner(&format!(
        "update prompt_templates set is_active = false where id = '{PUBLIC}'"
    ))
    .await
    .expect("withdrawn");
    assert!(
        test.run_as(&person(BEN), read)
            .await
            .expect("none")
            .is_empty()
    );
}

#[tokio::test]
async fn use_of_a_template_is_counted_and_not_claimed() {
    let test = sample_db().await;
    test.run_as(&person(BEN), &use_of(PUBLIC))
        .await
        .expect("a use of the public template");
    let counted = format!("select usage_count from prompt_templates where id = '{PUBLIC}'");
    upkeep::once(&test.db).await.expect("uses are added up");
    assert_eq!(test.value(&counted).await.as_deref(), Some("1"));
    let refusal = test
        .run_as(&person(BEN), &use_of(PRIVATE))
        .await
        .expect_err("another's private template");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
    for sql in [
        format!("update prompt_templates set usage_count = 99 where id = '{PRIVATE}'"),
        "update prompt_history set cost_usd = 0".to_owned(),
    ] {
        assert_eq!(
            test.run_as(&person(ADA), &sql).await.expect_err(&sql).code,
            "42501"
        );
    }
}

/// A public template is everybody's: whoever uses or changes it in a transaction that takes long holds up nobody.
#[tokio::test]
async fn counting_a_use_waits_for_nobody_and_makes_nobody_wait() {
    let test = sample_db().await;
    let rename = format!("update prompt_templates set description = 'new' where id = '{PUBLIC}'");
    let counted = format!("select usage_count from prompt_templates where id = '{PUBLIC}'");
    let slow = test.db.begin(&person(BEN)).await.expect("a transaction");
    slow.batch_execute(&use_of(PUBLIC))
        .await
        .expect("a use that is not committed");
    let owner = test.db.begin(&person(ADA)).await.expect("a transaction");
    owner
        .batch_execute(&rename)
        .await
        .expect("its owner changes it");
    // Longer than the lock timeout these would wait if a use locked the template, and be refused.
    test.run_as(&person(EDA), &use_of(PUBLIC))
        .await
        .expect("another's use");
    upkeep::once(&test.db).await.expect("what is free is added");
    assert_eq!(
        test.value(&counted).await.as_deref(),
        Some("0"),
        "a template that is being changed waits for the next time"
    );
    slow.commit().await.expect("committed");
    owner.commit().await.expect("committed");
    upkeep::once(&test.db).await.expect("all is added");
    assert_eq!(test.value(&counted).await.as_deref(), Some("2"));
    upkeep::once(&test.db).await.expect("nothing is left");
    assert_eq!(
        test.value(&counted).await.as_deref(),
        Some("2"),
        "each use is added once"
    );
}
