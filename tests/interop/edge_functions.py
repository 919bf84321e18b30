"""The edge functions of a site: what is made, and what its code does where the emulator runs it."""

import json

from compare import equal

# By the profile's paths, what runs there.
PLACES = {
    "/assets/*": ("headers", "origin-response"),
    "/guide/*": ("headers", "origin-response"),
    "/hello/*": ("greeting", "origin-request"),
}


def full_name(site, function):
    return f"sitecast_{site}_{function}"


def log_group(site, function):
    """What an edge function writes its logs to, in the region where it ran."""
    return f"/aws/lambda/us-east-1.{full_name(site, function)}"


class EdgeFunctions:
    """The edge functions of the site called `name`."""

    def __init__(self, account, name):
        self.account, self.name = account, name

    def are_published(self, versions):
        """Holds the one version of each function against what the profile says; `versions` are their numbers."""
        found = self.account.snapshot()["edge functions"]
        for function, timeout in {"headers": 5, "greeting": 3}.items():
            its = found[full_name(self.name, function)]
            equal(f"tags of {function}", its["tags"], {"sitecast:site": self.name})
            equal(f"versions of {function}", sorted(its["versions"]), ["$LATEST", versions[function]])
            published = its["versions"][versions[function]]
            equal(f"version of {function}", {key: published[key] for key in (
                "Runtime", "MemorySize", "Timeout", "Role", "PackageType")}, {
                "Runtime": "nodejs22.x", "MemorySize": 128, "Timeout": timeout, "PackageType": "Zip",
                "Role": f"arn:aws:iam::{self.account.number}:role/{full_name(self.name, 'edge')}",
            })
            assert "Environment" not in published, f"Lambda@Edge takes no variables: {published}"

    def are_associated(self, config, versions):
        """Every behaviour runs what the profile says, by the ARN of a version."""
        behaviors = {each["PathPattern"]: each for each in config["CacheBehaviors"]["Items"]}
        behaviors["everything else"] = config["DefaultCacheBehavior"]
        equal("functions at the edge", {
            path: [
                (each["EventType"], each["LambdaFunctionARN"], each["IncludeBody"])
                for each in behavior["LambdaFunctionAssociations"].get("Items", [])
            ]
            for path, behavior in behaviors.items()
        }, {
            path: [(PLACES[path][1], self.version_arn(PLACES[path][0], versions), False)] if path in PLACES else []
            for path in behaviors
        })

    def version_arn(self, function, versions):
        arn = f"arn:aws:lambda:us-east-1:{self.account.number}:function:{full_name(self.name, function)}"
        return f"{arn}:{versions[function]}"

    def can_be_replicated(self):
        """The role can be assumed by Lambda and by its replicator, and lets nothing be done but write logs."""
        role = full_name(self.name, "edge")
        found = self.account.iam.get_role(RoleName=role)["Role"]
        (trust,) = found["AssumeRolePolicyDocument"]["Statement"]
        equal("who may run as the role", (trust["Effect"], trust["Action"], sorted(trust["Principal"]["Service"])), (
            "Allow", "sts:AssumeRole", ["edgelambda.amazonaws.com", "lambda.amazonaws.com"],
        ))
        equal("tags of the role", found["Tags"], [{"Key": "sitecast:site", "Value": self.name}])
        (policy,) = self.account.iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = self.account.iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        actions = [action for statement in document["Statement"] for action in statement["Action"]]
        equal("what the role may do", sorted(actions), [
            "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
        ])

    def run(self, versions, referrer):
        """The emulator runs the published versions, which answer as their options and code say."""
        answer = self.invoke("headers", versions, {"eventType": "origin-response"})
        equal("referrers", answer["headers"]["referrer-policy"], [{"key": "Referrer-Policy", "value": referrer}])
        equal("sniffing", answer["headers"]["x-content-type-options"][0]["value"], "nosniff")
        answer = self.invoke("greeting", versions, {"eventType": "origin-request"})
        equal("the greeting", (answer["status"], answer["body"]), ("200", "Hello from /hello/you"))

    def invoke(self, function, versions, config):
        request = {"uri": "/hello/you", "method": "GET", "headers": {}}
        response = {"status": "200", "headers": {}}
        event = {"Records": [{"cf": {"config": config, "request": request, "response": response}}]}
        answer = self.account.functions.invoke(
            FunctionName=full_name(self.name, function), Qualifier=versions[function], Payload=json.dumps(event),
        )
        said = answer["Payload"].read()
        assert "FunctionError" not in answer, f"{function} failed: {said}"
        return json.loads(said)
