//! The role by which S3 copies from the primary bucket to the backup.

use super::policy_document::same;
use super::role::RoleSpec;
use crate::blueprint::resource::ReplicationRoleSpec;
use serde_json::{Value, json};

impl RoleSpec for ReplicationRoleSpec {
    const DESCRIPTION: &'static str = "Lets S3 copy the site's files from its primary bucket to its backup";

    fn trust(&self) -> Value {
        trust(self)
    }

    fn permissions(&self) -> Value {
        permissions(self)
    }

    fn of(trust: Option<Value>, permissions: Option<Value>) -> Self {
        spec_of(trust, permissions)
    }
}

/// Bound to one account and one bucket, so that nobody else's bucket can make S3 use the role.
fn trust(spec: &ReplicationRoleSpec) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": spec.account},
                "ArnLike": {"aws:SourceArn": bucket_arn(spec, &spec.source)},
            },
        }],
    })
}

/// What S3 needs on both sides (aws-facts.md G).
fn permissions(spec: &ReplicationRoleSpec) -> Value {
    let (source, destination) = (bucket_arn(spec, &spec.source), bucket_arn(spec, &spec.destination));
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": source,
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": format!("{source}/*"),
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
                "Resource": format!("{destination}/*"),
            },
        ],
    })
}

fn bucket_arn(spec: &ReplicationRoleSpec, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", spec.partition)
}

/// The spec of which these are the trust and the permissions; one that equals no other where there is none.
fn spec_of(trust_found: Option<Value>, permissions_found: Option<Value>) -> ReplicationRoleSpec {
    let (trust_found, permissions_found) =
        (trust_found.unwrap_or_default(), permissions_found.unwrap_or_default());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let bucket =
        |arn: &Value| text(arn).trim_end_matches("/*").rsplit(':').next().unwrap_or_default().to_owned();
    let condition = &trust_found["Statement"][0]["Condition"];
    let source_arn = &condition["ArnLike"]["aws:SourceArn"];
    let spec = ReplicationRoleSpec {
        source: bucket(source_arn),
        destination: bucket(&permissions_found["Statement"][2]["Resource"]),
        account: text(&condition["StringEquals"]["aws:SourceAccount"]),
        partition: text(source_arn).split(':').nth(1).unwrap_or_default().to_owned(),
    };
    if same(&trust(&spec), &trust_found) && same(&permissions(&spec), &permissions_found) {
        spec
    } else {
        ReplicationRoleSpec { destination: String::new(), ..spec }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ReplicationRoleSpec {
        ReplicationRoleSpec {
            source: "one".into(),
            destination: "two".into(),
            account: "123456789012".into(),
            partition: "aws".into(),
        }
    }

    #[test]
    fn a_role_reads_back_as_it_was_written() {
        assert_eq!(spec_of(Some(trust(&spec())), Some(permissions(&spec()))), spec());
    }

    #[test]
    fn a_role_without_its_policy_or_with_another_trust_equals_no_spec() {
        assert_ne!(spec_of(Some(trust(&spec())), None), spec());
        let mut loose = trust(&spec());
        loose["Statement"][0]["Principal"]["AWS"] = json!("*");
        assert_ne!(spec_of(Some(loose), Some(permissions(&spec()))), spec());
    }
}
