//! Ties each S3 operation to the function that answers it.

use super::call::Call;
use super::{copy, create, delete, listing, multipart, object_tags, part_copy, read, settings, write};
use crate::sandbox::call::Refusal;
use http::StatusCode;
use s3s::dto::*;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use std::sync::Arc;

/// S3's operations.
#[derive(Debug)]
pub(super) struct Service;

fn answered<I, O>(
    request: S3Request<I>,
    answer: fn(&Call, I) -> Result<O, Refusal>,
) -> S3Result<S3Response<O>> {
    let call = request.extensions.get::<Arc<Call>>().cloned();
    let call = call.ok_or_else(|| S3Error::new(S3ErrorCode::InternalError))?;
    answer(&call, request.input).map(S3Response::new).map_err(error)
}

fn error(refusal: Refusal) -> S3Error {
    let code = S3ErrorCode::from_bytes(refusal.code.as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut error = S3Error::with_message(code, refusal.message);
    error.set_status_code(StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    error
}

macro_rules! answered_by {
    ($($method:ident: $input:ty => $output:ty, $function:path;)*) => {
        #[async_trait::async_trait]
        impl S3 for Service {
            $(async fn $method(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                answered(request, $function)
            })*
        }
    };
}

answered_by! {
    create_bucket: CreateBucketInput => CreateBucketOutput, create::create;
    delete_bucket: DeleteBucketInput => DeleteBucketOutput, create::delete;
    head_bucket: HeadBucketInput => HeadBucketOutput, create::head;
    list_buckets: ListBucketsInput => ListBucketsOutput, create::list;
    get_bucket_location: GetBucketLocationInput => GetBucketLocationOutput, create::location;

    put_bucket_tagging: PutBucketTaggingInput => PutBucketTaggingOutput, settings::put_tags;
    get_bucket_tagging: GetBucketTaggingInput => GetBucketTaggingOutput, settings::get_tags;
    delete_bucket_tagging: DeleteBucketTaggingInput => DeleteBucketTaggingOutput, settings::delete_tags;
    put_bucket_versioning: PutBucketVersioningInput => PutBucketVersioningOutput, settings::put_versioning;
    get_bucket_versioning: GetBucketVersioningInput => GetBucketVersioningOutput, settings::get_versioning;
    put_public_access_block: PutPublicAccessBlockInput => PutPublicAccessBlockOutput, settings::put_public_access_block;
    get_public_access_block: GetPublicAccessBlockInput => GetPublicAccessBlockOutput, settings::get_public_access_block;
    delete_public_access_block: DeletePublicAccessBlockInput => DeletePublicAccessBlockOutput, settings::delete_public_access_block;
    put_bucket_ownership_controls: PutBucketOwnershipControlsInput => PutBucketOwnershipControlsOutput, settings::put_ownership;
    get_bucket_ownership_controls: GetBucketOwnershipControlsInput => GetBucketOwnershipControlsOutput, settings::get_ownership;
    delete_bucket_ownership_controls: DeleteBucketOwnershipControlsInput => DeleteBucketOwnershipControlsOutput, settings::delete_ownership;
    put_bucket_encryption: PutBucketEncryptionInput => PutBucketEncryptionOutput, settings::put_encryption;
    get_bucket_encryption: GetBucketEncryptionInput => GetBucketEncryptionOutput, settings::get_encryption;
    delete_bucket_encryption: DeleteBucketEncryptionInput => DeleteBucketEncryptionOutput, settings::delete_encryption;
    put_bucket_lifecycle_configuration: PutBucketLifecycleConfigurationInput => PutBucketLifecycleConfigurationOutput, settings::put_lifecycle;
    get_bucket_lifecycle_configuration: GetBucketLifecycleConfigurationInput => GetBucketLifecycleConfigurationOutput, settings::get_lifecycle;
    delete_bucket_lifecycle: DeleteBucketLifecycleInput => DeleteBucketLifecycleOutput, settings::delete_lifecycle;
    put_bucket_cors: PutBucketCorsInput => PutBucketCorsOutput, settings::put_cors;
    get_bucket_cors: GetBucketCorsInput => GetBucketCorsOutput, settings::get_cors;
    delete_bucket_cors: DeleteBucketCorsInput => DeleteBucketCorsOutput, settings::delete_cors;
    put_bucket_policy: PutBucketPolicyInput => PutBucketPolicyOutput, settings::put_policy;
    get_bucket_policy: GetBucketPolicyInput => GetBucketPolicyOutput, settings::get_policy;
    get_bucket_policy_status: GetBucketPolicyStatusInput => GetBucketPolicyStatusOutput, settings::get_policy_status;
    delete_bucket_policy: DeleteBucketPolicyInput => DeleteBucketPolicyOutput, settings::delete_policy;
    put_bucket_replication: PutBucketReplicationInput => PutBucketReplicationOutput, settings::put_replication;
    get_bucket_replication: GetBucketReplicationInput => GetBucketReplicationOutput, settings::get_replication;
    delete_bucket_replication: DeleteBucketReplicationInput => DeleteBucketReplicationOutput, settings::delete_replication;
    get_bucket_acl: GetBucketAclInput => GetBucketAclOutput, settings::get_acl;

    put_object: PutObjectInput => PutObjectOutput, write::put;
    copy_object: CopyObjectInput => CopyObjectOutput, copy::copy;
    get_object: GetObjectInput => GetObjectOutput, read::get;
    head_object: HeadObjectInput => HeadObjectOutput, read::head;
    delete_object: DeleteObjectInput => DeleteObjectOutput, delete::one;
    delete_objects: DeleteObjectsInput => DeleteObjectsOutput, delete::many;
    put_object_tagging: PutObjectTaggingInput => PutObjectTaggingOutput, object_tags::put;
    get_object_tagging: GetObjectTaggingInput => GetObjectTaggingOutput, object_tags::get;
    delete_object_tagging: DeleteObjectTaggingInput => DeleteObjectTaggingOutput, object_tags::delete;

    list_objects: ListObjectsInput => ListObjectsOutput, listing::objects;
    list_objects_v2: ListObjectsV2Input => ListObjectsV2Output, listing::objects_v2;
    list_object_versions: ListObjectVersionsInput => ListObjectVersionsOutput, listing::versions;

    create_multipart_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput, multipart::create;
    upload_part: UploadPartInput => UploadPartOutput, multipart::upload_part;
    upload_part_copy: UploadPartCopyInput => UploadPartCopyOutput, part_copy::copy;
    complete_multipart_upload: CompleteMultipartUploadInput => CompleteMultipartUploadOutput, multipart::complete;
    abort_multipart_upload: AbortMultipartUploadInput => AbortMultipartUploadOutput, multipart::abort;
    list_parts: ListPartsInput => ListPartsOutput, multipart::list_parts;
    list_multipart_uploads: ListMultipartUploadsInput => ListMultipartUploadsOutput, multipart::list;
}
