//! Dates as devices pack them.

use std::fmt::Write;

/// Writes `ManufacturerDate` (PDC 1.1 §4.2.6): day, month and year since 1980 in 5, 4 and 7 bits.
pub fn write_packed(value: i64, out: &mut String) {
    if value == 0 {
        out.push_str("not set");
        return;
    }
    let (year, month, day) = (1980 + ((value >> 9) & 0x7F), (value >> 5) & 0xF, value & 0x1F);
    write(year, month, day, out);
}

/// Reads back what [`write_packed`] writes.
#[must_use]
pub fn parse_packed(text: &str) -> Option<i64> {
    let (year, month, day) = parse(text)?;
    (1980..=2107).contains(&year).then_some(((year - 1980) << 9) | (month << 5) | day)
}

/// Writes APC's date: the decimal digits of month, day and year, each in a nibble.
pub fn write_apc(value: i64, out: &mut String) {
    if value == 0 {
        out.push_str("not set");
        return;
    }
    let two_digits = |shift: u32| (value >> (shift + 4) & 0xF) * 10 + (value >> shift & 0xF);
    let year = two_digits(0);
    // The two digits turn over in 1970, before the first UPS with a USB plug.
    write(if year >= 70 { 1900 + year } else { 2000 + year }, two_digits(16), two_digits(8), out);
}

/// Writes the date of a Unix time, UTC.
pub fn write_unix_date(seconds: i64, out: &mut String) {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    write(year, month, day, out);
}

/// Writes the time of day of a Unix time, UTC.
pub fn write_unix_time(seconds: i64, out: &mut String) {
    let second = seconds.rem_euclid(86_400);
    // Writing to a String cannot fail.
    let _ = write!(out, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
}

/// The Unix time of a date and a time of day, UTC.
#[must_use]
pub fn parse_unix(date: &str, time: &str) -> Option<i64> {
    let (year, month, day) = parse(date)?;
    let mut parts = time.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    is_time.then(|| days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn write(year: i64, month: i64, day: i64, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{year:04}/{month:02}/{day:02}");
}

fn parse(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.splitn(3, '/').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_date = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then_some((year, month, day))
}

/// Days since 1970-01-01 of a date in the Gregorian calendar. Years begin in March, so that the
/// leap day comes last; 400 years have 146,097 days.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day since 1970-01-01.
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn dates_read_as_the_devices_that_sent_them_were_labelled() {
        // The Back-UPS BX750MI's 7B report and a Back-UPS BF500.
        assert_eq!(text(|out| write_packed(0x5893, out)), "2024/04/19");
        assert_eq!(text(|out| write_apc(0x09_25_01, out)), "2001/09/25");
        assert_eq!(text(|out| write_apc(0, out)), "not set");
        assert_eq!(parse_packed("2024/04/19"), Some(0x5893));
        assert_eq!(parse_packed("not set"), None);
    }

    #[test]
    fn unix_times_survive_a_round_trip() {
        for seconds in [0, 951_782_399, 951_868_800, 1_700_000_000, 4_102_444_799] {
            let (date, time) = (text(|out| write_unix_date(seconds, out)), text(|out| write_unix_time(seconds, out)));
            assert_eq!(parse_unix(&date, &time), Some(seconds), "{date} {time}");
        }
        assert_eq!(text(|out| write_unix_date(951_782_400, out)), "2000/02/29");
        assert_eq!(parse_unix("2024/13/01", "00:00:00"), None);
    }
}
