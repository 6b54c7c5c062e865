//! Jobs about notes.

use super::priority::UPKEEP;

jobs! {
    purge_deleted = "notes.purge_deleted".queue("upkeep").priority(UPKEEP).concurrency(1);
}
