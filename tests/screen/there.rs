//! A site that is there, as a worker without AWS knows of it.

use super::{FakeWorker, site};
use sitecast::blueprint::answers::Region;
use sitecast::blueprint::backup;
use sitecast::blueprint::inventory::{
    EdgeVersion, Observed, ObservedBucket, ObservedDistribution, ObservedEdgeFunction, ObservedRelease,
};
use sitecast::blueprint::plan::Plan;
use sitecast::blueprint::resource::{
    BucketSettingsSpec, EdgeFunctionSpec, OriginAccessControlSpec, Output, ReleaseBucket, Spec,
};
use sitecast::blueprint::{self, Blueprint, Facts, Inventory, KeepOnDestroy, teardown};
use sitecast::error::Error;
use sitecast::status::Moment;
use sitecast::tui::Message;
use sitecast::tui::dashboard::{Covered, LogLine, LogLines};
use sitecast::tui::message::{OnWatched, RunEnd};
use sitecast::tui::teardown::{Held, Pending, PlannedTeardown, Receipt};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ACCOUNT: &str = "123456789012";

impl FakeWorker {
    /// What a teardown would remove, and what the buckets hold.
    pub fn plan_teardown(&mut self, path: &Path) -> Vec<Message> {
        let Ok(profile) = sitecast::profile::parse(&self.files[path], "site.toml") else {
            return vec![Message::TeardownPlanned(Err(Error::usage("the profile can't be used")))];
        };
        let facts = Facts {
            account: ACCOUNT.into(),
            partition: "aws".into(),
            folder: None,
            edge: Default::default(),
        };
        let wanted = blueprint::blueprint(&profile, &facts);
        let inventory = inventory(&wanted);
        let plan = |buckets| {
            let keep = KeepOnDestroy { buckets, ..KeepOnDestroy::default() };
            teardown(&wanted.site, ACCOUNT, &inventory, keep)
        };
        let back_up = backup::possible(&wanted.site, &wanted.buckets, &inventory, Path::new(""));
        let planned = PlannedTeardown {
            whole: plan(false),
            keeping: plan(true),
            back_up: back_up.ok_or_else(|| "there are no published files to back up".to_owned()),
            still_led: self.still_led.clone(),
            usual_seconds: Some((240, 420)),
            command: format!("sitecast destroy {}", path.display()),
        };
        let mut messages = vec![Message::TeardownPlanned(Ok(Box::new(planned)))];
        messages.extend(wanted.buckets.iter().enumerate().map(|(number, bucket)| counted(number, bucket)));
        messages
    }

    /// Removes everything at once, but for what takes hours.
    pub fn tear_down(&mut self, plan: Plan) -> Vec<Message> {
        self.teardowns.push(plan.clone());
        let mut messages = self.events(&plan);
        if !self.holds_runs {
            messages.push(Message::TornDown(receipt(&plan)));
            messages.push(Message::RunEnded(Ok(RunEnd {
                outcome: sitecast::apply::event::RunOutcome::Unfinished,
                address: None,
                distribution: None,
                troubles: Vec::new(),
                go_on: "sitecast destroy shop.toml".into(),
            })));
        }
        messages
    }
}

fn counted(number: usize, bucket: &ReleaseBucket) -> Message {
    let held = match number {
        0 => Ok(Held { objects: 1204, old_versions: 31, bytes: 86_000_000 }),
        _ => Err(Error::failed("Could not list the versions in the bucket")),
    };
    Message::BucketCounted { bucket: bucket.name.clone(), held }
}

fn receipt(plan: &Plan) -> Receipt {
    let names =
        |step: &sitecast::blueprint::plan::Step| format!("{} {}", step.resource.kind, step.resource.name);
    let gone = plan.steps.iter().filter(|step| step.id.0.starts_with("bucket/")).map(names);
    let why = "edge locations still hold copies of it".to_owned();
    Receipt {
        gone: gone.chain(["distribution shop".to_owned()]).collect(),
        kept: plan.notices.clone(),
        pending: vec![Pending { name: "edge-function sitecast_shop_greeting".into(), why }],
    }
}

/// What AWS holds of a deployed site.
fn inventory(wanted: &Blueprint) -> Inventory {
    let buckets = wanted.buckets.iter().map(|bucket| (bucket.name.clone(), observed(&bucket.region)));
    let distribution = wanted.resources.iter().find_map(|wanted| match &wanted.spec {
        Spec::Distribution(spec) => Some(spec.clone()),
        _ => None,
    });
    let output =
        |id: &str| Output { id: id.into(), arn: String::new(), domain: format!("{id}.cloudfront.net") };
    Inventory {
        buckets: buckets.collect(),
        distribution: distribution.map(|spec| ObservedDistribution {
            output: output("E2ABC"),
            spec: *spec,
            deployed: true,
            old_buckets: BTreeMap::new(),
            record_tags: BTreeSet::new(),
        }),
        origin_access_control: Some(Observed {
            name: format!("sitecast_{}", wanted.site),
            output: output("EOAC"),
            spec: OriginAccessControlSpec {
                origin_type: "s3".into(),
                signing_behavior: "always".into(),
                signing_protocol: "sigv4".into(),
            },
        }),
        edge_functions: vec![edge_function(&wanted.site)],
        notices: vec!["stays: bucket photos (it has no tag sitecast:site=shop)".into()],
        ..Inventory::default()
    }
}

fn observed(region: &Region) -> ObservedBucket {
    let release = ObservedRelease::Published { hash: "1a2b3c4d5e6f7a8b".into(), changes: None };
    ObservedBucket {
        region: region.clone(),
        settings: BucketSettingsSpec::of_a_site(region.clone()),
        policy: None,
        replication: None,
        role_of_others: None,
        release,
    }
}

fn edge_function(site: &str) -> ObservedEdgeFunction {
    let latest = EdgeFunctionSpec {
        code: Some("code".into()),
        handler: Some("index.handler".into()),
        runtime: "nodejs22.x".into(),
        memory_mb: 128,
        timeout: sitecast::blueprint::answers::Seconds(5),
        role: sitecast::blueprint::resource::Ref::Known("arn".into()),
    };
    let version =
        EdgeVersion { number: "1".into(), arn: "arn:1".into(), identity: "i".into(), code: "code".into() };
    ObservedEdgeFunction { name: format!("sitecast_{site}_greeting"), latest, versions: vec![version] }
}

impl FakeWorker {
    /// Everything that is seen of the site, at once.
    pub fn watch(&mut self) -> Vec<Message> {
        self.watches += 1;
        let seen = |update| Message::SiteSeen { update: Box::new(update), now: site::now() };
        site::updates(self.site_state).into_iter().map(seen).collect()
    }

    /// Does something with the site that is watched.
    pub fn on_watched(&mut self, wish: OnWatched) -> Vec<Message> {
        match wish {
            OnWatched::Attend(attention) => self.attention.push(attention),
            OnWatched::LookAgain => return self.watch(),
            OnWatched::FindCovered { typed } => return vec![covered(typed)],
            OnWatched::Invalidate { paths } => {
                self.invalidated.push(paths);
                return vec![Message::Invalidated(Ok("I2J3 was accepted".into()))];
            }
            OnWatched::ReadLogs => return vec![Message::LogsRead(Ok(logs()))],
            OnWatched::Drill => {
                self.drills += 1;
                let seen = vec!["primary  404  in 31 ms".to_owned(), "backup   200  in 44 ms".to_owned()];
                return vec![Message::Drilled(Ok(("the backup answered in 183 ms".into(), seen)))];
            }
        }
        Vec::new()
    }
}

fn covered(typed: String) -> Message {
    let covered = match typed.starts_with('/') {
        true => Ok(Covered {
            paths: typed.split_whitespace().map(str::to_owned).collect(),
            files: 3,
            first: vec!["blog/index.html".into(), "blog/first.html".into()],
            of: 1204,
            typed: typed.clone(),
        }),
        false => Err(Error::usage(format!("{typed} is no path to forget")).why("it has to begin with /")),
    };
    Message::PathsCovered { typed, covered }
}

fn logs() -> LogLines {
    let line = |seconds: i64, region: &str, text: &str| LogLine {
        at: Moment::of_seconds(1_900_000_000 - seconds),
        region: region.into(),
        function: "sitecast_shop_greeting".into(),
        text: text.into(),
    };
    LogLines {
        lines: vec![
            line(70, "eu-central-1", "START RequestId: 52fdfc07 Version: 3"),
            line(12, "us-east-1", "ERROR TypeError: Cannot read properties of undefined (reading 'uri')"),
        ],
        notices: vec!["Could not read what sitecast_shop_greeting wrote in sa-east-1: AccessDenied".into()],
    }
}
