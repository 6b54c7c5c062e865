//! What things weigh in memory, and how memory goes back to the system.

mod counted;
mod given_back;

pub use counted::AllocationMeter;
pub use given_back::keep_giving_back;
