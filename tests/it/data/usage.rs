//! Usage and rate limits: read by their owner and by admins, written by the server alone.

use crate::support::sample::{ADA, BEN, ROOT, person, sample_db};

#[tokio::test]
async fn nobody_forges_usage_or_resets_a_limit() {
    let test = sample_db().await;
    for who in [ADA, ROOT] {
        for sql in [
            "insert into usage_logs (user_id, agent_type) values (auth.uid(), 'python_agent')",
            "delete from usage_logs",
            "update rate_limit_tracking set request_count = 0",
            "delete from rate_limit_tracking",
            "insert into api_usage_logs (user_id, provider) values (auth.uid(), 'openai')",
            "insert into performance_metrics (metric_type, metric_name, metric_value) values ('query', 'x', 1)",
        ] {
            assert_eq!(
                test.run_as(&person(who), sql).await.expect_err(sql).code,
                "42501",
                "{sql}"
            );
        }
    }
}

#[tokio::test]
async fn totals_are_computed() {
    let test = sample_db().await;
    let totals =
        "select concat_ws(' ', total_tokens, total_cost) from usage_logs where provider = 'google'";
    assert_eq!(test.value(totals).await.as_deref(), Some("812 0.000133"));
}

#[tokio::test]
async fn the_summary_is_of_the_caller_between_the_days() {
    let test = sample_db().await;
    test.run_as_owner(&format!(
        "insert into usage_logs (user_id, agent_type, input_tokens, output_tokens, input_cost, request_timestamp) values \
           ('{ADA}', 'chat_model_agent', 100, 50, 0.25, '2026-02-10 00:00Z'), \
           ('{ADA}', 'chat_model_agent', 100, null, null, '2026-02-11 23:59Z'), \
           ('{ADA}', 'python_agent', 7, 3, 0.01, '2026-02-11 12:00Z'), \
           ('{ADA}', 'python_agent', 1000, 1000, 9, '2026-02-12 00:00Z'), \
           ('{BEN}', 'python_agent', 1000, 1000, 9, '2026-02-11 00:00Z')"
    ))
    .await
    .expect("usage");
    let ask = "select total_calls, total_input_tokens, total_output_tokens, total_tokens, total_cost, \
                      agent_breakdown -> 'chat_model_agent' ->> 'calls' \
               from get_current_user_usage_summary('2026-02-10', '2026-02-11')";
    let rows = test.run_as(&person(ADA), ask).await.expect("a summary");
    let got: Vec<_> = (0..6)
        .map(|column| rows[0].get(column).unwrap_or(""))
        .collect();
    assert_eq!(got, ["3", "207", "53", "260", "0.26", "2"]);
    let rows = test
        .run_as(&person(ROOT), ask)
        .await
        .expect("an admin's own, which is none");
    let got: Vec<_> = (0..5)
        .map(|column| rows[0].get(column).unwrap_or(""))
        .collect();
    assert_eq!(got, ["0", "0", "0", "0", "0"]);
    let recent = "select total_calls from get_current_user_usage_summary()";
    let rows = test
        .run_as(&person(ADA), recent)
        .await
        .expect("the last thirty days");
    assert_eq!(rows[0].get(0), Some("1"));
}

#[tokio::test]
async fn admins_read_all_usage_and_users_their_own_by_index() {
    let test = sample_db().await;
    let ids = "select id from usage_logs";
    assert_eq!(test.run_as(&person(ADA), ids).await.expect("own").len(), 1);
    assert_eq!(test.run_as(&person(ROOT), ids).await.expect("all").len(), 2);
    let plan = test
        .run_as(
            &person(ADA),
            "set local enable_seqscan = off; explain select * from usage_logs",
        )
        .await
        .expect("a plan");
    let plan: Vec<_> = plan.iter().filter_map(|row| row.get(0)).collect();
    assert!(
        plan.iter()
            .any(|line| line.contains("Index Cond: ((user_id >=")),
        "{plan:#?}"
    );
}
