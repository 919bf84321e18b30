//! What is known of a live site, panel by panel, and the collector that keeps it fresh.
//!
//! ```text
//! Sources (AWS, DNS, the site itself) ──> watch ──> Update ──> View::absorb ──> View::health
//!                                           ^
//!                                        Command
//! ```
//!
//! Each [`Panel`] has a source and a pace of its own, and a [`Reading`] says when it was taken. A source that fails
//! costs its own panel a reading and no other panel anything.

pub mod drill;
mod health;
mod live;
mod moment;
mod pace;
pub mod panels;
pub mod probe;
mod reading;
mod series;
mod sources;
mod view;
pub mod visit;
mod watch;

pub use health::{Health, Reason, State};
pub use live::{Intended, Live, ReadAgain, Subject};
pub use moment::Moment;
pub use pace::{Pace, pace};
pub use panels::Panel;
pub use reading::{Failed, Measured, Reading, Slot, Trouble};
pub use series::Series;
pub use sources::{Answer, Sources};
pub use view::{Update, View};
pub use watch::{Command, look_once, watch};
