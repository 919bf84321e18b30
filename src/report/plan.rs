//! A plan, for people and for programs.

use super::text::{Look, Text};
use super::words;
use crate::blueprint::plan::{Action, Plan, Stage, Step, Summary};
use crate::blueprint::visitors::Effect;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The plan as lines for people: what changes, stage by stage, and how much in all.
pub fn lines(plan: &Plan, look: Look) -> Vec<Text> {
    let mut stages: BTreeMap<Stage, Vec<&Step>> = BTreeMap::new();
    for step in &plan.steps {
        stages.entry(step.stage).or_default().push(step);
    }
    let mut lines: Vec<Text> =
        stages.iter().flat_map(|(stage, steps)| stage_lines(*stage, steps, look)).collect();
    lines.extend(plan.notices.iter().map(|notice| Text::new().styled(words::WARNING, format!("! {notice}"))));
    if !plan.notices.is_empty() {
        lines.push(Text::new());
    }
    lines.push(Text::new().styled(words::HEADING, summary_line(plan)));
    lines.extend(visitor_lines(plan));
    lines
}

/// What visitors of a live site notice, a line each.
pub fn visitor_lines(plan: &Plan) -> Vec<Text> {
    let told = |effect: Effect| Text::new().plain(format!("Visitors {}.", effect.words()));
    let effects = plan.effects();
    if effects.is_empty() && plan.changes_aws() && !plan.makes_the_site() {
        return vec![Text::new().plain("Visitors notice nothing.")];
    }
    effects.into_iter().map(told).collect()
}

/// The plan as one JSON object.
pub fn plan_json(plan: &Plan) -> Value {
    let Plan { site, account, steps, notices, known: _ } = plan;
    json!({
        "site": site,
        "account": account,
        "steps": steps,
        "summary": plan.summary(),
        "visitors": plan.effects(),
        "notices": notices,
    })
}

/// How much would change.
pub fn summary_line(plan: &Plan) -> String {
    if !plan.changes_aws() {
        return format!("No changes. {} is as its profile asks.", plan.site);
    }
    let Summary { create, update, delete, adopt, keep: _ } = plan.summary();
    let always = [(create, "to create"), (update, "to change"), (delete, "to delete")];
    let adopted = (adopt > 0).then_some((adopt, "to adopt"));
    let parts = always.into_iter().chain(adopted).map(|(count, what)| format!("{count} {what}"));
    parts.collect::<Vec<_>>().join(" · ")
}

fn stage_lines(stage: Stage, steps: &[&Step], look: Look) -> Vec<Text> {
    let kept = steps.iter().filter(|step| step.action == Action::Keep).count();
    let mut lines = vec![Text::new().styled(words::HEADING, stage.title())];
    let others = steps.iter().filter(|step| step.action != Action::Keep);
    lines.extend(others.flat_map(|step| step_lines(step, look)));
    if kept > 0 {
        let what = if kept == 1 { "resource as it is" } else { "resources as they are" };
        lines.push(marked(Action::Keep, look).styled(words::FAINT, format!("{kept} {what}")));
    }
    lines.push(Text::new());
    lines
}

fn marked(action: Action, look: Look) -> Text {
    words::action(action).indented(2, look)
}

/// A step's names are copied by people, so a line may be too wide but is never cut; its reason moves down instead.
fn step_lines(step: &Step, look: Look) -> Vec<Text> {
    let line = marked(step.action, look).plain(format!("{} {}", step.resource.kind, step.name));
    let together = line.clone().styled(words::FAINT, format!("  {}", step.reason));
    let mut lines = if step.reason.is_empty() {
        vec![line]
    } else if together.width() <= look.width {
        vec![together]
    } else {
        vec![line, detail(&step.reason)]
    };
    lines.extend(step.changes.iter().map(|change| detail(&change.in_words())));
    lines
}

fn detail(words: &str) -> Text {
    Text::new().styled(words::FAINT, format!("{:15}{words}", ""))
}
