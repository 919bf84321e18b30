//! Who may read a bucket: our statements of its policy, beside those of others.

use super::bucket::Bucket;
use super::bucket_settings::{or_absent, settled};
use super::policy_document::{parse, same, statements};
use super::refusal::Refusal;
use crate::apply::Reporter;
use crate::blueprint::resource::{BucketPolicySpec, Ref};
use serde_json::{Value, json};

/// What the ids of our statements begin with.
const OURS: &str = "sitecast";

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
    let read = statement("sitecastRead", "s3:GetObject", format!("{bucket_arn}/{}/*", spec.prefix));
    let list = spec.may_list.then(|| statement("sitecastList", "s3:ListBucket", bucket_arn));
    [Some(read), list].into_iter().flatten().collect()
}

fn spec_of(bucket: &Bucket, ours: &[Value]) -> BucketPolicySpec {
    let action = |action: &str| {
        ours.iter().find(|statement| same(&statement["Action"], &Value::String(action.to_owned())))
    };
    let read = action("s3:GetObject");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let distribution =
        read.map(|read| text(&read["Condition"]["StringEquals"]["AWS:SourceArn"])).unwrap_or_default();
    let resource = read.map(|read| text(&read["Resource"])).unwrap_or_default();
    let prefix = resource.split_once('/').map_or("", |(_, prefix)| prefix).trim_end_matches("/*");
    let spec = BucketPolicySpec {
        region: bucket.region.clone(),
        distribution: Ref::Known(distribution),
        prefix: prefix.to_owned(),
        may_list: action("s3:ListBucket").is_some(),
    };
    if same(&Value::Array(statements_of(bucket, &spec)), &Value::Array(ours.to_vec())) {
        spec
    } else {
        // Someone changed what no field shows; an empty distribution differs from any that is wanted.
        BucketPolicySpec { distribution: Ref::Known(String::new()), ..spec }
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
