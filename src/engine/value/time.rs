//! Dates, times and durations as text.

use serde_json::Value;

use super::{Param, refused};
use crate::{
    engine::calendar::{MICROS_PER_DAY, day_of_date},
    error::Result,
};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// The first day that PostgreSQL knows: 4714-11-24 BC.
const FIRST_DAY: i64 = -2_451_545;
/// The day after the last for a date, in the year 5874898.
const END_OF_DATES: i64 = 2_145_031_949;
/// The day after the last for a timestamp, in the year 294277.
const END_OF_TIMESTAMPS: i64 = 106_751_983;

const DATE_TIME: &str = "a date and time with its offset from UTC, such as \"2026-05-01T08:30:00Z\" or \
    \"2026-05-01T10:30:00.25+02:00\", up to the year 294276";
const DATE: &str = "a date such as \"2026-05-01\", up to the year 5874897";
const INTERVAL: &str = "an ISO 8601 duration such as \"P1Y2M3DT4H5M6.5S\"";

/// A span of time as PostgreSQL stores it. Months and days stay apart, as they differ in length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Months, twelve to a year.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Hours, minutes and seconds, in microseconds.
    pub micros: i64,
}

pub(super) fn parse_date_time(text: Result<&str, &Value>) -> Result<Param> {
    parse(text, DATE_TIME, |text| match text {
        "infinity" => Some(Param::Timestamp(i64::MAX)),
        "-infinity" => Some(Param::Timestamp(i64::MIN)),
        _ => date_time(text).map(Param::Timestamp),
    })
}

pub(super) fn parse_date(text: Result<&str, &Value>) -> Result<Param> {
    parse(text, DATE, |text| {
        let day = match text {
            "infinity" => i32::MAX,
            "-infinity" => i32::MIN,
            _ => {
                let mut reader = Reader(text.as_bytes());
                let day = reader.day()?;
                reader.end()?;
                let known = (FIRST_DAY..END_OF_DATES).contains(&day);
                known.then_some(i32::try_from(day).ok()?)?
            }
        };
        Some(Param::Date(day))
    })
}

pub(super) fn parse_interval(text: Result<&str, &Value>) -> Result<Param> {
    parse(text, INTERVAL, |text| {
        let all = |months, days, micros| Interval {
            months,
            days,
            micros,
        };
        Some(Param::Interval(match text {
            "infinity" => all(i32::MAX, i32::MAX, i64::MAX),
            "-infinity" => all(i32::MIN, i32::MIN, i64::MIN),
            _ => interval(text)?,
        }))
    })
}

fn parse(
    text: Result<&str, &Value>,
    allowed: &str,
    read: impl FnOnce(&str) -> Option<Param>,
) -> Result<Param> {
    match text {
        Ok(text) => read(text).ok_or_else(|| refused(&Value::from(text), allowed)),
        Err(value) => Err(refused(value, allowed)),
    }
}

/// Microseconds since 2000-01-01 in UTC.
fn date_time(text: &str) -> Option<i64> {
    let mut reader = Reader(text.as_bytes());
    let day = reader.day()?;
    if !matches!(reader.next()?, b'T' | b't' | b' ') {
        return None;
    }
    let hour = reader.number(2, 2)?;
    reader.expect(b':')?;
    let minute = reader.number(2, 2)?;
    reader.expect(b':')?;
    let second = reader.number(2, 2)?;
    let fraction = reader.fraction_micros()?;
    // A leap second is the first of the next minute, as PostgreSQL has it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset_minutes = reader.offset_minutes()?;
    reader.end()?;
    let minutes = hour * 60 + minute - offset_minutes;
    let micros = (minutes * 60 + second) * MICROS_PER_SECOND + fraction;
    let total = i128::from(day) * i128::from(MICROS_PER_DAY) + i128::from(micros);
    let known = i128::from(FIRST_DAY) * i128::from(MICROS_PER_DAY)
        ..i128::from(END_OF_TIMESTAMPS) * i128::from(MICROS_PER_DAY);
    known.contains(&total).then(|| i64::try_from(total).ok())?
}

fn interval(text: &str) -> Option<Interval> {
    let body = text.strip_prefix('P')?;
    let (date, time) = match body.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (body, None),
    };
    if body.is_empty() || time == Some("") {
        return None;
    }
    let (mut months, mut days, mut micros) = (0i32, 0i32, 0i64);
    each_part(date, b"YMWD", |unit, part| {
        let whole = i32::try_from(part.whole)
            .ok()
            .filter(|_| !part.has_fraction)?;
        match unit {
            b'Y' => months = months.checked_add(whole.checked_mul(12)?)?,
            b'M' => months = months.checked_add(whole)?,
            b'W' => days = days.checked_add(whole.checked_mul(7)?)?,
            _ => days = days.checked_add(whole)?,
        }
        Some(())
    })?;
    each_part(time.unwrap_or(""), b"HMS", |unit, part| {
        let seconds = match unit {
            b'H' => 3_600,
            b'M' => 60,
            _ => 1,
        };
        if part.has_fraction && unit != b'S' {
            return None;
        }
        let whole = part.whole.checked_mul(seconds * MICROS_PER_SECOND)?;
        micros = micros
            .checked_add(whole)?
            .checked_add(part.fraction_micros)?;
        Some(())
    })?;
    Some(Interval {
        months,
        days,
        micros,
    })
}

/// Reads numbers with their units, which come in the order of `units`, each once at most.
fn each_part(
    text: &str,
    mut units: &[u8],
    mut take: impl FnMut(u8, Part) -> Option<()>,
) -> Option<()> {
    let mut reader = Reader(text.as_bytes());
    while !reader.0.is_empty() {
        let part = reader.part()?;
        let unit = reader.next()?;
        let place = units.iter().position(|other| *other == unit)?;
        units = &units[place + 1..];
        take(unit, part)?;
    }
    Some(())
}

/// A number before a unit of a duration.
#[derive(Clone, Copy)]
struct Part {
    whole: i64,
    fraction_micros: i64,
    has_fraction: bool,
}

/// What is left to read of a text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    fn digits(&mut self) -> &[u8] {
        let count = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits
    }

    /// A number of at least `least` and at most `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self.digits();
        let fits = (least..=most).contains(&digits.len());
        fits.then(|| {
            digits
                .iter()
                .fold(0, |value, byte| value * 10 + i64::from(byte - b'0'))
        })
    }

    /// A date: the year has four digits, or a sign and six or seven.
    fn day(&mut self) -> Option<i64> {
        let year = match self.0.first()? {
            sign @ (b'+' | b'-') => {
                self.next()?;
                self.number(6, 7)? * if *sign == b'-' { -1 } else { 1 }
            }
            _ => self.number(4, 4)?,
        };
        self.expect(b'-')?;
        let month = self.number(2, 2)?;
        self.expect(b'-')?;
        let day = self.number(2, 2)?;
        day_of_date(year, month as u32, day as u32)
    }

    /// The fraction that may follow a second, rounded to microseconds.
    fn fraction_micros(&mut self) -> Option<i64> {
        if self.0.first() != Some(&b'.') {
            return Some(0);
        }
        self.next()?;
        let digits = self.digits();
        let digit = |place: usize| digits.get(place).map_or(0, |byte| i64::from(byte - b'0'));
        let micros = (0..6).fold(0, |micros, place| micros * 10 + digit(place));
        (!digits.is_empty()).then(|| micros + i64::from(digit(6) >= 5))
    }

    fn offset_minutes(&mut self) -> Option<i64> {
        let sign = match self.next()? {
            b'Z' | b'z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number(2, 2)?;
        self.expect(b':')?;
        let minutes = self.number(2, 2)?;
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
    }

    fn part(&mut self) -> Option<Part> {
        let sign = match self.0.first()? {
            b'-' => -1,
            b'+' => 1,
            _ => 0,
        };
        if sign != 0 {
            self.next()?;
        }
        let sign = if sign < 0 { -1 } else { 1 };
        let whole = self.number(1, 18)? * sign;
        let has_fraction = self.0.first() == Some(&b'.');
        let fraction_micros = self.fraction_micros()? * sign;
        Some(Part {
            whole,
            fraction_micros,
            has_fraction,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::encode::Encoder;

    /// How a date-time is written again.
    fn again(text: &str) -> Option<String> {
        let micros = date_time(text)?;
        let mut out = Vec::new();
        Encoder::TimestampTz
            .write(&micros.to_be_bytes(), &mut out)
            .unwrap();
        Some(String::from_utf8(out).unwrap().trim_matches('"').to_owned())
    }

    #[test]
    fn date_times_become_utc() {
        for (text, utc) in [
            ("2026-05-01T08:30:00Z", "2026-05-01T08:30:00Z"),
            ("2026-05-01T08:30:00.25+02:00", "2026-05-01T06:30:00.25Z"),
            ("2026-12-31t23:30:00-00:45", "2027-01-01T00:15:00Z"),
            (
                "2026-05-01 08:30:00.1234565Z",
                "2026-05-01T08:30:00.123457Z",
            ),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("1999-12-31T23:59:59.9999999Z", "2000-01-01T00:00:00Z"),
            ("+012345-01-01T00:00:00Z", "+012345-01-01T00:00:00Z"),
            ("-004713-11-24T00:00:00Z", "-004713-11-24T00:00:00Z"),
            (
                "+294276-12-31T23:59:59.999999Z",
                "+294276-12-31T23:59:59.999999Z",
            ),
        ] {
            assert_eq!(again(text).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_time() {
        for text in [
            "",
            "2026-05-01",
            "2026-05-01T08:30:00",
            "2026-05-01T08:30Z",
            "2026-02-30T00:00:00Z",
            "2026-05-01T24:00:00Z",
            "2026-05-01T08:30:00.Z",
            "2026-05-01T08:30:00+2:00",
            "2026-05-01T08:30:00Zx",
            "26-05-01T08:30:00Z",
            "-004713-11-23T23:59:59Z",
            "+294277-01-01T00:00:00Z",
            "2026-05-01T08:30:00+24:00",
            "é026-05-01T08:30:00Z",
        ] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }

    #[test]
    fn dates_in_their_range() {
        let date = |text: &str| parse_date(Ok(text)).ok();
        assert_eq!(date("2000-03-01"), Some(Param::Date(60)));
        assert_eq!(date("+5874897-12-31"), Some(Param::Date(2_145_031_948)));
        assert_eq!(date("+5874898-01-01"), None);
        assert_eq!(date("-004713-11-24"), Some(Param::Date(-2_451_545)));
        assert_eq!(date("-004713-11-23"), None);
        assert_eq!(date("infinity"), Some(Param::Date(i32::MAX)));
        assert_eq!(date("2000-3-1"), None);
    }

    #[test]
    fn durations() {
        let parts = |text| interval(text).map(|all| (all.months, all.days, all.micros));
        assert_eq!(parts("P1Y2M-3DT4H5M6.5S"), Some((14, -3, 14_706_500_000)));
        assert_eq!(parts("PT-0.5S"), Some((0, 0, -500_000)));
        assert_eq!(parts("P2W"), Some((0, 14, 0)));
        assert_eq!(parts("PT1M"), Some((0, 0, 60_000_000)));
        assert_eq!(parts("P1M"), Some((1, 0, 0)));
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "P1DT",
            "1D",
            "P1H",
            "PT1D",
            "P1D1Y",
            "P1.5D",
            "PT1.5H",
            "P1D1D",
            "P3000000000D",
            "PT9999999999999H",
            "P1dT1h",
            "P--1D",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
