//! Why there are no usable credentials, and what to do about it.
//!
//! The SDK's own words are sorted, and shown only where they are about the AWS configuration, of which they name
//! keys and profiles: a credential process may print anything, secrets included.

use super::configuration_files::ConfigurationFiles;
use super::refusal::Refusal;
use crate::error::{Error, Kind};
use aws_credential_types::provider::error::CredentialsError;
use std::error::Error as StdError;

/// Codes by which AWS rejects the credentials themselves, and not what was asked with them.
const REJECTED: &[&str] = &[
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "IncompleteSignature",
    "InvalidToken",
];

/// Codes by which AWS says that the credentials were good once.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];

/// Why there are no usable credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No part of the standard chain holds any.
    NoneFound,
    /// The named profile isn't in the AWS configuration.
    UnknownProfile,
    /// A profile names another one to get its credentials with, which isn't there.
    UnknownSource(Box<UnknownSource>),
    /// The SSO login is over, or there never was one.
    SsoLogin,
    /// The profile's own program gave none.
    Process,
    /// The AWS configuration can't be read, contradicts itself or lacks something: what the SDK says of it.
    Misconfigured(Box<Misconfiguration>),
    /// A role could not be assumed, or another provider failed.
    ProviderFailed,
    /// A source that the environment names, and no profile, gave none.
    OtherSource,
    /// The provider could not be reached in time.
    Unreachable,
}

/// A `source_profile` that isn't there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSource {
    missing: String,
    named_by: String,
}

/// What the SDK says of an AWS configuration that isn't valid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Misconfiguration {
    cause: Option<String>,
}

impl Why {
    /// Sorts the SDK's error.
    pub fn of(error: &CredentialsError) -> Why {
        let words = all_words(error);
        let lower = words.to_lowercase();
        let says = |text: &str| lower.contains(text);
        if let Some(why) = of_configuration(&words) {
            return why;
        }
        if says("sso") {
            return Why::SsoLogin;
        }
        match error {
            CredentialsError::CredentialsNotLoaded(_) => Why::NoneFound,
            CredentialsError::ProviderTimedOut(_) => Why::Unreachable,
            CredentialsError::InvalidConfiguration(_) => Why::Misconfigured(Box::default()),
            _ if says("process") => Why::Process,
            _ if says("dispatch failure") || says("timed out") => Why::Unreachable,
            _ => Why::ProviderFailed,
        }
    }

    /// The same, once the configuration files are known. Whatever the last link of the standard chain said, such
    /// as that there is no instance metadata: a profile that isn't there is why it got that far.
    pub fn knowing(self, files: &ConfigurationFiles) -> Why {
        match self {
            Why::NoneFound | Why::UnknownProfile | Why::ProviderFailed | Why::Unreachable
                if !files.has_profile() =>
            {
                match (&files.wanted, files.other_source) {
                    (Some(_), _) => Why::UnknownProfile,
                    (None, Some(_)) => Why::OtherSource,
                    (None, None) => Why::NoneFound,
                }
            }
            known => known,
        }
    }

    /// The error for a person.
    pub fn explain(&self, files: &ConfigurationFiles) -> Error {
        let profile = files.profile();
        let (why, hint) = match self {
            Why::NoneFound => (
                format!("neither the environment nor {} holds any", files.paths.join(" nor ")),
                "run `aws configure sso` or `aws configure`, or set AWS_PROFILE".to_owned(),
            ),
            Why::UnknownProfile => unknown_profile(files),
            Why::UnknownSource(source) => unknown_source(source, files),
            Why::SsoLogin => (
                format!("the SSO login of profile {profile} has expired, or was never made"),
                format!("run `aws sso login --profile {profile}`, then the same command again"),
            ),
            Why::Process => (
                format!("the credential_process of profile {profile} gave none"),
                "run that program by itself to see what it says".to_owned(),
            ),
            Why::Misconfigured(said) => misconfigured(said, files),
            Why::ProviderFailed => (
                format!("what profile {profile} names as the source of its credentials gave none"),
                tells_more(profile),
            ),
            Why::OtherSource => (
                format!(
                    "the source that {} names gave none",
                    files.other_source.unwrap_or("the environment")
                ),
                "`aws sts get-caller-identity` tells what is wrong with it".to_owned(),
            ),
            Why::Unreachable => (
                "the source of the credentials could not be reached".to_owned(),
                "check the network and HTTPS_PROXY, then run the same command again".to_owned(),
            ),
        };
        let error = Error::new(Kind::Credentials, "Could not find usable AWS credentials").why(why);
        error.hint(format!("{hint}; `--sandbox` needs none"))
    }
}

fn tells_more(profile: &str) -> String {
    format!("`aws sts get-caller-identity --profile {profile}` tells what is wrong with it")
}

fn misconfigured(said: &Misconfiguration, files: &ConfigurationFiles) -> (String, String) {
    // What the provider says of a file that it can't read lacks the line.
    let cause =
        files.fault.as_ref().or(said.cause.as_ref()).map(|cause| format!(": {cause}")).unwrap_or_default();
    let profile = files.profile();
    (format!("the AWS configuration of profile {profile} is not valid{cause}"), tells_more(profile))
}

fn unknown_source(source: &UnknownSource, files: &ConfigurationFiles) -> (String, String) {
    let UnknownSource { missing, named_by } = source;
    let why = format!(
        "profile {named_by} names {missing} as its `source_profile`, and there is no such profile in {}",
        files.places()
    );
    (why, format!("name one of these as `source_profile`: {}", files.profiles.join(", ")))
}

fn unknown_profile(files: &ConfigurationFiles) -> (String, String) {
    let why = format!("there is no profile {} in {}", files.profile(), files.places());
    match files.profiles.as_slice() {
        [] => (format!("{why}; there are none at all"), "make one with `aws configure sso`".to_owned()),
        there => (
            format!("{why}; there are: {}", there.join(", ")),
            "name one of these with `--aws-profile` or AWS_PROFILE".to_owned(),
        ),
    }
}

/// Whether AWS refused the credentials themselves.
pub fn are_refused(refusal: &Refusal) -> bool {
    refusal.unsigned.is_some() || refusal.is_any(REJECTED) || refusal.is_any(EXPIRED)
}

/// The error for a person when AWS refuses the credentials themselves, or could not be asked.
pub fn rejected(refusal: Refusal, aws_profile: Option<&str>) -> Error {
    let named = aws_profile.map(|profile| format!(" --profile {profile}")).unwrap_or_default();
    let hint = if refusal.is_any(EXPIRED) {
        format!("log in again, such as with `aws sso login{named}`, then run the same command again")
    } else if refusal.is_any(REJECTED) {
        format!("`aws sts get-caller-identity{named}` shows the same; put in keys that are still active")
    } else if refusal.is_unreachable() {
        "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL, then run the same command again".to_owned()
    } else {
        return refusal.into();
    };
    let error = Error::from(refusal);
    Error { kind: Kind::Credentials, hint: Some(hint), ..error }
}

/// What the provider of profiles says of the configuration, if it is that which failed.
fn of_configuration(words: &str) -> Option<Why> {
    if let Some((_, cause)) = words.split_once("ProfileFile provider could not be built: ") {
        return cause.lines().next().map(misconfiguration);
    }
    let (_, cause) = words.split_once("was not defined: ")?;
    let cause = cause.lines().next().unwrap_or_default();
    let names = cause.strip_prefix("could not find source profile ");
    Some(match names.and_then(|names| names.split_once(" referenced from ")) {
        Some((_, "the root profile")) => Why::UnknownProfile,
        Some((missing, named_by)) => {
            let (missing, named_by) = (missing.to_owned(), named_by.to_owned());
            Why::UnknownSource(Box::new(UnknownSource { missing, named_by }))
        }
        // The same words tell of a profile that is there, and lacks a key.
        None => misconfiguration(cause),
    })
}

fn misconfiguration(cause: &str) -> Why {
    Why::Misconfigured(Box::new(Misconfiguration { cause: Some(cause.to_owned()) }))
}

fn all_words(error: &CredentialsError) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        words.push('\n');
        words.push_str(&next.to_string());
        source = next.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_told_from_the_others() {
        let cases = [
            (CredentialsError::not_loaded("no providers in chain provided credentials"), Why::NoneFound),
            (
                CredentialsError::not_loaded(
                    "profile `nope` was not defined: could not find source profile nope referenced from the root profile",
                ),
                Why::UnknownProfile,
            ),
            (
                CredentialsError::provider_error("the SSO token has expired and cannot be refreshed"),
                Why::SsoLogin,
            ),
            (
                CredentialsError::provider_error("Error retrieving credentials: external process exited"),
                Why::Process,
            ),
            (CredentialsError::provider_error("assume role: AccessDenied"), Why::ProviderFailed),
        ];
        for (error, why) in cases {
            assert_eq!(Why::of(&error), why, "{error:?}");
        }
    }

    #[test]
    fn a_profile_that_is_not_there_is_never_blamed() {
        let files = ConfigurationFiles::default();
        assert_eq!(Why::ProviderFailed.knowing(&files), Why::NoneFound);
        let named = ConfigurationFiles { wanted: Some("nope".into()), ..files.clone() };
        assert_eq!(Why::ProviderFailed.knowing(&named), Why::UnknownProfile);
        let there = ConfigurationFiles { profiles: vec!["nope".into()], ..named };
        assert_eq!(Why::ProviderFailed.knowing(&there), Why::ProviderFailed);
        let elsewhere = ConfigurationFiles { other_source: Some("AWS_WEB_IDENTITY_TOKEN_FILE"), ..files };
        assert_eq!(Why::ProviderFailed.knowing(&elsewhere), Why::OtherSource);
    }

    #[test]
    fn what_a_credential_process_prints_is_never_shown() {
        let error = CredentialsError::provider_error("external process exited: SECRET=wJalrXUtn");
        let told = Why::of(&error).explain(&ConfigurationFiles::default());
        assert_eq!(told.kind, Kind::Credentials);
        assert!(!told.to_string().contains("wJalr"), "{told}");
    }
}
