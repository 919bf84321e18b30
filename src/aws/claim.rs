//! Whether what exists under one of our names is ours.

use crate::blueprint::inventory::{Foreign, Observed};
use crate::error::{Error, Kind, Result};

/// Something that exists under one of our names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim<T> {
    /// It is ours.
    Ours(T),
    /// It isn't, and may never be touched.
    Foreign(Foreign),
}

/// What an account holds of one kind of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings<T> {
    /// What is ours.
    pub ours: Vec<T>,
    /// What exists under one of our names, but isn't ours.
    pub foreign: Vec<Foreign>,
    /// How many there are of other sites and people, the foreign ones included.
    pub others: usize,
}

impl<T> Default for Holdings<T> {
    fn default() -> Self {
        Holdings { ours: Vec::new(), foreign: Vec::new(), others: 0 }
    }
}

impl<T> Holdings<T> {
    /// Adds one that exists; without a claim it has nothing to do with this site.
    pub fn add(&mut self, claim: Option<Claim<T>>) {
        match claim {
            Some(Claim::Ours(ours)) => self.ours.push(ours),
            Some(Claim::Foreign(foreign)) => {
                self.foreign.push(foreign);
                self.others += 1;
            }
            None => self.others += 1,
        }
    }
}

impl<S> Holdings<Observed<S>> {
    /// The one called `name`, of which a creation has just been told that it exists.
    pub fn adopt(self, what: &str, name: &str) -> Result<Observed<S>> {
        if let Some(foreign) = self.foreign.into_iter().find(|foreign| foreign.resource.name == name) {
            return Err(not_ours(what, &foreign));
        }
        self.ours.into_iter().find(|ours| ours.name == name).ok_or_else(|| {
            Error::new(Kind::Unfinished, format!("Could not create the {what} {name}"))
                .why("CloudFront says that it exists, but does not list it yet")
                .hint("run the same command again in a minute")
        })
    }
}

/// The error of a creation that something foreign is in the way of.
pub fn not_ours(what: &str, foreign: &Foreign) -> Error {
    Error::failed(format!("Could not create the {what} {}", foreign.resource.name))
        .why(format!("one of this name exists and {}", foreign.why))
        .hint("rename or remove it, or give the site another name; nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::resource::{self, Output, ResourceId};

    fn observed(name: &str) -> Observed<()> {
        Observed { name: name.into(), output: Output::default(), spec: () }
    }

    fn foreign(name: &str) -> Claim<Observed<()>> {
        let resource = ResourceId::new(resource::Kind::CachePolicy, name);
        Claim::Foreign(Foreign { resource, why: "says otherwise".into() })
    }

    #[test]
    fn what_is_not_ours_is_counted_among_the_others() {
        let mut holdings = Holdings::default();
        holdings.add(Some(Claim::Ours(observed("a"))));
        holdings.add(Some(foreign("b")));
        holdings.add(None);
        assert_eq!((holdings.ours.len(), holdings.foreign.len(), holdings.others), (1, 1, 2));
    }

    #[test]
    fn only_what_is_ours_is_adopted() {
        let mut holdings = Holdings::default();
        holdings.add(Some(Claim::Ours(observed("a"))));
        holdings.add(Some(foreign("b")));
        assert_eq!(holdings.clone().adopt("policy", "a").unwrap().name, "a");
        let error = holdings.clone().adopt("policy", "b").unwrap_err();
        assert_eq!(error.kind, Kind::Failed);
        assert!(error.to_string().contains("says otherwise"));
        assert_eq!(holdings.adopt("policy", "c").unwrap_err().kind, Kind::Unfinished);
    }
}
