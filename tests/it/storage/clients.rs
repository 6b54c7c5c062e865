//! supabase-js, unmodified, in two versions against the running server. Needs Node.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use tokio::process::Command;

use super::{World, png, token};
use crate::support::packages;

const SCRIPTS: &str = "tests/js/supabase";

async fn drive(package: &str) {
    drive_with(&["storage.mjs", package], &[]).await;
}

async fn drive_with(script: &[&str], flags: &[&str]) {
    if !packages::npm(&packages::folder(SCRIPTS)) {
        return;
    }
    let world = World::new(flags).await;
    let output = Command::new("node")
        .args(script)
        .current_dir(packages::folder(SCRIPTS))
        .env("MINDLOOM_URL", format!("http://{}", world.server.address))
        .env("ANON", token("anon", None, json!({})))
        .env("ALICE", &world.alice.token)
        .env("ALICE_ID", world.alice.id.to_string())
        .env("BOB", &world.bob.token)
        .env("SERVICE", token("service_role", None, json!({})))
        .env("PNG", BASE64_STANDARD.encode(png()))
        .output()
        .await
        .expect("node runs");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_js_current() {
    drive("supabase-js-current").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_js_2_90() {
    drive("supabase-js-2.90").await;
}

/// Needs Chromium, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_origins() {
    const CHROMIUM: &str = "/usr/bin/chromium";
    if !std::path::Path::new(CHROMIUM).exists() || !packages::npm(&packages::folder("tests/js")) {
        eprintln!("skipped: no Chromium is installed");
        return;
    }
    for package in ["supabase-js-current", "supabase-js-2.90"] {
        let allowed = ["--allowed-origins", "http://app.localhost"];
        drive_with(&["storage-browser.mjs", package, CHROMIUM], &allowed).await;
    }
}
