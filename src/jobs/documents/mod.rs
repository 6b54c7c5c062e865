//! Jobs about documents.

mod by_model;
mod extract;
mod layout;
mod sources;

jobs! {
    generate = "documents.generate".queue("writing").concurrency(64).waits();
}
