//! Notes and questions of which it is known what belongs together.

pub(crate) mod questions;
