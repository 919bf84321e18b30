//! Which actions a site takes, grouped by what they act on (aws-facts.md A and I).

use super::{Condition, Scope, Statement};
use crate::profile::answers::{CopyBy, Dns, Https};

/// By what IAM knows the tag that makes a resource a site's.
const RESOURCE_TAG: &str = "aws:ResourceTag/sitecast:site";

/// What deploying, looking after and destroying the site takes.
pub(super) fn of_operator(scope: &Scope<'_>) -> Vec<Statement> {
    let mut statements = vec![
        find(scope),
        buckets(scope),
        files(scope),
        distributions(scope),
        own_distribution(scope),
        policies(scope),
        functions(scope),
        read_roles(scope),
        look(scope),
        earlier_releases(scope),
        metrics(),
        ask_before(),
        ask_others(scope),
        ask_who_may(scope),
    ];
    let roles = roles(scope);
    if !roles.is_empty() {
        statements.push(allow("WriteRoles", &WRITE_ROLE, roles.clone()));
        statements.push(pass_roles(roles, scope));
    }
    if !scope.profile.edge.is_empty() {
        statements.extend(edge(scope));
    }
    if let Some(https) = &scope.profile.https {
        statements.extend(https_statements(scope, https));
    }
    statements
}

/// What the role of edge functions may do: write their logs.
pub(super) fn of_edge_role(scope: &Scope<'_>) -> Vec<Statement> {
    let actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    vec![allow("WriteLogs", &actions, vec![scope.edge_logs()])]
}

fn allow(sid: &'static str, actions: &[&'static str], resources: Vec<String>) -> Statement {
    Statement { sid, needed: true, actions: actions.to_vec(), resources, condition: None }
}

fn everywhere() -> Vec<String> {
    vec!["*".to_owned()]
}

impl Statement {
    fn only_if(mut self, operator: &'static str, key: &'static str, values: Vec<String>) -> Self {
        self.condition = Some(Condition { operator, key, values });
        self
    }

    /// Only on what carries the site's tag.
    fn of_the_site(self, scope: &Scope<'_>) -> Self {
        self.only_if("StringEquals", RESOURCE_TAG, vec![scope.profile.name.clone()])
    }

    fn dispensable(self) -> Self {
        Statement { needed: false, ..self }
    }
}

/// Actions that know no resource: lists, and creating what has no name yet.
fn find(scope: &Scope<'_>) -> Statement {
    let mut actions = vec![
        "cloudfront:ListDistributions",
        "cloudfront:ListCachePolicies",
        "cloudfront:ListFunctions",
        "cloudfront:ListOriginAccessControls",
        "cloudfront:ListResponseHeadersPolicies",
        "cloudfront:CreateOriginAccessControl",
        "lambda:ListFunctions",
        // Looked for whether or not the profile has any, since an earlier one may have had.
        "acm:ListCertificates",
        "tag:GetResources",
    ];
    if !scope.profile.edge.is_empty() {
        actions.push("logs:DescribeLogGroups");
    }
    if scope.profile.https.as_ref().is_some_and(|https| https.dns == Dns::Route53) {
        actions.push("route53:ListHostedZones");
    }
    allow("Find", &actions, everywhere())
}

fn buckets(scope: &Scope<'_>) -> Statement {
    let actions = [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:ListBucketMultipartUploads",
        "s3:GetBucketTagging",
        // A bucket is created with its tag (aws-facts.md A.3).
        "s3:TagResource",
        "s3:GetBucketPublicAccessBlock",
        "s3:PutBucketPublicAccessBlock",
        "s3:GetBucketOwnershipControls",
        "s3:PutBucketOwnershipControls",
        "s3:GetBucketVersioning",
        "s3:PutBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:PutEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:GetReplicationConfiguration",
        "s3:PutReplicationConfiguration",
    ];
    allow("Buckets", &actions, scope.bucket_arns())
}

fn files(scope: &Scope<'_>) -> Statement {
    let actions = [
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:AbortMultipartUpload",
    ];
    allow("Files", &actions, scope.object_arns())
}

/// A distribution's id is AWS's choice, so no name can be asked for.
fn distributions(scope: &Scope<'_>) -> Statement {
    let actions =
        ["cloudfront:CreateDistribution", "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig"];
    allow("Distribution", &actions, vec![scope.cloudfront("distribution/*")])
}

/// The site's own distribution is told from others by its tag, which it has from the first moment.
fn own_distribution(scope: &Scope<'_>) -> Statement {
    let actions =
        ["cloudfront:UpdateDistribution", "cloudfront:DeleteDistribution", "cloudfront:CreateInvalidation"];
    allow("OwnDistribution", &actions, vec![scope.cloudfront("distribution/*")]).of_the_site(scope)
}

/// What tells the site's things from others'.
const TAGS: [&str; 3] =
    ["cloudfront:ListTagsForResource", "cloudfront:TagResource", "cloudfront:UntagResource"];

fn policies(scope: &Scope<'_>) -> Statement {
    let actions = [
        "cloudfront:GetOriginAccessControl",
        "cloudfront:UpdateOriginAccessControl",
        "cloudfront:DeleteOriginAccessControl",
        "cloudfront:CreateCachePolicy",
        "cloudfront:GetCachePolicy",
        "cloudfront:UpdateCachePolicy",
        "cloudfront:DeleteCachePolicy",
        "cloudfront:CreateResponseHeadersPolicy",
        "cloudfront:GetResponseHeadersPolicy",
        "cloudfront:UpdateResponseHeadersPolicy",
        "cloudfront:DeleteResponseHeadersPolicy",
    ];
    let kinds = ["origin-access-control/*", "cache-policy/*", "response-headers-policy/*"];
    allow("Policies", &actions, kinds.iter().map(|kind| scope.cloudfront(kind)).collect())
}

fn functions(scope: &Scope<'_>) -> Statement {
    let actions = [
        "cloudfront:CreateFunction",
        "cloudfront:DescribeFunction",
        "cloudfront:GetFunction",
        "cloudfront:UpdateFunction",
        "cloudfront:PublishFunction",
        "cloudfront:DeleteFunction",
    ];
    allow("Functions", &[&actions[..], &TAGS].concat(), vec![scope.cloudfront_functions()])
}

/// Roles are looked for whether or not the profile has any, since an earlier one may have had.
fn read_roles(scope: &Scope<'_>) -> Statement {
    let roles = vec![scope.role("replication"), scope.role("edge")];
    allow("ReadRoles", &["iam:GetRole", "iam:GetRolePolicy"], roles)
}

const WRITE_ROLE: [&str; 6] = [
    "iam:CreateRole",
    "iam:TagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:DeleteRole",
];

/// The roles that the profile asks for.
fn roles(scope: &Scope<'_>) -> Vec<String> {
    let replication = is_replicated(scope).then(|| scope.role("replication"));
    let edge = (!scope.profile.edge.is_empty()).then(|| scope.role("edge"));
    replication.into_iter().chain(edge).collect()
}

fn is_replicated(scope: &Scope<'_>) -> bool {
    scope.profile.failover.as_ref().is_some_and(|failover| failover.copy == CopyBy::Replication)
}

/// Each role trusts its own services alone, whichever of them it is passed to.
fn pass_roles(roles: Vec<String>, scope: &Scope<'_>) -> Statement {
    let mut receivers = Vec::new();
    if is_replicated(scope) {
        receivers.push("s3.amazonaws.com".to_owned());
    }
    if !scope.profile.edge.is_empty() {
        receivers.extend(["lambda.amazonaws.com", "edgelambda.amazonaws.com"].map(str::to_owned));
    }
    allow("PassRoles", &["iam:PassRole"], roles).only_if("StringEquals", "iam:PassedToService", receivers)
}

fn edge(scope: &Scope<'_>) -> Vec<Statement> {
    let linked = ["replicator.lambda.amazonaws.com", "logger.cloudfront.amazonaws.com"];
    let linked_roles = linked.iter().map(|service| scope.iam(&format!("role/aws-service-role/{service}/*")));
    vec![
        edge_functions(scope),
        allow("EdgeLogs", &["logs:DeleteLogGroup"], vec![scope.edge_logs()]),
        // Only the dashboard shows them.
        allow("ReadEdgeLogs", &["logs:FilterLogEvents"], vec![scope.edge_logs()]).dispensable(),
        allow("EdgeServiceRoles", &["iam:CreateServiceLinkedRole"], linked_roles.collect()).only_if(
            "StringEquals",
            "iam:AWSServiceName",
            linked.map(str::to_owned).into(),
        ),
    ]
}

/// The stars of the last two are part of the actions' names (aws-facts.md I).
fn edge_functions(scope: &Scope<'_>) -> Statement {
    let actions = [
        "lambda:CreateFunction",
        "lambda:GetFunction",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:PublishVersion",
        "lambda:ListVersionsByFunction",
        "lambda:DeleteFunction",
        "lambda:TagResource",
        "lambda:ListTags",
        "lambda:EnableReplication*",
        "lambda:DisableReplication*",
    ];
    allow("EdgeFunctions", &actions, vec![scope.edge_functions()])
}

fn https_statements(scope: &Scope<'_>, https: &Https) -> Vec<Statement> {
    let actions = [
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
        // A request comes with tags, when there is no tag yet to know it by.
        "acm:AddTagsToCertificate",
    ];
    let own = ["acm:DeleteCertificate"];
    let request = allow("RequestCertificate", &["acm:RequestCertificate"], everywhere()).only_if(
        "ForAllValues:StringEquals",
        "acm:DomainNames",
        https.domains.clone(),
    );
    let own = allow("OwnCertificates", &own, vec![scope.certificates()]).of_the_site(scope);
    let mut statements = vec![request, allow("Certificates", &actions, vec![scope.certificates()]), own];
    if https.dns == Dns::Route53 {
        statements.extend(records(scope, https));
    }
    statements
}

/// Only the records of the site's own names: theirs, and those by which ACM validates them.
fn records(scope: &Scope<'_>, https: &Https) -> Vec<Statement> {
    let read = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:GetChange"];
    let names = https.domains.iter().flat_map(|domain| {
        let bare = domain.strip_prefix("*.").unwrap_or(domain);
        // Route 53 writes the star of a wildcard as an octal escape.
        [domain.replace('*', "\\052"), format!("_*.{bare}")]
    });
    vec![
        allow("Zones", &read, vec![scope.route53("hostedzone/*"), scope.route53("change/*")]),
        allow("Records", &["route53:ChangeResourceRecordSets"], vec![scope.route53("hostedzone/*")]).only_if(
            "ForAllValues:StringLike",
            "route53:ChangeResourceRecordSetsNormalizedRecordNames",
            names.collect(),
        ),
    ]
}

/// What only a look at the live site asks for: without it a panel is empty.
fn look(scope: &Scope<'_>) -> Statement {
    let actions = ["cloudfront:ListInvalidations", "cloudfront:GetInvalidation"];
    allow("Look", &actions, vec![scope.cloudfront("distribution/*")]).dispensable()
}

/// What was published before is kept in older versions.
fn earlier_releases(scope: &Scope<'_>) -> Statement {
    allow("EarlierReleases", &["s3:GetObjectVersion"], scope.object_arns()).dispensable()
}

/// Metrics know no resource.
fn metrics() -> Statement {
    allow("Metrics", &["cloudwatch:GetMetricData"], everywhere()).dispensable()
}

/// What only the check beforehand asks for.
fn ask_before() -> Statement {
    let actions =
        ["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota", "s3:ListAllMyBuckets"];
    allow("AskQuotas", &actions, everywhere()).dispensable()
}

fn ask_others(scope: &Scope<'_>) -> Statement {
    let whose = vec![scope.cloudfront("distribution/*")];
    allow("AskAliases", &["cloudfront:ListConflictingAliases"], whose).dispensable()
}

fn ask_who_may(scope: &Scope<'_>) -> Statement {
    let whom = vec![scope.iam("user/*"), scope.iam("role/*")];
    allow("AskPermissions", &["iam:SimulatePrincipalPolicy"], whom).dispensable()
}
