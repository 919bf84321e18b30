//! Where the account may work, and what it may call its buckets.

use super::Finding;
use crate::aws::bucket::{Bucket, Standing};
use crate::aws::preflight::distributions::Survey;
use crate::aws::preflight::regions::is_enabled;
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::blueprint::resource::ReleaseBucket;
use crate::profile::regions::region;
use futures::future::join_all;
use std::collections::BTreeSet;

/// Whether regions that must be switched on first are.
pub(super) async fn regions(session: &Session, buckets: &[ReleaseBucket]) -> Vec<Finding> {
    let names: BTreeSet<&str> = buckets.iter().map(|bucket| bucket.region.as_str()).collect();
    let opt_in = names.into_iter().filter(|name| region(name).is_some_and(|known| known.opt_in));
    join_all(opt_in.map(|name| one_region(session, name))).await
}

async fn one_region(session: &Session, name: &str) -> Finding {
    const CHECK: &str = "regions";
    match is_enabled(session, name).await {
        Ok(true) => Finding::ok(CHECK, format!("{name} is switched on")),
        Ok(false) => Finding::stop(CHECK, format!("{name} is not switched on for this account"))
            .why("no bucket can be made there")
            .way_out(format!("aws account enable-region --region-name {name}, and wait; or choose another")),
        Err(refusal) => Finding::not_checked(CHECK, format!("{name}: {}", refusal.said)),
    }
}

/// Whether the buckets' names are free, or the site's own.
pub(super) async fn buckets(session: &Session, site: &str, buckets: &[ReleaseBucket]) -> Vec<Finding> {
    join_all(buckets.iter().map(|bucket| one_bucket(session, site, bucket))).await
}

async fn one_bucket(session: &Session, site: &str, named: &ReleaseBucket) -> Finding {
    const CHECK: &str = "buckets";
    let name = &named.name;
    let unknown = |said: &str| Finding::not_checked(CHECK, format!("{name}: {said}"));
    let bucket = match Bucket::reach(session, named).await {
        Ok(bucket) => bucket,
        Err(error) => return unknown(&error.message),
    };
    let taken = |why: &str| {
        Finding::stop(CHECK, format!("the name {name} is taken"))
            .why(why)
            .way_out("pin another name, or leave the answer out")
    };
    match bucket.standing(site).await {
        Ok(Standing::Absent) => Finding::ok(CHECK, format!("{name} is free")),
        Ok(Standing::Ours) => Finding::ok(CHECK, format!("{name} is this site's")),
        Ok(Standing::Elsewhere(region)) => taken(&format!("it is in {region}")),
        Ok(Standing::Foreign(why)) => taken(&why),
        Err(refusal) => unknown(&refusal.said),
    }
}

/// A new account may have to be verified, which only shows at the first creation (aws-facts.md K 1).
pub(super) fn verification(survey: Result<&Survey, &Refusal>) -> Option<Finding> {
    let none = survey.is_ok_and(|survey| survey.all.is_empty());
    none.then(|| {
        Finding::not_checked("account", "whether AWS has verified this account for CloudFront")
            .why("it has no distribution yet, and a new account may be refused its first")
            .way_out("if it is refused, ask AWS Support to verify it; then the same command goes on")
    })
}
