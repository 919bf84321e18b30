//! Who may read a bucket: our statements of its policy, beside those of others.

use super::bucket::Bucket;
use super::bucket_settings::{or_absent, settled};
use super::policy_document::{parse, same, statements};
use super::refusal::Refusal;
use crate::apply::Reporter;
use crate::blueprint::diff::Change;
use crate::blueprint::names::RELEASE_PREFIX;
use crate::blueprint::resource::{BucketPolicySpec, Ref};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the ids of our statements begin with.
const OURS: &str = "sitecast";

/// The id of the statement that lets the distribution read.
const READ: &str = "sitecastRead";

/// The id of the statement that lets it list.
const LIST: &str = "sitecastList";

/// Our statements; `None` without any.
pub async fn observe(bucket: &Bucket) -> Result<Option<BucketPolicySpec>, Refusal> {
    let ours: Vec<Value> = read(bucket).await?.into_iter().filter(is_ours).collect();
    Ok((!ours.is_empty()).then(|| spec_of(bucket, &ours)))
}

/// Puts our statements beside those of others.
pub async fn write(bucket: &Bucket, spec: &BucketPolicySpec, report: &Reporter) -> Result<(), Refusal> {
    settled(bucket, report, || async {
        let mut all = read(bucket).await?;
        all.retain(|statement| !is_ours(statement));
        all.extend(statements_of(bucket, spec));
        put(bucket, all).await
    })
    .await
}

fn is_ours(statement: &Value) -> bool {
    statement["Sid"].as_str().is_some_and(|sid| sid.starts_with(OURS))
}

/// Both statements are bound to one distribution, so the policy is not public and passes the public access
/// block (aws-facts.md G).
fn statements_of(bucket: &Bucket, spec: &BucketPolicySpec) -> Vec<Value> {
    let distribution = spec.distribution.known().unwrap_or_default();
    let partition = distribution.split(':').nth(1).unwrap_or("aws");
    let bucket_arn = format!("arn:{partition}:s3:::{}", bucket.name);
    let statement = |sid: &str, action: &str, resource: String| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
        })
    };
    let read = statement(READ, "s3:GetObject", format!("{bucket_arn}/{}/*", spec.prefix));
    let list = spec.may_list.then(|| statement(LIST, "s3:ListBucket", bucket_arn));
    [Some(read), list].into_iter().flatten().collect()
}

fn spec_of(bucket: &Bucket, ours: &[Value]) -> BucketPolicySpec {
    let prefix = with_id(ours, READ).and_then(|read| prefix_of(bucket, read));
    let spec = BucketPolicySpec {
        region: bucket.region.clone(),
        distribution: Ref::Known(distributions(ours)),
        prefix: prefix.unwrap_or(RELEASE_PREFIX).to_owned(),
        may_list: with_id(ours, LIST).is_some(),
        altered: Vec::new(),
    };
    BucketPolicySpec { altered: altered(ours, &as_written(bucket, &spec)), ..spec }
}

fn with_id<'a>(statements: &'a [Value], id: &str) -> Option<&'a Value> {
    statements.iter().find(|statement| statement["Sid"] == id)
}

/// The folder that a statement lets read; `None` where it isn't one folder, which its resource shows as altered.
fn prefix_of<'a>(bucket: &Bucket, read: &'a Value) -> Option<&'a str> {
    let [resource] = strings(&read["Resource"])[..] else { return None };
    let (_, objects) = resource.split_once(&format!(":s3:::{}/", bucket.name))?;
    objects.strip_suffix("/*").filter(|prefix| !prefix.contains('*'))
}

/// The distributions that the statements are bound to, which is one unless someone changed them.
fn distributions(ours: &[Value]) -> String {
    let mut found: Vec<&str> = ours.iter().flat_map(|statement| strings(bound_to(statement))).collect();
    found.sort_unstable();
    found.dedup();
    found.join(", ")
}

fn bound_to(statement: &Value) -> &Value {
    &statement["Condition"]["StringEquals"]["AWS:SourceArn"]
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// The statements as they would be had nobody changed them.
fn as_written(bucket: &Bucket, found: &BucketPolicySpec) -> Vec<Value> {
    let is_bound = found.distribution.known().is_some_and(|distribution| !distribution.is_empty());
    let unbound = Ref::Known("(the distribution)".to_owned());
    let distribution = if is_bound { found.distribution.clone() } else { unbound };
    statements_of(bucket, &BucketPolicySpec { distribution, ..found.clone() })
}

/// What differs of each statement beyond what the fields of a specification tell.
fn altered(ours: &[Value], as_written: &[Value]) -> Vec<Change> {
    let mut missing: Vec<&Value> = as_written.iter().collect();
    let mut changes = Vec::new();
    for found in ours {
        match missing.iter().position(|written| written["Sid"] == found["Sid"]) {
            Some(place) => changes.extend(altered_fields(found, missing.remove(place))),
            None => changes.extend(change(told(&found["Sid"]), found, &Value::Null)),
        }
    }
    changes.extend(missing.iter().flat_map(|written| change(told(&written["Sid"]), &Value::Null, written)));
    changes
}

fn altered_fields(found: &Value, written: &Value) -> Vec<Change> {
    let mut written = written.clone();
    if !bound_to(found).is_null() {
        // The field for the distribution tells this already.
        written["Condition"]["StringEquals"]["AWS:SourceArn"] = bound_to(found).clone();
    }
    let names = [found, &written].into_iter().filter_map(Value::as_object).flat_map(|fields| fields.keys());
    let names: BTreeSet<&String> = names.collect();
    let path = |name: &str| told(&found["Sid"]).map(|id| format!("{id}.{name}"));
    names.into_iter().flat_map(|name| change(path(name), &found[name], &written[name])).collect()
}

fn change(field: Option<String>, from: &Value, to: &Value) -> Option<Change> {
    (!same(from, to)).then(|| Change { field: field.unwrap_or_default(), from: told(from), to: told(to) })
}

fn told(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => Some(values.iter().filter_map(told).collect::<Vec<_>>().join(", ")),
        Value::Object(_) | Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

async fn read(bucket: &Bucket) -> Result<Vec<Value>, Refusal> {
    let call = bucket.s3.get_bucket_policy().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer =
        call.send().await.map_err(Refusal::to("s3:GetBucketPolicy", bucket.words("read the policy of")));
    let policy = answer.map(|answer| answer.policy.as_deref().and_then(parse).unwrap_or_default());
    Ok(statements(&or_absent(policy, &["NoSuchBucketPolicy"], Value::Null)?))
}

async fn put(bucket: &Bucket, statements: Vec<Value>) -> Result<(), Refusal> {
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let call = bucket.s3.put_bucket_policy().bucket(&bucket.name).expected_bucket_owner(&bucket.owner);
    let answer = call.policy(policy).send().await;
    answer.map(drop).map_err(Refusal::to("s3:PutBucketPolicy", bucket.words("set the policy of")))
}
