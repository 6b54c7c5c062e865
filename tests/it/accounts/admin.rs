//! What administrators do with accounts, and nobody else.

use serde_json::{Value, json};

use super::{
    flows::{PASSWORD, code},
    server::Server,
};

const BAN: &str =
    "mutation($id: UUID!, $u: DateTime) { adminBanUser(id: $id, until: $u) { bannedUntil } }";
const ROLE: &str =
    "mutation($id: UUID!, $r: String) { adminSetUserRole(id: $id, role: $r) { appMetadata } }";
const DELETE: &str = "mutation($id: UUID!) { adminDeleteUser(id: $id) { email } }";
const CREATE: &str = "mutation($i: AdminCreateUserInput!) { adminCreateUser(input: $i) { id email emailConfirmedAt appMetadata } }";
const LIST: &str = "query($s: String, $f: Int! = 50, $o: Int! = 0) { adminUsers(search: $s, first: $f, offset: $o) { totalCount nodes { id email } } }";

#[tokio::test]
async fn nobody_but_administrators_may() {
    let server = Server::start().await;
    let ada = server.member("ada@example.org").await;
    let bob = server.member("bob@example.org").await;
    let id = &bob.user_id;
    let operations: [(&str, Value); 5] = [
        (BAN, json!({"id": id, "u": "2099-01-01T00:00:00Z"})),
        (ROLE, json!({"id": id, "r": "admin"})),
        (DELETE, json!({"id": id})),
        (CREATE, json!({"i": {"email": "carl@example.org"}})),
        (LIST, json!({})),
    ];
    for (query, variables) in &operations {
        assert_eq!(
            code(
                &server
                    .run(Some(&ada.access), query, variables.clone())
                    .await
            ),
            "FORBIDDEN",
            "{query}"
        );
        assert_eq!(
            code(&server.run(None, query, variables.clone()).await),
            "UNAUTHENTICATED",
            "{query}"
        );
    }
    assert!(server.is_signed_in(&bob).await);
}

#[tokio::test]
async fn only_roles_that_exist_are_given() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let bob = server.member("bob@example.org").await;
    for role in [
        "moderator",
        "administrator",
        "Admin",
        "",
        "service_role",
        "admin\u{0}",
    ] {
        let variables = json!({"id": bob.user_id, "r": role});
        let error = server.error(Some(&admin.access), ROLE, variables).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{role}");
        let named = error["message"]
            .as_str()
            .is_some_and(|text| text.contains("admin and user"));
        assert!(named, "{error}");
    }
    for role in [json!("admin"), json!("user"), Value::Null] {
        let variables = json!({"id": bob.user_id, "r": role});
        let set = server.ok(Some(&admin.access), ROLE, variables).await;
        assert_eq!(set["adminSetUserRole"]["appMetadata"]["role"], role);
    }
}

#[tokio::test]
async fn accounts_are_listed_created_and_found() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let input = json!({"email": "Carl@Example.org", "password": PASSWORD, "role": "admin"});
    let created = server
        .ok(Some(&admin.access), CREATE, json!({"i": input}))
        .await;
    assert_eq!(created["adminCreateUser"]["email"], "carl@example.org");
    assert_eq!(created["adminCreateUser"]["appMetadata"]["role"], "admin");
    assert!(created["adminCreateUser"]["emailConfirmedAt"].is_string());
    assert_eq!(
        server.sign_in("carl@example.org", PASSWORD).await.claims()["app_metadata"]["role"],
        "admin"
    );
    let again = json!({"i": {"email": "carl@example.org"}});
    assert_eq!(
        code(&server.run(Some(&admin.access), CREATE, again).await),
        "CONFLICT"
    );
    for bad in [
        json!({"email": "nothing"}),
        json!({"email": "d@example.org", "password": "short"}),
        json!({"email": "d@example.org", "role": "No Role"}),
        json!({"email": "d@example.org", "role": "moderator"}),
    ] {
        assert_eq!(
            code(
                &server
                    .run(Some(&admin.access), CREATE, json!({"i": bad}))
                    .await
            ),
            "BAD_USER_INPUT"
        );
    }

    let all = server.ok(Some(&admin.access), LIST, json!({})).await;
    assert_eq!(all["adminUsers"]["totalCount"], 2);
    assert_eq!(all["adminUsers"]["nodes"][0]["email"], "carl@example.org");
    let found = server
        .ok(Some(&admin.access), LIST, json!({"s": "CARL@"}))
        .await;
    assert_eq!(found["adminUsers"]["nodes"].as_array().unwrap().len(), 1);
    let pattern = server
        .ok(Some(&admin.access), LIST, json!({"s": "%"}))
        .await;
    assert_eq!(
        pattern["adminUsers"]["totalCount"], 0,
        "what is searched for is no pattern"
    );
    let page = server
        .ok(Some(&admin.access), LIST, json!({"f": 1, "o": 1}))
        .await;
    assert_eq!(page["adminUsers"]["nodes"][0]["email"], "admin@example.org");
    assert_eq!(
        code(
            &server
                .run(Some(&admin.access), LIST, json!({"f": 501}))
                .await
        ),
        "BAD_USER_INPUT"
    );
}

#[tokio::test]
async fn a_ban_ends_sessions_at_once_and_is_told_to_the_owner_only() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    server
        .ok(
            Some(&admin.access),
            BAN,
            json!({"id": ada.user_id, "u": "2099-01-01T00:00:00Z"}),
        )
        .await;
    assert_eq!(code(&server.refresh(&ada.refresh).await), "UNAUTHENTICATED");
    server.until_refused(&ada).await;
    assert_eq!(
        server.sign_in_error("ada@example.org", PASSWORD).await["extensions"]["code"],
        "FORBIDDEN"
    );
    let stranger = server
        .sign_in_error("ada@example.org", "a wrong password")
        .await;
    assert_eq!(
        stranger["extensions"]["code"], "UNAUTHENTICATED",
        "strangers learn nothing"
    );
    let magic = "mutation { requestMagicLink(email: \"ada@example.org\") }";
    server.ok(None, magic, json!({})).await;
    server
        .ok(
            Some(&admin.access),
            BAN,
            json!({"id": ada.user_id, "u": null}),
        )
        .await;
    server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(
        code(
            &server
                .run(
                    Some(&admin.access),
                    BAN,
                    json!({"id": admin.user_id, "u": "2099-01-01T00:00:00Z"})
                )
                .await
        ),
        "FORBIDDEN"
    );
    let nobody = json!({"id": uuid::Uuid::new_v4(), "u": null});
    assert_eq!(
        code(&server.run(Some(&admin.access), BAN, nobody).await),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn a_demoted_administrator_is_none_although_the_token_says_so() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    server
        .ok(
            Some(&admin.access),
            ROLE,
            json!({"id": ada.user_id, "r": "admin"}),
        )
        .await;
    let ada = server.sign_in("ada@example.org", PASSWORD).await;
    server.ok(Some(&ada.access), LIST, json!({})).await;
    // As if another server demoted her and this one had not heard of it yet.
    server.sql("update auth.users set raw_app_meta_data = raw_app_meta_data - 'role' where email = 'ada@example.org'", &[]).await;
    assert_eq!(
        code(&server.run(Some(&ada.access), LIST, json!({})).await),
        "FORBIDDEN"
    );
    server
        .ok(
            Some(&admin.access),
            ROLE,
            json!({"id": ada.user_id, "r": null}),
        )
        .await;
    server.until_refused(&ada).await;
    assert_eq!(
        code(
            &server
                .run(
                    Some(&admin.access),
                    ROLE,
                    json!({"id": admin.user_id, "r": null})
                )
                .await
        ),
        "FORBIDDEN"
    );
}

#[tokio::test]
async fn deleting_an_account_takes_everything_along() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let note = "mutation { createNote(input: {content: \"hers\"}) { id } }";
    server.ok(Some(&ada.access), note, json!({})).await;
    assert_eq!(
        code(
            &server
                .run(Some(&admin.access), DELETE, json!({"id": admin.user_id}))
                .await
        ),
        "FORBIDDEN"
    );
    let deleted = server
        .ok(Some(&admin.access), DELETE, json!({"id": ada.user_id}))
        .await;
    assert_eq!(deleted["adminDeleteUser"]["email"], "ada@example.org");
    server.until_refused(&ada).await;
    assert_eq!(
        server
            .one::<i64>("select count(*) from public.notes", &[])
            .await,
        0
    );
    assert_eq!(
        code(
            &server
                .run(Some(&admin.access), DELETE, json!({"id": ada.user_id}))
                .await
        ),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn administrators_steps_are_recorded() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    server.enable_activity_logging().await;
    server
        .ok(
            Some(&admin.access),
            BAN,
            json!({"id": ada.user_id, "u": "2099-01-01T00:00:00Z"}),
        )
        .await;
    let recorded: String = server
        .one("select activity_metadata ->> 'user' from public.user_activity_logs where activity_type = 'admin_user_ban'", &[])
        .await;
    assert_eq!(recorded, ada.user_id);
}

#[tokio::test]
async fn administrators_steps_are_logged_as_theirs_whatever_is_switched_off() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let until = json!({"id": ada.user_id, "u": "2099-01-01T00:00:00Z"});
    for (query, variables) in [
        (CREATE, json!({"i": {"email": "carl@example.org"}})),
        (BAN, until),
        (ROLE, json!({"id": ada.user_id, "r": "admin"})),
        (DELETE, json!({"id": ada.user_id})),
        (LIST, json!({"s": "carl@"})),
    ] {
        server.ok(Some(&admin.access), query, variables).await;
    }
    let logged: Vec<String> = server
        .one(
            "select array_agg(action order by id) from public.audit_entries \
             where actor_email = 'admin@example.org' and actor_id::text = $1",
            &[&admin.user_id],
        )
        .await;
    assert_eq!(
        logged,
        [
            "admin_user_create",
            "admin_user_ban",
            "admin_user_role",
            "admin_user_delete",
            "admin_users_read"
        ]
    );
    let of_ada: i64 = server
        .one(
            "select count(*) from public.audit_entries where target_id = $1",
            &[&ada.user_id],
        )
        .await;
    assert_eq!(of_ada, 3, "what was done to her stays, as what was done");
    let activities: i64 = server
        .one(
            "select count(*) from public.user_activity_logs where activity_type like 'admin%'",
            &[],
        )
        .await;
    assert_eq!(activities, 0, "the activity log is switched off");
    let id: uuid::Uuid = admin.user_id.parse().unwrap();
    server
        .sql("delete from auth.users where id = $1", &[&id])
        .await;
    let left: i64 = server
        .one(
            "select count(*) from public.audit_entries \
             where actor_id is null and actor_account_id = $1 and actor_email = 'admin@example.org'",
            &[&id],
        )
        .await;
    assert_eq!(left, 5);
}

#[tokio::test]
async fn administrators_invite_by_mail_and_take_lost_factors_away() {
    const INVITE: &str =
        "mutation($e: String!) { adminInviteUser(email: $e) { id email emailConfirmedAt } }";
    const FACTORS: &str =
        "query($id: UUID!) { adminFactors(id: $id) { id friendlyName verifiedAt } }";
    const REMOVE: &str =
        "mutation($id: UUID!, $f: UUID!) { adminRemoveFactor(id: $id, factorId: $f) }";
    let server = Server::start().await;
    let admin = server.admin().await;
    let ada = server.member("ada@example.org").await;
    let enrol = "mutation { enrollTotp(friendlyName: \"phone\") { factorId } }";
    let enrolled = server.ok(Some(&ada.access), enrol, json!({})).await;
    let factor = &enrolled["enrollTotp"]["factorId"];
    let remove = json!({"id": ada.user_id, "f": factor});
    let operations = [
        (INVITE, json!({"e": "carl@example.org"})),
        (FACTORS, json!({"id": ada.user_id})),
        (REMOVE, remove.clone()),
    ];
    for (query, variables) in &operations {
        let refused = server
            .run(Some(&ada.access), query, variables.clone())
            .await;
        assert_eq!(code(&refused), "FORBIDDEN", "{query}");
        let refused = server.run(None, query, variables.clone()).await;
        assert_eq!(code(&refused), "UNAUTHENTICATED", "{query}");
    }
    let invited = server
        .ok(Some(&admin.access), INVITE, operations[0].1.clone())
        .await;
    assert_eq!(invited["adminInviteUser"]["emailConfirmedAt"], Value::Null);
    let token = server
        .mail_to("carl@example.org", "You are invited")
        .await
        .token();
    let carl = server.verify_token("INVITE", &token).await;
    assert_eq!(json!(carl.user_id), invited["adminInviteUser"]["id"]);
    let again = server
        .run(Some(&admin.access), INVITE, operations[0].1.clone())
        .await;
    assert_eq!(code(&again), "CONFLICT", "he has come already");

    let seen = server
        .ok(Some(&admin.access), FACTORS, operations[1].1.clone())
        .await;
    let phone = json!([{"id": factor, "friendlyName": "phone", "verifiedAt": null}]);
    assert_eq!(seen["adminFactors"], phone);
    let removed = server.ok(Some(&admin.access), REMOVE, remove.clone()).await;
    assert_eq!(removed["adminRemoveFactor"], true);
    let seen = server
        .ok(Some(&admin.access), FACTORS, operations[1].1.clone())
        .await;
    assert_eq!(seen["adminFactors"], json!([]));
    let gone = server.run(Some(&admin.access), REMOVE, remove).await;
    assert_eq!(code(&gone), "NOT_FOUND");
}
