//! Jobs about what is on record.

use super::priority::UPKEEP;

jobs! {
    purge_activity = "logs.purge_activity".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("30 3 * * *");
    purge_audit = "logs.purge_audit".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("35 3 * * *");
}
