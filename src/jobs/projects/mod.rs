//! Jobs about projects.

use super::priority::{UPKEEP, URGENT};

jobs! {
    generate = "projects.generate".queue("writing").priority(URGENT);
    purge_deleted = "projects.purge_deleted".queue("upkeep").priority(UPKEEP).concurrency(1).schedule("20 3 * * *");
    settle_transcription = "projects.settle_transcription".queue("upkeep").concurrency(2).attempts(20);
    transcribe = "projects.transcribe".queue("writing").priority(URGENT).waits();
}
