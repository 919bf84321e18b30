//! What the sandbox refuses, as rows for people.

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
