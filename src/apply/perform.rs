//! The seam between the loop and whatever carries out its steps.

use super::event::Outcome;
use super::reporter::Reporter;
use crate::blueprint::plan::Step;
use crate::blueprint::resource::{Output, Outputs};
use crate::error::{Error, Kind};
use std::any::Any;
use std::fmt;
use tokio::task::JoinError;

/// Carries out the steps of a plan.
pub trait Perform: Send + Sync + 'static {
    /// Carries out one step. Every reference in its specification is known by now; `outputs` holds what AWS
    /// calls everything that exists or has been made so far.
    fn perform(
        &self,
        step: Step,
        outputs: Outputs,
        report: Reporter,
    ) -> impl Future<Output = Result<Performed, Failure>> + Send;
}

/// What a step that did not fail came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performed {
    /// What AWS calls the resource, for the steps that refer to it.
    pub output: Option<Output>,
    /// How the step ended; anything but done or unneeded keeps later steps from starting.
    pub outcome: Outcome,
    /// What was done, in a few words.
    pub message: String,
}

impl Performed {
    /// The step did what it should.
    pub fn done(message: impl Into<String>) -> Self {
        Performed { output: None, outcome: Outcome::Done, message: message.into() }
    }

    /// There was nothing to do after all.
    pub fn unneeded(message: impl Into<String>) -> Self {
        Performed { output: None, outcome: Outcome::Unneeded, message: message.into() }
    }

    /// AWS needs longer than we wait; another run goes on from here.
    pub fn unfinished(message: impl Into<String>) -> Self {
        Performed { output: None, outcome: Outcome::Unfinished, message: message.into() }
    }

    /// Says what AWS calls the resource.
    pub fn with_output(mut self, output: Output) -> Self {
        self.output = Some(output);
        self
    }
}

/// Why a step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was tried, and on what.
    pub message: String,
    /// Why it failed, outermost first.
    pub causes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// What kind of end it is; it has a say in the exit code of the whole run.
    pub kind: Kind,
}

impl Failure {
    /// A failure that says what was tried.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), causes: Vec::new(), hint: None, kind: Kind::Failed }
    }

    /// No failure at all, but something that another run goes on from.
    pub fn unfinished(message: impl Into<String>) -> Self {
        Failure { kind: Kind::Unfinished, ..Failure::new(message) }
    }

    /// Whether it is no failure at all: another run goes on from here.
    pub fn is_unfinished(&self) -> bool {
        match self.kind {
            Kind::Unfinished | Kind::WaitsForYou | Kind::Interrupted => true,
            Kind::Failed | Kind::Usage | Kind::Changes | Kind::Credentials | Kind::Degraded => false,
        }
    }

    /// How the step ended.
    pub fn outcome(&self) -> Outcome {
        if self.is_unfinished() { Outcome::Unfinished } else { Outcome::Failed }
    }
}

/// A step that panicked failed, and leaves the others alone.
impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        let cause = match error.try_into_panic() {
            Ok(panic) => words_of(panic.as_ref()),
            Err(error) => error.to_string(),
        };
        Failure { causes: vec![cause], ..Failure::new("This step ended in a fault of the program itself") }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    literal
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it said nothing".to_owned())
}

/// What stands before each cause of a failure on one line.
const BECAUSE: &str = "; because ";

/// The failure on one line; the hint is left to those who can show it apart.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, "{BECAUSE}{cause}"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Error { kind, message, causes, hint, listing: _ } = error;
        Failure { message, causes, hint, kind }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { message, causes, hint, kind } = failure;
        Error { causes, hint, ..Error::new(kind, message) }
    }
}
