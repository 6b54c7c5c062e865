//! Jobs about prompts.

use super::priority::UPKEEP;

jobs! {
    purge_history = "prompts.purge_history".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("25 3 * * *");
}
