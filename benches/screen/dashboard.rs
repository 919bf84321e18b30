//! The live dashboard of a deployed site: how soon it shows something, how soon the first answer is on it, and what it
//! takes while nothing happens. AWS is a sandbox in this process, so that only the program itself is measured.

use super::program::{Shown, switches};
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::{self, Options, Running};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::runtime::Runtime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sitecast");

/// How often an opening is measured.
const OPENINGS: usize = 10;
/// For how long the dashboard is watched: some panels are looked at within that time, as over hours.
const REST: Duration = Duration::from_secs(60);
/// By how much the slow service is late; what others answer must be there long before.
const LATE: Duration = Duration::from_secs(4);

const PROFILE: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"

[failover]
region = "eu-central-1"
"#;

/// What was measured.
pub struct Measured {
    /// From the start to the first words.
    pub first_paint: Vec<Duration>,
    /// From the start to the first answer, while one service is late.
    pub first_data: Vec<Duration>,
    /// How much of one core it took; `None` where the system does not tell.
    pub share_of_a_core: Option<f64>,
    /// How often it was woken.
    pub wakes: Option<u64>,
}

/// Opens the dashboard often, and watches the last one at rest.
pub fn measure() -> Measured {
    let site = Site::deployed();
    let opened: Vec<_> = (0..OPENINGS).map(|_| site.open()).collect();
    let (first_paint, first_data) = opened.into_iter().unzip();
    let shown = site.at_rest();
    let before = (taken(shown.id()), switches(shown.id()));
    std::thread::sleep(REST);
    let took = taken(shown.id()).zip(before.0).map(|(after, before)| after.saturating_sub(before));
    Measured {
        first_paint,
        first_data,
        share_of_a_core: took.map(|took| took.as_secs_f64() / REST.as_secs_f64()),
        wakes: switches(shown.id()).zip(before.1).map(|(after, before)| after.saturating_sub(before)),
    }
}

/// A deployed site and its account.
struct Site {
    account: Running,
    folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Site {
    fn deployed() -> Site {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("public")).unwrap();
        std::fs::write(folder.path().join("public/index.html"), "<h1>Acme</h1>").unwrap();
        std::fs::write(folder.path().join("site.toml"), PROFILE).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let options = Options {
            folder: folder.path().join("account"),
            pace: Pace::Instant,
            port: 0,
            faults: Vec::new(),
            dns_port: None,
        };
        let account = runtime.block_on(server::start(options)).unwrap();
        let site = Site { account, folder, _runtime: runtime };
        let mut deploy = Command::new(PROGRAM);
        deploy.args(["deploy", "site.toml", "--yes", "--no-input", "--quiet"]).env_clear();
        let deploy = deploy.envs(site.environment()).env("SITECAST_POLL_MS", "5").stdout(Stdio::null());
        assert!(deploy.current_dir(site.folder.path()).status().unwrap().success());
        site
    }

    fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.account.url()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("HOME", self.folder.path().display().to_string()),
        ]
    }

    /// From the start to the first words, and to the first answer, while the figures are late.
    fn open(&self) -> (Duration, Duration) {
        let late = format!("service=monitoring delay={}", LATE.as_millis());
        self.account.set_faults(vec![late.parse().unwrap()]);
        let mut shown = self.shown();
        (shown.until("Distribution"), shown.until("cloudfront.net"))
    }

    /// The dashboard once every panel has an answer.
    fn at_rest(&self) -> Shown {
        self.account.set_faults(Vec::new());
        let mut shown = self.shown();
        shown.until("healthy");
        shown.until_quiet();
        shown
    }

    /// The variables come through `env`, which then becomes the program.
    fn shown(&self) -> Shown {
        let variables = self.environment().map(|(name, value)| format!("{name}={value}"));
        let program = [PROGRAM, "status", "site.toml"];
        let arguments: Vec<&str> = variables.iter().map(String::as_str).chain(program).collect();
        Shown::of(Path::new("/usr/bin/env"), &arguments, self.folder.path())
    }
}

/// How long all threads of a process have run.
fn taken(process: u32) -> Option<Duration> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let of_thread = |thread: std::fs::DirEntry| {
        let told = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split_whitespace().next()?.parse().ok()
    };
    Some(threads.flatten().filter_map(of_thread).map(Duration::from_nanos).sum())
}
