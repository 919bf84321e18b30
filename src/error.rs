//! One error type for the whole program, and the exit code that each kind of error ends with.

use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// What kind of end this is. It alone decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something was tried and did not work.
    Failed,
    /// The command line or the profile is wrong; nothing was tried.
    Usage,
    /// Changes are pending, or AWS has drifted from the profile.
    Changes,
    /// There are no usable AWS credentials.
    Credentials,
    /// Not finished yet, because AWS needs more time; running again goes on.
    Unfinished,
    /// Not finished yet, because the person has something to do first; running again goes on.
    WaitsForYou,
    /// The site works, but not as it should.
    Degraded,
    /// The person stopped it.
    Interrupted,
}

impl Kind {
    /// The process exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Changes => 3,
            Kind::Credentials => 4,
            Kind::Unfinished | Kind::WaitsForYou => 5,
            Kind::Degraded => 6,
            Kind::Interrupted => 130,
        }
    }
}

/// Stands in a hint for the profile's file, in what does not know where the profile lies.
pub const PROFILE: &str = "PROFILE";

/// An error for a person: what was tried on what, why it failed, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What was tried, and on what.
    pub message: String,
    /// Why it failed, outermost first; each is printed once, on a line of its own.
    pub causes: Vec<String>,
    /// What to do next, usually a command.
    pub hint: Option<String>,
    /// What is wrong with the profile, place by place, where that is what ended the command.
    pub listing: Option<Box<Listing>>,
}

/// What is wrong with a profile: as people see it, and as a program reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Each problem with its line and a marker.
    pub shown: String,
    /// The same problems, one by one.
    pub problems: Vec<Located>,
}

/// One problem of a profile and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Located {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The profile's file.
    pub file: String,
    /// Counted from one.
    pub line: usize,
    /// In characters, counted from one.
    pub column: usize,
    /// The keys that it is about, the main one first.
    pub keys: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What is allowed, or what to write instead.
    pub help: Option<String>,
}

/// An error as a program reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Told {
    /// What was tried, and on what.
    pub message: String,
    /// Why it failed, outermost first.
    pub causes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// The exit code.
    pub exit: u8,
    /// What is wrong with the profile, place by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub problems: Vec<Located>,
}

/// The result of anything that can end in an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says what was tried.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), causes: Vec::new(), hint: None, listing: None }
    }

    /// Something was tried and did not work.
    pub fn failed(message: impl Into<String>) -> Self {
        Error::new(Kind::Failed, message)
    }

    /// The command line or the profile is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, message)
    }

    /// Adds a reason, with all the reasons behind it.
    pub fn because(mut self, cause: impl std::error::Error) -> Self {
        self.causes.push(cause.to_string());
        let mut source = cause.source();
        while let Some(next) = source {
            self.causes.push(next.to_string());
            source = next.source();
        }
        self
    }

    /// Adds a reason in words.
    pub fn why(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Says what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts the profile's file into the hint where it says [`PROFILE`].
    pub fn naming_profile(mut self, file: &str) -> Self {
        self.hint = self.hint.map(|hint| hint.replace(PROFILE, file));
        self
    }

    /// The error as a program reads it.
    pub fn told(&self) -> Told {
        Told {
            message: self.message.clone(),
            causes: self.causes.clone(),
            hint: self.hint.clone(),
            exit: self.kind.exit_code(),
            problems: self.listing.as_ref().map(|listing| listing.problems.clone()).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(listing) = &self.listing {
            write!(f, "{}\n\n", listing.shown)?;
        }
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, "\n  because: {cause}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
