//! GraphQL selections compiled to SQL, run as the caller, and answered as bytes.
//!
//! The modules are the stages that an operation passes, over [`crate::model`] (what there is) and
//! [`crate::schema`] (how it is named): [`input`] (what was asked), [`operation`] with [`plan`] and [`mod@write`] (what to
//! do), [`sql`] (how to ask), [`execute`] with [`run`], and [`answer`] with [`encode`] (the answer's bytes). It names
//! no table and no custom operation; these are handed in behind [`custom`].

pub mod answer;
mod calendar;
pub mod change;
pub mod cursor;
pub mod custom;
pub mod directives;
pub mod encode;
pub mod execute;
pub mod fault;
pub mod input;
pub mod introspection;
pub mod operation;
pub mod outcome;
pub mod plan;
pub mod run;
pub mod sql;
pub mod transaction;
pub mod value;
pub mod write;
