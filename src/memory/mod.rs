//! What things weigh in memory, how much of it there is, and how it goes back to the system.

mod counted;
mod given_back;
mod machine;
mod resident;

pub use counted::AllocationMeter;
pub use given_back::keep_giving_back;
pub use machine::machine_bytes;
pub use resident::resident_bytes;
