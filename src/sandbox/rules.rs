//! What the sandbox refuses, as rows for people.

use super::{acm, cloudfront, cloudwatch, iam, lambda, logs, quotas, route53};

/// One thing that a service refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// The service's name in a signature's scope, such as `acm`.
    pub service: &'static str,
    /// A short stable name of the rule.
    pub id: &'static str,
    /// What is refused.
    pub about: &'static str,
    /// AWS's error code.
    pub code: &'static str,
    /// Where the rule is known from: a section of aws-facts.md, or an AWS model or guide.
    pub source: &'static str,
}

/// Every row of every service, by service and in each service's own order.
pub fn rows() -> Vec<RuleRow> {
    let services = [
        acm::rules(),
        cloudfront::rules(),
        iam::rules(),
        lambda::rules(),
        logs::rules(),
        cloudwatch::rules(),
        route53::rules(),
        quotas::rules(),
    ];
    services.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_service_names_each_rule_once_and_says_what_it_is_about() {
        let mut seen = BTreeSet::new();
        for row in rows() {
            assert!(seen.insert((row.service, row.id)), "twice: {row:?}");
            assert!(!row.about.is_empty() && !row.code.is_empty() && !row.source.is_empty(), "{row:?}");
        }
    }
}
