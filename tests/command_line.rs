//! The command line as people use it: what they leave out, mix up, or come back to later.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[expect(dead_code, reason = "only some of what places can do is needed here")]
#[path = "support/program.rs"]
mod program;

use program::{Place, told};
use std::fs;
use std::path::PathBuf;

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
"#;

const FILES: &[(&str, &str)] = &[("index.html", "<h1>Acme</h1>")];

fn place() -> Place {
    Place::new(PROFILE, FILES)
}

fn file(place: &Place, name: &str) -> PathBuf {
    place.account().with_file_name(name)
}

/// Runs a command that is refused with this exit code; all that it said.
#[track_caller]
fn refused(place: &Place, code: i32, arguments: &[&str]) -> String {
    let output = place.run(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", told(&output));
    told(&output)
}

#[test]
fn the_ending_of_a_profile_need_not_be_typed() {
    let place = place();
    let said = told(&place.run(&["new", "shop", "--no-input"]));
    assert!(said.contains("wrote shop.toml") && said.contains("next: sitecast plan shop.toml"), "{said}");
    assert!(!file(&place, "shop").exists());
    assert!(refused(&place, 2, &["new", "shop", "--no-input"]).contains("shop.toml exists already"));
    assert!(
        place
            .run_well(&["edit", "shop", "--set", "distribution.price_class=all", "--json"])
            .contains("shop.toml")
    );
    place.run_well(&["plan", "shop", "--quiet"]);
    // A folder of that name is no profile, and the one beside it is named.
    fs::create_dir(file(&place, "shop")).unwrap();
    let said = refused(&place, 2, &["plan", "shop"]);
    assert!(said.contains("shop is a folder") && said.contains("name one of these: shop.toml"), "{said}");
}
