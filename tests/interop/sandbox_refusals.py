"""Every trap of aws-facts.md K as a refusal: one row a case, with the code and words that AWS answers.

Rows at the instant pace concern what is; rows at the quick pace concern what takes its time.
"""

import re

from botocore.exceptions import ClientError

import sandbox_site as site
from sandbox_server import sandbox, until

EVERY_METHOD = {**site.items("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"), "CachedMethods": site.items("GET", "HEAD")}
LEGACY = {"ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}


def of_origins(*origins, **changes):
    return lambda sandbox: site.distribution(sandbox, *origins, **changes)


def of_behaviour(**changes):
    return lambda sandbox: site.distribution(sandbox, DefaultCacheBehavior=site.behaviour(**changes))


def update_without(*path):
    """An update that leaves a field out of what was read."""

    def call(sandbox):
        made = site.distribution(sandbox)
        read = sandbox.at("cloudfront").get_distribution_config(Id=made["Id"])
        place = read["DistributionConfig"]
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        update(sandbox, made["Id"], read["ETag"], read["DistributionConfig"])

    return call


def update(sandbox, identifier, etag, config):
    precondition = {"IfMatch": etag} if etag else {}
    sandbox.at("cloudfront").update_distribution(Id=identifier, DistributionConfig=config, **precondition)


def update_with_etag(etag):
    def call(sandbox):
        made = site.distribution(sandbox)
        read = sandbox.at("cloudfront").get_distribution_config(Id=made["Id"])
        site.change(sandbox, made["Id"], Comment="newer")
        update(sandbox, made["Id"], read["ETag"] if etag == "stale" else etag, read["DistributionConfig"])

    return call


def same_reference(sandbox):
    made = site.distribution(sandbox)
    site.distribution(sandbox, CallerReference=made["DistributionConfig"]["CallerReference"])


def delete_enabled(sandbox):
    made = site.distribution(sandbox)
    etag = site.deployed(sandbox, made["Id"])["ETag"]
    sandbox.at("cloudfront").delete_distribution(Id=made["Id"], IfMatch=etag)


def delete_deploying(sandbox):
    made = site.distribution(sandbox)
    etag = site.change(sandbox, made["Id"], Enabled=False)["ETag"]
    sandbox.at("cloudfront").delete_distribution(Id=made["Id"], IfMatch=etag)


def with_certificate(sandbox, arn, *aliases):
    return site.distribution(sandbox, Aliases=site.items(*aliases), ViewerCertificate=site.own_certificate(arn))


def domain(sandbox):
    """A domain with a zone that the public DNS leads to."""
    name = f"{site.fresh('site')}.com"
    return name, site.zone(sandbox, name)


def pending_certificate(sandbox):
    name, _ = domain(sandbox)
    with_certificate(sandbox, site.certificate(sandbox, name), name)


def certificate_elsewhere(sandbox):
    name, zone = domain(sandbox)
    with_certificate(sandbox, site.issued(sandbox, zone, name, region="eu-west-1"), name)


def alias_not_covered(pattern, wanted):
    def call(sandbox):
        name, zone = domain(sandbox)
        arn = site.issued(sandbox, zone, pattern.format(name))
        with_certificate(sandbox, arn, wanted.format(name))

    return call


def alias_twice(sandbox):
    name, zone = domain(sandbox)
    arn = site.issued(sandbox, zone, name)
    with_certificate(sandbox, arn, name)
    with_certificate(sandbox, arn, name)


def alias_pointing_elsewhere(sandbox):
    name, zone = domain(sandbox)
    arn = site.issued(sandbox, zone, f"*.{name}")
    other = site.distribution(sandbox)
    site.records(sandbox, zone, "CREATE", site.record(f"*.{name}", "CNAME", other["DomainName"]))
    with_certificate(sandbox, arn, f"www.{name}")


def with_group(**changes):
    two = [site.web_origin("first"), site.web_origin("second")]
    groups = site.items(site.group("both", "first", "second"))
    return of_origins(*two, OriginGroups=groups, DefaultCacheBehavior=site.behaviour("both", **changes))


def cache_policy(**key):
    def call(sandbox):
        parameters = {
            "EnableAcceptEncodingGzip": False,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
            **key,
        }
        config = {"Name": site.fresh("policy"), "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}
        config["ParametersInCacheKeyAndForwardedToOrigin"] = parameters
        sandbox.at("cloudfront").create_cache_policy(CachePolicyConfig=config)

    return call


def request_policy(header):
    def call(sandbox):
        config = {
            "Name": site.fresh("policy"),
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": site.items(header)},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        }
        sandbox.at("cloudfront").create_origin_request_policy(OriginRequestPolicyConfig=config)

    return call


def control_on_web_origin(sandbox):
    site.distribution(sandbox, site.web_origin("web", OriginAccessControlId=site.access_control(sandbox)))


def control_twice(sandbox):
    name = site.fresh("control")
    site.access_control(sandbox, name)
    site.access_control(sandbox, name)


def at_edge(qualifier, services=site.EDGE_SERVICES, **changes):
    """A function at the edge; `{}` in the qualifier stands for its newest version."""

    def call(sandbox):
        name = site.function(sandbox, site.role(sandbox, services), **changes)
        arn = site.version(sandbox, name)
        place = arn.rsplit(":", 1)[0] + qualifier.format(arn.rsplit(":", 1)[1])
        site.distribution(sandbox, DefaultCacheBehavior=site.at_edge(place))

    return call


def pending_version(sandbox):
    name = site.function(sandbox, site.role(sandbox))
    site.active(sandbox, name)
    arn = sandbox.at("lambda").publish_version(FunctionName=name)["FunctionArn"]
    site.distribution(sandbox, DefaultCacheBehavior=site.at_edge(arn))


def attached_function(sandbox):
    name = site.function(sandbox, site.role(sandbox))
    arn = site.version(sandbox, name)
    return name, site.distribution(sandbox, DefaultCacheBehavior=site.at_edge(arn))


def delete_attached(sandbox):
    name, _ = attached_function(sandbox)
    sandbox.at("lambda").delete_function(FunctionName=name)


def delete_replicated(sandbox):
    name, made = attached_function(sandbox)
    site.change(sandbox, made["Id"], DefaultCacheBehavior=made["DistributionConfig"]["DefaultCacheBehavior"] | {"LambdaFunctionAssociations": site.items()})
    sandbox.at("lambda").delete_function(FunctionName=name)


def new_role(sandbox):
    client, role = sandbox.at("lambda"), site.role(sandbox)
    code = {"ZipFile": site.archive()}
    client.create_function(FunctionName=site.fresh("f"), Role=role, Code=code, Runtime="nodejs22.x", Handler="index.handler")


def back_to_back(sandbox):
    name = site.function(sandbox, site.role(sandbox))
    site.active(sandbox, name)
    client = sandbox.at("lambda")
    client.update_function_code(FunctionName=name, ZipFile=site.archive("exports.handler = null;"))
    client.update_function_configuration(FunctionName=name, Timeout=4)


def legacy_logs(sandbox):
    name = site.bucket(sandbox, "us-east-1")
    logging = {"Enabled": True, "IncludeCookies": False, "Bucket": f"{name}.s3.amazonaws.com", "Prefix": ""}
    site.distribution(sandbox, Logging=logging)


def create_in(region, constraint):
    def call(sandbox):
        place = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
        sandbox.at("s3", region).create_bucket(Bucket=site.fresh("bucket"), **place)

    return call


def public_policy(sandbox):
    name = site.bucket(sandbox)
    sandbox.at("s3", "eu-west-1").put_bucket_policy(Bucket=name, Policy=site.policy(name, None, "*"))


def replication_without_versions(sandbox):
    source, target = site.bucket(sandbox), site.bucket(sandbox)
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
    configuration = {"Role": site.role(sandbox, ["s3.amazonaws.com"]), "Rules": [rule]}
    client = sandbox.at("s3", "eu-west-1")
    client.put_bucket_replication(Bucket=source, ReplicationConfiguration=configuration)


def delete_with_versions(sandbox):
    client, name = sandbox.at("s3", "eu-west-1"), site.bucket(sandbox)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    client.put_object(Bucket=name, Key="index.html", Body=b"hello")
    client.delete_object(Bucket=name, Key="index.html")
    client.delete_bucket(Bucket=name)


def settings_at_once(sandbox):
    """Many settings at once: all but few must collide."""
    from concurrent.futures import ThreadPoolExecutor

    client, name = sandbox.at("s3", "eu-west-1"), site.bucket(sandbox)
    until(lambda: visible(client, name), f"{name} visible")
    tags = {"TagSet": [{"Key": "k", "Value": "v"}]}
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(client.put_bucket_tagging, Bucket=name, Tagging=tags) for _ in range(8)]
    for call in calls:
        call.result()


def visible(client, name):
    try:
        return client.get_bucket_location(Bucket=name)
    except client.exceptions.ClientError as refused:
        if refused.response["Error"]["Code"] != "NoSuchBucket":
            raise
        return None


def attached_certificate(sandbox):
    name, zone = domain(sandbox)
    arn = site.issued(sandbox, zone, name)
    return arn, with_certificate(sandbox, arn, name)


def delete_attached_certificate(sandbox):
    arn, _ = attached_certificate(sandbox)
    until(lambda: site.described(sandbox, arn)["InUseBy"], "the certificate in use")
    sandbox.at("acm").delete_certificate(CertificateArn=arn)


def delete_released_certificate(sandbox):
    arn, made = attached_certificate(sandbox)
    site.remove_distribution(sandbox, made["Id"])
    sandbox.at("acm").delete_certificate(CertificateArn=arn)


def delete_changed(sandbox, differently):
    name, zone = domain(sandbox)
    site.records(sandbox, zone, "CREATE", site.record(name, "A", "192.0.2.1"))
    site.records(sandbox, zone, "DELETE", {**site.record(name, "A", "192.0.2.1"), **differently})


def cname_beside(sandbox):
    name, zone = domain(sandbox)
    site.records(sandbox, zone, "CREATE", site.record(f"www.{name}", "A", "192.0.2.1"))
    site.records(sandbox, zone, "CREATE", site.record(f"www.{name}", "CNAME", "elsewhere.example.org"))


def record_twice(sandbox):
    name, zone = domain(sandbox)
    for _ in range(2):
        site.records(sandbox, zone, "CREATE", site.record(name, "A", "192.0.2.1"))


def alias_of_another_zone(sandbox):
    name, zone = domain(sandbox)
    site.records(sandbox, zone, "CREATE", site.alias(name, "A", "www.example.org"))


def role_with(attach):
    def call(sandbox):
        client, name = sandbox.at("iam"), site.role(sandbox).rsplit("/", 1)[1]
        attach(client, name)
        client.delete_role(RoleName=name)

    return call


def attach_inline(client, name):
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    document = site.json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_role_policy(RoleName=name, PolicyName="logs", PolicyDocument=document)


def attach_managed(client, name):
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    client.attach_role_policy(RoleName=name, PolicyArn=arn)


def control_in_use(sandbox):
    name, control = site.bucket(sandbox), site.access_control(sandbox)
    site.distribution(sandbox, site.bucket_origin("web", name, "eu-west-1", control))
    client = sandbox.at("cloudfront")
    etag = client.get_origin_access_control(Id=control)["ETag"]
    client.delete_origin_access_control(Id=control, IfMatch=etag)


def cache_policy_in_use(sandbox):
    client = sandbox.at("cloudfront")
    made = client.create_cache_policy(CachePolicyConfig={"Name": site.fresh("policy"), "MinTTL": 1})
    site.distribution(sandbox, DefaultCacheBehavior=site.behaviour(CachePolicyId=made["CachePolicy"]["Id"]))
    client.delete_cache_policy(Id=made["CachePolicy"]["Id"], IfMatch=made["ETag"])


def headers_policy_in_use(sandbox):
    client = sandbox.at("cloudfront")
    server_timing = {"Enabled": True, "SamplingRate": 5}
    config = {"Name": site.fresh("policy"), "ServerTimingHeadersConfig": server_timing}
    made = client.create_response_headers_policy(ResponseHeadersPolicyConfig=config)
    identifier = made["ResponseHeadersPolicy"]["Id"]
    site.distribution(sandbox, DefaultCacheBehavior=site.behaviour(ResponseHeadersPolicyId=identifier))
    client.delete_response_headers_policy(Id=identifier, IfMatch=made["ETag"])


def function_in_use(sandbox):
    name, arn = published_function(sandbox)
    used = site.items({"FunctionARN": arn, "EventType": "viewer-request"})
    site.distribution(sandbox, DefaultCacheBehavior=site.behaviour(FunctionAssociations=used))
    client = sandbox.at("cloudfront")
    client.delete_function(Name=name, IfMatch=client.describe_function(Name=name)["ETag"])


def published_function(sandbox):
    client, name = sandbox.at("cloudfront"), site.fresh("pretty")
    code = b"function handler(event) { return event.request; }"
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = client.create_function(Name=name, FunctionConfig=config, FunctionCode=code)
    live = client.publish_function(Name=name, IfMatch=made["ETag"])
    return name, live["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]


def wrong_quantity(sandbox):
    origins = {**site.items(site.web_origin("web")), "Quantity": 2}
    site.distribution(sandbox, Origins=origins)


def without_protocols(sandbox):
    origin = site.web_origin("web")
    del origin["CustomOriginConfig"]["OriginSslProtocols"]
    site.distribution(sandbox, origin)


def unverified(sandbox):
    site.distribution(sandbox)


WHITELISTED = {"HeaderBehavior": "whitelist", "Headers": site.items("Origin")}
NOT_COVERED = "doesn't cover the alternate domain name"
LAMBDA = "InvalidLambdaFunctionAssociation"
VARIABLES = {"Environment": {"Variables": {"STAGE": "live"}}}

# Trap, what is done, code, words of the message.
INSTANT = [
    (2, "update without aliases", update_without("Aliases"), "IllegalUpdate", "Aliases are missing for the resource"),
    (2, "update without origin headers", update_without("Origins", "Items", 0, "CustomHeaders"), "IllegalUpdate", "The 'OriginCustomHeaders' field is missing"),
    (2, "update without streaming flag", update_without("DefaultCacheBehavior", "SmoothStreaming"), "InvalidArgument", "The parameter SmoothStreaming flag is missing"),
    (3, "stale If-Match", update_with_etag("stale"), "PreconditionFailed", "didn't meet the preconditions in one or more request-header fields"),
    (3, "missing If-Match", update_with_etag(""), "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource."),
    (4, "used caller reference", same_reference, "DistributionAlreadyExists", ""),
    (5, "delete while enabled", delete_enabled, "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled."),
    (6, "alias without certificate", of_origins(Aliases=site.items("www.example.com")), "InvalidViewerCertificate", "you must attach a trusted certificate that validates your authorization"),
    (7, "pending certificate", pending_certificate, "InvalidViewerCertificate", "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid"),
    (7, "certificate in another region", certificate_elsewhere, "InvalidViewerCertificate", "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid"),
    (8, "apex under a wildcard", alias_not_covered("*.{}", "{}"), "InvalidViewerCertificate", NOT_COVERED),
    (8, "two labels under a wildcard", alias_not_covered("*.{}", "a.b.{}"), "InvalidViewerCertificate", NOT_COVERED),
    (8, "sub-domain of the apex", alias_not_covered("{}", "www.{}"), "InvalidViewerCertificate", NOT_COVERED),
    (9, "alias of another distribution", alias_twice, "CNAMEAlreadyExists", "are already associated with a different resource"),
    (10, "alias that points elsewhere", alias_pointing_elsewhere, None, "incorrectly configured DNS record that points to another CloudFront distribution"),
    (11, "no such bucket", of_origins(site.bucket_origin("web", "no-such-bucket", "eu-west-1", "")), "InvalidArgument", "The parameter Origin DomainName does not refer to a valid S3 bucket."),
    (12, "unknown origin", of_behaviour(target="nothing"), "NoSuchOrigin", "One or more of your origins or origin groups do not exist."),
    (13, "POST to an origin group", with_group(AllowedMethods=EVERY_METHOD), "InvalidArgument", "AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group"),
    (14, "policy beside forwarded values", of_behaviour(**LEGACY), "InvalidArgument", "ForwardedValues cannot be used when a cache policy is associated"),
    (15, "no caching but header keys", cache_policy(HeadersConfig=WHITELISTED), "InvalidArgument", "HeaderBehavior is invalid for policy with caching disabled"),
    (15, "no caching but cookie keys", cache_policy(CookiesConfig={"CookieBehavior": "all"}), "InvalidArgument", "CookieBehavior is invalid for policy with caching disabled"),
    (15, "no caching but compression", cache_policy(EnableAcceptEncodingGzip=True), "InvalidArgument", "EnableAcceptEncodingGzip is invalid for policy with caching disabled"),
    (16, "Accept-Encoding sent on", request_policy("Accept-Encoding"), "InvalidArgument", "The parameter Headers contains Accept-Encoding that is not allowed."),
    (16, "Authorization sent on", request_policy("Authorization"), "InvalidArgument", "The parameter Headers contains Authorization that is not allowed."),
    (17, "access control on a web origin", control_on_web_origin, None, "Illegal configuration: The origin type and OAC origin type differ"),
    (18, "access control's name twice", control_twice, "OriginAccessControlAlreadyExists", "An origin access control with the same name already exists."),
    (19, "$LATEST", at_edge(":$LATEST"), LAMBDA, "The function ARN must reference a specific function version. (The ARN must end with the version number.)"),
    (19, "no version", at_edge(""), LAMBDA, "The function ARN must reference a specific function version."),
    (21, "variables", at_edge(":{}", **VARIABLES), LAMBDA, "The function cannot have environment variables. Function: "),
    (21, "arm64", at_edge(":{}", Architectures=["arm64"]), LAMBDA, ""),
    (21, "another runtime", at_edge(":{}", Runtime="ruby3.4", Handler="index.handler"), LAMBDA, ""),
    (22, "role not for the edge", at_edge(":{}", ["lambda.amazonaws.com"]), LAMBDA, "must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals"),
    (23, "delete while attached", delete_attached, "InvalidParameterValueException", "because it is a replicated function"),
    (26, "logs to a bucket without ACLs", legacy_logs, "InvalidArgument", "The S3 bucket that you specified for CloudFront logs does not enable ACL access"),
    (27, "explicit us-east-1", create_in("us-east-1", "us-east-1"), "InvalidLocationConstraint", ""),
    (27, "no constraint elsewhere", create_in("eu-west-1", None), "IllegalLocationConstraintException", "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."),
    (27, "public policy", public_policy, "AccessDenied", "because public policies are blocked by the BlockPublicPolicy block public access setting."),
    (27, "replication without versions", replication_without_versions, "InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration"),
    (27, "delete with versions", delete_with_versions, "BucketNotEmpty", "You must delete all versions in the bucket."),
    (29, "delete an attached certificate", delete_attached_certificate, "ResourceInUseException", ""),
    (31, "delete with another TTL", lambda sandbox: delete_changed(sandbox, {"TTL": 60}), "InvalidChangeBatch", "but the values provided do not match the current values"),
    (31, "delete what is not there", lambda sandbox: delete_changed(sandbox, {"Name": "not.there.example"}), "InvalidChangeBatch", ""),
    (31, "CNAME beside A", cname_beside, "InvalidChangeBatch", "is not permitted as it conflicts with other records with the same DNS name in zone"),
    (31, "create what is there", record_twice, "InvalidChangeBatch", "but it already exists"),
    (31, "alias outside its zone", alias_of_another_zone, "InvalidChangeBatch", "but the alias target name does not lie within the target zone"),
    (32, "role with inline policy", role_with(attach_inline), "DeleteConflict", "Cannot delete entity, must delete policies first."),
    (32, "role with attached policy", role_with(attach_managed), "DeleteConflict", "Cannot delete entity, must detach all policies first."),
    (32, "access control in use", control_in_use, "OriginAccessControlInUse", ""),
    (32, "cache policy in use", cache_policy_in_use, "CachePolicyInUse", ""),
    (32, "headers policy in use", headers_policy_in_use, "ResponseHeadersPolicyInUse", ""),
    (32, "function in use", function_in_use, "FunctionInUse", ""),
    (33, "wrong quantity", wrong_quantity, "InconsistentQuantities", ""),
    (34, "address as an origin", of_origins(site.web_origin("web", "192.0.2.1")), None, "The parameter origin name cannot be an IP address"),
    (34, "no protocols", without_protocols, None, "The parameter OriginSslProtocols is required."),
]

QUICK = [
    (5, "delete while deploying", delete_deploying, "DistributionNotDisabled", ""),
    (11, "bucket just created", lambda sandbox: site.distribution(sandbox, site.bucket_origin("web", site.bucket(sandbox), "eu-west-1", "")), "InvalidArgument", "does not refer to a valid S3 bucket"),
    (20, "version still pending", pending_version, LAMBDA, "The function must be in an Active state. The current state for function "),
    (23, "delete with replicas left", delete_replicated, "InvalidParameterValueException", "Please see our documentation for Deleting Lambda@Edge Functions and Replicas."),
    (24, "role just created", new_role, "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."),
    (25, "updates back to back", back_to_back, "ResourceConflictException", "The operation cannot be performed at this time. An update is in progress for resource: "),
    (27, "settings at once", settings_at_once, "OperationAborted", "A conflicting conditional operation is currently in progress against this resource. Please try again."),
    (29, "delete a certificate just released", delete_released_certificate, "ResourceInUseException", ""),
]

UNVERIFIED = [(1, "unverified account", unverified, "AccessDenied", "")]


def record_is_late(sandbox):
    """K28: the validation record is absent at first."""
    arn = site.certificate(sandbox, f"{site.fresh('site')}.com")
    return "ResourceRecord" not in site.described(sandbox, arn)["DomainValidationOptions"][0]


def undelegated_never_validates(sandbox):
    """K30: a zone to which its parent doesn't lead proves nothing."""
    name, _ = domain(sandbox)
    lost = site.zone(sandbox, f"lost.{name}")
    arn = site.certificate(sandbox, f"lost.{name}")
    site.records(sandbox, lost, "UPSERT", *site.validation_records(sandbox, arn))
    return site.described(sandbox, arn)["Status"] == "PENDING_VALIDATION"


def wait_survives_a_restart(sandbox):
    """K35: a slow state goes on where it was."""
    made = site.distribution(sandbox)
    sandbox.restart()
    still = sandbox.at("cloudfront").get_distribution(Id=made["Id"])["Distribution"]["Status"]
    site.deployed(sandbox, made["Id"])
    return made["Status"] == still == "InProgress"


def change_takes_a_while(sandbox):
    """K35: so does a change of DNS."""
    name, zone = domain(sandbox)
    change = site.records(sandbox, zone, "CREATE", site.record(name, "A", "192.0.2.1"))["ChangeInfo"]
    route53 = sandbox.at("route53")
    until(lambda: route53.get_change(Id=change["Id"])["ChangeInfo"]["Status"] == "INSYNC", "INSYNC")
    return change["Status"] == "PENDING"


# Trap, what holds instead of a refusal.
HOLDS_QUICK = [(28, record_is_late), (35, wait_survives_a_restart), (35, change_takes_a_while)]
HOLDS_INSTANT = [(30, undelegated_never_validates)]


def refusals(sandbox, rows):
    for trap, name, call, code, words in rows:
        said = refusal(sandbox, call)
        right = said is not None and code in (None, said[0]) and words in said[1]
        if not right:
            yield f"K{trap} {name}: wanted {code} {words!r}, got {said}"


def refusal(sandbox, call):
    try:
        call(sandbox)
    except ClientError as refused:
        error = refused.response["Error"]
        return error["Code"], re.sub(r"\s+", " ", error["Message"])
    except Exception as broken:  # Whatever a case does wrong is a failure of that case alone.
        return type(broken).__name__, str(broken)
    return None


def what_holds(sandbox, rows):
    for trap, condition in rows:
        try:
            if not condition(sandbox):
                yield f"K{trap} {condition.__doc__}"
        except Exception as broken:
            yield f"K{trap} {condition.__doc__} {broken}"


def run(binary):
    failures = []
    with sandbox(binary, "instant") as instant:
        failures += [*refusals(instant, INSTANT), *what_holds(instant, HOLDS_INSTANT)]
    with sandbox(binary, "quick") as quick:
        failures += [*refusals(quick, QUICK), *what_holds(quick, HOLDS_QUICK)]
    with sandbox(binary, "instant", "--fault", "op=CreateDistribution fail=AccessDenied status=403") as new:
        failures += refusals(new, UNVERIFIED)
    cases = INSTANT + QUICK + UNVERIFIED
    covered = {row[0] for row in cases + HOLDS_INSTANT + HOLDS_QUICK}
    failures += [f"K{trap} has no case" for trap in range(1, 36) if trap not in covered]
    print(f"{len(cases)} refusals, {len(HOLDS_INSTANT + HOLDS_QUICK)} lifecycles")
    return failures
