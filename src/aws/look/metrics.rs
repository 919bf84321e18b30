//! Figures that CloudWatch keeps.
//!
//! Those of a distribution are in us-east-1 (aws-facts.md A.1). Cache hits are measured only where the distribution's
//! additional metrics are switched on, which cost money; the other four always are.

use crate::aws::refusal::Refusal;
use crate::aws::session::{GLOBAL_REGION, Patience, Session};
use crate::aws::tagged_buckets::{regions, unless_not_enabled};
use crate::blueprint::answers::Region;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;
use futures::future::join_all;
use std::collections::BTreeMap;

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Such as `AWS/CloudFront`.
    pub namespace: &'static str,
    /// Such as `Requests`.
    pub metric: &'static str,
    /// How the figures of one period are put together, such as `Sum`.
    pub statistic: &'static str,
    /// Whose they are.
    pub dimensions: Vec<(&'static str, String)>,
}

/// From when to when, in seconds since 1970, and how long each period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When the first period begins; a multiple of the period.
    pub start: i64,
    /// When the last one has ended.
    pub end: i64,
    /// How long each is, in seconds.
    pub period: i32,
}

/// Each figure by the beginning of its period.
pub type Points = BTreeMap<i64, f64>;

impl Figure {
    /// A figure of a distribution.
    pub fn of_distribution(id: &str, metric: &'static str, statistic: &'static str) -> Figure {
        let dimensions = vec![("DistributionId", id.to_owned()), ("Region", "Global".to_owned())];
        Figure { namespace: "AWS/CloudFront", metric, statistic, dimensions }
    }

    /// A count of a CloudFront Function's runs.
    pub fn of_function(name: &str, metric: &'static str) -> Figure {
        let dimensions = vec![("FunctionName", name.to_owned()), ("Region", "Global".to_owned())];
        Figure { namespace: "AWS/CloudFront", metric, statistic: "Sum", dimensions }
    }

    /// A count of a Lambda@Edge function's runs, in whichever region it is asked for.
    pub fn of_edge_function(name: &str, metric: &'static str) -> Figure {
        // Replicas are named after the region of the original (aws-facts.md D.2).
        let dimensions = vec![("FunctionName", format!("us-east-1.{name}"))];
        Figure { namespace: "AWS/Lambda", metric, statistic: "Sum", dimensions }
    }
}

/// Figures of us-east-1, one answer for each in their order; one that was never measured has no points.
///
/// # Errors
/// When AWS refuses.
pub async fn read(session: &Session, figures: &[Figure], window: Window) -> Result<Vec<Points>, Refusal> {
    read_in(session, &Region(GLOBAL_REGION.to_owned()), Patience::Usual, figures, window).await
}

/// The sums of figures over the whole window and every region where an edge function may run.
///
/// # Errors
/// When a region that is always on refuses.
pub async fn totals(
    session: &Session,
    figures: &[Figure],
    window: Window,
) -> Result<Vec<Option<f64>>, Refusal> {
    let asked = regions(&[]).into_iter().map(|(region, patience)| async move {
        let answer = read_in(session, &region, patience, figures, window).await;
        unless_not_enabled(answer, patience)
    });
    let mut totals = vec![None; figures.len()];
    for answer in join_all(asked).await {
        for (total, points) in totals.iter_mut().zip(answer?) {
            if !points.is_empty() {
                *total = Some(total.unwrap_or_default() + points.values().sum::<f64>());
            }
        }
    }
    Ok(totals)
}

async fn read_in(
    session: &Session,
    region: &Region,
    patience: Patience,
    figures: &[Figure],
    window: Window,
) -> Result<Vec<Points>, Refusal> {
    let queries = figures.iter().enumerate().map(|(at, figure)| query(at, figure, window.period)).collect();
    let client = session.cloudwatch(region, patience);
    let call = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(DateTime::from_secs(window.start))
        .end_time(DateTime::from_secs(window.end))
        .scan_by(ScanBy::TimestampAscending);
    let mut found = vec![Points::new(); figures.len()];
    let mut pages = call.into_paginator().send();
    while let Some(page) = pages.next().await {
        let tried = format!("read metrics in {region}");
        let page = page.map_err(Refusal::to("cloudwatch:GetMetricData", tried))?;
        for result in page.metric_data_results.unwrap_or_default() {
            let place =
                result.id().and_then(|id| id.strip_prefix('m')).and_then(|at| at.parse::<usize>().ok());
            let Some(points) = place.and_then(|place| found.get_mut(place)) else { continue };
            let moments = result.timestamps().iter().map(DateTime::secs);
            points.extend(moments.zip(result.values().iter().copied()));
        }
    }
    Ok(found)
}

fn query(at: usize, figure: &Figure, period: i32) -> MetricDataQuery {
    let dimension = |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let metric = Metric::builder()
        .namespace(figure.namespace)
        .metric_name(figure.metric)
        .set_dimensions(Some(figure.dimensions.iter().map(dimension).collect()))
        .build();
    let statistic = MetricStat::builder().metric(metric).period(period).stat(figure.statistic).build();
    MetricDataQuery::builder().id(format!("m{at}")).metric_stat(statistic).build()
}
