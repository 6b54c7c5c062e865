//! Jobs about the health of database and servers, and what is kept of it.

use super::priority::{UPKEEP, URGENT};

jobs! {
    check = "health.check".queue("health").priority(URGENT).concurrency(1).timeout_s(60).attempts(1).schedule("* * * * *");
    mail = "health.mail".queue("health").priority(URGENT);
    purge = "health.purge".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("40 3 * * *");
    webhook = "health.webhook".queue("health").priority(URGENT).timeout_s(60).attempts(8).backoff_s(10);
}
