//! The Resource Groups Tagging API: what carries which tags, region by region.

use super::call::{Answer, Refusal, Request, World};
use super::envelope::Protocol;
use super::{operation, request_id};

/// Answers one call to the tagging API.
pub(super) fn answer(world: &World, request: &Request) -> Answer {
    let unknown = operation::name(request);
    let refusal = Refusal::new(400, "UnknownOperationException", format!("{unknown} at {}", world.now));
    Protocol::Json.wrap(&refusal, &request_id::fresh())
}
