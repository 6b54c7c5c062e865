//! Texts as the model reads them: tokens, in pieces that it reads at once.

use tokenizers::Tokenizer;

use crate::models::ModelError;

/// Tokens that the model reads at once, the two at its ends included.
const LENGTH_MAX: usize = 256;
const START: &str = "[CLS]";
const END: &str = "[SEP]";
/// Tokens, with the filling of shorter pieces, that are computed at once: what bounds memory, and for how long a query or a
/// note that was just written waits for what is being computed.
const GROUP_TOKENS: usize = 1_024;

/// A piece of a text.
#[derive(Debug)]
pub(super) struct Piece {
    /// Which text it is of.
    pub(super) text: usize,
    /// Its tokens, with those at the ends.
    pub(super) tokens: Vec<i64>,
}

/// The tokenizer of the model, without what its file says of padding and truncation.
pub(super) struct Pieces {
    tokenizer: Tokenizer,
    start: i64,
    end: i64,
}

impl Pieces {
    /// Reads the tokenizer's file.
    pub(super) fn open(path: &std::path::Path) -> Result<Self, ModelError> {
        let unreadable = |what: String| {
            ModelError::Missing(format!("{} cannot be read: {what}", path.display()))
        };
        let mut tokenizer =
            Tokenizer::from_file(path).map_err(|error| unreadable(error.to_string()))?;
        // Both would change what similarities mean: the file fills every text up to one length.
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|error| unreadable(error.to_string()))?;
        let special = |token| {
            tokenizer
                .token_to_id(token)
                .map(i64::from)
                .ok_or_else(|| unreadable(format!("it has no {token}")))
        };
        Ok(Pieces {
            start: special(START)?,
            end: special(END)?,
            tokenizer,
        })
    }

    /// The pieces of a text: at least one, and as many as it takes.
    pub(super) fn of(&self, text: usize, content: &str) -> Result<Vec<Piece>, ModelError> {
        let encoded = self.tokenizer.encode_fast(content, false);
        let encoded = encoded
            .map_err(|_| ModelError::Refused("the text cannot be read as tokens".to_owned()))?;
        let ids: Vec<i64> = encoded.get_ids().iter().map(|id| i64::from(*id)).collect();
        let whole = |ids: &[i64]| {
            let mut tokens = Vec::with_capacity(ids.len() + 2);
            tokens.push(self.start);
            tokens.extend_from_slice(ids);
            tokens.push(self.end);
            Piece { text, tokens }
        };
        if ids.is_empty() {
            return Ok(vec![whole(&[])]);
        }
        Ok(ids.chunks(LENGTH_MAX - 2).map(whole).collect())
    }
}

/// Pieces of about the same length together, as many as are computed at once.
pub(super) fn groups(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by_key(|piece| piece.tokens.len());
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match groups.last_mut() {
            Some(group) if (group.len() + 1) * piece.tokens.len() <= GROUP_TOKENS => {
                group.push(piece);
            }
            _ => groups.push(vec![piece]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_bounded_and_hold_every_piece() {
        let pieces = |lengths: &[usize]| -> Vec<Piece> {
            let piece = |(text, length): (usize, &usize)| Piece {
                text,
                tokens: vec![0; *length],
            };
            lengths.iter().enumerate().map(piece).collect()
        };
        let made = groups(pieces(&[256; 20]));
        assert_eq!(
            made.iter().map(Vec::len).collect::<Vec<_>>(),
            [4, 4, 4, 4, 4]
        );
        let made = groups(pieces(&[256, 3, 3, 250]));
        assert_eq!(made.len(), 1, "they fit together");
        let mut texts: Vec<usize> = made.iter().flatten().map(|piece| piece.text).collect();
        texts.sort_unstable();
        assert_eq!(texts, [0, 1, 2, 3]);
        assert!(groups(Vec::new()).is_empty());
    }
}
