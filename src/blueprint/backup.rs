//! A copy of the site's files on the person's own machine, made before a teardown takes them away.

use super::inventory::{Inventory, ObservedRelease};
use super::plan::{Action, Plan, Stage, Step, StepId, Work};
use super::resource::{Kind, ReleaseBucket, ResourceId};
use std::path::{Path, PathBuf};

/// How much of a release's hash tells its folder from those of others.
const HASH_LETTERS: usize = 12;

/// What is brought to this machine, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackUp {
    /// The bucket.
    pub bucket: ReleaseBucket,
    /// The hash of the release that it holds.
    pub release: String,
    /// The folder for its files.
    pub folder: PathBuf,
}

/// What can be brought to a folder below `beside`: the release of the first of the `wanted` buckets that holds a
/// finished one, else of any other bucket of the site; `None` where none does.
///
/// The folder is named after the release, so that an interrupted copy is gone on with and no other is written over.
pub fn possible(
    site: &str,
    wanted: &[ReleaseBucket],
    inventory: &Inventory,
    beside: &Path,
) -> Option<BackUp> {
    let names = wanted.iter().map(|bucket| &bucket.name).chain(inventory.buckets.keys());
    names.filter_map(|name| Some((name, inventory.buckets.get(name)?))).find_map(|(name, bucket)| {
        let release = match &bucket.release {
            ObservedRelease::Published { hash, .. } => hash.clone(),
            ObservedRelease::Never | ObservedRelease::Unfinished { .. } | ObservedRelease::Altered { .. } => {
                return None;
            }
        };
        let letters = release.get(..HASH_LETTERS).unwrap_or(&release);
        let folder = beside.join(format!("{site}-backup-{letters}"));
        Some(BackUp { bucket: ReleaseBucket::observed(name, bucket), release, folder })
    })
}

/// The same teardown, with the copy before everything else.
pub fn before(teardown: Plan, back_up: BackUp) -> Plan {
    let resource = ResourceId::new(Kind::Release, &back_up.bucket.name);
    let first = Step {
        id: StepId::of(&resource),
        action: Action::BackUp,
        name: back_up.bucket.name.clone(),
        stage: Stage::Distribution,
        reason: format!("every file of the release, into {}", back_up.folder.display()),
        changes: Vec::new(),
        after: Vec::new(),
        work: Work::BackUp(back_up),
        resource,
    };
    let later = teardown.steps.into_iter().map(|mut step| {
        step.after.push(first.id.clone());
        step
    });
    let steps = std::iter::once(first.clone()).chain(later).collect();
    Plan { steps, ..teardown }
}

#[cfg(test)]
mod tests {
    use super::super::inventory::ObservedBucket;
    use super::super::resource::BucketSettingsSpec;
    use super::super::{KeepOnDestroy, teardown};
    use super::*;
    use crate::profile::answers::Region;

    fn bucket(release: ObservedRelease) -> ObservedBucket {
        let region = Region("eu-west-1".into());
        let settings = BucketSettingsSpec::of_a_site(region.clone());
        ObservedBucket { region, settings, policy: None, replication: None, role_of_others: None, release }
    }

    fn published(hash: &str) -> ObservedRelease {
        ObservedRelease::Published { hash: hash.to_owned(), changes: None }
    }

    fn inventory(buckets: &[(&str, ObservedRelease)]) -> Inventory {
        let buckets = buckets.iter().map(|(name, release)| ((*name).to_owned(), bucket(release.clone())));
        Inventory { buckets: buckets.collect(), ..Inventory::default() }
    }

    #[test]
    fn the_primary_goes_before_the_others_and_an_unfinished_upload_is_no_release() {
        let region = Region("eu-west-1".into());
        let wanted = [ReleaseBucket { name: "primary".into(), region }];
        let found = |primary| {
            let inventory = inventory(&[("backup", published("beef")), ("primary", primary)]);
            possible("acme", &wanted, &inventory, Path::new("there")).unwrap()
        };
        assert_eq!(found(published("cafe")).folder, Path::new("there/acme-backup-cafe"));
        assert_eq!(found(ObservedRelease::Unfinished { changes: None }).bucket.name, "backup");
        assert_eq!(possible("acme", &wanted, &Inventory::default(), Path::new("")), None);
    }

    #[test]
    fn nothing_goes_before_the_copy_is_there() {
        let inventory = inventory(&[("primary", published("cafe"))]);
        let plan = teardown("acme", "123456789012", &inventory, KeepOnDestroy::default());
        let back_up = possible("acme", &[], &inventory, Path::new("")).unwrap();
        let plan = before(plan, back_up);
        let (first, later) = plan.steps.split_first().unwrap();
        assert_eq!(first.action, Action::BackUp);
        assert!(!later.is_empty() && later.iter().all(|step| step.after.contains(&first.id)));
    }
}
