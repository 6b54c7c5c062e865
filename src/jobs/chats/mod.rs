//! Jobs that write what chats wait for.

use crate::jobs::priority::{UPKEEP, URGENT};

jobs! {
    answer = "chats.answer".queue("chats").priority(URGENT).concurrency(10_000).attempts(5).backoff_s(1).waits();
    purge_streams = "chats.purge_streams".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("35 * * * *");
    title = "chats.title".queue("chats").concurrency(1_000).attempts(2).waits();
}
