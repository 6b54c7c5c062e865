//! Upkeep of the records of model calls.

use crate::jobs::priority::UPKEEP;

jobs! {
    end_lost = "answers.end_lost".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("* * * * *");
}
