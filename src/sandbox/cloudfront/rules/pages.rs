//! Rules about the pages that viewers see instead of errors.

use super::names::repeats;
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::cloudfront::element::Element;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "page-error-code",
        code: "InvalidErrorCode",
        about: "a page for a status other than 400, 403, 404, 405, 414, 416, 500, 501, 502, 503 and 504",
        source: "aws-facts.md B, CustomErrorResponses",
        complaint: |p| {
            any(p, |page| !CODES.contains(&page.text_at("ErrorCode")), "An invalid error code was specified.")
        },
    },
    Rule {
        id: "page-error-code-twice",
        code: "InvalidArgument",
        about: "two pages for one status",
        source: "aws-facts.md B, CustomErrorResponses",
        complaint: |p| {
            says(
                repeats(p.config.error_pages().iter().map(|page| page.text_at("ErrorCode"))),
                "The parameter ErrorCode must be unique within a distribution.",
            )
        },
    },
    Rule {
        id: "page-half",
        code: "InvalidArgument",
        about: "a page without a status to send it with, or a status without a page",
        source: "aws-facts.md B, CustomErrorResponses",
        complaint: |p| {
            any(
                p,
                |page| page.text_at("ResponseCode").is_empty() != page.text_at("ResponsePagePath").is_empty(),
                "The parameters ResponsePagePath and ResponseCode must be specified together.",
            )
        },
    },
    Rule {
        id: "page-path",
        code: "InvalidRelativePath",
        about: "a page whose path doesn't begin with a slash, or holds what must be encoded in a URL",
        source: "aws-facts.md B, CustomErrorResponses; service model, InvalidRelativePath",
        complaint: |p| {
            any(
                p,
                wrong_path,
                "The relative path is too big, is not URL-encoded, or does not begin with a slash (/).",
            )
        },
    },
    Rule {
        id: "page-response-code",
        code: "InvalidResponseCode",
        about: "a page sent with another status than 200 or an error it may stand for",
        source: "aws-facts.md B, CustomErrorResponses",
        complaint: |p| any(p, wrong_response, "A response code is not valid."),
    },
    Rule {
        id: "page-lifetime",
        code: "InvalidArgument",
        about: "an error that is kept for less than no time",
        source: "service model",
        complaint: |p| {
            any(
                p,
                |page| page.number_at("ErrorCachingMinTTL").is_some_and(|seconds| seconds < 0),
                "The parameter ErrorCachingMinTTL is invalid.",
            )
        },
    },
];

const CODES: [&str; 11] = ["400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504"];

fn any(proposal: &Proposal, wrong: fn(&Element) -> bool, message: &str) -> Option<String> {
    says(proposal.config.error_pages().iter().any(wrong), message)
}

fn wrong_path(page: &Element) -> bool {
    let path = page.text_at("ResponsePagePath");
    // What RFC 3986 lets stand in a path, and the sign that encodes all else.
    let encoded =
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte));
    !path.is_empty() && (!path.starts_with('/') || !encoded || path.len() > 4_000)
}

fn wrong_response(page: &Element) -> bool {
    let code = page.text_at("ResponseCode");
    !code.is_empty() && code != "200" && !CODES.contains(&code)
}
