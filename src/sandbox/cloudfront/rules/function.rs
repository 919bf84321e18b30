//! Rules about CloudFront Functions.

use super::{Rule, Subject, says};
use crate::sandbox::cloudfront::element::Element;
use crate::sandbox::cloudfront::key_value_stores;
use crate::sandbox::cloudfront::state::State;

/// A function as a client wants it.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Its name.
    pub name: &'a str,
    /// `FunctionConfig`.
    pub config: &'a Element,
    /// The code.
    pub code: &'a [u8],
    /// Everything else in CloudFront.
    pub state: &'a State,
}

/// Functions.
#[derive(Debug)]
pub struct Drafts;

impl Subject for Drafts {
    type At<'a> = Draft<'a>;
}

/// The table.
pub const RULES: &[Rule<Drafts>] = &[
    Rule {
        id: "function-name",
        code: "InvalidArgument",
        about: "a name that is empty, has more than 64 characters, or others than letters, digits, - and _",
        source: "aws-facts.md A.2",
        complaint: |d| says(!is_short_name(d.name), "The parameter Name is invalid."),
    },
    Rule {
        id: "function-comment",
        code: "InvalidArgument",
        about: "a comment of more than 128 characters",
        source: "Boise-State-Development/agentcore-public-stack pull request 356",
        complaint: |d| {
            says(d.config.text_at("Comment").chars().count() > 128, "The parameter Comment is too big.")
        },
    },
    Rule {
        id: "function-empty",
        code: "InvalidArgument",
        about: "a function without code",
        source: "service model",
        complaint: |d| says(d.code.is_empty(), "The parameter FunctionCode is invalid."),
    },
    Rule {
        id: "function-size",
        code: "FunctionSizeLimitExceeded",
        about: "more than 10 KB of code",
        source: "aws-facts.md A.2, D.7",
        complaint: |d| says(d.code.len() > 10 * 1024, "The function is too large."),
    },
    Rule {
        id: "function-stores",
        code: "InvalidArgument",
        about: "more than one key-value store",
        source: "aws-facts.md D.7",
        complaint: |d| {
            says(
                stores(d).len() > 1,
                "The parameter KeyValueStoreAssociations can have one key value store at most.",
            )
        },
    },
    Rule {
        id: "function-store-runtime",
        code: "InvalidArgument",
        about: "a key-value store with the runtime 1.0",
        source: "aws-facts.md D.7",
        complaint: |d| {
            says(
                !stores(d).is_empty() && d.config.text_at("Runtime") == "cloudfront-js-1.0",
                "The parameter KeyValueStoreAssociations requires the runtime cloudfront-js-2.0.",
            )
        },
    },
    Rule {
        id: "function-store-unknown",
        code: "InvalidArgument",
        about: "a key-value store that doesn't exist",
        source: "aws-facts.md D.7",
        complaint: |d| {
            says(
                stores(d).into_iter().any(|arn| is_unknown(d, arn)),
                "The parameter KeyValueStoreARN does not refer to a key value store.",
            )
        },
    },
    Rule {
        id: "function-store-crowded",
        code: "InvalidArgument",
        about: "more than 100 functions on one key-value store",
        source: "aws-facts.md D.7",
        complaint: |d| {
            says(
                stores(d).into_iter().any(|arn| is_crowded(d, arn)),
                "The key value store is associated with too many functions.",
            )
        },
    },
];

/// Letters, digits, `-` and `_`, at most 64.
pub fn is_short_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn stores<'a>(draft: &Draft<'a>) -> Vec<&'a str> {
    let items = draft.config.items_at("KeyValueStoreAssociations").iter();
    items.map(|item| item.text_at("KeyValueStoreARN")).collect()
}

fn is_unknown(draft: &Draft, arn: &str) -> bool {
    !draft.state.key_value_stores.values().any(|store| key_value_stores::arn(store) == arn)
}

fn is_crowded(draft: &Draft, arn: &str) -> bool {
    let others = draft.state.functions.iter().filter(|(name, _)| *name != draft.name);
    let using = others.filter(|(_, function)| {
        let stores = function.development.config.items_at("KeyValueStoreAssociations");
        stores.iter().any(|item| item.text_at("KeyValueStoreARN") == arn)
    });
    using.count() >= 100
}
