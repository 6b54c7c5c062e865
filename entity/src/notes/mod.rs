//! Notes, how they are grouped, and what is learned from them.

pub mod clusters;
pub mod insights;
#[expect(
    clippy::module_inception,
    reason = "the domain is named after its main table"
)]
pub mod notes;
pub mod stack_notes;
pub mod stacks;
pub mod vault_notes;
