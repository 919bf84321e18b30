//! Whether Lambda may act as a function's execution role.

use super::input::invalid;
use crate::sandbox::call::{Refusal, World};
use crate::sandbox::iam;

/// A role that is missing, too new, or closed to Lambda is refused alike (aws-facts.md A.5, K24).
pub fn check(world: &World, role_arn: &str) -> Result<(), Refusal> {
    match iam::assumable(&world.store, world.now, world.pace, role_arn, "lambda.amazonaws.com")? {
        true => Ok(()),
        false => Err(invalid("The role defined for the function cannot be assumed by Lambda.")),
    }
}
