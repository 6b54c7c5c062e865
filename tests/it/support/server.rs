//! A whole server in this process, put together as the program puts it together.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use mindloom::{app::App, config::Settings, db::Db};
use tokio::{net::TcpListener, task::JoinHandle};

use super::scratch_dir;

/// What signs the tokens of servers that tests start.
pub const SECRET: &str = "a secret of at least thirty-two bytes";

/// A server that answers until this is dropped.
pub struct RunningServer {
    pub app: Arc<App>,
    pub address: SocketAddr,
    serving: JoinHandle<()>,
}

impl RunningServer {
    /// A server over the database of a test, on a port of its own.
    pub async fn start(db: &Db, flags: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::over(&settings(flags), db, listener).await
    }

    /// The same with settings that were made elsewhere.
    pub async fn over(settings: &Settings, db: &Db, listener: TcpListener) -> Self {
        let app = Arc::new(start(settings, db).await);
        let address = listener.local_addr().expect("its address");
        let serving = Arc::clone(&app);
        RunningServer {
            serving: tokio::spawn(async move { serving.serve(listener).await }),
            address,
            app,
        }
    }

    /// Stops it as the program does.
    pub async fn stop(mut self) {
        self.app.leave();
        let served = tokio::time::timeout(Duration::from_secs(10), &mut self.serving);
        served.await.expect("it ends in time").expect("no panic");
        self.app.stop(Duration::from_secs(10)).await;
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.app.leave();
        self.serving.abort();
    }
}

/// Settings as flags give them, with a directory of the test and the secret of tests.
pub fn settings(flags: &[&str]) -> Settings {
    let directory = scratch_dir();
    let directory = directory.to_str().expect("a plain name");
    let mut own = vec!["--data-dir", directory, "--jwt-secret", SECRET];
    // What is written by tests of other things need not be understood.
    if !flags.contains(&"--embedding-model") {
        own.extend(["--embedding-model", "off"]);
    }
    let all: Vec<&str> = own.iter().chain(flags).copied().collect();
    Settings::from_flags(all).expect("the flags exist and have values")
}

/// The parts of a server, which answers nobody over the network.
pub async fn start(settings: &Settings, db: &Db) -> App {
    App::start(settings, db.clone()).await.expect("a server")
}
