//! Stage 3: Lambda@Edge functions.

use super::distribution::DASHED;
use crate::profile::grammar::{check_edge_name, check_path_pattern};
use crate::profile::question::{Choice, Default, Kind, Order, Question, ShownWhen, Stage, Text, What};

const STAGE: Stage = Stage::Edge;

/// The form of a path pattern (aws-facts.md B); its check tells the finer points.
pub(super) const PATH_PATTERN: Text =
    Text { what: What::PathPattern, min: 1, max: 255, pattern: Some("^[A-Za-z0-9_.*$/~\"'@:+&?-]+$") };

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        key: "edge[].name",
        stage: STAGE,
        prompt: "Name",
        help: "What the function is called within this site.",
        kind: Kind::Text(Text { what: What::Name, min: 1, max: 32, pattern: DASHED }),
        default: Default::Required,
        example: "security-headers",
        shown_when: ShownWhen::Always,
        check: Some(check_edge_name),
    },
    Question {
        key: "edge[].function",
        stage: STAGE,
        prompt: "Code",
        help: "A ready function as `builtin:NAME`, or a file or folder of your own, relative to this profile.",
        kind: Kind::EdgeSource,
        default: Default::Required,
        example: "builtin:security-headers",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "edge[].event",
        stage: STAGE,
        prompt: "Runs",
        help: "Viewer events run for every request; origin events only when the cache doesn't have the answer, \
               which is cheaper.",
        kind: Kind::Choice(&[
            Choice { value: "viewer-request", label: "before the cache is asked" },
            Choice { value: "origin-request", label: "before the bucket is asked" },
            Choice { value: "origin-response", label: "when the bucket has answered" },
            Choice { value: "viewer-response", label: "before the visitor gets the answer" },
        ]),
        default: Default::Required,
        example: "viewer-response",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "edge[].paths",
        stage: STAGE,
        prompt: "Paths",
        help: "Where it runs. `*` stands for any run of characters, `?` for one.",
        kind: Kind::List { of: PATH_PATTERN, min: 1, max: 25, order: Order::Kept },
        default: Default::Value("[\"*\"]"),
        example: "/api/*",
        shown_when: ShownWhen::Always,
        check: Some(check_path_pattern),
    },
    Question {
        key: "edge[].runtime",
        stage: STAGE,
        prompt: "Runtime",
        help: "The language the code is written in.",
        // The runtimes that new functions may still use (aws-facts.md D.1).
        kind: Kind::Choice(&[
            Choice { value: "nodejs24.x", label: "Node.js 24" },
            Choice { value: "nodejs22.x", label: "Node.js 22" },
            Choice { value: "python3.14", label: "Python 3.14" },
            Choice { value: "python3.13", label: "Python 3.13" },
            Choice { value: "python3.12", label: "Python 3.12" },
            Choice { value: "python3.11", label: "Python 3.11" },
        ]),
        default: Default::Value("\"nodejs22.x\""),
        example: "nodejs22.x",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "edge[].memory_mb",
        stage: STAGE,
        prompt: "Memory (MB)",
        help: "More memory is more processor too. 128 is enough for headers and redirects.",
        kind: Kind::Integer { min: 128, max: 10_240 },
        default: Default::Value("128"),
        example: "128",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "edge[].timeout",
        stage: STAGE,
        prompt: "Longest run",
        help: "A visitor waits for it, so keep it short.",
        kind: Kind::Duration { min: 1, max: 30 },
        default: Default::Value("\"5s\""),
        example: "5s",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "edge[].include_body",
        stage: STAGE,
        prompt: "Request body",
        help: "Hands the request's body to the function, cut at 40 KB for viewers and 1 MB for origins.",
        kind: Kind::Bool,
        default: Default::Value("false"),
        example: "true",
        shown_when: ShownWhen::OneOf("edge[].event", &["viewer-request", "origin-request"]),
        check: None,
    },
    Question {
        key: "edge[].options",
        stage: STAGE,
        prompt: "Options",
        help: "What a ready function lets you choose.",
        kind: Kind::Options,
        default: Default::Value("{}"),
        example: "{ frame = \"deny\" }",
        shown_when: ShownWhen::ReadyFunction("edge[].function"),
        check: None,
    },
];
