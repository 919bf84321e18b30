//! Lengths of time as people write them: `0s`, `5m`, `1h`, `30d`.

use super::answers::Seconds;
use super::question::Fault;
use std::fmt;

/// Seconds in a day.
pub const DAY: u64 = 86_400;

/// Seconds in a year of 365 days, the longest time that a cache is asked to keep anything.
pub const YEAR: u64 = 365 * DAY;

const UNITS: [(char, u64); 4] = [('d', DAY), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a length of time.
pub fn parse_duration(text: &str) -> Result<Seconds, Fault> {
    let wrong = || {
        Fault::new(format!("`{text}` is not a length of time"))
            .help("write a whole number and its unit: `90s`, `5m`, `1h` or `30d`")
    };
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = UNITS.iter().find(|(letter, _)| *letter == unit).ok_or_else(wrong)?.1;
    let number = &text[..text.len() - unit.len_utf8()];
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: u64 = number.parse().map_err(|_| wrong())?;
    count.checked_mul(seconds).map(Seconds).ok_or_else(wrong)
}

impl fmt::Display for Seconds {
    /// In the largest unit that leaves no remainder.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |length: &u64| self.0 > 0 && self.0.is_multiple_of(*length);
        let (letter, length) = UNITS.into_iter().find(|(_, length)| fits(length)).unwrap_or(('s', 1));
        write!(f, "{}{letter}", self.0 / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_each_unit() {
        let rows = [("0s", 0), ("90s", 90), ("5m", 300), ("1h", 3_600), ("30d", 2_592_000), ("365d", YEAR)];
        for (text, seconds) in rows {
            assert_eq!(parse_duration(text), Ok(Seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_length_of_time() {
        for text in ["", "5", "h", "1w", "-1s", "1.5h", "+1s", "1 h", "5é", "99999999999999999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(seconds in 0u64..u64::MAX / 2) {
            prop_assert_eq!(parse_duration(&Seconds(seconds).to_string()), Ok(Seconds(seconds)));
        }
    }
}
