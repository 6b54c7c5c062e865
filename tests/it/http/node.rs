//! The clients of npm against the server. On machines without Node these tests do nothing, but in CI they must run.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use mindloom::{
    actions,
    auth::{Role, TokenContents, mint},
    config::Settings,
    graphql::{build_schema, read_model},
};
use serde_json::json;
use tokio::{process::Command, sync::OnceCell};
use uuid::Uuid;

use super::{SECRET, Server, served::free_address, token, token_for};
use crate::support::{
    TestApi, TestDb,
    program::{Program, eventually, mindloom, succeed},
    scratch_dir,
};

static INSTALLED: OnceCell<bool> = OnceCell::const_new();

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/js")
}

pub async fn is_installed() -> bool {
    *INSTALLED.get_or_init(install).await
}

/// Whether the packages are there now.
async fn install() -> bool {
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .await;
    if node.is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI has Node");
        eprintln!("skipped: Node is not installed");
        return false;
    }
    let (lock, done) = (
        folder().join("package-lock.json"),
        folder().join("node_modules/.package-lock.json"),
    );
    let modified = |path| {
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    if modified(done) >= modified(lock) {
        return true;
    }
    let arguments = ["ci", "--ignore-scripts", "--prefer-offline"];
    let npm = Command::new("npm")
        .args(arguments)
        .current_dir(folder())
        .status()
        .await;
    assert!(npm.is_ok_and(|status| status.success()), "npm ci");
    true
}

fn operator_token() -> String {
    let contents = TokenContents {
        role: Role::ServiceRole,
        user_id: None,
        admin: false,
        lifetime: Duration::from_secs(600),
    };
    mint(&contents, SECRET, "mindloom", "authenticated").expect("a token")
}

/// Runs one of the scripts; it says by its exit whether all was well.
pub async fn run(script: &str, arguments: &[&str]) {
    let output = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(folder())
        .output()
        .await;
    let output = output.expect("node runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{script}:\n{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_audits_of_graphql_http_pass() {
    if is_installed().await {
        let server = Server::start(&[]).await;
        run("audits.mjs", &[&server.url()]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_audits_pass_over_the_engine() {
    if is_installed().await {
        let api = TestApi::new().await;
        let settings = Settings::from_flags(Vec::<String>::new()).expect("flags");
        let server = Server::over(api.graphql.clone(), settings).await;
        run("audits.mjs", &[&server.url()]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_judged_over_http_as_graphql_js_judges_them() {
    if is_installed().await {
        let api = TestApi::new().await;
        let settings = Settings::from_flags(Vec::<String>::new()).expect("flags");
        let server = Server::over(api.graphql.clone(), settings).await;
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        let arguments = [&server.url(), schema, "400", "7"];
        run("judge/http.mjs", &arguments).await;
        let client = api.test.db.system().await.expect("a connection");
        let row = client
            .query_one("select count(*) from auth.users", &[])
            .await;
        let users: i64 = row.expect("the users").get(0);
        assert_eq!(users, 0, "nothing of what was refused ran");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_graphql_ws_works() {
    if is_installed().await {
        let server = Server::start(&[]).await;
        let tokens = [token_for(Uuid::new_v4(), 60), token_for(Uuid::new_v4(), 60)];
        run("graphql-ws.mjs", &[&server.url(), &tokens[0], &tokens[1]]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_graphql_sse_works() {
    if is_installed().await {
        let server = Server::start(&[]).await;
        run(
            "graphql-sse.mjs",
            &[&server.url(), &token_for(Uuid::new_v4(), 60)],
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_older_protocol_works() {
    if is_installed().await {
        let server = Server::start(&[]).await;
        run(
            "legacy-ws.mjs",
            &[&server.url(), &token_for(Uuid::new_v4(), 60)],
        )
        .await;
    }
}

/// GraphiQL's completion, code generators and editors print the schema with graphql-js: it must be able to, and
/// what it prints is the schema that the program exports.
#[tokio::test(flavor = "multi_thread")]
async fn graphql_js_prints_both_schemas_as_they_are_exported() {
    if is_installed().await {
        let api = TestApi::new().await;
        let model = read_model(&api.test.db).await.expect("the model");
        let settings = Settings::from_flags(Vec::<String>::new()).expect("flags");
        let server = Server::over(api.graphql.clone(), settings).await;
        let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        run("schema.mjs", &[&server.url(), kept, &token()]).await;
        let exported = build_schema(&model, Role::ServiceRole, &actions::registry());
        let exported = exported.expect("the operator's schema").sdl();
        let file = scratch_dir().join("service_role.graphql");
        std::fs::write(&file, exported).expect("the operator's schema is written");
        let file = file.to_str().expect("a plain path");
        run("schema.mjs", &[&server.url(), file, &operator_token()]).await;
    }
}

/// Where Chromium is; nothing, and a word about it, where it is not.
fn chromium() -> Option<&'static str> {
    let candidates = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let found = candidates
        .into_iter()
        .find(|path| std::path::Path::new(path).exists());
    if found.is_none() {
        eprintln!("skipped: no Chromium is installed");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_signs_a_newcomer_in_and_runs_its_examples() {
    let Some(browser) = chromium() else { return };
    if is_installed().await {
        let database = TestDb::new().await;
        let flags = ["--autoconfirm", "--database-url", database.url()];
        let server = Program::serve(&scratch_dir(), &flags);
        let origin = format!("http://{}", server.address);
        run("graphiql-newcomer.mjs", &[&origin, browser]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_works_in_a_browser() {
    let Some(browser) = chromium() else { return };
    if !is_installed().await {
        return;
    }
    let database = TestDb::new().await;
    let directory = scratch_dir();
    let issuer = format!("http://{}", free_address());
    let flags = console_flags(database.url(), &issuer);
    let server = Program::serve(&directory, &borrowed(&flags));
    eventually("the link is printed", || {
        server.printed().contains("#token=")
    });
    let link = server.printed().trim().to_owned();
    let address = server.address.clone();
    let key = service_key(&directory, &address);
    let restarts = restart_when_asked(server, directory.clone(), flags);
    let request = directory.join("restart").display().to_string();
    run("console.mjs", &[&link, browser, &request, &key, &issuer]).await;
    restarts.abort();
    assert!(link.contains(&address), "{link}");
}

/// Accounts need no mail, a provider of models may be on this machine, and one of sign-ins is, as the script has it.
fn console_flags(url: &str, issuer: &str) -> Vec<String> {
    let acme = json!({"name": "acme", "issuer": issuer, "clientId": "mindloom", "clientSecret": "the-clients-secret"});
    let providers = json!([acme]).to_string();
    let flags = [
        "--autoconfirm",
        "--model-private-addresses",
        "--oauth-providers",
        &providers,
        "--database-url",
        url,
    ];
    flags.map(str::to_owned).to_vec()
}

fn borrowed(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).collect()
}

/// The key with which a program does everything.
fn service_key(directory: &Path, address: &str) -> String {
    let data = directory.to_str().expect("a plain path");
    let arguments = ["keys", "api", "--data-dir", data, "--bind", address];
    let printed = succeed(&mut mindloom(arguments));
    let key = printed
        .lines()
        .find_map(|line| line.strip_prefix("SUPABASE_SERVICE_ROLE_KEY="));
    key.expect("it is printed").to_owned()
}

/// Ends the server and starts it again where it was, whenever the file `restart` appears in its directory: first it is
/// away, until the file goes.
fn restart_when_asked(
    server: Program,
    directory: PathBuf,
    flags: Vec<String>,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let request = directory.join("restart");
        let address = server.address.clone();
        let mut server = Some(server);
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if request.exists() {
                drop(server.take());
            } else if server.is_none() {
                server = Some(Program::serve_at(&directory, &address, &borrowed(&flags)));
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_works_in_a_browser() {
    let Some(browser) = chromium() else { return };
    if is_installed().await {
        let server = Server::start(&[]).await;
        run(
            "graphiql.mjs",
            &[&server.url(), browser, &token_for(Uuid::new_v4(), 60)],
        )
        .await;
    }
}
