//! The parts of a server without its work in the background, over an embedded PostgreSQL that is durable.

use std::sync::Arc;

use mindloom::{
    app::JobWorker,
    app_state::AppState,
    config::Settings,
    db::{self, Db},
    postgres::{self, Database},
};

const SECRET: &str = "a secret of at least thirty-two bytes";

pub struct Stand {
    pub database: Database,
    pub db: Db,
    pub app: Arc<AppState>,
}

impl Stand {
    /// Starts everything below a directory that is removed with the process' temporary files.
    pub async fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("mindloom-bench-{}", std::process::id()));
        let name = directory.to_str().expect("a plain name");
        // Workers are the measurements' own.
        let flags = [
            ["--data-dir", name],
            ["--jwt-secret", SECRET],
            ["--workers", "0"],
        ];
        let settings = Settings::from_flags(flags.concat()).expect("settings");
        let database = postgres::serve(&settings).await.expect("PostgreSQL");
        let owner = db::owner(database.settings()).await.expect("connected");
        migration::up(owner, None).await.expect("migrated");
        let db = Db::connect(database.settings()).await.expect("connected");
        let worker = JobWorker::start(&settings, db.clone())
            .await
            .expect("parts");
        Stand {
            database,
            db,
            app: worker.state,
        }
    }

    /// The owner's address of the database.
    pub fn url(&self) -> String {
        let url = self.database.settings().url.as_ref();
        url.expect("an address").as_str().to_owned()
    }

    /// Stops PostgreSQL.
    pub async fn stop(self) {
        self.db.close();
        self.database.stop().await;
    }
}
