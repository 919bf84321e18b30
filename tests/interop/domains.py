"""A site's own domains: the certificate, the records in the zone, and what the distribution says of them."""

from compare import equal

ZONE = "acme.example"
# The zone of every CloudFront distribution, as AWS documents it.
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
THIRTY_DAYS = 30 * 24 * 3600


def make_zone(account):
    """The zone of the site's domains, with records that are nobody's business."""
    zone = account.route53.create_hosted_zone(Name=ZONE, CallerReference="theirs")["HostedZone"]["Id"]
    foreign = [
        (ZONE, "A", ["192.0.2.1"]),
        (ZONE, "MX", ["10 mail.acme.example."]),
        (f"_acme-challenge.shop.{ZONE}", "CNAME", ["theirs.acm-validations.aws."]),
        (f"mail.blog.{ZONE}", "A", ["192.0.2.2"]),
        (f"blog.{ZONE}", "TXT", ['"v=spf1 -all"']),
    ]
    account.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [
        {"Action": "CREATE", "ResourceRecordSet": {
            "Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values],
        }}
        for name, kind, values in foreign
    ]})
    return zone


class Domains:
    """The domains of the site called `name`, in a zone that was as `before` when there was no site."""

    def __init__(self, account, name, zone):
        self.account, self.name, self.zone = account, name, zone
        self.before = account.snapshot()

    def certificate(self):
        """The one certificate that was not there before."""
        found = self.account.snapshot()["certificates"]
        (arn,) = found.keys() - self.before["certificates"].keys()
        return arn, found[arn]

    def are_certified(self, names):
        """One certificate is for all the names, and no more."""
        _, found = self.certificate()
        equal("names of the certificate", sorted(found["SubjectAlternativeNames"]), names)
        equal("tag of the certificate", found["tags"]["sitecast:site"], self.name)

    def are_answered_for(self, config, names):
        """The distribution answers for the names, with the certificate, and speaks no old TLS."""
        arn, _ = self.certificate()
        equal("aliases", sorted(config["Aliases"]["Items"]), names)
        equal("certificate of the distribution", {key: config["ViewerCertificate"].get(key) for key in (
            "ACMCertificateArn", "SSLSupportMethod", "MinimumProtocolVersion", "CloudFrontDefaultCertificate")}, {
            "ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021",
            "CloudFrontDefaultCertificate": None,
        })

    def lead_to(self, distribution, names):
        """The zone holds what it held, and for each name what proves it and what leads to the distribution."""
        _, certificate = self.certificate()
        proofs = {
            (record["Name"], "CNAME"): record["Value"].rstrip(".")
            for record in (option["ResourceRecord"] for option in certificate["DomainValidationOptions"])
        }
        aliases = {
            (f"{name}.", kind): {
                "HostedZoneId": CLOUDFRONT_ZONE, "DNSName": f"{distribution['DomainName']}.", "EvaluateTargetHealth": False,
            }
            for name in names for kind in ("A", "AAAA", "HTTPS")
        }
        found = self.account.records(self.zone)
        theirs = self.before["records"][self.zone]
        equal("records of others", {key: found.get(key) for key in theirs}, theirs)
        ours = {key: each for key, each in found.items() if key not in theirs}
        equal("records of the site", {key: told(each) for key, each in ours.items()}, proofs | aliases)

    def are_remembered(self, headers):
        """Browsers are told to come back by HTTPS alone."""
        transport = headers["SecurityHeadersConfig"]["StrictTransportSecurity"]
        equal("how long browsers use HTTPS alone", transport, {
            "Override": True, "IncludeSubdomains": True, "Preload": False, "AccessControlMaxAgeSec": THIRTY_DAYS,
        })


def told(record):
    """What a record says: where an alias leads, or its one value."""
    return record.get("AliasTarget") or record["ResourceRecords"][0]["Value"].rstrip(".")
