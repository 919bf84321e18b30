"""The whole life of a site through boto3 and the AWS CLI: made, read back page by page, and removed to nothing."""

import json

import sandbox_site as site
from sandbox_server import sandbox

PRIMARY, BACKUP = "eu-west-1", "eu-central-1"
PART = 5 * 1024 * 1024
CODE = b"function handler(event) { return event.request; }"


class Failures(list):
    """What was not as it should be."""

    def same(self, what, got, wanted):
        if got != wanted:
            self.append(f"{what}: {got!r} rather than {wanted!r}")


class Life:
    """One site and everything that it consists of."""

    def __init__(self, running):
        self.running = running
        self.failures = Failures()
        self.cloudfront = running.at("cloudfront")
        self.s3 = running.at("s3", PRIMARY)
        self.domain = f"{site.fresh('life')}.com"

    def pages(self, service, operation, key, size, region="us-east-1", **arguments):
        """Everything that a listing holds, read in small pages; at least two of them."""
        pages = self.running.at(service, region).get_paginator(operation)
        answers = list(pages.paginate(PaginationConfig={"PageSize": size}, **arguments))
        if len(answers) < 2:
            self.failures.append(f"{operation} came in {len(answers)} page")
        return [item for answer in answers for item in at_path(answer, key)]

    def live(self):
        self.make_buckets()
        self.fill_buckets()
        self.make_edge()
        self.make_certificate()
        self.make_distribution()
        self.invalidate()
        self.move_domain()
        self.list_everything()
        self.remove()
        self.nothing_is_left()

    def make_buckets(self):
        self.primary = site.bucket(self.running, PRIMARY)
        namespace = {"Bucket": site.regional_name("backup", BACKUP), "BucketNamespace": "account-regional"}
        self.backup = site.bucket(self.running, BACKUP, **namespace)
        for name, region in self.buckets():
            self.set_up(self.running.at("s3", region), name)
        self.s3.put_bucket_tagging(Bucket=self.primary, Tagging={"TagSet": [{"Key": "sitecast:site", "Value": "life"}]})
        located = self.s3.get_bucket_location(Bucket=self.primary)["LocationConstraint"]
        self.failures.same("the bucket's region", located, PRIMARY)

    def buckets(self):
        return [(self.primary, PRIMARY), (self.backup, BACKUP)]

    def set_up(self, client, name):
        block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
        rules = [
            {"ID": "old", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
            {"ID": "uploads", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
        ]
        ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
        client.put_bucket_ownership_controls(Bucket=name, OwnershipControls=ownership)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
        same = self.failures.same
        same("access block", client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"], block)
        same("ownership", client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"], ownership)
        same("versioning", client.get_bucket_versioning(Bucket=name)["Status"], "Enabled")
        same("lifecycle", client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"], rules)

    def fill_buckets(self):
        self.copy_by_replication()
        for number in range(5):
            described = {"ContentType": "text/html", "CacheControl": "max-age=60", "Metadata": {"sha256": str(number)}}
            self.s3.put_object(Bucket=self.primary, Key=f"site/ä {number}.html", Body=b"x" * number, **described)
        read = self.s3.get_object(Bucket=self.primary, Key="site/ä 3.html")
        got = (read["Body"].read(), read["ContentType"], read["CacheControl"], read["Metadata"])
        self.failures.same("an object", got, (b"xxx", "text/html", "max-age=60", {"sha256": "3"}))
        self.upload_in_parts()
        self.by_command_line()

    def copy_by_replication(self):
        role = site.role(self.running, ["s3.amazonaws.com"])
        rule = {
            "ID": "backup",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{self.backup}"},
        }
        configuration = {"Role": role, "Rules": [rule]}
        self.s3.put_bucket_replication(Bucket=self.primary, ReplicationConfiguration=configuration)
        read = self.s3.get_bucket_replication(Bucket=self.primary)["ReplicationConfiguration"]
        self.failures.same("replication", read, configuration)

    def upload_in_parts(self):
        key = {"Bucket": self.primary, "Key": "site/film.mp4"}
        upload = {**key, "UploadId": self.s3.create_multipart_upload(**key, ChecksumAlgorithm="CRC32")["UploadId"]}
        sent = []
        for number, body in [(1, b"a" * PART), (3, b"c")]:
            part = self.s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            sent.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
        self.s3.put_object(Bucket=self.primary, Key="part.bin", Body=b"xx" + b"b" * PART)
        source = {"CopySource": f"{self.primary}/part.bin", "CopySourceRange": f"bytes=2-{PART + 1}"}
        copied = self.s3.upload_part_copy(**upload, **source, PartNumber=2)["CopyPartResult"]
        part = {"PartNumber": 2, "ETag": copied["ETag"], "ChecksumCRC32": copied["ChecksumCRC32"]}
        sent.insert(1, part)
        parts = self.pages("s3", "list_parts", "Parts", 1, PRIMARY, **upload)
        self.failures.same("sizes of parts", [part["Size"] for part in parts], [PART, PART, 1])
        self.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": sent})
        head = self.s3.head_object(**key)
        self.failures.same("size in parts", head["ContentLength"], 2 * PART + 1)
        for _ in range(3):
            self.s3.create_multipart_upload(**key)
        self.unfinished = self.pages("s3", "list_multipart_uploads", "Uploads", 1, PRIMARY, Bucket=self.primary)
        self.failures.same("unfinished uploads", len(self.unfinished), 3)

    def by_command_line(self):
        place = f"s3://{self.primary}/site/from-the-line.txt"
        self.running.cli("s3", "cp", "-", place, region=PRIMARY, body="a line\n")
        self.failures.same("the CLI's object", self.running.cli("s3", "cp", place, "-", region=PRIMARY), "a line")
        account = json.loads(self.running.cli("sts", "get-caller-identity"))["Account"]
        self.failures.same("the account", account, "123456789012")

    def make_edge(self):
        self.role = site.role(self.running)
        name = self.role.rsplit("/", 1)[1]
        statement = {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam = self.running.at("iam")
        iam.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=json.dumps(document))
        read = iam.get_role_policy(RoleName=name, PolicyName="logs")["PolicyDocument"]
        self.failures.same("the role's policy", read, document)
        self.function = site.function(self.running, self.role, Tags={"sitecast:site": "life"})
        self.version = site.version(self.running, self.function)
        self.pretty = site.fresh("pretty")
        config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
        made = self.cloudfront.create_function(Name=self.pretty, FunctionConfig=config, FunctionCode=CODE)
        self.cloudfront.publish_function(Name=self.pretty, IfMatch=made["ETag"])
        live = self.cloudfront.get_function(Name=self.pretty, Stage="LIVE")
        self.failures.same("the live code", live["FunctionCode"].read(), CODE)
        self.pretty_arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]

    def make_certificate(self):
        self.zone = site.zone(self.running, self.domain)
        self.certificate = site.issued(self.running, self.zone, self.domain, f"*.{self.domain}")
        proofs = site.validation_records(self.running, self.certificate)
        self.failures.same("records for a name and its wildcard", len(proofs), 1)

    def make_distribution(self):
        self.control = site.access_control(self.running)
        origins = [
            site.bucket_origin(word, name, region, self.control)
            for word, (name, region) in zip(["primary", "backup"], self.buckets())
        ]
        functions = site.items({"FunctionARN": self.pretty_arn, "EventType": "viewer-request"})
        edge = site.items({"LambdaFunctionARN": self.version, "EventType": "origin-response"})
        behaviour = site.behaviour("both", FunctionAssociations=functions, LambdaFunctionAssociations=edge)
        config = site.config(
            *origins,
            OriginGroups=site.items(site.group("both", "primary", "backup")),
            DefaultCacheBehavior=behaviour,
            Aliases=site.items(self.domain, f"www.{self.domain}"),
            ViewerCertificate=site.own_certificate(self.certificate),
        )
        tagged = {"DistributionConfig": config, "Tags": {"Items": [{"Key": "sitecast:site", "Value": "life"}]}}
        made = self.cloudfront.create_distribution_with_tags(DistributionConfigWithTags=tagged)["Distribution"]
        self.id, self.arn, address = made["Id"], made["ARN"], made["DomainName"]
        for name, region in self.buckets():
            self.running.at("s3", region).put_bucket_policy(Bucket=name, Policy=site.policy(name, self.arn))
        self.aliases = [site.alias(self.domain, kind, address) for kind in ("A", "AAAA")]
        site.records(self.running, self.zone, "CREATE", *self.aliases)
        tags = self.cloudfront.list_tags_for_resource(Resource=self.arn)["Tags"]["Items"]
        self.failures.same("the distribution's tags", tags, [{"Key": "sitecast:site", "Value": "life"}])
        read = site.deployed(self.running, self.id)["Distribution"]["DistributionConfig"]
        self.failures.same("fields that come back changed", list(differences(config, read)), [])

    def invalidate(self):
        for number in range(3):
            batch = {"Paths": site.items("/*"), "CallerReference": str(number)}
            self.cloudfront.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)
        self.cloudfront.get_waiter("invalidation_completed").wait(
            DistributionId=self.id, Id=self.invalidations()[0]["Id"], WaiterConfig={"Delay": 1}
        )
        self.failures.same("invalidations", len(self.invalidations()), 3)

    def invalidations(self):
        return self.pages("cloudfront", "list_invalidations", "InvalidationList.Items", 1, DistributionId=self.id)

    def move_domain(self):
        """There by a TXT record that names the target, and back from what is disabled."""
        domain, own = f"www.{self.domain}", site.own_certificate(self.certificate)
        other = site.distribution(self.running, ViewerCertificate=own)
        by = {"DistributionId": other["Id"]}
        asked = self.cloudfront.list_domain_conflicts(Domain=domain, DomainControlValidationResource=by)
        found = [(each["Domain"], each["ResourceType"]) for each in asked["DomainConflicts"]]
        self.failures.same("who has the domain", found, [(domain, "distribution")])
        proof = site.record(f"_{domain}", "TXT", f'"{other["DomainName"]}"')
        site.records(self.running, self.zone, "CREATE", proof)
        self.cloudfront.associate_alias(TargetDistributionId=other["Id"], Alias=domain)
        self.failures.same("names of the target", self.names_of(other["Id"]), [domain])
        site.change(self.running, other["Id"], Enabled=False)
        target = {"DistributionId": self.id}
        moved = self.cloudfront.update_domain_association(Domain=domain, TargetResource=target)
        self.failures.same("who has the domain back", moved["ResourceId"], self.id)
        self.failures.same("names of the first", sorted(self.names_of(self.id)), sorted([self.domain, domain]))
        site.remove_distribution(self.running, other["Id"])
        site.records(self.running, self.zone, "DELETE", proof)
        site.deployed(self.running, self.id)

    def names_of(self, identifier):
        config = self.cloudfront.get_distribution_config(Id=identifier)["DistributionConfig"]
        return config["Aliases"].get("Items", [])

    def list_everything(self):
        """Every listing that has pages, with one more of each kind so that there are two."""
        other = site.distribution(self.running)["Id"]
        control, role = site.access_control(self.running), site.role(self.running)
        name = site.fresh("other")
        config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
        made = self.cloudfront.create_function(Name=name, FunctionConfig=config, FunctionCode=CODE)
        function = site.function(self.running, self.role)
        zone = site.zone(self.running, f"{site.fresh('other')}.com")
        certificate = site.certificate(self.running, self.domain)
        self.compare_listings(other, control, role, name, function, zone, certificate)
        site.remove_distribution(self.running, other)
        etag = self.cloudfront.get_origin_access_control(Id=control)["ETag"]
        self.cloudfront.delete_origin_access_control(Id=control, IfMatch=etag)
        self.cloudfront.delete_function(Name=name, IfMatch=made["ETag"])
        self.running.at("iam").delete_role(RoleName=role.rsplit("/", 1)[1])
        self.running.at("lambda").delete_function(FunctionName=function)
        self.running.at("route53").delete_hosted_zone(Id=zone)
        self.running.at("acm").delete_certificate(CertificateArn=certificate)

    def compare_listings(self, other, control, role, name, function, zone, certificate):
        versions = {self.version.rsplit(":", 1)[1], "$LATEST"}
        keys = {f"site/ä {number}.html" for number in range(5)} | {"site/film.mp4", "site/from-the-line.txt"}
        bucket = {"Bucket": self.primary}
        for service, operation, key, field, wanted, arguments in [
            ("s3", "list_buckets", "Buckets", "Name", {self.primary, self.backup}, {}),
            ("s3", "list_objects_v2", "Contents", "Key", keys, bucket),
            ("s3", "list_objects", "Contents", "Key", keys, bucket),
            ("s3", "list_object_versions", "Versions", "Key", keys, bucket),
            ("cloudfront", "list_distributions", "DistributionList.Items", "Id", {self.id, other}, {}),
            ("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items", "Id", {self.control, control}, {}),
            ("lambda", "list_functions", "Functions", "FunctionName", {self.function, function}, {}),
            ("lambda", "list_versions_by_function", "Versions", "Version", versions, {"FunctionName": self.function}),
            ("iam", "list_roles", "Roles", "Arn", {self.role, role}, {}),
            ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn", {self.certificate, certificate}, {}),
            ("route53", "list_hosted_zones", "HostedZones", "Id", {self.zone, zone}, {}),
        ]:
            region = PRIMARY if service == "s3" else "us-east-1"
            found = [item[field] for item in self.pages(service, operation, key, 1, region, **arguments)]
            self.failures.same(f"{operation}: all that was made", wanted - set(found), set())
            self.failures.same(f"{operation}: told twice", len(found), len(set(found)))
        sets = self.pages("route53", "list_resource_record_sets", "ResourceRecordSets", 2, HostedZoneId=self.zone)
        self.failures.same("record sets", sorted(each["Type"] for each in sets), ["A", "AAAA", "CNAME", "NS", "SOA"])
        self.list_functions_at_edge(name)
        self.list_with_command_line()

    def list_functions_at_edge(self, other):
        """boto3 has no paginator for these, so the marker is passed on by hand."""
        found, marker = [], {}
        while True:
            page = self.cloudfront.list_functions(MaxItems="1", Stage="DEVELOPMENT", **marker)["FunctionList"]
            found += [item["Name"] for item in page.get("Items", [])]
            if not page.get("NextMarker"):
                break
            marker = {"Marker": page["NextMarker"]}
        self.failures.same("functions", set(found), {self.pretty, other})

    def list_with_command_line(self):
        listed = json.loads(self.running.cli("cloudfront", "list-distributions", "--page-size", "1"))
        found = [item["Id"] for item in listed["DistributionList"]["Items"]]
        self.failures.same("the CLI lists our distribution", found.count(self.id), 1)
        tagged = self.running.cli("resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=sitecast:site", region=PRIMARY)
        arns = [item["ResourceARN"] for item in json.loads(tagged)["ResourceTagMappingList"]]
        self.failures.same("tagged resources", arns, [f"arn:aws:s3:::{self.primary}"])

    def remove(self):
        site.records(self.running, self.zone, "DELETE", *self.aliases)
        site.remove_distribution(self.running, self.id)
        etag = self.cloudfront.get_origin_access_control(Id=self.control)["ETag"]
        self.cloudfront.delete_origin_access_control(Id=self.control, IfMatch=etag)
        etag = self.cloudfront.describe_function(Name=self.pretty)["ETag"]
        self.cloudfront.delete_function(Name=self.pretty, IfMatch=etag)
        self.running.at("lambda").delete_function(FunctionName=self.function)
        iam = self.running.at("iam")
        iam.delete_role_policy(RoleName=self.role.rsplit("/", 1)[1], PolicyName="logs")
        for role in iam.list_roles()["Roles"]:
            if not role["Path"].startswith("/aws-service-role/"):
                iam.delete_role(RoleName=role["RoleName"])
        proofs = site.validation_records(self.running, self.certificate)
        site.records(self.running, self.zone, "DELETE", *proofs)
        self.running.at("acm").delete_certificate(CertificateArn=self.certificate)
        self.running.at("route53").delete_hosted_zone(Id=self.zone)
        self.s3.delete_bucket_replication(Bucket=self.primary)
        for upload in self.unfinished:
            self.s3.abort_multipart_upload(Bucket=self.primary, Key=upload["Key"], UploadId=upload["UploadId"])
        for name, region in self.buckets():
            self.remove_bucket(self.running.at("s3", region), name)

    def remove_bucket(self, client, name):
        for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
            there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in there]
            if objects:
                answer = client.delete_objects(Bucket=name, Delete={"Objects": objects})
                self.failures.same(f"errors in emptying {name}", answer.get("Errors", []), [])
        client.delete_bucket(Bucket=name)

    def nothing_is_left(self):
        at = self.running.at
        roles = [role["RoleName"] for role in at("iam").list_roles()["Roles"]]
        for what, left in [
            ("buckets", self.s3.list_buckets()["Buckets"]),
            ("distributions", self.cloudfront.list_distributions()["DistributionList"].get("Items", [])),
            ("access controls", self.cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", [])),
            ("functions", self.cloudfront.list_functions()["FunctionList"].get("Items", [])),
            ("edge functions", at("lambda").list_functions()["Functions"]),
            ("certificates", at("acm").list_certificates()["CertificateSummaryList"]),
            ("zones", at("route53").list_hosted_zones()["HostedZones"]),
            ("roles", [role for role in roles if not role.startswith("AWSServiceRole")]),
        ]:
            self.failures.same(f"{what} left", left, [])


def at_path(answer, path):
    for step in path.split("."):
        answer = answer.get(step, [])
    return answer


def differences(sent, read, path=""):
    """Where what came back isn't what was sent. Fields that AWS fills in aren't compared."""
    if isinstance(sent, dict):
        for key, value in sent.items():
            yield from differences(value, read.get(key) if isinstance(read, dict) else None, f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for number, (one, other) in enumerate(zip(sent, read)):
            yield from differences(one, other, f"{path}[{number}]")
    elif sent != read:
        yield f"{path}: sent {sent!r}, read {read!r}"


def run(binary):
    with sandbox(binary, "instant") as running:
        life = Life(running)
        life.live()
        return list(life.failures)
