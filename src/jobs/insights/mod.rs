//! Jobs about what a week shows.

mod by_model;
mod themes;
mod week;

jobs! {
    weekly = "insights.weekly".queue("upkeep").concurrency(1).schedule("20 4 * * 1");
    write = "insights.write".queue("writing").concurrency(16).waits();
}
