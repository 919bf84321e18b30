//! The functions that the distribution runs: their versions, whether they can run, and how often they failed.

use super::Live;
use super::caching::window;
use crate::aws::look::edge_functions::{self, Readiness};
use crate::aws::look::metrics::{self, Figure, Points};
use crate::aws::refusal::Refusal;
use crate::blueprint::answers::EdgeEvent;
use crate::blueprint::distribution::DistributionSpec;
use crate::status::panels::{EdgeFunctionKind, EdgeFunctionState, EdgeFunctionView, EdgeFunctionsView};
use crate::status::reading::{Failed, Measured};
use crate::status::sources::Answer;
use futures::future::try_join_all;
use std::collections::BTreeMap;

const HOUR: i32 = 60 * 60;
const NEVER_RAN: &str = "CloudWatch counted no run in the last hour";

/// A function as the distribution names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    name: String,
    /// The number of a Lambda version; a CloudFront Function has none.
    version: Option<String>,
}

/// How often a function ran and failed; `None` where nobody counted.
struct Counts {
    runs: Option<f64>,
    errors: Option<f64>,
}

impl Live {
    pub(super) async fn view_edge_functions(&self) -> Answer<EdgeFunctionsView> {
        let Some(distribution) = self.seen_distribution().await? else {
            return Ok(EdgeFunctionsView { functions: Vec::new() });
        };
        let named = named(&distribution.spec).into_iter();
        let functions = try_join_all(named.map(|(named, runs_on)| self.function(named, runs_on))).await?;
        Ok(EdgeFunctionsView { functions })
    }

    async fn function(&self, named: Named, runs_on: Vec<String>) -> Answer<EdgeFunctionView> {
        let (readiness, counts) = tokio::join!(self.readiness(&named), self.counts(&named));
        let (runs, errors) = match counts {
            Ok(counts) => (measured(counts.runs), measured(counts.errors)),
            // Figures are dispensable: a caller who may not read them still sees the functions.
            Err(refusal) => {
                let why = Failed::from(refusal).why;
                (Measured::no_data(why.clone()), Measured::no_data(why))
            }
        };
        Ok(EdgeFunctionView {
            kind: match named.version {
                Some(_) => EdgeFunctionKind::LambdaEdge,
                None => EdgeFunctionKind::CloudfrontFunction,
            },
            state: state(readiness?),
            version: Some(named.version.unwrap_or_else(|| "live".to_owned())),
            name: named.name,
            runs_on,
            runs,
            errors,
        })
    }

    async fn readiness(&self, named: &Named) -> Result<Readiness, Refusal> {
        match &named.version {
            Some(version) => edge_functions::lambda(&self.subject.session, &named.name, version).await,
            None => edge_functions::cloudfront(&self.subject.session, &named.name).await,
        }
    }

    async fn counts(&self, named: &Named) -> Result<Counts, Refusal> {
        let (session, window) = (&self.subject.session, window(self.seconds(), 60, HOUR as usize / 60));
        let (runs, errors) = match named.version {
            Some(_) => {
                let of = |metric| Figure::of_edge_function(&named.name, metric);
                let totals = metrics::totals(session, &[of("Invocations"), of("Errors")], window).await?;
                (totals.first().copied().flatten(), totals.get(1).copied().flatten())
            }
            None => {
                let of = |metric| Figure::of_function(&named.name, metric);
                let figures = [of("FunctionInvocations"), of("FunctionExecutionErrors")];
                let read = metrics::read(session, &figures, window).await?;
                (read.first().and_then(total), read.get(1).and_then(total))
            }
        };
        // What ran and never failed has no errors counted.
        Ok(Counts { runs, errors: errors.or(runs.map(|_| 0.0)) })
    }
}

fn word(event: EdgeEvent) -> &'static str {
    match event {
        EdgeEvent::ViewerRequest => "viewer-request",
        EdgeEvent::OriginRequest => "origin-request",
        EdgeEvent::OriginResponse => "origin-response",
        EdgeEvent::ViewerResponse => "viewer-response",
    }
}

fn total(points: &Points) -> Option<f64> {
    (!points.is_empty()).then(|| points.values().sum())
}

fn measured(count: Option<f64>) -> Measured<u64> {
    count.map_or_else(|| Measured::no_data(NEVER_RAN), |count| Measured::Data(count as u64))
}

fn state(readiness: Readiness) -> EdgeFunctionState {
    match readiness {
        Readiness::Active => EdgeFunctionState::Active,
        Readiness::Pending => EdgeFunctionState::Pending,
        Readiness::Failed(why) => EdgeFunctionState::Failed(why),
        Readiness::Absent => EdgeFunctionState::Unpublished,
    }
}

/// Every function that the distribution names, with where it runs.
fn named(spec: &DistributionSpec) -> BTreeMap<Named, Vec<String>> {
    let mut found: BTreeMap<Named, Vec<String>> = BTreeMap::new();
    let everything = [("*", &spec.default_behavior)];
    let paths = spec.behaviors.iter().map(|path| (path.path.as_str(), &path.behavior)).chain(everything);
    for (path, behavior) in paths {
        let lambda =
            behavior.edge.iter().filter_map(|(event, call)| Some((word(*event), call.function.known()?)));
        let function = behavior.viewer_request_function.as_ref().and_then(|function| function.known());
        for (event, arn) in lambda.chain(function.map(|arn| ("viewer-request", arn))) {
            found.entry(of_arn(arn)).or_default().push(format!("{event} of {path}"));
        }
    }
    found
}

/// `arn:aws:lambda:us-east-1:ACCOUNT:function:NAME:VERSION` or `arn:aws:cloudfront::ACCOUNT:function/NAME`.
fn of_arn(arn: &str) -> Named {
    if let Some((_, name)) = arn.split_once(":function/") {
        return Named { name: name.to_owned(), version: None };
    }
    let rest = arn.split_once(":function:").map_or(arn, |(_, rest)| rest);
    let (name, version) = rest.split_once(':').unwrap_or((rest, "$LATEST"));
    Named { name: name.to_owned(), version: Some(version.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_the_function_and_its_version() {
        let lambda = of_arn("arn:aws:lambda:us-east-1:123456789012:function:sitecast_a_b:7");
        assert_eq!((lambda.name.as_str(), lambda.version.as_deref()), ("sitecast_a_b", Some("7")));
        let function = of_arn("arn:aws:cloudfront::123456789012:function/sitecast_a_urls");
        assert_eq!((function.name.as_str(), function.version), ("sitecast_a_urls", None));
    }
}
