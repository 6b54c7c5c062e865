//! Jobs about accounts.

use super::priority::{UPKEEP, URGENT};

jobs! {
    purge_expired = "accounts.purge_expired".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("7 * * * *");
    send_mail = "accounts.send_mail".queue("mail").priority(URGENT).provider("smtp").attempts(6).backoff_s(60);
}
