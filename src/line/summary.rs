//! What was answered, in sentences for somebody who hears them: each says by itself what it is about.

use super::Form;
use super::page::{Row, of_stage};
use crate::profile::question::Stage;
use crate::profile::{Problem, Severity};

/// What a stage came to, when it is left for the next.
pub fn of_done(form: &Form, stage: Stage) -> String {
    let rows = of_stage(form, stage);
    let given = rows.iter().filter(|(row, key)| is_given(form, *row, key)).count();
    let needed = rows.iter().filter(|(row, key)| is_needed(form, *row, key)).count();
    let told =
        [(given, "given"), (rows.len() - given - needed, "at the default"), (needed, "to be given yet")];
    let told = told.into_iter().filter(|(count, what)| *count > 0 || *what != "to be given yet");
    let told: Vec<String> = told.map(|(count, what)| answers(count, what)).collect();
    let mut problems: Vec<_> = rows.iter().flat_map(|(_, key)| form.problems_of(key)).collect();
    // One problem may be about several of them.
    problems.sort_by(|one, other| (one.severity, &one.message).cmp(&(other.severity, &other.message)));
    problems.dedup_by(|one, other| one.message == other.message);
    format!("{} is done: {}, {}.", stage.title(), told.join(", "), count(&problems))
}

/// How many problems there are, and how many warnings.
pub fn count(problems: &[Problem]) -> String {
    let warnings = problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
    let errors = problems.len() - warnings;
    let many = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    match (errors, warnings) {
        (0, 0) => "no problem".to_owned(),
        (errors, 0) => many(errors, "problem"),
        (0, warnings) => many(warnings, "warning"),
        (errors, warnings) => format!("{} and {}", many(errors, "problem"), many(warnings, "warning")),
    }
}

/// Every stage with the answers that were given, one line each.
pub fn of_all(form: &Form) -> Vec<String> {
    Stage::ALL.iter().map(|stage| of_one(form, *stage)).collect()
}

fn of_one(form: &Form, stage: Stage) -> String {
    let rows = of_stage(form, stage);
    let given: Vec<String> = rows
        .iter()
        .filter(|(row, key)| is_given(form, *row, key))
        .map(|(row, key)| row.line(form, key))
        .collect();
    let rest = answers(rows.len() - given.len(), "at the default");
    match given.as_slice() {
        [] => format!("{}: nothing was given; {rest}.", stage.title()),
        given => format!("{}: {}. Beside these, {rest}.", stage.title(), given.join(". ")),
    }
}

fn is_given(form: &Form, row: Row, key: &str) -> bool {
    let sheet = &form.reading().sheet;
    match row {
        Row::Answer(_) => sheet.is_written(key),
        Row::List(_) => sheet.length(key) > 0,
    }
}

fn is_needed(form: &Form, row: Row, key: &str) -> bool {
    match row {
        Row::Answer(_) => form.reading().sheet.is_needed(key) && !is_given(form, row, key),
        Row::List(_) => false,
    }
}

fn answers(count: usize, what: &str) -> String {
    match count {
        0 => format!("no answer {what}"),
        1 => format!("1 answer {what}"),
        count => format!("{count} answers {what}"),
    }
}

/// A problem as a sentence, without the excerpt of the file that points at it.
pub fn of_problem(problem: &Problem) -> String {
    let word = word(problem);
    let about = problem.keys.first().map(|key| format!(" with {key}")).unwrap_or_default();
    let help = problem.help.as_ref().map(|help| format!(" What helps: {help}.")).unwrap_or_default();
    format!("{word}{about}: {}.{}", problem.message, help.replace('\n', " "))
}

/// A problem beside the answer that it is about.
pub fn in_short(problem: &Problem) -> String {
    format!("{}: {}", word(problem), problem.message)
}

fn word(problem: &Problem) -> &'static str {
    match problem.severity {
        Severity::Error => "Problem",
        Severity::Warning => "Warning",
    }
}
