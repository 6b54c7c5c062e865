//! WebM, as browsers record it: Matroska whose length nobody wrote down, for it is written while it is recorded. The
//! length is where the last sound ends.
//!
//! Elements that hold others are stepped into wherever they are, so that it does not matter whether their size is known;
//! all others are stepped over. Every step moves on, so a file is read once, whatever it says of itself.

use serde_json::{Map, json};

use super::{AudioFacts, TEXT_MAX_CHARS, readable};

/// What all files of this kind begin with.
const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const TITLE: u32 = 0x7ba9;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const DEFAULT_DURATION: u32 = 0x0023_e383;
const AUDIO: u32 = 0xe1;
const SAMPLING_FREQUENCY: u32 = 0xb5;
const CHANNELS: u32 = 0x9f;
const CLUSTER: u32 = 0x1f43_b675;
const TIMESTAMP: u32 = 0xe7;
const SIMPLE_BLOCK: u32 = 0xa3;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const BLOCK_DURATION: u32 = 0x9b;

/// The type of tracks that are heard.
const HEARD: u64 = 2;
/// A millisecond, which is what times are counted in unless a file says otherwise.
const SCALE_NS: f64 = 1_000_000.0;
/// Longer than any recording: what says more is wrong.
const LENGTH_MAX_S: f64 = 1_000_000.0;

/// What is known of a file so far.
#[derive(Default)]
struct Seen {
    scale_ns: Option<f64>,
    /// The length that the file states, in its own units.
    stated: Option<f64>,
    title: Option<String>,
    /// The first track that is heard.
    heard: Option<Track>,
    track: Track,
    cluster: u64,
    last: Option<Sound>,
    /// Whether the latest block is the last sound: only then the length stated after it is that sound's.
    taken: bool,
    /// How far the last two sounds are from each other.
    step: u64,
}

#[derive(Default, Clone)]
struct Track {
    number: u64,
    kind: u64,
    is_opus: bool,
    default_ns: Option<f64>,
    rate_hz: Option<f64>,
    channels: Option<u64>,
}

/// Something to hear: when it begins, and how long it lasts where that is known, both in the file's units or seconds.
struct Sound {
    at: u64,
    units: Option<u64>,
    seconds: Option<f64>,
}

/// Whether a file is of this kind.
pub(super) fn is_webm(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// Reads a file; nothing where nothing in it is to be heard.
pub(super) fn read(bytes: &[u8]) -> Option<AudioFacts> {
    let mut seen = Seen::default();
    let mut rest = bytes;
    while let Some((id, size, after)) = element(rest) {
        let is_master = matches!(
            id,
            SEGMENT | INFO | TRACKS | TRACK_ENTRY | AUDIO | CLUSTER | BLOCK_GROUP
        );
        if is_master {
            seen.enter(id);
            rest = after;
            continue;
        }
        // A file that breaks off in an element, or does not say where it ends, ends there.
        let Some((value, next)) = size.and_then(|size| after.split_at_checked(size)) else {
            break;
        };
        seen.value(id, value);
        rest = next;
    }
    seen.facts()
}

impl Seen {
    fn enter(&mut self, id: u32) {
        match id {
            TRACK_ENTRY => self.take_track(),
            CLUSTER => {
                self.take_track();
                self.cluster = 0;
            }
            BLOCK_GROUP => self.taken = false,
            _ => {}
        }
    }

    /// The track that was told of is complete.
    fn take_track(&mut self) {
        let track = std::mem::take(&mut self.track);
        if track.kind == HEARD && self.heard.is_none() {
            self.heard = Some(track);
        }
    }

    fn value(&mut self, id: u32, value: &[u8]) {
        match id {
            TIMESTAMP_SCALE => self.scale_ns = Some(unsigned(value) as f64),
            DURATION => self.stated = float(value),
            TITLE => {
                let value = value.get(..4 * TEXT_MAX_CHARS).unwrap_or(value);
                self.title = readable(&String::from_utf8_lossy(value));
            }
            TRACK_NUMBER => self.track.number = unsigned(value),
            TRACK_TYPE => self.track.kind = unsigned(value),
            CODEC_ID => self.track.is_opus = value.starts_with(b"A_OPUS"),
            DEFAULT_DURATION => self.track.default_ns = Some(unsigned(value) as f64),
            SAMPLING_FREQUENCY => self.track.rate_hz = float(value),
            CHANNELS => self.track.channels = Some(unsigned(value)),
            TIMESTAMP => self.cluster = unsigned(value),
            SIMPLE_BLOCK | BLOCK => self.block(value),
            BLOCK_DURATION => {
                if let Some(last) = self.last.as_mut().filter(|_| self.taken) {
                    last.units = Some(unsigned(value));
                }
            }
            _ => {}
        }
    }

    /// A block: its track, when it is heard in its cluster, flags, and the sound.
    fn block(&mut self, block: &[u8]) {
        self.taken = false;
        let Some(heard) = &self.heard else {
            return;
        };
        let Some((Some(number), after)) = number(block) else {
            return;
        };
        let [high, low, flags, sound @ ..] = after else {
            return;
        };
        if number != heard.number {
            return;
        }
        let offset = i64::from(i16::from_be_bytes([*high, *low]));
        let at = self.cluster.saturating_add_signed(offset);
        let is_laced = flags & 0x06 != 0;
        let seconds = match heard.is_opus && !is_laced {
            true => opus_seconds(sound),
            false => heard.default_ns.map(|ns| ns / 1e9),
        };
        if let Some(last) = &self.last {
            // Sounds may come in another order than they are heard.
            let Some(step) = at.checked_sub(last.at) else {
                return;
            };
            self.step = step;
        }
        self.last = Some(Sound {
            at,
            units: None,
            seconds,
        });
        self.taken = true;
    }

    fn facts(mut self) -> Option<AudioFacts> {
        self.take_track();
        let heard = self.heard?;
        let scale_s = self.scale_ns.filter(|ns| *ns > 0.0).unwrap_or(SCALE_NS) / 1e9;
        let ended = self.last.map(|last| {
            let lasts = match (last.units, last.seconds) {
                (Some(units), _) => units as f64 * scale_s,
                (None, Some(seconds)) => seconds,
                (None, None) => self.step as f64 * scale_s,
            };
            last.at as f64 * scale_s + lasts
        });
        let length = ended.or(self.stated.map(|stated| stated * scale_s));
        let mut tags = Map::new();
        if let Some(title) = self.title {
            tags.insert("title".to_owned(), json!(title));
        }
        let rate = heard.rate_hz.filter(|rate| (1.0..=1e7).contains(rate));
        let channels = heard
            .channels
            .and_then(|channels| u8::try_from(channels).ok());
        Some(AudioFacts {
            duration_s: length.filter(|length| *length > 0.0 && *length <= LENGTH_MAX_S),
            sample_rate_hz: rate.map(|rate| rate.round() as u32),
            // One, unless it is stated.
            channel_count: channels.or(Some(1)).filter(|count| *count > 0),
            tags: tags.into(),
        })
    }
}

/// An element: its id, its size where it is known, and what follows.
fn element(bytes: &[u8]) -> Option<(u32, Option<usize>, &[u8])> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let (id, after) = bytes.split_at_checked(length).filter(|_| length <= 4)?;
    let id = id.iter().fold(0, |id, byte| (id << 8) | u32::from(*byte));
    let (size, after) = number(after)?;
    Some((
        id,
        size.map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
        after,
    ))
}

/// A number of one to eight bytes, whose first says how many; nothing in it where all its bits are set: not known.
fn number(bytes: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let (all, after) = bytes.split_at_checked(length).filter(|_| length <= 8)?;
    let bits = 7 * length as u32;
    let value = all
        .iter()
        .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    let most = (1_u64 << bits) - 1;
    let value = value & most;
    Some(((value != most).then_some(value), after))
}

fn unsigned(bytes: &[u8]) -> u64 {
    let bytes = bytes.get(..8).unwrap_or(bytes);
    bytes
        .iter()
        .fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

fn float(bytes: &[u8]) -> Option<f64> {
    let value = match bytes.len() {
        4 => f64::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        8 => f64::from_be_bytes(bytes.try_into().ok()?),
        _ => return None,
    };
    value.is_finite().then_some(value)
}

/// How long a packet of Opus is heard: its first byte says how long a frame is, and how many there are (RFC 6716, 3.1).
fn opus_seconds(packet: &[u8]) -> Option<f64> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame_ms = match config {
        0..=11 => [10.0, 20.0, 40.0, 60.0][usize::from(config & 3)],
        12..=15 => [10.0, 20.0][usize::from(config & 1)],
        _ => [2.5, 5.0, 10.0, 20.0][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => *packet.get(1)? & 0x3f,
    };
    Some(frame_ms * f64::from(frames) / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone in Opus, recorded by Chromium; tests/it/storage/recorded.md says how.
    const RECORDED: &[u8] = include_bytes!("../../../tests/it/storage/recorded.webm");

    /// An element whose size is stated in eight bytes, or is not known.
    fn wrapped(id: &[u8], content: &[u8], is_known: bool) -> Vec<u8> {
        let mut element = id.to_vec();
        match is_known {
            true => element.extend((content.len() as u64 | (1 << 56)).to_be_bytes()),
            false => element.extend([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        }
        element.extend_from_slice(content);
        element
    }

    /// A live file with two sounds at 100 ms and 160 ms of the second cluster, which begins at 70 s.
    fn live(codec: &[u8], sound: &[u8]) -> Vec<u8> {
        let audio = [
            wrapped(&[0xb5], &44_100_f32.to_be_bytes(), true),
            wrapped(&[0x9f], &[2], true),
        ];
        let track = [
            wrapped(&[0xd7], &[1], true),
            wrapped(&[0x83], &[2], true),
            wrapped(&[0x86], codec, true),
            wrapped(&[0xe1], &audio.concat(), true),
        ];
        let tracks = wrapped(&[0xae], &track.concat(), true);
        let block = |ms: i16| {
            let head = [&[0x81][..], &ms.to_be_bytes(), &[0x80]].concat();
            wrapped(&[0xa3], &[&head, sound].concat(), true)
        };
        let cluster = |ms: u32, blocks: &[Vec<u8>]| {
            let at = wrapped(&[0xe7], &ms.to_be_bytes(), true);
            let content = [at, blocks.concat()].concat();
            wrapped(&[0x1f, 0x43, 0xb6, 0x75], &content, false)
        };
        let segment = [
            wrapped(&[0x16, 0x54, 0xae, 0x6b], &tracks, true),
            cluster(0, &[block(0)]),
            cluster(70_000, &[block(100), block(160)]),
        ];
        let file = [
            wrapped(&MAGIC, b"", true),
            wrapped(&[0x18, 0x53, 0x80, 0x67], &segment.concat(), false),
        ];
        file.concat()
    }

    /// A group of a block of a track and how long it is said to last, in ms.
    fn group(track: u8, ms: i16, lasts: u8) -> Vec<u8> {
        let block = [&[0x80 | track][..], &ms.to_be_bytes(), &[0, 0x18, 0]].concat();
        let content = [
            wrapped(&[0xa1], &block, true),
            wrapped(&[0x9b], &[lasts], true),
        ];
        wrapped(&[0xa0], &content.concat(), true)
    }

    #[test]
    fn a_stated_length_is_that_of_its_own_block() {
        let groups = [group(1, 200, 80), group(2, 250, 200)];
        let file = [live(b"A_OPUS", &[0x18, 0]), groups.concat()].concat();
        assert_eq!(read(&file).as_ref().and_then(ms), Some(70_280));
    }

    fn ms(facts: &AudioFacts) -> Option<i64> {
        Some((facts.duration_s? * 1e3).round() as i64)
    }

    #[test]
    fn the_length_is_where_the_last_sound_ends() {
        // One frame of 60 ms.
        let opus = read(&live(b"A_OPUS", &[0x18, 0])).expect("a file");
        assert_eq!(ms(&opus), Some(70_220));
        assert_eq!(
            (opus.sample_rate_hz, opus.channel_count),
            (Some(44_100), Some(2))
        );
        // Of another codec the last sound lasts as long as the one before.
        let other = read(&live(b"A_VORBIS", b"sound")).expect("a file");
        assert_eq!(ms(&other), Some(70_220));
    }

    #[test]
    fn a_recording_of_a_browser_is_read() {
        let facts = read(RECORDED).expect("a recording");
        let length = facts.duration_s.expect("its length");
        assert!((0.7..=2.0).contains(&length), "{length}");
        assert_eq!(facts.sample_rate_hz, Some(48_000));
        assert!(facts.channel_count.is_some_and(|count| count <= 2));
    }

    #[test]
    fn whatever_breaks_off_or_lies_is_read_as_far_as_it_goes() {
        let whole = live(b"A_OPUS", &[0x18, 0]);
        for end in 0..whole.len() {
            let length = read(&whole[..end]).as_ref().and_then(ms);
            assert!(length.is_none_or(|ms| ms <= 70_220), "{end}: {length:?}");
        }
        for place in 0..whole.len() {
            for byte in [0, 1, 0x80, 0xff] {
                let mut spoilt = whole.clone();
                spoilt[place] = byte;
                let length = read(&spoilt).and_then(|facts| facts.duration_s);
                assert!(length.is_none_or(|length| length <= LENGTH_MAX_S));
            }
        }
        assert_eq!(read(b""), None);
        assert_eq!(read(&MAGIC), None);
    }
}
