//! Whole profiles: those that are right load, those that are wrong say everything that is.

#![expect(clippy::unwrap_used, reason = "functions beside the tests fail as the tests themselves do")]

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sitecast::error::Kind;
use sitecast::profile::answers::{CopyBy, EdgeTtl, Geo, KeyType, Query, Region, Seconds};
use sitecast::profile::questions::questions;
use sitecast::profile::{
    Colour, check_edit, edited, load, new_profile, parse, preset, presets, read, save, schema, set, unset,
};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profile").join(folder);
    let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

#[test]
fn valid_profiles_load_as_they_stand() {
    for path in files("valid") {
        let loaded = load(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.warnings.problems, [], "{}", path.display());
        assert!(loaded.folder.starts_with(path.parent().unwrap()));
    }
}

/// What is shown stands beside each file; `UPDATE=1` writes it anew.
#[test]
fn invalid_profiles_say_all_that_is_wrong() {
    let mut wrong = Vec::new();
    for path in files("invalid") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let shown = match parse(&fs::read_to_string(&path).unwrap(), name) {
            Ok(_) => panic!("{name} is valid"),
            Err(problems) => problems.render(Colour::Off) + "\n",
        };
        let beside = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&beside, &shown).unwrap();
        }
        if fs::read_to_string(&beside).unwrap_or_default() != shown {
            wrong.push(format!("{name} now shows\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// However many functions stand in its way, one answer is what it is about.
#[test]
fn a_redirect_without_room_is_told_once() {
    let entry = |name: &str| {
        format!(
            "[[edge]]\nname = \"{name}\"\nfunction = \"{name}.mjs\"\nevent = \"viewer-request\"\npaths = [\"/{name}/*\"]\n"
        )
    };
    let https = "[https]\ndomains = [\"acme.example\", \"www.acme.example\"]\nredirect = \"to-apex\"\n";
    let text = [MINIMAL, "\n", https, &entry("one"), &entry("two")].concat();
    let reading = read(&text, "site.toml");
    let told = reading.problems.problems.iter().filter(|problem| problem.message.contains("sent on"));
    let told: Vec<_> = told.map(|problem| problem.message.as_str()).collect();
    assert_eq!(told, ["on /one/*, /two/*, visitors of the other domain are served and not sent on"]);
}

#[test]
fn what_is_left_out_takes_the_documented_default() {
    let profile = parse(MINIMAL, "minimal.toml").unwrap();
    let cache = &profile.caching.default;
    assert_eq!((&*profile.distribution.index, &profile.distribution.geo), ("index.html", &Geo::Everyone));
    assert!(profile.distribution.pretty_urls && profile.distribution.ipv6 && !profile.distribution.spa);
    assert_eq!(cache.edge, EdgeTtl { min: Seconds(0), default: Seconds(86_400), max: Seconds(31_536_000) });
    assert_eq!((cache.browser, &cache.query, cache.compress), (Seconds(0), &Query::None, true));
    assert_eq!((profile.failover, profile.https, profile.edge), (None, None, vec![]));
}

#[test]
fn every_answer_of_the_full_profile_arrives() {
    let profile = load(&fixture("valid/full.toml")).unwrap().profile;
    let failover = profile.failover.unwrap();
    assert_eq!(
        (failover.region, failover.on, failover.copy),
        (Region("eu-central-1".into()), vec![500, 502, 503, 504], CopyBy::Upload)
    );
    assert_eq!(profile.edge[0].paths, ["/*"]);
    assert_eq!(profile.edge[1].timeout, Seconds(5));
    assert_eq!(profile.caching.rules[1].answers.query, Query::Only(vec!["page".into(), "q".into()]));
    let https = profile.https.unwrap();
    assert_eq!((https.key, https.hsts.unwrap().max_age), (KeyType::Ecdsa, Seconds(31_536_000)));
}

#[test]
fn a_heavy_viewer_function_is_only_warned_of() {
    let mut document = fs::read_to_string(fixture("valid/full.toml")).unwrap().parse().unwrap();
    set(&mut document, "edge[0].memory_mb", "256").unwrap();
    let reading = read(&document.to_string(), "full.toml");
    assert!(reading.profile.is_some());
    assert_eq!(reading.problems.problems[0].keys[0], "edge[0].memory_mb");
    assert!(reading.problems.render(Colour::Off).starts_with("warning: "));
}

#[test]
fn a_wrong_profile_ends_as_wrong_use() {
    let error = load(&fixture("invalid/several-at-once.toml")).unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.to_string().contains("several-at-once.toml:6:1"), "{error}");
}

#[test]
fn setting_an_answer_leaves_every_other_character_alone() {
    let rows = [
        ("distribution.region", "us-east-1", "region = \"eu-west-1\" ", "region = \"us-east-1\" "),
        ("failover.on", "500,503", "on = [500, 502, 503, 504] ", "on = [500, 503] "),
        ("caching.rule[0].browser", "1h", "browser = \"365d\"", "browser = \"1h\""),
        ("caching.default.query", "all", "query = \"none\", compress", "query = \"all\", compress"),
        (
            "https.domains",
            "a.example, b.example",
            "[\"blog.acme.example\", \"www.blog.acme.example\"]",
            "[\"a.example\", \"b.example\"]",
        ),
        ("https.hsts.preload", "true", "preload = false", "preload = true"),
        ("edge[1].memory_mb", "256", "memory_mb = 128", "memory_mb = 256"),
        ("caching.default.immutable", "false", "compress = true }", "compress = true, immutable = false }"),
        (
            "distribution.spa",
            "false",
            "KP\"] }              # or { allow = [...] }; default: everyone\n",
            "KP\"] }              # or { allow = [...] }; default: everyone\nspa = false\n",
        ),
    ];
    let full = fs::read_to_string(fixture("valid/full.toml")).unwrap();
    for (key, text, before, after) in rows {
        let mut document = full.parse().unwrap();
        set(&mut document, key, text).unwrap();
        assert!(full.contains(before), "{before}");
        assert_eq!(document.to_string(), full.replacen(before, after, 1), "{key}");
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_stay() {
    let text = format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"));
    let changed = edited(&text, &[("name".into(), "acme".into())]).unwrap();
    assert_eq!(changed, text.replace("hello", "acme"));
    assert_eq!(parse(&changed, "windows.toml").unwrap().name, "acme");
    let problems = parse(&text.replace("hello", "x"), "windows.toml").unwrap_err();
    let place = problems.problems[0].place.clone();
    assert_eq!(&problems.text[place], "\"x\"");
}

#[test]
fn setting_what_is_not_there_yet_adds_it() {
    let mut document = MINIMAL.parse().unwrap();
    let rows = [
        ("failover.region", "eu-central-1"),
        ("caching.rule[0].path", "/a/*"),
        ("caching.rule[0].edge", "{ min = \"1s\", default = \"1h\" }"),
        ("caching.rule[1].path", "/b/*"),
        ("caching.default.browser", "5m"),
        ("https.domains", "acme.example"),
        ("https.hsts.max_age", "30d"),
        ("distribution.geo.block", "KP"),
        ("edge[0].name", "headers"),
        ("edge[0].function", "builtin:security-headers"),
        ("edge[0].event", "viewer-response"),
    ];
    for (key, text) in rows {
        set(&mut document, key, text).unwrap_or_else(|error| panic!("{error}"));
    }
    let text = document.to_string();
    insta::assert_snapshot!(text);
    parse(&text, "new.toml").unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
}

#[test]
fn unsetting_takes_one_thing_out() {
    let mut document = fs::read_to_string(fixture("valid/full.toml")).unwrap().parse().unwrap();
    for key in ["https.hsts", "failover", "edge[0]", "caching.rule[1]", "distribution.comment"] {
        assert!(unset(&mut document, key).unwrap(), "{key}");
    }
    assert!(!unset(&mut document, "failover.region").unwrap());
    let profile = parse(&document.to_string(), "less.toml").unwrap();
    assert_eq!((profile.failover, profile.edge.len(), profile.caching.rules.len()), (None, 1, 1));
}

#[test]
fn what_cannot_be_set_says_why_and_changes_nothing() {
    let rows = [
        ("failover.regoin", "eu-west-1", "did you mean `failover.region`?"),
        ("failover.region", "atlantis", "there is no AWS region"),
        ("failover", "on", "is a table"),
        ("caching.rule[3].path", "/a/*", "the next is `rule[2]`"),
        ("caching.rule[].path", "/a/*", "which item"),
        ("caching.default.browser", "soon", "not a length of time"),
        ("failover.on", "500,oops", "not TOML"),
        ("failover.enabled", "maybe", "expected `true` or `false`"),
        ("edge[0].memory_mb", "a lot", "expected a whole number from 128 to 10240"),
    ];
    let full = fs::read_to_string(fixture("valid/full.toml")).unwrap();
    for (key, text, why) in rows {
        let mut document = full.parse().unwrap();
        let error = set(&mut document, key, text).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(document.to_string(), full, "{key}");
    }
}

#[test]
fn a_deployed_site_keeps_its_name_and_its_pinned_buckets_their_region() {
    let before = load(&fixture("valid/full.toml")).unwrap().profile;
    let mut renamed = before.clone();
    renamed.name = "other".into();
    assert!(check_edit(&before, &renamed).is_err());
    let mut moved = before.clone();
    moved.distribution.region = Region("eu-west-2".into());
    let error = check_edit(&before, &moved).unwrap_err().to_string();
    assert!(error.contains("`distribution.region`") && error.contains("`distribution.bucket`"), "{error}");
    moved.distribution.bucket = None;
    assert_eq!(check_edit(&before, &moved), Ok(()));
}

#[test]
fn a_bucket_of_a_given_name_stays_in_its_region_when_it_becomes_the_other_copy() {
    let profile = |primary: &str, backup: &str| {
        let text = format!(
            "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \".\"\nregion = \"eu-west-1\"\n{primary}\n\
             [failover]\nregion = \"us-east-1\"\n{backup}\n"
        );
        parse(&text, "site.toml").unwrap()
    };
    let (before, after) = (profile("bucket = \"mine\"", ""), profile("", "bucket = \"mine\""));
    let error = check_edit(&before, &after).unwrap_err().to_string();
    assert!(error.contains("`failover.region`") && error.contains("`mine`"), "{error}");
    let mut swapped = after.clone();
    swapped.distribution.region = Region("us-east-1".into());
    swapped.failover.as_mut().unwrap().region = Region("eu-west-1".into());
    assert_eq!(check_edit(&before, &swapped), Ok(()));
}

#[test]
fn saving_replaces_the_file_whole_and_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    save(&path, "first").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    save(&path, "second").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "second");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn presets_are_valid_and_say_what_they_are_for() {
    for preset in presets() {
        let problems = read(preset.text, preset.name).problems;
        assert_eq!(problems.problems, [], "{}", problems.render(Colour::Off));
        assert!(preset.text.starts_with("# ") && preset.about().ends_with('.'), "{}", preset.name);
        assert_eq!(new_profile(preset, &[]).unwrap(), preset.text);
    }
    let text = new_profile(preset("blog").unwrap(), &[("name".into(), "acme".into())]).unwrap();
    assert_eq!(text, preset("blog").unwrap().text.replacen("\"my-blog\"", "\"acme\"", 1));
}

#[test]
fn the_schema_file_is_what_the_questions_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/profile.schema.json");
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), generated, "run the tests with UPDATE=1");
}

#[test]
fn the_schema_takes_what_is_valid_and_refuses_unknown_keys() {
    let validator = jsonschema::draft4::options().build(&schema()).unwrap();
    let fixtures = files("valid").into_iter().map(|path| fs::read_to_string(path).unwrap());
    for text in fixtures.chain(presets().iter().map(|preset| preset.text.to_owned())) {
        let json = json_of(&text);
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{text}");
    }
    for table in
        ["", "/distribution", "/failover", "/edge/0", "/caching/default", "/caching/rule/0", "/https/hsts"]
    {
        let mut json = json_of(&fs::read_to_string(fixture("valid/full.toml")).unwrap());
        json.pointer_mut(table).unwrap()["surprise"] = json!(true);
        assert!(!validator.is_valid(&json), "{table}");
    }
}

const MINIMAL: &str = include_str!("profile/valid/minimal.toml");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profile").join(name)
}

fn json_of(text: &str) -> Json {
    let document: toml_edit::DocumentMut = text.parse().unwrap();
    table_json(document.as_table())
}

fn table_json(table: &dyn toml_edit::TableLike) -> Json {
    Json::Object(table.iter().map(|(key, item)| (key.to_owned(), item_json(item))).collect())
}

fn item_json(item: &toml_edit::Item) -> Json {
    if let Some(tables) = item.as_array_of_tables() {
        return tables.iter().map(|table| table_json(table)).collect();
    }
    if let Some(table) = item.as_table_like() {
        return table_json(table);
    }
    match item.as_value().unwrap() {
        toml_edit::Value::Array(values) => {
            values.iter().map(|value| item_json(&toml_edit::Item::Value(value.clone()))).collect()
        }
        value => value
            .as_str()
            .map(Json::from)
            .or(value.as_integer().map(Json::from))
            .or(value.as_bool().map(Json::from))
            .unwrap(),
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}") {
        let _ = read(&text, "any.toml").problems.render(Colour::On);
    }

    /// A valid file with a piece cut out and another put in reaches far deeper than random letters.
    #[test]
    fn a_damaged_profile_is_read_without_a_panic(start in 0usize..3_000, length in 0usize..80, put in "[\\[\\]{}=\"a1.,\n é-]{0,6}") {
        let mut letters: Vec<char> = include_str!("profile/valid/full.toml").chars().collect();
        let start = start.min(letters.len());
        let end = (start + length).min(letters.len());
        letters.splice(start..end, put.chars());
        let reading = read(&letters.into_iter().collect::<String>(), "damaged.toml");
        let _ = reading.problems.render(Colour::Off);
    }

    #[test]
    fn what_is_set_to_the_example_loads_as_the_example(rows in prop::sample::subsequence((0..questions().count()).collect::<Vec<_>>(), 1..8)) {
        let mut document = include_str!("profile/valid/full.toml").parse().unwrap();
        for row in rows.iter().filter_map(|nth| questions().nth(*nth)) {
            let key = row.key.replace("[]", "[0]");
            set(&mut document, &key, row.example).unwrap();
            let first = read(&document.to_string(), "set.toml").sheet.value(&key);
            prop_assert!(first.is_some());
            set(&mut document, &key, row.example).unwrap();
            prop_assert_eq!(first, read(&document.to_string(), "set.toml").sheet.value(&key));
        }
    }
}

#[test]
fn a_question_is_shown_and_needed_only_where_it_has_a_meaning() {
    let sheet = read(&fs::read_to_string(fixture("valid/full.toml")).unwrap(), "full.toml").sheet;
    assert!(sheet.is_shown("edge[0].options") && !sheet.is_shown("edge[1].options"));
    assert!(sheet.is_shown("edge[1].include_body") && !sheet.is_shown("edge[0].include_body"));
    assert!(sheet.is_needed("failover.region") && sheet.is_needed("https.domains"));

    let sheet = read(MINIMAL, "minimal.toml").sheet;
    assert_eq!(sheet.value("failover.enabled"), Some(json!(false)));
    assert!(!sheet.is_shown("failover.region") && !sheet.is_needed("https.domains"));
    assert_eq!(sheet.value("distribution.pretty_urls"), Some(json!(true)));
    assert!(sheet.is_needed("distribution.region") && !sheet.is_written("distribution.index"));
}
