//! Stage 4: caching.

use super::edge::PATH_PATTERN;
use crate::profile::duration::YEAR;
use crate::profile::grammar::{check_cookie, check_header, check_query_name, check_rule_path};
use crate::profile::question::{Default, Kind, Order, Question, ShownWhen, Stage, Text, What};

const STAGE: Stage = Stage::Caching;

/// The most names of one sort that a cache policy takes (aws-facts.md B, quotas).
const MOST_NAMES: usize = 10;

pub(super) const QUESTIONS: &[Question] = &[
    browser("caching.default.browser"),
    immutable("caching.default.immutable"),
    edge("caching.default.edge"),
    query("caching.default.query"),
    headers("caching.default.headers"),
    cookies("caching.default.cookies"),
    compress("caching.default.compress"),
    Question {
        key: "caching.rule[].path",
        stage: STAGE,
        prompt: "Path",
        help: "What the rule covers. The first rule that covers a path decides, so put narrow ones first.",
        kind: Kind::Text(PATH_PATTERN),
        default: Default::Required,
        example: "/assets/*",
        shown_when: ShownWhen::Always,
        check: Some(check_rule_path),
    },
    browser("caching.rule[].browser"),
    immutable("caching.rule[].immutable"),
    edge("caching.rule[].edge"),
    query("caching.rule[].query"),
    headers("caching.rule[].headers"),
    cookies("caching.rule[].cookies"),
    compress("caching.rule[].compress"),
];

const fn browser(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Kept by browsers",
        help: "What a browser holds can't be called back, so keep it short for pages, and long only for files \
               whose name changes with their content.",
        kind: Kind::Duration { min: 0, max: YEAR },
        default: Default::Value("\"0s\""),
        example: "1h",
        shown_when: ShownWhen::Always,
        check: None,
    }
}

const fn immutable(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Never changes",
        help: "Tells browsers not to ask again even on a reload. Right only for names with a content hash.",
        kind: Kind::Bool,
        default: Default::Value("false"),
        example: "true",
        shown_when: ShownWhen::Always,
        check: None,
    }
}

const fn edge(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Kept at the edge",
        help: "Each deploy clears what changed, so this can be long. A table gives the least and the most too.",
        kind: Kind::EdgeTtl,
        default: Default::Value("\"1d\""),
        example: "1d",
        shown_when: ShownWhen::Always,
        check: None,
    }
}

const fn query(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Query strings",
        help: "Which of them tell two answers apart. Files from a bucket don't depend on any.",
        kind: Kind::Query,
        default: Default::Value("\"none\""),
        example: "{ only = [\"page\"] }",
        shown_when: ShownWhen::Always,
        check: Some(check_query_name),
    }
}

const fn headers(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Headers",
        help: "Request headers that tell two answers apart; each value of each is cached on its own.",
        kind: names(What::Header, Order::SortedLowercase),
        default: Default::Value("[]"),
        example: "accept-language",
        shown_when: ShownWhen::Always,
        check: Some(check_header),
    }
}

const fn cookies(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Cookies",
        help: "Cookies that tell two answers apart; each value of each is cached on its own.",
        kind: names(What::Cookie, Order::Sorted),
        default: Default::Value("[]"),
        example: "language",
        shown_when: ShownWhen::Always,
        check: Some(check_cookie),
    }
}

const fn compress(key: &'static str) -> Question {
    Question {
        key,
        stage: STAGE,
        prompt: "Compress",
        help: "CloudFront compresses text for browsers that take it; pictures and archives are left alone.",
        kind: Kind::Bool,
        default: Default::Value("true"),
        example: "false",
        shown_when: ShownWhen::Always,
        check: None,
    }
}

const fn names(what: What, order: Order) -> Kind {
    Kind::List { of: Text { what, min: 1, max: 128, pattern: None }, min: 0, max: MOST_NAMES, order }
}
