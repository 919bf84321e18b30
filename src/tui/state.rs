//! Everything that is on the screen, as values.

use super::dashboard::Dashboard;
use super::editing::Editing;
use super::lookup::Lookups;
use super::message::{
    Caller, FolderContents, FoundProfile, Message, Planned, Replaced, RunEnd, WantedRecord,
};
use super::rows::Page;
use super::site_keys::OnSite;
use super::teardown::{Chosen, Receipt, Teardown};
use super::theme::Theme;
use super::widgets::picklist::{Pick, Picklist};
use crate::apply::Progress;
use crate::apply::event::Outcome;
use crate::apply::progress::{State as StepState, StepProgress};
use crate::blueprint::Made;
use crate::blueprint::resource::Kind;
use crate::error::Error;
use crate::status::panels::ProbeView;
use crossterm::event::Event as Input;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tui_input::Input as Typed;

/// What the screen starts with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What the terminal can show.
    pub theme: Theme,
    /// Where to begin.
    pub start: Start,
    /// Whether the sandbox is used instead of AWS.
    pub sandbox: bool,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With the choice of what to do.
    Welcome,
    /// With a new profile, in this file if one was named.
    New {
        /// The file.
        path: Option<PathBuf>,
    },
    /// With a profile that is there.
    Edit {
        /// The profile.
        path: PathBuf,
    },
    /// With the plan for a profile, ready to be carried out.
    Deploy {
        /// The profile.
        path: PathBuf,
    },
    /// With the live dashboard of a site.
    Watch {
        /// The profile.
        path: PathBuf,
    },
    /// With what a teardown would remove.
    TearDown {
        /// The profile.
        path: PathBuf,
        /// What was chosen about it already.
        chosen: Chosen,
    },
}

/// Everything that is on the screen.
#[derive(Debug, Clone)]
pub struct State {
    /// What the terminal can show.
    pub theme: Theme,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Since the screen began, in milliseconds.
    pub now_ms: u64,
    /// Which screen it is.
    pub screen: Screen,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// What the welcome screen knows.
    pub welcome: Welcome,
    /// The profile that is open.
    pub editing: Option<Editing>,
    /// Profiles that were left with answers that their files can't hold.
    pub left: Vec<Editing>,
    /// What is in the folder that was looked at last.
    pub folder: Option<(PathBuf, Result<FolderContents, Error>)>,
    /// The plan.
    pub planning: Planning,
    /// What of others the person agreed to replace, by its name.
    pub agreed: BTreeSet<String>,
    /// Which of the things that stand in the way of a plan is in focus.
    pub fault: usize,
    /// The page that the review led to, while one is there: one goes back from it to the review.
    pub led_to: Option<Page>,
    /// Which of the fields that somebody changed by hand is in focus.
    pub drifted: usize,
    /// Those of them that the person wants set back.
    pub kept: BTreeSet<String>,
    /// Whether the review shows what each setting was and becomes.
    pub shows_changes: bool,
    /// Whether the terminal was left for a while, for something that is printed plainly.
    pub away: bool,
    /// Whether the review shows the TOML.
    pub shows_diff: bool,
    /// The run.
    pub run: Option<Run>,
    /// The live dashboard, from when it is opened until it is left.
    pub dashboard: Option<Dashboard>,
    /// The teardown that is shown.
    pub teardown: Option<Teardown>,
    /// What was chosen about a teardown on the command line.
    pub chosen_before: Chosen,
    /// What is done about the site as soon as its profile is open.
    pub then_on_site: Option<OnSite>,
    /// Whose account it is.
    pub caller: Looked,
    /// What was looked up in that account.
    pub lookups: Lookups,
    /// Whether the sandbox is used instead of AWS.
    pub sandbox: bool,
    /// What was just told.
    pub notice: Option<String>,
    /// The first line that is shown of what is only read.
    pub scroll: usize,
    /// How the screen is left, once it is.
    pub leaving: Option<Leaving>,
    /// Whether everything is to be drawn anew.
    pub redraw: bool,
    /// The text that the worker was last asked to save.
    pub sent: Option<String>,
}

/// Which screen it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// What would you like to do?
    Welcome,
    /// A stage, or an item of its list.
    Page(Page),
    /// The plan.
    Review,
    /// The run, and how it ended.
    Provision,
    /// What a teardown would remove.
    Teardown,
    /// What is known of the live site.
    Dashboard,
}

/// What the welcome screen knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Welcome {
    /// The profiles in this folder, once they are known.
    pub profiles: Option<Vec<FoundProfile>>,
    /// Which row is in focus.
    pub cursor: usize,
    /// The file that a new profile is to be written to, where one was named.
    pub new_path: Option<PathBuf>,
    /// Whether the review is to follow as soon as the profile is open.
    pub then_review: bool,
}

/// Something that is looked up in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The answer isn't there yet.
    Looking,
    /// The answer.
    Found(Caller),
    /// Why there is none.
    Missing(Error),
}

/// Where the plan stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planning {
    /// Nobody asked for it.
    None,
    /// It is being made.
    Making,
    /// It waits for the person to agree to lose these, one by one.
    Asking(Vec<Replaced>),
    /// Here it is.
    Made(Box<Planned>),
    /// It couldn't be made.
    Failed(Error),
}

/// The run.
#[derive(Debug, Clone)]
pub struct Run {
    /// What is carried out.
    pub planned: Box<Planned>,
    /// How far it is.
    pub progress: Progress,
    /// When the newest event came, and how old the run was then; both in milliseconds.
    pub newest: (u64, u64),
    /// Records that the person has to add.
    pub records: Vec<WantedRecord>,
    /// Which of them is copied.
    pub record: usize,
    /// How it ended.
    pub ended: Option<Result<RunEnd, Error>>,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// Whether the program is left when it has ended.
    pub then_leave: bool,
    /// Whether what it made is taken back when it has ended.
    pub then_undo: bool,
    /// What it is for.
    pub purpose: RunPurpose,
    /// What the deployed site answered, first and again; nothing while that isn't known.
    pub answers: Vec<ProbeView>,
    /// What a teardown came to, once that was looked at.
    pub receipt: Option<Receipt>,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPurpose {
    /// It makes AWS what the profile says.
    Deploy,
    /// It removes the site.
    TearDown,
    /// It takes back what another run made.
    Undo,
}

/// What lies over a screen.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// All that can be done here.
    Palette(Picklist),
    /// The presets.
    Presets(Picklist),
    /// The name of a new site.
    Name(NamePrompt),
    /// The answers that a question can have.
    Choose {
        /// The key of the question.
        key: String,
        /// The answers.
        list: Picklist,
    },
    /// The answers of which several can be chosen.
    Check {
        /// The key of the question.
        key: String,
        /// The answers.
        list: Picklist,
        /// Those that are chosen.
        chosen: BTreeSet<String>,
    },
    /// Something that can't be undone, which is agreed to by typing a name.
    Confirm(Confirmation),
    /// A list of texts.
    Items(ItemList),
    /// All there is to say about what is in focus.
    Help,
    /// All there is to say about one thing of a list, its code included.
    About {
        /// The thing.
        pick: Box<Pick>,
        /// The list that it is in.
        over: Box<Overlay>,
    },
    /// Whether to leave.
    Quit,
    /// Whether to carry out the plan.
    Deploy,
    /// Whether to stop the run.
    Stop,
}

/// Asks for the name of a new site.
#[derive(Debug, Clone)]
pub struct NamePrompt {
    /// The preset that it begins with.
    pub preset: &'static str,
    /// What is typed.
    pub input: Typed,
    /// Whether that is the name that was proposed, so far.
    pub is_proposed: bool,
    /// Why it can't be taken.
    pub fault: Option<String>,
}

/// Something that can't be undone, which is agreed to by typing a name.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// What is agreed to.
    pub what: Confirmed,
    /// The name that has to be typed.
    pub name: String,
    /// What is typed.
    pub input: Typed,
    /// Why it can't be taken.
    pub fault: Option<String>,
}

/// What is agreed to by typing a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// To lose what is there under that name.
    Replace,
    /// To take back what the run made.
    Undo,
}

/// A list of texts that is being changed.
#[derive(Debug, Clone)]
pub struct ItemList {
    /// The key of the question.
    pub key: String,
    /// The texts.
    pub items: Vec<String>,
    /// Which is in focus; one past the last is the line for a new one.
    pub cursor: usize,
    /// The line for a new one.
    pub input: Typed,
    /// Why what is typed can't be taken.
    pub fault: Option<String>,
}

/// How the screen is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// As the person wished.
    Quit,
    /// By Ctrl-C, or because the process was asked to end.
    Interrupted,
}

/// Something that the screen reacts to.
#[derive(Debug, Clone)]
pub enum Happening {
    /// The person pressed, pasted or resized.
    Input(Input),
    /// The worker told something.
    Told(Box<Message>),
    /// Time passed while something on the screen depends on it.
    TimePassed,
}

/// The smallest size that everything can be shown in.
pub const SMALLEST: (u16, u16) = (40, 10);

impl State {
    /// The state before anything happened.
    pub fn new(setup: Setup, size: (u16, u16)) -> Self {
        let (new_path, then_review) = match &setup.start {
            Start::New { path } => (path.clone(), false),
            Start::Deploy { .. } => (None, true),
            Start::Welcome | Start::Edit { .. } | Start::Watch { .. } | Start::TearDown { .. } => {
                (None, false)
            }
        };
        let (chosen_before, then_on_site) = match &setup.start {
            Start::TearDown { chosen, .. } => (*chosen, Some(OnSite::TearDown)),
            Start::Watch { .. } => (Chosen::default(), Some(OnSite::Dashboard)),
            Start::Welcome | Start::New { .. } | Start::Edit { .. } | Start::Deploy { .. } => {
                (Chosen::default(), None)
            }
        };
        State {
            theme: setup.theme,
            size,
            now_ms: 0,
            screen: Screen::Welcome,
            overlay: None,
            welcome: Welcome { new_path, then_review, ..Welcome::default() },
            editing: None,
            left: Vec::new(),
            folder: None,
            planning: Planning::None,
            agreed: BTreeSet::new(),
            fault: 0,
            led_to: None,
            drifted: 0,
            kept: BTreeSet::new(),
            shows_changes: false,
            away: false,
            shows_diff: false,
            run: None,
            dashboard: None,
            teardown: None,
            chosen_before,
            then_on_site,
            caller: Looked::Looking,
            lookups: Lookups::default(),
            sandbox: setup.sandbox,
            notice: None,
            scroll: 0,
            leaving: None,
            redraw: false,
            sent: None,
        }
    }

    /// Whether the terminal is too small to show anything sensible.
    pub fn is_too_small(&self) -> bool {
        self.size.0 < SMALLEST.0 || self.size.1 < SMALLEST.1
    }

    /// How many answers are in no file, of all profiles that were opened.
    pub fn unkept(&self) -> usize {
        self.editing.iter().chain(&self.left).map(Editing::unkept).sum()
    }

    /// The run, while it goes on.
    pub fn running(&self) -> Option<&Run> {
        self.run.as_ref().filter(|run| run.ended.is_none())
    }

    /// How far a screenful leads.
    pub fn screenful(&self) -> usize {
        usize::from(self.size.1 / 2).max(1)
    }

    /// Whether something on the screen changes by itself as time passes.
    pub fn is_ticking(&self) -> bool {
        let is_watching = self.screen == Screen::Dashboard && self.dashboard.is_some();
        self.running().is_some() || is_watching
    }
}

impl Run {
    /// A run that nothing is known of yet.
    pub fn new(planned: Box<Planned>, now_ms: u64) -> Self {
        Run {
            planned,
            progress: Progress::default(),
            newest: (now_ms, 0),
            records: Vec::new(),
            record: 0,
            ended: None,
            stopping: false,
            then_leave: false,
            then_undo: false,
            purpose: RunPurpose::Deploy,
            answers: Vec::new(),
            receipt: None,
        }
    }

    /// What it made and changed so far. A bucket that was asked for appears also where nobody waits for it; taking back
    /// goes by what AWS then holds.
    pub fn made(&self) -> Made {
        let done = |step: &&StepProgress| match step.state {
            StepState::Ended(Outcome::Done) => true,
            StepState::Ended(Outcome::Unfinished) => step.planned.resource.kind == Kind::Bucket,
            StepState::Ended(Outcome::Unneeded | Outcome::Failed | Outcome::Skipped)
            | StepState::Queued
            | StepState::Running
            | StepState::Waiting => false,
        };
        let done = self.progress.steps.iter().filter(done);
        Made::of(done.map(|step| (&step.planned.resource, step.planned.action)))
    }

    /// Whether it takes back what another run made.
    pub fn undoes(&self) -> bool {
        self.purpose == RunPurpose::Undo
    }

    /// Whether there is something to take back: it made something, and takes nothing back itself.
    pub fn can_be_undone(&self) -> bool {
        self.purpose == RunPurpose::Deploy && !self.made().created.is_empty()
    }

    /// How old the run is: time is counted on from the newest event.
    pub fn age_ms(&self, now_ms: u64) -> u64 {
        match self.ended {
            Some(_) => self.newest.1,
            None => self.newest.1 + now_ms.saturating_sub(self.newest.0),
        }
    }
}
