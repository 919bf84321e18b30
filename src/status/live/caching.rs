//! What visitors did in the last three hours, as CloudWatch counts it.

use super::Live;
use crate::aws::look::metrics::{self, Figure, Points, Window};
use crate::status::moment::Moment;
use crate::status::panels::CachingView;
use crate::status::reading::Measured;
use crate::status::series::{LONGEST, Series};
use crate::status::sources::{Answer, Sources};
use std::time::Duration;

/// How long one point is: the shortest that CloudFront measures.
const PERIOD: i32 = 60;

const NOT_DEPLOYED: &str = "the site is not deployed";
const NO_VISITS: &str = "CloudWatch counted no request in the last three hours";
const NOT_MEASURED: &str =
    "cache hits are measured only where the distribution's additional metrics are on, which AWS charges for";

/// The window that ends with the last whole period before `now`, in seconds since 1970.
pub(super) fn window(now: i64, period: i32, periods: usize) -> Window {
    let length = i64::from(period);
    let end = now - now.rem_euclid(length);
    let periods = i64::try_from(periods).unwrap_or_default();
    Window { start: end - length * periods, end, period }
}

impl Live {
    /// Seconds since 1970.
    pub(super) fn seconds(&self) -> i64 {
        Moment(self.now()).seconds()
    }

    pub(super) async fn view_caching(&self) -> Answer<CachingView> {
        let Some(distribution) = self.seen_distribution().await? else { return Ok(without(NOT_DEPLOYED)) };
        let of = |metric, statistic| Figure::of_distribution(&distribution.id, metric, statistic);
        let figures = [
            of("Requests", "Sum"),
            of("BytesDownloaded", "Sum"),
            of("CacheHitRate", "Average"),
            of("TotalErrorRate", "Average"),
        ];
        let window = window(self.seconds(), PERIOD, LONGEST);
        let points = metrics::read(&self.subject.session, &figures, window).await?;
        let figure = |at: usize| points.get(at).filter(|points| !points.is_empty());
        let visited = figure(0).is_some();
        let measured = |at: usize, why: &str| match figure(at) {
            Some(points) => Measured::Data(series(window, points)),
            None => Measured::no_data(why),
        };
        Ok(CachingView {
            requests: measured(0, NO_VISITS),
            bytes: measured(1, NO_VISITS),
            hit_rate: measured(2, if visited { NOT_MEASURED } else { NO_VISITS }),
            error_rate: measured(3, NO_VISITS),
        })
    }
}

fn without(why: &str) -> CachingView {
    let none = || Measured::no_data(why);
    CachingView { requests: none(), bytes: none(), hit_rate: none(), error_rate: none() }
}

fn series(window: Window, points: &Points) -> Series {
    let period = u64::try_from(window.period).unwrap_or_default();
    let moments = (window.start..window.end).step_by(usize::try_from(window.period).unwrap_or(1));
    let figures = moments.map(|moment| points.get(&moment).copied()).collect();
    Series::new(Moment::of_seconds(window.start), Duration::from_secs(period), figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_whole_periods_only() {
        let window = window(1_000_059, 60, 3);
        assert_eq!((window.start, window.end), (1_000_020 - 180, 1_000_020));
        let points = Points::from([(window.start + 60, 5.0)]);
        assert_eq!(series(window, &points).points(), [None, Some(5.0), None]);
    }
}
