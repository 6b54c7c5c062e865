//! What a script asks of the test beside the server: the mails that people got, statements, and the provider's people.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accounts::{
    oidc_server::{Fault, OidcServer, Person},
    server::Server,
};

/// Answers until the test ends; returns where.
pub async fn open(server: Arc<Server>, provider: OidcServer) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new()
        .route("/mail", get(mail))
        .route("/sql", post(sql))
        .with_state(server)
        .route("/person", post(sit_down).with_state(provider.clone()))
        .route("/id-token", get(id_token).with_state(provider));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[derive(Deserialize)]
struct Wanted {
    to: String,
    subject: String,
}

async fn mail(State(server): State<Arc<Server>>, Query(wanted): Query<Wanted>) -> Json<Value> {
    let mail = server.mail_to(&wanted.to, &wanted.subject).await;
    Json(json!({"body": mail.text(), "code": mail.digits(), "link": mail.address()}))
}

#[derive(Deserialize)]
struct Statement {
    statement: String,
    text: Option<String>,
}

async fn sql(State(server): State<Arc<Server>>, Json(asked): Json<Statement>) {
    match &asked.text {
        Some(text) => server.sql(&asked.statement, &[text]).await,
        None => server.sql(&asked.statement, &[]).await,
    }
}

async fn sit_down(State(provider): State<OidcServer>, Json(person): Json<Person>) {
    provider.person(person);
}

#[derive(Deserialize)]
struct Token {
    nonce: Option<String>,
    fault: Option<Fault>,
}

async fn id_token(State(provider): State<OidcServer>, Query(wanted): Query<Token>) -> Json<Value> {
    let fault = wanted.fault.unwrap_or(Fault::None);
    Json(json!({"id_token": provider.id_token(wanted.nonce.as_deref(), fault)}))
}
