//! By whose numbers an application is told what went wrong. Its code looks for them in the description.

use app::contract::time::Timestamp;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tongue {
    /// `AADSTS…`
    Entra,
    /// `AADB2C…`: where the address named a user flow.
    B2c,
}

/// B2C's number for what Entra's number says. What is not here has none, and keeps Entra's.
const B2C: [(u32, u32); 34] = [
    (28_000, 90_146),
    (50_011, 90_006),
    (50_057, 90_128),
    (50_058, 90_077),
    (50_147, 90_183),
    (50_173, 90_129),
    (54_005, 90_080),
    (65_004, CANCELLED),
    (70_000, 90_279),
    (70_003, 90_086),
    (70_005, 90_013),
    (70_007, 90_014),
    (70_008, 90_080),
    (70_011, 90_012),
    (90_033, 90_037),
    (90_055, 90_244),
    (501_481, 90_182),
    (700_005, 90_088),
    (700_016, 90_018),
    (700_025, 90_084),
    (700_051, 90_057),
    (700_054, 90_057),
    (900_144, 90_083),
    (901_010, 90_083),
    (901_011, 90_043),
    (901_012, 90_120),
    (901_013, 90_184),
    (901_014, 90_110),
    (7_000_112, 90_092),
    (7_000_215, 90_081),
    (7_000_218, 90_079),
    (7_000_222, 90_081),
    (9_002_325, 99_059),
    (9_002_327, 90_058),
];

/// What only B2C's flows do, and what therefore is told by its numbers whatever the address was: the person cancelled, or
/// forgot the password and is helped by the application.
pub const CANCELLED: u32 = 90_091;
pub const FORGOTTEN: u32 = 90_118;

impl Tongue {
    pub fn code(self, number: u32) -> String {
        let known = B2C.iter().find(|(entras, _)| *entras == number).map(|(_, its)| *its);
        match (self, known) {
            _ if [CANCELLED, FORGOTTEN].contains(&number) => format!("AADB2C{number}"),
            (Tongue::B2c, Some(number)) => format!("AADB2C{number}"),
            (Tongue::Entra, _) | (Tongue::B2c, None) => format!("AADSTS{number}"),
        }
    }

    /// What `code` was made of.
    pub fn number(self, code: &str) -> Option<u32> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        let prefixed = code.strip_prefix("AADB2C").and_then(digits);
        match (self, prefixed) {
            (_, Some(number)) if [CANCELLED, FORGOTTEN].contains(&number) => Some(number),
            (Tongue::B2c, Some(number)) => B2C.iter().find(|(_, its)| *its == number).map(|(entras, _)| *entras),
            (Tongue::Entra, _) => digits(code).filter(|number| ![CANCELLED, FORGOTTEN].contains(number)),
            (Tongue::B2c, None) => None,
        }
    }

    /// An error as it travels with the browser. B2C's clients look for their numbers in lines of their own; RFC 6749
    /// §4.1.2.1 keeps line ends out of everybody else's.
    pub fn description(self, number: u32, why: &str, correlation: &str, at: Timestamp) -> String {
        let code = self.code(number);
        match self {
            _ if code.starts_with("AADB2C") => {
                format!("{code}: {why}\r\nCorrelation ID: {correlation}\r\nTimestamp: {}\r\n", moment(at))
            }
            Tongue::Entra | Tongue::B2c => format!("{code}: {why}"),
        }
    }
}

/// `2031-02-03 04:05:06Z`.
pub fn moment(at: Timestamp) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = at.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}Z", at.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_in_the_tongue_that_was_asked() {
        assert_eq!(Tongue::Entra.code(50_058), "AADSTS50058");
        assert_eq!(Tongue::B2c.code(50_058), "AADB2C90077");
        assert_eq!(Tongue::B2c.code(65_004), "AADB2C90091");
        assert_eq!(Tongue::Entra.code(65_004), "AADSTS65004");
        assert_eq!(Tongue::Entra.code(FORGOTTEN), "AADB2C90118");
        assert_eq!(Tongue::B2c.code(50_076), "AADSTS50076");
    }

    #[test]
    fn b2cs_lines_stand_under_each_other() {
        let told = |tongue: Tongue| tongue.description(50_058, "Nobody is signed in.", "c0", Timestamp(0));
        assert_eq!(told(Tongue::Entra), "AADSTS50058: Nobody is signed in.");
        assert_eq!(
            told(Tongue::B2c),
            "AADB2C90077: Nobody is signed in.\r\nCorrelation ID: c0\r\nTimestamp: 1970-01-01 00:00:00Z\r\n"
        );
    }

    #[test]
    fn numbers_are_listed_once_and_in_order() {
        assert!(B2C.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
