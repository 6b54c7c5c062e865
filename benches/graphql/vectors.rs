//! Nearest notes under row level security: how many of the true ones are found, and how fast.

use std::{collections::HashSet, time::Instant};

use mindloom::postgres::Database;
use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Failure,
    database::connect,
    load::Connection,
    report::{Report, median},
    sample::{TENANTS, embedding, user_id},
    server::Server,
};

const SEARCHES: usize = 40;
const DOCUMENT: &str = "query Nearest($vector: Vector!) { notes(first: 10, where: {embedding: {isNull: false}}, \
    orderBy: [{embedding: {nearestTo: $vector}}]) { nodes { id } } }";

/// Measures recall@10 against an exact scan, and the latency, for each tenant.
pub async fn run(database: &Database, server: &Server, report: &mut Report) -> Result<(), Failure> {
    let client = connect(database.url()).await?;
    client
        .batch_execute("set search_path = public, extensions; set enable_indexscan = off; set enable_bitmapscan = off")
        .await?;
    let exact = client
        .prepare(
            "select id from public.notes where user_id = $1 and embedding is not null
             order by embedding <=> $2::text::vector limit 10",
        )
        .await?;
    let mut connection = Connection::open(server.address).await?;
    let mut request = Vec::new();
    for tenant in &TENANTS {
        let mut random = StdRng::seed_from_u64(7);
        let (mut found, mut expected, mut times) = (0, 0, Vec::new());
        for _ in 0..SEARCHES {
            let vector = embedding(&mut random);
            let truth = client
                .query(&exact, &[&user_id(tenant.user), &format!("{vector:?}")])
                .await?;
            let truth: HashSet<Uuid> = truth.iter().map(|row| row.get(0)).collect();
            server.request(
                tenant.user,
                DOCUMENT,
                &json!({ "vector": vector }).to_string(),
                &mut request,
            );
            let begun = Instant::now();
            let body = connection.exchange(&request).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            let answer: Value = serde_json::from_slice(body)?;
            let nodes = answer["data"]["notes"]["nodes"]
                .as_array()
                .ok_or_else(|| answer.to_string())?;
            let ids = nodes
                .iter()
                .filter_map(|node| node["id"].as_str()?.parse::<Uuid>().ok());
            found += ids.filter(|id| truth.contains(id)).count();
            expected += truth.len();
        }
        let recall = found as f64 / expected as f64;
        let name = format!(
            "vector search, {} tenant ({} notes)",
            tenant.name, tenant.notes
        );
        report.at_least(&format!("{name}, recall@10"), "", recall, Some(0.99));
        report.at_most(&format!("{name}, median"), "ms", median(&times), None);
    }
    Ok(())
}
