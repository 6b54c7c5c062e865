//! Feedback: users send it, admins answer it, each day is summed up.

use crate::support::sample::{ADA, BEN, ROOT, person, sample_db};

const FEEDBACK: &str = "a0000000-0000-7000-8000-000000000060";

#[tokio::test]
async fn only_admins_set_status_and_answer() {
    let test = sample_db().await;
    for sql in [
        format!("update feedback set status = 'resolved' where id = '{FEEDBACK}'"),
        format!("update feedback set priority = 'urgent' where id = '{FEEDBACK}'"),
        format!("update feedback set admin_response = 'Thanks!' where id = '{FEEDBACK}'"),
        "insert into feedback (message, priority) values ('Hurry', 'urgent')".to_owned(),
    ] {
        let refusal = test.run_as(&person(ADA), &sql).await.expect_err(&sql);
        assert!(
            refusal.message.starts_with("only an admin may"),
            "{refusal:?}"
        );
    }
    let own = format!(
        "update feedback set message = 'Please!', rating = 5 where id = '{FEEDBACK}' returning 1"
    );
    assert_eq!(
        test.run_as(&person(ADA), &own)
            .await
            .expect("one's own")
            .len(),
        1
    );
    assert!(
        test.run_as(&person(BEN), &own)
            .await
            .expect("no error")
            .is_empty()
    );
    let answer = format!(
        "update feedback set status = 'resolved', admin_response = 'It is there.' where id = '{FEEDBACK}' \
         returning admin_user_id, responded_at is not null"
    );
    let rows = test
        .run_as(&person(ROOT), &answer)
        .await
        .expect("an answer");
    assert_eq!(
        (rows[0].get(0), rows[0].get(1)),
        (Some(ROOT.to_string().as_str()), Some("t"))
    );
}

#[tokio::test]
async fn nobody_rewrites_what_somebody_else_said() {
    let test = sample_db().await;
    for set in [
        "message = 'All is well'",
        "rating = 5",
        "feedback_type = 'general'",
        "contact_email = 'root@example.org'",
        "contact_name = 'Root'",
    ] {
        let sql = format!("update feedback set {set} where id = '{FEEDBACK}'");
        let refusal = test.run_as(&person(ROOT), &sql).await.expect_err(set);
        assert_eq!(
            (refusal.code.as_str(), refusal.message.as_str()),
            ("42501", "only its author may change what feedback says"),
            "{set}"
        );
    }
    let sort = format!(
        "update feedback set category_id = null, priority = 'low', message = message where id = '{FEEDBACK}' returning 1"
    );
    let rows = test.run_as(&person(ROOT), &sort).await;
    assert_eq!(rows.expect("sorting is an administrator's").len(), 1);
    let own = "insert into feedback (message) values ('Mine'); \
               update feedback set message = 'Still mine' where message = 'Mine' returning 1";
    let rows = test.run_as(&person(ROOT), own).await;
    assert_eq!(
        rows.expect("administrators have words of their own").len(),
        1
    );
}

#[tokio::test]
async fn a_day_whose_feedback_is_gone_is_summed_up_no_more() {
    let test = sample_db().await;
    test.run_as_owner("select private.refresh_feedback_analytics(7)")
        .await
        .expect("summed up");
    let days = "select count(*) from feedback_analytics";
    assert_eq!(
        test.value(days).await.as_deref(),
        Some("1"),
        "of the sample's own day there is no feedback"
    );
    test.run_as(&person(ADA), "delete from feedback")
        .await
        .expect("hers");
    let changed = test
        .value("select private.refresh_feedback_analytics(7)")
        .await;
    assert_eq!(changed.as_deref(), Some("1"));
    assert_eq!(test.value(days).await.as_deref(), Some("0"));
}

#[tokio::test]
async fn tags_are_set_on_own_feedback() {
    let test = sample_db().await;
    let tag = format!(
        "insert into feedback_tag_links (feedback_id, tag_id) \
         select '{FEEDBACK}', id from feedback_tags where name = 'praise'"
    );
    let refusal = test
        .run_as(&person(BEN), &tag)
        .await
        .expect_err("another's feedback");
    assert!(
        refusal.message.contains("row-level security"),
        "{refusal:?}"
    );
    test.run_as(&person(ADA), &tag).await.expect("one's own");
    assert!(
        test.run_as(&person(BEN), "select 1 from feedback_tag_links")
            .await
            .expect("none")
            .is_empty()
    );
}

#[tokio::test]
async fn each_day_is_summed_up() {
    let test = sample_db().await;
    test.run_as_owner(
        "insert into feedback (message, feedback_type, priority, status, rating, admin_response, created_at, responded_at) values \
           ('a', 'bug', 'high', 'resolved', 2, 'done', now() - interval '1 day', now() - interval '1 day' + interval '3 hours'), \
           ('b', 'bug', 'low', 'open', 5, null, now() - interval '1 day', null)",
    )
    .await
    .expect("yesterday's feedback");
    test.run_as_owner("select private.refresh_feedback_analytics(7)")
        .await
        .expect("summed up");
    let day = "select concat_ws(' ', total_feedback, resolved_feedback, avg_response_time_hours, avg_rating, \
                 feedback_by_type ->> 'bug', feedback_by_priority ->> 'high') \
               from feedback_analytics where date = ((now() - interval '1 day') at time zone 'UTC')::date";
    assert_eq!(test.value(day).await.as_deref(), Some("2 1 3.00 3.50 2 1"));
    let again = test
        .value("select private.refresh_feedback_analytics(7)")
        .await;
    assert_eq!(again.as_deref(), Some("0"), "nothing changed since");
    assert!(
        test.run_as(&person(ADA), "select 1 from feedback_analytics")
            .await
            .expect("none")
            .is_empty()
    );
}
