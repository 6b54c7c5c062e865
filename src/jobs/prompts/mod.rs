//! Jobs about prompts.

use super::priority::{UPKEEP, URGENT};

jobs! {
    generate = "prompts.generate".queue("writing").priority(URGENT);
    purge_history = "prompts.purge_history".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("25 3 * * *");
}
