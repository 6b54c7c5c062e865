//! From tokens to vectors.

use std::path::Path;

use ort::{
    environment::Environment,
    session::{Session, builder::GraphOptimizationLevel},
    value::Tensor,
};
use parking_lot::Mutex;

use super::pieces::Piece;

/// The numbers of a vector.
const DIMENSIONS: usize = 384;
/// The library's environment: it knows one in a process, which is never given back.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// So many sessions of a model, each of which computes with one thread.
pub(super) fn sessions(
    runtime: &Path,
    weights: &Path,
    count: usize,
) -> Result<Vec<Session>, ort::Error> {
    let environment = environment(runtime)?;
    (0..count)
        .map(|_| {
            Session::builder(&environment)?
                .with_optimization_level(GraphOptimizationLevel::Level3)?
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                // It would keep the memory of the largest group of every shape.
                .with_memory_pattern(false)?
                .commit_from_file(weights)
        })
        .collect()
}

fn environment(runtime: &Path) -> Result<Environment, ort::Error> {
    let mut known = ENVIRONMENT.lock();
    if let Some(environment) = &*known {
        return Ok(environment.clone());
    }
    let environment = ort::init_from(runtime)
        .map_err(|error| ort::Error::new(error.to_string()))?
        .with_name("mindloom")
        .with_telemetry(false)
        .build()?;
    *known = Some(environment.clone());
    Ok(environment)
}

/// The vectors of pieces, in their order: the mean of what the model says of each token. None is of length 1 yet.
pub(super) fn infer(session: &mut Session, pieces: &[Piece]) -> Result<Vec<Vec<f32>>, ort::Error> {
    let rows = pieces.len();
    let length = pieces
        .iter()
        .map(|piece| piece.tokens.len())
        .max()
        .unwrap_or(0);
    let mut tokens = vec![0_i64; rows * length];
    let mut mask = vec![0_i64; rows * length];
    for (row, piece) in pieces.iter().enumerate() {
        let from = row * length;
        tokens[from..from + piece.tokens.len()].copy_from_slice(&piece.tokens);
        mask[from..from + piece.tokens.len()].fill(1);
    }
    let shape = [rows, length];
    let outputs = session.run(ort::inputs![
        "input_ids" => Tensor::from_array((shape, tokens))?,
        "attention_mask" => Tensor::from_array((shape, mask))?,
        "token_type_ids" => Tensor::from_array((shape, vec![0_i64; rows * length]))?,
    ])?;
    let (found, states) = outputs["last_hidden_state"].try_extract_tensor::<f32>()?;
    if states.len() != rows * length * DIMENSIONS {
        return Err(ort::Error::new(format!(
            "the model answered {found:?} numbers for {rows} texts of {length} tokens"
        )));
    }
    let of_row = states.chunks_exact(length * DIMENSIONS);
    Ok(of_row
        .zip(pieces)
        .map(|(states, piece)| mean(states, piece.tokens.len()))
        .collect())
}

/// The mean over the first `count` tokens, which are the ones that are there.
fn mean(states: &[f32], count: usize) -> Vec<f32> {
    let mut sum = vec![0.0; DIMENSIONS];
    for state in states.chunks_exact(DIMENSIONS).take(count) {
        for (total, x) in sum.iter_mut().zip(state) {
            *total += x;
        }
    }
    for total in &mut sum {
        *total /= count as f32;
    }
    sum
}
