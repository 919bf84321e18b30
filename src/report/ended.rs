//! The last words of a run: what was done, what failed and why, and the one command that goes on.

use super::text::{Look, Text};
use super::words;
use crate::apply::event::{Outcome, RunOutcome};
use crate::apply::tally::Tally;
use crate::apply::{Ended, Failure};
use crate::blueprint::Plan;
use crate::blueprint::plan::StepId;
use crate::error::Kind;
use serde_json::{Value, json};

/// The last words for people; `go_on` is the command that goes on from here.
pub fn lines(plan: &Plan, ended: &Ended, go_on: &str, look: Look) -> Vec<Text> {
    let mut lines = Vec::new();
    let failed = ended.failures.iter().map(|failure| (Outcome::Failed, failure));
    let unfinished = ended.unfinished.iter().map(|failure| (Outcome::Unfinished, failure));
    for (outcome, (id, failure)) in failed.chain(unfinished) {
        lines.extend(failure_lines(outcome, &named(plan, id), failure, look));
        lines.push(Text::new());
    }
    lines.push(headline(plan, ended, look));
    if let Some(why) = why_go_on(ended) {
        lines.push(Text::new().plain(format!("{why}: {go_on}")));
    }
    lines
}

/// The end of a run as one JSON object.
pub fn ended_json(plan: &Plan, ended: &Ended) -> Value {
    let failures = |failures: &[(StepId, Failure)]| failures.iter().map(failure_json).collect::<Vec<_>>();
    let skipped = ended.skipped.iter().map(|(id, reason)| json!({ "step": id, "message": reason }));
    let outputs = ended.outputs.iter().map(|(id, output)| (id.to_string(), json!(output)));
    json!({
        "site": plan.site,
        "account": plan.account,
        "outcome": ended.outcome,
        "elapsed_ms": u64::try_from(ended.elapsed.as_millis()).unwrap_or(u64::MAX),
        "done": ended.done,
        "failed": failures(&ended.failures),
        "unfinished": failures(&ended.unfinished),
        "skipped": skipped.collect::<Vec<_>>(),
        "summary": ended.summary,
        "outputs": outputs.collect::<serde_json::Map<_, _>>(),
    })
}

fn failure_json((id, failure): &(StepId, Failure)) -> Value {
    let Failure { message, causes, hint, kind: _ } = failure;
    json!({ "step": id, "message": message, "causes": causes, "hint": hint })
}

/// A step as people call it. Those that were skipped were told when that was decided; here they are counted.
fn named(plan: &Plan, id: &StepId) -> String {
    plan.step(id).map_or_else(|| id.to_string(), |step| words::step(step.action, &step.id, &step.resource))
}

fn failure_lines(outcome: Outcome, named: &str, failure: &Failure, look: Look) -> Vec<Text> {
    let mut lines = vec![words::outcome(outcome).text(look).plain(named)];
    lines.push(Text::new().plain(format!("  {}", failure.message)));
    lines.extend(failure.causes.iter().map(|cause| Text::new().plain(format!("  because: {cause}"))));
    lines.extend(failure.hint.iter().map(|hint| Text::new().plain(format!("  hint: {hint}"))));
    lines
}

fn headline(plan: &Plan, ended: &Ended, look: Look) -> Text {
    let elapsed = words::duration(u64::try_from(ended.elapsed.as_millis()).unwrap_or(u64::MAX));
    let done = ended.done.iter().filter_map(|id| plan.step(id)).map(|step| step.action);
    let tally = Tally::new(done, ended.failures.len(), ended.skipped.len());
    let told = words::tally(&tally);
    let told = if told.is_empty() { "nothing changed".to_owned() } else { told.join(" · ") };
    let line = words::run_outcome(ended.outcome).text(look);
    line.styled(words::HEADING, format!("{}: {told}, in {elapsed}", plan.site))
}

fn why_go_on(ended: &Ended) -> Option<&'static str> {
    let waits_for_you = ended.unfinished.iter().any(|(_, failure)| failure.kind == Kind::WaitsForYou);
    match ended.outcome {
        RunOutcome::Done => None,
        RunOutcome::Failed => Some("Once the cause is gone, go on with"),
        RunOutcome::Unfinished if waits_for_you => {
            Some("Waiting for you: DNS records; once they are there, go on with")
        }
        RunOutcome::Unfinished => Some("AWS needs more time; go on later with"),
        RunOutcome::Interrupted => Some("Go on with"),
    }
}
