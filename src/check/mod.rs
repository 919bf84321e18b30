//! Everything that can be known before the first change.
//!
//! Each check is one function that gives its own findings. A check that fails says so in a line of its own and
//! never ends the others.

mod account;
mod aliases;
mod domains;
mod finding;
mod folder;
mod functions;
mod links;
pub mod permissions;
pub mod policy;
mod quotas;
mod usual;

pub use finding::{Finding, Level};

use crate::aws::preflight::distributions::survey;
use crate::aws::session::{Identity, Session};
use crate::blueprint::resource::ReleaseBucket;
use crate::dns::Resolver;
use crate::profile::Loaded;
use policy::Scope;

/// What is checked, and with what.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The profile with its file.
    pub loaded: &'a Loaded,
    /// The connection to AWS.
    pub session: &'a Session,
    /// Who calls.
    pub identity: &'a Identity,
    /// Who is asked what DNS says.
    pub resolver: &'a Resolver,
}

/// What the profile, the folder and the code of edge functions tell, without AWS.
pub async fn local(loaded: &Loaded) -> Vec<Finding> {
    let profile =
        Finding::ok("profile", format!("{} describes {}", loaded.path.display(), loaded.profile.name));
    let edge = functions::check(&loaded.profile.edge, profile_folder(loaded));
    [vec![profile], files(loaded).await, edge].concat()
}

/// What AWS and public DNS tell. All checks run at once.
pub async fn remote(subject: &Subject<'_>) -> Vec<Finding> {
    let Subject { loaded, session, identity, .. } = subject;
    let profile = &loaded.profile;
    let scope = Scope::new(profile, &identity.partition, &identity.account);
    let buckets: Vec<_> =
        scope.buckets().into_iter().map(|(name, region)| ReleaseBucket { name, region }).collect();
    let of_distributions = async {
        let survey = survey(session, &profile.name).await;
        let (quotas, domains) = tokio::join!(quotas::check(subject, survey.as_ref()), async {
            match &profile.https {
                Some(https) => domains::check(subject, https, survey.as_ref()).await,
                None => Vec::new(),
            }
        });
        [account::verification(survey.as_ref()).into_iter().collect(), quotas, domains].concat()
    };
    let (permissions, regions, names, of_distributions) = tokio::join!(
        permissions::check(session, identity, &scope),
        account::regions(session, &buckets),
        account::buckets(session, &profile.name, &buckets),
        of_distributions,
    );
    let account = Finding::ok("account", format!("{} as {}", identity.account, identity.arn));
    [vec![account], permissions, regions, names, of_distributions].concat()
}

async fn files(loaded: &Loaded) -> Vec<Finding> {
    let (folder, profile) = (loaded.folder.clone(), loaded.profile.clone());
    let reading = tokio::task::spawn_blocking(move || folder::check(&folder, &profile));
    reading.await.unwrap_or_else(|error| vec![Finding::not_checked("folder", error.to_string())])
}

/// The folder that the profile lies in, where its edge functions are looked for.
fn profile_folder(loaded: &Loaded) -> &std::path::Path {
    loaded.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."))
}
