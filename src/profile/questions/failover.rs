//! Stage 2: regional failover.

use super::distribution::BUCKET;
use crate::profile::grammar::check_bucket;
use crate::profile::question::{Choice, Default, Kind, Question, ShownWhen, Stage};
use crate::profile::regions::check_region;

const STAGE: Stage = Stage::Failover;
const ENABLED: ShownWhen = ShownWhen::Yes("failover.enabled");

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        key: "failover.enabled",
        stage: STAGE,
        prompt: "Failover",
        help: "Keeps a second copy of the site in another region and serves it when the first doesn't answer.",
        kind: Kind::Bool,
        default: Default::TableWritten,
        example: "true",
        shown_when: ShownWhen::Always,
        check: None,
    },
    Question {
        key: "failover.region",
        stage: STAGE,
        prompt: "Second region",
        help: "A copy in the same region fails with it. A near one keeps the site fast while it serves.",
        kind: Kind::Region,
        default: Default::Required,
        example: "eu-central-1",
        shown_when: ENABLED,
        check: Some(check_region),
    },
    Question {
        key: "failover.bucket",
        stage: STAGE,
        prompt: "Second bucket",
        help: "Pins the name of the bucket with the copy.",
        kind: BUCKET,
        default: Default::Nothing("NAME-ACCOUNT-REGION-an"),
        example: "my-site-copy",
        shown_when: ENABLED,
        check: Some(check_bucket),
    },
    Question {
        key: "failover.on",
        stage: STAGE,
        prompt: "Switch on errors",
        help: "The answers of the first region that send a request on to the second. With 403 or 404 each \
               missing page costs a second round trip and hides that the copies differ.",
        kind: Kind::Statuses(&[400, 403, 404, 416, 429, 500, 502, 503, 504]),
        default: Default::Value("[500, 502, 503, 504]"),
        example: "500,502,503,504",
        shown_when: ENABLED,
        check: None,
    },
    Question {
        key: "failover.copy",
        stage: STAGE,
        prompt: "Copy objects",
        help: "An upload to both has them alike when the deploy ends. Replication is S3's own and lags behind.",
        kind: Kind::Choice(&[
            Choice { value: "upload", label: "upload to both buckets" },
            Choice { value: "replication", label: "let S3 copy from the first" },
        ]),
        default: Default::Value("\"upload\""),
        example: "replication",
        shown_when: ENABLED,
        check: None,
    },
    Question {
        key: "failover.connect_attempts",
        stage: STAGE,
        prompt: "Connection attempts",
        help: "How often an edge location tries to connect before it goes to the second region.",
        kind: Kind::Integer { min: 1, max: 3 },
        default: Default::Value("2"),
        example: "2",
        shown_when: ENABLED,
        check: None,
    },
    Question {
        key: "failover.connect_timeout",
        stage: STAGE,
        prompt: "Time for each attempt",
        help: "Attempts times this long is what a visitor waits when a region is gone; CloudFront's own \
               values come to half a minute.",
        kind: Kind::Duration { min: 1, max: 10 },
        default: Default::Value("\"3s\""),
        example: "3s",
        shown_when: ENABLED,
        check: None,
    },
];
