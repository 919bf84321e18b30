//! What screens ask of the worker, and what it tells them.

use super::dashboard::{Attention, Covered, LogLines};
use super::lookup::{Answer, Lookup};
use super::teardown::{Chosen, Held, PlannedTeardown, Receipt};
use crate::apply::Event;
use crate::apply::event::RunOutcome;
use crate::blueprint::dns::Check;
use crate::blueprint::drift::Drift;
use crate::blueprint::{Made, Plan};
use crate::error::Error;
use crate::profile::proposal::ProposedRule;
use crate::status::Update;
use crate::status::panels::ProbeView;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::SystemTime;

/// Something that has to be done outside the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Find the profiles in this folder.
    FindProfiles,
    /// Find out whose AWS account it is.
    Identify {
        /// In the sandbox, rather than in AWS.
        sandbox: bool,
    },
    /// Read a profile.
    Open {
        /// Where it is.
        path: PathBuf,
    },
    /// Write a profile where none is.
    Create {
        /// Where.
        path: PathBuf,
        /// What stands in it.
        text: String,
        /// In the sandbox a folder with a page is made as well, so that there is something to publish.
        sandbox: bool,
    },
    /// Write a profile that was opened.
    Save {
        /// Where it is.
        path: PathBuf,
        /// What stands in it.
        text: String,
    },
    /// See what is in the folder of the site.
    LookAtFolder {
        /// The profile that it is relative to.
        path: PathBuf,
        /// The folder as the profile has it.
        folder: PathBuf,
    },
    /// Look something up that an answer speaks of.
    LookUp {
        /// In the sandbox, rather than in AWS.
        sandbox: bool,
        /// What.
        lookup: Lookup,
    },
    /// Make the plan for a profile.
    Plan {
        /// The profile.
        path: PathBuf,
        /// In the sandbox, rather than in AWS.
        sandbox: bool,
        /// What of others the person agreed to replace, by its name.
        agreed: BTreeSet<String>,
    },
    /// Carry out the plan that was told last.
    Deploy,
    /// Take back what the run that ended last made.
    Undo {
        /// What it did.
        made: Made,
    },
    /// Find out what a teardown would remove.
    PlanTeardown {
        /// The profile.
        path: PathBuf,
        /// In the sandbox, rather than in AWS.
        sandbox: bool,
    },
    /// Remove the site that was looked at last.
    TearDown {
        /// How.
        plan: Box<Plan>,
        /// What was chosen about it.
        chosen: Chosen,
    },
    /// Look at the live site again and again.
    Watch {
        /// The profile.
        path: PathBuf,
        /// In the sandbox, rather than in AWS.
        sandbox: bool,
    },
    /// Look at it no more.
    Unwatch,
    /// Do something with the site that is watched.
    OnWatched(OnWatched),
    /// Start nothing new; asked again, end at once.
    Stop,
    /// Leave the screen for a while, and print these lines plainly.
    Print {
        /// The lines.
        lines: Vec<String>,
    },
    /// Show the screen again.
    ComeBack,
    /// Put a text on the clipboard of the person's terminal.
    Copy {
        /// The text.
        text: String,
    },
}

/// What can be done with the site that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnWatched {
    /// Somebody looks at what is watched, or nobody does.
    Attend(Attention),
    /// Look at everything now.
    LookAgain,
    /// Find out which published files some paths cover.
    FindCovered {
        /// The paths as they are typed.
        typed: String,
    },
    /// Have edge locations forget these paths.
    Invalidate {
        /// The paths, as CloudFront takes them.
        paths: Vec<String>,
    },
    /// Read what edge functions wrote.
    ReadLogs,
    /// Try whether the backup takes over.
    Drill,
}

/// What came of a command, or what happened elsewhere.
#[derive(Debug, Clone)]
pub enum Message {
    /// The profiles in this folder.
    ProfilesFound(Vec<FoundProfile>),
    /// Whose AWS account it is, or why that isn't known.
    Identified {
        /// Whether it was the sandbox that was asked.
        sandbox: bool,
        /// Who calls.
        caller: Result<Caller, Error>,
    },
    /// Something was looked up.
    LookedUp {
        /// Whether it was in the sandbox.
        sandbox: bool,
        /// What.
        lookup: Lookup,
        /// What came of it.
        answer: Result<Answer, Error>,
    },
    /// A profile was read.
    Opened {
        /// Where it is.
        path: PathBuf,
        /// What stands in it.
        text: String,
    },
    /// A profile could not be read.
    OpenFailed(Error),
    /// A new profile was written.
    Created {
        /// Where.
        path: PathBuf,
        /// What stands in it.
        text: String,
    },
    /// A new profile could not be written.
    CreateFailed(Error),
    /// The profile was not saved: something else has written to its file since, and this is what it holds.
    ChangedOutside {
        /// The text.
        text: String,
    },
    /// A profile was saved.
    Saved {
        /// What stands in it now.
        text: String,
    },
    /// A profile could not be saved.
    SaveFailed(Error),
    /// What is in the folder of the site.
    FolderSeen {
        /// The folder as the profile has it.
        folder: PathBuf,
        /// What is in it, or why it can't be told.
        contents: Result<FolderContents, Error>,
    },
    /// The plan, or why there is none.
    Planned(Result<Box<Planned>, Error>),
    /// What the person has to agree to lose, one by one, before there can be a plan.
    Replaces(Vec<Replaced>),
    /// Something happened to the plan that is carried out.
    Happened(Event),
    /// Records that the person has to add to their DNS before the run can go on.
    RecordsWanted(Vec<WantedRecord>),
    /// The run ended, or could not begin.
    RunEnded(Result<RunEnd, Error>),
    /// What the deployed site answered, first and again.
    SiteAnswered(Vec<ProbeView>),
    /// What a teardown would remove, or why that isn't known.
    TeardownPlanned(Result<Box<PlannedTeardown>, Error>),
    /// A bucket was counted, or could not be.
    BucketCounted {
        /// Its name.
        bucket: String,
        /// What it holds.
        held: Result<Held, Error>,
    },
    /// What a teardown came to, after looking again.
    TornDown(Receipt),
    /// The live site was looked at.
    SiteSeen {
        /// What was seen.
        update: Box<Update>,
        /// What the clock on the wall says.
        now: SystemTime,
    },
    /// The live site can't be watched.
    WatchFailed(Error),
    /// What some paths cover of what is published.
    PathsCovered {
        /// The paths as they were typed.
        typed: String,
        /// What they cover, or why that can't be told.
        covered: Result<Covered, Error>,
    },
    /// Edge locations were told to forget, or could not be.
    Invalidated(Result<String, Error>),
    /// What edge functions wrote.
    LogsRead(Result<LogLines, Error>),
    /// How a drill went: its sum, and what was seen.
    Drilled(Result<(String, Vec<String>), Error>),
    /// The screen is shown again.
    CameBack,
    /// What a run made is about to be taken back, by this plan.
    UndoPlanned(Box<Plan>),
    /// The process was asked to end.
    Terminated,
}

/// A profile that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProfile {
    /// Where it is.
    pub path: PathBuf,
    /// The site's name.
    pub name: String,
    /// Its own names, or what it has instead.
    pub about: String,
    /// How many problems keep it from being used.
    pub problems: usize,
    /// Whether it is in another folder, and was opened lately.
    pub elsewhere: bool,
    /// How the last run of its site ended, where one is known.
    pub last: Option<LastRun>,
}

/// How the last run of a site ended, as far as this machine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// What became of the site.
    pub state: LastState,
    /// How long ago that was.
    pub seconds_ago: u64,
}

/// What became of a site by its last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastState {
    /// It was deployed.
    Live,
    /// It was removed.
    Gone,
    /// Something failed.
    Failed,
    /// Something is still waited for, such as a DNS record.
    Unfinished,
    /// It was stopped, or cut off.
    Stopped,
}

/// Who calls AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account's twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// How the names of pages end.
pub const PAGE: &str = ".html";

/// What is in the folder of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderContents {
    /// How many files.
    pub files: usize,
    /// Their size together.
    pub bytes: u64,
    /// The pages among them, for the index page and the error page.
    pub pages: Vec<String>,
    /// The caching rules that fit the files.
    pub proposals: Vec<ProposedRule>,
}

/// A plan, and what a person wants to know beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Where the site answers already.
    pub address: Option<String>,
    /// How long this site usually takes, in seconds, where that is known.
    pub usual_seconds: Option<(u64, u64)>,
    /// About how long AWS takes for such a plan, in seconds, where it changes anything.
    pub expected_seconds: Option<(u64, u64)>,
    /// The command that does the same without a screen.
    pub command: String,
    /// The same command without flags that only deploying has, for putting another verb into it.
    pub plain_command: String,
    /// What somebody changed in AWS by hand.
    pub drift: Vec<Drift>,
    /// What AWS charges for because of the answers.
    pub costs: Vec<String>,
    /// What may not be as meant.
    pub doubts: Vec<String>,
    /// What is in the way of carrying it out.
    pub obstacles: Vec<String>,
    /// Another site that would be replaced, as it seems.
    pub takeover: Option<Replaced>,
}

/// Something of others that a deploy would replace. Agreeing to the plan is not enough for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// What it is called: the domain, or the site.
    pub name: String,
    /// What is there, in words.
    pub words: String,
}

/// A DNS record that the person has to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRecord {
    /// Its type, such as `CNAME`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What public DNS was asked about it, and what came of each question.
    pub checks: Vec<Check>,
    /// Whether it is there for everyone.
    pub is_right: bool,
    /// What follows from that, in words; empty while that isn't known.
    pub verdict: String,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// How.
    pub outcome: RunOutcome,
    /// Where visitors find the site, if it answers: at its own domain, or else at the distribution's.
    pub address: Option<String>,
    /// The distribution's own domain, where the site answers as well.
    pub distribution: Option<String>,
    /// What failed, each with its reasons, as it is told to people.
    pub troubles: Vec<String>,
    /// The command that goes on from here.
    pub go_on: String,
}
