//! DeleteObject and DeleteObjects.

use super::buckets::Bucket;
use super::call::Call;
use super::conditions::check_write;
use super::index::{Change, Index};
use super::rules;
use super::version::NULL_VERSION;
use super::write::next_version;
use crate::sandbox::call::Refusal;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
    ObjectIdentifier,
};

/// A batch has at most so many keys.
const BATCH: usize = 1000;

/// What a deletion did.
struct Deleted {
    change: Option<Change>,
    marker: bool,
    id: Option<String>,
}

pub(super) fn one(call: &Call, input: DeleteObjectInput) -> Result<DeleteObjectOutput, Refusal> {
    let deleted = call.change(&input.bucket, |bucket, index, moment| {
        let current = index.current(&input.key, moment).map(AsRef::as_ref);
        check_write(input.if_match.as_ref(), None, current)?;
        let mut deleted = delete(moment, bucket, index, &input.key, input.version_id.as_deref());
        Ok((deleted.change.take().into_iter().collect(), deleted))
    })?;
    Ok(DeleteObjectOutput {
        delete_marker: deleted.marker.then_some(true),
        version_id: deleted.id,
        ..DeleteObjectOutput::default()
    })
}

pub(super) fn many(call: &Call, input: DeleteObjectsInput) -> Result<DeleteObjectsOutput, Refusal> {
    let objects = &input.delete.objects;
    if objects.is_empty() || objects.len() > BATCH {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema";
        return Err(rules::BATCH_SIZE.refusal(message));
    }
    let deleted = call.change(&input.bucket, |bucket, index, moment| {
        let mut answers = Vec::new();
        let mut changes = Vec::new();
        for object in objects {
            let mut deleted = delete(moment, bucket, index, &object.key, object.version_id.as_deref());
            changes.extend(deleted.change.take());
            answers.push(answer(object, deleted));
        }
        Ok((changes, answers))
    })?;
    let deleted = (!input.delete.quiet.unwrap_or(false)).then_some(deleted);
    Ok(DeleteObjectsOutput { deleted, ..DeleteObjectsOutput::default() })
}

fn answer(object: &ObjectIdentifier, deleted: Deleted) -> DeletedObject {
    DeletedObject {
        delete_marker: deleted.marker.then_some(true),
        delete_marker_version_id: deleted.id.filter(|_| deleted.marker),
        key: Some(object.key.clone()),
        version_id: object.version_id.clone(),
    }
}

/// Without a version id a bucket that has versions gets a delete marker; with one, that version goes for good.
/// What isn't there counts as deleted.
fn delete(moment: i64, bucket: &Bucket, index: &Index, key: &str, id: Option<&str>) -> Deleted {
    if id.is_none() && bucket.versioning.is_some() {
        let marker = next_version(bucket, key.to_owned(), None, moment);
        return Deleted {
            id: Some(marker.id.clone()),
            change: Some(Change::Put(Box::new(marker))),
            marker: true,
        };
    }
    let removed = id.unwrap_or(NULL_VERSION);
    let found = index.version(key, removed, moment);
    Deleted {
        change: found.map(|version| Change::Remove { key: key.to_owned(), id: version.id.clone() }),
        marker: found.is_some_and(|version| version.is_marker()),
        id: id.map(str::to_owned),
    }
}
