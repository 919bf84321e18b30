"""Everything in an account that a site could touch, as another SDK sees it."""

from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

SETTINGS = {
    "policy": "get_bucket_policy",
    "tags": "get_bucket_tagging",
    "public access": "get_public_access_block",
    "ownership": "get_bucket_ownership_controls",
    "encryption": "get_bucket_encryption",
    "versioning": "get_bucket_versioning",
    "lifecycle": "get_bucket_lifecycle_configuration",
    "replication": "get_bucket_replication",
}

# One of the regions where edge functions may have run and written logs.
LOG_REGION = "eu-west-1"


class Account:
    def __init__(self, emulator, number):
        self.number = number
        self.s3 = emulator.client("s3", number)
        self.cloudfront = emulator.client("cloudfront", number)
        self.iam = emulator.client("iam", number)
        self.functions = emulator.client("lambda", number)
        self.acm = emulator.client("acm", number)
        self.route53 = emulator.client("route53", number)
        self.logs = emulator.client("logs", number, LOG_REGION)

    def snapshot(self):
        """The whole account as plain values, to be compared with another snapshot."""
        cloudfront = self.cloudfront
        return {
            "buckets": {name: self.bucket(name) for name in self.bucket_names()},
            "distributions": {each["Id"]: self.distribution(each["Id"]) for each in self.distributions()},
            "origin access controls": listed(cloudfront.list_origin_access_controls()["OriginAccessControlList"]),
            "cache policies": listed(cloudfront.list_cache_policies(Type="custom")["CachePolicyList"]),
            "response headers policies": listed(
                cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"]
            ),
            "functions": listed(cloudfront.list_functions()["FunctionList"]),
            "roles": self.iam.list_roles()["Roles"],
            "edge functions": {each["FunctionName"]: self.edge_function(each) for each in self.edge_functions()},
            "certificates": {arn: self.certificate(arn) for arn in self.certificate_arns()},
            "records": {zone["Id"]: self.records(zone["Id"]) for zone in self.zones()},
            "log groups": self.log_groups(),
        }

    def bucket_names(self):
        return [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]

    def bucket(self, name):
        found = {what: self.setting(name, method) for what, method in SETTINGS.items()}
        versions, markers = [], []
        for part in self.s3.get_paginator("list_object_versions").paginate(Bucket=name):
            versions += [(each["Key"], each["VersionId"], each["ETag"]) for each in part.get("Versions", [])]
            markers += [(each["Key"], each["VersionId"]) for each in part.get("DeleteMarkers", [])]
        uploads = self.s3.list_multipart_uploads(Bucket=name).get("Uploads", [])
        return found | {"versions": sorted(versions), "delete markers": sorted(markers), "unfinished uploads": uploads}

    def setting(self, bucket, method):
        """One setting of a bucket; None where it was never made."""
        try:
            answer = getattr(self.s3, method)(Bucket=bucket)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404, f"{method} {bucket}: {error}"
            return None
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def distributions(self):
        return listed(self.cloudfront.list_distributions()["DistributionList"])

    def distribution(self, distribution_id):
        answer = self.cloudfront.get_distribution(Id=distribution_id)
        arn = answer["Distribution"]["ARN"]
        tags = self.cloudfront.list_tags_for_resource(Resource=arn)["Tags"].get("Items", [])
        return {"tags": tag_values(tags), "ETag": answer["ETag"], **answer["Distribution"]}

    def edge_functions(self):
        return self.functions.list_functions()["Functions"]

    def edge_function(self, function):
        versions = self.functions.list_versions_by_function(FunctionName=function["FunctionName"])["Versions"]
        tags = self.functions.list_tags(Resource=function["FunctionArn"])["Tags"]
        return {"versions": {each["Version"]: each for each in versions}, "tags": tags}

    def certificate_arns(self):
        return [each["CertificateArn"] for each in self.acm.list_certificates()["CertificateSummaryList"]]

    def certificate(self, arn):
        tags = self.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]
        return {"tags": tag_values(tags), **self.acm.describe_certificate(CertificateArn=arn)["Certificate"]}

    def zones(self):
        return self.route53.list_hosted_zones()["HostedZones"]

    def records(self, zone):
        """The records of a zone by name and type."""
        answer = self.route53.list_resource_record_sets(HostedZoneId=zone)
        assert not answer["IsTruncated"], f"{zone} holds more than one page of records"
        return {(each["Name"], each["Type"]): each for each in answer["ResourceRecordSets"]}

    def log_groups(self):
        return [each["logGroupName"] for each in self.logs.describe_log_groups()["logGroups"]]

    def objects(self, bucket):
        """Every object of a bucket with its headers and bytes, by key."""
        keys = [
            each["Key"]
            for part in self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for each in part.get("Contents", [])
        ]
        with ThreadPoolExecutor(16) as pool:
            return dict(zip(keys, pool.map(lambda key: self.object(bucket, key), keys)))

    def object(self, bucket, key):
        answer = self.s3.get_object(Bucket=bucket, Key=key)
        return {
            "content type": answer.get("ContentType"),
            "cache control": answer.get("CacheControl"),
            "bytes": answer["Body"].read(),
        }


def listed(part):
    """The items of one of CloudFront's lists, which leave out `Items` when they are empty."""
    assert not part.get("NextMarker"), "the account holds more than one page of a list"
    return part.get("Items", [])


def tag_values(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}
