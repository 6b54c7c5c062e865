//! Exact decimal numbers in the form that PostgreSQL's `numeric` is sent in.

use bytes::{BufMut, BytesMut};

/// The most digits before the point, as PostgreSQL has it.
const MAX_WHOLE_DIGITS: usize = 131_072;
/// The most digits after the point.
const MAX_SCALE: usize = 16_383;
/// Decimal digits in a group.
const GROUP: usize = 4;

/// A decimal number, or one of `numeric`'s special values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    sign: Sign,
    /// The place of the first group: 0 for the last before the point.
    weight: i16,
    /// How many digits after the point are shown.
    scale: u16,
    /// Digits to the base 10,000, without zeros at either end.
    groups: Vec<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
enum Sign {
    Positive = 0x0000,
    Negative = 0x4000,
    NaN = 0xC000,
    Infinity = 0xD000,
    MinusInfinity = 0xF000,
}

impl Decimal {
    /// Reads `12.50`, `-.5`, `1e-7`, `NaN`, `Infinity`, `-Infinity`. Nothing for other text and for
    /// more digits than PostgreSQL holds.
    pub fn parse(text: &str) -> Option<Self> {
        let special = |sign| Decimal {
            sign,
            weight: 0,
            scale: 0,
            groups: Vec::new(),
        };
        match text {
            "NaN" => return Some(special(Sign::NaN)),
            "Infinity" => return Some(special(Sign::Infinity)),
            "-Infinity" => return Some(special(Sign::MinusInfinity)),
            _ => {}
        }
        let (sign, text) = match text.as_bytes().first()? {
            b'-' => (Sign::Negative, &text[1..]),
            b'+' => (Sign::Positive, &text[1..]),
            _ => (Sign::Positive, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let digits: Vec<u8> = whole
            .bytes()
            .chain(fraction.bytes())
            .map(|byte| byte - b'0')
            .collect();
        let whole_digits = i64::try_from(whole.len()).ok()? + i64::from(exponent);
        let scale = i64::try_from(digits.len())
            .ok()?
            .saturating_sub(whole_digits)
            .max(0);
        let scale = usize::try_from(scale)
            .ok()
            .filter(|scale| *scale <= MAX_SCALE)?;
        Self::from_digits(sign, &digits, whole_digits, scale as u16)
    }

    /// Whether both are one number, however many zeros are written at its end.
    #[must_use]
    pub fn is_same_number(&self, other: &Self) -> bool {
        (self.sign, self.weight, &self.groups) == (other.sign, other.weight, &other.groups)
    }

    /// From digits of which the first `whole_digits` stand before the point; that can be none of them
    /// (negative: zeros follow the point first) or more than there are.
    fn from_digits(sign: Sign, digits: &[u8], whole_digits: i64, scale: u16) -> Option<Self> {
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        let digits = &digits[leading..];
        let whole_digits = whole_digits - i64::try_from(leading).ok()?;
        if digits.is_empty() {
            return Some(Decimal {
                sign: Sign::Positive,
                weight: 0,
                scale,
                groups: Vec::new(),
            });
        }
        if whole_digits > MAX_WHOLE_DIGITS as i64 {
            return None;
        }
        // The first group holds what is left of the whole digits when the others are full.
        let weight = (whole_digits - 1).div_euclid(GROUP as i64);
        let first = (whole_digits - 1).rem_euclid(GROUP as i64) as usize + 1;
        let mut groups = Vec::with_capacity(digits.len() / GROUP + 2);
        let mut start = 0;
        let mut width = first;
        while start < digits.len() {
            let group = (0..width).fold(0, |group, place| {
                group * 10 + u16::from(digits.get(start + place).copied().unwrap_or(0))
            });
            groups.push(group);
            start += width;
            width = GROUP;
        }
        while groups.last() == Some(&0) {
            groups.pop();
        }
        Some(Decimal {
            sign,
            weight: i16::try_from(weight).ok()?,
            scale,
            groups,
        })
    }

    /// Appends the binary form of `numeric`.
    pub(super) fn write_binary(&self, out: &mut BytesMut) {
        out.put_u16(self.groups.len() as u16);
        out.put_i16(self.weight);
        out.put_u16(self.sign as u16);
        out.put_u16(self.scale);
        for group in &self.groups {
            out.put_u16(*group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::encode::Encoder;

    /// What the binary form says when it is read back.
    fn through_binary(text: &str) -> String {
        let mut binary = BytesMut::new();
        Decimal::parse(text).unwrap().write_binary(&mut binary);
        let mut out = Vec::new();
        Encoder::Numeric.write(&binary, &mut out).unwrap();
        String::from_utf8(out).unwrap().trim_matches('"').to_owned()
    }

    #[test]
    fn one_number_is_written_in_many_ways() {
        let number = |text| Decimal::parse(text).unwrap();
        for (one, other) in [
            ("1e3", "1000.0"),
            ("2.50", "2.5"),
            ("0.0", "0"),
            ("-1.10", "-1.1"),
        ] {
            assert!(number(one).is_same_number(&number(other)), "{one} {other}");
        }
        for (one, other) in [("1e3", "100"), ("2.5", "-2.5"), ("0.1", "0.01")] {
            assert!(!number(one).is_same_number(&number(other)), "{one} {other}");
        }
    }

    #[test]
    fn decimals_come_back_exactly() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "9999",
            "99999999",
            "0.0001",
            "0.00001",
            "-0.5",
            "123456789.987654321",
            "100000000000000000000.00000000000000000001",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            assert_eq!(through_binary(text), text);
        }
        let long = format!("-{}.{}", "9".repeat(131_072), "8".repeat(16_383));
        assert_eq!(through_binary(&long), long);
    }

    #[test]
    fn other_ways_to_write_them() {
        for (text, plain) in [
            (".5", "0.5"),
            ("5.", "5"),
            ("+5", "5"),
            ("007", "7"),
            ("1e3", "1000"),
            ("1.50e1", "15.0"),
            ("15e-1", "1.5"),
            ("1e-7", "0.0000001"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("1E+2", "100"),
            ("0e-3", "0.000"),
            ("0.000e5", "0"),
        ] {
            assert_eq!(through_binary(text), plain, "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal() {
        for text in [
            "", "-", ".", "1.2.3", "1e", "0x10", "1_000", " 1", "1e131072", "1e-16384", "nan",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
