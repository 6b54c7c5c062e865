//! How the server is reached. The protocol's library has a version of the HTTP client of its own.

use std::{sync::Arc, time::Duration};

use reqwest_of_rmcp::{
    Client, Error,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use crate::models::chat::{Reach, public_addresses};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Finds the addresses of names, and leaves out those of the server's own network.
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = public_addresses(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A client of its own for each answer: nothing of one person's connection is left for another's.
///
/// # Errors
/// When the system gives no TLS.
pub(super) fn client(reach: Reach) -> Result<Client, Error> {
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        // A server that redirects could send the token anywhere.
        .redirect(Policy::none())
        .user_agent("mindloom");
    match reach {
        Reach::Anywhere => client.build(),
        Reach::Public => client
            .dns_resolver(Arc::new(PublicNames))
            .no_proxy()
            .build(),
    }
}
