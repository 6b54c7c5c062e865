//! Days of the (proleptic Gregorian) calendar, counted as PostgreSQL counts them: from 2000-01-01.
//!
//! Year 0 is 1 BC, as ISO 8601 has it. The arithmetic is exact for every date that PostgreSQL knows.

/// Microseconds of a day.
pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// From 0000-03-01, where the arithmetic has its year begin, to 2000-01-01.
const DAYS_BEFORE_EPOCH: i64 = 730_425;
/// Days of 400 years: the calendar repeats after them.
const DAYS_PER_ERA: i64 = 146_097;

/// The date on which `day` falls: year, month from 1, day of the month from 1.
pub(super) fn date_of_day(day: i64) -> (i64, u32, u32) {
    let day = day + DAYS_BEFORE_EPOCH;
    let era = day.div_euclid(DAYS_PER_ERA);
    let day_of_era = day.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months are counted from March, so that the leap day is the last of the year.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32, day_of_month as u32)
}

/// The day of a date, or nothing where the calendar has no such date.
pub(super) fn day_of_date(year: i64, month: u32, day_of_month: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day_of_month == 0 || day_of_month > days_of_month(year, month)
    {
        return None;
    }
    let year_from_march = year - i64::from(month <= 2);
    let era = year_from_march.div_euclid(400);
    let year_of_era = year_from_march.rem_euclid(400);
    let month_from_march = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day_of_month) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_EPOCH)
}

fn days_of_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (day, date) in [
            (0, (2000, 1, 1)),
            (59, (2000, 2, 29)),
            (-10_957, (1970, 1, 1)),
            (9_631, (2026, 5, 15)),
            (-730_425, (0, 3, 1)),
            (-730_426, (0, 2, 29)),
            (2_921_939, (9999, 12, 31)),
        ] {
            assert_eq!(date_of_day(day), date, "day {day}");
            assert_eq!(day_of_date(date.0, date.1, date.2), Some(day), "{date:?}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for day in -800_000..-500_000 {
            let (year, month, of_month) = date_of_day(day);
            assert_eq!(day_of_date(year, month, of_month), Some(day));
        }
    }

    #[test]
    fn dates_outside_the_calendar() {
        assert_eq!(day_of_date(2023, 2, 29), None);
        assert_eq!(day_of_date(1900, 2, 29), None);
        assert_eq!(day_of_date(2024, 13, 1), None);
        assert_eq!(day_of_date(2024, 0, 1), None);
        assert_eq!(day_of_date(2024, 4, 31), None);
        assert_eq!(day_of_date(2024, 4, 0), None);
    }
}
