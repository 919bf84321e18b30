//! What the options of ready functions must be, beyond their kind.

use super::options::{OptionProblem, Options};
use serde_json::Value as Json;
use std::net::IpAddr;

/// Nothing takes several options to judge.
pub(super) fn nothing(_: &Options) -> Vec<OptionProblem> {
    Vec::new()
}

pub(super) fn header_value(text: &str) -> Result<(), String> {
    holds(text.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "must be one line of plain ASCII")
}

/// A header that an empty text leaves out, of letters, digits and dashes only.
pub(super) fn keyword(text: &str) -> Result<(), String> {
    let fine = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    holds(fine, "must be a keyword such as \"same-origin\"")
}

pub(super) fn realm(text: &str) -> Result<(), String> {
    header_value(text)?;
    holds(!text.contains(['"', '\\']), "must hold no quotes and no backslashes")
}

pub(super) fn file_path(text: &str) -> Result<(), String> {
    let fine = !text.starts_with('/') && !text.contains(['\\', '?', '#']) && header_value(text).is_ok();
    holds(fine, "must be the path of a file without a slash at its front, such as \"index.html\"")
}

pub(super) fn path(text: &str) -> Result<(), String> {
    holds(text.starts_with('/') && !text.contains(['?', '#']), "must be a path that begins with /")
}

pub(super) fn two_domains(text: &str) -> Result<(), String> {
    let domain = |name: &str| {
        name.contains('.')
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
    };
    let fine = text.split_once(' ').is_some_and(|(from, to)| domain(from) && domain(to));
    holds(fine, "must be two domains, such as \"www.acme.example acme.example\"")
}

/// A path, or the beginning of one with a `*` after it.
pub(super) fn path_or_beginning(text: &str) -> Result<(), String> {
    path(text)?;
    let star = text.find('*');
    holds(star.is_none_or(|at| at + 1 == text.len()), "may have a * at its end only")
}

/// A path of this site, or an address with a host that no visitor can change.
pub(super) fn target(text: &str) -> Result<(), String> {
    header_value(text)?;
    holds(!text.contains([' ', '\\']), "must hold no spaces and no backslashes")?;
    holds(text.matches('*').count() <= 1, "may have one * only")?;
    if text.starts_with('/') {
        return holds(!text.starts_with("//"), "must begin with one slash, or with https://");
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("must begin with / or https://")?;
    let (host, _) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
    let letters = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    let fine = !host.is_empty() && host.chars().all(letters);
    holds(fine, "must name a host, with a slash between it and any *")
}

pub(super) fn address(text: &str) -> Result<(), String> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: Option<IpAddr> = address.parse().ok();
    let most = address.map(|address| if address.is_ipv4() { 32 } else { 128 });
    let fine = match (most, bits) {
        (Some(most), Some(bits)) => bits.parse::<u8>().is_ok_and(|bits| bits <= most),
        (Some(_), None) => true,
        (None, _) => false,
    };
    holds(fine, "must be an IP address or a range such as 192.0.2.0/24")
}

pub(super) fn token(text: &str) -> Result<(), String> {
    let fine = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    holds(fine, "must be of letters, digits, _ and -")
}

pub(super) fn token_or_nothing(text: &str) -> Result<(), String> {
    if text.is_empty() { Ok(()) } else { token(text) }
}

pub(super) fn language_tag(text: &str) -> Result<(), String> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let language = (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_alphabetic());
    let rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    holds(language && rest, "must be a language such as \"de\" or \"pt-BR\"")
}

pub(super) fn extension(text: &str) -> Result<(), String> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    holds(
        !text.is_empty() && text.chars().all(letters),
        "must be an extension in lower case, without its dot",
    )
}

pub(super) fn image_format(text: &str) -> Result<(), String> {
    holds(["avif", "webp", "jxl"].contains(&text), "must be one of \"avif\", \"webp\", \"jxl\"")
}

/// A name that Basic authentication can carry: the first colon ends it.
pub(super) fn user_name(text: &str) -> Result<(), String> {
    let fine = !text.is_empty() && !text.contains(':') && !text.chars().any(char::is_control);
    holds(fine, "must be a name without a colon")
}

pub(super) fn some_weight(options: &Options) -> Vec<OptionProblem> {
    let weights = options["variants"].as_object().into_iter().flatten();
    let total: u64 = weights.filter_map(|(_, weight)| weight.as_u64()).sum();
    let problem = || OptionProblem::new("variants", "needs one weight at least that is not 0");
    if total > 0 { Vec::new() } else { vec![problem()] }
}

pub(super) fn default_language(options: &Options) -> Vec<OptionProblem> {
    let known = options["languages"].as_array().is_some_and(|all| all.contains(&options["default"]));
    let problem = || OptionProblem::new("default", "must be one of `languages`");
    if known { Vec::new() } else { vec![problem()] }
}

/// Rows that would send a visitor round in circles, or that lose what a `*` stands for.
pub(super) fn redirect_rules(options: &Options) -> Vec<OptionProblem> {
    let rules = options["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |rule: &Json, name: &str| rule[name].as_str().unwrap_or_default().to_owned();
    let problem = |(index, rule): (usize, &Json)| {
        let (from, to) = (text(rule, "from"), text(rule, "to"));
        let message = redirect_problem(&from, &to)?;
        Some(OptionProblem::new(format!("rules[{index}]"), message))
    };
    rules.iter().enumerate().filter_map(problem).collect()
}

fn redirect_problem(from: &str, to: &str) -> Option<&'static str> {
    if to.contains('*') && !from.ends_with('*') {
        return Some("has a * in `to` and none in `from`");
    }
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let returns = match from.strip_suffix('*') {
        Some(beginning) => path.starts_with(beginning),
        None => path == from,
    };
    returns.then_some("leads to itself, for ever")
}

fn holds(fine: bool, otherwise: &str) -> Result<(), String> {
    if fine { Ok(()) } else { Err(otherwise.to_owned()) }
}
