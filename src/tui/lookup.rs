//! What is looked up in AWS while a person answers: what of it a page speaks of, and what came of it.
//!
//! Nothing waits for an answer, and a lookup that failed says why in its place alone.

use super::message::Command;
use super::state::{Looked, Screen, State};
use crate::blueprint::Facts;
use crate::blueprint::inventory::ObservedZone;
use crate::blueprint::names::default_bucket_name;
use crate::error::Error;
use crate::profile::answers::Region;
use crate::profile::question::Stage;
use std::collections::BTreeMap;

/// Something to look up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lookup {
    /// The account's public hosted zones.
    Zones,
    /// The certificates that cover every one of these names.
    Certificates {
        /// The names.
        names: Vec<String>,
    },
    /// Whose a bucket is.
    Bucket {
        /// The site that wants it.
        site: String,
        /// Its name.
        name: String,
        /// Where it is wanted.
        region: String,
    },
}

/// What came of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The public hosted zones.
    Zones(Vec<ObservedZone>),
    /// The certificates.
    Certificates(Vec<FoundCertificate>),
    /// Whose the bucket is.
    Bucket(BucketOwner),
}

/// A certificate that covers what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCertificate {
    /// Its ARN.
    pub arn: String,
    /// Whether it can be used by now; otherwise its names are yet to be proven.
    pub issued: bool,
}

/// Whose a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BucketOwner {
    /// Nobody's: there is none of that name.
    Nobody,
    /// This site's.
    Site,
    /// Somebody else's, or in another region; in words.
    Other(String),
}

/// What was looked up, and what is being looked up.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    asked: BTreeMap<Lookup, Option<Result<Answer, Error>>>,
}

impl Lookups {
    /// What came of a lookup; `None` while nothing did.
    pub fn answer(&self, lookup: &Lookup) -> Option<&Result<Answer, Error>> {
        self.asked.get(lookup)?.as_ref()
    }

    /// Takes what came of a lookup. One that was forgotten meanwhile is of no use.
    pub fn take(&mut self, lookup: &Lookup, answer: Result<Answer, Error>) {
        if let Some(asked) = self.asked.get_mut(lookup) {
            *asked = Some(answer);
        }
    }

    /// Has everything looked up anew once it is spoken of.
    pub fn forget(&mut self) {
        self.asked.clear();
    }

    /// Has what failed looked up anew once it is spoken of.
    pub fn forget_failures(&mut self) {
        self.asked.retain(|_, answer| !matches!(answer, Some(Err(_))));
    }
}

/// Asks for what the page that is shown speaks of and nobody looked up yet. Without an account nothing is asked.
pub fn wanted(state: &mut State) -> Vec<Command> {
    let sandbox = state.sandbox;
    let new: Vec<Lookup> =
        spoken_of(state).into_iter().filter(|lookup| !state.lookups.asked.contains_key(lookup)).collect();
    state.lookups.asked.extend(new.iter().map(|lookup| (lookup.clone(), None)));
    new.into_iter().map(|lookup| Command::LookUp { sandbox, lookup }).collect()
}

fn spoken_of(state: &State) -> Vec<Lookup> {
    let Screen::Page(page) = state.screen else { return Vec::new() };
    if !matches!(state.caller, Looked::Found(_)) {
        return Vec::new();
    }
    match page.stage {
        Stage::Distribution => bucket(state, "distribution").into_iter().collect(),
        Stage::Failover => bucket(state, "failover").into_iter().collect(),
        Stage::Https => https(state),
        Stage::Edge | Stage::Caching => Vec::new(),
    }
}

fn https(state: &State) -> Vec<Lookup> {
    match domains(state) {
        // The zones are wanted by the time that the first domain is typed.
        names if names.is_empty() => vec![Lookup::Zones],
        names => vec![Lookup::Zones, Lookup::Certificates { names }],
    }
}

/// The domains that the profile has.
pub fn domains(state: &State) -> Vec<String> {
    let domains = state.editing.as_ref().and_then(|editing| editing.reading.sheet.value("https.domains"));
    let domains = domains.and_then(|domains| domains.as_array().cloned()).unwrap_or_default();
    domains.iter().filter_map(|domain| domain.as_str().map(str::to_owned)).collect()
}

/// The bucket of a stage, by the name that is pinned or else by its own; `None` where an answer that it takes is
/// missing.
pub fn bucket(state: &State, stage: &str) -> Option<Lookup> {
    let Looked::Found(caller) = &state.caller else { return None };
    let sheet = &state.editing.as_ref()?.reading.sheet;
    let text = |key: &str| Some(sheet.value(key)?.as_str()?.to_owned());
    let (site, region) = (text("name")?, text(&format!("{stage}.region"))?);
    let facts = Facts {
        account: caller.account.clone(),
        partition: "aws".to_owned(),
        folder: None,
        edge: BTreeMap::new(),
    };
    let pinned = text(&format!("{stage}.bucket")).filter(|name| !name.is_empty());
    let name = pinned.unwrap_or_else(|| default_bucket_name(&site, &facts, &Region(region.clone())));
    Some(Lookup::Bucket { site, name, region })
}
