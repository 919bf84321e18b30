//! A bucket's settings: each is put, got and deleted as a whole.

use super::call::Call;
use super::rules;
use super::{create, policy, replication};
use crate::sandbox::call::Refusal;
use crate::sandbox::rules::Rule;
use s3s::dto::*;
use std::collections::BTreeSet;

fn absent<T>(setting: Option<T>, rule: Rule, message: &str) -> Result<T, Refusal> {
    setting.ok_or_else(|| rule.refusal(message))
}

pub(super) fn put_tags(call: &Call, input: PutBucketTaggingInput) -> Result<PutBucketTaggingOutput, Refusal> {
    let tags = input.tagging.tag_set;
    check_tags(&tags)?;
    call.set(&input.bucket, |bucket| {
        bucket.was_tagged = true;
        bucket.tags = tags;
        Ok(())
    })?;
    Ok(PutBucketTaggingOutput {})
}

/// Refuses tags that AWS doesn't take: too many, too long, twice the same key, or its own prefix.
pub(super) fn check_tags(tags: &[Tag]) -> Result<(), Refusal> {
    let invalid = |message: &str| Err(rules::TAG.refusal(message));
    let mut keys = BTreeSet::new();
    for tag in tags {
        let (key, value) = (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref().unwrap_or_default());
        if key.is_empty() || key.chars().count() > 128 {
            return invalid("The TagKey you have provided is invalid");
        }
        if value.chars().count() > 256 {
            return invalid("The TagValue you have provided is invalid");
        }
        if key.starts_with("aws:") {
            return invalid("System tags cannot be added/updated by requester");
        }
        if !keys.insert(key) {
            return invalid("Cannot provide multiple Tags with the same key");
        }
    }
    if tags.len() > 50 {
        return Err(rules::TAG_QUOTA.refusal("Bucket tag count cannot be greater than 50"));
    }
    Ok(())
}

pub(super) fn get_tags(call: &Call, input: GetBucketTaggingInput) -> Result<GetBucketTaggingOutput, Refusal> {
    let tags = Some(call.bucket(&input.bucket)?.tags).filter(|tags| !tags.is_empty());
    let tag_set = absent(tags, rules::TAGS_ABSENT, "The TagSet does not exist")?;
    Ok(GetBucketTaggingOutput { tag_set })
}

pub(super) fn delete_tags(
    call: &Call,
    input: DeleteBucketTaggingInput,
) -> Result<DeleteBucketTaggingOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.tags.clear();
        Ok(())
    })?;
    Ok(DeleteBucketTaggingOutput {})
}

pub(super) fn put_versioning(
    call: &Call,
    input: PutBucketVersioningInput,
) -> Result<PutBucketVersioningOutput, Refusal> {
    let status = input.versioning_configuration.status.map(|status| status.as_str().to_owned());
    call.set(&input.bucket, |bucket| match status.as_deref() {
        Some("Suspended") if bucket.replication.is_some() => Err(rules::VERSIONING_REPLICATED.refusal(
            "A replication configuration is present on this bucket, so the versioning state cannot be changed.",
        )),
        Some("Enabled" | "Suspended") => {
            bucket.versioning = status;
            Ok(())
        }
        _ => Err(malformed_xml()),
    })?;
    Ok(PutBucketVersioningOutput {})
}

pub(super) fn get_versioning(
    call: &Call,
    input: GetBucketVersioningInput,
) -> Result<GetBucketVersioningOutput, Refusal> {
    let status = call.bucket(&input.bucket)?.versioning.map(BucketVersioningStatus::from);
    Ok(GetBucketVersioningOutput { status, ..GetBucketVersioningOutput::default() })
}

pub(super) fn put_public_access_block(
    call: &Call,
    input: PutPublicAccessBlockInput,
) -> Result<PutPublicAccessBlockOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.public_access_block = Some(input.public_access_block_configuration);
        Ok(())
    })?;
    Ok(PutPublicAccessBlockOutput {})
}

pub(super) fn get_public_access_block(
    call: &Call,
    input: GetPublicAccessBlockInput,
) -> Result<GetPublicAccessBlockOutput, Refusal> {
    let block = absent(
        call.bucket(&input.bucket)?.public_access_block,
        rules::BLOCK_ABSENT,
        "The public access block configuration was not found",
    )?;
    // A flag that was left out is off, and is said to be.
    let said = |flag: Option<bool>| Some(flag.unwrap_or(false));
    let public_access_block_configuration = Some(PublicAccessBlockConfiguration {
        block_public_acls: said(block.block_public_acls),
        block_public_policy: said(block.block_public_policy),
        ignore_public_acls: said(block.ignore_public_acls),
        restrict_public_buckets: said(block.restrict_public_buckets),
    });
    Ok(GetPublicAccessBlockOutput { public_access_block_configuration })
}

pub(super) fn delete_public_access_block(
    call: &Call,
    input: DeletePublicAccessBlockInput,
) -> Result<DeletePublicAccessBlockOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.public_access_block = None;
        Ok(())
    })?;
    Ok(DeletePublicAccessBlockOutput {})
}

pub(super) fn put_ownership(
    call: &Call,
    input: PutBucketOwnershipControlsInput,
) -> Result<PutBucketOwnershipControlsOutput, Refusal> {
    let rule = input.ownership_controls.rules.first().ok_or_else(malformed_xml)?;
    let ownership = rule.object_ownership.as_str().to_owned();
    if !["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].contains(&ownership.as_str()) {
        return Err(malformed_xml());
    }
    call.set(&input.bucket, |bucket| {
        bucket.ownership = Some(ownership);
        Ok(())
    })?;
    Ok(PutBucketOwnershipControlsOutput {})
}

pub(super) fn get_ownership(
    call: &Call,
    input: GetBucketOwnershipControlsInput,
) -> Result<GetBucketOwnershipControlsOutput, Refusal> {
    let ownership = absent(
        call.bucket(&input.bucket)?.ownership,
        rules::OWNERSHIP_ABSENT,
        "The bucket ownership controls were not found",
    )?;
    let rule = OwnershipControlsRule { object_ownership: ObjectOwnership::from(ownership) };
    let ownership_controls = Some(OwnershipControls { rules: vec![rule] });
    Ok(GetBucketOwnershipControlsOutput { ownership_controls })
}

pub(super) fn delete_ownership(
    call: &Call,
    input: DeleteBucketOwnershipControlsInput,
) -> Result<DeleteBucketOwnershipControlsOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.ownership = None;
        Ok(())
    })?;
    Ok(DeleteBucketOwnershipControlsOutput {})
}

pub(super) fn put_encryption(
    call: &Call,
    input: PutBucketEncryptionInput,
) -> Result<PutBucketEncryptionOutput, Refusal> {
    if input.server_side_encryption_configuration.rules.len() != 1 {
        return Err(malformed_xml());
    }
    call.set(&input.bucket, |bucket| {
        bucket.encryption = Some(input.server_side_encryption_configuration);
        Ok(())
    })?;
    Ok(PutBucketEncryptionOutput {})
}

pub(super) fn get_encryption(
    call: &Call,
    input: GetBucketEncryptionInput,
) -> Result<GetBucketEncryptionOutput, Refusal> {
    let plain = || ServerSideEncryptionConfiguration {
        rules: vec![ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                kms_master_key_id: None,
                sse_algorithm: ServerSideEncryption::from_static(ServerSideEncryption::AES256),
            }),
            bucket_key_enabled: Some(false),
        }],
    };
    let configuration = call.bucket(&input.bucket)?.encryption.unwrap_or_else(plain);
    Ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) })
}

pub(super) fn delete_encryption(
    call: &Call,
    input: DeleteBucketEncryptionInput,
) -> Result<DeleteBucketEncryptionOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.encryption = None;
        Ok(())
    })?;
    Ok(DeleteBucketEncryptionOutput {})
}

pub(super) fn put_lifecycle(
    call: &Call,
    input: PutBucketLifecycleConfigurationInput,
) -> Result<PutBucketLifecycleConfigurationOutput, Refusal> {
    let configuration = input.lifecycle_configuration.ok_or_else(malformed_xml)?;
    let acts = |rule: &LifecycleRule| {
        rule.expiration.is_some()
            || rule.noncurrent_version_expiration.is_some()
            || rule.abort_incomplete_multipart_upload.is_some()
            || rule.transitions.is_some()
            || rule.noncurrent_version_transitions.is_some()
    };
    let sound = |rule: &LifecycleRule| acts(rule) && rule.filter.is_some() != rule.prefix.is_some();
    if configuration.rules.is_empty() || !configuration.rules.iter().all(sound) {
        return Err(malformed_xml());
    }
    call.set(&input.bucket, |bucket| {
        bucket.lifecycle = Some(configuration);
        Ok(())
    })?;
    Ok(PutBucketLifecycleConfigurationOutput::default())
}

pub(super) fn get_lifecycle(
    call: &Call,
    input: GetBucketLifecycleConfigurationInput,
) -> Result<GetBucketLifecycleConfigurationOutput, Refusal> {
    let message = "The lifecycle configuration does not exist";
    let configuration = absent(call.bucket(&input.bucket)?.lifecycle, rules::LIFECYCLE_ABSENT, message)?;
    let rules = Some(configuration.rules);
    Ok(GetBucketLifecycleConfigurationOutput { rules, ..GetBucketLifecycleConfigurationOutput::default() })
}

pub(super) fn delete_lifecycle(
    call: &Call,
    input: DeleteBucketLifecycleInput,
) -> Result<DeleteBucketLifecycleOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.lifecycle = None;
        Ok(())
    })?;
    Ok(DeleteBucketLifecycleOutput {})
}

pub(super) fn put_cors(call: &Call, input: PutBucketCorsInput) -> Result<PutBucketCorsOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.cors = Some(input.cors_configuration);
        Ok(())
    })?;
    Ok(PutBucketCorsOutput {})
}

pub(super) fn get_cors(call: &Call, input: GetBucketCorsInput) -> Result<GetBucketCorsOutput, Refusal> {
    let message = "The CORS configuration does not exist";
    let configuration = absent(call.bucket(&input.bucket)?.cors, rules::CORS_ABSENT, message)?;
    Ok(GetBucketCorsOutput { cors_rules: Some(configuration.cors_rules) })
}

pub(super) fn delete_cors(
    call: &Call,
    input: DeleteBucketCorsInput,
) -> Result<DeleteBucketCorsOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.cors = None;
        Ok(())
    })?;
    Ok(DeleteBucketCorsOutput {})
}

pub(super) fn put_policy(call: &Call, input: PutBucketPolicyInput) -> Result<PutBucketPolicyOutput, Refusal> {
    policy::check(&input.policy, &input.bucket)?;
    call.set(&input.bucket, |bucket| {
        let blocked = bucket.public_access_block.as_ref().and_then(|block| block.block_public_policy);
        if blocked == Some(true) && policy::is_public(&input.policy) {
            let message = format!(
                "User: arn:aws:iam::{}:user/sandbox is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:aws:s3:::{}\" because public policies are blocked by the BlockPublicPolicy block public access setting.",
                bucket.owner, bucket.name
            );
            return Err(rules::POLICY_PUBLIC.refusal(message));
        }
        bucket.policy = Some(input.policy);
        Ok(())
    })?;
    Ok(PutBucketPolicyOutput {})
}

fn policy_of(call: &Call, bucket: &str) -> Result<String, Refusal> {
    absent(call.bucket(bucket)?.policy, rules::POLICY_ABSENT, "The bucket policy does not exist")
}

pub(super) fn get_policy(call: &Call, input: GetBucketPolicyInput) -> Result<GetBucketPolicyOutput, Refusal> {
    Ok(GetBucketPolicyOutput { policy: Some(policy_of(call, &input.bucket)?) })
}

pub(super) fn get_policy_status(
    call: &Call,
    input: GetBucketPolicyStatusInput,
) -> Result<GetBucketPolicyStatusOutput, Refusal> {
    let is_public = Some(policy::is_public(&policy_of(call, &input.bucket)?));
    Ok(GetBucketPolicyStatusOutput { policy_status: Some(PolicyStatus { is_public }) })
}

pub(super) fn delete_policy(
    call: &Call,
    input: DeleteBucketPolicyInput,
) -> Result<DeleteBucketPolicyOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.policy = None;
        Ok(())
    })?;
    Ok(DeleteBucketPolicyOutput {})
}

pub(super) fn put_replication(
    call: &Call,
    input: PutBucketReplicationInput,
) -> Result<PutBucketReplicationOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        replication::check(call, bucket, &input.replication_configuration)?;
        bucket.replication = Some(input.replication_configuration);
        Ok(())
    })?;
    Ok(PutBucketReplicationOutput {})
}

pub(super) fn get_replication(
    call: &Call,
    input: GetBucketReplicationInput,
) -> Result<GetBucketReplicationOutput, Refusal> {
    let configuration = absent(
        call.bucket(&input.bucket)?.replication,
        rules::REPLICATION_ABSENT,
        "The replication configuration was not found",
    )?;
    Ok(GetBucketReplicationOutput { replication_configuration: Some(configuration) })
}

pub(super) fn delete_replication(
    call: &Call,
    input: DeleteBucketReplicationInput,
) -> Result<DeleteBucketReplicationOutput, Refusal> {
    call.set(&input.bucket, |bucket| {
        bucket.replication = None;
        Ok(())
    })?;
    Ok(DeleteBucketReplicationOutput {})
}

pub(super) fn get_acl(call: &Call, input: GetBucketAclInput) -> Result<GetBucketAclOutput, Refusal> {
    call.bucket(&input.bucket)?;
    let owner = create::owner();
    let grantee = Grantee {
        display_name: None,
        email_address: None,
        id: owner.id.clone(),
        type_: Type::from_static(Type::CANONICAL_USER),
        uri: None,
    };
    let permission = Some(Permission::from_static(Permission::FULL_CONTROL));
    let grants = Some(vec![Grant { grantee: Some(grantee), permission }]);
    Ok(GetBucketAclOutput { grants, owner: Some(owner) })
}

fn malformed_xml() -> Refusal {
    let message = "The XML you provided was not well-formed or did not validate against our published schema";
    rules::MALFORMED.refusal(message)
}
