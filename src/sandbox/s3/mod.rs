//! S3: buckets with their settings, and objects with their versions.
//!
//! A request passes the `front`, which undoes chunks and verifies checksums, and the `gate`, which knows
//! whether the bucket may be reached; `s3s` then takes it apart, and `service` names the function that answers.

mod buckets;
mod call;
mod checksum;
mod chunked;
mod conditions;
mod copy;
mod create;
mod delete;
mod describe;
mod front;
mod gate;
mod index;
mod listing;
mod multipart;
mod names;
mod object_tags;
mod operation;
mod part_copy;
mod policy;
mod read;
mod replication;
mod rules;
mod service;
mod settings;
mod version;
mod write;

pub use buckets::{Bucket, all, find};
pub(super) use front::{Front, Response, refused, whole};
pub(super) use operation::{operation, operations};

/// Every rule of S3, for people.
pub fn rules() -> Vec<crate::sandbox::rules::RuleRow> {
    rules::ALL.iter().map(|rule| rule.row).collect()
}
