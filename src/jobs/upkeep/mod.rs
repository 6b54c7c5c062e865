//! Jobs about the database itself.

use super::priority::UPKEEP;

jobs! {
    analyze_tables = "upkeep.analyze_tables".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("15 4 * * *");
    purge_idempotency_keys = "upkeep.purge_idempotency_keys".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("3 * * * *");
    purge_jobs = "upkeep.purge_jobs".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("40 3 * * *");
    purge_limits = "upkeep.purge_limits".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("45 3 * * *");
    purge_tokens = "upkeep.purge_tokens".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("50 3 * * *");
    refresh_feedback = "upkeep.refresh_feedback".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("0 4 * * *");
}
