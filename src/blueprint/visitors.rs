//! What a plan means to the visitors of a site that is live.

use super::diff::Change;
use super::plan::{Action, Plan, Step, Work};
use super::resource::Kind;
use schemars::JsonSchema;
use serde::Serialize;

/// What visitors notice of a change, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// They get other files.
    Content,
    /// Edge locations take the new configuration over, one after another, within minutes (aws-facts.md H).
    Redeploy,
    /// The site was switched off, and edge locations take up serving it within minutes (aws-facts.md H).
    Return,
    /// What edge locations hold is not used any more: the next request for each page goes to a bucket.
    NewCacheKey,
    /// Visitors of a domain come to this site from now on.
    Arrival,
    /// The site, or one of its domains, stops answering.
    Interruption,
}

impl Effect {
    /// The effect in words, after "visitors:".
    pub fn words(self) -> &'static str {
        match self {
            Effect::Content => "get the new files as soon as they are published",
            Effect::Redeploy => "see the change within a few minutes; the site stays up meanwhile",
            Effect::Return => "get the site back within a few minutes; it is switched off now",
            Effect::NewCacheKey => {
                "wait for a bucket once more a page, since pages are cached under a new key"
            }
            Effect::Arrival => "of a domain come to this site from now on",
            Effect::Interruption => "lose the site, or one of its domains",
        }
    }
}

impl Step {
    /// What visitors notice of this step; `None` is nothing at all.
    pub fn effect(&self) -> Option<Effect> {
        if !self.action.changes_aws() {
            return None;
        }
        match self.resource.kind {
            Kind::Distribution => of_distribution(self),
            Kind::CachePolicy => changed(self).then(|| of_cache_policy(&self.changes)),
            Kind::ResponseHeadersPolicy | Kind::Function => changed(self).then_some(Effect::Redeploy),
            Kind::Release => (self.action != Action::Delete).then_some(Effect::Content),
            Kind::AliasRecord => of_alias(self),
            Kind::Bucket
            | Kind::BucketSettings
            | Kind::BucketPolicy
            | Kind::ReplicationRole
            | Kind::Replication
            | Kind::OriginAccessControl
            | Kind::EdgeRole
            | Kind::EdgeFunction
            | Kind::EdgeLogs
            | Kind::Certificate
            | Kind::ValidationRecord => None,
        }
    }
}

impl Plan {
    /// Whether there was no distribution before, so that nobody visits.
    pub fn makes_the_site(&self) -> bool {
        let made = |step: &Step| matches!(step.action, Action::Create | Action::Adopt);
        self.of_kind(Kind::Distribution).any(made)
    }

    /// What visitors notice, each effect once. Nobody visits a site yet that this plan makes.
    pub fn effects(&self) -> Vec<Effect> {
        if self.makes_the_site() {
            return Vec::new();
        }
        let mut effects: Vec<_> = self.steps.iter().filter_map(Step::effect).collect();
        effects.sort_unstable();
        effects.dedup();
        if effects.contains(&Effect::Return) {
            // No site is up that stays up, or whose pages are cached.
            effects.retain(|effect| !matches!(effect, Effect::Redeploy | Effect::NewCacheKey));
        }
        effects
    }
}

/// Whether something that is in use changes, rather than comes or goes unused.
fn changed(step: &Step) -> bool {
    step.action == Action::Update
}

fn of_distribution(step: &Step) -> Option<Effect> {
    match &step.work {
        Work::Disable { .. } | Work::Delete { .. } => Some(Effect::Interruption),
        Work::Purge { .. } => Some(Effect::NewCacheKey),
        Work::Tag { .. } => None,
        _ if step.changes.iter().any(is_return) => Some(Effect::Return),
        _ if step.changes.iter().any(is_new_key) => Some(Effect::NewCacheKey),
        _ => Some(Effect::Redeploy),
    }
}

fn is_return(change: &Change) -> bool {
    change.field == "enabled" && change.to.as_deref() == Some("true")
}

/// Whether a path gets another cache policy.
fn is_new_key(change: &Change) -> bool {
    change.field.ends_with(".cache_policy") && change.from.is_some() && change.to.is_some()
}

/// Lifetimes are no part of a cache key.
fn of_cache_policy(changes: &[Change]) -> Effect {
    let is_lifetime = |change: &Change| change.field.ends_with("_ttl");
    if changes.iter().all(is_lifetime) { Effect::Redeploy } else { Effect::NewCacheKey }
}

fn of_alias(step: &Step) -> Option<Effect> {
    match step.action {
        Action::Delete => Some(Effect::Interruption),
        // A type that goes, such as AAAA without IPv6, leaves visitors where they are.
        Action::Update if step.changes.iter().all(|change| change.to.is_none()) => None,
        Action::Create | Action::Update | Action::Adopt => Some(Effect::Arrival),
        Action::Keep | Action::Await | Action::BackUp => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &str, from: &str, to: &str) -> Change {
        Change { field: field.to_owned(), from: Some(from.to_owned()), to: Some(to.to_owned()) }
    }

    #[test]
    fn a_path_with_another_cache_policy_is_cached_anew() {
        let default = change("default_behavior.cache_policy", "a", "b");
        assert!(is_new_key(&default));
        assert!(is_new_key(&change("behaviors[/a.b/*].cache_policy", "a", "b")));
        assert!(!is_new_key(&change("behaviors[/a.b/*].compress", "true", "false")));
        let added = Change { from: None, ..default };
        assert!(!is_new_key(&added));
    }

    #[test]
    fn lifetimes_alone_are_no_new_key() {
        assert_eq!(of_cache_policy(&[change("max_ttl", "1", "2")]), Effect::Redeploy);
        assert_eq!(of_cache_policy(&[change("query", "none", "all")]), Effect::NewCacheKey);
    }
}
