use std::process::ExitCode;

use clap::Args;

use super::{
    Failure,
    output::{self, say},
    with_database,
};
use crate::config::{EmbeddingChoice, ModelName, ModelProvider, Settings};
use crate::db::Db;
use crate::embeddings::{Embeddings, Stage};
use crate::models::{EmbeddingModel, embedding_price};
use crate::progress::Progress;

/// What a token of a European language has, about.
const CHARACTERS_PER_TOKEN: f64 = 4.0;

/// What to do with the texts that have no vector of the model that MINDLOOM_EMBEDDING_MODEL names.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct Arguments {
    /// Embed all of them now. It may be interrupted, and goes on there when it is started again. When all texts have
    /// vectors, searches are answered by this model
    #[arg(long)]
    all: bool,
    /// Say how many they are, and what that costs, and change nothing
    #[arg(long)]
    estimate: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let EmbeddingChoice::Model(name) = &settings.models.embedding_model else {
        return Err("there is no embedding model: set MINDLOOM_EMBEDDING_MODEL (it is off)".into());
    };
    with_database(settings, async |db| {
        embed(settings, arguments, name, db).await
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn embed(
    settings: &Settings,
    arguments: &Arguments,
    name: &ModelName,
    db: &Db,
) -> Result<(), Failure> {
    let embeddings = Embeddings::new(db.clone(), &settings.models, settings.data.cache_dir());
    let stage = embeddings.stage(name).await?;
    output::print(estimate(settings, name, stage));
    if arguments.all {
        let model = embeddings.model(name)?;
        all(&embeddings, &model, stage).await?;
    }
    Ok(())
}

async fn all(embeddings: &Embeddings, model: &EmbeddingModel, stage: Stage) -> Result<(), Failure> {
    let total = u64::try_from(stage.waiting).unwrap_or_default();
    let progress = Progress::of("embedding texts", total);
    let (mut texts, mut refused, mut tokens) = (0, 0, 0);
    let mut whole = embeddings.embed_all(model).await?;
    while let Some(counts) = whole.step().await? {
        progress.advance(counts.texts);
        texts += counts.texts;
        refused += counts.refused;
        tokens += counts.tokens;
    }
    progress.done();
    say!("{texts} texts embedded, {tokens} tokens read");
    if refused > 0 {
        say!("{refused} texts were refused by the model; public.embeddings.error says why");
    }
    Ok(())
}

/// What is to be done, as people read it.
fn estimate(settings: &Settings, model: &ModelName, stage: Stage) -> String {
    let tokens = (stage.waiting_characters as f64 / CHARACTERS_PER_TOKEN).ceil();
    let price = match embedding_price(&settings.models, model) {
        Some(0.0) if model.provider == ModelProvider::Local => {
            "nothing: it runs on this machine".to_owned()
        }
        Some(dollars) => format!(
            "about {:.2} US dollars, at {dollars:.2} for a million tokens",
            (tokens / 1_000_000.0 * dollars * 100.0).ceil() / 100.0
        ),
        None => "unknown: the price of this model is not known here".to_owned(),
    };
    format!(
        "model:  {}\ntexts:  {} of {} wait for a vector\ntokens: about {tokens}\nprice:  {price}\n",
        model, stage.waiting, stage.texts
    )
}
