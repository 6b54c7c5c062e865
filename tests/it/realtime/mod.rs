//! Changes reach who may see them: all of them, in order, and nobody else.

mod delivery;
mod isolation;
mod judged;
mod killed;
mod live;
mod log;
mod loss;
mod place;
mod resume;
mod second_factor;
pub mod world;
