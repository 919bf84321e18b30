//! The site's files: whether they can be published, and whether visitors can follow them.

use super::{Finding, links};
use crate::aws::release::counted;
use crate::blueprint::names::RELEASE_PREFIX;
use crate::content::scan::{FoundFile, ScanOptions, missing_pages, scan};
use crate::error::Error;
use crate::profile::Profile;
use std::collections::BTreeSet;
use std::path::Path;

const CHECK: &str = "folder";

/// How many broken links are named; the rest are counted.
const NAMED: usize = 5;

/// A page that is longer is a document nobody wrote by hand, and is not searched for links.
const LONGEST_PAGE: u64 = 5_000_000;

/// What there is to say about the folder.
pub fn check(folder: &Path, profile: &Profile) -> Vec<Finding> {
    let options = ScanOptions { prefix_bytes: RELEASE_PREFIX.len() + 1, ..ScanOptions::default() };
    let files = match scan(folder, options) {
        Ok(files) => files,
        Err(error) => return unreadable(&error),
    };
    let missing = missing_pages(&files, &profile.distribution).into_iter().map(|page| {
        Finding::stop(CHECK, format!("there is no {}", page.key))
            .why(format!("{} names it", page.answer))
            .way_out("add the page, or correct the answer")
    });
    let missing: Vec<_> = missing.collect();
    let broken = broken_links(&files, profile);
    if missing.is_empty() && broken.is_empty() {
        let bytes: u64 = files.iter().map(|file| file.stamp.size).sum();
        let files = counted(files.len(), "file");
        return vec![Finding::ok(CHECK, format!("{files}, {} kB", bytes.div_ceil(1000)))];
    }
    missing.into_iter().chain(broken).collect()
}

/// A line for each file that is in the way; what to do about them follows the last.
fn unreadable(error: &Error) -> Vec<Finding> {
    let mut findings: Vec<_> = match error.causes.as_slice() {
        [cause] => vec![Finding::stop(CHECK, &error.message).why(cause)],
        causes => causes.iter().map(|cause| Finding::stop(CHECK, cause)).collect(),
    };
    if let Some(last) = findings.last_mut() {
        last.way_out.clone_from(&error.hint);
    }
    findings
}

fn broken_links(files: &[FoundFile], profile: &Profile) -> Vec<Finding> {
    let keys: BTreeSet<&str> = files.iter().map(|file| file.key.as_str()).collect();
    let is_page = |file: &&FoundFile| file.key.ends_with(".html") && file.stamp.size <= LONGEST_PAGE;
    let mut broken = Vec::new();
    for page in files.iter().filter(is_page) {
        let html = std::fs::read(&page.path).unwrap_or_default();
        let html = String::from_utf8_lossy(&html);
        let links = links::broken(&page.key, &html, &keys, &profile.distribution);
        broken.extend(links.into_iter().map(|link| format!("{} on {}", link, page.key)));
    }
    let more = broken.len().saturating_sub(NAMED);
    let mut findings: Vec<_> = broken.into_iter().take(NAMED).map(|link| leads_nowhere(&link)).collect();
    if more > 0 {
        findings.push(leads_nowhere(&format!("{more} more links")));
    }
    findings
}

fn leads_nowhere(link: &str) -> Finding {
    Finding::warning(CHECK, format!("no file for the link {link}"))
        .why("visitors who follow it see the error page")
        .way_out("add the file, or correct the link")
}
