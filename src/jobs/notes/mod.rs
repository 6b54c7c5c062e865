//! Jobs about notes and what is made of them.

use super::priority::UPKEEP;

jobs! {
    purge_deleted = "notes.purge_deleted".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("5 3 * * *");
    purge_insights = "notes.purge_insights".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("10 3 * * *");
    purge_orphaned_clusters = "notes.purge_orphaned_clusters".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("15 3 * * *");
}
