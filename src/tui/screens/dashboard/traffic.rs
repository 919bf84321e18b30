//! The panels about what visitors do and get, as facts: requests and the cache, functions at the edge, probes.

use super::super::super::text::{counted, size};
use super::super::super::widgets::sparkline::sparkline;
use super::facts::{AMISS, DOUBT, Fact, NOTHING, PLAINLY, RIGHT, UNDER_WAY, UNKNOWN, detail, fact};
use crate::status::panels::{
    CachingView, EdgeFunctionState, EdgeFunctionView, EdgeFunctionsView, ProbeView, ProbesView, Warmth,
};
use crate::status::{Measured, Series};

/// How many columns a line of bars takes at most.
const BARS: usize = 30;

pub(super) fn edge_functions(found: &EdgeFunctionsView) -> Vec<Fact> {
    let broken = found.functions.iter().filter(|it| matches!(it.state, EdgeFunctionState::Failed(_))).count();
    let sum = match (found.functions.len(), broken) {
        (0, _) => fact(NOTHING, "none"),
        (all, 0) => fact(RIGHT, counted(all, "function")),
        (all, broken) => fact(AMISS, format!("{broken} of {} can't run", counted(all, "function"))),
    };
    std::iter::once(sum).chain(found.functions.iter().flat_map(edge_function)).collect()
}

fn edge_function(found: &EdgeFunctionView) -> Vec<Fact> {
    // CloudFront Functions have a stage where Lambda has numbers.
    let named = |version: &String| match version.parse::<u64>() {
        Ok(number) => format!("v{number}"),
        Err(_) => version.clone(),
    };
    let version = found.version.as_ref().map_or("runs nowhere".to_owned(), named);
    let (mark, state) = match &found.state {
        EdgeFunctionState::Active => (RIGHT, String::new()),
        EdgeFunctionState::Pending => (UNDER_WAY, " · is being made ready".to_owned()),
        EdgeFunctionState::Failed(why) => (AMISS, format!(" · can't run: {why}")),
        EdgeFunctionState::Unpublished => (DOUBT, " · never published".to_owned()),
    };
    let count = |measured: &Measured<u64>| match measured {
        Measured::Data(count) => count.to_string(),
        Measured::NoData { why } => format!("no data: {why}"),
    };
    let errors = match &found.errors {
        Measured::Data(0) => " · no errors".to_owned(),
        Measured::Data(errors) => {
            format!(" · {}", counted(usize::try_from(*errors).unwrap_or(usize::MAX), "error"))
        }
        Measured::NoData { .. } => " · errors: no data".to_owned(),
    };
    vec![
        fact(mark, format!("{} {version}{state}{errors}", found.name)),
        detail(PLAINLY, format!("  runs on {}", found.runs_on.join(", "))),
        detail(PLAINLY, format!("  runs in the last hour: {}", count(&found.runs))),
        detail(PLAINLY, format!("  errors in the last hour: {}", count(&found.errors))),
    ]
}

pub(super) fn caching(found: &CachingView) -> Vec<Fact> {
    let requests =
        series("requests", &found.requests, |series| format!("{}/min", short_number(per_minute(series))));
    let hits = series("hits    ", &found.hit_rate, percent);
    let errors = series("errors  ", &found.error_rate, percent);
    let bytes = series("traffic ", &found.bytes, |series| format!("{}/min", size(per_minute(series) as u64)));
    vec![sum_of_caching(found), requests, hits, errors, bytes]
}

fn sum_of_caching(found: &CachingView) -> Fact {
    match (found.requests.data(), found.hit_rate.data()) {
        (Some(requests), Some(hits)) => {
            let rate = short_number(per_minute(requests));
            fact(PLAINLY, format!("{rate} requests/min, {} from the cache", percent(hits)))
        }
        (Some(requests), None) => {
            fact(PLAINLY, format!("{} requests/min", short_number(per_minute(requests))))
        }
        (None, _) => no_data(&found.requests),
    }
}

fn no_data<T>(measured: &Measured<T>) -> Fact {
    match measured {
        Measured::Data(_) => fact(NOTHING, ""),
        Measured::NoData { why } => fact(UNKNOWN, format!("no data: {why}")),
    }
}

fn series(name: &str, measured: &Measured<Series>, latest: impl Fn(&Series) -> String) -> Fact {
    match measured {
        Measured::Data(series) => {
            fact(PLAINLY, format!("{name} {:>10}  {}", latest(series), sparkline(series.points(), BARS)))
        }
        Measured::NoData { why } => fact(UNKNOWN, format!("{name} no data: {why}")),
    }
}

fn per_minute(series: &Series) -> f64 {
    series.latest().unwrap_or_default() * 60.0 / series.period_seconds.max(1) as f64
}

fn percent(series: &Series) -> String {
    series.latest().map_or("no data".to_owned(), |latest| {
        if latest > 0.0 && latest < 1.0 { format!("{latest:.2} %") } else { format!("{latest:.1} %") }
    })
}

/// `7`, `950`, `12.4k`, `3.1M`.
fn short_number(number: f64) -> String {
    match number {
        small if small < 10.0 && small.fract() != 0.0 => format!("{small:.1}"),
        small if small < 1_000.0 => format!("{small:.0}"),
        middle if middle < 1_000_000.0 => format!("{:.1}k", middle / 1_000.0),
        large => format!("{:.1}M", large / 1_000_000.0),
    }
}

pub(super) fn probes(found: &ProbesView) -> Vec<Fact> {
    let probes = match &found.probes {
        Measured::Data(probes) => probes,
        Measured::NoData { .. } => return vec![no_data(&found.probes)],
    };
    let failing = probes.iter().filter(|probe| !is_well(probe)).count();
    let sum = match (probes.len(), failing) {
        (0, _) => fact(NOTHING, "nobody to ask"),
        (_, 0) => fact(RIGHT, "answers"),
        (all, failing) => fact(AMISS, format!("{failing} of {} failed", counted(all, "request"))),
    };
    std::iter::once(sum).chain(probes.iter().flat_map(probe)).collect()
}

fn is_well(probe: &ProbeView) -> bool {
    probe.answer.as_ref().is_ok_and(|answer| answer.status < 400)
}

fn probe(found: &ProbeView) -> Vec<Fact> {
    let warmth = match found.warmth {
        Warmth::Cold => "cold",
        Warmth::Warm => "warm",
    };
    let answer = match &found.answer {
        Ok(answer) => answer,
        Err(failed) => return vec![fact(AMISS, format!("{warmth} {}: {}", found.url, failed.why))],
    };
    let place = answer.edge_location.as_deref().unwrap_or("edge unknown");
    let cache = answer.x_cache.as_deref().unwrap_or("no x-cache");
    let mark = if answer.status < 400 { RIGHT } else { AMISS };
    let took = answer.first_byte_milliseconds;
    let first = format!("{warmth} {} {took:>4} ms  {place}  {cache}", answer.status);
    let connect =
        answer.connect_milliseconds.map(|took| format!("connected in {took} ms, ")).unwrap_or_default();
    let tls = answer.tls.as_deref().unwrap_or("no TLS");
    let age = answer.age_seconds.map(|age| format!(", {age} s in the cache")).unwrap_or_default();
    vec![fact(mark, first), detail(PLAINLY, format!("  {}: {connect}{tls}{age}", found.url))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(
            [0.0, 2.5, 950.0, 12_400.0, 3_100_000.0].map(short_number),
            ["0", "2.5", "950", "12.4k", "3.1M"]
        );
    }
}
