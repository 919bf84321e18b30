//! The functions at the edge.

use crate::status::reading::Measured;
use serde::Serialize;

/// The functions at the edge; none for a site without.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EdgeFunctionsView {
    /// By name.
    pub functions: Vec<EdgeFunctionView>,
}

/// One function at the edge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EdgeFunctionView {
    /// Its name on AWS.
    pub name: String,
    /// What runs it.
    pub kind: EdgeFunctionKind,
    /// The version that the distribution runs; `None` where it runs nowhere.
    pub version: Option<String>,
    /// Whether it can run.
    pub state: EdgeFunctionState,
    /// The events that it runs on, with the path pattern, such as `viewer-request of /api/*`.
    pub runs_on: Vec<String>,
    /// How many of its runs failed in the last hour.
    pub errors: Measured<u64>,
    /// How often it ran in the last hour.
    pub runs: Measured<u64>,
}

/// What runs a function at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeFunctionKind {
    /// Lambda@Edge.
    LambdaEdge,
    /// CloudFront Functions.
    CloudfrontFunction,
}

/// Whether a function can run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeFunctionState {
    /// It can.
    Active,
    /// It is being made ready.
    Pending,
    /// It can't; AWS's word for the reason.
    Failed(String),
    /// It was written and never published.
    Unpublished,
}
