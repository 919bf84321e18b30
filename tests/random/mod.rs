//! Profiles at random: the dice, what they write, and a site that is taken from one profile to the next.

pub mod chain;
mod dice;
mod site;
mod text;
