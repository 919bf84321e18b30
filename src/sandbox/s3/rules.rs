//! What S3 refuses. A check refuses by the value that the list shows, so the two can't differ.

crate::sandbox::rules::refusals! { "s3":
    BUCKET_NAME = "bucket-name", 400, "InvalidBucketName",
        "a name outside the rules of its namespace, such as a foreign account's `-an` name",
        "aws-facts.md G";
    LOCATION_INVALID = "location-invalid", 400, "InvalidLocationConstraint",
        "a location constraint that names us-east-1, or no region",
        "aws-facts.md A.3, G, K27";
    LOCATION_INCOMPATIBLE = "location-incompatible", 400, "IllegalLocationConstraintException",
        "a location constraint that isn't the endpoint's region, or is absent outside us-east-1",
        "aws-facts.md A.1, G";
    BUCKET_TAKEN = "bucket-taken", 409, "BucketAlreadyExists",
        "a name that another account has",
        "aws-facts.md A.3";
    BUCKET_OWNED = "bucket-owned", 409, "BucketAlreadyOwnedByYou",
        "making one's own bucket again, except in us-east-1",
        "aws-facts.md A.3";
    BUCKET_QUOTA = "bucket-quota", 400, "TooManyBuckets",
        "more than 10,000 buckets",
        "aws-facts.md G";
    BUCKET_ACL = "bucket-acl", 400, "InvalidBucketAclWithObjectOwnership",
        "a new bucket with an ACL where the owner is enforced",
        "S3 guide";
    BUCKET_UNKNOWN = "bucket-unknown", 404, "NoSuchBucket",
        "a bucket that doesn't exist, or can't be seen yet",
        "aws-facts.md A.3";
    BUCKET_FOREIGN = "bucket-foreign", 403, "AccessDenied",
        "a bucket of another account, or of another than `x-amz-expected-bucket-owner`",
        "aws-facts.md A.3";
    BUCKET_NOT_EMPTY = "bucket-not-empty", 409, "BucketNotEmpty",
        "deleting a bucket that holds objects, versions or delete markers",
        "aws-facts.md G, K27";
    REGION_SIGNED = "region-signed", 400, "AuthorizationHeaderMalformed",
        "a bucket asked for at us-east-1 that is elsewhere",
        "aws-facts.md A.1";
    REGION_ELSEWHERE = "region-elsewhere", 301, "PermanentRedirect",
        "a bucket asked for in a region that isn't its own",
        "aws-facts.md A.1";
    SETTING_AT_ONCE = "setting-at-once", 409, "OperationAborted",
        "a setting written while another one of the bucket is",
        "aws-facts.md A.3, K27";
    MALFORMED = "malformed", 400, "MalformedXML",
        "a body that isn't what the operation takes",
        "service model";
    ADDRESS = "address", 400, "InvalidURI",
        "a path or query that is no URI",
        "service model";
    TOKEN = "continuation-token", 400, "InvalidArgument",
        "a continuation token that no listing gave",
        "service model";
    TAG = "tag", 400, "InvalidTag",
        "a tag's key that is empty, too long, repeated or AWS's own, or a value that is too long",
        "S3 guide";
    TAG_QUOTA = "tag-quota", 400, "BadRequest",
        "more than 50 tags of a bucket, or 10 of an object",
        "S3 guide";
    VERSIONING_REPLICATED = "versioning-replicated", 409, "InvalidBucketState",
        "suspending the versions of a bucket that is replicated",
        "aws-facts.md G";
    POLICY_FORM = "policy-form", 400, "MalformedPolicy",
        "a bucket policy that is no policy, or speaks of another bucket",
        "S3 guide";
    POLICY_PUBLIC = "policy-public", 403, "AccessDenied",
        "a public bucket policy while public policies are blocked",
        "aws-facts.md G, K27";
    REPLICATION_VERSIONING = "replication-versioning", 400, "InvalidRequest",
        "replication from a bucket that keeps no versions",
        "aws-facts.md G, K27";
    REPLICATION_ROLE = "replication-role", 400, "InvalidArgument",
        "replication by something that is no role's ARN",
        "service model";
    REPLICATION_SCHEMA = "replication-schema", 400, "InvalidRequest",
        "a replication rule with a filter but without priority or word on delete markers",
        "aws-facts.md G";
    REPLICATION_DESTINATION = "replication-destination", 400, "InvalidRequest",
        "replication to the same bucket, to none, or to one that keeps no versions",
        "aws-facts.md G";
    TAGS_ABSENT = "tags-absent", 404, "NoSuchTagSet",
        "reading tags that were never set",
        "aws-facts.md A.3";
    BLOCK_ABSENT = "public-access-block-absent", 404, "NoSuchPublicAccessBlockConfiguration",
        "reading a public access block that was removed",
        "aws-facts.md A.3";
    OWNERSHIP_ABSENT = "ownership-absent", 404, "OwnershipControlsNotFoundError",
        "reading ownership controls that were removed",
        "aws-facts.md A.3";
    LIFECYCLE_ABSENT = "lifecycle-absent", 404, "NoSuchLifecycleConfiguration",
        "reading a lifecycle that was never set",
        "service model";
    CORS_ABSENT = "cors-absent", 404, "NoSuchCORSConfiguration",
        "reading CORS rules that were never set",
        "service model";
    POLICY_ABSENT = "policy-absent", 404, "NoSuchBucketPolicy",
        "reading a bucket policy that was never set",
        "aws-facts.md A.3";
    REPLICATION_ABSENT = "replication-absent", 404, "ReplicationConfigurationNotFoundError",
        "reading a replication that was never set",
        "aws-facts.md A.3";
    CHECKSUM_MISSING = "checksum-missing", 400, "InvalidRequest",
        "a setting or a batch of deletions without a checksum",
        "aws-facts.md A.3";
    CHECKSUM_ANNOUNCED = "checksum-announced", 400, "InvalidRequest",
        "`x-amz-sdk-checksum-algorithm` without the checksum",
        "aws-facts.md G";
    CHECKSUM_WRONG = "checksum-wrong", 400, "BadDigest",
        "a checksum or Content-MD5 that isn't the body's",
        "service model";
    PAYLOAD_HASH = "payload-hash", 400, "XAmzContentSHA256Mismatch",
        "a signed payload hash that isn't the body's",
        "S3 guide";
    CHUNKS_LENGTH = "chunks-length", 411, "MissingContentLength",
        "a body in chunks that doesn't say its length",
        "S3 guide";
    BODY_CUT = "body-cut", 400, "IncompleteBody",
        "a body in chunks that is cut short, or of another length than announced",
        "S3 guide";
    KEY_LENGTH = "key-length", 400, "KeyTooLongError",
        "a key of more than 1,024 bytes",
        "S3 guide";
    METADATA_SIZE = "metadata-size", 400, "MetadataTooLarge",
        "more than 2 KB of user metadata",
        "S3 guide";
    OBJECT_ACL = "object-acl", 400, "AccessControlListNotSupported",
        "an object with an ACL where the owner is enforced",
        "S3 guide";
    KEY_UNKNOWN = "key-unknown", 404, "NoSuchKey",
        "an object that doesn't exist, or is deleted",
        "service model";
    VERSION_UNKNOWN = "version-unknown", 404, "NoSuchVersion",
        "a version that doesn't exist",
        "service model";
    VERSION_MARKER = "version-marker", 405, "MethodNotAllowed",
        "reading a delete marker",
        "S3 guide";
    RANGE = "range", 416, "InvalidRange",
        "a range outside the object",
        "service model";
    CONDITION = "condition", 412, "PreconditionFailed",
        "a read or write whose If-Match or If-None-Match doesn't hold",
        "aws-facts.md G";
    COPY_ITSELF = "copy-itself", 400, "InvalidRequest",
        "copying an object to itself without changing anything",
        "S3 guide";
    BATCH_SIZE = "batch-size", 400, "MalformedXML",
        "deleting no key, or more than 1,000, in one batch",
        "aws-facts.md G";
    UPLOAD_UNKNOWN = "upload-unknown", 404, "NoSuchUpload",
        "a multipart upload that doesn't exist, or has ended",
        "service model";
    PART_NUMBER = "part-number", 400, "InvalidArgument",
        "a part number outside 1 to 10,000",
        "aws-facts.md G";
    COPY_RANGE = "copy-range", 400, "InvalidArgument",
        "copying a part from bytes that the object doesn't have, or that aren't named by the first and the last",
        "service model";
    PART_UNKNOWN = "part-unknown", 400, "InvalidPart",
        "completing with a part that wasn't uploaded, or with another ETag",
        "service model";
    PART_ORDER = "part-order", 400, "InvalidPartOrder",
        "completing with parts that aren't in order",
        "service model";
    PART_SIZE = "part-size", 400, "EntityTooSmall",
        "a part under 5 MiB that isn't the last",
        "aws-facts.md G";
}
