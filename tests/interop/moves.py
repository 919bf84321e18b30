"""A site that loses its backup, gets one back, and moves to other regions: what is left behind goes."""

from pathlib import Path

import folder
from account import Account
from compare import equal
from sitecast import Site

ACCOUNT = "230000000001"
HERE = Path(__file__).parent


def checks(bench):
    moves = Moves(bench)
    return [moves.drops_the_backup, moves.takes_it_back, moves.moves_the_primary, moves.leaves_nothing]


class Moves:
    def __init__(self, bench):
        profile = (HERE / "small-failover.toml").read_text()
        self.site = Site(bench.binary, bench.emulator.url, ACCOUNT, bench.folder / "moves", profile)
        self.account = Account(bench.emulator, ACCOUNT)
        self.files = folder.write_small(self.site.public)
        self.site.deploy()

    def drops_the_backup(self):
        """without failover the backup bucket goes"""
        self.becomes("failover.enabled=false", ["eu-west-1"])

    def takes_it_back(self):
        """with failover again, in another region, the backup holds every file"""
        self.becomes("failover.enabled=true", ["eu-west-1", "eu-central-1"])
        self.becomes("failover.region=us-west-2", ["eu-west-1", "us-west-2"])

    def moves_the_primary(self):
        """another region moves the primary bucket"""
        self.becomes("distribution.region=ap-south-1", ["ap-south-1", "us-west-2"])

    def leaves_nothing(self):
        """destroy leaves nothing of all this"""
        self.site.destroy("acme")
        equal("what is left", [what for what, found in self.account.snapshot().items() if found], [])

    def becomes(self, answer, regions):
        self.site.run("edit", self.site.profile, "--set", answer)
        self.site.deploy()
        equal("the plan", [step for step in self.site.plan()["steps"] if step["action"] != "keep"], [])
        buckets = [f"acme-{ACCOUNT}-{region}-an" for region in regions]
        equal("buckets", sorted(self.account.bucket_names()), sorted(buckets))
        (distribution,) = self.account.distributions()
        equal("origins", [each["DomainName"].split(".")[0] for each in distribution["Origins"]["Items"]], buckets)
        tags = self.account.distribution(distribution["Id"])["tags"]
        equal("tags", tags, {"sitecast:site": "acme"})
        for bucket in buckets:
            served = {key: each["bytes"] for key, each in self.account.objects(bucket).items() if key.startswith("site/")}
            equal(f"objects of {bucket}", served, {f"site/{key}": content for key, content in self.files.items()})
