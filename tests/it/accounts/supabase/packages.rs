//! supabase-js, unmodified, in two versions. Needs Node; what it needs from the registry is installed once.

use std::sync::Arc;

use tokio::process::Command;

use super::{Keys, desk};
use crate::{
    accounts::{
        oidc_server::{OidcServer, Person},
        server::{Options, Server},
    },
    support::packages,
};

const SCRIPTS: &str = "tests/js/supabase";

/// Runs a script with both versions, one after the other, over one server that confirms addresses and one on the same
/// database that does not.
async fn drive(script: &str) {
    drive_with(script, &[]).await;
}

async fn drive_with(script: &str, more: &[&str]) {
    if !packages::npm(&packages::folder(SCRIPTS)) {
        return;
    }
    let provider = OidcServer::start(Person {
        subject: "nobody".to_owned(),
        email: "nobody@example.org".to_owned(),
        email_verified: true,
        name: "Nobody".to_owned(),
    })
    .await;
    let options = Options {
        oauth_providers: Some(provider.setting()),
        redirect_urls: "http://localhost:*/**",
        ..Options::default()
    };
    let server = Arc::new(Server::with(options).await);
    let at_once = server
        .another_with(|options| options.autoconfirm = true)
        .await;
    let keys = Keys::of(&server).await;
    let desk = desk::open(Arc::clone(&server), provider).await;
    for package in ["supabase-js-current", "supabase-js-2.90"] {
        let output = Command::new("node")
            .args([script, package])
            .args(more)
            .current_dir(packages::folder(SCRIPTS))
            .env("MINDLOOM_URL", &server.url)
            .env("MINDLOOM_AT_ONCE_URL", &at_once.url)
            .env("DESK", &desk)
            .env("ANON", &keys.anon)
            .env("SERVICE", &keys.service)
            .output()
            .await
            .expect("node runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "{}\n{}",
            text(&output.stdout),
            text(&output.stderr)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_and_sessions() {
    drive("accounts/passwords.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys() {
    drive("accounts/passkeys.mjs").await;
}

/// Needs Chromium, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_browser() {
    const CHROMIUM: &str = "/usr/bin/chromium";
    if std::path::Path::new(CHROMIUM).exists() && packages::npm(&packages::folder("tests/js")) {
        drive_with("browser.mjs", &[CHROMIUM]).await;
    } else {
        eprintln!("skipped: no Chromium is installed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails() {
    drive("accounts/mails.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn second_factors() {
    drive("accounts/factors.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_as_second_factors() {
    drive("accounts/keys.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_absent() {
    drive("accounts/absent.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_for_everything() {
    drive("accounts/together.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn providers() {
    drive("accounts/providers.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_programs() {
    drive("accounts/admin.mjs").await;
}
