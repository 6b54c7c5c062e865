//! What has no row has no bytes, whichever way the row went.

use std::{sync::Arc, time::Duration};

use mindloom::storage::{NewFile, Place};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

use super::{World, refusal};
use crate::support::until;

async fn some_files(world: &World, count: usize) {
    for number in 0..count {
        let put = world
            .put(
                &format!("{number}.txt"),
                format!("file {number}"),
                "text/plain",
            )
            .await;
        assert_eq!(put.status(), 200);
    }
    world.settled().await;
    assert_eq!(world.contents(), count);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_go_with_their_rows() {
    for gone in [
        "delete from storage.objects",
        "delete from auth.users",
        "truncate storage.objects",
    ] {
        let world = World::new(&[]).await;
        some_files(&world, 3).await;
        world.test.run_as_owner(gone).await.expect(gone);
        world.settled().await;
        assert_eq!(world.contents(), 0, "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_say_nothing_of_bytes_that_were_not_uploaded() {
    let world = World::new(&[]).await;
    some_files(&world, 1).await;
    let caller = &world.bob.caller;
    let insert = |version: &str| {
        format!(
            "insert into storage.objects (bucket_id, name, version) \
             values ('private', '{}/stolen.txt', '{version}')",
            world.bob.id
        )
    };
    let version = world.text("select version from storage.objects").await;
    let refused = world.test.run_as(caller, &insert(&version)).await;
    let refused = refused.expect_err("no version is taken over twice");
    assert_eq!(refused.constraint.as_deref(), Some("idx_objects_version"));
    let invented = uuid::Uuid::now_v7().to_string();
    let refused = world.test.run_as(caller, &insert(&invented)).await;
    let refused = refused.expect_err("no version is invented");
    assert_eq!(
        refused.constraint.as_deref(),
        Some("objects_version_uploaded")
    );
    let lie = "update storage.objects set metadata = '{\"size\": 1}' returning 1";
    let refused = world
        .test
        .run_as(&world.alice.caller, lie)
        .await
        .expect_err("nobody says how large it is");
    assert_eq!(refused.constraint.as_deref(), Some("objects_metadata_kept"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_agree_is_found_and_mended() {
    let world = World::new(&[]).await;
    some_files(&world, 3).await;
    let storage = &world.server.app.state.storage;
    let check = storage.check(false).await.expect("a check");
    assert!(check.is_clean() && check.whole == 3, "{check:?}");
    let root = world
        .server
        .app
        .state
        .settings
        .data
        .data_dir()
        .join("files/contents");
    let version = world
        .text("select version from storage.objects where name like '%/0.txt'")
        .await;
    let lost = root.join(&version[34..]).join(&version);
    std::fs::remove_file(&lost).expect("a file's bytes");
    let stray = uuid::Uuid::now_v7().to_string();
    std::fs::create_dir_all(root.join(&stray[34..])).expect("a directory");
    std::fs::write(root.join(&stray[34..]).join(&stray), "nobody's").expect("written");
    std::fs::write(root.join(&stray[34..]).join(format!("{stray}#1")), "half").expect("written");
    let version = world
        .text("select version from storage.objects where name like '%/1.txt'")
        .await;
    std::fs::write(
        root.join(&version[34..]).join(&version),
        "longer than it was",
    )
    .expect("written");
    // Pieces of an upload that ended, and of one of which nothing is known but what a server left that died.
    let pieces = root.with_file_name("pieces");
    for (of, name) in [(&version, "0-a"), (&stray, "0-b#1")] {
        std::fs::create_dir_all(pieces.join(of)).expect("a directory");
        std::fs::write(pieces.join(of).join(name), "piece").expect("written");
    }
    let check = storage.check(true).await.expect("a check");
    assert_eq!(check.left_pieces.len(), 2, "{check:?}");
    assert!(!pieces.join(&version).exists() && !pieces.join(&stray).exists());
    assert_eq!(check.without_bytes.len(), 1);
    assert_eq!(
        check.without_row,
        [stray.parse::<uuid::Uuid>().expect("an id")]
    );
    assert_eq!(check.of_other_size.len(), 1);
    assert_eq!(check.leftovers.len(), 1);
    let path = format!("object/private/{}/0.txt", world.alice.id);
    let got = world
        .get(&path)
        .bearer_auth(&world.alice.token)
        .send()
        .await
        .expect("an answer");
    let (status, ..) = refusal(got).await;
    assert_eq!(status, "404");
    let check = storage.check(false).await.expect("a check");
    assert_eq!(
        (
            check.whole,
            check.without_bytes.len(),
            check.without_row.len(),
            check.left_pieces.len() + check.leftovers.len()
        ),
        (1, 0, 0, 0)
    );
}

/// A server may die between an upload's last step and taking its pieces away: the job does it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_of_uploads_that_ended_go_by_themselves() {
    let world = World::new(&[]).await;
    some_files(&world, 2).await;
    let version = world
        .text("select version from storage.objects where name like '%/1.txt'")
        .await;
    let pieces = world
        .server
        .app
        .state
        .settings
        .data
        .data_dir()
        .join("files/pieces");
    let of_upload = pieces.join(&version);
    std::fs::create_dir_all(&of_upload).expect("a directory");
    std::fs::write(of_upload.join("0-a"), "piece").expect("written");
    // The job is called for by whatever is removed.
    let gone = "delete from storage.objects where name like '%/0.txt'";
    world.test.run_as_owner(gone).await.expect(gone);
    until("the pieces are gone", || !of_upload.exists()).await;
    world.settled().await;
    assert_eq!(world.contents(), 1, "the file itself stays");
}

/// Clients go at any moment, also as the bytes are put in their place: that cannot be stopped, and nothing of it stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_of_uploads_and_copies_whose_client_goes_at_their_end() {
    let world = World::new(&[]).await;
    some_files(&world, 1).await;
    let storage = &world.server.app.state.storage;
    let caller = Arc::new(world.alice.caller.clone());
    let name = |name: &str| format!("{}/{name}", world.alice.id);
    let source = name("0.txt");
    let mut random = StdRng::seed_from_u64(11);
    for number in 0..150 {
        let patience = Duration::from_micros(random.random_range(0..3_000));
        let file = NewFile {
            bucket: "private".into(),
            name: name(&format!("sent-{number}")),
            upsert: false,
            content_type: Some("text/plain".into()),
            cache_control: String::new(),
            user_metadata: json!({}),
            size_bytes: None,
        };
        let upload = storage.upload(storage.writer(&caller), file).await;
        let mut upload = upload.expect("an upload");
        upload.write("bytes".into()).await.expect("written");
        drop(tokio::time::timeout(patience, upload.finish()).await);
        let copy = name(&format!("copy-{number}"));
        let place = |name| Place {
            bucket: "private",
            name,
        };
        let (from, to) = (place(&source), place(&copy));
        let copying = storage.duplicate(storage.writer(&caller), from, to, false, (None, None));
        drop(tokio::time::timeout(patience, copying).await);
    }
    // Whoever went as the version was written down left it to its time.
    let late = "update mindloom.file_uploads set expires_at = now() - interval '1 second';
        select private.enqueue_job('storage.remove_files', '{}')";
    world.test.run_as_owner(late).await.expect("a job");
    world.settled().await;
    let check = storage.check(false).await.expect("a check");
    assert!(check.is_clean() && check.awaited == 0, "{check:?}");
    assert!(check.whole > 1, "some were stored");
}

/// An upload whose server died is given up by the job, with what it left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_of_a_server_that_died_are_given_up() {
    let world = World::new(&[]).await;
    let version = uuid::Uuid::now_v7();
    let root = world
        .server
        .app
        .state
        .settings
        .data
        .data_dir()
        .join("files/contents");
    let name = version.to_string();
    let folder = root.join(&name[34..]);
    std::fs::create_dir_all(&folder).expect("a directory");
    std::fs::write(folder.join(format!("{name}#1")), "half").expect("written");
    world
        .test
        .run_as_owner(&format!(
            "insert into mindloom.file_uploads (version, bucket_id, name, expires_at)
         values ('{version}', 'private', 'x', now() - interval '1 second')"
        ))
        .await
        .expect("an upload of before");
    world
        .test
        .run_as_owner("select private.enqueue_job('storage.remove_files', '{}')")
        .await
        .expect("a job");
    for _ in 0..500 {
        if world.contents() == 0
            && world
                .count("select count(*) from mindloom.file_uploads")
                .await
                == 0
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is still there");
}
