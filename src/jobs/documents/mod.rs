//! Jobs about documents.

mod by_model;
mod extract;
mod layout;
mod sources;

jobs! {
    generate = "documents.generate".queue("writing").concurrency(64).waits();
    settle_generation = "documents.settle_generation".queue("upkeep").concurrency(2).attempts(20);
}
