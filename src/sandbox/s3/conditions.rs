//! Conditions on reads and writes: If-Match and its kin.

use super::rules;
use super::version::Version;
use crate::sandbox::call::Refusal;
use s3s::dto::{ETag, ETagCondition, Timestamp};
use time::OffsetDateTime;

/// The conditions that a read carries.
#[derive(Debug, Default)]
pub(super) struct ReadConditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

/// Refuses a write whose condition the present state doesn't fulfil.
pub(super) fn check_write(
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
    current: Option<&Version>,
) -> Result<(), Refusal> {
    let etag = current.and_then(Version::etag);
    match (if_match, &etag) {
        (Some(_), None) => return Err(rules::KEY_UNKNOWN.refusal("The specified key does not exist.")),
        (Some(condition), Some(etag)) if !fits(condition, etag) => return Err(failed()),
        _ => {}
    }
    match (if_none_match, &etag) {
        (Some(condition), Some(etag)) if fits(condition, etag) => Err(failed()),
        _ => Ok(()),
    }
}

/// Refuses a read whose condition the object doesn't fulfil, with 412 or 304.
pub(super) fn check_read(conditions: &ReadConditions, version: &Version) -> Result<(), Refusal> {
    let Some(etag) = version.etag() else { return Ok(()) };
    // HTTP dates have whole seconds.
    let modified = OffsetDateTime::from(version.last_modified()).unix_timestamp();
    let after = |since: &Timestamp| modified > OffsetDateTime::from(since.clone()).unix_timestamp();
    let matches = conditions.if_match.as_ref().map(|condition| fits(condition, &etag));
    let unmodified = conditions.if_unmodified_since.as_ref().map(|since| !after(since));
    if matches.or(unmodified) == Some(false) {
        return Err(failed());
    }
    let differs = conditions.if_none_match.as_ref().map(|condition| !fits(condition, &etag));
    let changed = conditions.if_modified_since.as_ref().map(after);
    if differs.or(changed) == Some(false) {
        return Err(Refusal::new(304, "NotModified", "Not Modified"));
    }
    Ok(())
}

fn fits(condition: &ETagCondition, etag: &ETag) -> bool {
    condition.is_any() || condition.as_etag().is_some_and(|wanted| wanted.value() == etag.value())
}

fn failed() -> Refusal {
    let message = "At least one of the pre-conditions you specified did not hold";
    rules::CONDITION.refusal(message)
}
