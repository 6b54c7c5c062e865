//! What an audio file says of itself.

mod webm;

use std::{borrow::Cow, io::Cursor};

use lofty::{
    config::ParseOptions,
    file::{AudioFile, TaggedFileExt},
    probe::Probe,
    tag::Accessor,
};
use serde_json::{Map, Value, json};

/// Longer texts are not taken over.
const TEXT_MAX_CHARS: usize = 1_000;

/// How long an audio file is, and what else it tells.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioFacts {
    /// How long, in seconds; nothing where it does not say it.
    pub duration_s: Option<f64>,
    /// How often a second the sound was measured.
    pub sample_rate_hz: Option<u32>,
    /// How many channels there are.
    pub channel_count: Option<u8>,
    /// `title`, `artist`, `album`, `genre`, `comment`, those that are there.
    pub tags: Value,
}

impl AudioFacts {
    /// Reads a file; nothing where its format is not known here.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if webm::is_webm(bytes) {
            return webm::read(bytes);
        }
        // Pictures are large, and nobody asks for them.
        let options = ParseOptions::new().read_cover_art(false);
        let probe = Probe::new(Cursor::new(bytes)).options(options);
        let file = probe.guess_file_type().ok()?.read().ok()?;
        let properties = file.properties();
        let duration = properties.duration();
        let mut tags = Map::new();
        if let Some(tag) = file.primary_tag().or_else(|| file.first_tag()) {
            let mut put = |name: &str, value: Option<Cow<'_, str>>| {
                if let Some(value) = value.as_deref().and_then(readable) {
                    tags.insert(name.to_owned(), json!(value));
                }
            };
            put("title", tag.title());
            put("artist", tag.artist());
            put("album", tag.album());
            put("genre", tag.genre());
            put("comment", tag.comment());
        }
        Some(AudioFacts {
            duration_s: (!duration.is_zero()).then_some(duration.as_secs_f64()),
            sample_rate_hz: properties.sample_rate().filter(|rate| *rate > 0),
            channel_count: properties.channels().filter(|count| *count > 0),
            tags: Value::Object(tags),
        })
    }
}

/// A text of a tag as it is taken over; nothing where it says nothing.
fn readable(text: &str) -> Option<String> {
    let text = text.chars().filter(|c| *c != '\0').take(TEXT_MAX_CHARS);
    let text: String = text.collect();
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a second of silence: 8,000 samples of 16 bits a second, two channels.
    fn wav() -> Vec<u8> {
        let (rate, channels, bytes) = (8_000_u32, 2_u16, 16_000_u32);
        let mut file = b"RIFF".to_vec();
        file.extend((36 + bytes).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend(1_u16.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * 4).to_le_bytes());
        file.extend(4_u16.to_le_bytes());
        file.extend(16_u16.to_le_bytes());
        file.extend(b"data");
        file.extend(bytes.to_le_bytes());
        file.resize(file.len() + bytes as usize, 0);
        file
    }

    #[test]
    fn a_file_says_how_long_it_is() {
        let facts = AudioFacts::read(&wav()).expect("an audio file");
        assert_eq!(facts.duration_s, Some(0.5));
        assert_eq!(
            (facts.sample_rate_hz, facts.channel_count),
            (Some(8_000), Some(2))
        );
        assert_eq!(AudioFacts::read(b"no audio at all"), None);
        assert_eq!(AudioFacts::read(&[]), None);
    }
}
