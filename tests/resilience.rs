//! Whatever happens at whichever call, running again ends where an undisturbed run ends: no duplicate, no
//! orphan, nothing lost.
//!
//! Rows are generated for the calls of a deploy, of an edit and of a destroy: the program is killed right after
//! call k, the answer to call k is lost, call k and the four after it are throttled, call k is answered with 500.
//! With `EVERY_CALL=1` that is every call, else every fifth.

#![expect(clippy::unwrap_used, reason = "a test that can't run the program has failed")]

#[path = "support/account.rs"]
mod account;
#[path = "support/program.rs"]
mod program;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;
#[path = "support/two_regions.rs"]
mod two_regions;
#[path = "support/zone.rs"]
mod zone;

use program::{Place, told};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use two_regions::{PAGES, TWO_REGIONS};
use zone::{block_on, in_zone};

/// What the profile says beside the two regions.
const MORE: &str = r#"
[[caching.rule]]
path = "/search/*"
browser = "0s"
edge = "5m"
query = { only = ["q"] }

[https]
domains = ["acme.example", "www.acme.example"]
dns = "route53"
redirect = "to-apex"

[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "origin-response"
"#;

/// Another region for the primary, another caching rule, no error page, one domain less, another version at the
/// edge.
const EDITED: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "us-east-2"

[failover]
region = "eu-central-1"

[[caching.rule]]
path = "/find/*"
browser = "0s"
edge = "10m"
query = "all"

[https]
domains = ["acme.example"]
dns = "route53"

[[edge]]
name = "headers"
function = "builtin:security-headers"
event = "origin-response"
options = { frame = "sameorigin" }
"#;

const ASSETS: [(&str, &str); 2] = [("assets/app.js", "console.log(1)"), ("a b+c%/ü.txt", "odd")];

const DEPLOY: &[&str] = &["deploy", "site.toml", "--yes", "--no-input", "--quiet"];
const DESTROY: &[&str] = &["destroy", "site.toml", "--yes", "--confirm", "acme", "--no-input", "--quiet"];

fn place() -> Place {
    let place = Place::new(&format!("{TWO_REGIONS}{MORE}"), &[PAGES, ASSETS].concat());
    in_zone(&place, &[]);
    place
}

/// Something that a person does, from a state in which they do it.
struct Scenario {
    start: Place,
    command: &'static [&'static str],
    expected: String,
}

impl Scenario {
    fn deploy() -> Scenario {
        Scenario::new(place(), DEPLOY)
    }

    fn edit() -> Scenario {
        let start = place();
        start.run_well(DEPLOY);
        start.set_profile(EDITED);
        start.write("index.html", "<h1>Acme, Inc.</h1>");
        start.write("assets/new.js", "console.log(2)");
        Scenario::new(start, DEPLOY)
    }

    fn destroy() -> Scenario {
        let start = place();
        start.run_well(DEPLOY);
        Scenario::new(start, DESTROY)
    }

    fn new(start: Place, command: &'static [&'static str]) -> Scenario {
        let undisturbed = start.copy();
        undisturbed.run_well(command);
        let expected = snapshot(&undisturbed);
        Scenario { start, command, expected }
    }

    /// Kills the program right after each call, until it gets through without being killed; returns how many
    /// calls that were.
    fn survives_kills(&self) -> u64 {
        let calls = AtomicU64::new(u64::MAX);
        each_call(&calls, |call| {
            let place = self.start.copy();
            let output = place.run(&[self.command, &["--fault", &format!("call={call} abort")]].concat());
            if output.status.code().is_some() {
                assert!(output.status.success(), "with call {call} killed:\n{}", told(&output));
                calls.fetch_min(call - 1, Ordering::SeqCst);
            }
            self.ends_as_expected(&place, &format!("killed after call {call}"));
        });
        calls.load(Ordering::SeqCst)
    }

    /// Disturbs each call in one way; the program must get through by itself.
    fn survives(&self, calls: u64, disturbance: &str) {
        each_call(&AtomicU64::new(calls), |call| {
            let place = self.start.copy();
            let fault = format!("call={call} {disturbance}");
            let output = place.run(&[self.command, &["--fault", &fault]].concat());
            assert!(output.status.success(), "with {fault}:\n{}", told(&output));
            assert_eq!(snapshot(&place), self.expected, "with {fault}");
        });
    }

    fn ends_as_expected(&self, place: &Place, after: &str) {
        let again = place.run(self.command);
        // What was torn down already can't be found again, and that is said with 1.
        let gone = self.command == DESTROY && again.status.code() == Some(1);
        assert!(again.status.success() || gone, "{after}, run again:\n{}", told(&again));
        assert_eq!(snapshot(place), self.expected, "{after}, run again");
    }

    fn survives_everything(&self) {
        let calls = self.survives_kills();
        assert!(calls > 20, "only {calls} calls");
        for disturbance in ["drop", "times=5 throttle", "fail=InternalError status=500"] {
            self.survives(calls, disturbance);
        }
    }
}

/// Does `work` for the calls up to `last`, two at a time; `last` may sink meanwhile.
fn each_call(last: &AtomicU64, work: impl Fn(u64) + Sync) {
    let stride = if std::env::var_os("EVERY_CALL").is_some() { 1 } else { 5 };
    let next = AtomicU64::new(1);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let call = next.fetch_add(stride, Ordering::SeqCst);
                    if call > last.load(Ordering::SeqCst) {
                        break;
                    }
                    work(call);
                }
            });
        }
    });
}

fn snapshot(place: &Place) -> String {
    block_on(account::snapshot(&place.account()))
}

#[test]
fn a_deploy_survives_everything() {
    Scenario::deploy().survives_everything();
}

#[test]
fn an_edit_survives_everything() {
    Scenario::edit().survives_everything();
}

#[test]
fn a_teardown_survives_everything_and_leaves_nothing() {
    let scenario = Scenario::destroy();
    assert_eq!(scenario.expected, "");
    scenario.survives_everything();
}

/// Two people deploy at once; whoever loses a race is told to run again, and then all is as one would have left it.
#[test]
fn two_deploys_at_once_converge() {
    let scenario = Scenario::deploy();
    let place = scenario.start.copy();
    let [one, other] = [0, 1].map(|_| place.command(DEPLOY).spawn().unwrap());
    for mut running in [one, other] {
        running.wait().unwrap();
    }
    scenario.ends_as_expected(&place, "after two deploys at once");
}
