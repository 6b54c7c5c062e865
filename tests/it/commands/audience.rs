//! `MINDLOOM_JWT_AUDIENCE`: tokens of other services name it, and so do the server's own.

use serde_json::json;

use super::{Served, claims};
use crate::supabase::server::Client;
use crate::support::program::{mindloom, succeed};

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_where_tokens_name_another_audience() {
    let audience = ["--jwt-audience", "notes-app"];
    let served = Served::start(&audience).await;
    let sign_in = "mutation { signInAnonymously { accessToken refreshToken } }";
    let signed_in = served.ask(None, sign_in).await["data"]["signInAnonymously"].take();
    let token = signed_in["accessToken"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(claims(&token)["aud"], "notes-app");
    let me = served.ask(Some(&token), "{ me { isAnonymous } }").await;
    assert_eq!(me["data"]["me"], json!({"isAnonymous": true}), "{me}");
    let refresh = format!(
        "mutation {{ refreshSession(refreshToken: {}) {{ accessToken }} }}",
        signed_in["refreshToken"]
    );
    let refreshed = served.ask(None, &refresh).await;
    let renewed = refreshed["data"]["refreshSession"]["accessToken"].as_str();
    let renewed = renewed.unwrap_or_else(|| panic!("{refreshed}")).to_owned();
    let note = "mutation { createNote(input: {content: \"a\"}) { id } }";
    let made = served.ask(Some(&renewed), note).await;
    assert!(made["errors"].is_null(), "{made}");

    let socket = Client::open(
        &served.program.address,
        &format!("?vsn=2.0.0&apikey={token}"),
    )
    .await;
    let mut socket = socket.unwrap_or_else(|refused| panic!("{refused:?}"));
    socket.joined("realtime:room", json!({})).await;

    served.database.user("ada@example.org").await;
    let mut command = mindloom(["token", "--user", "ada@example.org"]);
    let printed = succeed(command.args(audience).args(served.flags()));
    let me = served.ask(Some(printed.trim()), "{ me { email } }").await;
    assert_eq!(me["data"]["me"]["email"], "ada@example.org", "{me}");
    // Of the default audience, that is of a server whose setting was another.
    let printed = succeed(mindloom(["token", "--user", "ada@example.org"]).args(served.flags()));
    let refused = served.ask(Some(printed.trim()), "{ me { email } }").await;
    assert_eq!(
        refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{refused}"
    );
}
