//! The CloudFront Function behind pretty URLs, single-page apps, and a domain that leads to another.

use super::domains::redirects;
use super::resource::FunctionSpec;
use crate::profile::answers::Profile;
use serde_json::json;

const SOURCE: &str = include_str!("../../assets/functions/urls.js");

/// The line of the source that the settings replace.
const SETTINGS_LINE: &str =
    r#"const SETTINGS = { "index": "index.html", "pretty": true, "spa": false, "files": [], "hosts": {} };"#;

/// CloudFront's limit for a function's code, in bytes (aws-facts.md D.7).
const CODE_LIMIT: usize = 10 * 1024;

/// Whether any answer of `profile` needs the function.
pub fn is_needed(profile: &Profile) -> bool {
    let answers = &profile.distribution;
    answers.pretty_urls || answers.spa || !redirects(profile.https.as_ref()).is_empty()
}

/// The function that `profile` needs, if it needs one. `extensionless` are the paths of files that look like
/// folders; `None` when the folder is not known, which leaves the code that AWS has.
pub fn function(profile: &Profile, extensionless: Option<&[String]>) -> Option<FunctionSpec> {
    is_needed(profile).then(|| FunctionSpec {
        comment: comment(profile).to_owned(),
        runtime: "cloudfront-js-2.0".to_owned(),
        code: extensionless.map(|paths| code(profile, paths)),
    })
}

fn comment(profile: &Profile) -> &'static str {
    let answers = &profile.distribution;
    match (answers.spa, answers.pretty_urls) {
        (true, _) => "single-page app",
        (false, true) => "pretty URLs",
        (false, false) => "one domain leads to another",
    }
}

/// Whether the function's code is within CloudFront's limit.
pub fn fits(spec: &FunctionSpec) -> bool {
    spec.code.as_ref().is_none_or(|code| code.len() <= CODE_LIMIT)
}

fn code(profile: &Profile, extensionless: &[String]) -> String {
    let answers = &profile.distribution;
    let files: Vec<_> = match answers.pretty_urls || answers.spa {
        true => extensionless.iter().map(|path| format!("/{path}")).collect(),
        false => Vec::new(),
    };
    let settings = json!({
        "index": answers.index,
        "pretty": answers.pretty_urls,
        "spa": answers.spa,
        "files": files,
        "hosts": redirects(profile.https.as_ref()),
    });
    SOURCE.replacen(SETTINGS_LINE, &format!("const SETTINGS = {settings};"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_holds_the_line_that_settings_replace() {
        assert_eq!(SOURCE.matches(SETTINGS_LINE).count(), 1);
        assert!(SOURCE.len() < CODE_LIMIT / 2, "settings need room");
    }
}
