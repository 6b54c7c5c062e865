//! Models: what makes vectors of texts, here and at providers.

mod files;
mod local;
pub mod provider;
mod providers;

use mindloom::{
    config::{ModelName, Settings},
    models::Models,
};

/// The models that flags give access to, over the cache of this machine.
fn models(flags: &[&str]) -> Models {
    let settings = Settings::from_flags(flags.iter().copied()).expect("the flags exist");
    Models::new(&settings.models, settings.data.cache_dir())
}

fn name(text: &str) -> ModelName {
    text.parse().expect("a model's name")
}

/// The cosine of two vectors of length 1.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}
