//! Who uploads: this program, and the peers that are installed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program that brings a folder into a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// This program, by its library.
    Ours,
    /// s5cmd as it comes.
    S5cmd,
    /// rclone with the settings that were fastest.
    Rclone,
    /// The AWS command line as it comes.
    Aws,
}

/// Connections at once, checksums for comparison, and no request beyond the PUT.
const RCLONE: [&str; 18] = [
    "--transfers",
    "64",
    "--checkers",
    "64",
    "--checksum",
    "--fast-list",
    "--s3-no-check-bucket",
    "--s3-no-head",
    "--s3-no-system-metadata",
    "--s3-list-version=2",
    "--s3-provider",
    "Other",
    "--s3-env-auth",
    "--s3-force-path-style=true",
    "--s3-region",
    "us-east-1",
    "--config",
    "/dev/null",
];

/// What one upload is from and to.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The site.
    pub folder: &'a Path,
    /// The server.
    pub url: &'a str,
    /// The file with the certificates to trust.
    pub trusted: &'a Path,
    /// Where this program keeps its hashes between runs.
    pub cache: &'a Path,
    /// How many buckets.
    pub buckets: usize,
}

impl Client {
    /// All of them; this program first.
    pub const ALL: [Client; 4] = [Client::Ours, Client::S5cmd, Client::Rclone, Client::Aws];

    /// What it is called in tables and by the environment.
    pub fn name(self) -> &'static str {
        match self {
            Client::Ours => "sitecast",
            Client::S5cmd => "s5cmd",
            Client::Rclone => "rclone",
            Client::Aws => "aws",
        }
    }

    /// Its program among `peers` or what is installed; `None` where there is none.
    pub fn program(self, peers: Option<&Path>) -> Option<PathBuf> {
        if self == Client::Ours {
            return env::current_exe().ok();
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = peers.map(Path::to_owned).into_iter().chain(env::split_paths(&path));
        folders.map(|folder| folder.join(self.name())).find(|program| {
            let mut asking = Command::new(program);
            let asking = asking.arg(self.version()).stdout(Stdio::null()).stderr(Stdio::null());
            asking.status().is_ok_and(|status| status.success())
        })
    }

    fn version(self) -> &'static str {
        match self {
            Client::S5cmd | Client::Rclone => "version",
            Client::Ours | Client::Aws => "--version",
        }
    }

    /// The commands that upload at once. A peer knows one bucket, so it runs once for each.
    pub fn commands(self, program: &Path, route: Route<'_>) -> Vec<Command> {
        if self == Client::Ours {
            let mut command = command(program, route);
            command.arg("publish").args([route.folder, route.cache]).arg(route.buckets.to_string());
            return vec![command];
        }
        (0..route.buckets).map(|number| self.to_bucket(program, route, number)).collect()
    }

    fn to_bucket(self, program: &Path, route: Route<'_>, number: usize) -> Command {
        let mut command = command(program, route);
        let folder = route.folder.display();
        match self {
            Client::S5cmd => command
                .args(["--endpoint-url", route.url, "--log", "error", "sync", "--delete"])
                .args([format!("{folder}/"), format!("s3://bench-{number}/site/")]),
            Client::Rclone => command
                .arg("sync")
                .args(RCLONE)
                .args(["--s3-endpoint", route.url])
                .args([folder.to_string(), format!(":s3:bench-{number}/site")]),
            // The server keeps bodies as they come, also those that are framed for a checksum at their end.
            Client::Aws | Client::Ours => command
                .env("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
                .args(["s3", "sync", "--delete", "--only-show-errors", "--endpoint-url", route.url])
                .args([folder.to_string(), format!("s3://bench-{number}/site")]),
        };
        command
    }
}

fn command(program: &Path, route: Route<'_>) -> Command {
    let mut command = Command::new(program);
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIDBENCH"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_ENDPOINT_URL", route.url),
    ];
    command.envs(variables).env("SSL_CERT_FILE", route.trusted).env("AWS_CA_BUNDLE", route.trusted);
    command
}
