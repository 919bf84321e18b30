//! The real program, run against a sandbox of its own inside the same process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A profile, a folder and an account, in a place of their own.
pub struct Place {
    root: TempDir,
}

impl Place {
    /// A place with these files and this profile, and an empty account.
    pub fn new(profile: &str, files: &[(&str, &str)]) -> Place {
        let place = Place { root: tempfile::tempdir().unwrap() };
        place.set_profile(profile);
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    /// A copy of everything, account included.
    pub fn copy(&self) -> Place {
        let copy = Place { root: tempfile::tempdir().unwrap() };
        copy_folder(self.root.path(), copy.root.path());
        copy
    }

    /// Writes the profile anew.
    pub fn set_profile(&self, profile: &str) {
        self.write_profile("site.toml", profile);
    }

    /// Writes a profile of this name.
    pub fn write_profile(&self, name: &str, profile: &str) {
        fs::write(self.path(name), profile).unwrap();
    }

    /// Writes a file of the site.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path("public").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The folder with the account's state.
    pub fn account(&self) -> PathBuf {
        self.path("account")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs the program in this place, and waits for it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs the program, and insists that it ends well.
    pub fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}\n{}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program, not started yet. Nothing of the environment reaches it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitecast"));
        command
            .env_clear()
            .env("HOME", self.root.path())
            .env("TERM", "dumb")
            .current_dir(self.root.path())
            .args(["--sandbox", "--pace", "instant", "--sandbox-dir", "account"])
            .args(arguments);
        command
    }
}

/// All that the program said.
pub fn told(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
