//! The command line as clap reads it.

use super::edge::EdgeCommand;
use super::profile_path;
use super::sandbox::PaceName;
use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Takes a folder of static files to a production global site on AWS, and keeps it there.
#[derive(Debug, Parser)]
#[command(name = "sitecast", version, about, before_help = EXAMPLES, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do; nothing opens the wizard.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,
}

const EXAMPLES: &str = "\
  sitecast                    the wizard
  sitecast new site.toml --set distribution.folder=public
  sitecast plan site.toml
  sitecast deploy site.toml
  sitecast status site.toml
  sitecast destroy site.toml";

const EXIT_CODES: &str = "\
Exit codes:
    0  fine
    1  failed
    2  wrong use, or an invalid profile
    3  changes pending (plan --detailed-exitcode), or drift (status --check)
    4  no usable AWS credentials
    5  unfinished: it waits for you (DNS) or for AWS; run it again
    6  degraded (status --check)
  130  interrupted";

/// Flags that every command takes. Each can also be set by an environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Ask this DNS resolver alone, such as 192.0.2.53:53, instead of public ones
    #[arg(long, global = true, env = "SITECAST_RESOLVER", value_name = "ADDRESS", value_parser = resolver)]
    pub resolver: Option<SocketAddr>,
    /// Use an AWS that runs inside this program instead of an account
    #[arg(long, global = true, env = "SITECAST_SANDBOX", value_parser = FalseyValueParser::new())]
    pub sandbox: bool,
    /// Where and how the sandbox runs
    #[command(flatten)]
    pub place: SandboxPlace,
    /// The profile of the AWS configuration to use
    #[arg(long, global = true, env = "SITECAST_AWS_PROFILE", value_name = "NAME")]
    pub aws_profile: Option<String>,
    /// Refuse to work in any other AWS account
    #[arg(long, global = true, env = "SITECAST_EXPECT_ACCOUNT", value_name = "ID", value_parser = account_id)]
    pub expect_account: Option<String>,
    /// Write line by line, without moving the cursor
    #[arg(long, global = true, env = "SITECAST_LINE", value_parser = FalseyValueParser::new())]
    pub line: bool,
    /// Ask and report where the cursor stands, without taking over the whole screen
    #[arg(long, global = true, env = "SITECAST_INLINE", value_parser = FalseyValueParser::new())]
    pub inline: bool,
    /// Never ask anything
    #[arg(long, global = true, env = "SITECAST_NO_INPUT", value_parser = FalseyValueParser::new())]
    pub no_input: bool,
    /// Agree to what would be asked
    #[arg(long, short = 'y', global = true, env = "SITECAST_YES", value_parser = FalseyValueParser::new())]
    pub yes: bool,
    /// Print one JSON object on stdout
    #[arg(long, global = true, env = "SITECAST_JSON", value_parser = FalseyValueParser::new(), conflicts_with = "events")]
    pub json: bool,
    /// Print one JSON object a line on stdout, as things happen
    #[arg(long, global = true, env = "SITECAST_EVENTS", value_parser = FalseyValueParser::new())]
    pub events: bool,
    /// When to use colour
    #[arg(long, global = true, env = "SITECAST_COLOR", value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Say each call to AWS, with its status and request id; twice, each attempt as well
    #[arg(long, short = 'v', global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Print only errors and data
    #[arg(long, short = 'q', global = true, env = "SITECAST_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}

fn account_id(text: &str) -> Result<String, &'static str> {
    let digits = text.len() == 12 && text.chars().all(|c| c.is_ascii_digit());
    if digits { Ok(text.to_owned()) } else { Err("an AWS account's id has twelve digits") }
}

/// An address with or without a port.
fn resolver(text: &str) -> Result<SocketAddr, String> {
    const DNS: u16 = 53;
    let bare = || text.parse().map(|address: IpAddr| SocketAddr::new(address, DNS));
    text.parse().or_else(|_| bare()).map_err(|_| "an IP address is needed, with or without :PORT".to_owned())
}

/// The variable that holds the sandbox's folder.
pub const SANDBOX_DIR: &str = "SITECAST_SANDBOX_DIR";

/// Where and how the sandbox runs.
#[derive(Debug, Clone, Args)]
pub struct SandboxPlace {
    /// The folder that holds the sandbox's state
    #[arg(long = "sandbox-dir", global = true, env = SANDBOX_DIR, value_name = "DIR")]
    pub sandbox_dir: Option<PathBuf>,
    /// How fast the sandbox's lifecycles go by
    #[arg(long, global = true, env = "SITECAST_SANDBOX_PACE", value_name = "PACE", default_value = "quick")]
    pub pace: PaceName,
    /// Something that is to go wrong in the sandbox, such as "op=CreateDistributionWithTags nth=1 throttle"
    #[arg(long, global = true, value_name = "FAULT")]
    pub fault: Vec<String>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that has it, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new profile
    #[command(after_help = "Example: sitecast new shop.toml --preset blog --set distribution.folder=public")]
    New(New),
    /// Change answers in a profile
    #[command(after_help = "Example: sitecast edit shop.toml --set failover.region=eu-central-1")]
    Edit(Edit),
    /// Find out all that could go wrong before anything is changed
    Check(Profile),
    /// Print the least that an IAM policy must allow for a profile
    Policy(Policy),
    /// Show what deploying would change, and change nothing
    #[command(after_help = "Example: sitecast plan shop.toml --detailed-exitcode")]
    Plan(PlanArguments),
    /// Make AWS what the profile says, and publish the folder
    #[command(after_help = "Example: sitecast deploy shop.toml --yes")]
    Deploy(Deploy),
    /// Show the deployed site, and where it differs from the profile
    #[command(after_help = "Example: sitecast status shop.toml --check")]
    Status(Status),
    /// Prove on the live site, and harmlessly, that the backup bucket answers when the primary can't
    #[command(after_help = "Example: sitecast drill shop.toml")]
    Drill(Drill),
    /// Remove the site and everything that belongs to it
    #[command(after_help = "Example: sitecast destroy shop.toml --yes --confirm shop")]
    Destroy(Destroy),
    /// Show what was run on the site from this machine, and how it went
    #[command(after_help = "Example: sitecast history shop.toml")]
    History(Profile),
    /// List the sites in this account
    #[command(after_help = "Example: sitecast list --aws-profile work")]
    List,
    /// Write the profile of a deployed site from the copy kept with it
    #[command(after_help = "Example: sitecast import shop shop.toml")]
    Import(Import),
    /// List the presets, or print one
    #[command(after_help = "Example: sitecast presets blog")]
    Presets(Presets),
    /// Print the JSON Schema of a profile or, with --events, of the lines that --events prints
    #[command(after_help = "Example: sitecast schema > profile.schema.json")]
    Schema,
    /// Run an edge function on this machine, or hash a password for one
    #[command(subcommand)]
    Edge(EdgeCommand),
    /// Print a completion script
    #[command(after_help = "Example: sitecast completions zsh > ~/.zfunc/_sitecast")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, of the program or of one command
    #[command(after_help = "Example: sitecast man deploy | man -l -")]
    Man(Man),
    /// Run, empty or arrange the AWS inside this program
    #[command(subcommand)]
    Sandbox(SandboxCommand),
}

/// What to do with the sandbox.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Serve it to any AWS client until Ctrl-C
    #[command(after_help = "Example: sitecast sandbox serve --port 4566")]
    Serve(Serve),
    /// Forget everything in it
    #[command(after_help = "Example: sitecast sandbox reset")]
    Reset,
    /// Arrange what its DNS answers
    #[command(subcommand)]
    Dns(DnsCommand),
    /// Arrange the hosted zones of its Route 53
    #[command(subcommand)]
    Zone(ZoneCommand),
}

/// Serve the sandbox.
#[derive(Debug, Args)]
pub struct Serve {
    /// The folder that holds its state, as --sandbox-dir names it elsewhere
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The port on the loopback address; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The port of its DNS server; without it there is none
    #[arg(long)]
    pub dns_port: Option<u16>,
}

/// Arrange the hosted zones of the sandbox's Route 53.
#[derive(Debug, Subcommand)]
pub enum ZoneCommand {
    /// Make a public hosted zone, as in an account whose Route 53 keeps a domain's DNS
    #[command(after_help = "Example: sitecast sandbox zone add example.com")]
    Add {
        /// The zone's name
        name: String,
    },
    /// List the hosted zones
    #[command(after_help = "Example: sitecast sandbox zone list")]
    List,
    /// Remove a hosted zone that holds no records of a site any more
    #[command(after_help = "Example: sitecast sandbox zone remove example.com")]
    Remove {
        /// The zone's name
        name: String,
    },
}

/// Arrange what the sandbox's DNS answers.
#[derive(Debug, Subcommand)]
pub enum DnsCommand {
    /// Add a record of a domain whose DNS is kept elsewhere
    #[command(after_help = "Example: sitecast sandbox dns add www.example.com CNAME example.com")]
    Add {
        /// The record's name
        name: String,
        /// The record's type, such as CNAME
        #[arg(value_name = "TYPE")]
        kind: String,
        /// The record's value
        value: String,
    },
    /// Remove the records of a name and type that were added
    #[command(after_help = "Example: sitecast sandbox dns remove www.example.com CNAME")]
    Remove {
        /// The records' name
        name: String,
        /// Their type, such as CNAME
        #[arg(value_name = "TYPE")]
        kind: String,
    },
}

/// Make AWS what the profile says.
#[derive(Debug, Clone, Default, Args)]
pub struct Deploy {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// Don't wait for DNS: end with 5 while a certificate waits for it, and go on with the next run
    #[arg(long)]
    pub no_wait: bool,
    /// Replace whatever DNS records lead this domain of the profile elsewhere; may be repeated
    #[arg(long, value_name = "NAME")]
    pub replace_records: Vec<String>,
    /// Go on although public DNS still leads domains here that the profile no longer has
    #[arg(long)]
    pub leave_dns: bool,
    /// List the buckets, and repair what something else has deleted, written over or added
    #[arg(long)]
    pub verify: bool,
}

/// A command about one profile.
#[derive(Debug, Args)]
pub struct Profile {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
}

/// Print a policy for one profile.
#[derive(Debug, Args)]
pub struct Policy {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// Whom it is for
    #[arg(long, value_enum, default_value_t = PolicyRole::Operator)]
    pub role: PolicyRole,
    /// Print the Nth of the parts into which a policy is divided that is too long for one managed policy
    #[arg(long, value_name = "N")]
    pub part: Option<usize>,
}

/// Whom a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyRole {
    /// Whoever runs this program
    Operator,
    /// The site's edge functions
    Edge,
}

/// Answers given on the command line.
#[derive(Debug, Args)]
pub struct Answers {
    /// An answer, such as failover.region=eu-central-1; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Write a new profile.
#[derive(Debug, Args)]
pub struct New {
    /// Where to write it; .toml is added where there is no ending [default: NAME.toml]
    #[arg(value_parser = profile_path::to_write())]
    pub file: Option<PathBuf>,
    /// The preset to begin with; see `sitecast presets`
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<String>,
    /// Answers
    #[command(flatten)]
    pub answers: Answers,
}

/// Change answers in a profile.
#[derive(Debug, Args)]
pub struct Edit {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// Answers
    #[command(flatten)]
    pub answers: Answers,
}

/// Show what deploying would change.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// Exit with 3 when there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// List the buckets as well, to find what something else has deleted, written over or added
    #[arg(long)]
    pub verify: bool,
}

/// Show the deployed site.
#[derive(Debug, Args)]
pub struct Status {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// Exit with 6 when the site is degraded, with 3 when it differs from the profile
    #[arg(long)]
    pub check: bool,
    /// Go on looking, and print a line for each change; Ctrl-C ends it
    #[arg(long, conflicts_with = "check")]
    pub watch: bool,
}

/// Prove that the backup answers.
#[derive(Debug, Args)]
pub struct Drill {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
}

/// Remove the site.
#[derive(Debug, Clone, Default, Args)]
pub struct Destroy {
    /// The profile
    #[arg(value_parser = profile_path::to_read())]
    pub file: PathBuf,
    /// The site's name again, to agree without typing it; where nothing can be asked, --yes is needed too
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Leave the buckets with everything in them
    #[arg(long)]
    pub keep_buckets: bool,
    /// Bring the published files into a folder beside the profile first; nothing is removed before they are there
    #[arg(long)]
    pub back_up: bool,
    /// Go on although public DNS still leads domains to the site
    #[arg(long)]
    pub leave_dns: bool,
    /// Leave what edge functions wrote
    #[arg(long)]
    pub keep_logs: bool,
    /// Wait until edge locations have let go of edge functions, often an hour, instead of ending with 5
    #[arg(long)]
    pub wait: bool,
}

/// Write the profile of a deployed site.
#[derive(Debug, Args)]
pub struct Import {
    /// The site's name; see `sitecast list`
    pub name: String,
    /// Where to write it; .toml is added where there is no ending [default: NAME.toml]
    #[arg(value_parser = profile_path::to_write())]
    pub file: Option<PathBuf>,
}

/// Print the manual page.
#[derive(Debug, Args)]
pub struct Man {
    /// The command, such as `deploy` or `edge test`
    #[arg(conflicts_with = "dir")]
    pub of: Vec<String>,
    /// Write all pages into this folder instead
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// List the presets, or print one.
#[derive(Debug, Args)]
pub struct Presets {
    /// The preset to print
    pub name: Option<String>,
}
