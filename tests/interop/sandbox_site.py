"""The parts of a site, as boto3 takes them."""

import io
import json
import uuid
import zipfile

from sandbox_server import ACCOUNT, until

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
EDGE_SERVICES = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]


def fresh(word):
    """A name that nothing has yet."""
    return f"{word}-{uuid.uuid4().hex[:10]}"


def items(*values):
    return {"Quantity": len(values), "Items": list(values)} if values else {"Quantity": 0}


def bucket(sandbox, region="eu-west-1", **creation):
    name = creation.pop("Bucket", None) or fresh("bucket")
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    sandbox.at("s3", region).create_bucket(Bucket=name, **place, **creation)
    return name


def bucket_origin(identifier, name, region, control):
    return {
        "Id": identifier,
        "DomainName": f"{name}.s3.{region}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": control,
    }


def web_origin(identifier, domain="www.example.org", **changes):
    settings = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": items("TLSv1.2"),
    }
    return {"Id": identifier, "DomainName": domain, "CustomOriginConfig": settings, **changes}


def access_control(sandbox, name=None):
    config = {
        "Name": name or fresh("control"),
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    created = sandbox.at("cloudfront").create_origin_access_control(OriginAccessControlConfig=config)
    return created["OriginAccessControl"]["Id"]


def behaviour(target="web", **changes):
    return {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "Compress": True,
        "CachePolicyId": OPTIMIZED,
        **changes,
    }


def config(*origins, **changes):
    return {
        "CallerReference": uuid.uuid4().hex,
        "Comment": "",
        "Enabled": True,
        "Origins": items(*(origins or [web_origin("web")])),
        "DefaultCacheBehavior": behaviour(),
        **changes,
    }


def group(identifier, first, second):
    return {
        "Id": identifier,
        "FailoverCriteria": {"StatusCodes": items(500, 502, 503, 504)},
        "Members": items({"OriginId": first}, {"OriginId": second}),
    }


def own_certificate(arn):
    return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}


def distribution(sandbox, *origins, **changes):
    created = sandbox.at("cloudfront").create_distribution(DistributionConfig=config(*origins, **changes))
    return created["Distribution"]


def change(sandbox, identifier, **changes):
    """Reads a distribution's configuration and sends it back changed, as AWS wants it."""
    client = sandbox.at("cloudfront")
    read = client.get_distribution_config(Id=identifier)
    return client.update_distribution(
        Id=identifier, IfMatch=read["ETag"], DistributionConfig={**read["DistributionConfig"], **changes}
    )


def deployed(sandbox, identifier):
    def status():
        read = sandbox.at("cloudfront").get_distribution(Id=identifier)
        return read if read["Distribution"]["Status"] == "Deployed" else None

    return until(status, f"{identifier} deployed")


def remove_distribution(sandbox, identifier):
    change(sandbox, identifier, Enabled=False)
    sandbox.at("cloudfront").delete_distribution(Id=identifier, IfMatch=deployed(sandbox, identifier)["ETag"])


def trust(services):
    statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(sandbox, services=EDGE_SERVICES):
    created = sandbox.at("iam").create_role(RoleName=fresh("role"), AssumeRolePolicyDocument=trust(services))
    return created["Role"]["Arn"]


def archive(source="exports.handler = async (event) => event.Records[0].cf.request;\n"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("index.js", source)
    return packed.getvalue()


def function(sandbox, role_arn, **changes):
    request = {
        "FunctionName": fresh("function"),
        "Role": role_arn,
        "Code": {"ZipFile": archive()},
        "Runtime": "nodejs22.x",
        "Handler": "index.handler",
        **changes,
    }
    return until(lambda: created_function(sandbox, request), "an assumable role")


def created_function(sandbox, request):
    client = sandbox.at("lambda")
    try:
        return client.create_function(**request)["FunctionName"]
    except client.exceptions.InvalidParameterValueException as refused:
        if "cannot be assumed" not in str(refused):
            raise
        return None


def active(sandbox, name, qualifier="$LATEST"):
    def state():
        read = sandbox.at("lambda").get_function_configuration(FunctionName=name, Qualifier=qualifier)
        return read if read["State"] == "Active" else None

    return until(state, f"{name}:{qualifier} active")


def version(sandbox, name):
    """A published version that is active."""
    active(sandbox, name)
    published = sandbox.at("lambda").publish_version(FunctionName=name)
    active(sandbox, name, published["Version"])
    return published["FunctionArn"]


def at_edge(arn, event="origin-request"):
    return behaviour(LambdaFunctionAssociations=items({"LambdaFunctionARN": arn, "EventType": event}))


def zone(sandbox, name):
    created = sandbox.at("route53").create_hosted_zone(Name=name, CallerReference=uuid.uuid4().hex)
    return created["HostedZone"]["Id"]


def record(name, kind, value, ttl=300):
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value}]}


def alias(name, kind, target):
    goal = {"HostedZoneId": CLOUDFRONT_ZONE, "DNSName": target, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": kind, "AliasTarget": goal}


def records(sandbox, zone_id, action, *sets):
    changes = [{"Action": action, "ResourceRecordSet": each} for each in sets]
    return sandbox.at("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def certificate(sandbox, *names, region="us-east-1"):
    others = {"SubjectAlternativeNames": list(names[1:])} if names[1:] else {}
    created = sandbox.at("acm", region).request_certificate(DomainName=names[0], ValidationMethod="DNS", **others)
    return created["CertificateArn"]


def described(sandbox, arn, region="us-east-1"):
    return sandbox.at("acm", region).describe_certificate(CertificateArn=arn)["Certificate"]


def validation_records(sandbox, arn, region="us-east-1"):
    """The records that prove a certificate's names, each once."""

    def proofs():
        options = described(sandbox, arn, region)["DomainValidationOptions"]
        return all("ResourceRecord" in option for option in options) and options

    found = {option["ResourceRecord"]["Name"]: option["ResourceRecord"] for option in until(proofs, "records")}
    return [record(each["Name"], each["Type"], each["Value"]) for each in found.values()]


def issued(sandbox, zone_id, *names, region="us-east-1"):
    """A certificate whose names are proven in a zone."""
    arn = certificate(sandbox, *names, region=region)
    records(sandbox, zone_id, "UPSERT", *validation_records(sandbox, arn, region))
    until(lambda: described(sandbox, arn, region)["Status"] == "ISSUED", f"{arn} issued")
    return arn


def policy(name, source, principal=None):
    statement = {
        "Sid": "sitecastRead",
        "Effect": "Allow",
        "Principal": principal or {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    if source:
        statement["Condition"] = {"StringEquals": {"AWS:SourceArn": source}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def regional_name(word, region):
    """A name in the account's own namespace."""
    return f"{fresh(word)}-{ACCOUNT}-{region}-an"
