//! What somebody changed in AWS by hand, and the answer of the profile that would say the same.
//!
//! A difference is drift where the profile that was deployed differs from AWS in it too; any other is a change that
//! the person made to the profile since.

use super::build::group_id;
use super::cache_policy::policy_for;
use super::diff::Change;
use super::domains;
use super::names::edge_function_name;
use super::plan::{Plan, Step, StepId, Work};
use super::resource::{CachePolicySpec, Kind, Ref, ResourceId, Spec};
use crate::profile::answers::{CacheAnswers, Profile, Seconds};
use crate::profile::{self, edited};

/// One field that AWS holds otherwise than it was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The step of the plan that would set it back.
    pub step: StepId,
    /// The resource.
    pub resource: ResourceId,
    /// The field, what AWS has, and what the profile asks for.
    pub change: Change,
    /// How the profile can say what AWS has.
    pub theirs: Theirs,
}

/// How the profile can say what AWS has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Theirs {
    /// By these answers, as they are typed; an empty one is taken out.
    Answers(Vec<(String, String)>),
    /// Not at all, for this reason.
    Inexpressible(String),
}

/// What drifted, of all that `plan` would change; `deployed` is the plan for the profile that was deployed last, and
/// `text` the profile as it is now.
pub fn drift(text: &str, deployed: &Plan, plan: &Plan) -> Vec<Drift> {
    let Ok(profile) = profile::parse(text, "the profile") else { return Vec::new() };
    let drifted = |step: &Step, change: &Change| {
        deployed.step(&step.id).is_some_and(|before| {
            before.changes.iter().any(|other| other.field == change.field && other.from == change.from)
        })
    };
    let of_step = |step: &Step| {
        let found = step.changes.iter().filter(|change| drifted(step, change));
        found
            .map(|change| Drift {
                step: step.id.clone(),
                resource: step.resource.clone(),
                change: change.clone(),
                theirs: accepted(text, Field { profile: &profile, step, change }.theirs()),
            })
            .collect::<Vec<_>>()
    };
    plan.steps.iter().flat_map(of_step).collect()
}

/// Answers that the profile refuses say nothing.
fn accepted(text: &str, theirs: Theirs) -> Theirs {
    let Theirs::Answers(answers) = &theirs else { return theirs };
    let is_taken = edited(text, answers).is_ok_and(|text| profile::parse(&text, "the profile").is_ok());
    if is_taken { theirs } else { inexpressible("no profile can ask for what AWS has here") }
}

/// A field that drifted, with all that tells which answer governs it.
struct Field<'a> {
    profile: &'a Profile,
    step: &'a Step,
    change: &'a Change,
}

impl Field<'_> {
    fn theirs(&self) -> Theirs {
        match self.step.resource.kind {
            Kind::Distribution => self.of_distribution(),
            Kind::CachePolicy => self.of_cache_policy(),
            Kind::ResponseHeadersPolicy => self.of_hsts(),
            Kind::EdgeFunction => self.of_edge_function(),
            Kind::Bucket | Kind::BucketSettings | Kind::BucketPolicy => {
                inexpressible("every bucket of a site is private, encrypted and keeps versions")
            }
            Kind::ReplicationRole | Kind::Replication => {
                inexpressible("how S3 copies follows from the two buckets")
            }
            Kind::EdgeRole => inexpressible("the role is no wider than edge functions need"),
            Kind::OriginAccessControl => inexpressible("CloudFront must sign, since the buckets are private"),
            Kind::Function => inexpressible("the function follows from how pages are addressed"),
            Kind::Release => inexpressible("the files are those of the folder"),
            Kind::Certificate | Kind::ValidationRecord | Kind::AliasRecord | Kind::EdgeLogs => {
                inexpressible("the domains alone decide this")
            }
        }
    }

    fn of_distribution(&self) -> Theirs {
        let field = self.change.field.as_str();
        match field {
            "comment" => self.plain("distribution.comment"),
            "price_class" => self.plain("distribution.price_class"),
            "http_version" => self.plain("distribution.http"),
            "ipv6" => self.plain("distribution.ipv6"),
            "default_root_object" => self.plain("distribution.index"),
            "aliases" => self.domains(),
            "viewer_certificate.minimum_tls" => self.plain("https.minimum_tls"),
            "error_pages[0].page" => self.error_page(),
            "behaviors" => inexpressible("the order is that of the profile's caching rules"),
            "enabled" => inexpressible("a site that is not wanted any more is destroyed, not switched off"),
            _ if field.starts_with("geo") => self.geo(),
            _ if field == self.failover_statuses() => self.listed("failover.on"),
            _ if field.starts_with("origins[") => self.of_origin(),
            _ if field.ends_with(".compress") => self.compress(),
            _ if field.ends_with(".plain_http") => self.plain_http(),
            _ => inexpressible("it follows from other answers"),
        }
    }

    /// The field for the statuses of the group that serves the site; the drill has some of its own.
    fn failover_statuses(&self) -> String {
        format!("origin_groups[{}].statuses", group_id(self.profile, "failover"))
    }

    /// What AWS has is an answer just as it is written.
    fn plain(&self, key: &str) -> Theirs {
        match self.change.from.as_deref() {
            Some("") => answer(key, "\"\""),
            Some(from) => answer(key, from),
            None => inexpressible("AWS has nothing here, and the profile always asks for something"),
        }
    }

    fn listed(&self, key: &str) -> Theirs {
        match &self.change.from {
            Some(from) => answer(key, &from.replace(' ', ",")),
            None => inexpressible("AWS has nothing here, and the profile always asks for something"),
        }
    }

    fn seconds(&self, key: &str) -> Theirs {
        let seconds = self.change.from.as_ref().and_then(|from| from.parse().ok()).map(Seconds);
        match seconds {
            Some(seconds) => answer(key, &seconds.to_string()),
            None => inexpressible("AWS has nothing here, and the profile always asks for something"),
        }
    }

    fn of_origin(&self) -> Theirs {
        let has_answer = self.profile.failover.is_some();
        match self.change.field.rsplit('.').next() {
            Some("connection_attempts" | "connection_timeout") if !has_answer => {
                inexpressible("only a site with failover has an answer for it")
            }
            Some("connection_attempts") => self.plain("failover.connect_attempts"),
            Some("connection_timeout") => self.seconds("failover.connect_timeout"),
            Some(_) | None => inexpressible("the buckets alone are the site's origins"),
        }
    }

    /// The main domain stays the first.
    fn domains(&self) -> Theirs {
        let theirs: Vec<&str> = self.change.from.iter().flat_map(|from| from.split(' ')).collect();
        let theirs: Vec<&str> = theirs.into_iter().filter(|name| !name.is_empty()).collect();
        match &self.profile.https {
            Some(https)
                if !theirs.is_empty() && domains::aliases(self.profile).len() == https.domains.len() =>
            {
                let kept = https.domains.iter().map(String::as_str).filter(|name| theirs.contains(name));
                let new = theirs.iter().copied().filter(|name| !https.domains.iter().any(|own| own == name));
                answer("https.domains", &kept.chain(new).collect::<Vec<_>>().join(","))
            }
            Some(_) | None => inexpressible("domains are given up or taken with their stage"),
        }
    }

    fn error_page(&self) -> Theirs {
        match (&self.change.from, &self.change.to) {
            (Some(from), Some(_)) => answer("distribution.error_page", from.trim_start_matches('/')),
            (Some(_) | None, Some(_) | None) => inexpressible("it follows from other answers"),
        }
    }

    fn geo(&self) -> Theirs {
        let (allow, block) = ("distribution.geo.allow", "distribution.geo.block");
        let from = self.change.from.as_deref();
        let (allowed, blocked) = match (self.change.field.as_str(), from) {
            ("geo", Some("everyone")) => (String::new(), String::new()),
            ("geo.allow", Some(countries)) => (countries.to_owned(), String::new()),
            ("geo.block", Some(countries)) => (String::new(), countries.to_owned()),
            ("geo", Some(rule)) => match rule.split_once('=') {
                Some(("allow", countries)) => (countries.to_owned(), String::new()),
                Some(("block", countries)) => (String::new(), countries.to_owned()),
                Some(_) | None => return inexpressible("no profile can ask for what AWS has here"),
            },
            (_, Some(_) | None) => return inexpressible("it goes with the other list of countries"),
        };
        let typed = |countries: String| countries.replace(' ', ",");
        Theirs::Answers(vec![(allow.to_owned(), typed(allowed)), (block.to_owned(), typed(blocked))])
    }

    fn compress(&self) -> Theirs {
        match self.caching_table() {
            Some(table) => self.plain(&format!("{table}.compress")),
            None => inexpressible("no caching rule of the profile is for this path alone"),
        }
    }

    /// The table of caching answers that the behaviour of this field comes from.
    fn caching_table(&self) -> Option<String> {
        if self.change.field.starts_with("default_behavior.") {
            return Some("caching.default".to_owned());
        }
        let (path, _) = self.change.field.strip_prefix("behaviors[")?.split_once("].")?;
        let place = self.profile.caching.rules.iter().position(|rule| rule.path == path)?;
        Some(format!("caching.rule[{place}]"))
    }

    /// One answer holds for all paths, and the one for what no rule covers tells it.
    fn plain_http(&self) -> Theirs {
        match self.change.field.starts_with("default_behavior.") && self.profile.https.is_some() {
            true => self.plain("https.http"),
            false => inexpressible("one answer holds for the paths of all domains"),
        }
    }

    fn of_cache_policy(&self) -> Theirs {
        let Work::Update { spec: Spec::CachePolicy(wanted), .. } = &self.step.work else {
            return inexpressible("it follows from other answers");
        };
        let tables = self.tables_with_policy();
        let Some((name, value)) = self.caching_answer(wanted) else {
            return inexpressible("no profile can ask for what AWS has here");
        };
        if tables.is_empty() {
            return inexpressible("an edge function alone asks for this policy");
        }
        let answers = tables.into_iter().map(|table| (format!("{table}.{name}"), value.clone()));
        Theirs::Answers(answers.collect())
    }

    fn tables_with_policy(&self) -> Vec<String> {
        let caching = &self.profile.caching;
        let rules = caching.rules.iter().map(|rule| &rule.answers).enumerate();
        let rules = rules.map(|(index, answers)| (format!("caching.rule[{index}]"), answers));
        let all = std::iter::once(("caching.default".to_owned(), &caching.default)).chain(rules);
        let uses = |answers: &CacheAnswers| {
            policy_for(&self.profile.name, answers) == Ref::IdOf(self.step.resource.clone())
        };
        all.filter(|(_, answers)| uses(answers)).map(|(table, _)| table).collect()
    }

    fn caching_answer(&self, wanted: &CachePolicySpec) -> Option<(&'static str, String)> {
        let from = self.change.from.clone().unwrap_or_default();
        Some(match self.change.field.as_str() {
            "min_ttl" | "default_ttl" | "max_ttl" => ("edge", self.lifetimes(wanted)),
            "headers" => ("headers", from.replace(' ', ",")),
            "cookies" => ("cookies", from.replace(' ', ",")),
            "compress" => ("compress", from),
            "query" | "query.only" | "query.except" => ("query", query(&self.change.field, &from)?),
            _ => return None,
        })
    }

    /// The three lifetimes are one answer, so what else drifted of them is taken along.
    fn lifetimes(&self, wanted: &CachePolicySpec) -> String {
        let time = |field: &str, wanted: Seconds| {
            let found = self.step.changes.iter().find(|change| change.field == field);
            let theirs = found.and_then(|change| change.from.as_ref()?.parse().ok()).map(Seconds);
            theirs.unwrap_or(wanted)
        };
        let least = time("min_ttl", wanted.min_ttl);
        let usual = time("default_ttl", wanted.default_ttl);
        let most = time("max_ttl", wanted.max_ttl);
        format!("{{ min = \"{least}\", default = \"{usual}\", max = \"{most}\" }}")
    }

    fn of_hsts(&self) -> Theirs {
        let part = |name: &str| format!("https.hsts.{name}");
        match (self.change.field.as_str(), &self.change.from) {
            ("hsts.max_age", Some(_)) => self.seconds(&part("max_age")),
            ("hsts.subdomains", Some(_)) => self.plain(&part("subdomains")),
            ("hsts.preload", Some(_)) => self.plain(&part("preload")),
            ("hsts", None) => answer("https.hsts", ""),
            ("hsts", Some(from)) if self.profile.https.is_some() => hsts(from),
            (_, Some(_) | None) => inexpressible("every site sends these headers"),
        }
    }

    fn of_edge_function(&self) -> Theirs {
        let site = &self.profile.name;
        let is_it = |name: &str| edge_function_name(site, name) == self.step.resource.name;
        let place = self.profile.edge.iter().position(|function| is_it(&function.name));
        let Some(place) = place else { return inexpressible("it follows from other answers") };
        match self.change.field.as_str() {
            "memory_mb" => self.plain(&format!("edge[{place}].memory_mb")),
            "runtime" => self.plain(&format!("edge[{place}].runtime")),
            "timeout" => self.seconds(&format!("edge[{place}].timeout")),
            _ => inexpressible("the code is the one that the profile names"),
        }
    }
}

fn query(field: &str, from: &str) -> Option<String> {
    let (word, names) = match field {
        "query.only" => ("only", from),
        "query.except" => ("except", from),
        _ => match from.split_once('=') {
            Some(parts) => parts,
            None => return Some(from.to_owned()),
        },
    };
    let names: Vec<String> = names.split_whitespace().map(|name| format!("{name:?}")).collect();
    (!names.is_empty()).then(|| format!("{{ {word} = [{}] }}", names.join(", ")))
}

fn hsts(from: &str) -> Theirs {
    let answers = from.split(' ').filter_map(|part| part.split_once('=')).map(|(name, value)| {
        let value = match (name, value.parse()) {
            ("max_age", Ok(seconds)) => Seconds(seconds).to_string(),
            (_, Ok(_) | Err(_)) => value.to_owned(),
        };
        (format!("https.hsts.{name}"), value)
    });
    Theirs::Answers(answers.collect())
}

fn answer(key: &str, value: &str) -> Theirs {
    Theirs::Answers(vec![(key.to_owned(), value.to_owned())])
}

fn inexpressible(reason: &str) -> Theirs {
    Theirs::Inexpressible(reason.to_owned())
}
