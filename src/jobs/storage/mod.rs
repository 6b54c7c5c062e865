//! Jobs about files.

use super::priority::UPKEEP;

jobs! {
    read_recording = "storage.read_recording".concurrency(2);
    remove_files = "storage.remove_files".queue("upkeep").priority(UPKEEP).concurrency(2).attempts(20).schedule("*/10 * * * *");
}
