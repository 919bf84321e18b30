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


class Account:
    def __init__(self, emulator, number):
        self.number = number
        self.s3 = emulator.client("s3", number)
        self.cloudfront = emulator.client("cloudfront", number)
        self.iam = emulator.client("iam", number)

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
