//! Accounts in Supabase's protocol: its packages, unmodified, against a running server, and what no package sends.

mod desk;
mod functions;
mod packages;
mod shapes;

use super::server::Server;

/// What `mindloom keys api` prints.
struct Keys {
    anon: String,
    service: String,
}

impl Keys {
    async fn of(server: &Server) -> Self {
        let printed = server.command(&["keys", "api"]).await;
        let of = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} in {printed}"))
                .to_owned()
        };
        Keys {
            anon: of("SUPABASE_ANON_KEY="),
            service: of("SUPABASE_SERVICE_ROLE_KEY="),
        }
    }
}
