//! Files whose bytes lie with a service that speaks S3's protocol: `s3rver`, from npm. Needs Node.

use std::{process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{World, refusal};
use crate::support::{packages, scratch_dir};

/// A service that lives as long as this.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    async fn start() -> Option<Self> {
        let folder = packages::folder("tests/js/s3");
        if !packages::npm(&folder) {
            return None;
        }
        let mut child = Command::new("node")
            .arg("s3.mjs")
            .arg(scratch_dir())
            .arg("files")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let out = child.stdout.take().expect("its output");
        let address = BufReader::new(out)
            .lines()
            .next_line()
            .await
            .expect("a line");
        Some(Service {
            child,
            address: address.expect("an address"),
        })
    }

    async fn world(&self) -> World {
        World::new(&[
            "--files",
            "s3://files/of/test",
            "--s3-endpoint",
            &self.address,
            "--s3-access-key-id",
            "S3RVER",
            "--s3-secret-access-key",
            "S3RVER",
        ])
        .await
    }
}

async fn clean(world: &World, whole: u64) {
    const WAITING: &str = "
        select (select count(*) from mindloom.file_uploads) + (select count(*) from mindloom.file_removals)";
    for _ in 0..500 {
        if world.count(WAITING).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let check = world
        .server
        .app
        .state
        .storage
        .check(false)
        .await
        .expect("a check");
    assert!(check.is_clean() && check.whole == whole, "{check:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_lie_with_a_service() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    let world = service.world().await;
    let alice = &world.alice;
    assert_eq!(
        world
            .put("small.txt", "0123456789", "text/plain")
            .await
            .status(),
        200
    );
    let large: Vec<u8> = (0..14_000_000_u32)
        .map(|number| (number / 251 + number) as u8)
        .collect();
    let put = world
        .put("large.bin", large.clone(), "application/octet-stream")
        .await;
    assert_eq!(put.status(), 200, "{:?}", put.text().await);
    let path = |name: &str| format!("object/private/{}/{name}", alice.id);
    let get = async |name: &str, range: &str| {
        let request = world
            .get(&path(name))
            .bearer_auth(&alice.token)
            .header("range", range);
        request.send().await.expect("an answer")
    };
    assert_eq!(
        get("small.txt", "bytes=3-5")
            .await
            .text()
            .await
            .expect("text"),
        "345"
    );
    assert_eq!(
        get("large.bin", "").await.bytes().await.expect("all of it"),
        large
    );
    let part = get("large.bin", "bytes=6291450-6291460")
        .await
        .bytes()
        .await
        .expect("a part");
    assert_eq!(part, large[6_291_450..=6_291_460]);
    clean(&world, 2).await;
    let transfer = json!({
        "bucketId": "private",
        "sourceKey": format!("{}/large.bin", alice.id),
        "destinationKey": format!("{}/copy.bin", alice.id),
    });
    let copied = world
        .post("object/copy")
        .bearer_auth(&alice.token)
        .body(transfer.to_string());
    assert_eq!(copied.send().await.expect("an answer").status(), 200);
    assert_eq!(
        get("copy.bin", "").await.bytes().await.expect("all of it"),
        large
    );
    assert_eq!(
        world.put("large.bin", "short", "text/plain").await.status(),
        200
    );
    clean(&world, 3).await;
    let names: Vec<String> = ["small.txt", "large.bin", "copy.bin"]
        .map(|name| format!("{}/{name}", alice.id))
        .into();
    let removed = world
        .http
        .delete(world.url("object/private"))
        .bearer_auth(&alice.token);
    let removed = removed
        .body(json!({ "prefixes": names }).to_string())
        .send()
        .await
        .expect("an answer");
    let removed: Value = removed.json().await.expect("JSON");
    assert_eq!(removed.as_array().map(Vec::len), Some(3));
    clean(&world, 0).await;

    assert_eq!(
        world.put("kept.txt", "kept", "text/plain").await.status(),
        200
    );
    service.child.kill().await.expect("it is gone");
    let gone = get("kept.txt", "").await;
    let status = gone.status();
    let (_, code, _) = refusal(gone).await;
    assert_eq!((status.as_u16(), code.as_str()), (503, "SlowDown"));
    assert_eq!(
        world.put("new.txt", "new", "text/plain").await.status(),
        503
    );
    let rows = world.count("select count(*) from storage.objects").await;
    assert_eq!(rows, 1, "no row without bytes");
}
