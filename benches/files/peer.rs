//! What files are compared with: nginx, the disk alone, and the database alone.

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// nginx over a directory of the same files: at one port the system sends them (`sendfile`), at the other nginx reads and
/// writes them, as a program does that looks at what it sends.
pub struct Nginx {
    child: Child,
    ports: [u16; 2],
    directory: PathBuf,
}

impl Nginx {
    /// Starts it with files of 1 MB; nothing where it is not installed.
    pub fn start(names: &[String]) -> Option<Self> {
        let directory = std::env::temp_dir().join(format!("mindloom-nginx-{}", std::process::id()));
        let root = directory.join("root");
        fs::create_dir_all(&root).expect("a directory");
        for name in names {
            fs::write(root.join(name), vec![7_u8; 1 << 20]).expect("written");
        }
        let ports = [free_port()?, free_port()?];
        let here = directory.display();
        let [sends, copies] = ports;
        let conf = format!(
            "daemon off; pid {here}/pid; error_log {here}/error.log; worker_processes auto;
             events {{ worker_connections 1024; }}
             http {{ access_log off; client_body_temp_path {here}/b; proxy_temp_path {here}/p;
               fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s; root {};
               server {{ listen 127.0.0.1:{sends}; sendfile on; }}
               server {{ listen 127.0.0.1:{copies}; sendfile off; }} }}",
            root.display()
        );
        let path = directory.join("nginx.conf");
        fs::write(&path, conf).expect("written");
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&path)
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", copies)).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "nginx does not answer"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Nginx {
            child,
            ports,
            directory,
        })
    }

    /// Where the files are, sent by the system.
    pub fn sends(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.ports[0])
    }

    /// Where they are, sent by nginx.
    pub fn copies(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.ports[1])
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn free_port() -> Option<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").ok()?;
    Some(listener.local_addr().ok()?.port())
}

/// Rows of nothing a second that clients of the database write, each in a transaction of its own: no upload with a row can
/// be faster.
pub async fn commits(database_url: &str, lanes: usize, time: Duration) -> f64 {
    let began = Instant::now();
    let lane = move |_: usize| async move {
        let (client, connection) = tokio_postgres::connect(database_url, tokio_postgres::NoTls)
            .await
            .expect("a database");
        let driver = tokio::spawn(connection);
        let insert = "insert into mindloom.bench_commits (id) values ($1)";
        let insert = client.prepare(insert).await.expect("a statement");
        let mut count = 0_u64;
        while began.elapsed() < time {
            let id = uuid::Uuid::now_v7();
            client.execute(&insert, &[&id]).await.expect("written");
            count += 1;
        }
        driver.abort();
        count
    };
    let counts = futures_util::future::join_all((0..lanes).map(lane)).await;
    counts.iter().sum::<u64>() as f64 / began.elapsed().as_secs_f64()
}

/// Files of 100 KB a second that threads write, sync and rename.
pub async fn disk(lanes: usize, time: Duration) -> f64 {
    let directory = std::env::temp_dir().join(format!("mindloom-disk-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    let began = Instant::now();
    let write = |lane: usize| {
        let directory = directory.clone();
        tokio::task::spawn_blocking(move || {
            let (mut count, bytes) = (0_u64, vec![5_u8; 100_000]);
            while began.elapsed() < time {
                let (new, path) = (
                    directory.join(format!("{lane}-{count}#1")),
                    directory.join(format!("{lane}-{count}")),
                );
                let mut file = fs::File::create(&new).expect("a file");
                file.write_all(&bytes).expect("written");
                file.sync_all().expect("synced");
                fs::rename(&new, &path).expect("renamed");
                fs::File::open(&directory)
                    .and_then(|dir| dir.sync_all())
                    .expect("synced");
                count += 1;
            }
            count
        })
    };
    let mut total = 0;
    for lane in (0..lanes).map(write).collect::<Vec<_>>() {
        total += lane.await.expect("no panic");
    }
    let rate = total as f64 / began.elapsed().as_secs_f64();
    drop(fs::remove_dir_all(&directory));
    rate
}
