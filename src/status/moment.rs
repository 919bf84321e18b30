//! A moment as programs read it.

use serde::{Serialize, Serializer};
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A moment; written as RFC 3339 has it, in UTC and whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub SystemTime);

impl Moment {
    /// How long before `now` it was; nothing for what is yet to come.
    pub fn age(self, now: SystemTime) -> Duration {
        now.duration_since(self.0).unwrap_or_default()
    }

    /// The moment so many seconds after the beginning of 1970.
    pub fn of_seconds(seconds: i64) -> Moment {
        let since = Duration::from_secs(seconds.unsigned_abs());
        Moment(if seconds < 0 { SystemTime::UNIX_EPOCH - since } else { SystemTime::UNIX_EPOCH + since })
    }

    /// The seconds since the beginning of 1970.
    pub fn seconds(self) -> i64 {
        OffsetDateTime::from(self.0).unix_timestamp()
    }

    /// The moment that RFC 3339 writes so.
    pub fn parse(text: &str) -> Option<Moment> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(|moment| Moment(moment.into()))
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let moment = OffsetDateTime::from(self.0).replace_nanosecond(0).ok();
        let text = moment.and_then(|moment| moment.format(&Rfc3339).ok());
        f.pad(&text.unwrap_or_default())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        let moment = Moment::parse("2031-05-06T07:08:09Z").unwrap();
        assert_eq!(moment.to_string(), "2031-05-06T07:08:09Z");
        assert_eq!(Moment::of_seconds(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(moment.age(moment.0 + Duration::from_secs(3)), Duration::from_secs(3));
    }
}
