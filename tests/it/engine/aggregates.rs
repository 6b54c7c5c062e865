//! Numbers by groups: which groups, in what order, by which clock, and those without rows.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use crate::support::TestApi;

/// Notes of a user: each a content and when it was made.
async fn notes(api: &TestApi, caller: &Caller, notes: &[(&str, &str)]) {
    let client = api.test.db.system().await.expect("a connection");
    let user = caller.user_id.expect("a signed-in user");
    for (content, created_at) in notes {
        let content = content.replace('\'', "''");
        let sql = format!(
            "insert into public.notes (user_id, content, created_at)
             values ('{user}', '{content}', '{created_at}')"
        );
        client.batch_execute(&sql).await.expect("a note");
    }
}

const FILLED: &str = "query ($unit: DateTruncation!, $zone: String, $from: DateTime!, $to: DateTime!) {
  notesAggregate(groupBy: [{column: CREATED_AT, truncate: $unit, timeZone: $zone, fill: {from: $from, to: $to}}])
  { group { createdAt } count sum { wordCount } } }";

/// The groups of a filled answer: when each begins, and how many rows it has.
async fn filled(api: &TestApi, caller: &Caller, variables: Value) -> Vec<(String, i64)> {
    let data = api.data(caller, FILLED, variables).await;
    let groups = data["notesAggregate"].as_array().expect("groups");
    let one = |group: &Value| {
        let begins = group["group"]["createdAt"].as_str().expect("a moment");
        (
            begins.to_owned(),
            group["count"].as_i64().expect("a number"),
        )
    };
    groups.iter().map(one).collect()
}

#[tokio::test]
async fn days_begin_where_people_live_and_empty_ones_are_answered() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let eve = api.test.user("eve@example.org").await;
    notes(
        &api,
        &ada,
        &[
            ("the last second of the 28th", "2026-03-28T22:59:59Z"),
            ("midnight in Berlin", "2026-03-28T23:00:00Z"),
            (
                "the last second of a day of 23 hours",
                "2026-03-29T21:59:59Z",
            ),
            ("midnight in summer", "2026-03-29T22:00:00Z"),
            ("before the range", "2026-03-27T22:59:59Z"),
            ("behind the range", "2026-03-31T22:00:00Z"),
        ],
    )
    .await;
    notes(&api, &eve, &[("of somebody else", "2026-03-30T12:00:00Z")]).await;
    let days = filled(
        &api,
        &ada,
        json!({"unit": "DAY", "zone": "Europe/Berlin", "from": "2026-03-27T23:00:00Z", "to": "2026-03-31T22:00:00Z"}),
    )
    .await;
    let expected = [
        ("2026-03-27T23:00:00Z", 1),
        ("2026-03-28T23:00:00Z", 2),
        ("2026-03-29T22:00:00Z", 1),
        ("2026-03-30T22:00:00Z", 0),
    ];
    assert_eq!(days, expected.map(|(day, count)| (day.to_owned(), count)));
    // The same rows by the days of Greenwich, without filling.
    let query = "{ notesAggregate(where: {createdAt: {gte: \"2026-03-27T23:00:00Z\", lt: \"2026-03-31T22:00:00Z\"}},
        groupBy: [{column: CREATED_AT, truncate: DAY}]) { group { createdAt } count } }";
    let data = api.data(&ada, query, json!({})).await;
    assert_eq!(
        data["notesAggregate"],
        json!([
            {"group": {"createdAt": "2026-03-28T00:00:00Z"}, "count": 2},
            {"group": {"createdAt": "2026-03-29T00:00:00Z"}, "count": 2}
        ])
    );
}

#[tokio::test]
async fn a_day_has_as_many_hours_as_it_has() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    // On 2026-10-25 two o'clock comes twice in Berlin; Lord Howe puts its clocks back by half an hour.
    notes(
        &api,
        &ada,
        &[
            ("two o'clock", "2026-10-25T00:30:00Z"),
            ("two o'clock again", "2026-10-25T01:30:00Z"),
        ],
    )
    .await;
    for (zone, from, to, hours) in [
        (
            "Europe/Berlin",
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
            23,
        ),
        (
            "Europe/Berlin",
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
            25,
        ),
        ("UTC", "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z", 24),
        (
            "Asia/Kathmandu",
            "2026-10-24T18:15:00Z",
            "2026-10-25T18:15:00Z",
            24,
        ),
    ] {
        let variables = json!({"unit": "HOUR", "zone": zone, "from": from, "to": to});
        let found = filled(&api, &ada, variables).await;
        assert_eq!(found.len(), hours, "{zone} {from}: {found:?}");
        assert_eq!(found[0].0, from, "{zone}");
        let rows: i64 = found.iter().map(|(_, count)| count).sum();
        let within = |at: &str| from <= at && at < to;
        let expected = [
            within("2026-10-25T00:30:00Z"),
            within("2026-10-25T01:30:00Z"),
        ];
        let expected = expected.iter().filter(|within| **within).count();
        assert_eq!(rows, expected as i64, "{zone} {from}");
        assert!(
            found.iter().all(|(_, count)| *count <= 1),
            "{zone}: {found:?}"
        );
    }
}

#[tokio::test]
async fn months_and_weeks_are_filled_by_the_calendar() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    notes(&api, &ada, &[("in February", "2028-02-29T12:00:00Z")]).await;
    let mut variables = json!({"unit": "MONTH", "zone": "America/New_York", "from": "2028-01-15T00:00:00Z", "to": "2028-04-01T04:00:00Z"});
    let months = filled(&api, &ada, variables.clone()).await;
    let expected = [
        ("2028-01-01T05:00:00Z", 0),
        ("2028-02-01T05:00:00Z", 1),
        ("2028-03-01T05:00:00Z", 0),
    ];
    assert_eq!(
        months,
        expected.map(|(month, count)| (month.to_owned(), count))
    );
    variables["unit"] = "WEEK".into();
    variables["zone"] = Value::Null;
    let weeks = filled(&api, &ada, variables.clone()).await;
    assert_eq!(weeks.len(), 12, "{weeks:?}");
    assert_eq!(weeks[0], ("2028-01-10T00:00:00Z".to_owned(), 0));
    assert_eq!(weeks[7], ("2028-02-28T00:00:00Z".to_owned(), 1));
    for (unit, groups) in [("QUARTER", 2), ("YEAR", 1)] {
        variables["unit"] = unit.into();
        assert_eq!(
            filled(&api, &ada, variables.clone()).await.len(),
            groups,
            "{unit}"
        );
    }
}

#[tokio::test]
async fn columns_that_are_days_are_filled_too() {
    let api = TestApi::new().await;
    let admin = api.test.admin("root@example.org").await;
    let client = api.test.db.system().await.expect("a connection");
    let sql = "insert into public.feedback_analytics (date, total_feedback, resolved_feedback, feedback_by_type, feedback_by_priority)
               values ('2026-05-02', 3, 1, '{}', '{}')";
    client.batch_execute(sql).await.expect("a day");
    let query = "{ feedbackDaysAggregate(groupBy: [{column: DATE, truncate: DAY, fill: {from: \"2026-05-01T00:00:00Z\", to: \"2026-05-04T00:00:00Z\"}}])
        { group { date } count sum { totalFeedback } } }";
    let data = api.data(&admin, query, json!({})).await;
    assert_eq!(
        data["feedbackDaysAggregate"],
        json!([
            {"group": {"date": "2026-05-01"}, "count": 0, "sum": {"totalFeedback": null}},
            {"group": {"date": "2026-05-02"}, "count": 1, "sum": {"totalFeedback": "3"}},
            {"group": {"date": "2026-05-03"}, "count": 0, "sum": {"totalFeedback": null}}
        ])
    );
}

/// Contents of the groups that an aggregate by content answers, with these further arguments.
async fn contents(api: &TestApi, caller: &Caller, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ notesAggregate(groupBy: [{{column: CONTENT}}], {arguments}) {{ group {{ content }} }} }}"
    );
    let data = api.data(caller, &query, json!({})).await;
    let groups = data["notesAggregate"].as_array().expect("groups");
    let content = |group: &Value| group["group"]["content"].as_str().map(str::to_owned);
    groups.iter().filter_map(content).collect()
}

#[tokio::test]
async fn groups_are_ordered_cut_and_chosen() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let at = "2026-01-01T00:00:00Z";
    let all = ["a", "a", "a", "b b", "b b", "c c c c c", "d"];
    notes(&api, &ada, &all.map(|content| (content, at))).await;
    let cases: [(&str, &[&str]); 14] = [
        ("first: 9", &["a", "b b", "c c c c c", "d"]),
        ("orderBy: [{count: DESC}]", &["a", "b b", "c c c c c", "d"]),
        ("orderBy: [{count: ASC}], first: 2", &["c c c c c", "d"]),
        ("orderBy: [{count: DESC}], offset: 1, first: 1", &["b b"]),
        (
            "orderBy: [{group: {content: DESC}}]",
            &["d", "c c c c c", "b b", "a"],
        ),
        (
            "orderBy: [{sum: {wordCount: DESC}}]",
            &["c c c c c", "b b", "a", "d"],
        ),
        (
            "orderBy: [{max: {wordCount: DESC}}, {count: ASC}]",
            &["c c c c c", "b b", "d", "a"],
        ),
        ("having: {count: {gt: 1}}", &["a", "b b"]),
        ("having: {not: {count: {gt: 1}}}", &["c c c c c", "d"]),
        ("having: {count: {in: [1, 3]}}", &["a", "c c c c c", "d"]),
        (
            "having: {sum: {wordCount: {gte: \"4\"}}}",
            &["b b", "c c c c c"],
        ),
        (
            "having: {or: [{avg: {wordCount: {gt: \"4.5\"}}}, {min: {content: {startsWith: \"b\"}}}]}",
            &["b b", "c c c c c"],
        ),
        (
            "having: {and: [{count: {gte: 2}}, {max: {wordCount: {eq: 2}}}]}",
            &["b b"],
        ),
        (
            "having: {}, where: {content: {ne: \"a\"}}",
            &["b b", "c c c c c", "d"],
        ),
    ];
    for (arguments, expected) in cases {
        assert_eq!(
            contents(&api, &ada, arguments).await,
            expected,
            "{arguments}"
        );
    }
    let query = "query ($least: Int, $by: [NoteAggregateOrderBy!], $first: Int) {
        notesAggregate(groupBy: [{column: CONTENT}], having: {count: {gte: $least}}, orderBy: $by, first: $first) { count } }";
    for (first, counts) in [
        (1, json!([{"count": 2}])),
        (5, json!([{"count": 2}, {"count": 3}])),
    ] {
        let variables = json!({"least": 2, "by": [{"count": "ASC"}], "first": first});
        let data = api.data(&ada, query, variables).await;
        assert_eq!(data["notesAggregate"], counts);
    }
    // Without groups there is one, and it can be left out.
    let one = "{ all: notesAggregate(orderBy: [{count: ASC}]) { count } none: notesAggregate(having: {count: {lt: 7}}) { count } }";
    let data = api.data(&ada, one, json!({})).await;
    assert_eq!(data, json!({"all": [{"count": 7}], "none": []}));
}

#[tokio::test]
async fn what_cannot_be_grouped_says_why() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    // Ada has no note: what means nothing is refused all the same.
    let range = "fill: {from: \"2026-01-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\"}";
    let cases: [(&str, &str); 16] = [
        (
            "groupBy: [{column: CREATED_AT, truncate: DAY, timeZone: \"Europe/Berln\"}]",
            "There is no time zone",
        ),
        (
            &format!("groupBy: [{{column: CREATED_AT, {range}}}]"),
            "fill needs truncate",
        ),
        (
            &format!("groupBy: [{{column: CONTENT, {range}}}]"),
            "no moment or day",
        ),
        (
            &format!("groupBy: [{{column: CREATED_AT, truncate: MINUTE, {range}}}]"),
            "more than the 10000 groups",
        ),
        (
            &format!(
                "groupBy: [{{column: CREATED_AT, truncate: DAY, {range}}}, {{column: UPDATED_AT, truncate: DAY, {range}}}]"
            ),
            "one entry of groupBy",
        ),
        (
            "groupBy: [{column: CREATED_AT, truncate: DAY, fill: {from: \"2026-02-01T00:00:00Z\", to: \"2026-01-01T00:00:00Z\"}}]",
            "from has to be before to",
        ),
        (
            "groupBy: [{column: CREATED_AT, truncate: DAY, fill: {from: \"2026-02-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\"}}]",
            "from has to be before to",
        ),
        (
            &format!(
                "groupBy: [{{column: CREATED_AT, truncate: DAY, timeZone: \"Europe/Berln\", {range}}}]"
            ),
            "There is no time zone",
        ),
        (
            &format!(
                "groupBy: [{{column: CREATED_AT, truncate: DAY, {range}}}, {{column: UPDATED_AT, truncate: DAY, timeZone: \"Mars\"}}]"
            ),
            "There is no time zone",
        ),
        // PostgreSQL would count these the other way round than they are meant.
        (
            "groupBy: [{column: CREATED_AT, truncate: DAY, timeZone: \"+05:30\"}]",
            "There is no time zone",
        ),
        (
            "groupBy: [{column: CREATED_AT, truncate: DAY, timeZone: \"UTC+1\"}]",
            "There is no time zone",
        ),
        (
            "groupBy: [{column: CREATED_AT, timeZone: \"UTC\"}]",
            "timeZone needs truncate",
        ),
        (
            "groupBy: [{column: CONTENT}, {column: CONTENT}]",
            "names content twice",
        ),
        (
            "orderBy: [{group: {content: ASC}}]",
            "only when groupBy names it",
        ),
        (
            "orderBy: [{count: ASC, sum: {wordCount: ASC}}]",
            "exactly one field",
        ),
        (
            "groupBy: [{column: CONTENT}], first: -1",
            "cannot be negative",
        ),
    ];
    for (arguments, expected) in cases {
        let query = format!("{{ notesAggregate({arguments}) {{ count }} }}");
        let (code, message, _) = api.error(&ada, &query, json!({})).await;
        assert!(message.contains(expected), "{arguments}: {message}");
        assert!(
            ["BAD_USER_INPUT", "LIMIT_EXCEEDED"].contains(&code.as_str()),
            "{code}"
        );
    }
}
