"""A site's whole life: deployed, unchanged, changed in small ways, destroyed. Every check builds on those before."""

import json
import re
import shutil
from pathlib import Path

import folder
from account import Account, tag_values
from calls import longest_chain
from compare import equal
from domains import Domains, make_zone
from edge_functions import EdgeFunctions, log_group
from foreign import make_foreign_things
from sitecast import Site

ACCOUNT = "210000000001"
NAME = "acme-blog"
PRIMARY, BACKUP = "acme-blog-primary", "acme-blog-backup"
BUCKETS = {PRIMARY: "eu-west-1", BACKUP: "eu-central-1"}
MARK = f"sitecast:site={NAME}"

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

# How often a plan without changes may wait for an answer before it asks on.
ROUNDS = 3
HERE = Path(__file__).parent
DOMAINS = ["blog.acme.example", "www.blog.acme.example"]
# Long beside what the program itself takes between two calls.
LATENCY = 0.5


def checks(bench):
    life = Life(bench)
    return [
        life.deploys,
        life.holds_every_file,
        life.builds_the_distribution,
        life.builds_the_policies,
        life.publishes_edge_functions,
        life.takes_the_domains,
        life.closes_the_buckets,
        life.has_nothing_left_to_do,
        life.plans_in_few_rounds,
        life.sends_one_changed_file,
        life.changes_headers_alone,
        life.changes_one_answer,
        life.changes_an_edge_function,
        life.gives_a_domain_up,
        life.lists_and_imports,
        life.destroys_what_is_its_own,
    ]


class Life:
    def __init__(self, bench):
        self.recorder = bench.recorder()
        self.account = Account(bench.emulator, ACCOUNT)
        profile = (HERE / "full.toml").read_text()
        self.site = Site(bench.binary, self.recorder.url, ACCOUNT, bench.folder / "life", profile)
        shutil.copytree(HERE / "edge", self.site.folder / "edge")
        self.files = folder.write_large(self.site.public)
        # A site whose name begins this one's must stay as it is, like everything else.
        neighbour = Site(bench.binary, bench.emulator.url, ACCOUNT, bench.folder / "near", (HERE / "small.toml").read_text())
        folder.write_small(neighbour.public)
        make_foreign_things(self.account)
        neighbour.deploy()
        zone = make_zone(self.account)
        self.before = self.account.snapshot()
        self.edge = EdgeFunctions(self.account, NAME)
        self.domains = Domains(self.account, NAME, zone)

    def deploys(self):
        """a deploy ends well"""
        printed = self.site.deploy()
        (self.distribution_id,) = self.account.snapshot()["distributions"].keys() - self.before["distributions"].keys()
        self.distribution = self.account.distribution(self.distribution_id)
        equal("what deploy printed", printed.strip(), "https://blog.acme.example/")

    def holds_every_file(self):
        """both buckets hold every file, with its headers"""
        wanted = {f"site/{key}": self.wanted_object(key) for key in self.files}
        for bucket in BUCKETS:
            objects = self.account.objects(bucket)
            served = {key: each for key, each in objects.items() if key.startswith("site/")}
            equal(f"the objects in {bucket}", served, wanted)
            equal(f"unfinished uploads in {bucket}", self.account.bucket(bucket)["unfinished uploads"], [])
            others = objects.keys() - served.keys()
            assert others, f"{bucket} holds no manifest"
            assert not [key for key in others if "pending" in key], f"a pending marker was left in {bucket}: {others}"

    def wanted_object(self, key):
        browser, edge, more = 0, 86_400, ""
        if key.startswith("assets/"):
            browser, edge, more = 31_536_000, 2_592_000, ", immutable"
        elif key.startswith("search/"):
            edge = 300
        return {
            "content type": folder.content_type(key),
            "cache control": f"max-age={browser}, s-maxage={edge}{more}",
            "bytes": self.files[key],
        }

    def builds_the_distribution(self):
        """the distribution is what the profile asks for"""
        config = self.distribution["DistributionConfig"]
        wanted = {
            "Comment": "Acme's blog",
            "Enabled": True,
            "PriceClass": "PriceClass_100",
            "HttpVersion": "http2and3",
            "IsIPV6Enabled": True,
            "DefaultRootObject": "index.html",
        }
        equal("the distribution", {key: config[key] for key in wanted}, wanted)
        geo = config["Restrictions"]["GeoRestriction"]
        equal("countries", (geo["RestrictionType"], geo.get("Items")), ("blacklist", ["KP"]))
        equal("tags", self.distribution["tags"].get("sitecast:site"), NAME)
        equal("error pages", [
            (each["ErrorCode"], each["ResponsePagePath"], each["ResponseCode"])
            for each in config["CustomErrorResponses"]["Items"]
        ], [(404, "/404.html", "404")])
        self.has_the_origins(config)
        self.has_the_behaviors(config)

    def has_the_origins(self, config):
        (access,) = self.ours("origin access controls", "Name", f"sitecast_{NAME}")
        equal("origins", [
            {key: each.get(key) for key in (
                "Id", "DomainName", "OriginPath", "OriginAccessControlId", "ConnectionAttempts", "ConnectionTimeout")}
            for each in config["Origins"]["Items"]
        ], [
            {
                "Id": f"sitecast_{NAME}_{role}",
                "DomainName": f"{bucket}.s3.{region}.amazonaws.com",
                "OriginPath": "/site",
                "OriginAccessControlId": access["Id"],
                "ConnectionAttempts": 2,
                "ConnectionTimeout": 3,
            }
            for role, (bucket, region) in zip(["primary", "backup"], BUCKETS.items())
        ])
        groups = config["OriginGroups"]["Items"]
        members = [f"sitecast_{NAME}_primary", f"sitecast_{NAME}_backup"]
        equal("origin groups", {
            each["Id"]: (
                [member["OriginId"] for member in each["Members"]["Items"]],
                sorted(each["FailoverCriteria"]["StatusCodes"]["Items"]),
            )
            for each in groups
        }, {
            f"sitecast_{NAME}_failover": (members, [500, 502, 503, 504]),
            f"sitecast_{NAME}_drill": (members, [403, 404]),
        })

    def has_the_behaviors(self, config):
        (own_policy,) = self.ours("cache policies", lambda each: each["CachePolicy"]["CachePolicyConfig"]["Comment"], MARK)
        behaviors = config["CacheBehaviors"]["Items"]
        equal("paths, in order", [each["PathPattern"] for each in behaviors], [
            "/.sitecast-drill/*", "/assets/*", "/search/*", "/guide/*", "/hello/*",
        ])
        drill, assets, search, guide, hello = behaviors
        for what, behavior, group, policy in [
            ("drill", drill, "drill", CACHING_DISABLED),
            ("assets", assets, "failover", CACHING_OPTIMIZED),
            ("search", search, "failover", own_policy["CachePolicy"]["Id"]),
            ("guide", guide, "failover", CACHING_OPTIMIZED),
            ("hello", hello, "failover", CACHING_OPTIMIZED),
            ("everything else", config["DefaultCacheBehavior"], "failover", CACHING_OPTIMIZED),
        ]:
            equal(f"behaviour of {what}", {
                "target": behavior["TargetOriginId"],
                "policy": behavior["CachePolicyId"],
                "plain http": behavior["ViewerProtocolPolicy"],
                "methods": sorted(behavior["AllowedMethods"]["Items"]),
                "functions": [each["EventType"] for each in behavior["FunctionAssociations"].get("Items", [])],
            }, {
                "target": f"sitecast_{NAME}_{group}",
                "policy": policy,
                "plain http": "redirect-to-https",
                "methods": ["GET", "HEAD"],
                "functions": [] if behavior is drill else ["viewer-request"],
            })

    def builds_the_policies(self):
        """policies, access control and function are what the profile asks for"""
        (access,) = self.ours("origin access controls", "Name", f"sitecast_{NAME}")
        equal("access control", [access[key] for key in (
            "Description", "SigningProtocol", "SigningBehavior", "OriginAccessControlOriginType")],
            [MARK, "sigv4", "always", "s3"])
        (policy,) = self.ours("cache policies", lambda each: each["CachePolicy"]["CachePolicyConfig"]["Comment"], MARK)
        policy = policy["CachePolicy"]["CachePolicyConfig"]
        equal("lifetimes", [policy[key] for key in ("MinTTL", "DefaultTTL", "MaxTTL")], [0, 300, 31_536_000])
        key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
        query = key["QueryStringsConfig"]
        equal("query in the key", (query["QueryStringBehavior"], sorted(query["QueryStrings"]["Items"])),
              ("whitelist", ["page", "q"]))
        equal("rest of the key", [
            key["HeadersConfig"]["HeaderBehavior"], key["CookiesConfig"]["CookieBehavior"],
            key["EnableAcceptEncodingGzip"], key["EnableAcceptEncodingBrotli"],
        ], ["none", "none", True, True])
        (headers,) = self.ours("response headers policies", lambda each:
            each["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Comment"], MARK)
        headers = headers["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        assert "ContentTypeOptions" in headers["SecurityHeadersConfig"], headers
        equal("referrers", headers["SecurityHeadersConfig"]["ReferrerPolicy"]["ReferrerPolicy"],
              "strict-origin-when-cross-origin")
        self.domains.are_remembered(headers)
        function = self.account.cloudfront.get_function(Name=f"sitecast_{NAME}_urls", Stage="LIVE")
        assert b"/LICENSE" in function["FunctionCode"].read(), "the function doesn't know the file without extension"
        arn = self.distribution["DistributionConfig"]["DefaultCacheBehavior"]["FunctionAssociations"]["Items"][0]["FunctionARN"]
        tags = self.account.cloudfront.list_tags_for_resource(Resource=arn)["Tags"]["Items"]
        equal("the function's tag", tag_values(tags).get("sitecast:site"), NAME)

    def publishes_edge_functions(self):
        """edge functions run where the profile says, by numbered versions"""
        self.has_edge_functions({"headers": "1", "greeting": "1"}, "no-referrer")
        self.edge.can_be_replicated()

    def has_edge_functions(self, versions, referrer):
        config = self.account.distribution(self.distribution_id)["DistributionConfig"]
        self.edge.are_published(versions)
        self.edge.are_associated(config, versions)
        self.edge.run(versions, referrer)

    def takes_the_domains(self):
        """the domains are certified, answered for, and lead to the distribution"""
        self.has_the_domains(DOMAINS)

    def has_the_domains(self, names):
        distribution = self.account.distribution(self.distribution_id)
        self.domains.are_certified(DOMAINS)
        self.domains.are_answered_for(distribution["DistributionConfig"], names)
        self.domains.lead_to(distribution, names)

    def ours(self, what, field, value):
        """The things of one kind whose field says that they belong to the site."""
        read = field if callable(field) else lambda each: each[field]
        found = [each for each in self.account.snapshot()[what] if read(each) == value]
        assert len(found) == 1, f"{len(found)} of the {what} belong to {NAME}: {found}"
        return found

    def closes_the_buckets(self):
        """only this distribution can read the buckets, and their settings are sound"""
        for bucket, region in BUCKETS.items():
            found = self.account.bucket(bucket)
            where = self.account.s3.get_bucket_location(Bucket=bucket)["LocationConstraint"]
            equal(f"region of {bucket}", where, region)
            equal(f"public access of {bucket}", found["public access"], {"PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True, "IgnorePublicAcls": True,
                "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
            }})
            equal(f"ownership of {bucket}", found["ownership"]["OwnershipControls"]["Rules"],
                  [{"ObjectOwnership": "BucketOwnerEnforced"}])
            rules = found["encryption"]["ServerSideEncryptionConfiguration"]["Rules"]
            equal(f"encryption of {bucket}", rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "AES256")
            equal(f"versioning of {bucket}", found["versioning"]["Status"], "Enabled")
            equal(f"tag of {bucket}", tag_values(found["tags"]["TagSet"]).get("sitecast:site"), NAME)
            lifecycle = json.dumps(found["lifecycle"])
            assert '"NoncurrentDays": 30' in lifecycle, f"{bucket} keeps old versions: {lifecycle}"
            assert '"DaysAfterInitiation": 7' in lifecycle, f"{bucket} keeps unfinished uploads: {lifecycle}"
            self.admits_only_the_distribution(bucket, json.loads(found["policy"]["Policy"]))

    def admits_only_the_distribution(self, bucket, policy):
        allowed = {}
        for statement in policy["Statement"]:
            assert statement["Sid"].startswith("sitecast"), f"unmarked statement in {bucket}: {statement}"
            if statement["Effect"] != "Allow":
                continue
            equal(f"who may read {bucket}", statement["Principal"], {"Service": "cloudfront.amazonaws.com"})
            (source,) = {json.dumps(test.get("AWS:SourceArn")) for test in statement["Condition"].values() if "AWS:SourceArn" in test}
            equal(f"for whom {bucket} may be read", json.loads(source), self.distribution["ARN"])
            allowed[statement["Action"]] = statement["Resource"]
        equal(f"what may be done to {bucket}", allowed, {
            "s3:GetObject": f"arn:aws:s3:::{bucket}/site/*",
            "s3:ListBucket": f"arn:aws:s3:::{bucket}",
        })

    def has_nothing_left_to_do(self):
        """a second deploy changes nothing"""
        before = self.account.snapshot()
        self.recorder.forget()
        plan = self.site.plan()
        equal("the plan", [step for step in plan["steps"] if step["action"] != "keep"], [])
        self.site.deploy()
        equal("calls that change something", [str(call) for call in self.recorder.changes()], [])
        equal("the account", self.account.snapshot(), before)

    def plans_in_few_rounds(self):
        """a plan without changes needs few rounds of calls"""
        self.recorder.forget()
        self.recorder.latency = LATENCY
        try:
            self.site.plan()
        finally:
            self.recorder.latency = 0.0
        chain = longest_chain([call for call in self.recorder.calls if not call.is_further_page])
        told = "\n".join(f"  {call.started - chain[0].started:5.2f}s  {call}" for call in chain)
        assert len(chain) <= ROUNDS, f"{len(chain)} calls followed one another, at most {ROUNDS} should:\n{told}"

    def sends_one_changed_file(self):
        """one changed file is one upload to each bucket, and one narrow invalidation"""
        key = "guide/part-03/chapter-07/index.html"
        self.files[key] = b"<!doctype html><title>New</title>"
        folder.write(self.site.public, {key: self.files[key]})
        changes = self.deploy_noting_changes()
        sent = [(call.operation, call.bucket, call.key) for call in changes if is_served(call)]
        equal("changes to served objects", sorted(sent),
              sorted(("PutObject", bucket, f"site/{key}") for bucket in BUCKETS))
        others = [call for call in changes if call.service != "s3"]
        equal("other changes", [call.operation for call in others], ["CreateInvalidation"])
        paths = re.findall(r"<Path>([^<]*)</Path>", others[0].body.decode())
        equal("invalidated paths", [path for path in paths if not path.startswith("/guide/part-03/chapter-07")], [])
        self.holds_every_file()

    def changes_headers_alone(self):
        """another caching answer replaces headers without sending files again"""
        versions = {bucket: self.account.bucket(bucket)["versions"] for bucket in BUCKETS}
        self.site.replace_in_profile('edge = "5m"', 'edge = "10m"')
        changes = self.deploy_noting_changes()
        touched = {(call.bucket, call.key) for call in changes if is_served(call)}
        search = [f"site/{key}" for key in self.files if key.startswith("search/")]
        equal("touched objects", sorted(touched), sorted((bucket, key) for bucket in BUCKETS for key in search))
        sent = [str(call) for call in changes if is_served(call) and call.operation != "CopyObject"]
        equal("files sent again", sent, [])
        for bucket in BUCKETS:
            objects = self.account.objects(bucket)
            for key in search:
                equal(f"{bucket}/{key}", objects[key]["cache control"], "max-age=0, s-maxage=600")
            assert self.account.bucket(bucket)["versions"] != versions[bucket]
        self.site.replace_in_profile('edge = "10m"', 'edge = "5m"')
        self.site.deploy()
        self.holds_every_file()

    def changes_one_answer(self):
        """another price class is one update of the distribution, and nothing else"""
        before = self.account.distribution(self.distribution_id)["DistributionConfig"]
        self.site.run("edit", self.site.profile, "--set", "distribution.price_class=all")
        changes = self.deploy_noting_changes()
        equal("changes outside S3", [call.operation for call in changes if call.service != "s3"], ["UpdateDistribution"])
        equal("changes to served objects", [str(call) for call in changes if is_served(call)], [])
        config = self.account.distribution(self.distribution_id)["DistributionConfig"]
        equal("the distribution", config, before | {"PriceClass": "PriceClass_All"})

    def changes_an_edge_function(self):
        """another option of an edge function is one new version, and one update of the distribution"""
        self.site.replace_in_profile('referrer = "no-referrer"', 'referrer = "same-origin"')
        changes = self.deploy_noting_changes()
        calls = [(call.service, call.operation) for call in changes if call.service != "s3"]
        # The function's description tells its versions apart. The version before goes once nothing runs it any more.
        equal("changes outside S3", calls, [
            ("lambda", "UpdateFunctionCode"), ("lambda", "PublishVersion"),
            ("cloudfront", "UpdateDistribution"), ("lambda", "DeleteFunction"),
        ])
        equal("changes to served objects", [str(call) for call in changes if is_served(call)], [])
        self.has_edge_functions({"headers": "2", "greeting": "1"}, "same-origin")

    def gives_a_domain_up(self):
        """a domain that is dropped is led here no more, and the other goes on with the certificate"""
        arn, _ = self.domains.certificate()
        self.site.run("edit", self.site.profile, "--set", 'https.domains=["blog.acme.example"]')
        self.site.deploy()
        self.has_the_domains(DOMAINS[:1])
        equal("the certificate", self.domains.certificate()[0], arn)
        equal("the plan", [step for step in self.site.plan()["steps"] if step["action"] != "keep"], [])

    def deploy_noting_changes(self):
        self.recorder.forget()
        self.site.deploy()
        return self.recorder.changes()

    def lists_and_imports(self):
        """the site can be found, and its profile had back"""
        sites = json.loads(self.site.run("list", "--json"))["sites"]
        equal("sites of the account", sorted(site["name"] for site in sites), ["acme", NAME])
        copy = self.site.folder / "again.toml"
        self.site.run("import", NAME, copy)
        equal("the imported profile", copy.read_text(), self.site.profile.read_text())
        self.site.run("status", self.site.profile)

    def destroys_what_is_its_own(self):
        """destroy leaves the account as it was before"""
        # As Lambda makes it in the region of the first visitor.
        self.account.logs.create_log_group(logGroupName=log_group(NAME, "headers"))
        self.site.destroy(NAME)
        equal("the account", self.account.snapshot(), self.before)
        self.site.destroy(NAME, code=1)


def is_served(call):
    return call.service == "s3" and call.key.startswith("site/")
