//! Changes: from commit to the client's socket under row level security, what the log costs writers, and how
//! long a bell takes on an idle system.
//!
//! The subscribers are sockets of Supabase's protocol, held by a process of its own.

use std::convert::Infallible;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use mindloom::auth::{Caller, Role};
use mindloom::config::DatabaseSettings;
use mindloom::realtime::{Condition, Operations, Plain, Subscription};
use serde_json::{Map, Value, json};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::{
    generator::{Generator, Load},
    process::cpu_seconds,
    stand::Stand,
};

const SECONDS: u64 = 8;

/// Runs all parts and returns a row for each.
pub async fn run(stand: &Stand, share: usize) -> Vec<Value> {
    let client = stand.db.system().await.expect("a connection");
    client
        .execute(
            "insert into auth.users (email) values ('owner@example.org')",
            &[],
        )
        .await
        .expect("an owner");
    drop(client);
    if share > 1 {
        let few = stand.fan_out("10 sockets of 5 owners", OWNED, 5, 2, 50, 1);
        return vec![few.await];
    }
    let mut rows = vec![stand.idle().await];
    rows.push(
        stand
            .fan_out("500 sockets of 50 owners", OWNED, 50, 10, 1_000, 1)
            .await,
    );
    rows.push(
        stand
            .fan_out(
                "5,000 sockets, each change concerns one",
                OWNED,
                5_000,
                1,
                5_000,
                10,
            )
            .await,
    );
    rows.push(
        stand
            .fan_out("500 sockets of 50 collaborators", SHARED, 50, 10, 500, 1)
            .await,
    );
    rows.extend(stand.writers().await);
    rows
}

/// A table to subscribe to: how its owners come to be, and how a row of one is written.
struct Target {
    table: &'static str,
    prepare: &'static str,
    insert: &'static str,
}

const OWNED: Target = Target {
    table: "stacks",
    prepare: "select 1 from unnest($1::uuid[])",
    insert: "insert into public.stacks (user_id, name) select u, 'A stack of notes' from unnest($1::uuid[]) u",
};

/// Each subscriber sees the components of one project, which is somebody else's.
const SHARED: Target = Target {
    table: "project_components",
    prepare: "with people as (select u, gen_random_uuid() as project from unnest($1::uuid[]) u),
        made as (insert into public.projects (id, user_id, name)
            select project, (select id from auth.users where email = 'owner@example.org'), 'Shared' from people
            returning id)
        insert into public.collaborators (project_id, user_id, role) select project, u, 'viewer' from people, made
        where made.id = project",
    insert: "insert into public.project_components (project_id, component_type, name)
        select c.project_id, (enum_range(null::public.component_type))[1], 'A component'
        from unnest($1::uuid[]) u join public.collaborators c on c.user_id = u",
};

impl Stand {
    async fn client(&self) -> Client {
        connect(self.database.settings()).await
    }

    /// A bell on an idle system: inserts half a second apart.
    async fn idle(&self) -> Value {
        let owner = self.people(1).await;
        let client = self.client().await;
        let mut changes = self
            .realtime
            .hub
            .subscribe(self.subscription(OWNED.table, owner[0]))
            .await
            .expect("a stream");
        let mut delays = [Vec::new(), Vec::new()];
        for own in [false, true] {
            let bell = if own { "off" } else { "on" };
            client
                .batch_execute(&format!("set mindloom.doorbell = '{bell}'"))
                .await
                .expect("a setting");
            for _ in 0..40 {
                tokio::time::sleep(Duration::from_millis(500)).await;
                client
                    .execute(OWNED.insert, &[&owner])
                    .await
                    .expect("an insert");
                let committed = Instant::now();
                if own {
                    self.realtime.bell.ring();
                }
                changes.next().await.expect("a change").expect("no error");
                delays[usize::from(own)].push(committed.elapsed().as_secs_f64() * 1e3);
            }
        }
        delays
            .iter_mut()
            .for_each(|delays| delays.sort_by(f64::total_cmp));
        json!({"part": "idle bell to delivery", "server_p50_ms": delays[1][20], "server_p95_ms": delays[1][38],
            "psql_p50_ms": delays[0][20], "psql_p95_ms": delays[0][38]})
    }

    async fn people(&self, count: usize) -> Vec<Uuid> {
        let people: Vec<Uuid> = (0..count).map(|_| Uuid::new_v4()).collect();
        let client = self.db.system().await.expect("a connection");
        client
            .execute("insert into auth.users (id, email) select u, u || '@example.org' from unnest($1::uuid[]) u", &[&people])
            .await
            .expect("people");
        people
    }

    fn subscription(&self, table: &str, owner: Uuid) -> Subscription {
        let claims = json!({"sub": owner, "role": "authenticated", "aud": "authenticated"});
        let claims: Map<String, Value> = claims.as_object().cloned().unwrap_or_default();
        Subscription {
            schema: "public".to_owned(),
            table: table.to_owned(),
            condition: Condition::always(),
            operations: Operations::ALL,
            caller: Arc::new(Caller::from_claims(Role::Authenticated, claims)),
            after: None,
            projection: Arc::new(Plain),
        }
    }

    /// Offers `rate` changes a second in statements of `together` rows and measures every delivery.
    async fn fan_out(
        &self,
        name: &str,
        target: Target,
        owners: usize,
        each: usize,
        rate: u64,
        together: usize,
    ) -> Value {
        let people = self.people(owners).await;
        let client = self.db.system().await.expect("a connection");
        client
            .execute(target.prepare, &[&people])
            .await
            .expect("prepared");
        drop(client);
        // Sockets of one person share a session, as a browser's tabs do.
        let tokens: Vec<String> = people
            .iter()
            .flat_map(|owner| std::iter::repeat_n(self.token_of(*owner), each))
            .collect();
        let load = Load::Changes {
            table: target.table.to_owned(),
        };
        let mut generator = Generator::start(self, &load, &tokens);
        generator.wait_for("ready");
        let (begun, cpu) = (Instant::now(), cpu_seconds(std::process::id()));
        let changes = self.write(&target, &people, rate, together).await;
        let offered = changes as f64 / begun.elapsed().as_secs_f64();
        let expected = changes * each as u64;
        generator.expect(expected);
        let report = generator.report();
        let seconds = begun.elapsed().as_secs_f64();
        let server = cpu_seconds(std::process::id()) - cpu;
        let delivered = report["delivered"].as_u64().unwrap_or_default();
        let mut row = json!({"part": name, "table": target.table, "changes_per_s": offered,
            "rows_per_statement": together, "deliveries_per_s": delivered as f64 / seconds,
            "missing": expected.saturating_sub(delivered), "server_cores": server / seconds,
            "generator_cores": report["cpu_seconds"].as_f64().unwrap_or_default() / seconds});
        for figure in ["cut_off", "p50_ms", "p95_ms", "p99_ms"] {
            row[figure] = report[figure].clone();
        }
        while self.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        row
    }

    /// Four writers at a steady pace; returns how many rows they wrote.
    async fn write(&self, target: &Target, people: &[Uuid], rate: u64, together: usize) -> u64 {
        const WRITERS: u64 = 4;
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let client = self.client().await;
            client
                .batch_execute("set mindloom.doorbell = 'off'")
                .await
                .expect("a setting");
            let statement = client.prepare(target.insert).await.expect("a statement");
            let (people, bell) = (people.to_vec(), Arc::clone(&self.realtime.bell));
            writers.push(tokio::spawn(async move {
                let pause =
                    Duration::from_secs_f64((WRITERS * together as u64) as f64 / rate as f64);
                let mut ticks = tokio::time::interval(pause);
                let (begun, mut next, mut written) = (Instant::now(), writer as usize, 0u64);
                while begun.elapsed() < Duration::from_secs(SECONDS) {
                    ticks.tick().await;
                    let owners: Vec<Uuid> = (0..together)
                        .map(|step| people[(next + step * WRITERS as usize) % people.len()])
                        .collect();
                    next += together * WRITERS as usize;
                    written += client
                        .execute(&statement, &[&owners])
                        .await
                        .expect("an insert");
                    bell.ring();
                }
                written
            }));
        }
        let mut written = 0;
        for writer in writers {
            written += writer.await.expect("a writer");
        }
        written
    }

    /// pgbench with the triggers on and off, alternating.
    async fn writers(&self) -> Vec<Value> {
        let Some(bin) = self.database.bin_dir() else {
            return Vec::new();
        };
        let script =
            std::env::temp_dir().join(format!("mindloom-insert-{}.sql", std::process::id()));
        std::fs::write(
            &script,
            "insert into public.stacks (user_id, name) values
             ((select id from auth.users where email = 'owner@example.org'), 'A stack of notes');\n",
        )
        .expect("a script");
        let mut rows = Vec::new();
        for clients in [1u32, 16] {
            let (mut on, mut off) = (Vec::new(), Vec::new());
            let (mut with, mut without) = (Waits::default(), Waits::default());
            for _ in 0..3 {
                self.set_triggers(bin, "disable");
                off.push(self.watched(bin, &script, clients, &mut without).await);
                self.set_triggers(bin, "enable");
                on.push(self.watched(bin, &script, clients, &mut with).await);
            }
            on.sort_by(f64::total_cmp);
            off.sort_by(f64::total_cmp);
            rows.push(json!({"part": "single-row inserts", "writers": clients, "on_per_s": on[1], "off_per_s": off[1],
                "ratio": on[1] / off[1], "samples": with.busy, "notify_wait_share": with.notify_share()}));
        }
        rows
    }

    /// Runs pgbench and looks at its connections meanwhile, whether there is something to see or not: looking
    /// costs, too.
    async fn watched(&self, bin: &Path, script: &Path, clients: u32, waits: &mut Waits) -> f64 {
        let client = self.client().await;
        tokio::select! {
            rate = pgbench(self.database.url(), bin, script, clients) => rate,
            never = waits.sample(&client) => match never {},
        }
    }

    fn set_triggers(&self, bin: &Path, verb: &str) {
        let names = ["insert", "update", "delete"]
            .map(|name| format!("{verb} trigger \"0_log_{name}\""))
            .join(", ");
        let statement = format!("alter table public.stacks {names}");
        let done = Command::new(bin.join("psql"))
            .args([self.database.url(), "-qc", &statement])
            .status();
        assert!(done.is_ok_and(|status| status.success()), "{statement}");
    }
}

/// What writers were found doing, over looks a few milliseconds apart.
#[derive(Default)]
struct Waits {
    /// How often a writer was found with a statement under way.
    busy: i64,
    /// And how often of these it waited for another's NOTIFY.
    on_notify: i64,
}

impl Waits {
    const EVERY: Duration = Duration::from_millis(3);
    /// A commit with a notification holds a lock on "database 0" until it is on disk; nothing else that
    /// inserts do waits for an object's lock. The rest is the queue that notifications are put into.
    const LOOK: &str =
        "select count(*), count(*) filter (where wait_event_type = 'Lock' and wait_event = 'object'
            or wait_event_type = 'LWLock' and wait_event like 'Notify%')
        from pg_stat_activity where application_name = 'pgbench' and state <> 'idle'";

    /// Looks until it is dropped.
    async fn sample(&mut self, client: &Client) -> Infallible {
        let look = client.prepare(Self::LOOK).await.expect("a statement");
        let mut ticks = tokio::time::interval(Self::EVERY);
        loop {
            ticks.tick().await;
            let row = client.query_one(&look, &[]).await.expect("a look");
            self.busy += row.get::<_, i64>(0);
            self.on_notify += row.get::<_, i64>(1);
        }
    }

    fn notify_share(&self) -> f64 {
        self.on_notify as f64 / self.busy.max(1) as f64
    }
}

/// Runs a script for some seconds; transactions per second.
async fn pgbench(url: &str, bin: &Path, script: &Path, clients: u32) -> f64 {
    let output = tokio::process::Command::new(bin.join("pgbench"))
        .args([
            "-n",
            "-M",
            "prepared",
            "-T",
            "6",
            "-j",
            "2",
            "-c",
            &clients.to_string(),
            "-f",
        ])
        .arg(script)
        .arg(url)
        .output()
        .await
        .expect("pgbench runs");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

async fn connect(settings: &DatabaseSettings) -> Client {
    let url = settings.url.as_ref().expect("an address").as_str();
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}
