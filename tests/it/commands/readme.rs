//! The first five minutes of README.md, command by command as somebody would copy them into a terminal.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use super::Served;
use crate::support::program::{eventually, mindloom};
use crate::support::scratch_dir;

/// Who meets the project reads one page.
#[test]
fn the_first_page_is_one_page() {
    let lines = include_str!("../../../README.md").lines().count();
    assert!(lines <= 110, "{lines} lines");
}

/// A shell into which commands are typed, and what it has printed.
struct Terminal {
    shell: Child,
    input: ChildStdin,
    printed: Arc<Mutex<String>>,
}

impl Terminal {
    /// A shell that finds the binary, and a server by settings in its environment.
    fn open(served: &Served) -> Self {
        let program = mindloom([""; 0]);
        let folder = Path::new(program.get_program()).parent().expect("a folder");
        let path = std::env::var("PATH").expect("a PATH");
        let mut shell = Command::new("bash")
            .args(["--norc", "--noprofile"])
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("HOME", scratch_dir())
            .env("DATABASE_URL", served.database.url())
            .env("MINDLOOM_DATA_DIR", &served.data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bash runs");
        let printed = Arc::new(Mutex::new(String::new()));
        let output = shell.stdout.take().expect("it is piped");
        let errors = shell.stderr.take().expect("it is piped");
        for stream in [
            Box::new(output) as Box<dyn Read + Send>,
            Box::new(errors) as Box<dyn Read + Send>,
        ] {
            let printed = Arc::clone(&printed);
            std::thread::spawn(move || collect(stream, &printed));
        }
        Terminal {
            input: shell.stdin.take().expect("it is piped"),
            shell,
            printed,
        }
    }

    fn printed(&self) -> String {
        self.printed.lock().expect("nobody panics with it").clone()
    }

    /// Types a block of commands and waits until a pattern has been printed so often.
    fn type_in(&mut self, block: &str, pattern: &str, count: usize) {
        writeln!(self.input, "{block}").expect("the shell reads");
        eventually(&format!("{block}\nprints {pattern}"), || {
            self.printed().matches(pattern).count() >= count
        });
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the terminal says:\n{}", self.printed());
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

fn collect(mut stream: impl Read, printed: &Mutex<String>) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = stream.read(&mut buffer).inspect(|length| {
        let text = String::from_utf8_lossy(&buffer[..*length]).into_owned();
        printed
            .lock()
            .expect("nobody panics with it")
            .push_str(&text);
    }) {}
}

/// The blocks of commands below a heading.
fn blocks(heading: &str) -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once(heading).expect("the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_five_minutes_work_as_they_are_written() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI has curl");
        eprintln!("skipped: curl is not installed");
        return;
    }
    let served = Served::start(&[]).await;
    let address = served.program.address.clone();
    let blocks = blocks("## First five minutes");
    let blocks: Vec<String> = blocks
        .iter()
        .map(|block| block.replace("127.0.0.1:4000", &address))
        .collect();
    let [start, prepare, query, subscribe, write, stop] = &blocks[..] else {
        panic!("six blocks: {blocks:?}")
    };
    assert_eq!(start, "cargo install --locked --path .\nmindloom\n");
    let mut terminal = Terminal::open(&served);
    terminal.type_in(&format!("{prepare}echo \"<${{#TOKEN}}>\""), ">\n", 1);
    let printed = terminal.printed();
    let page = format!("In a browser, http://{address}, sign in as");
    assert!(printed.contains(&page), "{printed}");
    assert!(!printed.contains("<0>"), "a token: {printed}");
    terminal.type_in(query, "\"totalCount\":", 1);
    let printed = terminal.printed();
    assert!(
        printed.contains(r#""me":{"email":"luca.adler.0@demo.example"}"#),
        "{printed}"
    );
    assert!(!printed.contains(r#""totalCount":0"#), "{printed}");
    assert!(!printed.contains("errors"), "{printed}");
    terminal.type_in(subscribe, "event: next", 1);
    assert!(!terminal.printed().contains("Hello from the README"));
    terminal.type_in(write, "\"createNote\":", 1);
    // The change arrives by itself.
    terminal.type_in("", r#"{"content":"Hello from the README"}"#, 1);
    terminal.type_in(&format!("{stop}wait; jobs; echo stopped"), "stopped\n", 1);
}
