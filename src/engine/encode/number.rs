//! Booleans, integers, floats, decimals and vectors.

const SIGN_POSITIVE: u16 = 0x0000;
const SIGN_NEGATIVE: u16 = 0x4000;
const SIGN_NAN: u16 = 0xC000;
const SIGN_INFINITY: u16 = 0xD000;
const SIGN_MINUS_INFINITY: u16 = 0xF000;

pub(super) fn write_bool(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match raw {
        [0] => out.extend_from_slice(b"false"),
        [_] => out.extend_from_slice(b"true"),
        _ => return None,
    }
    Some(())
}

/// Appends an integer of 2, 4 or 8 bytes.
pub(super) fn write_int(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let value = match raw.len() {
        2 => i64::from(i16::from_be_bytes(raw.try_into().ok()?)),
        4 => i64::from(i32::from_be_bytes(raw.try_into().ok()?)),
        8 => i64::from_be_bytes(raw.try_into().ok()?),
        _ => return None,
    };
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    Some(())
}

pub(super) fn write_float4(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    write_f32(f32::from_be_bytes(raw.try_into().ok()?), out);
    Some(())
}

fn write_f32(value: f32, out: &mut Vec<u8>) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

pub(super) fn write_float8(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let value = f64::from_be_bytes(raw.try_into().ok()?);
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
    Some(())
}

/// Appends pgvector's `vector`: its dimension, an unused word, then the elements.
pub(super) fn write_vector(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (header, elements) = raw.split_first_chunk::<4>()?;
    let count = usize::from(u16::from_be_bytes([header[0], header[1]]));
    let (elements, rest) = elements.as_chunks::<4>();
    if count != elements.len() || !rest.is_empty() {
        return None;
    }
    // A float of an embedding takes about twelve characters.
    out.reserve(2 + count * 12);
    out.push(b'[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_f32(f32::from_be_bytes(*element), out);
    }
    out.push(b']');
    Some(())
}

/// Appends a `numeric` without quotes: its digits to the base 10,000, the place of the first of them
/// (`weight`), the sign, and how many decimal places it shows.
pub(super) fn write_numeric(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (header, groups) = raw.split_first_chunk::<8>()?;
    let word = |index: usize| u16::from_be_bytes([header[index], header[index + 1]]);
    let (count, weight, sign, scale) = (word(0), word(2) as i16, word(4), word(6));
    match sign {
        SIGN_POSITIVE => {}
        SIGN_NEGATIVE => out.push(b'-'),
        SIGN_NAN => out.extend_from_slice(b"NaN"),
        SIGN_INFINITY => out.extend_from_slice(b"Infinity"),
        SIGN_MINUS_INFINITY => out.extend_from_slice(b"-Infinity"),
        _ => return None,
    }
    if matches!(sign, SIGN_NAN | SIGN_INFINITY | SIGN_MINUS_INFINITY) {
        return Some(());
    }
    let (groups, rest) = groups.as_chunks::<2>();
    if usize::from(count) != groups.len() || !rest.is_empty() {
        return None;
    }
    // The group at a place, 0 being the last before the decimal point; absent ones are zero.
    let group = |place: i32| {
        usize::try_from(i32::from(weight) - place)
            .ok()
            .and_then(|index| groups.get(index))
            .map_or(0, |bytes| u16::from_be_bytes(*bytes))
    };
    if weight < 0 {
        out.push(b'0');
    } else {
        out.extend_from_slice(
            itoa::Buffer::new()
                .format(group(i32::from(weight)))
                .as_bytes(),
        );
        for place in (0..i32::from(weight)).rev() {
            out.extend_from_slice(&four_digits(group(place)));
        }
    }
    if scale > 0 {
        out.push(b'.');
        let end = out.len() + usize::from(scale);
        let mut place = -1;
        while out.len() < end {
            out.extend_from_slice(&four_digits(group(place)));
            place -= 1;
        }
        out.truncate(end);
    }
    Some(())
}

fn four_digits(group: u16) -> [u8; 4] {
    let digit = |value: u16| b'0' + (value % 10) as u8;
    [
        digit(group / 1000),
        digit(group / 100),
        digit(group / 10),
        digit(group),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, tests::written};

    fn numeric(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> String {
        let mut raw = Vec::new();
        raw.extend_from_slice(&(groups.len() as u16).to_be_bytes());
        raw.extend_from_slice(&weight.to_be_bytes());
        raw.extend_from_slice(&sign.to_be_bytes());
        raw.extend_from_slice(&scale.to_be_bytes());
        groups
            .iter()
            .for_each(|group| raw.extend_from_slice(&group.to_be_bytes()));
        written(Encoder::Numeric, &raw)
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(numeric(0, 0, 0, &[]), r#""0""#);
        assert_eq!(numeric(0, 0, 2, &[]), r#""0.00""#);
        assert_eq!(numeric(0, 0, 2, &[12, 3400]), r#""12.34""#);
        assert_eq!(numeric(1, 0x4000, 0, &[1]), r#""-10000""#);
        assert_eq!(
            numeric(2, 0, 5, &[1, 2, 3, 4, 5000]),
            r#""100020003.00045""#
        );
        assert_eq!(numeric(-2, 0, 8, &[42]), r#""0.00000042""#);
        assert_eq!(numeric(0, 0xC000, 0, &[]), r#""NaN""#);
        assert_eq!(numeric(0, 0xF000, 32, &[]), r#""-Infinity""#);
    }

    #[test]
    fn integers_of_all_widths() {
        assert_eq!(written(Encoder::Int, &(-7i16).to_be_bytes()), "-7");
        assert_eq!(
            written(Encoder::Int, &i32::MIN.to_be_bytes()),
            "-2147483648"
        );
        assert_eq!(
            written(Encoder::BigIntAsString, &i64::MIN.to_be_bytes()),
            r#""-9223372036854775808""#
        );
    }

    #[test]
    fn floats_are_shortest_and_json() {
        let float4 = |value: f32| written(Encoder::Float4, &value.to_be_bytes());
        let float8 = |value: f64| written(Encoder::Float8, &value.to_be_bytes());
        assert_eq!(float4(0.1), "0.1");
        assert_eq!(float4(1.0), "1.0");
        for value in [0.1, -0.0, 1e300, 5e-324, 1e16, 123456789.125] {
            assert_eq!(float8(value), serde_json::to_string(&value).unwrap());
        }
        assert_eq!(float8(f64::NAN), "null");
        assert_eq!(float4(f32::NEG_INFINITY), "null");
    }

    #[test]
    fn vectors_are_arrays() {
        let mut raw = vec![0, 2, 0, 0];
        raw.extend_from_slice(&0.1f32.to_be_bytes());
        raw.extend_from_slice(&(-2f32).to_be_bytes());
        assert_eq!(written(Encoder::Vector, &raw), "[0.1,-2.0]");
    }
}
