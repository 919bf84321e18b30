//! Running a plan: a queue that knows only ids, one loop, events, and their fold.

pub mod event;
