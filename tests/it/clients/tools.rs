//! Tools that read the schema, as a file, from the server or as an introspection's answer: none has a word to say
//! about it.

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{AT_ONCE, Kitchen, directory};

const DOCUMENTS: &str = "
query Latest { notes(first: 1) { nodes { id content cluster { id title } } } }
mutation Write($input: NoteInput!) { createNote(input: $input) { id } }
subscription Changes { notesChanges { operation record { id } } }
subscription Present { presence(channel: \"room\") { __typename } }
";

const CODEGEN: &str = "
schema: ${SCHEMA}
documents: documents.graphql
generates:
  ./generated/:
    preset: client
";

/// Prints the schema that came over a socket, and again in the order of names.
const PRINTED: &str = r#"
import asyncio, os, sys
from gql import Client
from gql.transport.websockets import WebsocketsTransport
from graphql import build_schema, lexicographic_sort_schema, print_schema

transport = WebsocketsTransport(
    url=os.environ["SERVER"].replace("http", "ws", 1) + "/graphql",
    subprotocols=[sys.argv[1]],
    connect_args={"max_size": 16 << 20},
)

async def main():
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        printed = print_schema(lexicographic_sort_schema(session.client.schema))
        with open("schema.graphql") as file:
            written = print_schema(lexicographic_sort_schema(build_schema(file.read())))
        print("the same" if printed == written else "another")

asyncio.run(main())
"#;

/// What each prints last where all is well.
const TOOLS: [(&str, &str, &str); 7] = [
    (
        "graphql-inspector, file and server",
        "npx graphql-inspector diff schema.graphql $SERVER/graphql",
        "[success] No changes detected",
    ),
    (
        "graphql-inspector, documents",
        "npx graphql-inspector validate documents.graphql schema.graphql",
        "[success] All documents are valid",
    ),
    (
        "graphql-codegen, introspection",
        "SCHEMA=introspection.json npx graphql-codegen --silent --config codegen.yml && echo done",
        "done",
    ),
    (
        "gql.tada, file",
        "npx gql.tada generate-output --tsconfig file.json && test -s file.d.ts && echo done",
        "done",
    ),
    (
        "gql.tada, server",
        "sed \"s,schema.graphql,$SERVER/graphql,;s,file.d.ts,server.d.ts,\" file.json > server.json
         npx gql.tada generate-output --tsconfig server.json && test -s server.d.ts && echo done",
        "done",
    ),
    (
        "Python's graphql-core, graphql-transport-ws",
        "python3 printed.py graphql-transport-ws",
        "the same",
    ),
    (
        "Python's graphql-core, graphql-ws",
        "python3 printed.py graphql-ws",
        "the same",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_reads_the_schema_without_a_word() {
    let Some(kitchen) = Kitchen::open() else {
        return;
    };
    let kitchen = &kitchen;
    let introspection = kitchen.ask(None, INTROSPECTION, json!({})).await;
    let introspection = json!({"data": introspection}).to_string();
    let tada = json!({
        "compilerOptions": {"plugins": [
            {"name": "gql.tada/ts-plugin", "schema": "schema.graphql", "tadaOutputLocation": "file.d.ts"},
        ]},
    });
    let introspection = &introspection;
    let tada = &tada.to_string();
    let failures: Vec<String> = stream::iter(TOOLS)
        .map(|(tool, script, expected)| async move {
            let directory = directory();
            for (name, text) in [
                ("documents.graphql", DOCUMENTS),
                ("codegen.yml", CODEGEN),
                ("printed.py", PRINTED),
                ("introspection.json", introspection),
                ("file.json", tada),
            ] {
                std::fs::write(directory.join(name), text).expect("written");
            }
            let printed = kitchen.run(&directory, "", "", script).await;
            match printed {
                Ok(text) if text.lines().last() == Some(expected) => None,
                Ok(text) | Err(text) => Some(format!("{tool}: {text}")),
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

const INTROSPECTION: &str = include_str!("../engine/introspection.graphql");
