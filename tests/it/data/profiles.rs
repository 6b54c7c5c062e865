//! Profiles follow accounts.

use mindloom::auth::Caller;
use serde_json::{Value, json};

use super::{attempt, refusal, value};
use crate::support::TestDb;

#[tokio::test]
async fn sign_up_makes_a_profile_from_what_the_provider_said() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let metadata = json!({"full_name": "Ann Archer", "display_name": "  ", "picture": "https://example.com/ann.png"});
    client
        .execute(
            "insert into auth.users (email, raw_user_meta_data) values ('ann@example.com', $1)",
            &[&metadata],
        )
        .await
        .expect("an account");
    let row = client
        .query_one(
            "select name, display_name, avatar_url, preferences, subscription_plan::text from public.users",
            &[],
        )
        .await
        .expect("a profile");
    assert_eq!(row.get::<_, &str>(0), "Ann Archer");
    assert_eq!(row.get::<_, &str>(1), "Ann Archer");
    assert_eq!(row.get::<_, &str>(2), "https://example.com/ann.png");
    let defaults = json!({
        "theme": "system", "autoSave": true, "notifications": true, "clusterSuggestions": true, "aiFeatures": true
    });
    assert_eq!(row.get::<_, Value>(3), defaults);
    assert_eq!(row.get::<_, &str>(4), "free");
}

#[tokio::test]
async fn odd_metadata_does_not_stop_a_sign_up() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let metadata = json!({"name": "x".repeat(1000), "avatar_url": "javascript:alert(1)"});
    client
        .execute(
            "insert into auth.users (email, raw_user_meta_data) values (null, $1)",
            &[&metadata],
        )
        .await
        .expect("an account");
    let row = client
        .query_one(
            "select char_length(name), char_length(display_name), avatar_url from public.users",
            &[],
        )
        .await
        .expect("a profile");
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i32>(1)), (255, 100));
    assert_eq!(row.get::<_, Option<&str>>(2), None);
}

#[tokio::test]
async fn the_profile_follows_the_accounts_address_and_goes_with_it() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let client = test.db.system().await.expect("a connection");
    client
        .execute(
            "update auth.users set email = 'anna@example.com', email_confirmed_at = now(), last_sign_in_at = now()",
            &[],
        )
        .await
        .expect("a change");
    let row = client
        .query_one("select email, email_verified is not null and last_login_at is not null from public.users", &[])
        .await
        .expect("a profile");
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, bool>(1)),
        ("anna@example.com", true)
    );
    client
        .execute("delete from auth.users where id = $1", &[&ann.user_id])
        .await
        .expect("a deletion");
    let left: i64 = client
        .query_one("select count(*) from public.users", &[])
        .await
        .expect("a count")
        .get(0);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn people_edit_their_own_profile_and_only_what_is_theirs() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let ben = test.user("ben@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let seen: i64 = value(&transaction, "select count(*) from public.users", &[]).await;
    assert_eq!(seen, 1);
    let changed = transaction
        .execute("update public.users set bio = 'Hello'", &[])
        .await
        .expect("an update");
    assert_eq!(changed, 1);
    let other = transaction
        .execute(
            "update public.users set bio = 'x' where id = $1",
            &[&ben.user_id],
        )
        .await;
    assert_eq!(other.expect("an update of nothing"), 0);
    for forbidden in [
        "update public.users set subscription_plan = 'enterprise'",
        "update public.users set email = 'ben@example.com'",
        "update public.users set is_active = false",
        "insert into public.users (id) values (gen_random_uuid())",
        "delete from public.users",
    ] {
        assert!(
            refusal(attempt(&transaction, forbidden, &[]).await).starts_with("permission denied"),
            "{forbidden}"
        );
    }
    for (set, constraint) in [
        ("bio = repeat('x', 2001)", "users_bio_length"),
        ("display_name = ''", "users_display_name_length"),
        (
            "avatar_url = 'javascript:alert(1)'",
            "users_avatar_url_format",
        ),
        ("preferences = '[]'", "users_preferences_object"),
    ] {
        let outcome = attempt(&transaction, &format!("update public.users set {set}"), &[]).await;
        assert_eq!(refusal(outcome), constraint);
    }
}

#[tokio::test]
async fn preferences_are_one_row_of_known_values() {
    let test = TestDb::new().await;
    let ann = test.user("ann@example.com").await;
    let transaction = test.db.begin(&ann).await.expect("a transaction");
    let sql = "insert into public.user_preferences (selected_model) values ('openai')";
    assert_eq!(transaction.execute(sql, &[]).await.expect("preferences"), 1);
    assert_eq!(
        refusal(attempt(&transaction, sql, &[]).await),
        "user_preferences_user_id_key"
    );
    for (set, constraint) in [
        (
            "max_history_days = 0",
            "user_preferences_max_history_days_range",
        ),
        (
            "language = 'english please'",
            "user_preferences_language_format",
        ),
    ] {
        let outcome = attempt(
            &transaction,
            &format!("update public.user_preferences set {set}"),
            &[],
        )
        .await;
        assert_eq!(refusal(outcome), constraint);
    }
    let unknown = attempt(
        &transaction,
        "update public.user_preferences set theme = 'pink'",
        &[],
    )
    .await;
    assert!(refusal(unknown).contains("invalid input value for enum ui_theme"));
}

/// What `user_metadata` says is the user's own word; only `app_metadata` makes an admin.
#[tokio::test]
async fn a_forged_role_is_no_role() {
    let test = TestDb::new().await;
    let (ann, admin) = (
        test.user("ann@example.com").await,
        test.admin("root@example.com").await,
    );
    let mut claims = (*ann.claims).clone();
    claims.insert("user_metadata".into(), json!({"role": "admin"}));
    claims.insert("raw_app_meta_data".into(), json!({"role": "admin"}));
    let forger = Caller::from_claims(ann.role, claims);
    for (caller, role) in [(&ann, "user"), (&forger, "user"), (&admin, "admin")] {
        let transaction = test.db.begin(caller).await.expect("a transaction");
        let found: String = value(&transaction, "select public.get_user_role()", &[]).await;
        assert_eq!(found, role);
        let is_admin: bool =
            value(&transaction, "select public.is_current_user_admin()", &[]).await;
        assert_eq!(is_admin, role == "admin");
        let outcome = attempt(
            &transaction,
            "update auth.users set raw_app_meta_data = '{\"role\": \"admin\"}'",
            &[],
        )
        .await;
        assert!(refusal(outcome).starts_with("permission denied"));
    }
}

#[tokio::test]
async fn accounts_refuse_what_is_no_address() {
    let test = TestDb::new().await;
    let caller = Caller::anonymous();
    let transaction = test.db.begin(&caller).await.expect("a transaction");
    transaction
        .batch_execute("reset role")
        .await
        .expect("back to authenticator");
    assert!(
        refusal(attempt(&transaction, "select from auth.users", &[]).await)
            .starts_with("permission denied")
    );
    drop(transaction);
    let client = test.db.system().await.expect("a connection");
    for (email, constraint) in [
        ("Ann@example.com", "users_email_lower_case"),
        ("ann", "users_email_format"),
        ("a b@example.com", "users_email_format"),
    ] {
        let outcome = client
            .execute("insert into auth.users (email) values ($1)", &[&email])
            .await;
        assert_eq!(refusal(outcome), constraint);
    }
    let long = format!("{}@example.com", "a".repeat(250));
    let outcome = client
        .execute("insert into auth.users (email) values ($1)", &[&long])
        .await;
    assert_eq!(refusal(outcome), "users_email_length");
}
