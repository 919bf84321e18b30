//! Clashes among the answers on buckets, pages and countries.

use super::{Clash, View};
use crate::profile::grammar::account_regional;
use crate::profile::regions::{neighbours, region};
use crate::profile::sheet::Regard;

pub(super) fn countries_both_ways(view: &View) -> Vec<Clash> {
    let (allow, block) = ("distribution.geo.allow", "distribution.geo.block");
    if !view.sheet.is_written(allow) || !view.sheet.is_written(block) {
        return Vec::new();
    }
    let clash = Clash::new(block, "countries are either let in or kept out").by(Regard::Presence);
    let clash = clash.with(allow, "let in here").by(Regard::Presence);
    vec![clash.help("with `allow`, every country that isn't named is kept out anyway: drop `block`")]
}

pub(super) fn single_page_app(view: &View) -> Vec<Clash> {
    let distribution = &view.profile.distribution;
    let spa = "distribution.spa";
    let mut clashes = Vec::new();
    if distribution.spa && distribution.error_page.is_some() {
        let message = "a single-page app has no error page: its index page answers instead";
        let clash = Clash::new("distribution.error_page", message).by(Regard::Presence);
        let clash = clash.with(spa, "the app answers every path");
        clashes.push(clash.help("drop `error_page`, and let the app show what isn't found"));
    }
    if distribution.spa && distribution.pretty_urls {
        let message = "a single-page app has no index pages in folders";
        let clash = Clash::new("distribution.pretty_urls", message).with(spa, "the app answers every path");
        clashes.push(clash.help("drop `pretty_urls`, or `spa` if the folders do hold pages"));
    }
    clashes
}

pub(super) fn one_region_twice(view: &View) -> Vec<Clash> {
    let primary = &view.profile.distribution.region;
    let Some(failover) = view.profile.failover.as_ref().filter(|failover| failover.region == *primary) else {
        return Vec::new();
    };
    let near = region(failover.region.as_str()).and_then(|known| neighbours(known).first().copied());
    let clash = Clash::new("failover.region", "both copies would be in one region, and fail with it")
        .with("distribution.region", "the first copy is here");
    match near {
        Some(near) => {
            vec![clash.help(format!("the nearest other one is \"{}\" ({})", near.code, near.place))]
        }
        None => vec![clash],
    }
}

pub(super) fn one_bucket_twice(view: &View) -> Vec<Clash> {
    let primary = &view.profile.distribution.bucket;
    let backup = view.profile.failover.as_ref().and_then(|failover| failover.bucket.as_ref());
    if backup.is_none() || backup != primary.as_ref() {
        return Vec::new();
    }
    let clash = Clash::new("failover.bucket", "both copies would be in one bucket").by(Regard::Spelling);
    vec![
        clash
            .with("distribution.bucket", "the first copy is here")
            .by(Regard::Spelling)
            .help("give the second bucket a name of its own"),
    ]
}

pub(super) fn bucket_of_another_region(view: &View) -> Vec<Clash> {
    let primary = &view.profile.distribution;
    let backup = view.profile.failover.as_ref();
    let buckets = [
        ("distribution", Some(&primary.region), primary.bucket.as_ref()),
        ("failover", backup.map(|it| &it.region), backup.and_then(|it| it.bucket.as_ref())),
    ];
    let wrong = |(table, region, bucket): (&str, Option<_>, Option<&String>)| {
        let named = bucket.and_then(|bucket| account_regional(bucket))?;
        let region: &crate::profile::answers::Region = region?;
        (named != region.as_str()).then(|| {
            Clash::new(format!("{table}.bucket"), format!("this name belongs to a bucket in {named}"))
                .with(format!("{table}.region"), "the bucket is to be here")
                .help(format!("S3 gives names that end with `-{region}-an` in {region}"))
        })
    };
    buckets.into_iter().filter_map(wrong).collect()
}
