//! Dates, times and intervals, without quotes. The forms are documented in [the module](super).

use std::io::Write;

use crate::engine::calendar::{MICROS_PER_DAY, date_of_day};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Appends a timestamp, which is stored as microseconds since 2000-01-01 in UTC.
pub(super) fn write_timestamp(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let micros = i64::from_be_bytes(raw.try_into().ok()?);
    if let Some(text) = infinity(micros == i64::MAX, micros == i64::MIN) {
        out.extend_from_slice(text);
        return Some(());
    }
    put_date(micros.div_euclid(MICROS_PER_DAY), out);
    out.push(b'T');
    put_time(micros.rem_euclid(MICROS_PER_DAY), out);
    out.push(b'Z');
    Some(())
}

/// Appends a date, which is stored as days since 2000-01-01.
pub(super) fn write_date(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let day = i32::from_be_bytes(raw.try_into().ok()?);
    match infinity(day == i32::MAX, day == i32::MIN) {
        Some(text) => out.extend_from_slice(text),
        None => put_date(i64::from(day), out),
    }
    Some(())
}

/// Appends an interval, which is stored as microseconds, days and months, each with its own sign.
pub(super) fn write_interval(raw: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (micros, rest) = raw.split_first_chunk()?;
    let (days, months) = rest.split_first_chunk()?;
    let micros = i64::from_be_bytes(*micros);
    let days = i32::from_be_bytes(*days);
    let months = i32::from_be_bytes(months.try_into().ok()?);
    let extremes = (micros, days, months);
    if let Some(text) = infinity(
        extremes == (i64::MAX, i32::MAX, i32::MAX),
        extremes == (i64::MIN, i32::MIN, i32::MIN),
    ) {
        out.extend_from_slice(text);
        return Some(());
    }
    if extremes == (0, 0, 0) {
        out.extend_from_slice(b"PT0S");
        return Some(());
    }
    out.push(b'P');
    put_part(i64::from(months / 12), b'Y', out);
    put_part(i64::from(months % 12), b'M', out);
    put_part(i64::from(days), b'D', out);
    if micros != 0 {
        out.push(b'T');
        put_part(micros / (3_600 * MICROS_PER_SECOND), b'H', out);
        put_part(micros / (60 * MICROS_PER_SECOND) % 60, b'M', out);
        let seconds = micros % (60 * MICROS_PER_SECOND);
        if seconds != 0 {
            if seconds < 0 {
                out.push(b'-');
            }
            let seconds = seconds.unsigned_abs();
            write!(out, "{}", seconds / 1_000_000).ok()?;
            put_fraction((seconds % 1_000_000) as u32, out);
            out.push(b'S');
        }
    }
    Some(())
}

fn put_part(value: i64, unit: u8, out: &mut Vec<u8>) {
    if value != 0 {
        out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
        out.push(unit);
    }
}

fn infinity(future: bool, past: bool) -> Option<&'static [u8]> {
    match (future, past) {
        (true, _) => Some(b"infinity"),
        (_, true) => Some(b"-infinity"),
        _ => None,
    }
}

fn put_date(day: i64, out: &mut Vec<u8>) {
    let (year, month, day_of_month) = date_of_day(day);
    let mut text = *b"0000-00-00";
    if (0..=9_999).contains(&year) {
        text[..2].copy_from_slice(&two_digits(year as u32 / 100));
        text[2..4].copy_from_slice(&two_digits(year as u32 % 100));
    } else {
        out.push(if year < 0 { b'-' } else { b'+' });
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(year.unsigned_abs()).as_bytes();
        out.resize(out.len() + 6usize.saturating_sub(digits.len()), b'0');
        out.extend_from_slice(digits);
    }
    text[5..7].copy_from_slice(&two_digits(month));
    text[8..].copy_from_slice(&two_digits(day_of_month));
    let known = if (0..=9_999).contains(&year) { 0 } else { 4 };
    out.extend_from_slice(&text[known..]);
}

fn put_time(micros: i64, out: &mut Vec<u8>) {
    let seconds = (micros / MICROS_PER_SECOND) as u32;
    let mut text = *b"00:00:00";
    text[..2].copy_from_slice(&two_digits(seconds / 3_600));
    text[3..5].copy_from_slice(&two_digits(seconds / 60 % 60));
    text[6..].copy_from_slice(&two_digits(seconds % 60));
    out.extend_from_slice(&text);
    put_fraction((micros % MICROS_PER_SECOND) as u32, out);
}

/// Appends the fraction of a second, without trailing zeros; nothing when there is none.
fn put_fraction(micros: u32, out: &mut Vec<u8>) {
    if micros == 0 {
        return;
    }
    out.push(b'.');
    for pair in [micros / 10_000, micros / 100 % 100, micros % 100] {
        out.extend_from_slice(&two_digits(pair));
    }
    while out.last() == Some(&b'0') {
        out.pop();
    }
}

fn two_digits(value: u32) -> [u8; 2] {
    [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, tests::written};
    use super::*;

    fn timestamp(micros: i64) -> String {
        written(Encoder::TimestampTz, &micros.to_be_bytes())
    }

    #[test]
    fn timestamps() {
        assert_eq!(timestamp(0), r#""2000-01-01T00:00:00Z""#);
        assert_eq!(timestamp(1), r#""2000-01-01T00:00:00.000001Z""#);
        assert_eq!(timestamp(-1), r#""1999-12-31T23:59:59.999999Z""#);
        assert_eq!(timestamp(250_000), r#""2000-01-01T00:00:00.25Z""#);
        assert_eq!(timestamp(i64::MAX), r#""infinity""#);
        assert_eq!(timestamp(i64::MIN), r#""-infinity""#);
    }

    #[test]
    fn years_that_need_a_sign() {
        let date = |day: i32| written(Encoder::Date, &day.to_be_bytes());
        assert_eq!(date(2_921_939), r#""9999-12-31""#);
        assert_eq!(date(2_921_940), r#""+010000-01-01""#);
        assert_eq!(date(-730_485), r#""0000-01-01""#);
        assert_eq!(date(-730_486), r#""-000001-12-31""#);
        assert_eq!(
            timestamp(-730_486 * MICROS_PER_DAY),
            r#""-000001-12-31T00:00:00Z""#
        );
    }

    #[test]
    fn intervals() {
        let interval = |micros: i64, days: i32, months: i32| {
            let mut raw = micros.to_be_bytes().to_vec();
            raw.extend_from_slice(&days.to_be_bytes());
            raw.extend_from_slice(&months.to_be_bytes());
            written(Encoder::Interval, &raw)
        };
        assert_eq!(interval(0, 0, 0), r#""PT0S""#);
        assert_eq!(interval(-500_000, -3, 14), r#""P1Y2M-3DT-0.5S""#);
        assert_eq!(interval(14_706_789_000, 0, 0), r#""PT4H5M6.789S""#);
        assert_eq!(interval(i64::MAX, i32::MAX, i32::MAX), r#""infinity""#);
    }
}
