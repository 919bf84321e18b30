//! Which function, and which version of it, a call means.

use super::input::broken;
use super::state::{Function, Functions, arn};
use crate::sandbox::call::{ACCOUNT, Refusal};

/// A function's name and, perhaps, a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub name: String,
    /// `$LATEST` or a number.
    pub qualifier: Option<String>,
}

impl Target {
    /// Reads a name, a partial ARN or a whole ARN, with or without a version.
    pub fn parse(text: &str, region: &str) -> Result<Target, Refusal> {
        let whole = format!("arn:aws:lambda:{region}:{ACCOUNT}:function:");
        let partial = format!("{ACCOUNT}:function:");
        let rest = text.strip_prefix(&whole).or_else(|| text.strip_prefix(&partial)).unwrap_or(text);
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
            None => (rest, None),
        };
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if name.is_empty() || !name.chars().all(fits) {
            let pattern = "satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?\
                           ([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)\
                           (:(\\$LATEST|[a-zA-Z0-9-_]+))?";
            return Err(broken(text, "functionName", pattern));
        }
        if name.len() > 64 {
            return Err(broken(name, "functionName", "have length less than or equal to 64"));
        }
        Ok(Target { name: name.to_owned(), qualifier })
    }

    /// The same function at the version of the query, if one is asked for there.
    pub fn at(mut self, qualifier: Option<&str>) -> Target {
        self.qualifier = qualifier.map(str::to_owned).or(self.qualifier);
        self
    }

    /// AWS's refusal when it is not there.
    pub fn not_found(&self, region: &str) -> Refusal {
        let arn = arn(region, &self.name);
        let qualified = self.qualifier.as_ref().map_or(arn.clone(), |qualifier| format!("{arn}:{qualifier}"));
        Refusal::new(404, "ResourceNotFoundException", format!("Function not found: {qualified}"))
    }
}

/// The function of `target`.
pub fn find<'a>(state: &'a Functions, target: &Target, region: &str) -> Result<&'a Function, Refusal> {
    let mut functions = state.functions.iter();
    functions
        .find(|function| function.name == target.name && function.region == region)
        .ok_or_else(|| target.not_found(region))
}

/// The function of `target`, to change it.
pub fn find_mut<'a>(
    state: &'a mut Functions,
    target: &Target,
    region: &str,
) -> Result<&'a mut Function, Refusal> {
    let mut functions = state.functions.iter_mut();
    functions
        .find(|function| function.name == target.name && function.region == region)
        .ok_or_else(|| target.not_found(region))
}
