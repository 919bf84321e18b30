//! Headers that the code sets though CloudFront won't let it, as far as the source shows (aws-facts.md D.5).

use super::CodeFile;
use crate::edge::finding::{Finding, Severity};
use crate::edge::headers::{is_forbidden, is_read_only};
use crate::profile::answers::EdgeEvent;
use std::collections::BTreeSet;

/// Where the code sets a header that it may not; each header once a line.
pub(super) fn check(event: EdgeEvent, file: &CodeFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.lines() {
        let mut names = BTreeSet::new();
        let set = set_in(line).into_iter().filter(|set| names.insert(set.name.to_ascii_lowercase()));
        findings.extend(set.filter_map(|set| finding(event, file, number, &set)));
    }
    findings
}

fn finding(event: EdgeEvent, file: &CodeFile, line: usize, set: &Set) -> Option<Finding> {
    let (what, why) = if is_forbidden(&set.name) {
        (
            format!("sets the header {}", set.name),
            "no function may: CloudFront answers 502 (CloudFront guide: edge-function-restrictions-all)"
                .into(),
        )
    } else if is_read_only(event, &set.name) {
        let why =
            format!("it is read-only on {} (CloudFront guide: edge-function-restrictions-all)", event.name());
        (format!("changes the header {}", set.name), why)
    } else {
        return None;
    };
    let mut finding =
        Finding::error(what).file(&file.shown).line(line).why(why).way_out("leave this header alone");
    if !set.is_sure {
        finding.severity = Severity::Warning;
    }
    Some(finding)
}

/// A name that a line seems to set as a header.
#[derive(Debug, PartialEq, Eq)]
struct Set {
    name: String,
    /// Whether the line says that it is a header of the event, and not a key of something else.
    is_sure: bool,
}

fn set_in(line: &str) -> Vec<Set> {
    let mut found: Vec<Set> = quoted(line).filter_map(|(at, name)| set_quoted(line, at, name)).collect();
    found.extend(set_dotted(line));
    found
}

/// `headers['name'] = …`, `delete headers['name']`, `{ 'name': [` and `key: 'Name'`.
fn set_quoted(line: &str, at: usize, name: &str) -> Option<Set> {
    let (before, after) = (line[..at].trim_end(), line[at + name.len() + 2..].trim_start());
    let set = |is_sure| Some(Set { name: name.to_owned(), is_sure });
    if let Some(owner) = before.strip_suffix('[') {
        let rest = after.strip_prefix(']').unwrap_or_default().trim_start();
        let changes = is_assignment(rest) || deletes(before);
        return if changes && owner.ends_with("headers") { set(true) } else { None };
    }
    let is_key =
        before.trim_end_matches([':', '=']).trim_end().trim_end_matches(['"', '\'']).ends_with("key");
    if is_key && before.ends_with([':', '=']) {
        return set(true);
    }
    // A table of headers, or of anything else.
    let list = after.strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with('['));
    if list { set(false) } else { None }
}

/// `headers.name = …` and `delete headers.name`.
fn set_dotted(line: &str) -> Option<Set> {
    let (before, after) = line.split_once("headers.")?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
    let (name, rest) = after.split_at(end);
    let changes = is_assignment(rest.trim_start()) || deletes(before);
    changes.then(|| Set { name: name.to_owned(), is_sure: true })
}

fn is_assignment(rest: &str) -> bool {
    rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")
}

fn deletes(before: &str) -> bool {
    ["delete ", "del "].iter().any(|word| before.trim_start().starts_with(word))
}

/// Every quoted text of a line that could be a header's name, with where its quote begins.
fn quoted(line: &str) -> impl Iterator<Item = (usize, &str)> {
    line.char_indices().filter(|(_, letter)| matches!(letter, '\'' | '"')).filter_map(move |(at, quote)| {
        let rest = &line[at + 1..];
        let name = &rest[..rest.find(quote)?];
        let fine = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        fine.then_some((at, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_are_set_are_told_from_those_that_are_read() {
        let rows: [(&str, &[(&str, bool)]); 12] = [
            ("request.headers['host'] = [{ key: 'Host', value: 'a' }];", &[("host", true), ("Host", true)]),
            ("response.headers.via = [];", &[("via", true)]),
            ("delete request.headers['via'];", &[("via", true)]),
            ("delete headers.host;", &[("host", true)]),
            ("'x-cache': [{ value: 'a' }],", &[("x-cache", false)]),
            ("headers[\"via\"] = [{\"key\": \"Via\", \"value\": \"a\"}]", &[("via", true), ("Via", true)]),
            ("del request['headers']['via']", &[]),
            ("const host = request.headers['host'][0].value;", &[]),
            ("if (headers['host'] === 'a') {", &[]),
            ("if (headers.host == a) {", &[]),
            ("const options = { 'host': 'a' };", &[]),
            ("const map = { b: 'via' };", &[]),
        ];
        for (line, expected) in rows {
            let found: Vec<_> = set_in(line).into_iter().map(|set| (set.name, set.is_sure)).collect();
            let found: Vec<_> = found.iter().map(|(name, sure)| (name.as_str(), *sure)).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
