//! Which S3 operation a request asks for: method, how deep the path goes, and the query's key.

use crate::sandbox::call::Request;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Service,
    Bucket,
    Object,
}

/// The operation's name, such as `PutBucketPolicy`.
pub(in crate::sandbox) fn operation(request: &Request) -> String {
    let path = request.path.trim_start_matches('/');
    let depth = match path.split_once('/') {
        None if path.is_empty() => Depth::Service,
        None | Some((_, "")) => Depth::Bucket,
        Some(_) => Depth::Object,
    };
    match depth {
        Depth::Service => "ListBuckets".to_owned(),
        Depth::Bucket => of_bucket(request),
        Depth::Object => of_object(request).to_owned(),
    }
}

/// Sub-resources of a bucket: the query's key, and the name inside Get..., Put... and Delete....
const SETTINGS: [(&str, &str); 15] = [
    ("acl", "BucketAcl"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// Operations that no sub-resource names.
const OTHERS: [&str; 25] = [
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateBucket",
    "CreateMultipartUpload",
    "DeleteBucket",
    "DeleteBucketLifecycle",
    "DeleteObject",
    "DeleteObjectTagging",
    "DeleteObjects",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAttributes",
    "GetObjectTagging",
    "HeadBucket",
    "HeadObject",
    "ListBuckets",
    "ListMultipartUploads",
    "ListObjectVersions",
    "ListObjectsV2",
    "ListParts",
    "PutObject",
    "PutObjectTagging",
    "UploadPart",
    "UploadPartCopy",
];

/// The name of every operation.
pub(in crate::sandbox) fn operations() -> impl Iterator<Item = String> {
    let of_settings =
        SETTINGS.iter().flat_map(|(_, name)| ["Get", "Put", "Delete"].map(|verb| format!("{verb}{name}")));
    of_settings.chain(OTHERS.map(str::to_owned))
}

fn of_bucket(request: &Request) -> String {
    let has = |key: &str| request.query(key).is_some();
    let setting = SETTINGS.iter().find(|(key, _)| has(key)).map(|(_, name)| *name);
    match (request.method.as_str(), setting) {
        ("GET", Some(name)) => format!("Get{name}"),
        ("PUT", Some(name)) => format!("Put{name}"),
        ("DELETE", Some("BucketLifecycleConfiguration")) => "DeleteBucketLifecycle".to_owned(),
        ("DELETE", Some(name)) => format!("Delete{name}"),
        ("GET", None) => of_listing(request).to_owned(),
        ("HEAD", _) => "HeadBucket".to_owned(),
        ("PUT", None) => "CreateBucket".to_owned(),
        ("DELETE", None) => "DeleteBucket".to_owned(),
        ("POST", _) if has("delete") => "DeleteObjects".to_owned(),
        (method, _) => format!("{method} bucket"),
    }
}

fn of_listing(request: &Request) -> &'static str {
    match (request.query("versions"), request.query("uploads"), request.query("list-type")) {
        (Some(_), _, _) => "ListObjectVersions",
        (_, Some(_), _) => "ListMultipartUploads",
        (_, _, Some("2")) => "ListObjectsV2",
        _ => "ListObjects",
    }
}

fn of_object(request: &Request) -> &'static str {
    let has = |key: &str| request.query(key).is_some();
    let copies = request.headers.contains_key("x-amz-copy-source");
    match request.method.as_str() {
        "HEAD" => "HeadObject",
        "GET" if has("tagging") => "GetObjectTagging",
        "GET" if has("attributes") => "GetObjectAttributes",
        "GET" if has("acl") => "GetObjectAcl",
        "GET" if has("uploadId") => "ListParts",
        "GET" => "GetObject",
        "PUT" if has("tagging") => "PutObjectTagging",
        "PUT" if has("uploadId") && copies => "UploadPartCopy",
        "PUT" if has("uploadId") => "UploadPart",
        "PUT" if copies => "CopyObject",
        "PUT" => "PutObject",
        "DELETE" if has("tagging") => "DeleteObjectTagging",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "DELETE" => "DeleteObject",
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" if has("uploadId") => "CompleteMultipartUpload",
        _ => "UnknownObjectOperation",
    }
}
