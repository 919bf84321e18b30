//! Running a plan: a queue that knows only ids, one loop, events, and their fold.
//!
//! Nothing here knows AWS: steps are carried out by whatever implements [`perform::Perform`]. Nothing here knows
//! a screen: what happens leaves as [`event::Event`]s, in one total order.

pub mod event;
pub mod figures;
pub mod perform;
pub mod progress;
pub mod queue;
pub mod reporter;
pub mod retry;
pub mod run;
pub mod stop;
pub mod tally;

pub use event::Event;
pub use perform::{Failure, Perform, Performed};
pub use progress::Progress;
pub use reporter::Reporter;
pub use run::{Ended, run};
pub use stop::Stop;
