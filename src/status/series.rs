//! Figures over time, for a sparkline.

use super::moment::Moment;
use serde::Serialize;
use std::time::Duration;

/// How many points a series holds at most: a dashboard that runs for weeks takes no more memory than a new one.
pub const LONGEST: usize = 180;

/// Figures over time, one a period, oldest first. A period without a figure has none, which isn't zero.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// When the first period began.
    pub start: Moment,
    /// How long a period is.
    pub period_seconds: u64,
    points: Vec<Option<f64>>,
}

impl Series {
    /// A series from its points; of too many only the newest are kept.
    pub fn new(start: Moment, period: Duration, mut points: Vec<Option<f64>>) -> Self {
        let surplus = points.len().saturating_sub(LONGEST);
        points.drain(..surplus);
        let skipped = period.saturating_mul(u32::try_from(surplus).unwrap_or(u32::MAX));
        Series { start: Moment(start.0 + skipped), period_seconds: period.as_secs(), points }
    }

    /// The points, oldest first.
    pub fn points(&self) -> &[Option<f64>] {
        &self.points
    }

    /// The newest figure.
    pub fn latest(&self) -> Option<f64> {
        self.points.iter().rev().find_map(|point| *point)
    }

    /// The sum of all figures.
    pub fn total(&self) -> f64 {
        self.points.iter().flatten().sum()
    }

    /// The mean of all figures; none where there are no figures.
    pub fn mean(&self) -> Option<f64> {
        let count = self.points.iter().flatten().count();
        (count > 0).then(|| self.total() / count as f64)
    }

    /// The largest figure.
    pub fn largest(&self) -> Option<f64> {
        self.points.iter().flatten().copied().reduce(f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_keeps_its_newest_points() {
        let points = (0..LONGEST + 2).map(|point| Some(point as f64)).collect();
        let series = Series::new(Moment::of_seconds(0), Duration::from_secs(60), points);
        assert_eq!((series.points().len(), series.start), (LONGEST, Moment::of_seconds(120)));
        assert_eq!((series.points()[0], series.latest()), (Some(2.0), Some(181.0)));
    }

    #[test]
    fn a_missing_figure_is_not_zero() {
        let points = vec![Some(2.0), None, Some(4.0), None];
        let series = Series::new(Moment::of_seconds(0), Duration::from_secs(60), points);
        assert_eq!((series.mean(), series.total(), series.latest()), (Some(3.0), 6.0, Some(4.0)));
        let empty = Series::new(Moment::of_seconds(0), Duration::from_secs(60), vec![None]);
        assert_eq!((empty.mean(), empty.largest()), (None, None));
    }
}
