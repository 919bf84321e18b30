//! What a question is: the vocabulary of the table in [`super::questions`].
//!
//! A row holds no behaviour beyond its check, so a form, a line prompt, the command line, the reader of the
//! file and the JSON Schema can all be interpreters of the same rows.

use schemars::JsonSchema;
use serde::Serialize;

/// One question: one key of the profile.
#[derive(Debug)]
pub struct Question {
    /// The dotted key; a `[]` stands for "of each item", as in `edge[].event`.
    pub key: &'static str,
    /// The page it is asked on.
    pub stage: Stage,
    /// The short label beside the answer.
    pub prompt: &'static str,
    /// Why it is asked and what the answer changes.
    pub help: &'static str,
    /// What an answer looks like.
    pub kind: Kind,
    /// What holds when there is no answer.
    pub default: Default,
    /// A valid answer, as one would type it.
    pub example: &'static str,
    /// When the question has a meaning at all.
    pub shown_when: ShownWhen,
    /// What is asked of a text, or of each text of a list, beyond its kind.
    pub check: Option<Check>,
}

/// A test of one text. It knows nothing of the other answers.
pub type Check = fn(&str) -> Result<(), Fault>;

/// Why an answer can't be taken, and what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What is allowed, or what to write instead.
    pub help: Option<String>,
}

impl Fault {
    /// A fault that speaks for itself.
    pub fn new(message: impl Into<String>) -> Self {
        Fault { message: message.into(), help: None }
    }

    /// Adds what would be taken.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The pages of the profile, in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The site, its bucket and its distribution.
    Distribution,
    /// Regional failover.
    Failover,
    /// Lambda@Edge functions.
    Edge,
    /// Caching.
    Caching,
    /// Domains, certificate and DNS.
    Https,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Stage; 5] =
        [Stage::Distribution, Stage::Failover, Stage::Edge, Stage::Caching, Stage::Https];

    /// The stage's name on screens.
    pub fn title(self) -> &'static str {
        match self {
            Stage::Distribution => "Distribution",
            Stage::Failover => "Failover",
            Stage::Edge => "Edge",
            Stage::Caching => "Caching",
            Stage::Https => "HTTPS",
        }
    }

    /// What the stage is for, in one sentence.
    pub fn about(self) -> &'static str {
        match self {
            Stage::Distribution => {
                "The distribution and its private bucket: what visitors get, and from where."
            }
            Stage::Failover => "Regional failover: if one region fails, visitors get the other.",
            Stage::Edge => "Code that runs close to the visitor, before or after the cache.",
            Stage::Caching => "How long browsers and edge locations keep each part of the site.",
            Stage::Https => "The site's own names, the certificate for them, and the DNS records.",
        }
    }
}

/// What an answer looks like.
#[derive(Debug)]
pub enum Kind {
    /// One line of text.
    Text(Text),
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer {
        /// The least allowed.
        min: u64,
        /// The most allowed.
        max: u64,
    },
    /// One of a few values.
    Choice(&'static [Choice]),
    /// A length of time such as `"5m"`, in seconds here.
    Duration {
        /// The shortest allowed.
        min: u64,
        /// The longest allowed.
        max: u64,
    },
    /// An AWS region.
    Region,
    /// HTTP status codes, at least one, out of these.
    Statuses(&'static [u16]),
    /// A list of texts.
    List {
        /// What each text looks like.
        of: Text,
        /// The fewest allowed.
        min: usize,
        /// The most allowed.
        max: usize,
        /// How order and letter case count.
        order: Order,
    },
    /// One duration, or a table of `min`, `default` and `max`.
    EdgeTtl,
    /// `"none"`, `"all"`, or a table with `only` or `except`.
    Query,
    /// The source of an edge function: `builtin:NAME`, or a path.
    EdgeSource,
    /// A free table, handed on as written.
    Options,
}

/// What a text looks like.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// What it is: it decides which help a form can give (a file picker, a country list).
    pub what: What,
    /// The shortest allowed, in characters.
    pub min: usize,
    /// The longest allowed, in characters.
    pub max: usize,
    /// A regular expression for editors; the row's check decides.
    pub pattern: Option<&'static str>,
}

/// What a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A name that we give.
    Name,
    /// A free remark.
    Remark,
    /// A folder on this machine, relative to the profile.
    Folder,
    /// A page of the site, relative to its folder.
    Page,
    /// The name of an S3 bucket.
    Bucket,
    /// A country's ISO 3166-1 alpha-2 code.
    Country,
    /// A CloudFront path pattern.
    PathPattern,
    /// The name of a request header.
    Header,
    /// The name of a cookie.
    Cookie,
    /// A domain name.
    Domain,
}

/// How order and letter case count in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The order is part of the answer.
    Kept,
    /// Order means nothing: kept sorted.
    Sorted,
    /// Neither does case: kept sorted, in lower case.
    SortedLowercase,
}

/// One value of a [`Kind::Choice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What stands in the file.
    pub value: &'static str,
    /// What a person reads.
    pub label: &'static str,
}

/// What holds when there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// An answer is needed wherever the question is shown.
    Required,
    /// This value, in TOML.
    Value(&'static str),
    /// The opposite of another yes-or-no question.
    Opposite(&'static str),
    /// Yes, if the table that the key is in was written.
    TableWritten,
    /// Nothing; the words say what that comes to.
    Nothing(&'static str),
}

/// When a question has a meaning, given the answers so far. A `[]` in a key means the same item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownWhen {
    /// Always.
    Always,
    /// When this yes-or-no question is answered yes.
    Yes(&'static str),
    /// When it is answered no.
    No(&'static str),
    /// When there is an answer to this question, or anything in this table.
    Given(&'static str),
    /// When the answer to the key is one of these.
    OneOf(&'static str, &'static [&'static str]),
    /// When the code that the key names is one of the ready functions.
    ReadyFunction(&'static str),
}

/// One table of the profile, or one list of tables.
#[derive(Debug)]
pub struct Group {
    /// The dotted key, as in [`Question::key`].
    pub key: &'static str,
    /// The page it is on.
    pub stage: Stage,
    /// A heading.
    pub title: &'static str,
    /// What it means when the table is left out.
    pub shape: Shape,
}

/// What kind of table a [`Group`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Always there: left out, its defaults hold.
    Always,
    /// Switched off when left out.
    Optional,
    /// A list of tables, empty when left out.
    List,
}
