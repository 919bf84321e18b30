"""A whole site by an IAM user who may do what `sitecast policy` prints, and nothing else."""

import json
import shutil
from pathlib import Path

import boto3
import folder
from account import Account
from botocore.exceptions import ClientError
from compare import equal
from domains import make_zone
from sitecast import Site

ACCOUNT = "250000000001"
NAME = "acme-blog"
USER = "deployer"
# A bucket of the account that is not the site's.
THEIRS = "theirs-250000000001"
HERE = Path(__file__).parent
# What the emulator holds against an action alone, as it can't tell which resource these are about: the first two
# always, and CloudFront's for all but distributions that are there.
UNNAMED = {"lambda:CreateFunction", "route53:GetChange"}
# It takes the name of the operation for that of the action.
CREATE_DISTRIBUTION = "cloudfront:CreateDistribution"
# Of what IAM tells apart by tags, it knows the tags of functions and roles alone.
BY_TAG = "aws:ResourceTag/sitecast:site"
# What a managed policy may hold, and how many of them a user may have.
POLICY_CHARACTERS, POLICIES = 6144, 10


def checks(bench):
    user = User(bench)
    return [
        user.may_nothing_else,
        user.is_refused_without_one_statement,
        user.deploys,
        user.has_nothing_left_to_do,
        user.changes_what_there_is,
        user.destroys,
    ]


class User:
    def __init__(self, bench):
        self.bench = bench
        self.account = Account(bench.emulator, ACCOUNT)
        self.account.s3.create_bucket(Bucket=THEIRS)
        make_zone(self.account)
        self.before = self.account.snapshot()
        self.recorder = bench.recorder()
        profile = (HERE / "full.toml").read_text()
        # Names of buckets are everyone's, and the other checks have taken the profile's own.
        profile = profile.replace('bucket = "acme-blog-', 'bucket = "privileges-')
        self.site = Site(bench.binary, self.recorder.url, ACCOUNT, bench.folder / "user", profile)
        shutil.copytree(HERE / "edge", self.site.folder / "edge")
        folder.write_small(self.site.public)
        self.statements = self.printed_statements()
        self.key = self.become_a_user()
        self.allow(self.statements)

    def printed_statements(self):
        printed = self.site.run("policy", self.site.profile, "--expect-account", ACCOUNT)
        return [part for statement in json.loads(printed)["Statement"] for part in as_the_emulator_judges(statement)]

    def become_a_user(self):
        self.account.iam.create_user(UserName=USER)
        key = self.account.iam.create_access_key(UserName=USER)["AccessKey"]
        self.site.environment |= {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        return key

    def allow(self, statements):
        """Lets the user do what the statements say, and no more."""
        iam = self.account.iam
        for policy in iam.list_attached_user_policies(UserName=USER)["AttachedPolicies"]:
            iam.detach_user_policy(UserName=USER, PolicyArn=policy["PolicyArn"])
            iam.delete_policy(PolicyArn=policy["PolicyArn"])
        documents = in_policies(statements)
        assert len(documents) <= POLICIES, f"a user can't have {len(documents)} policies"
        for number, document in enumerate(documents):
            arn = iam.create_policy(PolicyName=f"sitecast-{number}", PolicyDocument=document)["Policy"]["Arn"]
            iam.attach_user_policy(UserName=USER, PolicyArn=arn)

    def may_nothing_else(self):
        """the user can't reach what is not the site's"""
        own = {"aws_access_key_id": self.key["AccessKeyId"], "aws_secret_access_key": self.key["SecretAccessKey"]}
        at = {"region_name": "us-east-1", "endpoint_url": self.bench.emulator.url} | own
        for service, method, arguments in [
            ("s3", "list_objects_v2", {"Bucket": THEIRS}),
            ("iam", "get_role", {"RoleName": "theirs"}),
            ("lambda", "get_function", {"FunctionName": "theirs"}),
            ("ec2", "describe_instances", {}),
        ]:
            try:
                getattr(boto3.client(service, **at), method)(**arguments)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                assert "Denied" in code or "Unauthorized" in code, f"{service} {method}: {error}"
            else:
                raise AssertionError(f"the user may {service} {method}")

    def is_refused_without_one_statement(self):
        """without one of the statements a deploy is refused"""
        self.allow([each for each in self.statements if each["Sid"] != "Zones"])
        self.site.deploy(code=1)
        self.allow(self.statements)

    def deploys(self):
        """a deploy of all five stages ends well"""
        self.recorder.forget()
        self.site.deploy()
        self.was_never_refused()
        (distribution,) = self.account.snapshot()["distributions"].values()
        equal("aliases", sorted(distribution["DistributionConfig"]["Aliases"]["Items"]), [
            "blog.acme.example", "www.blog.acme.example",
        ])

    def has_nothing_left_to_do(self):
        """a second plan is empty"""
        self.recorder.forget()
        equal("the plan", [step for step in self.site.plan()["steps"] if step["action"] != "keep"], [])
        self.was_never_refused()

    def changes_what_there_is(self):
        """other options, files and domains are no more than the policy allows"""
        self.recorder.forget()
        self.site.replace_in_profile('referrer = "no-referrer"', 'referrer = "same-origin"')
        self.site.replace_in_profile('edge = "5m"', 'edge = "10m"')
        self.site.run("edit", self.site.profile, "--set", 'https.domains=["blog.acme.example"]')
        (self.site.public / "about.html").write_text("another")
        # By the policy of the profile as it was: the domain that goes is the user's business too.
        self.site.deploy()
        self.was_never_refused()

    def destroys(self):
        """destroy leaves the account as it was before"""
        self.recorder.forget()
        self.site.destroy(NAME)
        self.was_never_refused()
        equal("the account", self.account.snapshot(), self.before)

    def was_never_refused(self):
        # The emulator can't tell whose permissions this one asks about. The site can do without the answer.
        refused = [
            str(call) for call in self.recorder.calls
            if call.status in (401, 403) and call.operation != "SimulatePrincipalPolicy"
        ]
        equal("refused calls", refused, [])


def as_the_emulator_judges(statement):
    """A statement in two parts: what the emulator can hold against the resources, and what it can't."""
    if BY_TAG in statement.get("Condition", {}).get("StringEquals", {}):
        statement = {key: value for key, value in statement.items() if key != "Condition"}
    named = [action for action in statement["Action"] if names_its_resource(action)]
    unnamed = [action for action in statement["Action"] if action not in named]
    if CREATE_DISTRIBUTION in unnamed:
        unnamed.append(f"{CREATE_DISTRIBUTION}WithTags")
    parts = [("", named, statement["Resource"]), ("Unnamed", unnamed, "*")]
    return [
        statement | {"Sid": statement["Sid"] + sid, "Action": actions, "Resource": resource}
        for sid, actions, resource in parts if actions
    ]


def names_its_resource(action):
    if action.startswith("cloudfront:"):
        return action.endswith(("Distribution", "DistributionConfig", "Invalidation")) and action != CREATE_DISTRIBUTION
    return action not in UNNAMED


def in_policies(statements):
    """The statements in as few documents as hold them."""
    parts = [[]]
    for statement in statements:
        if len(document(parts[-1] + [statement])) > POLICY_CHARACTERS:
            parts.append([])
        parts[-1].append(statement)
    return [document(part) for part in parts]


def document(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
