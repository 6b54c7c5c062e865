//! One list, asked for by two roles in turn: what that costs beside one role asking.

use rand::{Rng, rngs::SmallRng};

use crate::{
    Failure, load,
    report::{Report, median},
    sample::{USERS, user_id},
    server::Server,
    workload::Workload,
};

const LIST: &str = "query Notes($user: UUID!) { notes(where: {userId: {eq: $user}}, first: 20, \
    orderBy: [{createdAt: DESC}]) { nodes { id content tags wordCount metadata createdAt updatedAt } } }";

/// Rates with users alone, with the operator's program alone, and with both in turn.
pub fn run(
    server: &Server,
    rounds: usize,
    connections: usize,
    seconds: u64,
    report: &mut Report,
) -> Result<(), Failure> {
    let workload = |request| Workload {
        name: "roles",
        request,
        sql: "",
        target: 0.0,
    };
    let workloads = [workload(as_user), workload(as_service), workload(as_either)];
    let mut rates = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (workload, rates) in workloads.iter().zip(&mut rates) {
            rates.push(load::run(server, workload, connections, seconds)?);
        }
    }
    let [user, service, either] = rates.map(|rates| median(&rates));
    // Half of the requests are of each role.
    let expected = 2.0 / (1.0 / user + 1.0 / service);
    report.at_least("a list, users alone", "/s", user, None);
    report.at_least("a list, the service role alone", "/s", service, None);
    report.at_least("a list, two roles in turn", "/s", either, None);
    report.at_least(
        "a list, two roles in turn to one role",
        "x",
        either / expected,
        Some(0.95),
    );
    Ok(())
}

fn variables(user: u32) -> String {
    format!(r#"{{"user":"{}"}}"#, user_id(user))
}

fn as_user(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    let user = random.random_range(1..=USERS);
    server.request(user, LIST, &variables(user), out);
}

fn as_service(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    let user = random.random_range(1..=USERS);
    server.service_request(LIST, &variables(user), out);
}

fn as_either(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    match random.random() {
        true => as_user(server, random, out),
        false => as_service(server, random, out),
    }
}
