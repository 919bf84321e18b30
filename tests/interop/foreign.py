"""Things in an account that belong to nobody we know, named to be taken for ours by a careless program."""

import io
import json
import zipfile

from edge_functions import log_group


def make_foreign_things(account):
    make_bucket(account.s3)
    make_cloudfront_things(account.cloudfront)
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ]}
    role = account.iam.create_role(RoleName="sitecast_acme-blog_someone", AssumeRolePolicyDocument=json.dumps(trust))
    make_edge_things(account, role["Role"]["Arn"])
    account.acm.request_certificate(
        DomainName="acme.example", SubjectAlternativeNames=["acme.example", "*.acme.example"], ValidationMethod="DNS",
    )


def make_bucket(s3):
    name = "acme-blog-primary-of-someone-else"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"first", b"second"):
        s3.put_object(Bucket=name, Key="site/index.html", Body=body)
    s3.put_object(Bucket=name, Key="gone.txt", Body=b"")
    s3.delete_object(Bucket=name, Key="gone.txt")
    s3.create_multipart_upload(Bucket=name, Key="unfinished.bin")


def make_cloudfront_things(cloudfront):
    access = cloudfront.create_origin_access_control(OriginAccessControlConfig={
        "Name": "sitecast_acme-blog-2", "Description": "", "SigningProtocol": "sigv4",
        "SigningBehavior": "always", "OriginAccessControlOriginType": "s3",
    })["OriginAccessControl"]
    policy = cloudfront.create_cache_policy(CachePolicyConfig={
        "Name": "sitecast_acme-blog_0000", "Comment": "not sitecast's", "MinTTL": 0, "DefaultTTL": 60, "MaxTTL": 60,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": True,
            "HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "all"},
        },
    })["CachePolicy"]
    cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig={
        "Name": "sitecast_acme-blog-2", "Comment": "",
        "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
    })
    cloudfront.create_function(
        Name="sitecast_acme-blog_other", FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"function handler(event) { return event.request; }",
    )
    cloudfront.create_distribution(DistributionConfig=distribution(access["Id"], policy["Id"]))


def make_edge_things(account, role):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("index.mjs", "export const handler = async () => null;")
    account.functions.create_function(
        FunctionName="sitecast_acme-blog_other", Runtime="nodejs22.x", Handler="index.handler", Role=role,
        Code={"ZipFile": code.getvalue()}, Publish=True,
    )
    account.logs.create_log_group(logGroupName=log_group("acme-blog", "other"))


def distribution(access_control, cache_policy):
    """Someone else's distribution on someone else's bucket."""
    return {
        "CallerReference": "someone else", "Comment": "acme-blog", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{
            "Id": "theirs", "DomainName": "acme-blog-primary-of-someone-else.s3.us-east-1.amazonaws.com",
            "OriginAccessControlId": access_control, "S3OriginConfig": {"OriginAccessIdentity": ""},
        }]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "theirs", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": cache_policy,
        },
    }
