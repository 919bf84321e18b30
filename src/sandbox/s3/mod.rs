//! S3: buckets with their settings, and objects with their versions.

mod front;
mod operation;

pub(super) use front::{Front, refused};
pub(super) use operation::operation;
