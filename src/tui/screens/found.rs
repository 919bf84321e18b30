//! What was found out about an answer, on the lines below it.

use super::super::editing::{Editing, stage_of};
use super::super::lookup::{self, Answer, BucketOwner, FoundCertificate, Lookup, Tagged};
use super::super::message::{FolderContents, PAGE};
use super::super::own_code::{self, CodeFinding};
use super::super::state::{Looked, State};
use super::super::text::{counted, line, size, wrapped};
use super::super::theme::{DOUBTFUL, FAINT, GOOD, WRONG};
use super::super::widgets::field::Columns;
use crate::blueprint::inventory::ObservedZone;
use crate::blueprint::zones::zone_among;
use crate::error::Error;
use crate::profile::is_reserved;
use crate::profile::question::Stage;
use ratatui::style::Style;
use ratatui::text::Line;

/// A sign, and words behind it.
type Remark = (Style, &'static str, String);

/// The answers that name a page of the folder.
const PAGES: [&str; 2] = ["distribution.index", "distribution.error_page"];

/// How many answers of a stage are sound, and what they name is not: a page that the folder lacks, code that can't work.
pub fn faults(state: &State, stage: Stage) -> usize {
    let pages = PAGES.into_iter().filter(|key| stage_of(key) == stage);
    let missing = pages.filter(|key| page(state, key).is_some()).count();
    match stage {
        Stage::Edge => missing + broken_functions(state),
        Stage::Distribution | Stage::Failover | Stage::Caching | Stage::Https => missing,
    }
}

fn broken_functions(state: &State) -> usize {
    let count = state.editing.as_ref().map_or(0, |editing| editing.reading.sheet.length("edge"));
    (0..count).filter(|index| is_broken(state, *index)).count()
}

/// Whether the person's own code of an edge function is known not to work.
pub fn is_broken(state: &State, index: usize) -> bool {
    let lookup = state.editing.as_ref().and_then(|editing| own_code::lookup(editing, index));
    lookup.and_then(|lookup| state.lookups.answer(&lookup)).is_some_and(cannot_work)
}

fn cannot_work(answer: &Result<Answer, Error>) -> bool {
    match answer {
        Ok(Answer::Code(found)) => found.iter().any(|finding| finding.is_error),
        Ok(Answer::Zones(_) | Answer::Certificates(_) | Answer::Buckets(_) | Answer::Bucket(_)) => false,
        Err(_) => true,
    }
}

/// What was found out about the answer to `key`.
pub fn lines(state: &State, key: &str, columns: Columns) -> Vec<Line<'static>> {
    let remarks = match key {
        "name" => other_name(state).into_iter().collect(),
        "distribution.folder" => folder(state).into_iter().collect(),
        key if PAGES.contains(&key) => page(state, key).into_iter().collect(),
        "distribution.bucket" => bucket(state, "distribution"),
        "failover.bucket" => bucket(state, "failover"),
        "https.domains" => lookup::domains(state).iter().filter_map(|domain| zone(state, domain)).collect(),
        "https.key" => certificates(state),
        key => own_code::function_of(key).map(|index| code(state, index)).unwrap_or_default(),
    };
    remarks.into_iter().flat_map(|remark| drawn(remark, columns)).collect()
}

fn drawn((style, sign, words): Remark, columns: Columns) -> Vec<Line<'static>> {
    let indent = " ".repeat(columns.value());
    let texts = wrapped(&words, columns.room().saturating_sub(2)).into_iter().enumerate();
    texts
        .map(|(number, text)| {
            let sign = if number == 0 { sign } else { " " };
            line(style, format!("{indent}{sign} {text}"))
        })
        .collect()
}

/// A site that may be deployed already keeps its name.
fn other_name(state: &State) -> Option<Remark> {
    let editing = state.editing.as_ref()?;
    let before = editing.opened_as.as_ref().filter(|before| **before != editing.site())?;
    let words = format!("was {before} when it was opened; a site that is deployed can't be renamed");
    Some((DOUBTFUL, "!", words))
}

/// What is in the folder.
fn folder(state: &State) -> Option<Remark> {
    let (folder, contents) = state.folder.as_ref()?;
    let asked = state.editing.as_ref()?.typed("distribution.folder");
    (folder.display().to_string() == asked).then(|| match contents {
        Ok(FolderContents { files: 0, .. }) => (DOUBTFUL, "!", "there are no files in it yet".to_owned()),
        Ok(FolderContents { files, bytes, .. }) => {
            (GOOD, "✓", format!("{}, {}", counted(*files, "file"), size(*bytes)))
        }
        Err(_) => (DOUBTFUL, "!", "there is no such folder yet".to_owned()),
    })
}

/// What is wrong with a function's own code.
fn code(state: &State, index: usize) -> Vec<Remark> {
    let lookup = state.editing.as_ref().and_then(|editing| own_code::lookup(editing, index));
    let Some(lookup) = lookup else { return Vec::new() };
    match state.lookups.answer(&lookup) {
        Some(Ok(Answer::Code(found))) if found.is_empty() => {
            vec![(GOOD, "✓", "nothing was found that Lambda@Edge would refuse".to_owned())]
        }
        Some(Ok(Answer::Code(found))) => found.iter().map(code_finding).collect(),
        Some(Ok(Answer::Zones(_) | Answer::Certificates(_) | Answer::Buckets(_) | Answer::Bucket(_)))
        | None => {
            vec![(FAINT, "…", "checking the code".to_owned())]
        }
        Some(Err(error)) => {
            let causes = error.causes.iter().map(|cause| format!(": {cause}")).collect::<String>();
            vec![(WRONG, "✗", format!("{}{causes}", error.message))]
        }
    }
}

fn code_finding(found: &CodeFinding) -> Remark {
    let (style, sign) = if found.is_error { (WRONG, "✗") } else { (DOUBTFUL, "!") };
    (style, sign, found.told.clone())
}

/// A page that the folder lacks.
fn page(state: &State, key: &str) -> Option<Remark> {
    let editing = state.editing.as_ref()?;
    let (folder, Ok(contents)) = state.folder.as_ref()? else { return None };
    let page = editing.typed(key);
    let is_known = folder.display().to_string() == editing.typed("distribution.folder") && contents.files > 0;
    let lacks = is_known && page.ends_with(PAGE) && !contents.pages.contains(&page);
    lacks.then(|| (WRONG, "✗", format!("there is no {page} in the folder")))
}

/// What was found out about one text of a list, in a few words.
pub fn beside(state: &State, key: &str, text: &str) -> Option<String> {
    match (key, state.lookups.answer(&Lookup::Zones)) {
        ("https.domains", Some(Ok(Answer::Zones(zones)))) => {
            let words = domain_remark(state, zones, text).2;
            words.split_once(": ").map(|(_, words)| words.to_owned())
        }
        (_, Some(_) | None) => None,
    }
}

fn bucket(state: &State, stage: &str) -> Vec<Remark> {
    let is_refused = |editing: &Editing| editing.version.refused.contains_key(&format!("{stage}.bucket"));
    if state.editing.as_ref().is_some_and(is_refused) {
        return Vec::new();
    }
    let Some(lookup) = lookup::bucket(state, stage) else { return Vec::new() };
    let name = lookup::bucket_name(state, stage).unwrap_or_default();
    let mut remarks = vec![match state.lookups.answer(&lookup) {
        Some(Ok(Answer::Bucket(BucketOwner::Nobody))) => (FAINT, "+", format!("{name} is to be made")),
        Some(Ok(Answer::Bucket(BucketOwner::Site))) => {
            (GOOD, "✓", format!("{name} is there, and this site's"))
        }
        Some(Ok(Answer::Bucket(BucketOwner::Other(why)))) => (WRONG, "✗", format!("{name}: {why}")),
        Some(Ok(Answer::Zones(_) | Answer::Certificates(_) | Answer::Buckets(_) | Answer::Code(_)))
        | None => (FAINT, "…", format!("looking whose {name} is")),
        Some(Err(error)) => unknown(&format!("whose {name} is"), error),
    }];
    remarks.extend(others(state));
    remarks
}

/// The buckets that this site has and the profile no longer names.
fn others(state: &State) -> Vec<Remark> {
    let found = match state.lookups.answer(&Lookup::Buckets) {
        Some(Ok(Answer::Buckets(found))) => found.as_slice(),
        Some(Err(error)) => return vec![unknown("which buckets the account has", error)],
        Some(Ok(_)) | None => return Vec::new(),
    };
    let Some(site) = state.editing.as_ref().map(Editing::site) else { return Vec::new() };
    let used = ["distribution", "failover"].map(|stage| lookup::bucket_name(state, stage));
    let left = found
        .iter()
        .filter(|it| it.tagged == Tagged::Site(site.clone()) && !used.contains(&Some(it.name.clone())));
    left.map(|it| (DOUBTFUL, "!", format!("{}: this site's too, from an earlier deploy", it.name))).collect()
}

/// Which zone holds a domain.
fn zone(state: &State, domain: &str) -> Option<Remark> {
    if !matches!(state.caller, Looked::Found(_)) {
        return None;
    }
    Some(match state.lookups.answer(&Lookup::Zones) {
        Some(Ok(Answer::Zones(zones))) => domain_remark(state, zones, domain),
        Some(Ok(Answer::Certificates(_) | Answer::Buckets(_) | Answer::Bucket(_) | Answer::Code(_)))
        | None => (FAINT, "…", format!("looking for the zone of {domain}")),
        Some(Err(error)) => unknown(&format!("the zone of {domain}"), error),
    })
}

fn domain_remark(state: &State, zones: &[ObservedZone], domain: &str) -> Remark {
    let found = zone_remark(zones, domain);
    if state.sandbox || found.0 == GOOD || !is_reserved(domain) {
        return found;
    }
    (DOUBTFUL, "!", format!("{domain}: kept for examples, so no certificate: name a domain of your own"))
}

fn zone_remark(zones: &[ObservedZone], domain: &str) -> Remark {
    let domain = domain.strip_prefix("*.").unwrap_or(domain);
    let holds = |zone: &ObservedZone| domain == zone.name || domain.ends_with(&format!(".{}", zone.name));
    match zone_among(zones, domain) {
        Ok(zone) => (GOOD, "✓", format!("{domain}: zone {}", zone.name)),
        Err(_) if zones.iter().any(holds) => (
            DOUBTFUL,
            "!",
            format!("{domain}: several zones have its name: manual DNS, or remove the others"),
        ),
        Err(_) => (DOUBTFUL, "!", format!("{domain}: no zone found: manual DNS")),
    }
}

fn certificates(state: &State) -> Vec<Remark> {
    let names = lookup::domains(state);
    if names.is_empty() || !matches!(state.caller, Looked::Found(_)) {
        return Vec::new();
    }
    match state.lookups.answer(&Lookup::Certificates { names }) {
        Some(Ok(Answer::Certificates(found))) if found.is_empty() => {
            vec![(
                FAINT,
                "+",
                "no certificate covers these names yet: one is requested, free of charge".to_owned(),
            )]
        }
        Some(Ok(Answer::Certificates(found))) => found.iter().map(certificate).collect(),
        Some(Ok(Answer::Zones(_) | Answer::Buckets(_) | Answer::Bucket(_) | Answer::Code(_))) | None => {
            vec![(FAINT, "…", "looking for certificates that cover these names".to_owned())]
        }
        Some(Err(error)) => vec![unknown("which certificates there are", error)],
    }
}

fn certificate(found: &FoundCertificate) -> Remark {
    let id = found.arn.rsplit('/').next().unwrap_or(&found.arn);
    match found.issued {
        true => (GOOD, "✓", format!("certificate {id} is issued and covers these names")),
        false => (DOUBTFUL, "…", format!("certificate {id} waits for its DNS records")),
    }
}

/// A lookup that failed says why.
fn unknown(what: &str, error: &Error) -> Remark {
    let why = error.causes.first().unwrap_or(&error.message);
    (FAINT, "?", format!("not known {what}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_told_its_zone_or_that_there_is_none() {
        let zone = |id: &str, name: &str| ObservedZone { id: id.into(), name: name.into(), delegated: None };
        let zones = [zone("Z1", "example.com"), zone("Z2", "twice.org"), zone("Z3", "twice.org")];
        let told = |domain: &str| zone_remark(&zones, domain).2;
        assert_eq!(told("www.example.com"), "www.example.com: zone example.com");
        assert_eq!(told("*.example.com"), "example.com: zone example.com");
        assert_eq!(told("example.net"), "example.net: no zone found: manual DNS");
        assert!(told("www.twice.org").contains("several zones"));
    }
}
