//! What the AWS configuration files hold, as far as an error has to name it: which profiles, in which files.

use aws_config::profile::ProfileFileLoadError;
use aws_types::os_shim_internal::{Env, Fs};
use std::env;
use std::error::Error as StdError;
use std::path::PathBuf;

/// Variables that name a source of credentials outside of all profiles.
const OTHER_SOURCES: [&str; 3] = [
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// The profiles of the AWS configuration, and the one that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigurationFiles {
    /// The profile that was named; `None` leaves it to the standard chain, which takes `default`.
    pub wanted: Option<String>,
    /// Every profile there is, by name.
    pub profiles: Vec<String>,
    /// Where they were looked for.
    pub paths: [String; 2],
    /// Why they could not be read, if they could not: the SDK's words, which name the file and the line alone.
    pub fault: Option<String>,
    /// The variable that names another source of credentials.
    pub other_source: Option<&'static str>,
}

impl ConfigurationFiles {
    /// Reads them. Files that can't be read count as empty.
    pub async fn read(wanted: Option<&str>) -> Self {
        let loaded = aws_config::profile::load(&Fs::real(), &Env::real(), &Default::default(), None).await;
        let fault = loaded.as_ref().err().map(innermost);
        let mut profiles: Vec<String> =
            loaded.map(|set| set.profiles().map(str::to_owned).collect()).unwrap_or_default();
        profiles.sort();
        ConfigurationFiles {
            wanted: wanted.map(str::to_owned),
            profiles,
            fault,
            paths: [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")]
                .map(|(variable, name)| path(variable, name)),
            other_source: OTHER_SOURCES.into_iter().find(|name| env::var_os(name).is_some()),
        }
    }

    /// The profile that counts.
    pub fn profile(&self) -> &str {
        self.wanted.as_deref().unwrap_or("default")
    }

    /// Whether the profile that counts is there.
    pub fn has_profile(&self) -> bool {
        self.profiles.iter().any(|name| name == self.profile())
    }

    /// The files, as they are named in a sentence.
    pub fn places(&self) -> String {
        self.paths.join(" and ")
    }
}

/// What the last of an error's causes says, on one line.
fn innermost(error: &ProfileFileLoadError) -> String {
    let mut last: &dyn StdError = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    let last = last.to_string();
    last.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn path(variable: &str, name: &str) -> String {
    let named = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or("~".into())).join(".aws").join(name);
    named.unwrap_or_else(home).display().to_string()
}
