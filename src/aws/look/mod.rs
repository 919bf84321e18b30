//! Small looks at single things, for whoever looks again and again: each is a call or two.

pub mod bucket;
pub mod certificate;
pub mod distribution;
pub mod edge_functions;
pub mod invalidations;
pub mod metrics;
