//! Servers and workers are killed while they work: no job is lost or stuck, and every effect happens once.
//!
//! The jobs are mails. Their effect is the row that says that a mail was sent, written together with the job's end; a
//! trigger counts it, and takes long enough to be killed in the middle.

use std::{
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use mindloom::accounts::Vault;
use nix::sys::signal::Signal;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use uuid::Uuid;

use crate::support::{
    TestDb, connect,
    program::{Program, mindloom},
    scratch_dir,
    server::{SECRET, settings},
};

/// `MINDLOOM_TEST_KILLS=50` kills so often.
const KILLS: usize = 6;
const MAILS_PER_KILL: usize = 40;

const COUNT_EFFECTS: &str = "
    create table public.effects (mail uuid not null);
    create function public.count_effect() returns trigger language plpgsql as $$
    begin
      insert into public.effects values (new.id);
      perform pg_sleep(0.03);
      return null;
    end $$;
    create trigger count_effect after update of sent_at on auth.mail_outbox
      for each row execute function public.count_effect();";

fn worker(directory: &Path, url: &str) -> Child {
    mindloom([
        "worker",
        "--workers",
        "4",
        "--database-url",
        url,
        "--jwt-secret",
        SECRET,
        "--data-dir",
    ])
    .arg(directory)
    .stderr(Stdio::null())
    .spawn()
    .expect("the binary runs")
}

async fn server(directory: &Path, url: &str) -> Program {
    let (directory, url) = (directory.to_owned(), url.to_owned());
    let serve = move || {
        let arguments = [
            "--database-url",
            &url,
            "--jwt-secret",
            SECRET,
            "--workers",
            "4",
            "--request-pool-size",
            "4",
            "--allow-schema-differences",
        ];
        Program::serve(&directory, &arguments)
    };
    tokio::task::spawn_blocking(serve).await.expect("a server")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_and_servers_lose_no_job_and_repeat_no_effect() {
    let kills = std::env::var("MINDLOOM_TEST_KILLS")
        .map_or(KILLS, |kills| kills.parse().expect("a number"));
    let test = TestDb::new().await;
    let directory = scratch_dir();
    let mut accounts = settings(&[]).accounts;
    accounts.public_url = None;
    let vault = Vault::open(&accounts, &directory).expect("a vault");
    let client = connect(&test.settings).await;
    client
        .batch_execute(COUNT_EFFECTS)
        .await
        .expect("a trigger");
    let mut random = StdRng::seed_from_u64(11);
    let mut servers = [Some(server(&directory, test.url()).await), None];
    servers[1] = Some(server(&directory, test.url()).await);
    let mut workers = vec![
        worker(&directory, test.url()),
        worker(&directory, test.url()),
    ];
    let mut mails: Vec<Uuid> = Vec::new();
    for kill in 0..kills {
        for _ in 0..MAILS_PER_KILL {
            let id = Uuid::now_v7();
            let sealed = vault
                .seal("auth.mail_outbox.body", id, b"text")
                .expect("sealed");
            client
                .execute(
                    "with mail as (insert into auth.mail_outbox (id, recipient, subject, body_sealed) \
                       values ($1, 'ada@example.org', 'x', $2) returning id) \
                     select private.enqueue_job('accounts.send_mail', jsonb_build_object('mail', id)) from mail",
                    &[&id, &sealed],
                )
                .await
                .expect("a mail");
            mails.push(id);
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(20..300))).await;
        if kill % 3 == 2 {
            let place = random.random_range(0..2);
            let killed = servers[place].take().expect("it runs");
            killed.end(Signal::SIGKILL);
            servers[place] = Some(server(&directory, test.url()).await);
        } else {
            let place = random.random_range(0..2);
            workers[place].kill().expect("it runs");
            workers[place].wait().expect("it ends");
            workers[place] = worker(&directory, test.url());
        }
    }
    let begun = Instant::now();
    let open = "select count(*) from public.job_queue where status <> 'completed' and job_type = 'accounts.send_mail'";
    loop {
        let left: i64 = client.query_one(open, &[]).await.expect("a count").get(0);
        if left == 0 {
            break;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "{left} jobs are stuck or lost"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let figures = "select (select count(*) from public.job_queue where job_type = 'accounts.send_mail'), \
        (select count(*) from public.effects), (select count(distinct mail) from public.effects), \
        (select coalesce(sum(jsonb_array_length(errors)), 0)::bigint from public.job_queue)";
    let row = client.query_one(figures, &[]).await.expect("figures");
    let count = i64::try_from(mails.len()).expect("a number");
    let (jobs, effects, distinct, interrupted): (i64, i64, i64, i64) =
        (row.get(0), row.get(1), row.get(2), row.get(3));
    println!(
        "{kills} kills, {jobs} jobs, {effects} effects, {interrupted} attempts interrupted, all done {:?} after the last",
        begun.elapsed()
    );
    assert_eq!((jobs, effects, distinct), (count, count, count));
    for mut worker in workers {
        worker.kill().expect("it runs");
        worker.wait().expect("it ends");
    }
}
