"""A deploy that is killed, with and without its last call having taken effect, converges when it is run again."""

import copy
import json
import re
from pathlib import Path

import folder
from account import Account
from compare import differences, equal
from domains import make_zone
from sitecast import Site

HERE = Path(__file__).parent
# How many of the calls that change something are chosen as the moment of death, spread over the whole deploy.
DEATHS = 8
DOMAINS = '''
[https]
domains = ["blog.acme.example", "www.blog.acme.example"]
dns = "route53"
'''


def checks(bench):
    deaths = Deaths(bench)
    return [deaths.converge, deaths.leave_no_record]


class Deaths:
    def __init__(self, bench):
        self.bench = bench
        self.recorder = bench.recorder()

    def converge(self):
        """wherever a deploy is killed, the next one ends like an undisturbed one"""
        self.recorder.forget()
        account, site = self.new_site("220000000000")
        site.deploy()
        changes = self.recorder.changes()
        undisturbed = normalised(account)
        killed = 0
        for death in range(DEATHS):
            number = 1 + death * (len(changes) - 1) // (DEATHS - 1)
            before = death % 2 == 1
            moment = f"{'before' if before else 'after'} change {number} of {len(changes)}"
            account, site = self.new_site(f"22000000{death + 1:04}")
            killed += self.kill_at(site, number, before)
            try:
                site.deploy()
                equal("the plan", [step for step in site.plan()["steps"] if step["action"] != "keep"], [])
                equal("the account", normalised(account), undisturbed)
                site.destroy("acme")
                equal("what is left", {what for what, found in account.snapshot().items() if found}, set())
            except AssertionError as error:
                raise AssertionError(f"killed {moment}, {changes[number - 1]}:\n{error}") from None
        assert killed >= DEATHS - 1, f"only {killed} of {DEATHS} deploys were killed"

    def leave_no_record(self):
        """wherever giving a domain up is killed, destroy leaves the zone as it was"""
        self.recorder.forget()
        _, site, _ = self.with_a_domain_to_give_up("221000000000")
        self.recorder.forget()
        site.deploy()
        calls = self.recorder.changes()
        wrong = []
        for number in range(1, len(calls) + 1):
            account, site, before = self.with_a_domain_to_give_up(f"22100000{number:04}")
            self.kill_at(site, number, before=False)
            site.destroy("acme")
            left = differences(account.snapshot(), before)
            if left:
                wrong.append("\n".join([f"killed after change {number}, {calls[number - 1]}:", *left]))
        assert not wrong, "\n".join(wrong)

    def with_a_domain_to_give_up(self, number):
        """A deployed site whose profile gives up one of its domains, and what the account was before it."""
        account, site = self.new_site(number, DOMAINS)
        make_zone(account)
        before = account.snapshot()
        site.deploy()
        site.replace_in_profile(', "www.blog.acme.example"', "")
        return account, site, before

    def new_site(self, number, more=""):
        profile = (HERE / "small-failover.toml").read_text() + more
        site = Site(self.bench.binary, self.recorder.url, number, self.bench.folder / number, profile)
        folder.write_small(site.public)
        return Account(self.bench.emulator, number), site

    def kill_at(self, site, number, before):
        self.recorder.hold_at_change(number, before)
        process = site.start("deploy", site.profile, "--yes", "--no-input")
        # What runs at once comes in any order, so the last changes of one run may be lacking in another.
        while not self.recorder.held.wait(0.05) and process.poll() is None:
            pass
        was_alive = process.poll() is None
        process.kill()
        process.communicate()
        self.recorder.release()
        return was_alive


def normalised(account):
    """An account without what differs from one deployment to the next: ids, times, old versions."""
    snapshot = copy.deepcopy(account.snapshot())
    for bucket in snapshot["buckets"].values():
        latest = {key for key, _, _ in bucket.pop("versions")} - {key for key, _ in bucket["delete markers"]}
        bucket["objects"] = sorted(latest)
        bucket["delete markers"] = []
    for name, found in snapshot["buckets"].items():
        found["served"] = {
            key: each for key, each in account.objects(name).items() if key.startswith("site/")
        }
    ids = known_ids(snapshot)
    text = json.dumps(snapshot, default=repr, sort_keys=True).replace(account.number, "ACCOUNT")
    for number, known in enumerate(ids):
        text = text.replace(known, f"ID{number}")
    text = re.sub(r'"(ETag|CallerReference|LastModifiedTime|CreatedTime|CreateDate)": "[^"]*"', r'"\1": "…"', text)
    return json.loads(re.sub(r"datetime\.datetime\([^()]*(\([^()]*\)[^()]*)*\)", "a time", text))


def known_ids(snapshot):
    """Ids that the emulator gave out, in an order that depends only on what they belong to."""
    ids = []
    for distribution in snapshot["distributions"].values():
        ids += [distribution["Id"], distribution["DomainName"].split(".")[0]]
    for access in snapshot["origin access controls"]:
        ids.append(access["Id"])
    for policy in snapshot["cache policies"]:
        ids.append(policy["CachePolicy"]["Id"])
    for policy in snapshot["response headers policies"]:
        ids.append(policy["ResponseHeadersPolicy"]["Id"])
    return ids
