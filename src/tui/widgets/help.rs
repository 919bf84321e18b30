//! All there is to say about what is in focus, from the table of questions; and the keys.

use super::super::answer;
use super::super::keys::{Action, Change, Go, Move, Offer, shown};
use super::super::rows::Row;
use super::super::screens::{faults, provision, stage};
use super::super::site_keys::OnSite;
use super::super::state::{Screen, State};
use super::super::text::{line, padded, span, wrapped};
use super::super::theme::{FAINT, HEADING, KEY, PLAIN};
use super::body::{Body, MEASURE};
use super::footer::{self, Does};
use crate::profile::question::{Default, Kind, Question, What};
use ratatui::text::Line;

/// The page of help.
pub fn body(state: &State, columns: usize) -> Body {
    let mut body = Body::default();
    let room = columns.min(MEASURE).saturating_sub(5);
    let mut say = |style, text: &str| {
        body.lines.extend(wrapped(text, room).into_iter().map(|text| line(style, format!("   {text}"))));
        body.lines.push(Line::default());
    };
    match state.focused() {
        Some(Row::Answer { question, key }) => {
            say(HEADING, question.prompt);
            words(question).iter().for_each(|text| say(PLAIN, text));
            let options = state.editing.as_ref().map(|editing| stage::options_of(editing, &key));
            options.iter().flatten().for_each(|text| say(PLAIN, text));
            say(FAINT, &in_profile(&key, question));
        }
        Some(Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. } | Row::Tester)
        | None => {
            say(HEADING, title(state));
            say(PLAIN, about(state));
        }
    }
    say(HEADING, "Keys");
    let own = letters(state).into_iter();
    body.lines.extend(own.map(|(action, does)| key_line(shown(action, false), does)));
    body.lines.extend(key_lines());
    body.top = Some(state.scroll);
    body
}

/// How the answer is written in the profile. What options look like is said with the function that they are of.
fn in_profile(key: &str, question: &Question) -> String {
    match question.kind {
        Kind::Options => format!("In the profile: {key}"),
        _ => format!("In the profile: {key}, for example {}", question.example),
    }
}

/// What there is to say about a question: why it is asked, what can be answered, and what holds otherwise.
pub fn words(question: &Question) -> Vec<String> {
    let mut words = vec![question.help.to_owned()];
    words.extend(answer::form(&question.kind));
    if let Kind::Choice(choices) = &question.kind {
        let told = choices.iter().map(|choice| format!("{}: {}", choice.value, choice.label));
        words.push(told.collect::<Vec<_>>().join("; ") + ".");
    }
    if matches!(&question.kind, Kind::List { of, .. } if of.what == What::Country) {
        words.push("Two capital letters of ISO 3166-1, such as DE or US.".to_owned());
    }
    words.extend(otherwise(question));
    words
}

fn otherwise(question: &Question) -> Option<String> {
    match question.default {
        Default::Required if question.key == "https.domains" => {
            Some("Left out, the site answers under its CloudFront name only.".to_owned())
        }
        Default::Required => Some("It has to be answered.".to_owned()),
        Default::Value(_) if question.key == "https.hsts.max_age" => {
            Some("Left out, HSTS is off.".to_owned())
        }
        Default::Value("\"\"" | "[]" | "{}") => None,
        Default::Value(text) => Some(format!("Left out, it is {}.", text.trim_matches('"'))),
        Default::Nothing(words) => Some(format!("Left out: {words}.")),
        Default::Opposite(_) | Default::TableWritten => None,
    }
}

fn title(state: &State) -> &'static str {
    match state.screen {
        Screen::Welcome => "sitecast",
        Screen::Page(page) => page.stage.title(),
        Screen::Review => "Review",
        Screen::Provision => "Provisioning",
        Screen::Teardown => "Tear down",
        Screen::Dashboard => "Dashboard",
    }
}

fn about(state: &State) -> &'static str {
    match state.screen {
        Screen::Welcome => {
            "Takes a folder of static files to a production global site on AWS, and keeps it there. Five stages \
             of questions make one profile; nothing is created until you deploy it."
        }
        Screen::Page(page) => page.stage.about(),
        Screen::Review if faults::are_shown(state) => {
            "What has to be solved before there is a plan, in the order of the pages. Enter leads to the answer."
        }
        Screen::Review => {
            "What deploying would change in AWS, stage by stage, each with its reason. Nothing has been changed yet."
        }
        Screen::Teardown => {
            "Everything of the site that AWS holds, and would hold no longer. Nothing goes before the site's name is \
             typed out; what is not the site's own stays."
        }
        Screen::Dashboard => {
            "The live site, panel by panel. Each says how old what it shows is; one that can't be looked at says why, \
             and costs the others nothing. Looking changes nothing; what does is asked about first."
        }
        Screen::Provision => {
            "The plan as it is carried out. It is safe to leave at any moment: the next deploy looks at AWS again \
             and goes on from there."
        }
    }
}

/// The letters of a screen, more than its foot has room for.
fn letters(state: &State) -> Vec<Does> {
    match state.screen {
        Screen::Dashboard => DASHBOARD.to_vec(),
        Screen::Provision => provision_letters(state),
        Screen::Review => those_that_work(state, PLAN),
        Screen::Teardown => TEARDOWN.to_vec(),
        Screen::Welcome | Screen::Page(_) => Vec::new(),
    }
}

const DASHBOARD: &[Does] = &[
    (Action::OnSite(OnSite::Refresh), "look at everything again"),
    (Action::OnSite(OnSite::Pause), "pause looking, or go on"),
    (Action::OnSite(OnSite::Invalidate), "have edge locations forget paths"),
    (Action::OnSite(OnSite::Edit), "edit the profile"),
    (Action::OnSite(OnSite::Upload), "upload what changed, by way of the plan"),
    (Action::OnSite(OnSite::Drill), "drill the failover"),
    (Action::OnSite(OnSite::Logs), "what edge functions wrote"),
    (Action::OnSite(OnSite::TearDown), "tear the site down"),
];

/// Those of a run: what can be copied is the record, where there is one.
fn provision_letters(state: &State) -> Vec<Does> {
    let has_records = state.run.as_ref().is_some_and(|run| !run.records.is_empty());
    let ended = if provision::is_live(state) { LIVE } else { LEFT_UNDONE };
    let records = if has_records { RECORDS } else { &[] };
    let ended = ended.iter().filter(|(action, _)| !records.iter().any(|(other, _)| other == action));
    those_that_work(state, ended.chain(records))
}

fn those_that_work<'a>(state: &State, letters: impl IntoIterator<Item = &'a Does>) -> Vec<Does> {
    let work = footer::screen_hints(state);
    let works = |(action, _): &&Does| work.iter().any(|(other, _)| other == action);
    letters.into_iter().filter(works).copied().collect()
}

const RECORDS: &[Does] = &[
    (Action::Offer(Offer::Copy), "copy the value of the record that is marked"),
    (Action::Offer(Offer::CopyName), "copy its name"),
    (Action::Offer(Offer::Print), "print all records plainly, to be selected with a mouse"),
    (Action::Change(Change::Right), "mark the next record"),
];

const LIVE: &[Does] =
    &[(Action::Accept, "the dashboard of the site"), (Action::Offer(Offer::Copy), "copy the site's address")];

const LEFT_UNDONE: &[Does] = &[
    (Action::Accept, "plan what is left to do"),
    (Action::Offer(Offer::Undo), "take back what the run made"),
];

const PLAN: &[Does] = &[
    (Action::Offer(Offer::Deploy), "carry the plan out"),
    (Action::Offer(Offer::Copy), "copy the command that does the same"),
    (Action::Offer(Offer::Diff), "the profile's TOML, as it was and as it is"),
    (Action::Change(Change::Toggle), "what each setting was and becomes"),
    (Action::Offer(Offer::TakeTheirs), "take over what was changed in AWS"),
    (Action::Offer(Offer::KeepMine), "have it set back"),
];

const TEARDOWN: &[Does] = &[
    (Action::OnSite(OnSite::KeepBuckets), "keep the buckets, or don't"),
    (Action::OnSite(OnSite::BackUp), "bring the files to this machine first, or don't"),
    (Action::OnSite(OnSite::LeaveDns), "go on although public DNS still leads here, or don't"),
    (Action::OnSite(OnSite::Refresh), "look again"),
];

fn key_line(keys: String, does: &str) -> Line<'static> {
    Line::from(vec![span(KEY, format!("   {}", padded(&keys, 16))), span(PLAIN, does)])
}

fn key_lines() -> Vec<Line<'static>> {
    let rows: &[(&[Action], &str)] = &[
        (&[Action::Move(Move::Previous), Action::Move(Move::Next)], "move"),
        (&[Action::Accept], "accept or open; whatever changes AWS is asked about first"),
        (&[Action::Back], "back; nothing is lost"),
        (&[Action::Go(Go::NextStage), Action::Go(Go::PreviousStage)], "the next stage, the one before"),
        (&[Action::Go(Go::Stage(0)), Action::Go(Go::Stage(5))], "to a stage, from the first to the review"),
        (&[Action::Change(Change::Toggle)], "on or off"),
        (&[Action::Change(Change::Left), Action::Change(Change::Right)], "another choice"),
        (&[Action::Change(Change::Delete)], "clear a choice, remove an item of a list"),
        (&[Action::Change(Change::MoveUp), Action::Change(Change::MoveDown)], "move an item of a list"),
        (&[Action::Go(Go::Undo), Action::Go(Go::Redo)], "undo, redo"),
        (&[Action::Go(Go::Palette)], "every command"),
        (&[Action::Move(Move::PageUp), Action::Move(Move::PageDown)], "a screenful back, further"),
        (&[Action::Redraw], "draw everything anew"),
        (&[Action::Go(Go::Quit)], "leave, where no text is typed"),
        (&[Action::Interrupt], "leave, or stop a run"),
    ];
    let told = |(actions, does): &(&[Action], &str)| {
        let keys: Vec<String> = actions.iter().map(|action| shown(*action, false)).collect();
        key_line(keys.join("  "), does)
    };
    rows.iter().map(told).collect()
}
