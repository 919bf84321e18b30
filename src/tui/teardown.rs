//! A teardown on the screen: what would go, what was chosen about it, and what came of it.

use super::state::Screen;
use crate::blueprint::Plan;
use crate::blueprint::backup::{self, BackUp};
use crate::error::Error;
use std::collections::BTreeMap;
use tui_input::Input;

/// The teardown that is shown.
#[derive(Debug, Clone)]
pub struct Teardown {
    /// Where one came from, and goes back to.
    pub from: Screen,
    /// What would go.
    pub planning: TeardownPlanning,
    /// What each bucket holds, as far as it is counted.
    pub held: BTreeMap<String, Result<Held, Error>>,
    /// What was chosen.
    pub chosen: Chosen,
    /// The site's name as it is being typed, once everything else is agreed to.
    pub typed: Option<Input>,
    /// What is wrong with what was typed.
    pub fault: Option<String>,
}

/// Where the plan of a teardown stands.
#[derive(Debug, Clone)]
pub enum TeardownPlanning {
    /// It is being made.
    Making,
    /// Here it is.
    Made(Box<PlannedTeardown>),
    /// It couldn't be made.
    Failed(Error),
}

/// What a person chooses about a teardown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen {
    /// The buckets stay with everything in them.
    pub keep_buckets: bool,
    /// The published files are brought to this machine first.
    pub back_up: bool,
    /// It goes on although public DNS still leads domains to the site.
    pub leave_dns: bool,
}

/// What a teardown would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTeardown {
    /// The plan by which everything goes.
    pub whole: Plan,
    /// The plan by which the buckets stay.
    pub keeping: Plan,
    /// What can be brought to this machine first, or why nothing can.
    pub back_up: Result<BackUp, String>,
    /// Domains that public DNS still leads to the site.
    pub still_led: Vec<String>,
    /// How long it usually takes, in seconds, where that is known.
    pub usual_seconds: Option<(u64, u64)>,
    /// The command that does the same without a screen, without flags for what is chosen.
    pub command: String,
}

/// What a bucket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Objects that can be read.
    pub objects: u64,
    /// Versions that were replaced or deleted, and are still kept.
    pub old_versions: u64,
    /// All of them together, in bytes.
    pub bytes: u64,
}

/// What a teardown came to, after looking again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// What was there before, and is no longer.
    pub gone: Vec<String>,
    /// What stays, and why.
    pub kept: Vec<String>,
    /// What is still to go.
    pub pending: Vec<Pending>,
}

/// Something that is still to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What.
    pub name: String,
    /// Why it isn't gone yet.
    pub why: String,
}

impl Teardown {
    /// A teardown of which nothing is known yet.
    pub fn new(from: Screen, chosen: Chosen) -> Self {
        Teardown {
            from,
            planning: TeardownPlanning::Making,
            held: BTreeMap::new(),
            chosen,
            typed: None,
            fault: None,
        }
    }

    /// The plan, once there is one.
    pub fn planned(&self) -> Option<&PlannedTeardown> {
        match &self.planning {
            TeardownPlanning::Made(planned) => Some(planned),
            TeardownPlanning::Making | TeardownPlanning::Failed(_) => None,
        }
    }

    /// What keeps it from being agreed to.
    pub fn is_held_back(&self) -> bool {
        self.planned().is_none_or(|planned| !planned.still_led.is_empty() && !self.chosen.leave_dns)
    }
}

impl PlannedTeardown {
    /// The plan as it was chosen, without the copy.
    pub fn removal(&self, chosen: Chosen) -> &Plan {
        if chosen.keep_buckets { &self.keeping } else { &self.whole }
    }

    /// The plan as it was chosen.
    pub fn plan(&self, chosen: Chosen) -> Plan {
        let plan = self.removal(chosen).clone();
        match &self.back_up {
            Ok(wanted) if chosen.back_up => backup::before(plan, wanted.clone()),
            Ok(_) | Err(_) => plan,
        }
    }

    /// The command that does the same without a screen.
    pub fn command(&self, chosen: Chosen) -> String {
        let flags = [
            (chosen.keep_buckets, " --keep-buckets"),
            (chosen.back_up, " --back-up"),
            (chosen.leave_dns, " --leave-dns"),
        ];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag);
        self.command.clone() + &flags.collect::<String>()
    }
}
