//! Conversations typed ahead, and what came of them.

use super::page::{Row, of_item, of_stage};
use super::{Form, Mode, Outcome, Talk, begin, interview, opening};
use crate::profile::question::{Question, Shape, Stage};
use crate::profile::questions::{groups, questions};
use crate::profile::{Problem, Severity, edited, presets};

/// Types `lines` at the profile; what was said, the text that was saved last, and the outcome.
fn typed(text: &str, lines: &[String]) -> (String, String, Outcome) {
    let (mut output, mut saved) = (Vec::new(), text.to_owned());
    let input = lines.join("\n") + "\n";
    let mut talk = Talk::new(input.as_bytes(), &mut output);
    let mut form = Form::new(text.to_owned(), "site.toml");
    let outcome = interview(&mut talk, &mut form, |text| {
        saved = text.to_owned();
        Ok(())
    });
    (String::from_utf8(output).unwrap(), saved, outcome.unwrap())
}

fn lines(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Profiles in one of which each question has a meaning.
fn bases() -> Vec<String> {
    let everything = presets().iter().find(|preset| preset.name == "everything").unwrap().text;
    let turned = |sets: &[(&str, &str)]| {
        let sets: Vec<_> = sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        edited(everything, &sets).unwrap()
    };
    vec![
        everything.to_owned(),
        turned(&[("edge[0].event", "viewer-request")]),
        turned(&[("https.dns", "manual")]),
        turned(&[("failover.copy", "replication")]),
        turned(&[("distribution.spa", "true")]),
        turned(&[("distribution.spa", "false"), ("distribution.pretty_urls", "false")]),
    ]
}

/// What to type, from the first page on, to be asked this question.
fn path_to(form: &Form, question: &Question) -> Option<(Vec<String>, String)> {
    let stage = Stage::ALL.iter().position(|stage| *stage == question.stage)?;
    let mut path = vec![String::new(); stage];
    let rows = of_stage(form, question.stage);
    let list = groups()
        .iter()
        .find(|group| group.shape == Shape::List && question.key.starts_with(&format!("{}[]", group.key)));
    let rows = match list {
        None => rows,
        Some(list) => {
            let row = rows.iter().position(|(_, key)| key == list.key)?;
            path.extend([(row + 1).to_string(), "1".to_owned()]);
            of_item(form, list, 0)
        }
    };
    let wanted = |row: &Row| matches!(row, Row::Answer(other) if other.key == question.key);
    let row = rows.iter().position(|(row, _)| wanted(row))?;
    path.push((row + 1).to_string());
    Some((path, rows[row].1.clone()))
}

#[test]
fn every_question_of_the_table_can_be_answered_and_comes_out_as_set_would_write_it() {
    for question in questions().filter(|question| question.key != "schema") {
        let reached = bases().into_iter().find_map(|text| {
            let (path, key) = path_to(&Form::new(text.clone(), "site.toml"), question)?;
            Some((text, path, key))
        });
        let Some((text, mut path, key)) = reached else { panic!("no base shows {}", question.key) };
        path.push(question.example.to_owned());
        // Nothing more is typed: the end of the input leaves every page.
        let (said, saved, _) = typed(&text, &path);
        let wanted = edited(&text, &[(key.clone(), question.example.to_owned())]).unwrap();
        assert_eq!(saved, wanted, "{key}\n{said}");
    }
}

#[test]
fn nothing_is_said_that_moves_a_cursor_or_draws_a_box() {
    for text in bases() {
        let (said, _, _) = typed(&text, &lines(&["", "", "", "", "", ""]));
        assert!(said.chars().all(|letter| letter == '\n' || !letter.is_control()), "{said}");
        assert!(!said.chars().any(|letter| ('\u{2500}'..='\u{28ff}').contains(&letter)), "{said}");
    }
}

#[test]
fn a_number_a_letter_or_a_place_stand_for_what_they_mean() {
    let text = "schema = 1\nname = \"acme\"\n\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n";
    let form = Form::new(text.to_owned(), "site.toml");
    let number = |key: &str| {
        let rows = of_stage(&form, Stage::Distribution);
        (rows.iter().position(|(_, row)| row == key).unwrap() + 1).to_string()
    };
    let script = [
        &number("distribution.region"),
        "frankfurt",
        &number("distribution.ipv6"),
        "n",
        &number("distribution.price_class"),
        "1",
        "q",
    ];
    let (said, saved, outcome) = typed(text, &lines(&script));
    assert!(saved.contains("region = \"eu-central-1\"") && saved.contains("ipv6 = false"), "{saved}\n{said}");
    assert!(saved.contains("price_class = "), "{saved}");
    assert_eq!(outcome, Outcome::Leave);
}

#[test]
fn an_answer_that_cannot_be_taken_says_why_and_changes_nothing() {
    let text = presets()[0].text;
    let (said, saved, _) = typed(text, &lines(&["1", "No Such Name", "", "99", "q"]));
    assert!(said.contains("Not taken: can't set `name`"), "{said}");
    assert!(said.contains("type a number from 1"), "{said}");
    assert_eq!(saved, text);
}

#[test]
fn items_of_a_list_are_added_moved_and_removed() {
    let text = presets()[0].text;
    let form = Form::new(text.to_owned(), "site.toml");
    let rows = of_stage(&form, Stage::Caching);
    let list = rows.iter().position(|(row, _)| matches!(row, Row::List(_))).unwrap() + 1;
    let before = lines(&["", "", "", &list.to_string()]);
    let with = |more: &[&str]| typed(text, &[before.clone(), lines(more)].concat());
    let (said, saved, _) = with(&["a", "/fonts/*", "", "^2", "", "q"]);
    assert!(saved.find("/fonts/*").unwrap() < saved.find("/images/*").unwrap(), "{saved}\n{said}");
    let (said, saved, _) = with(&["-1", "", "q"]);
    assert!(!saved.contains("/images/*"), "{saved}\n{said}");
}

#[test]
fn a_new_profile_begins_with_a_preset_and_a_name() {
    let mut output = Vec::new();
    let text = begin(&mut Talk::new("nine\n3\nNot A Name\nacme-docs\n".as_bytes(), &mut output)).unwrap();
    let said = String::from_utf8(output).unwrap();
    assert!(text.unwrap().contains("name = \"acme-docs\""), "{said}");
    assert!(
        said.contains("Not taken: type a number from 1 to 5.")
            && said.contains("Not taken: can't set `name`")
    );
    assert!(begin(&mut Talk::new("".as_bytes(), &mut Vec::new())).unwrap().is_none());
}

#[test]
fn an_empty_name_is_asked_for_again_with_the_reason() {
    let mut output = Vec::new();
    let text = begin(&mut Talk::new("1\n\nacme\n".as_bytes(), &mut output)).unwrap();
    let said = String::from_utf8(output).unwrap();
    assert_eq!(said.matches("a site can't be without a name").count(), 1, "{said}");
    assert!(text.is_some(), "{said}");
}

#[test]
fn the_first_line_says_which_mode_this_is_and_why_and_how_to_leave() {
    let lines = opening(Mode::Lines, "TERM says that the terminal is dumb");
    assert!(lines.starts_with("Line mode, because TERM says that the terminal is dumb: "), "{lines}");
    let prompts = opening(Mode::Prompts, "the terminal is too small for it");
    assert!(prompts.contains("because the terminal is too small for it."), "{prompts}");
    for (said, way_out) in [(&lines, "type q"), (&lines, "Ctrl-C"), (&prompts, "Ctrl-C leaves")] {
        assert!(said.contains(way_out) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn what_a_number_with_a_sign_does_is_said_with_an_example() {
    let (said, _, _) = typed(presets()[0].text, &lines(&["?1", "q"]));
    let prompt = "Type a number to change that answer, ? before a number, such as ?1, to be told what it is for, \
                  b to go back, q to leave; Enter goes on:";
    assert!(said.contains(prompt), "{said}");
    let (Row::Answer(first), _) = of_stage(&Form::new(String::new(), ""), Stage::Distribution)[0] else {
        panic!("{said}");
    };
    assert!(said.contains(&format!("{}: {}", first.prompt, first.help)), "{said}");
}

#[test]
fn each_stage_and_the_end_are_summed_up_in_sentences() {
    let (said, _, _) = typed("schema = 1\nname = \"acme\"\n", &lines(&["", "", "", "", "", ""]));
    assert!(said.contains("Distribution is done: 1 answer given, "), "{said}");
    assert!(said.contains("Edge is done: no answer given, "), "{said}");
    assert!(said.contains("What was answered, stage by stage:\nDistribution: "), "{said}");
    assert!(said.contains("acme. Beside these, "), "{said}");
    // Each problem is a sentence of its own, and no line of the file is drawn with marks under it.
    assert!(said.contains("\nProblem with ") && !said.contains("-->") && !said.contains("^^"), "{said}");
}

#[test]
fn the_review_tells_what_is_wrong_and_offers_to_deploy_only_what_is_right() {
    let (said, _, outcome) = typed(presets()[0].text, &lines(&["", "", "", "", "", "d"]));
    assert_eq!(outcome, Outcome::Deploy, "{said}");
    let wrong = "schema = 1\nname = \"acme\"\n";
    let (said, _, outcome) = typed(wrong, &lines(&["", "", "", "", "", "d"]));
    assert_eq!(outcome, Outcome::Leave);
    assert!(said.contains("needs `folder`") && said.contains("can't be deployed"), "{said}");
}

#[test]
fn what_only_the_disk_tells_is_told_at_the_answer_and_in_the_review_and_lets_one_go_on() {
    let mut output = Vec::new();
    let mut form = Form::new(presets()[0].text.to_owned(), "site.toml").looking(|file, reading| {
        let folder = reading.sheet.value("distribution.folder").unwrap();
        let message = format!("nothing called {} beside {}", folder.as_str().unwrap(), file.display());
        let (severity, keys) = (Severity::Warning, vec!["distribution.folder".to_owned()]);
        vec![Problem { severity, keys, message, help: None, place: 0..0, related: Vec::new() }]
    });
    let rows = of_stage(&form, Stage::Distribution);
    let folder = rows.iter().position(|(_, key)| key == "distribution.folder").unwrap() + 1;
    let script = [&folder.to_string(), "nowhere", "", "", "", "", "", "d"].join("\n") + "\n";
    let outcome = interview(&mut Talk::new(script.as_bytes(), &mut output), &mut form, |_| Ok(())).unwrap();
    let said = String::from_utf8(output).unwrap();
    assert_eq!(outcome, Outcome::Deploy, "{said}");
    let warning = "nothing called nowhere beside site.toml";
    assert!(said.contains(&format!("nowhere\nWarning: {warning}\n")), "{said}");
    assert!(said.contains(&format!("nowhere. Warning: {warning}")), "{said}");
    assert!(said.contains("at the default, 1 warning."), "{said}");
    assert!(said.contains(&format!("\nWarning with distribution.folder: {warning}.\n")), "{said}");
}

#[test]
fn a_site_that_may_be_deployed_keeps_its_name() {
    let mut form = Form::new(presets()[0].text.to_owned(), "site.toml").of_a_site();
    let error = form.answer("name", "another").unwrap_err();
    assert!(error.to_string().contains("`name` can't change"), "{error}");
    assert_eq!(form.text(), presets()[0].text);
}
