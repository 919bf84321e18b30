//! Numbered versions of edge functions: which one a behaviour is to name, and which ones nothing names any more.

use super::edge;
use super::inventory::ObservedEdgeFunction;
use super::plan::{Action, Stage, Step, StepId, Work};
use super::planner::Planner;
use super::removal;
use super::resource::{Kind, Output, ResourceId, Spec};
use std::collections::BTreeSet;

impl<'a> Planner<'a> {
    pub(super) fn edge_function(&self, id: &ResourceId) -> Option<&'a ObservedEdgeFunction> {
        self.inventory.edge_functions.iter().find(|function| function.name == id.name)
    }

    /// The step that makes the role. Where no function is wanted any more, a step of its name removes it.
    pub(super) fn edge_role_step(&self) -> Option<StepId> {
        let id = edge::role_id(&self.blueprint.site);
        let is_wanted = self.blueprint.resources.iter().any(|wanted| wanted.id == id);
        is_wanted.then(|| StepId::of(&id))
    }

    /// Behaviours name a version, so it is known only where the wanted one was published already.
    pub(super) fn note_version(&mut self, id: &ResourceId, spec: &Spec) {
        let Spec::EdgeFunction(spec) = spec else { return };
        if let Some(version) = self.edge_function(id).and_then(|function| function.version_of(spec)) {
            let output = Output { id: id.name.clone(), arn: version.arn.clone(), ..Output::default() };
            self.known.insert(id.clone(), output);
        }
    }

    /// Once behaviours name another version, the earlier ones go. Their copies at the edge go only hours later
    /// (aws-facts.md D.6), so that each change removes what the ones before it left.
    pub(super) fn prune_versions(&mut self) {
        let changed: BTreeSet<_> =
            self.steps.iter().filter(|step| step.action.changes_aws()).map(|step| step.id.clone()).collect();
        let switched = changed.contains(&StepId::of(&self.distribution_id()));
        let prunable = |id: &&ResourceId| {
            let Some(function) = self.edge_function(id) else { return false };
            let known = self.known.get(id).map(|output| output.arn.as_str());
            let is_changed = switched || changed.contains(&StepId::of(id));
            is_changed && function.versions.iter().any(|version| Some(version.arn.as_str()) != known)
        };
        let wanted = self.blueprint.resources.iter().map(|wanted| &wanted.id);
        let functions = wanted.filter(|id| id.kind == Kind::EdgeFunction).filter(prunable);
        let steps: Vec<_> = functions.map(|id| self.pruning(id)).collect();
        self.steps.extend(steps);
    }

    fn pruning(&self, id: &ResourceId) -> Step {
        Step {
            id: StepId::also(id, "versions"),
            action: Action::Update,
            name: id.name.clone(),
            resource: id.clone(),
            stage: Stage::Edge,
            reason: "without the versions that nothing uses any more".to_owned(),
            changes: Vec::new(),
            after: vec![StepId::of(id), StepId::of(&self.distribution_id()), self.deployed_id()],
            work: Work::PruneVersions,
        }
    }

    /// Functions that no entry asks for go once no edge location runs them. Their logs go first, since the functions'
    /// names alone tell which those are.
    pub(super) fn remove_edge_leftovers(&mut self, wanted: &BTreeSet<ResourceId>) {
        let mut after = vec![StepId::of(&self.distribution_id()), self.deployed_id()];
        let is_wanted = |name: &String| wanted.contains(&ResourceId::new(Kind::EdgeFunction, name));
        let names = self.inventory.edge_functions.iter().map(|found| found.name.clone());
        let unwanted = names.filter(|name| !is_wanted(name)).collect();
        let logs = removal::edge_logs(&self.blueprint.site, unwanted, after.clone());
        after.extend(logs.iter().map(|step| step.id.clone()));
        let all = removal::edge(self.inventory, &after, false);
        let removals = all.into_iter().filter(|step| !wanted.contains(&step.resource));
        self.steps.extend(logs.into_iter().chain(removals));
    }
}
