//! Strings and what is written as one.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::model::write_enum_name;

/// How many bytes are looked at at once: as wide as two registers, which the compiler vectorises.
const BLOCK: usize = 32;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` as a JSON string with quotes, escaped as serde_json escapes: the quotation mark, the
/// backslash and the control characters, nothing else.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    let mut bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    // Most text has nothing to escape: blocks without a special byte are copied whole.
    while let Some(next) = first_escape(bytes) {
        out.extend_from_slice(&bytes[..next]);
        write_escape(bytes[next], out);
        bytes = &bytes[next + 1..];
    }
    out.extend_from_slice(bytes);
    out.push(b'"');
}

/// Where the first byte is that may not stand in a JSON string as it is.
fn first_escape(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (index, block) in blocks.iter().enumerate() {
        // No early exit inside a block, so that it is one comparison of registers.
        if block
            .iter()
            .fold(false, |any, byte| any | needs_escape(*byte))
        {
            let within = block.iter().position(|byte| needs_escape(*byte))?;
            return Some(index * BLOCK + within);
        }
    }
    let within = rest.iter().position(|byte| needs_escape(*byte))?;
    Some(blocks.len() * BLOCK + within)
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0C => b'f',
        b'\r' => b'r',
        _ => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

pub(super) fn write_text(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    write_json_string(std::str::from_utf8(raw).ok()?, out);
    Some(())
}

pub(super) fn write_enum(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.push(b'"');
    write_enum_name(std::str::from_utf8(raw).ok()?, out);
    out.push(b'"');
    Some(())
}

pub(super) fn write_uuid(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let bytes: &[u8; 16] = raw.try_into().ok()?;
    let mut text = *b"\"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx\"";
    // Where the two digits of each byte stand, the quotation mark included.
    const PLACES: [usize; 16] = [1, 3, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27, 29, 31, 33, 35];
    for (byte, place) in bytes.iter().zip(PLACES) {
        text[place] = HEX[usize::from(byte >> 4)];
        text[place + 1] = HEX[usize::from(byte & 15)];
    }
    out.extend_from_slice(&text);
    Some(())
}

/// Appends JSON text as it is. Control characters can only stand between its tokens (inside strings
/// they are escaped), and a space there means the same.
pub(super) fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let text = std::str::from_utf8(raw).ok()?;
    let start = out.len();
    out.extend_from_slice(text.as_bytes());
    for byte in &mut out[start..] {
        *byte = if *byte < b' ' { b' ' } else { *byte };
    }
    Some(())
}

/// Appends `jsonb`, whose binary form is a version and the text, which has no line breaks.
pub(super) fn write_jsonb(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (1, text) = raw.split_first()? else {
        return None;
    };
    out.extend_from_slice(std::str::from_utf8(text).ok()?.as_bytes());
    Some(())
}

pub(super) fn write_base64(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.push(b'"');
    let start = out.len();
    out.resize(start + base64::encoded_len(raw.len(), true)?, 0);
    STANDARD.encode_slice(raw, &mut out[start..]).ok()?;
    out.push(b'"');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, tests::written};

    #[test]
    fn strings_are_escaped_like_serde_json() {
        let clean = "a line of plain text that is longer than one block of bytes. ";
        for special in [
            "",
            "\"",
            "\\",
            "\n",
            "\r\n\t",
            "\u{8}\u{c}\u{1}\u{1f}\u{7f}",
            "é€😀\u{2028}",
        ] {
            for before in 0..70 {
                let text = format!("{}{special}{clean}{special}", &clean.repeat(2)[..before]);
                assert_eq!(
                    written(Encoder::Text, text.as_bytes()),
                    serde_json::to_string(&text).unwrap()
                );
            }
        }
    }

    #[test]
    fn invalid_utf8_is_an_error() {
        assert!(Encoder::Text.write(&[0xFF], &mut Vec::new()).is_err());
    }

    #[test]
    fn enum_labels_become_names() {
        for (label, name) in [
            ("pending", "PENDING"),
            ("in_progress", "IN_PROGRESS"),
            ("in-progress", "IN_PROGRESS"),
            ("inProgress", "IN_PROGRESS"),
            ("R.O.S.E.S", "R_O_S_E_S"),
            ("GPT4Turbo", "GPT4_TURBO"),
            ("3d", "_3D"),
            ("ALREADY_THERE", "ALREADY_THERE"),
        ] {
            assert_eq!(
                written(Encoder::EnumText, label.as_bytes()),
                format!("{name:?}")
            );
        }
    }

    #[test]
    fn uuids_and_bytes() {
        let id = uuid::Uuid::from_u128(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210);
        assert_eq!(written(Encoder::Uuid, id.as_bytes()), format!("\"{id}\""));
        assert_eq!(written(Encoder::Bytea, b""), r#""""#);
        assert_eq!(written(Encoder::Bytea, b"\xff\xfea"), r#""//5h""#);
        assert_eq!(written(Encoder::Bytea, b"ab"), r#""YWI=""#);
    }

    #[test]
    fn json_stays_on_one_line() {
        assert_eq!(
            written(Encoder::Json, b"{\n\t\"a\": \"x\\ny\"\r\n}"),
            "{  \"a\": \"x\\ny\"  }"
        );
        assert_eq!(written(Encoder::Jsonb, b"\x01{\"a\": 1}"), "{\"a\": 1}");
        assert!(Encoder::Jsonb.write(b"\x02{}", &mut Vec::new()).is_err());
    }
}
