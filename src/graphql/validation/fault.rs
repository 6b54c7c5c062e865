//! What the checks of this room find.

use apollo_compiler::parser::SourceSpan;

/// As many faults are told; somebody who mends those sees the next ones.
pub(super) const FAULTS_MAX: usize = 50;

/// What is wrong, and where.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub location: Option<SourceSpan>,
    pub message: String,
}

/// What was found in the values of a document.
pub(super) struct Findings {
    pub faults: Vec<Fault>,
    /// Where the values of the schema's own scalars stand that have several parts. Only what stands
    /// in `faults` is wrong with those: the crate takes their elements for values of the same type.
    pub scalars: Vec<SourceSpan>,
}
