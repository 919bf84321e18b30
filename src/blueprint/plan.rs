//! The plan: ordered steps that turn the inventory into the blueprint. An immutable value.

use super::backup::BackUp;
use super::diff::Change;
use super::resource::{Kind, Outputs, ReleaseBucket, ResourceId, Spec};
use crate::profile::answers::{Dns, Region};
pub use crate::profile::question::Stage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a notice begins that tells of something which is left where it is.
pub const STAYS: &str = "stays: ";

/// What a step does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Removes it.
    Delete,
    /// Finishes something half-made that is ours.
    Adopt,
    /// Leaves it as it is.
    Keep,
    /// Changes nothing, but waits until AWS has carried out an earlier change.
    Await,
    /// Changes nothing, but brings a copy of it to this machine.
    BackUp,
}

impl Action {
    /// The action as it is written.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
            Action::Adopt => "adopt",
            Action::Keep => "keep",
            Action::Await => "await",
            Action::BackUp => "back-up",
        }
    }

    /// Whether it changes anything on AWS.
    pub fn changes_aws(self) -> bool {
        match self {
            Action::Create | Action::Update | Action::Delete | Action::Adopt => true,
            Action::Keep | Action::Await | Action::BackUp => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A step's identity inside its plan: its resource, and a suffix where one resource has several steps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct StepId(pub String);

impl StepId {
    /// The main step of `resource`.
    pub fn of(resource: &ResourceId) -> Self {
        StepId(resource.to_string())
    }

    /// A further step of `resource`, such as its wait.
    pub fn also(resource: &ResourceId, suffix: &str) -> Self {
        StepId(format!("{resource}:{suffix}"))
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its identity.
    pub id: StepId,
    /// What it does.
    pub action: Action,
    /// To what.
    pub resource: ResourceId,
    /// The resource's name on AWS.
    pub name: String,
    /// The stage that asked for it.
    pub stage: Stage,
    /// Why.
    pub reason: String,
    /// For an update, what differs.
    pub changes: Vec<Change>,
    /// The steps that must have ended well before this one starts.
    pub after: Vec<StepId>,
    /// What is to be done, with everything that it needs.
    #[serde(skip)]
    pub work: Work,
}

/// What is to be done, with everything that it needs. References in a specification are filled in from the
/// outputs of earlier steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Nothing: the resource is as it should be.
    Nothing,
    /// Make the resource, or finish it where it is half-made.
    Create(Spec),
    /// Change the resource with this AWS id.
    Update {
        /// Its id on AWS; the name where AWS has no other.
        id: String,
        /// What it is to be.
        spec: Spec,
    },
    /// Change the resource that another step of the plan made or changed before; the outputs hold its id.
    UpdateMade(Spec),
    /// Remove the resource with this AWS id.
    Delete {
        /// Its id on AWS; the name where AWS has no other.
        id: String,
        /// The region that it lives in; us-east-1 for what is global.
        region: Region,
    },
    /// Remove an edge function with all its versions.
    DeleteReplicated {
        /// Whether to wait until no edge location holds a copy any more, which takes hours.
        awaited: bool,
    },
    /// Remove the versions of an edge function that nothing uses any more.
    PruneVersions,
    /// Remove the log groups of these edge functions, wherever they ran.
    DeleteLogs {
        /// The functions' names on AWS.
        functions: Vec<String>,
    },
    /// Stop a distribution from serving, so that it can be deleted.
    Disable {
        /// The distribution's id.
        id: String,
    },
    /// Wait until every edge location has the distribution's newest configuration.
    AwaitDeployed {
        /// The distribution's id, where it is known already.
        id: Option<String>,
    },
    /// Wait until a certificate is issued.
    AwaitIssued {
        /// The certificate's ARN, where it is known already.
        arn: Option<String>,
        /// Who writes the records that prove its names.
        dns: Dns,
    },
    /// Remove DNS records that were made for a certificate or a distribution.
    RemoveRecords(RecordRemoval),
    /// Have every edge location forget everything.
    Purge {
        /// The distribution's id.
        id: String,
    },
    /// Set and remove tags of the distribution.
    Tag {
        /// The distribution's id.
        id: String,
        /// Tags to set.
        set: Vec<(String, String)>,
        /// Tag keys to remove.
        remove: Vec<String>,
    },
    /// Remove every object, version, delete marker and unfinished upload of a bucket.
    Empty(ReleaseBucket),
    /// Bring every file of a bucket's release to this machine.
    BackUp(BackUp),
}

/// DNS records to remove, if they still are what was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRemoval {
    /// The hosted zone's id.
    pub zone: String,
    /// Their name.
    pub name: String,
    /// Their types.
    pub types: Vec<String>,
    /// What each must still lead to: the value of a CNAME, the target of an alias.
    pub target: String,
    /// The certificates that go together with them, where they prove domains: any other may need them too.
    pub certificates: Vec<String>,
}

/// Ordered steps that turn the inventory into the blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The site's name.
    pub site: String,
    /// The AWS account that the plan was made for.
    pub account: String,
    /// In an order in which each could run; independent ones may run at once.
    pub steps: Vec<Step>,
    /// What AWS calls the resources that exist already.
    #[serde(skip)]
    pub known: Outputs,
    /// What a person should know before agreeing, such as parts that are left out.
    pub notices: Vec<String>,
}

/// How many steps do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// Resources made.
    pub create: usize,
    /// Resources changed.
    pub update: usize,
    /// Resources removed.
    pub delete: usize,
    /// Half-made resources finished.
    pub adopt: usize,
    /// Resources left as they are.
    pub keep: usize,
}

impl Plan {
    /// How many steps do what.
    pub fn summary(&self) -> Summary {
        let count = |action| self.steps.iter().filter(|step| step.action == action).count();
        Summary {
            create: count(Action::Create),
            update: count(Action::Update),
            delete: count(Action::Delete),
            adopt: count(Action::Adopt),
            keep: count(Action::Keep),
        }
    }

    /// Whether running it would change anything on AWS.
    pub fn changes_aws(&self) -> bool {
        self.steps.iter().any(|step| step.action.changes_aws())
    }

    /// Whether there is anything to do, be it only to wait.
    pub fn has_work(&self) -> bool {
        self.steps.iter().any(|step| step.action != Action::Keep)
    }

    /// The step with this identity.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The steps of one kind of resource.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.resource.kind == kind)
    }
}
