//! Emptying a bucket: every version, delete marker and unfinished upload.

use super::attempt::Problem;
use super::bucket::Bucket;
use super::refusal::Refusal;
use super::told_key;
use crate::apply::Reporter;
use crate::apply::event::Amount;
use crate::content::scan::is_no_xml;
use crate::error::{Error, Kind};
use aws_sdk_s3::types::{Delete, EncodingType, Error as KeyError, ObjectIdentifier};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::time::Duration;

/// How many objects one request deletes at most (aws-facts.md G).
pub const BATCH: usize = 1000;

/// How many keys that XML can't hold are deleted at once, each by a request of its own.
const STRANGE_AT_ONCE: usize = 8;

/// Codes of a key that another try may delete.
const PASSING: &[&str] = &["InternalError", "SlowDown", "ServiceUnavailable"];

/// How often one batch is tried for the keys that S3 did not delete.
const TRIES: u32 = 6;

/// The pause before the second try; each one after it is twice as long, so that S3 gets time to scale up
/// (aws-facts.md G).
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Removes everything that the bucket holds, and tells how many versions and uploads that was. A bucket that
/// is gone holds nothing.
pub async fn empty(bucket: &Bucket, report: &Reporter) -> Result<u64, Problem> {
    let emptied = async {
        let uploads = abort_uploads(bucket, report).await?;
        Ok(uploads + delete_versions(bucket, report).await?)
    };
    match emptied.await {
        Err(Problem::Refused(refusal)) if refusal.is("NoSuchBucket") => Ok(0),
        other => other,
    }
}

/// An error once the run should stop, so that a bucket that still holds something never counts as empty.
fn unless_stopped(bucket: &Bucket, report: &Reporter) -> Result<(), Error> {
    if !report.stop().requested() {
        return Ok(());
    }
    report.cut_short();
    Err(Error::new(Kind::Interrupted, format!("Could not empty bucket {}", bucket.name))
        .why("the run was stopped; the next one goes on"))
}

async fn delete_versions(bucket: &Bucket, report: &Reporter) -> Result<u64, Problem> {
    let mut done = Amount::default();
    loop {
        unless_stopped(bucket, report)?;
        let page = versions(bucket, "").await?;
        if page.is_empty() {
            return Ok(done.files);
        }
        let found = page.len() as u64;
        done.files_total += found;
        delete_batch(bucket, page).await?;
        done.files += found;
        report.progress(done);
    }
}

/// The first page of versions and delete markers whose keys begin with `prefix`. What is deleted is listed no more, so
/// whoever deletes them finds the next ones here again.
pub(super) async fn versions(bucket: &Bucket, prefix: &str) -> Result<Vec<ObjectIdentifier>, Refusal> {
    let words = bucket.words("list the versions in");
    let page = bucket
        .s3
        .list_object_versions()
        .bucket(&bucket.name)
        .expected_bucket_owner(&bucket.owner)
        .set_prefix(Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()))
        .encoding_type(EncodingType::Url)
        .send()
        .await
        .map_err(Refusal::to("s3:ListBucketVersions", words.clone()))?;
    let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
    let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
    let identifier = |(key, version): (Option<&str>, Option<&str>)| {
        ObjectIdentifier::builder()
            .key(told_key::plain(key, page.encoding_type()))
            .set_version_id(version.map(str::to_owned))
            .build()
            .map_err(|error| Refusal::of_ours("s3:DeleteObjectVersion", words.clone(), error))
    };
    versions.chain(markers).map(identifier).collect()
}

/// Deletes up to [`BATCH`] objects. S3 answers 200 even when some could not be deleted.
pub async fn delete_batch(bucket: &Bucket, objects: Vec<ObjectIdentifier>) -> Result<(), Refusal> {
    let mut left = objects;
    for try_number in 0..TRIES {
        if try_number > 0 {
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(try_number - 1)).await;
        }
        let errors = delete_once(bucket, left.clone()).await?;
        let Some(final_error) = errors.iter().find(|error| !may_pass(error)).or(errors.last()) else {
            return Ok(());
        };
        if !may_pass(final_error) {
            return Err(key_refused(bucket, final_error));
        }
        left.retain(|object| {
            errors
                .iter()
                .any(|error| error.key() == Some(object.key()) && error.version_id() == object.version_id())
        });
    }
    let words = bucket.words("delete all objects of");
    Err(Refusal::of_words("s3:DeleteObjectVersion", words, "S3 left some of them, try after try"))
}

/// Keys that XML can't hold can only be deleted one by one, since there they stand in the address.
async fn delete_once(bucket: &Bucket, objects: Vec<ObjectIdentifier>) -> Result<Vec<KeyError>, Refusal> {
    let (strange, objects): (Vec<_>, Vec<_>) =
        objects.into_iter().partition(|object| object.key().contains(is_no_xml));
    let deleting = stream::iter(strange).map(|object| async move { delete_one(bucket, &object).await });
    deleting.buffer_unordered(STRANGE_AT_ONCE).try_collect::<()>().await?;
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let words = bucket.words("delete objects of");
    let delete = Delete::builder()
        .set_objects(Some(objects))
        .quiet(true)
        .build()
        .map_err(|error| Refusal::of_ours("s3:DeleteObject", words.clone(), error))?;
    let call = bucket.s3.delete_objects().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.delete(delete).send().await.map_err(Refusal::to("s3:DeleteObject", words))?;
    Ok(answer.errors.unwrap_or_default())
}

async fn delete_one(bucket: &Bucket, object: &ObjectIdentifier) -> Result<(), Refusal> {
    let call = bucket.s3.delete_object().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let call = call.key(object.key()).set_version_id(object.version_id().map(str::to_owned));
    let words = format!("delete {:?} from bucket {}", object.key(), bucket.name);
    call.send().await.map(drop).map_err(Refusal::to("s3:DeleteObjectVersion", words))
}

fn may_pass(error: &KeyError) -> bool {
    error.code().is_some_and(|code| PASSING.contains(&code))
}

fn key_refused(bucket: &Bucket, error: &KeyError) -> Refusal {
    let words = format!("delete {} from bucket {}", error.key().unwrap_or_default(), bucket.name);
    let refusal =
        Refusal::of_words("s3:DeleteObjectVersion", words, error.message().unwrap_or("S3 gives no reason"));
    Refusal { code: error.code().map(Box::from), ..refusal }
}

async fn abort_uploads(bucket: &Bucket, report: &Reporter) -> Result<u64, Problem> {
    let mut aborted = 0;
    loop {
        unless_stopped(bucket, report)?;
        let listed = bucket
            .s3
            .list_multipart_uploads()
            .bucket(&bucket.name)
            .expected_bucket_owner(&bucket.owner)
            .encoding_type(EncodingType::Url)
            .send()
            .await
            .map_err(Refusal::to("s3:ListBucketMultipartUploads", bucket.words("list the uploads in")))?;
        for upload in listed.uploads() {
            let key = told_key::plain(upload.key(), listed.encoding_type());
            abort(bucket, &key, upload.upload_id().unwrap_or_default()).await?;
            aborted += 1;
        }
        if listed.uploads().is_empty() || listed.is_truncated() != Some(true) {
            return Ok(aborted);
        }
    }
}

/// Gives up an unfinished upload; one that is gone already is as good.
pub async fn abort(bucket: &Bucket, key: &str, upload: &str) -> Result<(), Refusal> {
    let call = bucket.s3.abort_multipart_upload().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let words = bucket.words("give up an upload in");
    match call.key(key).upload_id(upload).send().await {
        Ok(_) => Ok(()),
        Err(error) => match Refusal::of("s3:AbortMultipartUpload", words, error) {
            refusal if refusal.is_not_found() => Ok(()),
            refusal => Err(refusal),
        },
    }
}
