//! The operations on metrics.

use super::data::{METRICS, measured};
use super::{distributions, invalid};
use crate::sandbox::call::{Refusal, Request, World};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Which numbers are asked for.
struct Asked<'a> {
    metric: &'a Value,
    start: i64,
    end: i64,
    period: i64,
}

/// One point: its moment, and the minutes that it is made of.
struct Point {
    at: i64,
    minutes: Vec<f64>,
}

/// `GetMetricData`: newest first unless asked otherwise.
pub fn metric_data(world: &World, request: &Request, input: &Value) -> Result<Value, Refusal> {
    let queries = input["MetricDataQueries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if queries.is_empty() || queries.len() > 500 {
        return Err(invalid("The collection MetricDataQueries must have 1 to 500 members."));
    }
    let (start, end) = times(input)?;
    let ascending = input["ScanBy"] == "TimestampAscending";
    let mut results = Vec::new();
    for (at, query) in queries.iter().enumerate() {
        check_id(queries, at)?;
        if query.get("MetricStat").is_none() {
            return Err(invalid("The sandbox answers queries with a MetricStat only, no expressions."));
        }
        let stat = &query["MetricStat"];
        let asked = Asked { metric: &stat["Metric"], start, end, period: period(&stat["Period"])? };
        if is_shown(query) {
            results.push(result(world, request, query, &asked, ascending)?);
        }
    }
    Ok(json!({"MetricDataResults": results, "Messages": []}))
}

fn is_shown(query: &Value) -> bool {
    query["ReturnData"] != false && query["ReturnData"] != "false"
}

fn result(
    world: &World,
    request: &Request,
    query: &Value,
    asked: &Asked,
    ascending: bool,
) -> Result<Value, Refusal> {
    let stat = text(&query["MetricStat"]["Stat"]);
    let mut points = points(world, request, asked)?;
    if !ascending {
        points.reverse();
    }
    let values = points.iter().map(|point| statistic(&point.minutes, stat)).collect::<Option<Vec<f64>>>();
    let values =
        values.ok_or_else(|| invalid(format!("The value {stat} for parameter Stat is not supported.")))?;
    let label = query.get("Label").map_or_else(|| text(&asked.metric["MetricName"]), text);
    Ok(json!({
        "Id": query["Id"],
        "Label": label,
        "Timestamps": points.iter().map(|point| point.at).collect::<Vec<_>>(),
        "Values": values,
        "StatusCode": "Complete",
    }))
}

fn check_id(queries: &[Value], at: usize) -> Result<(), Refusal> {
    let id = text(&queries[at]["Id"]);
    let first_is_small = id.chars().next().is_some_and(|letter| letter.is_ascii_lowercase());
    let rest_fits = id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !first_is_small || !rest_fits {
        return Err(invalid(format!(
            "The value {id} for parameter MetricDataQueries.member.{}.Id is not matching the expected pattern \
             ^[a-z][a-zA-Z0-9_]*$.",
            at + 1
        )));
    }
    if queries[..at].iter().any(|other| text(&other["Id"]) == id) {
        return Err(invalid(format!("The id {id} is used more than once in MetricDataQueries.")));
    }
    Ok(())
}

/// `GetMetricStatistics`, in no promised order.
pub fn metric_statistics(world: &World, request: &Request, input: &Value) -> Result<Value, Refusal> {
    let (start, end) = times(input)?;
    let asked = Asked { metric: input, start, end, period: period(&input["Period"])? };
    let statistics = input["Statistics"].as_array().cloned().unwrap_or_default();
    if statistics.is_empty() {
        let message = "At least one of the parameters Statistics and ExtendedStatistics must be specified.";
        return Err(Refusal::new(400, "MissingParameter", message));
    }
    if (end - start) / asked.period > 1_440 {
        let message = format!(
            "You have requested up to {} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints \
             requested by increasing Period, or decreasing the time range.",
            (end - start) / asked.period
        );
        return Err(Refusal::new(400, "InvalidParameterCombination", message));
    }
    let datapoint = |point: &Point| {
        let mut shown = json!({"Timestamp": point.at, "Unit": unit(text(&input["MetricName"]))});
        for name in statistics.iter().map(text) {
            if let Some(value) = statistic(&point.minutes, name) {
                shown[name] = json!(value);
            }
        }
        shown
    };
    let datapoints: Vec<Value> = points(world, request, &asked)?.iter().map(datapoint).collect();
    Ok(json!({"Label": input["MetricName"], "Datapoints": datapoints}))
}

/// `ListMetrics`: those of every distribution; filters narrow them.
pub fn list(world: &World, request: &Request, input: &Value) -> Result<Value, Refusal> {
    let namespace_fits = input.get("Namespace").is_none_or(|namespace| namespace == "AWS/CloudFront");
    if !namespace_fits || request.region != "us-east-1" {
        return Ok(json!({"Metrics": []}));
    }
    let wanted = |metric: &&&str| input.get("MetricName").is_none_or(|name| name == **metric);
    let mut metrics = Vec::new();
    for id in distributions::known(&world.store)?.into_keys() {
        let dimensions = json!([
            {"Name": "DistributionId", "Value": id},
            {"Name": "Region", "Value": "Global"},
        ]);
        if !passes(&dimensions, &input["Dimensions"]) {
            continue;
        }
        metrics.extend(METRICS.iter().filter(wanted).map(
            |name| json!({"Namespace": "AWS/CloudFront", "MetricName": name, "Dimensions": dimensions}),
        ));
    }
    Ok(json!({"Metrics": metrics}))
}

fn passes(dimensions: &Value, filters: &Value) -> bool {
    let dimensions = dimensions.as_array().map(Vec::as_slice).unwrap_or_default();
    filters.as_array().map(Vec::as_slice).unwrap_or_default().iter().all(|filter| {
        dimensions.iter().any(|dimension| {
            dimension["Name"] == filter["Name"]
                && filter.get("Value").is_none_or(|value| *value == dimension["Value"])
        })
    })
}

/// Only us-east-1 has them, and only under exactly these two dimensions (aws-facts.md A.1).
fn points(world: &World, request: &Request, asked: &Asked) -> Result<Vec<Point>, Refusal> {
    let metric = text(&asked.metric["MetricName"]);
    let distribution = distribution(asked.metric).filter(|_| request.region == "us-east-1");
    let Some(distribution) = distribution.filter(|_| METRICS.contains(&metric)) else {
        return Ok(Vec::new());
    };
    let Some(since) = distributions::known(&world.store)?.remove(distribution) else {
        return Ok(Vec::new());
    };
    let first = asked.start.max(since.unix_timestamp());
    let last = asked.end.min(world.now.unix_timestamp());
    let mut points: Vec<Point> = Vec::new();
    let mut minute = first - first.rem_euclid(60);
    while minute < last {
        let at = minute - minute.rem_euclid(asked.period);
        let value = measured(distribution, metric, minute).unwrap_or_default();
        match points.last_mut().filter(|point| point.at == at) {
            Some(point) => point.minutes.push(value),
            None => points.push(Point { at, minutes: vec![value] }),
        }
        minute += 60;
    }
    Ok(points)
}

fn distribution(metric: &Value) -> Option<&str> {
    let dimensions = metric["Dimensions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let value =
        |name: &str| dimensions.iter().find(|dimension| dimension["Name"] == name).map(|d| text(&d["Value"]));
    let is_ours = metric["Namespace"] == "AWS/CloudFront" && dimensions.len() == 2;
    value("DistributionId").filter(|_| is_ours && value("Region") == Some("Global"))
}

fn statistic(minutes: &[f64], name: &str) -> Option<f64> {
    let sum: f64 = minutes.iter().sum();
    match name {
        "Sum" => Some(sum),
        "Average" => Some(sum / minutes.len() as f64),
        "Minimum" => minutes.iter().copied().reduce(f64::min),
        "Maximum" => minutes.iter().copied().reduce(f64::max),
        "SampleCount" => Some(minutes.len() as f64),
        _ => None,
    }
}

fn unit(metric: &str) -> &'static str {
    match metric {
        "4xxErrorRate" | "5xxErrorRate" | "TotalErrorRate" => "Percent",
        _ => "None",
    }
}

fn times(input: &Value) -> Result<(i64, i64), Refusal> {
    let moment = |name: &str| {
        moment(&input[name]).ok_or_else(|| invalid(format!("The parameter {name} is missing or no time.")))
    };
    let (start, end) = (moment("StartTime")?, moment("EndTime")?);
    if start >= end {
        return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
    }
    Ok((start, end))
}

/// Seconds since 1970, from whatever form the protocol gives a time.
fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(seconds) => seconds.as_f64().map(|seconds| seconds as i64),
        Value::String(text) => OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn period(value: &Value) -> Result<i64, Refusal> {
    let seconds = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    seconds.filter(|seconds| *seconds > 0 && seconds % 60 == 0).ok_or_else(|| {
        invalid("The parameter Period must be a multiple of 60: these metrics have one point a minute.")
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
