//! Lookups in AWS for the screen, each on its own: one that fails keeps nothing else from being found.

use super::super::Console;
use super::super::site::{Connection, connect};
use crate::aws::account_buckets::{self, AccountBucket};
use crate::aws::bucket::{Bucket, Standing};
use crate::aws::hosted_zone;
use crate::aws::preflight::certificates::{self, Listed};
use crate::blueprint::answers::Region;
use crate::blueprint::resource::ReleaseBucket;
use crate::edge::finding::{Finding, Severity};
use crate::edge::lint::lint;
use crate::error::{Error, Result};
use crate::profile::answers::EdgeFunction;
use crate::tui::lookup::{Answer, BucketOwner, FoundBucket, FoundCertificate, Lookup, Tagged};
use crate::tui::own_code::CodeFinding;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Mutex;

/// One connection to each AWS that was looked into, made when it is first needed.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<BTreeMap<bool, Arc<Connection>>>>);

impl Connections {
    /// The connection that the console's flags ask for. One that could not be made is tried anew the next time.
    pub async fn of(&self, console: &Console) -> Result<Arc<Connection>> {
        let mut made = self.0.lock().await;
        let sandbox = console.flags().sandbox;
        if let Some(connection) = made.get(&sandbox) {
            return Ok(connection.clone());
        }
        let connection = Arc::new(connect(console, None).await?);
        made.insert(sandbox, connection.clone());
        Ok(connection)
    }
}

/// Looks something up.
pub async fn look_up(connection: &Connection, lookup: &Lookup) -> Result<Answer> {
    let Connection { session, resolver, .. } = connection;
    Ok(match lookup {
        Lookup::Zones => Answer::Zones(hosted_zone::told_apart(session.route53(), resolver).await?),
        Lookup::Certificates { names } => {
            let mut found = certificates::list(session).await?;
            found.retain(|certificate| certificate.covers(names));
            found.sort_by_key(|certificate| !certificate.issued);
            let told = |Listed { arn, issued, .. }| FoundCertificate { arn, issued };
            Answer::Certificates(found.into_iter().map(told).collect())
        }
        Lookup::Buckets => {
            let found = account_buckets::list(session).await?;
            Answer::Buckets(found.into_iter().map(found_bucket).collect())
        }
        Lookup::Bucket { site, name, region } => {
            let named = ReleaseBucket { name: name.clone(), region: Region(region.clone()) };
            let standing = Bucket::reach(session, &named).await?.standing(site).await?;
            Answer::Bucket(owner(standing))
        }
        Lookup::Code { profile, function } => check_code(profile, function)?,
    })
}

/// Checks the person's own code of an edge function, whose answers are `function`, as JSON.
pub fn check_code(profile: &Path, function: &str) -> Result<Answer> {
    let folder = profile.parent().unwrap_or(Path::new(""));
    let function: EdgeFunction = serde_json::from_str(function)
        .map_err(|cause| Error::failed("can't read the function's answers").because(cause))?;
    let found = lint(&function, folder)?.into_iter().filter(|finding| finding.severity != Severity::Note);
    Ok(Answer::Code(found.map(code_finding).collect()))
}

fn code_finding(finding: Finding) -> CodeFinding {
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!("{file}:{line}: "),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let way_out = if finding.way_out.is_empty() { String::new() } else { format!("; {}", finding.way_out) };
    let told = format!("{place}{}{way_out}", finding.what);
    CodeFinding { is_error: finding.severity == Severity::Error, told }
}

fn found_bucket(bucket: AccountBucket) -> FoundBucket {
    let tagged = match bucket.tagged {
        account_buckets::Tagged::Site(site) => Tagged::Site(site),
        account_buckets::Tagged::Nobody => Tagged::Nobody,
        account_buckets::Tagged::Untold => Tagged::Untold,
    };
    FoundBucket { name: bucket.name, region: bucket.region.map(|region| region.0), tagged }
}

fn owner(standing: Standing) -> BucketOwner {
    match standing {
        Standing::Absent => BucketOwner::Nobody,
        Standing::Ours => BucketOwner::Site,
        Standing::Elsewhere(region) => BucketOwner::Other(format!("it is in {region}")),
        Standing::Foreign(why) => BucketOwner::Other(why),
    }
}
