//! What others have beside a site is kept, told of, and never in the way; and what AWS has not finished is not
//! taken for done.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

mod sandbox;

use aws_sdk_cloudfront::types::DistributionConfigWithTags;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketVersioningStatus, DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination,
    EncodingType, ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus,
    Tag, Tagging, VersioningConfiguration,
};
use sandbox::{code, config, make_bucket, s3, start};
use sitecast::apply::{self, Failure, Perform, Performed, Reporter, Stop};
use sitecast::aws::bucket::Bucket;
use sitecast::aws::{ConnectOptions, Performer, Session, observe, replication, sites};
use sitecast::blueprint::Plan;
use sitecast::blueprint::plan::{Action, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{Kind, Outputs, Ref, ReleaseBucket, ReplicationSpec, ResourceId};
use sitecast::error::{self, Error};
use sitecast::profile::answers::Region;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const SITE: &str = "acme";
const ROLE: &str = "arn:aws:iam::123456789012:role/theirs";

struct Bench {
    running: Running,
    session: Arc<Session>,
    s3: Client,
    _folder: TempDir,
}

impl Bench {
    async fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let running = start(folder.path(), Pace::Instant, &[]).await;
        let options = ConnectOptions {
            sandbox: Some(running.url()),
            poll: Some(Duration::from_millis(5)),
            ..ConnectOptions::default()
        };
        let session = Arc::new(Session::connect(options).await.unwrap());
        let s3 = s3(&running, "eu-west-1");
        Bench { running, session, s3, _folder: folder }
    }

    async fn bucket_of(&self, name: &str, site: &str) -> ReleaseBucket {
        make_bucket(&self.s3, name).await;
        let tag = Tag::builder().key("sitecast:site").value(site).build().unwrap();
        let tags = Tagging::builder().tag_set(tag).build().unwrap();
        self.s3.put_bucket_tagging().bucket(name).tagging(tags).send().await.unwrap();
        ReleaseBucket { name: name.into(), region: Region("eu-west-1".into()) }
    }

    async fn keep_versions(&self, name: &str) {
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let call = self.s3.put_bucket_versioning().bucket(name).versioning_configuration(enabled);
        call.send().await.unwrap();
    }

    async fn rules(&self, name: &str) -> Vec<ReplicationRule> {
        let answer = self.s3.get_bucket_replication().bucket(name).send().await;
        let configuration = answer.ok().and_then(|answer| answer.replication_configuration);
        configuration.map(|configuration| configuration.rules).unwrap_or_default()
    }

    async fn set_faults(&self, faults: &[&str]) {
        self.running.set_faults(faults.iter().map(|fault| fault.parse().unwrap()).collect());
    }

    async fn perform(&self, work: Work, report: (Step, Reporter)) -> Result<Performed, Failure> {
        let step = Step { work, ..report.0 };
        self.performer().perform(step, Outputs::default(), report.1).await
    }

    fn performer(&self) -> Performer {
        Performer {
            session: Arc::clone(&self.session),
            site: SITE.into(),
            account: "123456789012".into(),
            partition: "aws".into(),
            publication: None,
            waiting: Default::default(),
            archives: Default::default(),
        }
    }
}

fn step(kind: Kind, stop: &Stop) -> (Step, Reporter) {
    let resource = ResourceId::new(kind, SITE);
    let step = Step {
        id: StepId::of(&resource),
        action: Action::Update,
        name: SITE.into(),
        resource,
        stage: Stage::Distribution,
        reason: String::new(),
        changes: vec![],
        after: vec![],
        work: Work::Nothing,
    };
    let (report, _) = Reporter::new(&step, stop.clone());
    (step, report)
}

fn spec(role: &str) -> ReplicationSpec {
    ReplicationSpec {
        region: Region("eu-west-1".into()),
        destination: "acme-two".into(),
        prefix: "site/".into(),
        role: Ref::Known(role.into()),
        delete_markers: true,
    }
}

/// A bucket with a rule that a person made, beside one to copy into.
async fn with_a_rule_of_others(bench: &Bench) -> Bucket {
    let named = bench.bucket_of("acme-one", SITE).await;
    make_bucket(&bench.s3, "acme-two").await;
    bench.keep_versions("acme-one").await;
    bench.keep_versions("acme-two").await;
    let markers = DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build();
    let theirs = ReplicationRule::builder()
        .id("theirs")
        .priority(1)
        .status(ReplicationRuleStatus::Enabled)
        .filter(ReplicationRuleFilter::builder().prefix("logs/").build())
        .delete_marker_replication(markers)
        .destination(Destination::builder().bucket("arn:aws:s3:::acme-two").build().unwrap());
    let configuration =
        ReplicationConfiguration::builder().role(ROLE).rules(theirs.build().unwrap()).build().unwrap();
    let call = bench.s3.put_bucket_replication().bucket("acme-one");
    call.replication_configuration(configuration).send().await.unwrap();
    Bucket::reach(&bench.session, &named).await.unwrap()
}

#[tokio::test]
async fn a_replication_rule_of_others_outlives_ours() {
    let bench = Bench::new().await;
    let bucket = with_a_rule_of_others(&bench).await;
    let before = bench.rules("acme-one").await;
    let (_, report) = step(Kind::Replication, &Stop::new());

    for _ in 0..2 {
        replication::write(&bucket, &spec(ROLE), &report).await.unwrap();
        let rules = bench.rules("acme-one").await;
        assert_eq!((rules.len(), &rules[0]), (2, &before[0]));
        assert_ne!(rules[1].priority(), rules[0].priority());
        let observed = replication::observe(&bucket).await.unwrap();
        assert_eq!((observed.ours, observed.role_of_others.as_deref()), (Some(spec(ROLE)), Some(ROLE)));
    }
    for _ in 0..2 {
        replication::delete(&bucket, &report).await.unwrap();
        assert_eq!(bench.rules("acme-one").await, before);
        assert_eq!(replication::observe(&bucket).await.unwrap().ours, None);
    }
}

#[tokio::test]
async fn our_rule_alone_goes_with_its_configuration() {
    let bench = Bench::new().await;
    let bucket = with_a_rule_of_others(&bench).await;
    bench.s3.delete_bucket_replication().bucket("acme-one").send().await.unwrap();
    let (_, report) = step(Kind::Replication, &Stop::new());
    replication::write(&bucket, &spec(ROLE), &report).await.unwrap();
    assert_eq!(bench.rules("acme-one").await.len(), 1);
    replication::delete(&bucket, &report).await.unwrap();
    let left = bench.s3.get_bucket_replication().bucket("acme-one").send().await;
    assert_eq!(code(left), "ReplicationConfigurationNotFoundError");
}

#[tokio::test]
async fn rules_of_others_under_another_role_are_not_taken_over() {
    let bench = Bench::new().await;
    let bucket = with_a_rule_of_others(&bench).await;
    let before = bench.rules("acme-one").await;
    let (_, report) = step(Kind::Replication, &Stop::new());
    let ours = spec("arn:aws:iam::123456789012:role/sitecast_acme_replication");
    let refused = Error::from(replication::write(&bucket, &ours, &report).await.unwrap_err()).to_string();
    assert!(refused.contains(ROLE) && refused.contains("theirs"), "{refused}");
    assert_eq!(bench.rules("acme-one").await, before);
}

#[tokio::test]
async fn an_emptying_that_is_stopped_is_not_done() {
    let bench = Bench::new().await;
    let named = bench.bucket_of("acme-one", SITE).await;
    for key in ["site/index.html", "site/a b+c%\r.html", "site/be\u{7}ll.html"] {
        let put = bench.s3.put_object().bucket("acme-one").key(key).body(b"x".to_vec().into());
        put.send().await.unwrap();
    }
    let stop = Stop::new();
    stop.request();
    let stopped = bench.perform(Work::Empty(named.clone()), step(Kind::Release, &stop)).await.unwrap_err();
    assert!(stopped.is_unfinished(), "{stopped}");
    let listed = || bench.s3.list_objects_v2().bucket("acme-one").encoding_type(EncodingType::Url);
    assert_eq!(listed().send().await.unwrap().key_count(), Some(3));

    bench.perform(Work::Empty(named), step(Kind::Release, &Stop::new())).await.unwrap();
    assert_eq!(listed().send().await.unwrap().key_count(), Some(0));
}

#[tokio::test]
async fn deployed_is_believed_the_second_time() {
    let bench = Bench::new().await;
    let id = distribution(&bench, "acme-one", &[("sitecast:site", SITE)]).await;
    let looks = || bench.running.calls().iter().filter(|call| call.operation == "GetDistribution").count();
    let before = looks();
    let work = Work::AwaitDeployed { id: Some(id) };
    let waited = bench.perform(work, step(Kind::Distribution, &Stop::new())).await.unwrap();
    assert_eq!(waited.message, "deployed");
    assert_eq!(looks() - before, 2);
}

#[tokio::test]
async fn credentials_that_expire_on_the_way_keep_their_kind() {
    let bench = Bench::new().await;
    let id = distribution(&bench, "acme-one", &[("sitecast:site", SITE)]).await;
    bench.set_faults(&["op=GetDistribution fail=ExpiredToken status=403"]).await;
    let (disable, _) = step(Kind::Distribution, &Stop::new());
    let plan = Plan {
        site: SITE.into(),
        account: "123456789012".into(),
        steps: vec![Step { work: Work::Disable { id }, ..disable }],
        notices: vec![],
        known: Outputs::default(),
    };
    let ended = apply::run(&plan, Arc::new(bench.performer()), Stop::new(), |_| {}).await.unwrap();
    assert_eq!(ended.kind(), Some(error::Kind::Credentials), "{:?}", ended.failures);
}

#[tokio::test]
async fn a_copy_of_the_distribution_is_told_of_and_in_nobodys_way() {
    let bench = Bench::new().await;
    distribution(&bench, "acme-copy", &[]).await;
    let alone = observe(&bench.session, SITE, &[], &[], None).await.unwrap();
    assert_eq!((alone.foreign.len(), alone.foreign[0].resource.kind), (1, Kind::Distribution));
    distribution(&bench, "acme-one", &[("sitecast:site", SITE)]).await;
    let both = observe(&bench.session, SITE, &[], &[], None).await.unwrap();
    assert!(both.distribution.is_some());
    assert!(both.foreign.iter().all(|foreign| foreign.resource.kind != Kind::Distribution), "{both:?}");
    assert!(both.notices.iter().any(|notice| notice.contains("left alone")), "{:?}", both.notices);
}

#[tokio::test]
async fn a_remembered_bucket_that_is_not_to_be_seen_is_told_of() {
    let bench = Bench::new().await;
    make_bucket(&bench.s3, "acme-old").await;
    let tags = [("sitecast:site", SITE), ("sitecast:old-bucket-1", "acme-old")];
    distribution(&bench, "acme-one", &tags).await;
    let inventory = observe(&bench.session, SITE, &[], &[], None).await.unwrap();
    let old = ResourceId::new(Kind::Bucket, "acme-old");
    assert!(inventory.foreign.iter().any(|foreign| foreign.resource == old), "{:?}", inventory.foreign);
    assert!(inventory.notices.iter().any(|notice| notice.contains("acme-old")), "{:?}", inventory.notices);
}

#[tokio::test]
async fn only_buckets_that_are_a_sites_are_listed_as_its() {
    let bench = Bench::new().await;
    bench.bucket_of("acme-one", SITE).await;
    bench.bucket_of("acme-gone", SITE).await;
    bench.set_faults(&["op=GetResources region=eu-central-1 fail=AccessDeniedException status=400"]).await;
    let listed = sites(&bench.session).await.unwrap();
    assert_eq!((listed.found.len(), listed.found[0].buckets.len()), (1, 2));
    assert!(listed.notices.iter().any(|notice| notice.contains("eu-central-1")), "{:?}", listed.notices);
}

#[tokio::test]
async fn regions_that_must_be_switched_on_are_asked_and_may_be_off() {
    let bench = Bench::new().await;
    let milan = s3(&bench.running, "eu-south-1");
    make_bucket(&milan, "acme-milan").await;
    let tag = Tag::builder().key("sitecast:site").value(SITE).build().unwrap();
    let tags = Tagging::builder().tag_set(tag).build().unwrap();
    milan.put_bucket_tagging().bucket("acme-milan").tagging(tags).send().await.unwrap();
    bench.set_faults(&["op=GetResources region=ap-east-1 fail=UnrecognizedClientException status=400"]).await;
    let inventory = observe(&bench.session, SITE, &[], &[], None).await.unwrap();
    assert_eq!(inventory.buckets["acme-milan"].region.as_str(), "eu-south-1");
    assert_eq!(inventory.notices, [""; 0]);
}

/// A distribution with an origin of the site's, in front of a bucket of that name.
async fn distribution(bench: &Bench, bucket: &str, tags: &[(&str, &str)]) -> String {
    use aws_sdk_cloudfront::types::{
        DefaultCacheBehavior, DistributionConfig, Origin, Origins, S3OriginConfig, Tag, Tags,
        ViewerProtocolPolicy,
    };
    make_bucket(&bench.s3, bucket).await;
    let origin = Origin::builder()
        .id("sitecast_acme_primary")
        .domain_name(format!("{bucket}.s3.eu-west-1.amazonaws.com"))
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build();
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id("sitecast_acme_primary")
        .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
        .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6");
    let config_of_it = DistributionConfig::builder()
        .caller_reference(bucket)
        .comment("")
        .enabled(true)
        .origins(Origins::builder().quantity(1).items(origin.unwrap()).build().unwrap())
        .default_cache_behavior(behavior.build().unwrap());
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build().unwrap());
    let with_tags = DistributionConfigWithTags::builder()
        .distribution_config(config_of_it.build().unwrap())
        .tags(Tags::builder().set_items(Some(tags.collect())).build());
    let client = aws_sdk_cloudfront::Client::new(&config(&bench.running, "us-east-1"));
    let call = client.create_distribution_with_tags().distribution_config_with_tags(with_tags.build());
    call.send().await.unwrap().distribution.unwrap().id
}
