//! CloudWatch: the metrics of distributions, over all three protocols that clients speak.
//!
//! The traffic is imagined: nobody visits a sandbox. It is the same at every look, and begins with the last
//! change of the distribution.

mod data;
mod distributions;
mod protocol;
mod statistics;
#[cfg(test)]
mod tests;

use super::call::{Answer, Refusal, Request, World};
use super::rules::RuleRow;
use serde_json::Value;

/// Answers a call.
pub fn answer(world: &World, request: &Request) -> Answer {
    protocol::answered(request, |operation, input| perform(world, request, operation, input))
}

fn perform(world: &World, request: &Request, operation: &str, input: &Value) -> Result<Value, Refusal> {
    match operation {
        "GetMetricData" => statistics::metric_data(world, request, input),
        "GetMetricStatistics" => statistics::metric_statistics(world, request, input),
        "ListMetrics" => statistics::list(world, request, input),
        other => Err(Refusal::new(400, "InvalidAction", format!("Could not find operation {other}"))),
    }
}

/// A 400 `ValidationError`.
fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}

/// What CloudWatch refuses here.
pub fn rules() -> Vec<RuleRow> {
    let row = |id, about, code, source| RuleRow { service: "monitoring", id, about, code, source };
    vec![
        row("times", "a start that is not before the end", "ValidationError", "cloudwatch model"),
        row("period", "a period that is no multiple of 60 seconds", "ValidationError", "cloudwatch model"),
        row("queries", "no query, or more than 500", "ValidationError", "cloudwatch model"),
        row(
            "query-id",
            "a query id of other letters, or twice the same",
            "ValidationError",
            "cloudwatch model",
        ),
        row(
            "points",
            "more than 1,440 points of one metric",
            "InvalidParameterCombination",
            "cloudwatch model",
        ),
    ]
}
