//! What Lambda remembers: functions, their numbered versions, and when each was last changed.

use crate::sandbox::call::ACCOUNT;
use crate::sandbox::identifiers;
use crate::sandbox::pace::{Pace, Wait};
use crate::sandbox::store::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// All functions of all regions, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Functions {
    /// The functions.
    pub functions: Vec<Function>,
    /// The newest version number ever given to an ARN. It outlives the function: numbers are never reused.
    pub numbers: BTreeMap<String, u64>,
    /// How many revisions were made.
    pub serial: u64,
}

impl Document for Functions {
    const FILE: &'static str = "lambda.json";
}

/// A function.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The region it lives in.
    pub region: String,
    /// `$LATEST`.
    pub latest: Version,
    /// The numbered versions, oldest first.
    pub published: Vec<Version>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// `$LATEST` or a numbered version. A numbered one never changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Version {
    /// `$LATEST` or a number.
    pub version: String,
    /// How it is configured.
    pub config: Config,
    /// The code.
    pub code: Code,
    /// The revision of `$LATEST` that it is, or was made from.
    pub revision: String,
    /// When it was created.
    pub created: OffsetDateTime,
    /// When it was last changed.
    pub modified: OffsetDateTime,
}

/// The code, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The SHA-256 of the archive, in Base64.
    pub sha256: String,
    /// The size of the archive.
    pub size: usize,
}

/// How a function is configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Such as `nodejs22.x`.
    pub runtime: String,
    /// The ARN of the execution role.
    pub role: String,
    /// File and function, such as `index.handler`.
    pub handler: String,
    /// Free text.
    pub description: String,
    /// Seconds.
    pub timeout: u32,
    /// Megabytes.
    pub memory_size: u32,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Megabytes of `/tmp`.
    pub ephemeral_storage: u32,
    /// ARNs of layers.
    pub layers: Vec<String>,
    /// What is carried as it was sent: `VpcConfig`, `DeadLetterConfig`, `TracingConfig`, `KMSKeyArn`,
    /// `LoggingConfig`, `FileSystemConfigs`.
    pub others: Map<String, Value>,
}

/// Where a function or version is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being created.
    Pending,
    /// There, with a change of code or configuration under way.
    Updating,
    /// There.
    Active,
}

impl Functions {
    /// A fresh revision id.
    pub fn next_revision(&mut self) -> String {
        self.serial += 1;
        identifiers::uuid(&format!("revision {}", self.serial))
    }

    /// The next version number of a function.
    pub fn next_number(&mut self, arn: &str) -> u64 {
        let number = self.numbers.entry(arn.to_owned()).or_default();
        *number += 1;
        *number
    }
}

impl Function {
    /// Its ARN, without a version.
    pub fn arn(&self) -> String {
        arn(&self.region, &self.name)
    }

    /// A version, or `$LATEST` where none is asked for.
    pub fn version(&self, qualifier: Option<&str>) -> Option<&Version> {
        match qualifier {
            None | Some("$LATEST") => Some(&self.latest),
            Some(number) => self.published.iter().find(|version| version.version == number),
        }
    }
}

impl Version {
    /// Where it is in its life at `now`.
    pub fn state(&self, now: OffsetDateTime, pace: Pace) -> State {
        let settling = pace.duration(Wait::FunctionActive);
        if self.created + settling > now {
            State::Pending
        } else if self.modified + settling > now {
            State::Updating
        } else {
            State::Active
        }
    }
}

/// A function's ARN.
pub fn arn(region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}")
}
