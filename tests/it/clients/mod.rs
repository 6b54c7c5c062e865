//! The recipes of docs/clients.md, run against a server as they stand there, and the tools that read the schema.

mod page;
mod tools;

use std::path::{Path, PathBuf};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{
    packages::{folder, npm, pip},
    program::{Program, mindloom, succeed},
    scratch_dir,
};
use page::{Recipe, recipes};

/// Recipes that run at once: each is a process that mostly computes.
const AT_ONCE: usize = 2;

/// A server, and what the programs of the recipes need.
pub struct Kitchen {
    server: Program,
    data_dir: PathBuf,
    python: PathBuf,
}

impl Kitchen {
    /// Nothing where there is no Node or Python.
    fn open() -> Option<Self> {
        let python = pip(&folder("tests/py/requirements.txt"))?;
        if !npm(&folder("tests/js/clients")) {
            return None;
        }
        let data_dir = scratch_dir();
        let server = Program::serve(&data_dir, &["--autoconfirm"]);
        Some(Kitchen {
            server,
            data_dir,
            python,
        })
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    fn anon_token(&self) -> String {
        let mut command = mindloom(["token", "--role", "anon", "--data-dir"]);
        succeed(command.arg(&self.data_dir)).trim().to_owned()
    }

    /// The token of a new user who has one note.
    async fn token(&self, name: &str) -> String {
        let sign_up = "mutation ($email: String!) { signUp(input: {email: $email, password: \"correct horse battery\"}) \
             { session { accessToken } } }";
        let answer = self
            .ask(
                None,
                sign_up,
                json!({"email": format!("{name}@example.org")}),
            )
            .await;
        let token = answer["signUp"]["session"]["accessToken"].as_str();
        let token = token.expect("a session").to_owned();
        let write = "mutation { createNote(input: {content: \"a note\"}) { id } }";
        self.ask(Some(&token), write, json!({})).await;
        token
    }

    async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut request = reqwest::Client::new().post(self.url() + "/graphql");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let request = request.json(&json!({"query": query, "variables": variables}));
        let answer: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Runs lines of shell in a directory; what they printed, or all that they said if they failed or complained.
    async fn run(
        &self,
        directory: &Path,
        token: &str,
        anon: &str,
        script: &str,
    ) -> Result<String, String> {
        let output = Command::new("sh")
            .args(["-e", "-c", script])
            .current_dir(directory)
            .env("SERVER", self.url())
            .env("TOKEN", token)
            .env("ANON_TOKEN", anon)
            .env("PYTHONPATH", &self.python)
            // News about npm is no complaint about the schema.
            .env("NO_UPDATE_NOTIFIER", "1")
            .env("npm_config_update_notifier", "false")
            .output()
            .await
            .expect("a shell");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        if output.status.success() && err.is_empty() {
            return Ok(out);
        }
        Err(format!("{script}\n{}\n{out}\n{err}", output.status))
    }
}

/// A directory with the packages and the schema in it.
fn directory() -> PathBuf {
    let directory = scratch_dir();
    let packages = folder("tests/js/clients/node_modules");
    std::os::unix::fs::symlink(packages, directory.join("node_modules")).expect("a link");
    std::fs::copy(folder("schema.graphql"), directory.join("schema.graphql")).expect("a copy");
    std::fs::write(directory.join("package.json"), r#"{"type": "module"}"#).expect("written");
    directory
}

/// Follows a recipe; what is wrong with it, if anything.
async fn follow(
    kitchen: &Kitchen,
    anon: &str,
    number: usize,
    recipe: &Recipe,
) -> Result<(), String> {
    let directory = directory();
    for (name, text) in &recipe.files {
        std::fs::write(directory.join(name), text).map_err(|error| error.to_string())?;
    }
    let (installs, commands): (Vec<_>, Vec<_>) = recipe
        .commands
        .iter()
        .partition(|line| line.starts_with("npm install ") || line.starts_with("pip install "));
    for line in installs {
        are_installed(line)?;
    }
    let commands: Vec<&str> = commands.into_iter().map(String::as_str).collect();
    let token = kitchen.token(&format!("cook-{number}")).await;
    let printed = kitchen
        .run(&directory, &token, anon, &commands.join("\n"))
        .await?;
    let lines: Vec<&str> = printed.lines().collect();
    if lines == recipe.printed {
        return Ok(());
    }
    Err(format!(
        "printed\n{printed}instead of\n{}",
        recipe.printed.join("\n")
    ))
}

/// Whether the packages that a line installs are those that the test has.
fn are_installed(line: &str) -> Result<(), String> {
    let listed = if line.starts_with("npm") {
        std::fs::read_to_string(folder("tests/js/clients/package.json"))
    } else {
        std::fs::read_to_string(folder("tests/py/requirements.txt"))
    };
    let listed = listed.map_err(|error| error.to_string())?;
    for package in line
        .split_whitespace()
        .skip(2)
        .map(|name| name.trim_matches('"'))
    {
        let name = package.split('[').next().unwrap_or_default();
        if !listed.contains(&format!("\"{name}\":")) && !listed.contains(&format!("{name}==")) {
            return Err(format!("{package} is not among the packages of the test"));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recipe_works_as_it_stands_on_the_page() {
    let page = std::fs::read_to_string(folder("docs/clients.md")).expect("the page");
    let recipes = recipes(&page);
    assert!(recipes.len() >= 8, "{} recipes", recipes.len());
    for recipe in &recipes {
        let is_whole =
            !recipe.files.is_empty() && !recipe.commands.is_empty() && !recipe.printed.is_empty();
        assert!(
            is_whole,
            "{} lacks files, commands or what they print",
            recipe.title
        );
    }
    let Some(kitchen) = Kitchen::open() else {
        return;
    };
    let anon = kitchen.anon_token();
    let (kitchen, anon) = (&kitchen, &anon);
    let failures: Vec<String> = stream::iter(recipes.iter().enumerate())
        .map(|(number, recipe)| async move {
            let followed = follow(kitchen, anon, number, recipe).await;
            followed
                .err()
                .map(|error| format!("{}: {error}", recipe.title))
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
