//! Jobs about clusters.

jobs! {
    offer = "clusters.offer";
    suggest = "clusters.suggest".concurrency(2);
}
