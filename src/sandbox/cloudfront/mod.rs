//! CloudFront: REST with XML, version 2020-05-31.
//!
//! Configurations are kept as the trees that clients send, so that unknown fields come back; what AWS
//! refuses stands in tables under `rules`, one row a rule.

mod attachments;
mod conversation;
mod defaults;
mod distributions;
mod domains;
pub mod edge;
mod edge_cache;
pub(super) mod edge_origin;
mod edge_route;
mod element;
mod functions;
mod invalidations;
mod key_value_stores;
mod managed;
mod monitoring;
mod named;
mod neighbours;
mod refusals;
mod routes;
mod rules;
mod shapes;
mod state;
mod summary;
mod tags;
#[cfg(test)]
mod tests;
mod usage;

pub use attachments::associations;
pub use domains::hold_elsewhere;
pub use element::Element;
pub use routes::operations;
pub use rules::rules;
pub use state::Attachment;

use crate::sandbox::call::{Answer, Refusal, Request, World};
use conversation::Conversation;
use routes::Route;
use state::State;

/// Answers one request.
pub fn answer(world: &World, request: &Request) -> Answer {
    let answered =
        routes::find(request).and_then(|(route, captured)| perform(world, request, route, captured));
    answered.unwrap_or_else(|refused| wrap(&refused))
}

/// The operation that a request asks for, such as `CreateDistribution`.
pub fn operation(request: &Request) -> String {
    routes::find(request)
        .map_or_else(|_| "UnknownOperation".to_owned(), |(route, _)| route.operation.to_owned())
}

/// Reads need no lock, since a document is replaced whole; a change holds it from reading to writing.
fn perform(
    world: &World,
    request: &Request,
    route: &Route,
    captured: Vec<String>,
) -> Result<Answer, Refusal> {
    if request.method == "GET" {
        let state: State = world.store.read()?;
        return (route.handle)(&mut Conversation { world, request, captured, state });
    }
    let guard = world.store.lock()?;
    let state: State = guard.read()?;
    let mut conversation = Conversation { world, request, captured, state };
    let answer = (route.handle)(&mut conversation)?;
    guard.write(&conversation.state)?;
    Ok(answer)
}

fn wrap(refused: &Refusal) -> Answer {
    let at_fault = if refused.status < 500 { "Sender" } else { "Receiver" };
    let error = Element::new("Error")
        .with(Element::leaf("Type", at_fault))
        .with(Element::leaf("Code", &refused.code))
        .with(Element::leaf("Message", &refused.message));
    conversation::document(refused.status, &Element::new("ErrorResponse").with(error))
}
