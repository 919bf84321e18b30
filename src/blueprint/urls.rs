//! The CloudFront Function behind pretty URLs and single-page apps.

use super::resource::FunctionSpec;
use crate::profile::answers::Distribution;
use serde_json::json;

const SOURCE: &str = include_str!("../../assets/functions/urls.js");

/// The line of the source that the settings replace.
const SETTINGS_LINE: &str = r#"const SETTINGS = { "index": "index.html", "spa": false, "files": [] };"#;

/// CloudFront's limit for a function's code, in bytes (aws-facts.md D.7).
const CODE_LIMIT: usize = 10 * 1024;

/// The function that `distribution` needs, if it needs one. `extensionless` are the paths of files that
/// look like folders; `None` when the folder is not known, which leaves the code that AWS has.
pub fn function(distribution: &Distribution, extensionless: Option<&[String]>) -> Option<FunctionSpec> {
    (distribution.pretty_urls || distribution.spa).then(|| FunctionSpec {
        comment: if distribution.spa { "single-page app" } else { "pretty URLs" }.to_owned(),
        runtime: "cloudfront-js-2.0".to_owned(),
        code: extensionless.map(|paths| code(distribution, paths)),
    })
}

/// Whether the function's code is within CloudFront's limit.
pub fn fits(spec: &FunctionSpec) -> bool {
    spec.code.as_ref().is_none_or(|code| code.len() <= CODE_LIMIT)
}

fn code(distribution: &Distribution, extensionless: &[String]) -> String {
    let files: Vec<_> = extensionless.iter().map(|path| format!("/{path}")).collect();
    let settings = json!({ "index": distribution.index, "spa": distribution.spa, "files": files });
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
