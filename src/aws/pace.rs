//! How many requests are on their way to one bucket at once: what the round trip asks for where that is known, more
//! while S3 keeps up, half as many when it asks to slow down.

use std::time::{Duration, Instant};

/// How many at first, where nothing is known of the round trip.
pub const FIRST: usize = 32;

/// No fewer, however slow S3 is.
const LEAST: usize = 4;

/// As many as hide the round trip to a region of the same continent.
const MOST: usize = 128;

/// As many as hide the round trip to the other side of the world.
const MOST_AFAR: usize = 256;

/// What takes longer than this comes from afar.
const AFAR: Duration = Duration::from_millis(60);

/// S3 takes at least this many writes a second below one prefix (aws-facts.md G).
const WRITES_PER_SECOND: f64 = 3_400.0;

/// Once S3 has divided a prefix it takes more, so a little more is tried until it asks to slow down.
const HOPE: f64 = 1.25;

/// How much one answer counts in the mean.
const WEIGHT: f64 = 0.05;

/// How many requests are on their way at once.
#[derive(Debug)]
pub struct Pace {
    limit: f64,
    ceiling: usize,
    /// The mean over the last answers, in seconds.
    latency: Option<f64>,
    /// The quickest answer, in seconds: what tells how far away S3 is, however busy this machine is with all of it.
    quickest: Option<f64>,
    /// Whether S3 has asked to slow down: from then on it is approached with care.
    careful: bool,
    slowed: Option<Instant>,
}

impl Pace {
    /// The pace to begin with, never more than `ceiling`; as many at once as make what S3 promises to take, where
    /// it is known how long an answer takes.
    pub fn new(ceiling: usize, round_trip: Option<Duration>) -> Pace {
        let latency = round_trip.map(|took| took.as_secs_f64());
        let known = Pace { limit: 0.0, ceiling, latency, quickest: latency, careful: true, slowed: None };
        Pace { limit: known.most() as f64, careful: false, ..known }
    }

    /// How many requests may be on their way now.
    pub fn limit(&self) -> usize {
        self.limit as usize
    }

    /// A request came back well.
    pub fn arrived(&mut self, took: Duration) {
        let took = took.as_secs_f64();
        self.latency = Some(self.latency.map_or(took, |mean| mean + WEIGHT * (took - mean)));
        self.quickest = Some(self.quickest.map_or(took, |quickest| quickest.min(took)));
        let step = if self.careful { self.limit.recip() } else { 1.0 };
        self.limit = (self.limit + step).min(self.most() as f64);
    }

    /// S3 asked to slow down, or did not answer. Everything sent before that was heard says it again, so it counts
    /// once in a round trip.
    pub fn slow_down(&mut self, now: Instant) {
        let round_trip = self.latency.map_or(AFAR, |mean| Duration::from_secs_f64(2.0 * mean));
        if self.slowed.is_some_and(|slowed| now.duration_since(slowed) < round_trip) {
            return;
        }
        self.slowed = Some(now);
        self.careful = true;
        self.limit = (self.limit / 2.0).max(LEAST.min(self.ceiling) as f64);
    }

    fn most(&self) -> usize {
        let latency = self.latency.unwrap_or_default();
        let is_afar = self.quickest.is_some_and(|quickest| quickest > AFAR.as_secs_f64());
        let most = if is_afar { MOST_AFAR } else { MOST };
        let rate = if self.careful { WRITES_PER_SECOND } else { WRITES_PER_SECOND * HOPE };
        ((rate * latency) as usize).clamp(FIRST, most).min(self.ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pace: &mut Pace, answers: usize, took: u64) -> usize {
        (0..answers).for_each(|_| pace.arrived(Duration::from_millis(took)));
        pace.limit()
    }

    #[test]
    fn it_grows_to_what_hides_the_round_trip_and_no_further() {
        for (took, most) in [(1, 32), (20, 85), (30, 127), (50, 128), (59, 128), (70, 256), (200, 256)] {
            assert_eq!(after(&mut Pace::new(1000, None), 1000, took), most, "{took} ms");
        }
        assert_eq!(after(&mut Pace::new(10, None), 1000, 100), 10);
    }

    #[test]
    fn a_busy_machine_is_not_taken_for_a_long_way() {
        let mut pace = Pace::new(1000, Some(Duration::from_millis(30)));
        assert_eq!(after(&mut pace, 1000, 200), 128);
    }

    #[test]
    fn it_begins_with_what_s3_promises_to_take_where_the_round_trip_is_known() {
        let first = |took| Pace::new(1000, Some(Duration::from_millis(took))).limit();
        assert_eq!([1, 20, 30, 70].map(first), [32, 68, 102, 238]);
        assert_eq!(Pace::new(1000, None).limit(), FIRST);
        assert_eq!(Pace::new(10, Some(Duration::from_millis(30))).limit(), 10);
    }

    #[test]
    fn it_is_halved_once_in_a_round_trip_and_recovers_with_care() {
        let mut pace = Pace::new(1000, None);
        assert_eq!(after(&mut pace, 1000, 30), 127);
        let now = Instant::now();
        pace.slow_down(now);
        pace.slow_down(now + Duration::from_millis(10));
        assert_eq!(pace.limit(), 63);
        pace.slow_down(now + Duration::from_millis(100));
        assert_eq!(pace.limit(), 31);
        assert_eq!(after(&mut pace, 32, 30), 32);
        assert_eq!(after(&mut pace, 10_000, 30), 102);
    }

    #[test]
    fn it_never_stops_altogether() {
        let mut pace = Pace::new(1000, None);
        let now = Instant::now();
        (0..100).for_each(|second| pace.slow_down(now + Duration::from_secs(second)));
        assert_eq!(pace.limit(), LEAST);
        let mut narrow = Pace::new(2, None);
        narrow.slow_down(now);
        assert_eq!(narrow.limit(), 2);
    }
}
