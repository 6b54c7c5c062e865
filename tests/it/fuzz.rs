//! What comes from outside, spoilt at random: read or refused, never a panic, and what is read means what it says.
//!
//! Each input starts from one of a corpus and is cut, doubled, swapped and overwritten; what fails is shrunk and kept in
//! `tests/it/fuzz.proptest-regressions`, which is tried first from then on. `PROPTEST_CASES=1000000` looks for longer. The
//! entry points that are private have the like beside them: filters, frames of WebSocket, rows of PostgreSQL.

use mindloom::config::Settings;
use mindloom::engine::cursor::{Cursors, NodeId};
use mindloom::graphql::{Limits, validation::validate};
use mindloom::realtime;
use mindloom::schema::Rules;
use mindloom::supabase::frame::{Version, decode_binary, decode_text};
use proptest::prelude::*;
use proptest::sample::Index;

/// One way to spoil bytes.
#[derive(Clone, Debug)]
enum Spoil {
    Cut(Index, Index),
    Double(Index, Index),
    Set(Index, u8),
    Insert(Index, &'static str),
}

/// Pieces that parsers treat in ways of their own.
const PIECES: [&str; 16] = [
    "\"\"\"",
    "\\u{110000}",
    "\u{feff}",
    "{",
    "}",
    "[",
    "]",
    "...",
    "$",
    "@",
    "#",
    "-0",
    "1e999",
    "\0",
    "ü",
    ",,",
];

fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    let one = prop_oneof![
        any::<(Index, Index)>().prop_map(|(from, to)| Spoil::Cut(from, to)),
        any::<(Index, Index)>().prop_map(|(from, to)| Spoil::Double(from, to)),
        any::<(Index, u8)>().prop_map(|(at, byte)| Spoil::Set(at, byte)),
        (any::<Index>(), proptest::sample::select(&PIECES[..]))
            .prop_map(|(at, piece)| Spoil::Insert(at, piece)),
    ];
    prop::collection::vec(one, 0..6)
}

/// One of the corpus, spoilt.
fn spoilt(corpus: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    (proptest::sample::select(corpus), spoils()).prop_map(|(seed, spoils)| {
        let mut bytes = seed.to_vec();
        for spoil in spoils {
            let size = bytes.len() + 1;
            match spoil {
                Spoil::Cut(from, to) => {
                    let (from, to) = (from.index(size), to.index(size));
                    bytes.drain(from.min(to)..from.max(to));
                }
                Spoil::Double(from, to) => {
                    let (from, to) = (from.index(size), to.index(size));
                    bytes.extend_from_within(from.min(to)..from.max(to));
                }
                Spoil::Set(at, byte) => {
                    if let Some(place) = bytes.get_mut(at.index(size)) {
                        *place = byte;
                    }
                }
                Spoil::Insert(at, piece) => {
                    let at = at.index(size);
                    bytes.splice(at..at, piece.bytes());
                }
            }
        }
        bytes
    })
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

const DOCUMENTS: [&[u8]; 6] = [
    b"{ notes(first: 2, where: {content: {contains: \"a\"}}) { totalCount nodes { id ...Row } } } fragment Row on Note { tags }",
    b"query ($first: Int = 20, $where: NoteFilter) @a { notes(first: $first, where: $where) @include(if: true) { nodes { id } } }",
    b"mutation { createNote(input: {content: \"\"\"block \\\"\"\" string\"\"\", tags: [\"a\", \"b\"]}) { id } }",
    b"subscription { live { notes(first: 1, orderBy: [{createdAt: DESC}]) { nodes { content } } } }",
    b"{ __schema { types { name fields(includeDeprecated: true) { name args { defaultValue } } } } __typename }",
    b"query A { me { id } } query B { a: me { id } b: me { email } } # comment",
];

const TEXT_FRAMES: [&[u8]; 4] = [
    br#"["1","2","realtime:room","phx_join",{"config":{"broadcast":{"self":true}}}]"#,
    br#"{"topic":"realtime:room","event":"broadcast","payload":{"a":[1,2e3,null]},"ref":"1","join_ref":"1"}"#,
    br#"[null,7,"phoenix","heartbeat",{}]"#,
    br#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":3}"#,
];

const BINARY_FRAMES: [&[u8]; 2] = [
    b"\x00\x01\x01\x04\x0512roomevent{\"a\":1}",
    b"\x03\x01\x01\x04\x05\x00\x0112roomevent{\"a\":1}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn documents_are_judged(document in spoilt(&DOCUMENTS)) {
        static RULES: std::sync::LazyLock<(Rules, Limits)> = std::sync::LazyLock::new(|| {
            let settings = Settings::from_flags(Vec::<String>::new()).expect("settings");
            (Rules::new(|| include_str!("../../schema.graphql").to_owned()), Limits::new(settings.limits))
        });
        let document = text(document);
        let (rules, limits) = &*RULES;
        if let Err(faults) = validate(rules, limits, &document) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert_ne!(fault.error.code(), mindloom::error::Code::Internal, "{:?}", fault.error);
            }
        }
    }

    #[test]
    fn cursors_and_node_ids_are_read_or_refused(
        values in prop::collection::vec(prop::option::of(prop::collection::vec(any::<u8>(), 0..40)), 0..4),
        order in any::<u64>(),
        spoils in spoils(),
    ) {
        let cursors = Cursors::new(b"secret");
        let mut out = Vec::new();
        cursors.write(order, values.iter().map(Option::as_deref), &mut Vec::new(), &mut out);
        let whole: String = serde_json::from_slice(&out).expect("a JSON string");
        prop_assert_eq!(cursors.read(order, &whole).expect("our own cursor").len(), values.len());
        prop_assert!(cursors.read(order ^ 1, &whole).is_err());
        let mut spoilt = whole.clone();
        for spoil in spoils {
            if let Spoil::Set(at, byte) = spoil {
                let at = at.index(spoilt.len());
                spoilt.replace_range(at..=at, &char::from(byte & 0x7f).to_string());
            }
        }
        prop_assert!(spoilt == whole || cursors.read(order, &spoilt).is_err(), "{} is no cursor of ours", spoilt);
        let _ = NodeId::parse(&spoilt);
        let _ = realtime::Cursor::decode(&spoilt);
    }

    #[test]
    fn text_frames_are_read_or_refused(frame in spoilt(&TEXT_FRAMES)) {
        let frame = text(frame);
        for version in [Version::V1, Version::V2] {
            if let Ok(incoming) = decode_text(version, &frame) {
                // Numbers that no type of ours holds are JSON all the same, and are handed on as they stand.
                prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&frame).is_ok());
                prop_assert!(!incoming.topic.is_empty() || frame.contains("\"\""));
            }
        }
    }

    #[test]
    fn binary_frames_are_read_or_refused(frame in spoilt(&BINARY_FRAMES)) {
        if let Ok(incoming) = decode_binary(&frame) {
            prop_assert!(incoming.topic.len() <= 255 && frame.len() > incoming.topic.len());
        }
    }
}
