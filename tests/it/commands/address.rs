//! The address that goes into mails and tokens is the one at which the server listens, unless it is told another.

use serde_json::json;

use super::{Served, claims};
use crate::support::program::{eventually, mindloom, succeed};

const SIGN_UP: &str = r#"mutation { signUp(input: {email: "ada@example.org", password: "correct horse battery"})
    { confirmationSent } }"#;
const ANONYMOUS: &str = "mutation { signInAnonymously { accessToken } }";

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_tokens_name_the_address_that_the_server_listens_at() {
    let served = Served::start(&[]).await;
    let url = format!("http://{}", served.program.address);
    let signed_in = served.ask(None, ANONYMOUS).await;
    let token = signed_in["data"]["signInAnonymously"]["accessToken"].as_str();
    let issuer = format!("{url}/auth/v1");
    assert_eq!(claims(token.expect("a token"))["iss"], json!(issuer));

    let signed_up = served.ask(None, SIGN_UP).await;
    assert!(signed_up["errors"].is_null(), "{signed_up}");
    let mut mails = String::new();
    eventually("a mail is written", || {
        mails = succeed(mindloom(["mail"]).args(served.flags()));
        mails.contains("ada@example.org")
    });
    assert!(mails.contains(&format!("{url}/auth/v1/verify?")), "{mails}");

    // A command that was not told where the server listens knows it all the same.
    served.database.user("bob@example.org").await;
    let mut command = mindloom(["token", "--user", "bob@example.org"]);
    let token = succeed(command.args(served.flags()));
    assert_eq!(claims(token.trim())["iss"], json!(issuer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_ready_says_where_it_is_how_to_get_in_and_where_mails_are() {
    let served = Served::start(&[]).await;
    let url = format!("http://{}", served.program.address);
    for said in [
        format!("ready: {url} for browsers, {url}/graphql for programs"),
        "`mindloom mail` shows them".to_owned(),
        "there is no administrator yet".to_owned(),
    ] {
        eventually(&said, || served.program.log().contains(&said));
    }
    let served = Served::start(&["--smtp-url", "smtp://127.0.0.1:1"]).await;
    served.database.user("ada@example.org").await;
    let address = &served.program.address;
    assert!(served.program.log().contains(address));
    assert!(!served.program.log().contains("mindloom mail"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_address_goes_before_the_one_that_the_server_listens_at() {
    let served = Served::start(&["--public-url", "https://api.example.com/mind"]).await;
    let signed_in = served.ask(None, ANONYMOUS).await;
    let token = signed_in["data"]["signInAnonymously"]["accessToken"].as_str();
    let issuer = json!("https://api.example.com/mind/auth/v1");
    assert_eq!(claims(token.expect("a token"))["iss"], issuer);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_issuers_are_named_tokens_of_this_server_are_accepted() {
    let served = Served::start(&["--jwt-issuer", "https://elsewhere.example"]).await;
    let signed_in = served.ask(None, ANONYMOUS).await;
    let token = signed_in["data"]["signInAnonymously"]["accessToken"].as_str();
    let me = "{ me { isAnonymous } }";
    let answer = served.ask(token, me).await;
    assert_eq!(answer["data"]["me"]["isAnonymous"], true, "{answer}");
    // As servers named themselves before they made their address from --bind.
    served.database.user("bob@example.org").await;
    for issuer in ["http://127.0.0.1:4000", "https://another.example"] {
        let mut command = mindloom(["token", "--user", "bob@example.org", "--public-url", issuer]);
        let token = succeed(command.args(served.flags()));
        let answer = served.ask(Some(token.trim()), "{ me { email } }").await;
        let accepted = answer["errors"].is_null();
        assert_eq!(accepted, issuer.contains("4000"), "{issuer}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_browsers_use_and_nobody_configured_is_told_once() {
    let served = Served::start(&[]).await;
    let ask = async |headers: &[(&str, &str)]| {
        let url = format!(
            "http://{}/graphql?query={{__typename}}",
            served.program.address
        );
        let request = headers
            .iter()
            .fold(reqwest::Client::new().get(url), |request, (name, value)| {
                request.header(*name, *value)
            });
        request.send().await.expect("an answer");
    };
    let warning = "browsers reach this server at another address";
    let count = || served.program.log().matches(warning).count();
    ask(&[("sec-fetch-site", "same-origin")]).await;
    ask(&[("host", "inside:4000")]).await;
    let address = served.program.address.clone();
    ask(&[("host", &address), ("sec-fetch-site", "same-origin")]).await;
    assert_eq!(count(), 0, "{}", served.program.log());
    let outside = [
        ("host", "mind.example.com"),
        ("sec-fetch-site", "same-origin"),
    ];
    ask(&outside).await;
    eventually("the warning is there", || count() == 1);
    assert!(
        served.program.log().contains("http://mind.example.com/"),
        "{}",
        served.program.log()
    );
    ask(&outside).await;
    assert_eq!(count(), 1);
}
