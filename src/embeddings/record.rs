//! What calls of providers read, on record: for each person whose texts they were.

use std::{collections::BTreeMap, time::Instant};

use uuid::Uuid;

use super::Embeddings;
use crate::{
    error::{Error, Result},
    models::{EmbeddingModel, TEXT_MAX, chat::count_tokens, embedding_price},
};

const RECORD: &str = "
    select private.record_embedding_call($1, $2, $3, $4, $5, $6, $7::text::numeric, $8 * interval '1 ms')";

/// A call that ended, and what it read.
pub(super) struct Call<'a> {
    /// Whose text, and the text.
    pub(super) texts: Vec<(Uuid, &'a str)>,
    /// The tokens of all of them, where the provider tells.
    pub(super) tokens: Option<u64>,
    /// When it began.
    pub(super) began: Instant,
}

impl Embeddings {
    /// Records a call of a provider's model, for each person with the tokens of their texts. What this process computes
    /// costs nothing and is not recorded.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub(super) async fn record(&self, model: &EmbeddingModel, call: Call<'_>) -> Result<()> {
        if !model.is_of_provider() || call.texts.is_empty() {
            return Ok(());
        }
        let is_estimated = call.tokens.is_none();
        let duration_ms = call.began.elapsed().as_secs_f64() * 1_000.0;
        let tokens = match call.tokens {
            Some(tokens) => shares(&call.texts, tokens),
            None => counted(&call.texts).await?,
        };
        let (mut users, mut counts) = (Vec::new(), Vec::new());
        for (user, tokens) in tokens {
            users.push(user);
            counts.push(i64::try_from(tokens).unwrap_or(i64::MAX));
        }
        let name = model.name();
        let key_owner = match model.has_key() {
            true => "server",
            false => "none",
        };
        let price = embedding_price(&self.0.settings, name).map(|dollars| dollars.to_string());
        let client = self.0.db.system().await?;
        let statement = client.prepare_cached(RECORD).await?;
        client
            .query_one(
                &statement,
                &[
                    &name.provider.as_str(),
                    &name.name,
                    &key_owner,
                    &users,
                    &counts,
                    &is_estimated,
                    &price,
                    &duration_ms,
                ],
            )
            .await?;
        Ok(())
    }
}

/// The tokens of each person's texts, by their length; together as many as there are.
fn shares(texts: &[(Uuid, &str)], tokens: u64) -> BTreeMap<Uuid, u64> {
    let mut bytes: BTreeMap<Uuid, u64> = BTreeMap::new();
    for (user, text) in texts {
        *bytes.entry(*user).or_default() += text.len() as u64;
    }
    let (mut left_tokens, mut left_bytes) = (tokens, bytes.values().sum::<u64>());
    bytes
        .into_iter()
        .map(|(user, bytes)| {
            let share = match left_bytes {
                0 => left_tokens,
                all => u64::try_from(u128::from(left_tokens) * u128::from(bytes) / u128::from(all))
                    .unwrap_or(left_tokens),
            };
            left_tokens -= share;
            left_bytes -= bytes;
            (user, share)
        })
        .collect()
}

/// The tokens of each person's texts, as they are counted here.
async fn counted(texts: &[(Uuid, &str)]) -> Result<BTreeMap<Uuid, u64>> {
    let owned = texts.iter().map(|(user, text)| {
        let read: String = text.chars().take(TEXT_MAX).collect();
        (*user, read)
    });
    let owned: Vec<(Uuid, String)> = owned.collect();
    // Counting takes milliseconds, and hundreds of them the first time.
    let counting = tokio::task::spawn_blocking(move || {
        let mut tokens: BTreeMap<Uuid, u64> = BTreeMap::new();
        for (user, text) in owned {
            *tokens.entry(user).or_default() += count_tokens(&text);
        }
        tokens
    });
    counting.await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_the_whole_together() {
        let (ada, ben, eve) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let texts = [(ada, "aaaa"), (ben, "b"), (eve, "c"), (ada, "aaaa")];
        for tokens in [0, 1, 2, 3, 7, 10, 1_000_003] {
            let told = shares(&texts, tokens);
            assert_eq!(told.values().sum::<u64>(), tokens, "{told:?}");
        }
        assert_eq!(
            shares(&texts, 10),
            BTreeMap::from([(ada, 8), (ben, 1), (eve, 1)])
        );
        assert_eq!(shares(&[(ada, "")], 3), BTreeMap::from([(ada, 3)]));
    }
}
