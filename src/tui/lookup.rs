//! What is looked up in AWS while a person answers: what of it a page speaks of, and what came of it.
//!
//! Nothing waits for an answer, and a lookup that failed says why in its place alone.

use super::message::Command;
use super::own_code::{self, CodeFinding};
use super::state::{Looked, Screen, State};
use crate::blueprint::Facts;
use crate::blueprint::inventory::ObservedZone;
use crate::blueprint::names::default_bucket_name;
use crate::error::Error;
use crate::profile::answers::Region;
use crate::profile::question::Stage;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

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
    /// The account's buckets.
    Buckets,
    /// Whose a bucket is.
    Bucket {
        /// The site that wants it.
        site: String,
        /// Its name.
        name: String,
        /// Where it is wanted.
        region: String,
    },
    /// What is wrong with the person's own code of an edge function. That is on this machine, so no account is needed.
    Code {
        /// The profile, which the code's place is relative to.
        profile: PathBuf,
        /// The function's answers, as JSON.
        function: String,
    },
}

/// What came of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The public hosted zones.
    Zones(Vec<ObservedZone>),
    /// The certificates.
    Certificates(Vec<FoundCertificate>),
    /// The account's buckets.
    Buckets(Vec<FoundBucket>),
    /// Whose the bucket is.
    Bucket(BucketOwner),
    /// What was found in the code.
    Code(Vec<CodeFinding>),
}

/// A bucket of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBucket {
    /// Its name.
    pub name: String,
    /// Where it lives, where that is told.
    pub region: Option<String>,
    /// Which site it is tagged for.
    pub tagged: Tagged,
}

/// Which site a bucket is tagged for, as far as tags are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    /// This one.
    Site(String),
    /// None, so no site can use it.
    Nobody,
    /// That isn't told.
    Untold,
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
    again: BTreeSet<Lookup>,
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

    /// Has looked up anew, once it is spoken of, what failed and what a person may have mended meanwhile. What is known
    /// of the person's own code holds until then.
    pub fn forget_failures(&mut self) {
        let is_code = |lookup: &Lookup| matches!(lookup, Lookup::Code { .. });
        let known = self.asked.iter().filter(|(_, answer)| answer.is_some()).map(|(lookup, _)| lookup);
        self.again = known.filter(|lookup| is_code(lookup)).cloned().collect();
        self.asked.retain(|lookup, answer| is_code(lookup) || !matches!(answer, Some(Err(_))));
    }

    /// Notes that something is being looked up; whether it has to be.
    fn begin(&mut self, lookup: &Lookup) -> bool {
        let is_new = !self.asked.contains_key(lookup);
        if is_new {
            self.asked.insert(lookup.clone(), None);
        }
        self.again.remove(lookup) || is_new
    }
}

/// Asks for what the page that is shown speaks of and nobody looked up yet. Without an account AWS is asked nothing.
pub fn wanted(state: &mut State) -> Vec<Command> {
    let sandbox = state.sandbox;
    let mut new = spoken_of(state);
    new.retain(|lookup| state.lookups.begin(lookup));
    new.into_iter().map(|lookup| Command::LookUp { sandbox, lookup }).collect()
}

fn spoken_of(state: &State) -> Vec<Lookup> {
    let Screen::Page(page) = state.screen else { return Vec::new() };
    let is_signed_in = matches!(state.caller, Looked::Found(_));
    match page.stage {
        Stage::Edge => state.editing.as_ref().map(own_code::lookups).unwrap_or_default(),
        Stage::Distribution if is_signed_in => buckets(state, "distribution"),
        Stage::Failover if is_signed_in => buckets(state, "failover"),
        Stage::Https if is_signed_in => https(state),
        Stage::Distribution | Stage::Failover | Stage::Https | Stage::Caching => Vec::new(),
    }
}

fn buckets(state: &State, stage: &str) -> Vec<Lookup> {
    bucket(state, stage).into_iter().flat_map(|own| [own, Lookup::Buckets]).collect()
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

/// The lookup of a stage's bucket; `None` where an answer that its name takes is missing.
pub fn bucket(state: &State, stage: &str) -> Option<Lookup> {
    let name = bucket_name(state, stage)?;
    Some(Lookup::Bucket { site: answered(state, "name")?, name, region: region(state, stage)? })
}

/// The name of a stage's bucket: the one that is pinned, or else its own.
pub fn bucket_name(state: &State, stage: &str) -> Option<String> {
    let Looked::Found(caller) = &state.caller else { return None };
    let facts = Facts {
        account: caller.account.clone(),
        partition: "aws".to_owned(),
        folder: None,
        edge: BTreeMap::new(),
    };
    let (site, region) = (answered(state, "name")?, region(state, stage)?);
    let pinned = answered(state, &format!("{stage}.bucket")).filter(|name| !name.is_empty());
    let own = || default_bucket_name(&site, &facts, &Region(region.clone()));
    Some(pinned.unwrap_or_else(own))
}

fn region(state: &State, stage: &str) -> Option<String> {
    answered(state, &format!("{stage}.region"))
}

fn answered(state: &State, key: &str) -> Option<String> {
    Some(state.editing.as_ref()?.reading.sheet.value(key)?.as_str()?.to_owned())
}
