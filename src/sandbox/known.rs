//! What can be called here at all: services and operations, for whoever writes a fault.

use super::{cloudfront, iam, operation, s3};

/// The services by the names with which requests are signed for them.
pub const SERVICES: [&str; 11] = [
    "acm",
    "cloudfront",
    "iam",
    "lambda",
    "logs",
    "monitoring",
    "route53",
    "s3",
    "servicequotas",
    "sts",
    "tagging",
];

/// Operations of the services that name them in the request.
const NAMED_IN_THE_REQUEST: &[&str] = &[
    "AddTagsToCertificate",
    "CreateLogGroup",
    "CreateLogStream",
    "DeleteCertificate",
    "DeleteLogGroup",
    "DeleteRetentionPolicy",
    "DescribeCertificate",
    "DescribeLogGroups",
    "DescribeLogStreams",
    "FilterLogEvents",
    "GetAWSDefaultServiceQuota",
    "GetAccountConfiguration",
    "GetCallerIdentity",
    "GetMetricData",
    "GetMetricStatistics",
    "GetResources",
    "GetServiceQuota",
    "ListAWSDefaultServiceQuotas",
    "ListCertificates",
    "ListMetrics",
    "ListServiceQuotas",
    "ListServices",
    "ListTagsForCertificate",
    "PutLogEvents",
    "PutRetentionPolicy",
    "RemoveTagsFromCertificate",
    "RequestCertificate",
];

/// The name of every operation, in alphabetical order.
pub fn operations() -> Vec<String> {
    let named = NAMED_IN_THE_REQUEST.iter().copied();
    let known = named.chain(cloudfront::operations()).chain(iam::operations()).chain(operation::operations());
    let mut names: Vec<String> = known.map(str::to_owned).chain(s3::operations()).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_operations() {
        let names = operations();
        for name in [
            "CreateDistributionWithTags",
            "CreateFunction",
            "CreateRole",
            "DeleteObjects",
            "GetResources",
            "HeadBucket",
            "PutBucketPolicy",
            "ChangeResourceRecordSets",
        ] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}
