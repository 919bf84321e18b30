"""A backup that S3 fills. The emulator copies nothing, so this holds the rule, and the copies made in its stead."""

from pathlib import Path

import folder
from account import Account
from compare import equal
from sitecast import Site

ACCOUNT = "240000000001"
SOURCE, DESTINATION = f"acme-{ACCOUNT}-eu-west-1-an", f"acme-{ACCOUNT}-eu-central-1-an"
HERE = Path(__file__).parent


def checks(bench):
    copies = Copies(bench)
    return [copies.has_the_rule, copies.fills_the_backup, copies.has_nothing_left_to_do, copies.leaves_nothing]


class Copies:
    def __init__(self, bench):
        profile = (HERE / "small-failover.toml").read_text()
        region = 'region = "eu-central-1"'
        self.site = Site(bench.binary, bench.emulator.url, ACCOUNT, bench.folder / "copies",
                         profile.replace(region, f'{region}\ncopy = "replication"'))
        self.account = Account(bench.emulator, ACCOUNT)
        self.files = folder.write_small(self.site.public)
        self.site.deploy()

    def has_the_rule(self):
        """the rule copies what is served, deletions too, by the site's role"""
        rule = self.account.bucket(SOURCE)["replication"]["ReplicationConfiguration"]
        (served,) = rule["Rules"]
        equal("role", rule["Role"], f"arn:aws:iam::{ACCOUNT}:role/sitecast_acme_replication")
        equal("rule", {key: served[key] for key in ("Status", "Filter", "DeleteMarkerReplication")}, {
            "Status": "Enabled", "Filter": {"Prefix": "site/"}, "DeleteMarkerReplication": {"Status": "Enabled"},
        })
        equal("destination", served["Destination"]["Bucket"], f"arn:aws:s3:::{DESTINATION}")

    def fills_the_backup(self):
        """what S3 did not copy in time is copied all the same"""
        for bucket in (SOURCE, DESTINATION):
            served = {key: each["bytes"] for key, each in self.account.objects(bucket).items() if key.startswith("site/")}
            equal(f"objects of {bucket}", served, {f"site/{key}": content for key, content in self.files.items()})

    def has_nothing_left_to_do(self):
        """a second plan is empty"""
        equal("the plan", [step for step in self.site.plan()["steps"] if step["action"] != "keep"], [])

    def leaves_nothing(self):
        """destroy leaves nothing"""
        self.site.destroy("acme")
        equal("what is left", [what for what, found in self.account.snapshot().items() if found], [])
