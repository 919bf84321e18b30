//! One run of a program, and what it took. A process of its own watches it, since the system tells only of all
//! children together.

use nix::sys::resource::{UsageWho, getrusage};
use std::error::Error;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The word by which this program is told to watch another one.
pub const WATCH: &str = "watch";

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// Seconds until it ended.
    pub wall: f64,
    /// Seconds of processor time.
    pub cpu: f64,
    /// The most memory that it held, in MB.
    pub memory: f64,
}

/// Runs these commands at the same time; what they took together.
pub fn run(commands: Vec<Command>) -> Result<Took, Box<dyn Error>> {
    let began = Instant::now();
    let watched = commands.iter().map(watched).collect::<io::Result<Vec<_>>>()?;
    let mut took = Took::default();
    for mut child in watched {
        let mut told = String::new();
        child.stdout.take().ok_or("a watcher has an output")?.read_to_string(&mut told)?;
        if !child.wait()?.success() {
            return Err("a run failed".into());
        }
        let figures: Vec<f64> = told.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [cpu, memory] = figures.as_slice() else { return Err("a watcher tells two figures".into()) };
        took = Took { wall: 0.0, cpu: took.cpu + cpu, memory: took.memory + memory };
    }
    Ok(Took { wall: began.elapsed().as_secs_f64(), ..took })
}

fn watched(command: &Command) -> io::Result<std::process::Child> {
    let mut watcher = Command::new(std::env::current_exe()?);
    watcher.arg(WATCH).arg(command.get_program()).args(command.get_args()).stdout(Stdio::piped());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => watcher.env(name, value),
            None => watcher.env_remove(name),
        };
    }
    watcher.spawn()
}

/// The watcher: runs the program that these words name, and prints what it took.
pub fn watch(words: &[String]) -> Result<(), Box<dyn Error>> {
    let (program, arguments) = words.split_first().ok_or("there is a program to watch")?;
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(format!("{program} failed").into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = [usage.user_time(), usage.system_time()];
    let cpu: f64 = seconds.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum();
    println!("{cpu} {}", usage.max_rss() as f64 / 1024.0);
    Ok(())
}
