//! What a person sees of a running step, as lines of text.

use super::text::{Look, Text};
use super::words;
use crate::apply::event::{Fact, Outcome};
use crate::apply::progress::{Counts, Progress, StageProgress, State, StepProgress};

/// The whole run as it stands `now_ms` into it: each stage, and under it the steps that run.
pub fn screen(progress: &Progress, now_ms: u64, look: Look) -> Vec<Text> {
    if progress.steps.is_empty() {
        return Vec::new();
    }
    let counts = progress.counts();
    let head = format!("{}   {} of {}", progress.site, counts.ended(), counts.total());
    let mut lines = vec![Text::new().styled(words::HEADING, head).with_right(&words::duration(now_ms), look)];
    for stage in progress.stages(now_ms) {
        lines.push(stage_line(&stage, look));
        let steps = progress.running().filter(|step| step.planned.stage == stage.stage);
        lines.extend(steps.map(|step| running_line(step, now_ms, look)));
    }
    lines
}

fn stage_line(stage: &StageProgress, look: Look) -> Text {
    let Counts { failed, skipped, unfinished, .. } = stage.counts;
    let told = [(failed, "failed"), (skipped, "skipped"), (unfinished, "unfinished")];
    let rest: String =
        told.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("   {n} {word}")).collect();
    let (title, ended, total) = (stage.stage.title(), stage.counts.ended(), stage.counts.total());
    let state = stage_state(stage.counts);
    let elapsed = if state == State::Queued { String::new() } else { words::duration(stage.elapsed_ms) };
    let line = words::state(state).sign(look).plain(format!("{title:<14}{ended} of {total}{rest}"));
    line.with_right(&elapsed, look)
}

fn stage_state(counts: Counts) -> State {
    if counts.failed > 0 {
        State::Ended(Outcome::Failed)
    } else if counts.ended() < counts.total() {
        let untouched = counts.queued == counts.total();
        if untouched { State::Queued } else { State::Running }
    } else if counts.unfinished > 0 {
        State::Ended(Outcome::Unfinished)
    } else if counts.skipped > 0 {
        State::Ended(Outcome::Skipped)
    } else {
        State::Ended(Outcome::Done)
    }
}

fn running_line(step: &StepProgress, now_ms: u64, look: Look) -> Text {
    let line = Text::new().plain("    ");
    let line = line.plain(format!("{} {}", words::state(step.state).glyph(look), what(step)));
    let doing = doing(step, now_ms);
    let line = if doing.is_empty() { line } else { line.styled(words::FAINT, format!("  {doing}")) };
    line.with_right(&words::duration(step.elapsed_ms(now_ms)), look)
}

/// What a running step is doing: how far it is, or what it waits for.
pub fn doing(step: &StepProgress, now_ms: u64) -> String {
    match (step.state, step.amount) {
        (State::Waiting, _) => format!("waiting for {}", step.message),
        (State::Running, Some(amount)) => {
            words::amount(amount, step.bytes_per_second(now_ms), step.left_ms(now_ms))
        }
        (State::Running | State::Queued | State::Ended(_), _) => step.message.clone(),
    }
}

/// What a step does to what.
pub fn what(step: &StepProgress) -> String {
    words::step(step.planned.action, &step.planned.step, &step.planned.resource)
}

/// The one line that tells a change of state, without its time; `None` where a list of what happened needs none.
pub fn change(fact: &Fact, progress: &Progress, look: Look) -> Option<Text> {
    let step = progress.step(fact.step()?)?;
    match fact {
        Fact::StepStarted { .. } => Some(words::state(State::Running).text(look).plain(what(step))),
        Fact::StepWaiting { message, .. } => {
            let line = words::state(State::Waiting).text(look).plain(what(step));
            Some(line.plain(format!(": for {message}")))
        }
        Fact::StepNoted { message, .. } => {
            Some(words::NOTE.text(look).plain(format!("{}: {message}", what(step))))
        }
        Fact::StepFinished { outcome, message, .. } => {
            // What was never started because nothing is to be done is no news.
            let news = *outcome != Outcome::Unneeded || step.started_ms.is_some();
            // Why a step did not end well is told in full below, when the run is over.
            let told = step.tried.as_deref().unwrap_or(message);
            news.then(|| words::outcome(*outcome).text(look).plain(format!("{}: {told}", what(step))))
        }
        Fact::StepExplained { .. }
        | Fact::StepProgressed { .. }
        | Fact::RunStarted { .. }
        | Fact::RunFinished { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::Event;
    use crate::apply::event::PlannedStep;
    use crate::blueprint::plan::{Action, Stage, StepId};
    use crate::blueprint::resource::{Kind, ResourceId};

    /// What a failure says first may hold any words.
    #[test]
    fn what_was_tried_is_told_whole_and_without_its_causes() {
        let resource = ResourceId::new(Kind::Bucket, "acme");
        let step = StepId::of(&resource);
        let planned = PlannedStep {
            step: step.clone(),
            resource: resource.clone(),
            action: Action::Create,
            stage: Stage::Distribution,
            after: Vec::new(),
        };
        let tried = "Could not put it; because of its name.txt".to_owned();
        let (causes, outcome) = (vec!["AccessDenied".to_owned()], Outcome::Failed);
        let message = format!("{tried}; because AccessDenied");
        let facts = [
            Fact::RunStarted { site: "acme".into(), account: "1".into(), steps: vec![planned] },
            Fact::StepExplained {
                step: step.clone(),
                resource: resource.clone(),
                message: tried.clone(),
                causes,
                hint: None,
            },
            Fact::StepFinished { step, resource, outcome, message },
        ];
        let look = Look { colour: false, unicode: false, width: 80 };
        let mut progress = Progress::default();
        let mut told = None;
        for (seq, fact) in (1..).zip(facts) {
            let event = Event { ts: 0, seq, elapsed_ms: 0, fact };
            progress.apply(&event);
            told = change(&event.fact, &progress, look);
        }
        let line = told.unwrap().painted(look);
        assert!(line.trim_end().ends_with(&format!("acme: {tried}")), "{line}");
    }
}
