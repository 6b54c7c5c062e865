//! Latencies of single requests: a long list beside its own statement, and introspection.

use std::time::Instant;

use futures_util::future::try_join4;
use mindloom::{
    actions,
    db::Db,
    engine::encode::Raw,
    graphql::{build_schemas, read_model},
    postgres::Database,
};

use crate::{
    Failure,
    database::{authenticator_url, connect},
    load::Connection,
    report::{Report, median},
    sample::{TENANTS, user_id},
    server::Server,
};

const REPEATS: usize = 150;

/// How much longer a list of 1,000 rows takes than the transaction in which its statement runs, until
/// its last row has arrived.
pub async fn long_list(
    database: &Database,
    server: &Server,
    report: &mut Report,
) -> Result<(), Failure> {
    const DOCUMENT: &str = "{ notes(first: 1000, orderBy: [{createdAt: DESC}]) \
        { nodes { id content tags wordCount metadata createdAt updatedAt } } }";
    const SQL: &str = "select id, content, tags, word_count, metadata, created_at, updated_at
        from public.notes order by created_at desc, id limit 1000";
    const SET_CALLER: &str = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)";
    let user = TENANTS[2].user;
    let client = connect(authenticator_url(database)?).await?;
    let set_caller = client.prepare(SET_CALLER).await?;
    let claims = format!(r#"{{"role":"authenticated","sub":"{}"}}"#, user_id(user));
    let mut connection = Connection::open(server.address).await?;
    let mut request = Vec::new();
    server.request(user, DOCUMENT, "{}", &mut request);
    // Only a caller may see the table that the statement names.
    client.batch_execute("begin").await?;
    client.execute(&set_caller, &[&claims]).await?;
    let list = client.prepare(SQL).await?;
    client.batch_execute("commit").await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let begun = Instant::now();
        let body = connection.exchange(&request).await?;
        ours.push(begun.elapsed().as_secs_f64() * 1e3);
        if body.len() < 100_000 {
            return Err(String::from_utf8_lossy(body).into());
        }
        let begun = Instant::now();
        let (_, _, rows, _) = try_join4(
            client.batch_execute("begin"),
            client.execute(&set_caller, &[&claims]),
            client.query(&list, &[]),
            client.batch_execute("commit"),
        )
        .await?;
        let bytes: usize = rows.iter().map(|row| row.get::<_, Raw>(1).0.len()).sum();
        theirs.push(begun.elapsed().as_secs_f64() * 1e3);
        assert!(rows.len() == 1000 && bytes > 0);
    }
    let (ours, theirs) = (median(&ours), median(&theirs));
    report.at_most("1,000 rows, the statement alone", "ms", theirs, None);
    report.at_most("1,000 rows, answered", "ms", ours, None);
    report.at_most(
        "1,000 rows, added by the server",
        "%",
        (ours / theirs - 1.0) * 100.0,
        Some(15.0),
    );
    Ok(())
}

/// How long the server builds its schemas when it starts, on connections that are new each time.
pub async fn schema(database: &Database, report: &mut Report) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let db = Db::connect(database.settings()).await?;
        let begun = Instant::now();
        let model = read_model(&db).await?;
        build_schemas(&model, &actions::registry())?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        db.close();
    }
    let name = "building the schemas";
    report.at_most(name, "ms", median(&times), Some(300.0));
    Ok(())
}

/// How long the introspection of the whole schema takes.
pub async fn introspection(server: &Server, report: &mut Report) -> Result<(), Failure> {
    const DOCUMENT: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } \
        subscriptionType { name } types { ...FullType } directives { name description locations \
        args { ...InputValue } } } } fragment FullType on __Type { kind name description \
        fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } \
        isDeprecated deprecationReason } inputFields { ...InputValue } interfaces { ...TypeRef } \
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } \
        possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name description \
        type { ...TypeRef } defaultValue } fragment TypeRef on __Type { kind name ofType { kind name ofType \
        { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }";
    let mut connection = Connection::open(server.address).await?;
    let mut request = Vec::new();
    server.request(1, DOCUMENT, "{}", &mut request);
    let mut times = Vec::new();
    let mut size = 0;
    for _ in 0..20 {
        let begun = Instant::now();
        let body = connection.exchange(&request).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        size = body.len();
        if !body.starts_with(b"{\"data\":{\"__schema\":{") {
            return Err(String::from_utf8_lossy(&body[..body.len().min(500)]).into());
        }
    }
    report.at_most("introspection, first", "ms", times[0], Some(50.0));
    report.at_most("introspection", "ms", median(&times), Some(50.0));
    report.at_most(
        "introspection, size of the answer",
        "kB",
        size as f64 / 1024.0,
        None,
    );
    Ok(())
}
