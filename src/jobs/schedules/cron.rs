//! Cron lines and time zones.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::{
    errors::CronError,
    parser::{CronParser, Seconds, Year},
};

use crate::error::{Error, Result};

/// As long as a line or a zone may be, in characters; what is longer is not read.
const CRON_MAX: usize = 200;
const TIME_ZONE_MAX: usize = 64;
/// What is told of a wrong one, in characters.
const TOLD_MAX: usize = 60;

/// A cron line as it is kept: its fields with a space between each two.
#[must_use]
pub fn plain(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    fields.join(" ")
}

/// Refuses a text that is too long to be what it should be.
fn bounded(text: &str, characters_max: usize, field: &'static str) -> Result<()> {
    if text.chars().count() > characters_max {
        let said = format!("{field} has at most {characters_max} characters");
        return Err(Error::bad_input(said).with("field", field));
    }
    Ok(())
}

/// The beginning of what was given.
fn told(text: &str) -> String {
    match text.char_indices().nth(TOLD_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// When a cron line of five fields comes next after a moment, in a time zone. A time that a clock put forward leaves
/// out comes when the clock has passed it; one that a clock put back repeats comes once.
///
/// # Errors
/// BAD_USER_INPUT when it is no such line, no such zone, or a line that never comes.
pub fn next_run(cron: &str, time_zone: &str, after: DateTime<Utc>) -> Result<DateTime<Utc>> {
    bounded(time_zone, TIME_ZONE_MAX, "timeZone")?;
    bounded(cron, CRON_MAX, "cron")?;
    let zone: Tz = time_zone.parse().map_err(|_| {
        let time_zone = told(time_zone);
        let said = format!(
            "{time_zone:?} is no time zone; give a name of the IANA database, such as Europe/Berlin"
        );
        Error::bad_input(said).with("field", "timeZone")
    })?;
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    let line = parser.parse(cron).map_err(|error| {
        // It may repeat what was given, too.
        let (cron, error) = (told(cron), told(&error.to_string()));
        let said = format!(
            "{cron:?} is no cron line; give five fields (minute, hour, day of the month, month, day of the week), \
             such as \"30 3 * * *\" for every day at half past three ({error})"
        );
        Error::bad_input(said).with("field", "cron")
    })?;
    match line.find_next_occurrence(&after.with_timezone(&zone), false) {
        Ok(next) => Ok(next.with_timezone(&Utc)),
        Err(error) => Err(never(cron, &error)),
    }
}

fn never(cron: &str, error: &CronError) -> Error {
    let cron = told(cron);
    let said = format!("{cron:?} is a day that never comes ({error})");
    Error::bad_input(said).with("field", "cron")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(cron: &str, zone: &str, after: &str) -> String {
        let after = DateTime::parse_from_rfc3339(after).unwrap();
        next_run(cron, zone, after.with_timezone(&Utc))
            .map_or_else(|error| error.message().to_owned(), |at| at.to_rfc3339())
    }

    #[test]
    fn lines_are_read_in_their_zone() {
        let daily = "30 3 * * *";
        for (zone, next_at) in [
            ("UTC", "2026-06-02T03:30:00+00:00"),
            ("Europe/Berlin", "2026-06-02T01:30:00+00:00"),
            ("Asia/Kolkata", "2026-06-01T22:00:00+00:00"),
        ] {
            assert_eq!(next(daily, zone, "2026-06-01T12:00:00Z"), next_at, "{zone}");
        }
    }

    #[test]
    fn a_day_on_which_clocks_change_has_one_tick() {
        // 02:30 does not exist on 29 March 2026 in Berlin, and comes twice on 25 October.
        let line = "30 2 * * *";
        assert_eq!(
            next(line, "Europe/Berlin", "2026-03-28T12:00:00Z"),
            "2026-03-29T01:00:00+00:00"
        );
        assert_eq!(
            next(line, "Europe/Berlin", "2026-03-29T01:00:00Z"),
            "2026-03-30T00:30:00+00:00"
        );
        assert_eq!(
            next(line, "Europe/Berlin", "2026-10-24T12:00:00Z"),
            "2026-10-25T00:30:00+00:00"
        );
        assert_eq!(
            next(line, "Europe/Berlin", "2026-10-25T00:30:00Z"),
            "2026-10-26T01:30:00+00:00"
        );
    }

    #[test]
    fn lines_are_kept_plain_and_long_ones_are_not_repeated() {
        assert_eq!(plain(" 30\t3 *\n * *\n"), "30 3 * * *");
        for (cron, zone, said) in [
            (
                "1 ".repeat(200).as_str(),
                "UTC",
                "cron has at most 200 characters",
            ),
            ("x".repeat(150).as_str(), "UTC", "is no cron line"),
            (
                "0 0 * * *",
                "x".repeat(65).as_str(),
                "timeZone has at most 64 characters",
            ),
        ] {
            let message = next(cron, zone, "2026-06-01T12:00:00Z");
            assert!(message.contains(said), "{message}");
            assert!(
                !message.contains(&"x".repeat(61)) && !message.contains(&"1 ".repeat(40)),
                "{message}"
            );
        }
    }

    #[test]
    fn what_is_no_schedule_is_told() {
        for (cron, zone, said) in [
            ("every day", "UTC", "is no cron line"),
            ("61 * * * *", "UTC", "is no cron line"),
            ("* * * * * *", "UTC", "is no cron line"),
            ("", "UTC", "is no cron line"),
            ("0 0 30 2 *", "UTC", "never comes"),
            ("0 0 * * *", "Mars/Olympus", "is no time zone"),
        ] {
            let told = next(cron, zone, "2026-06-01T12:00:00Z");
            assert!(told.contains(said), "{cron}: {told}");
        }
    }
}
