//! A moment as Graph writes it: `2031-02-03T04:05:06Z`.

use crate::contract::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Moment(pub Timestamp);

const DAY: i64 = 86_400_000;

impl Moment {
    /// RFC 3339 §5.6 in UTC, to the millisecond where there are any.
    pub fn text(self) -> String {
        let (days, rest) = (self.0.0.div_euclid(DAY), self.0.0.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second, milli) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
        let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
    }

    /// The first one after it.
    pub fn next(self) -> Moment {
        Moment(Timestamp(self.0.0.saturating_add(1)))
    }

    /// A date alone is its first moment. Fractions finer than a millisecond are cut; an offset other than `Z` is not read.
    pub fn read(text: &str) -> Option<Moment> {
        let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
        let mut parts = date.splitn(3, '-').map(number);
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let time = time.strip_suffix('Z')?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut parts = clock.splitn(3, ':').map(number);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        let milli = number(format!("{fraction:0<3}").get(..3)?)?;
        number(fraction)?;
        let days = days(year, month, day);
        let exists = (0..=9999).contains(&year) && self::date(days) == (year, month, day);
        let in_day = hour < 24 && minute < 60 && second < 60;
        let millis = ((hour * 60 + minute) * 60 + second) * 1000 + milli;
        (exists && in_day).then_some(Moment(Timestamp(days * DAY + millis)))
    }
}

fn number(digits: &str) -> Option<i64> {
    let short = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    short.then(|| digits.parse().ok())?
}

/// Days since 1970 in the Gregorian calendar, counted in years that begin in March so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = (if month < 10 { month + 3 } else { month - 9 }, year + era * 400);
    (if month <= 2 { year + 1 } else { year }, month, day)
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::read(&text).ok_or_else(|| D::Error::custom("a moment is written like 2031-02-03T04:05:06Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_read_alike() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_176_000_000, "2026-11-20T12:00:00Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Moment(Timestamp(millis)).text(), text);
            assert_eq!(Moment::read(text), Some(Moment(Timestamp(millis))));
        }
        assert_eq!(Moment::read("2026-11-20T12:00:00.0000000Z"), Some(Moment(Timestamp(1_795_176_000_000))));
        assert_eq!(Moment::read("2026-11-20"), Some(Moment(Timestamp(1_795_132_800_000))));
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in
            ["", "2026", "2026-02-30", "2026-13-01", "2026-11-20T24:00:00Z", "2026-11-20T12:00:00+01:00", "x-y-z"]
        {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }
}
