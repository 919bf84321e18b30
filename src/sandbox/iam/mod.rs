//! IAM: the query protocol with XML, version 2010-05-08.

mod answers;
mod assume;
mod evaluation;
mod parameters;
mod policies;
mod policy_document;
mod role_tags;
mod roles;
mod routes;
mod rules;
mod simulate;
mod state;
#[cfg(test)]
mod tests;

pub use assume::assumable;
pub use routes::operations;
pub use rules::rules;
pub use simulate::restrict;

use crate::sandbox::call::{Answer, Refusal, Request, World};
use parameters::Parameters;
use routes::Route;
use state::Identities;
use time::OffsetDateTime;

/// One call while it is being answered.
#[derive(Debug)]
struct Conversation<'a> {
    world: &'a World,
    parameters: Parameters,
    state: Identities,
}

impl Conversation<'_> {
    fn now(&self) -> OffsetDateTime {
        self.world.now
    }
}

/// Answers one request.
pub fn answer(world: &World, request: &Request) -> Answer {
    perform(world, request).unwrap_or_else(|refused| answers::refused(&refused))
}

/// The operation that a request asks for, such as `CreateRole`.
pub fn operation(request: &Request) -> String {
    Parameters::read(&request.body).text("Action").unwrap_or("UnknownOperation").to_owned()
}

/// Reads need no lock, since a document is replaced whole; a change holds it from reading to writing.
fn perform(world: &World, request: &Request) -> Result<Answer, Refusal> {
    let parameters = Parameters::read(&request.body);
    let route: &Route = routes::find(parameters.text("Action").unwrap_or_default())?;
    if !route.changes {
        let mut conversation = Conversation { world, parameters, state: world.store.read()? };
        let result = (route.handle)(&mut conversation)?;
        return Ok(answers::succeeded(route.operation, result));
    }
    let guard = world.store.lock()?;
    let mut conversation = Conversation { world, parameters, state: guard.read()? };
    let result = (route.handle)(&mut conversation)?;
    guard.write(&conversation.state)?;
    Ok(answers::succeeded(route.operation, result))
}
