//! The DNS of the sandbox: what public resolvers would say about its zones.
//!
//! # Delegation
//!
//! A name is looked up from the top down, as a resolver does it:
//!
//! - A notional registry delegates every domain to the hosted zone of that name, to the oldest if there are
//!   several. NS records added by hand for a domain play a registrar that points elsewhere: they alone then
//!   decide, and a hosted zone counts only when they name its servers.
//! - Inside a hosted zone only its own NS records delegate further. A second zone for a sub-domain is not
//!   seen until the first one has NS records for it, as on AWS.
//! - Records added by hand are the rest of the Internet. They are also seen beside those of a hosted zone, so
//!   that a test can add, say, a CAA record.
//!
//! # Servers
//!
//! One server plays them all: public resolvers, the name servers of hosted zones, and those of everybody else.
//! So that servers can disagree, it also listens at further loopback addresses where the system has them. An A
//! record added by hand puts a name server there, and a record can be held by the server at one address alone.
//!
//! Changes in Route 53 count once they are in sync. Private zones are never seen. Every name below
//! `cloudfront.net` answers with this machine's addresses.

mod authority;
pub mod hand;
mod resolve;
mod server;
#[cfg(test)]
mod tests;

pub use hand::{HandRecord, add, insert, remove};
pub use resolve::{Found, Reply, View, resolve};
pub use server::{Running, serve};
