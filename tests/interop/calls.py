"""What a request asks AWS for."""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.session import Session

READS = ("Get", "List", "Head", "Describe", "Simulate")
REST_SERVICES = {"cloudfront", "lambda", "route53"}
FURTHER_PAGE = {"continuation-token", "Marker", "marker", "key-marker", "PaginationToken"}

# S3's sub-resources, where the SDK does not name the operation in the query.
S3_SUBRESOURCES = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "encryption": "BucketEncryption",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
}
S3_LISTS = {"versions": "ListObjectVersions", "uploads": "ListMultipartUploads", "list-type": "ListObjectsV2"}
S3_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head"}


@dataclass
class Call:
    """One request as it passed the proxy."""

    service: str
    operation: str
    path: str
    query: str
    body: bytes
    started: float = 0.0
    ended: float = 0.0
    status: int = 0

    @property
    def changes(self):
        return not self.operation.startswith(READS)

    @property
    def bucket(self):
        return self.path.lstrip("/").split("/", 1)[0]

    @property
    def key(self):
        return unquote(self.path.lstrip("/").partition("/")[2])

    @property
    def is_further_page(self):
        return bool(FURTHER_PAGE & parse_qs(self.query).keys()) or (
            self.service == "tagging" and re.search(rb'"PaginationToken":\s*"[^"]', self.body) is not None
        )

    def __str__(self):
        return f"{self.service} {self.operation} {self.path}" + (f"?{self.query}" if self.query else "")


def describe(method, target, headers, body):
    parts = urlsplit(target)
    service = service_of(headers)
    operation = operation_of(service, method, parts, headers, body)
    return Call(service, operation, parts.path, parts.query, body)


def service_of(headers):
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("authorization", ""))
    return scope.group(1) if scope else "unsigned"


def operation_of(service, method, parts, headers, body):
    query = parse_qs(parts.query, keep_blank_values=True)
    if service == "s3":
        return s3_operation(method, parts.path, query, headers)
    if service in REST_SERVICES:
        return rest_operation(service, method, parts.path.rstrip("/"), query)
    if target := headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1]
    action = parse_qs(body.decode(errors="replace")).get("Action")
    return action[0] if action else f"{method} {parts.path}"


def s3_operation(method, path, query, headers):
    if "x-id" in query:
        return query["x-id"][0]
    bucket, _, key = path.lstrip("/").partition("/")
    if key:
        return s3_object_operation(method, query, headers)
    if "delete" in query:
        return "DeleteObjects"
    for name in query.keys() & S3_LISTS.keys():
        return S3_LISTS[name]
    for name in query.keys() & S3_SUBRESOURCES.keys():
        return S3_VERBS[method] + S3_SUBRESOURCES[name]
    return {"PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}.get(
        method, "ListObjects" if bucket else "ListBuckets"
    )


def s3_object_operation(method, query, headers):
    if "uploads" in query:
        return "CreateMultipartUpload"
    if "uploadId" in query:
        return {"PUT": "UploadPart", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}[method]
    if "x-amz-copy-source" in headers:
        return "CopyObject"
    return f"{S3_VERBS[method]}Object"


def rest_operation(service, method, path, query):
    fitting = [
        (len(wanted), name)
        for name, verb, pattern, wanted in rest_operations(service)
        if verb == method and pattern.fullmatch(path) and wanted <= query.keys()
        and ("Operation" not in query or name.startswith(query["Operation"][0]))
    ]
    return max(fitting)[1] if fitting else f"{method} {path}"


@cache
def rest_operations(service):
    model = Session().get_service_model(service)
    operations = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path.rstrip("/"))))
        operations.append((name, http["method"], pattern, parse_qs(query, keep_blank_values=True).keys()))
    return operations


def longest_chain(calls):
    """The calls that followed one another: how many times a run waited for an answer before it asked on."""
    chain = []
    for call in sorted(calls, key=lambda call: call.ended):
        if not chain or call.started >= chain[-1].ended:
            chain.append(call)
    return chain
