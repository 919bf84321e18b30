use super::*;
use serde_json::json;

fn options(name: &str, written: Json) -> Result<Options, Vec<String>> {
    let written = written.as_object().unwrap().clone();
    let texts = |problems: Vec<OptionProblem>| problems.iter().map(OptionProblem::to_string).collect();
    ready_function(name).unwrap().options(&written).map_err(texts)
}

fn problems(name: &str, written: Json) -> Vec<String> {
    options(name, written).unwrap_err()
}

#[test]
fn defaults_fill_what_is_not_written() {
    let read = options("pretty-urls", json!({ "spa": true })).unwrap();
    let expected = json!({ "index": "index.html", "pretty": true, "spa": true, "files": [], "hosts": [] });
    assert_eq!(Json::Object(read), expected);
}

#[test]
fn every_default_passes_its_own_check() {
    for function in READY_FUNCTIONS {
        let problems = function.options(&Options::new()).err().unwrap_or_default();
        let other: Vec<_> = problems.iter().filter(|problem| problem.message != "is missing").collect();
        let required = function.options.iter().any(|row| matches!(row.default, OptionDefault::Required));
        // Checks over several options run once each one is well formed.
        assert!(other.is_empty(), "{}: {other:?}", function.name);
        assert_eq!(problems.is_empty(), !required, "{}", function.name);
    }
}

#[test]
fn every_example_can_be_taken_as_it_stands_but_for_what_is_secret() {
    for function in READY_FUNCTIONS {
        let written = crate::profile::values::free_value(&function.example.parse().unwrap());
        let problems = function.options(written.as_object().unwrap()).err().unwrap_or_default();
        let has_secret = function.options.iter().any(|row| row.secret);
        assert_eq!(problems.is_empty(), !has_secret, "{}: {problems:?}", function.name);
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let written =
        json!({ "title": 7, "retry_after": 0, "allow_ips": ["192.0.2.0/33", "::1", true], "colour": "red" });
    assert_eq!(
        problems("maintenance", written),
        [
            "`colour` is not known; there are: title, message, retry_after, allow_ips, allow_paths",
            "`title` must be a text in quotes",
            "`retry_after` must be a whole number from 1 to 604800",
            "`allow_ips[0]` must be an IP address or a range such as 192.0.2.0/24",
            "`allow_ips[2]` must be a text in quotes",
        ]
    );
}

#[test]
fn redirects_can_lead_neither_to_themselves_nor_where_a_visitor_says() {
    let rows = [
        ("/a", "/b", None),
        ("/a/*", "/b/*", None),
        ("/a*", "https://b.example/*", None),
        (
            "/a*",
            "https://b.example*",
            Some("`rules[0].to` must name a host, with a slash between it and any *"),
        ),
        ("/a*", "https://*", Some("`rules[0].to` must name a host, with a slash between it and any *")),
        ("/a", "//b.example", Some("`rules[0].to` must begin with one slash, or with https://")),
        ("/a", "javascript:x", Some("`rules[0].to` must begin with / or https://")),
        (
            "/a",
            "https://user@evil.example/",
            Some("`rules[0].to` must name a host, with a slash between it and any *"),
        ),
        ("/a*b", "/c", Some("`rules[0].from` may have a * at its end only")),
        ("/a", "/b*", Some("`rules[0]` has a * in `to` and none in `from`")),
        ("/a", "/a?x=1", Some("`rules[0]` leads to itself, for ever")),
        ("/a/*", "/a/b/*", Some("`rules[0]` leads to itself, for ever")),
        ("/*", "/", Some("`rules[0]` leads to itself, for ever")),
    ];
    for (from, to, expected) in rows {
        let told = options("redirects", json!({ "rules": [{ "from": from, "to": to }] })).err();
        assert_eq!(told.map(|problems| problems.join("\n")).as_deref(), expected, "{from} {to}");
    }
}

#[test]
fn a_status_is_one_that_redirects() {
    let written = json!({ "rules": [{ "from": "/a", "to": "/b", "status": 303 }] });
    assert_eq!(problems("redirects", written), ["`rules[0].status` must be one of [301, 302, 307, 308]"]);
}

#[test]
fn a_password_in_the_place_of_its_hash_is_not_repeated() {
    let told = problems("basic-auth", json!({ "users": { "ann": "hunter2", "a:b": 7 } })).join("\n");
    assert!(told.contains("`users.ann` is no password hash"), "{told}");
    assert!(told.contains("`users.a:b` must be a name without a colon"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn hashes_of_passwords_are_not_shown() {
    let options = json!({ "users": { "ann": "scrypt:secret" }, "realm": "Preview" });
    let shown = ready_function("basic-auth").unwrap().shown_options(options.as_object().unwrap());
    assert_eq!(Json::Object(shown), json!({ "users": { "ann": "(hidden)" }, "realm": "Preview" }));
}

#[test]
fn the_default_language_is_one_of_the_languages() {
    let told = problems("language", json!({ "languages": ["en", "de"], "default": "fr" }));
    assert_eq!(told, ["`default` must be one of `languages`"]);
}

#[test]
fn a_name_that_means_something_to_javascript_is_refused() {
    let told = problems("ab-split", json!({ "variants": { "__proto__": 1, "a": 1 } }));
    assert_eq!(told, ["`variants.__proto__` can't be used as a name"]);
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let error = ready_function("redirect").unwrap_err();
    assert!(error.hint.unwrap().contains("redirects"));
}

#[test]
fn the_entry_module_holds_the_options() {
    let ready = ready_function("ab-split").unwrap();
    let written = json!({ "variants": { "a": 1, "b": 2 } });
    let options = ready.options(written.as_object().unwrap()).unwrap();
    insta::assert_snapshot!(ready.entry_module(&options), @r#"
    import { handlerFor } from './ab-split.mjs';

    const options = {
      "cookie": "variant",
      "days": 30,
      "variants": {
        "a": 1,
        "b": 2
      }
    };

    export const handler = handlerFor(options);
    "#);
}
