//! Listings of objects and of versions, page by page.

use super::call::Call;
use super::create::{decode_token, encode_token, owner};
use super::version::Version;
use crate::sandbox::call::Refusal;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use std::sync::Arc;

/// What `encoding-type=url` leaves as it is; a space becomes a `+`.
const URL_ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/');

/// Where a page begins and what belongs on it.
struct Page<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    /// The last key or common prefix of the page before.
    after: &'a str,
    limit: usize,
}

/// A key on a page, or what stands for all keys with a common prefix.
enum Entry {
    Object(Arc<Version>),
    Prefix(String),
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Entry::Object(version) => &version.key,
            Entry::Prefix(prefix) => prefix,
        }
    }

    fn version_id(&self) -> Option<String> {
        match self {
            Entry::Object(version) => Some(version.id.clone()),
            Entry::Prefix(_) => None,
        }
    }
}

pub(super) fn objects_v2(call: &Call, input: ListObjectsV2Input) -> Result<ListObjectsV2Output, Refusal> {
    let token = input.continuation_token.as_deref().map(decode_token).transpose()?;
    let after = token.or(input.start_after.clone()).unwrap_or_default();
    let limit = page_limit(input.max_keys);
    let (entries, more) =
        page(call, &input.bucket, &page_of(&input.prefix, &input.delimiter, &after, limit))?;
    let last = entries.last().filter(|_| more).map(|entry| encode_token(entry.name()));
    let (url, with_owner) = (input.encoding_type.is_some(), input.fetch_owner.unwrap_or(false));
    Ok(ListObjectsV2Output {
        key_count: Some(entries.len() as i32),
        contents: Some(contents(&entries, url, with_owner)),
        common_prefixes: common_prefixes(&entries, url),
        name: Some(input.bucket),
        prefix: Some(encoded(input.prefix.as_deref().unwrap_or_default(), url)),
        delimiter: input.delimiter.map(|delimiter| encoded(&delimiter, url)),
        start_after: input.start_after.map(|start| encoded(&start, url)),
        max_keys: Some(limit as i32),
        continuation_token: input.continuation_token,
        next_continuation_token: last,
        is_truncated: Some(more),
        encoding_type: input.encoding_type,
        ..ListObjectsV2Output::default()
    })
}

pub(super) fn objects(call: &Call, input: ListObjectsInput) -> Result<ListObjectsOutput, Refusal> {
    let after = input.marker.clone().unwrap_or_default();
    let limit = page_limit(input.max_keys);
    let (entries, more) =
        page(call, &input.bucket, &page_of(&input.prefix, &input.delimiter, &after, limit))?;
    let url = input.encoding_type.is_some();
    Ok(ListObjectsOutput {
        contents: Some(contents(&entries, url, true)),
        common_prefixes: common_prefixes(&entries, url),
        next_marker: entries.last().filter(|_| more).map(|entry| encoded(entry.name(), url)),
        name: Some(input.bucket),
        prefix: Some(encoded(input.prefix.as_deref().unwrap_or_default(), url)),
        marker: Some(encoded(&after, url)),
        delimiter: input.delimiter.map(|delimiter| encoded(&delimiter, url)),
        max_keys: Some(limit as i32),
        is_truncated: Some(more),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    })
}

fn page_of<'a>(
    prefix: &'a Option<String>,
    delimiter: &'a Option<String>,
    after: &'a str,
    limit: usize,
) -> Page<'a> {
    let delimiter = delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
    Page { prefix: prefix.as_deref().unwrap_or_default(), delimiter, after, limit }
}

fn page_limit(asked: Option<i32>) -> usize {
    asked.and_then(|asked| usize::try_from(asked).ok()).unwrap_or(1000).min(1000)
}

/// One page of current objects, and whether there is more.
fn page(call: &Call, bucket: &str, page: &Page<'_>) -> Result<(Vec<Entry>, bool), Refusal> {
    let bucket = call.bucket(bucket)?;
    call.read(&bucket, |index| {
        let mut entries: Vec<Entry> = Vec::new();
        let mut next = first_key(page);
        // After a common prefix the walk jumps over all that it stands for.
        'walk: loop {
            for (key, versions) in index.starting_at(&next, call.now()) {
                if !key.starts_with(page.prefix) {
                    break 'walk;
                }
                let Some(version) = versions.first().filter(|version| !version.is_marker()) else { continue };
                if entries.len() == page.limit {
                    return Ok((entries, page.limit > 0));
                }
                match common_prefix(key, page) {
                    None => entries.push(Entry::Object(Arc::clone(version))),
                    Some(prefix) => {
                        next = past(&prefix);
                        entries.push(Entry::Prefix(prefix));
                        continue 'walk;
                    }
                }
            }
            break;
        }
        Ok((entries, false))
    })
}

fn first_key(page: &Page<'_>) -> String {
    let after = match common_prefix(page.after, page) {
        Some(prefix) if prefix == page.after => past(&prefix),
        _ if page.after.is_empty() => String::new(),
        // The smallest text that is greater than the last key.
        _ => format!("{}\0", page.after),
    };
    after.max(page.prefix.to_owned())
}

fn common_prefix(key: &str, page: &Page<'_>) -> Option<String> {
    let delimiter = page.delimiter?;
    let rest = key.strip_prefix(page.prefix)?;
    let end = rest.find(delimiter)? + delimiter.len();
    Some(key[..page.prefix.len() + end].to_owned())
}

/// A text that is greater than all that begin with this prefix.
fn past(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

fn contents(entries: &[Entry], url: bool, with_owner: bool) -> Vec<Object> {
    let object = |version: &Version| {
        let content = version.content.as_ref()?;
        let class = content.description.storage_class.as_deref().unwrap_or("STANDARD");
        Some(Object {
            checksum_algorithm: Some(algorithms(content)),
            checksum_type: Some(checksum_type(content)),
            e_tag: version.etag(),
            key: Some(encoded(&version.key, url)),
            last_modified: Some(version.last_modified()),
            owner: with_owner.then(owner),
            size: Some(content.size as i64),
            storage_class: Some(ObjectStorageClass::from(class.to_owned())),
            ..Object::default()
        })
    };
    let versions = entries.iter().filter_map(|entry| match entry {
        Entry::Object(version) => object(version),
        Entry::Prefix(_) => None,
    });
    versions.collect()
}

fn algorithms(content: &super::version::Content) -> Vec<ChecksumAlgorithm> {
    content.checksums.keys().map(|name| ChecksumAlgorithm::from(name.to_uppercase())).collect()
}

fn checksum_type(content: &super::version::Content) -> ChecksumType {
    ChecksumType::from_static(if content.composite {
        ChecksumType::COMPOSITE
    } else {
        ChecksumType::FULL_OBJECT
    })
}

fn common_prefixes(entries: &[Entry], url: bool) -> Option<Vec<CommonPrefix>> {
    let prefixes = entries.iter().filter_map(|entry| match entry {
        Entry::Object(_) => None,
        Entry::Prefix(prefix) => Some(CommonPrefix { prefix: Some(encoded(prefix, url)) }),
    });
    Some(prefixes.collect())
}

pub(super) fn encoded(text: &str, url: bool) -> String {
    if url { utf8_percent_encode(text, URL_ENCODED).to_string().replace("%20", "+") } else { text.to_owned() }
}

pub(super) fn versions(
    call: &Call,
    input: ListObjectVersionsInput,
) -> Result<ListObjectVersionsOutput, Refusal> {
    let bucket = call.bucket(&input.bucket)?;
    let key_marker = input.key_marker.clone().unwrap_or_default();
    let limit = page_limit(input.max_keys);
    let page = page_of(&input.prefix, &input.delimiter, &key_marker, limit);
    let found = call.read(&bucket, |index| {
        Ok(versions_page(index, &page, input.version_id_marker.as_deref(), call.now()))
    })?;
    let url = input.encoding_type.is_some();
    let last = found.entries.last().filter(|_| found.more);
    Ok(ListObjectVersionsOutput {
        next_key_marker: last.map(|(entry, _)| encoded(entry.name(), url)),
        next_version_id_marker: last.and_then(|(entry, _)| entry.version_id()),
        versions: Some(
            found.objects().filter_map(|(version, latest)| object_version(version, latest, url)).collect(),
        ),
        delete_markers: Some(
            found.objects().filter_map(|(version, latest)| marker_entry(version, latest, url)).collect(),
        ),
        common_prefixes: Some(found.prefixes(url)),
        is_truncated: Some(found.more),
        name: Some(input.bucket),
        prefix: Some(encoded(input.prefix.as_deref().unwrap_or_default(), url)),
        delimiter: input.delimiter.map(|delimiter| encoded(&delimiter, url)),
        key_marker: Some(encoded(&key_marker, url)),
        version_id_marker: input.version_id_marker,
        max_keys: Some(limit as i32),
        encoding_type: input.encoding_type,
        ..ListObjectVersionsOutput::default()
    })
}

/// A page of versions, each with whether it is the latest of its key.
struct VersionsPage {
    entries: Vec<(Entry, bool)>,
    more: bool,
}

impl VersionsPage {
    fn objects(&self) -> impl Iterator<Item = (&Arc<Version>, bool)> {
        self.entries.iter().filter_map(|(entry, latest)| match entry {
            Entry::Object(version) => Some((version, *latest)),
            Entry::Prefix(_) => None,
        })
    }

    fn prefixes(&self, url: bool) -> Vec<CommonPrefix> {
        let prefixes = self.entries.iter().filter_map(|(entry, _)| match entry {
            Entry::Object(_) => None,
            Entry::Prefix(prefix) => Some(CommonPrefix { prefix: Some(encoded(prefix, url)) }),
        });
        prefixes.collect()
    }
}

fn versions_page(
    index: &super::index::Index,
    page: &Page<'_>,
    id_marker: Option<&str>,
    now: i64,
) -> VersionsPage {
    let mut entries: Vec<(Entry, bool)> = Vec::new();
    // With a version marker the rest of the marked key's versions comes first.
    let start = if id_marker.is_some() { page.after.max(page.prefix).to_owned() } else { first_key(page) };
    for (key, versions) in index.starting_at(&start, now) {
        if !key.starts_with(page.prefix) {
            break;
        }
        let marked = id_marker.filter(|_| key == page.after);
        let seen =
            marked.and_then(|id| versions.iter().position(|version| version.id == id)).map_or(0, |at| at + 1);
        for (place, version) in versions.iter().enumerate().skip(seen) {
            let prefix = common_prefix(key, page);
            let repeated = prefix
                .as_deref()
                .is_some_and(|prefix| entries.last().is_some_and(|(last, _)| last.name() == prefix));
            if repeated {
                continue;
            }
            if entries.len() == page.limit {
                return VersionsPage { entries, more: page.limit > 0 };
            }
            let entry = prefix.map_or_else(|| Entry::Object(Arc::clone(version)), Entry::Prefix);
            entries.push((entry, place == 0));
        }
    }
    VersionsPage { entries, more: false }
}

fn object_version(version: &Version, latest: bool, url: bool) -> Option<ObjectVersion> {
    let content = version.content.as_ref()?;
    Some(ObjectVersion {
        checksum_algorithm: Some(algorithms(content)),
        checksum_type: Some(checksum_type(content)),
        e_tag: version.etag(),
        is_latest: Some(latest),
        key: Some(encoded(&version.key, url)),
        last_modified: Some(version.last_modified()),
        owner: Some(owner()),
        size: Some(content.size as i64),
        storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
        version_id: Some(version.id.clone()),
        ..ObjectVersion::default()
    })
}

fn marker_entry(version: &Version, latest: bool, url: bool) -> Option<DeleteMarkerEntry> {
    version.is_marker().then(|| DeleteMarkerEntry {
        is_latest: Some(latest),
        key: Some(encoded(&version.key, url)),
        last_modified: Some(version.last_modified()),
        owner: Some(owner()),
        version_id: Some(version.id.clone()),
    })
}
