//! Tags of an object.

use super::call::Call;
use super::index::Change;
use super::read::find;
use super::version::Version;
use super::{settings, write};
use crate::sandbox::call::Refusal;
use s3s::dto::{
    DeleteObjectTaggingInput, DeleteObjectTaggingOutput, GetObjectTaggingInput, GetObjectTaggingOutput,
    PutObjectTaggingInput, PutObjectTaggingOutput, Tag,
};
use std::collections::BTreeMap;

pub(super) fn put(call: &Call, input: PutObjectTaggingInput) -> Result<PutObjectTaggingOutput, Refusal> {
    let tags = input.tagging.tag_set;
    settings::check_tags(&tags)?;
    write::check_tag_count(tags.len())?;
    let pair = |tag: Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
    let tags = tags.into_iter().map(pair).collect();
    let version_id = replace(call, &input.bucket, &input.key, input.version_id.as_deref(), tags)?;
    Ok(PutObjectTaggingOutput { version_id })
}

pub(super) fn get(call: &Call, input: GetObjectTaggingInput) -> Result<GetObjectTaggingOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let version =
        call.read(&bucket, |index| find(index, &input.key, input.version_id.as_deref(), call.now()))?;
    let tags = version.content.iter().flat_map(|content| &content.description.tags);
    let tag = |(key, value): (&String, &String)| Tag { key: Some(key.clone()), value: Some(value.clone()) };
    Ok(GetObjectTaggingOutput {
        tag_set: tags.map(tag).collect(),
        version_id: write::shown_id(&bucket, &version),
    })
}

pub(super) fn delete(
    call: &Call,
    input: DeleteObjectTaggingInput,
) -> Result<DeleteObjectTaggingOutput, Refusal> {
    let version_id = replace(call, &input.bucket, &input.key, input.version_id.as_deref(), BTreeMap::new())?;
    Ok(DeleteObjectTaggingOutput { version_id })
}

fn replace(
    call: &Call,
    bucket: &str,
    key: &str,
    id: Option<&str>,
    tags: BTreeMap<String, String>,
) -> Result<Option<String>, Refusal> {
    call.change(bucket, |bucket, index, moment| {
        let mut version = Version::clone(&*find(index, key, id, moment)?);
        if let Some(content) = version.content.as_mut() {
            content.description.tags = tags;
        }
        let shown = write::shown_id(bucket, &version);
        Ok((vec![Change::Put(Box::new(version))], shown))
    })
}
