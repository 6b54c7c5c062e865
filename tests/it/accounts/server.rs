//! A server of its own for one test, reached over HTTP.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use mindloom::{
    accounts::{Accounts, Vault, mail},
    config::{DatabaseUrl, Settings},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::oneshot,
};
use tokio_postgres::types::{FromSqlOwned, ToSql};

use super::flows::Session;
use crate::support::{TestDb, scratch_dir, server::RunningServer};

/// How long anything that happens in the background may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What differs from the defaults.
#[derive(Clone)]
pub struct Options {
    pub autoconfirm: bool,
    /// What one address may try; all together may try ten times as much.
    pub attempts_per_account: u32,
    pub attempts_per_address: u32,
    pub mails_per_account: u32,
    pub redirect_urls: &'static str,
    /// How many reverse proxies tell where a request comes from; none when empty.
    pub proxies: &'static str,
    pub oauth_providers: Option<String>,
    pub smtp_url: Option<String>,
    pub aal2_tables: &'static str,
    pub jwt_secret: Option<&'static str>,
    pub master_key: Option<&'static str>,
    /// Logs everything, on a process of its own, whose log [`Server::log`] returns.
    pub log_everything: bool,
    /// Rows that an account may have; 0 is without limit.
    pub user_max_rows: u32,
    /// Where functions are run, and how long they may take there.
    pub functions_url: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            autoconfirm: false,
            attempts_per_account: 50,
            attempts_per_address: 10_000,
            mails_per_account: 100,
            redirect_urls: "",
            proxies: "",
            oauth_providers: None,
            smtp_url: None,
            aal2_tables: "",
            jwt_secret: None,
            master_key: None,
            log_everything: false,
            user_max_rows: 0,
            functions_url: "",
        }
    }
}

pub struct Server {
    pub url: String,
    pub http: reqwest::Client,
    pub accounts: Accounts,
    settings: Settings,
    database: Arc<TestDb>,
    data_dir: PathBuf,
    log: Arc<Mutex<String>>,
    /// Ends with this value.
    _running: Running,
}

enum Running {
    Here(#[expect(dead_code, reason = "dropping it stops the server")] RunningServer),
    Process(#[expect(dead_code, reason = "dropping it kills the process")] Child),
}

/// A mail as its reader sees it.
pub struct Mail {
    body: String,
    recipient: String,
    subject: String,
    created_at: chrono::DateTime<chrono::Utc>,
}

impl Mail {
    /// The link's token.
    pub fn token(&self) -> String {
        token_in(&self.body)
    }

    /// The six digits.
    pub fn code(&self) -> String {
        code_in(&self.body)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.body
    }

    /// The six digits, where there are any.
    pub fn digits(&self) -> Option<String> {
        let has = self.body.contains("enter this code: ") || self.body.contains("Your code is ");
        has.then(|| self.code())
    }

    /// The whole link, where there is one.
    pub fn address(&self) -> Option<&str> {
        self.body.lines().find(|line| line.starts_with("http"))
    }

    /// The whole link.
    pub fn link(&self) -> &str {
        self.address().expect("a link")
    }
}

/// The token of the link in a mail.
pub fn token_in(mail: &str) -> String {
    let (_, rest) = mail
        .split_once("token=")
        .unwrap_or_else(|| panic!("no token in {mail}"));
    rest.chars()
        .take_while(|character| character.is_ascii_alphanumeric() || "-_".contains(*character))
        .collect()
}

/// The digits in a mail.
pub fn code_in(mail: &str) -> String {
    let (_, rest) = mail
        .split_once("enter this code: ")
        .or_else(|| mail.split_once("Your code is "))
        .unwrap_or_else(|| panic!("no code in {mail}"));
    rest.chars().take(6).collect()
}

impl Server {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let data_dir = scratch_dir();
        let database = Arc::new(TestDb::new().await);
        Self::run_on(database, data_dir, &options).await
    }

    /// A second server on the same database, as behind a load balancer.
    pub async fn another(&self) -> Self {
        self.another_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn another_with(&self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            attempts_per_account: self.settings.accounts.attempts_per_account,
            ..Options::default()
        };
        change(&mut options);
        Self::run_on(Arc::clone(&self.database), self.data_dir.clone(), &options).await
    }

    async fn run_on(database: Arc<TestDb>, data_dir: PathBuf, options: &Options) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}");
        let flags = flags(options, &data_dir, address, &url);
        let mut settings = Settings::from_flags(flags.clone()).expect("settings");
        settings.database = database.settings.clone();
        let log = Arc::new(Mutex::new(String::new()));
        let (accounts, running) = if options.log_everything {
            drop(listener);
            let running = Running::Process(spawn(&flags, &database, &log).await);
            // What the tests ask accounts for by themselves does not go through the process.
            let secret = mindloom::auth::jwt_secret(&settings).expect("a secret");
            let opened = Accounts::open(
                database.db.clone(),
                &settings.accounts,
                &settings.callers.jwt_audience,
                &secret,
                &data_dir,
            );
            (opened.await.expect("the accounts open"), running)
        } else {
            let server = RunningServer::over(&settings, &database.db, listener).await;
            (server.app.state.accounts.clone(), Running::Here(server))
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("mindloom-tests")
            .build()
            .expect("a client");
        Server {
            url,
            http,
            accounts,
            settings,
            database,
            data_dir,
            log,
            _running: running,
        }
    }

    /// The whole answer to an operation.
    pub async fn run(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = token
            .into_iter()
            .fold(request, |request, token| request.bearer_auth(token));
        let body = json!({"query": query, "variables": variables});
        let answer = request.json(&body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// The code of the first error of an operation that comes from an address, through a proxy; empty where there is
    /// none.
    pub async fn code_from(&self, client_ip: &str, query: &str, variables: Value) -> String {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = request.header("x-forwarded-for", client_ip);
        let body = json!({"query": query, "variables": variables});
        let answer = request.json(&body).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_default().to_owned()
    }

    /// The data of an operation that must succeed.
    pub async fn ok(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut answer = self.run(token, query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    /// The first error, without its path, of an operation that must fail.
    pub async fn error(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut answer = self.run(token, query, variables).await;
        let error = answer["errors"][0].take();
        assert!(error.is_object(), "{query}: {answer}");
        error
    }

    /// Runs a statement as the owner of the database.
    pub async fn sql(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) {
        let client = self.database.db.system().await.expect("a connection");
        client
            .execute(sql, parameters)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// The first column of the first row.
    pub async fn one<T: FromSqlOwned>(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> T {
        let client = self.database.db.system().await.expect("a connection");
        client
            .query_one(sql, parameters)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .get(0)
    }

    /// Waits until a count is reached.
    pub async fn until(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)], count: i64) {
        let start = Instant::now();
        loop {
            let found: i64 = self.one(sql, parameters).await;
            if found >= count {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{sql}: {found}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the session's access token reads nothing any more.
    pub async fn until_signed_out(&self, session: &Session) {
        let start = Instant::now();
        while self.is_signed_in(session).await {
            assert!(start.elapsed() < PATIENCE, "still signed in");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the access token is refused for any operation, those that touch no account included.
    pub async fn until_refused(&self, session: &Session) {
        let start = Instant::now();
        loop {
            let answer = self
                .run(Some(&session.access), "{ __typename }", json!({}))
                .await;
            if answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "still accepted: {answer}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until this server accepts the access token.
    pub async fn until_signed_in(&self, session: &Session) {
        let start = Instant::now();
        while !self.is_signed_in(session).await {
            assert!(start.elapsed() < PATIENCE, "still refused");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Signs in until the token is signed with this algorithm and a key of the database.
    pub async fn until_signed_with(&self, algorithm: &str, email: &str, password: &str) -> Session {
        let start = Instant::now();
        loop {
            let session = self.sign_in(email, password).await;
            let header = jsonwebtoken::decode_header(&session.access).expect("a JSON web token");
            if header.kid.is_some() && format!("{:?}", header.alg) == algorithm {
                return session;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "still signed with {:?}",
                header.alg
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The newest mail with this subject to this address; waits for it.
    pub async fn mail_to(&self, recipient: &str, subject: &str) -> Mail {
        self.find_mail(|mail| mail.recipient == recipient && mail.subject == subject)
            .await
    }

    /// The next mail with the same subject to the same address.
    pub async fn mail_after(&self, former: &Mail) -> Mail {
        self.find_mail(|mail| {
            mail.recipient == former.recipient
                && mail.subject == former.subject
                && mail.created_at > former.created_at
        })
        .await
    }

    async fn find_mail(&self, wanted: impl Fn(&mail::Mail) -> bool) -> Mail {
        let vault = Vault::open(&self.settings.accounts, &self.data_dir).expect("the vault");
        let start = Instant::now();
        loop {
            let mails = mail::list(&self.database.db, &vault, 1000)
                .await
                .expect("mails");
            if let Some(mail) = mails.into_iter().find(&wanted) {
                return Mail {
                    body: mail.body.expect("a body"),
                    recipient: mail.recipient,
                    subject: mail.subject,
                    created_at: mail.created_at,
                };
            }
            assert!(start.elapsed() < PATIENCE, "no such mail");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How many mails an address got.
    pub async fn mails_to(&self, recipient: &str) -> i64 {
        self.one(
            "select count(*) from auth.mail_outbox where recipient = $1",
            &[&recipient],
        )
        .await
    }

    /// Turns the logging of what users do on.
    pub async fn enable_activity_logging(&self) {
        self.sql(
            "update public.admin_config \
             set config_data = jsonb_set(config_data, '{user_activity_logging_enabled}', 'true') \
             where config_key = 'logging_settings'",
            &[],
        )
        .await;
    }

    /// Runs a command of the binary beside the server; returns what it prints.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_mindloom"))
            .args(arguments)
            .args(["--data-dir", self.data_dir.to_str().expect("a plain name")])
            .env("DATABASE_URL", self.database.url())
            .output()
            .await
            .expect("the binary runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        text
    }

    /// What the process has logged.
    pub fn log(&self) -> String {
        self.log.lock().expect("no test panics in here").clone()
    }

    /// Every row of every table as text, bytes as text where they are text.
    pub async fn dump(&self) -> String {
        let client = self.database.db.system().await.expect("a connection");
        let columns = "select format('%I.%I', table_schema, table_name), string_agg(case data_type \
               when 'bytea' then format('encode(%I, ''escape'')', column_name) \
               else format('%I::text', column_name) end, ', ') \
             from information_schema.columns join information_schema.tables using (table_schema, table_name) \
             where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE' \
             group by 1";
        let mut dump = String::new();
        for table in client.query(columns, &[]).await.expect("the catalog") {
            let (name, columns): (String, String) = (table.get(0), table.get(1));
            let sql = format!("select concat_ws(' | ', {columns}) from {name}");
            let rows = client
                .query(&sql, &[])
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            dump.push_str(&format!("== {name}\n"));
            for row in rows {
                dump.push_str(&row.get::<_, String>(0));
                dump.push('\n');
            }
        }
        dump
    }
}

fn flags(
    options: &Options,
    data_dir: &std::path::Path,
    address: SocketAddr,
    url: &str,
) -> Vec<String> {
    let mut flags: Vec<String> = Vec::new();
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            flags.extend([format!("--{name}"), value.to_owned()]);
        }
    };
    set("bind", &address.to_string());
    set("data-dir", data_dir.to_str().expect("a plain name"));
    set("public-url", url);
    set(
        "attempts-per-account",
        &options.attempts_per_account.to_string(),
    );
    set(
        "attempts-per-account-total",
        &options.attempts_per_account.saturating_mul(10).to_string(),
    );
    set("proxies", options.proxies);
    set(
        "attempts-per-address",
        &options.attempts_per_address.to_string(),
    );
    set("mails-per-account", &options.mails_per_account.to_string());
    set("mails-per-address", "10000");
    set("redirect-urls", options.redirect_urls);
    set(
        "oauth-providers",
        options.oauth_providers.as_deref().unwrap_or_default(),
    );
    set("smtp-url", options.smtp_url.as_deref().unwrap_or_default());
    set("aal2-tables", options.aal2_tables);
    set("jwt-secret", options.jwt_secret.unwrap_or_default());
    set("master-key", options.master_key.unwrap_or_default());
    set("functions-url", options.functions_url);
    set("functions-timeout-ms", "500");
    set("functions-max-body-bytes", "65536");
    set("user-max-rows", &options.user_max_rows.to_string());
    if options.autoconfirm {
        flags.push("--autoconfirm".to_owned());
    }
    flags
}

/// Runs the binary, and returns when it answers.
async fn spawn(flags: &[String], database: &TestDb, log: &Arc<Mutex<String>>) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mindloom"))
        .arg("serve")
        .args(flags)
        .env(
            "DATABASE_URL",
            database
                .settings
                .url
                .as_ref()
                .map_or("", DatabaseUrl::as_str),
        )
        .env("MINDLOOM_LOG", "debug")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary runs");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let (ready, is_ready) = oneshot::channel();
    let log = Arc::clone(log);
    tokio::spawn(async move {
        let mut ready = Some(ready);
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains("ready")
                && let Some(ready) = ready.take()
            {
                let _ = ready.send(());
            }
            let mut log = log.lock().expect("no test panics in here");
            log.push_str(&line);
            log.push('\n');
        }
    });
    tokio::time::timeout(PATIENCE, is_ready)
        .await
        .expect("ready in time")
        .expect("the server runs");
    child
}
