//! Everything of CloudFront that a site is made of, through the real SDK against the sandbox: observed, made
//! exactly once, changed without loss, and removed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sandbox;

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types::DistributionConfig;
use sandbox::{code, config, make_bucket, s3, start};
use sitecast::apply::retry::Backoff;
use sitecast::apply::{Reporter, Stop};
use sitecast::aws::claim::{Claim, Holdings};
use sitecast::aws::distribution::{self, Owner};
use sitecast::aws::{
    cache_policy, function, invalidation, origin_access_control, response_headers_policy, tags,
};
use sitecast::blueprint::distribution::{Behavior, DistributionSpec, ErrorPage, Origin, OriginGroup};
use sitecast::blueprint::inventory::{ObservedDistribution, ObservedFunction};
use sitecast::blueprint::plan::{Action, Stage, Step, StepId, Work};
use sitecast::blueprint::resource::{
    CachePolicySpec, FunctionSpec, Kind, OriginAccessControlSpec, Output, Ref, ResourceId,
    ResponseHeadersPolicySpec,
};
use sitecast::profile::answers::{Geo, HttpVersion, PlainHttp, PriceClass, Query, Seconds};
use sitecast::sandbox::fault::Fault;
use sitecast::sandbox::pace::Pace;
use sitecast::sandbox::server::Running;
use std::time::Duration;
use tempfile::TempDir;

const ACCOUNT: &str = "123456789012";
const SITE: &str = "acme";
const NAME: &str = "sitecast_acme";
const POLICY: &str = "sitecast_acme_0123456789abcdef";
const FUNCTION: &str = "sitecast_acme_urls";
const CODE: &str = "function handler(event) { return event.request; }";

struct Bench {
    _folder: TempDir,
    running: Running,
    client: Client,
    report: Reporter,
}

impl Bench {
    /// A sandbox with the site's two buckets.
    async fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let running = start(folder.path(), Pace::Instant, &[]).await;
        make_bucket(&s3(&running, "eu-west-1"), "acme-one").await;
        make_bucket(&s3(&running, "eu-central-1"), "acme-two").await;
        let client = Client::new(&config(&running, "us-east-1"));
        let (report, _facts) = Reporter::new(&step(), Stop::new());
        Bench { _folder: folder, running, client, report }
    }

    fn set_faults(&self, faults: &[&str]) {
        let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.running.set_faults(faults);
    }

    fn count(&self, operation: &str) -> usize {
        self.running.calls().iter().filter(|call| call.operation == operation).count()
    }

    fn mutations(&self) -> usize {
        self.running.calls().iter().filter(|call| call.mutating).count()
    }

    /// Makes what a distribution refers to, and says what it is to be.
    async fn wanted(&self) -> DistributionSpec {
        let (client, report) = (&self.client, &self.report);
        let control = origin_access_control::create(client, SITE, NAME, &control(), report).await.unwrap();
        let policy = cache_policy::create(client, SITE, POLICY, &policy(), report).await.unwrap();
        let headers = response_headers_policy::create(client, SITE, NAME, &headers(), report).await.unwrap();
        let function = function::create(client, SITE, FUNCTION, &urls(CODE), report).await.unwrap();
        site(&control, &policy, &headers, &function)
    }

    async fn make(&self, wanted: &DistributionSpec) -> Output {
        let owner = Owner { account: ACCOUNT, site: SITE };
        distribution::create(&self.client, owner, wanted, briefly(), &self.report).await.unwrap()
    }

    /// The site's one distribution.
    async fn observed(&self) -> Option<ObservedDistribution> {
        let candidates = distribution::candidates(&self.client, SITE).await.unwrap();
        assert!(candidates.len() <= 1, "{candidates:?}");
        let candidate = candidates.into_iter().next()?;
        match distribution::read(&self.client, SITE, candidate).await.unwrap()? {
            Claim::Ours(found) => Some(found),
            Claim::Foreign(foreign) => panic!("{foreign:?}"),
        }
    }

    async fn config(&self, id: &str) -> (DistributionConfig, String) {
        let answer = self.client.get_distribution_config().id(id).send().await.unwrap();
        (answer.distribution_config.unwrap(), answer.e_tag.unwrap())
    }

    async fn put(&self, id: &str, config: DistributionConfig, etag: String) {
        let request = self.client.update_distribution().id(id).if_match(etag).distribution_config(config);
        request.send().await.unwrap();
    }
}

fn step() -> Step {
    let resource = ResourceId::new(Kind::Distribution, SITE);
    Step {
        id: StepId::of(&resource),
        action: Action::Create,
        name: SITE.into(),
        resource,
        stage: Stage::Distribution,
        reason: String::new(),
        changes: vec![],
        after: vec![],
        work: Work::Nothing,
    }
}

fn briefly() -> Backoff {
    Backoff { bound: Duration::from_millis(50), first: Duration::from_millis(5), ..distribution::patience() }
}

fn control() -> OriginAccessControlSpec {
    OriginAccessControlSpec {
        origin_type: "s3".into(),
        signing_behavior: "always".into(),
        signing_protocol: "sigv4".into(),
    }
}

fn policy() -> CachePolicySpec {
    CachePolicySpec {
        min_ttl: Seconds(0),
        default_ttl: Seconds(300),
        max_ttl: Seconds(31_536_000),
        query: Query::Only(vec!["page".into(), "q".into()]),
        headers: vec!["accept-language".into()],
        cookies: vec!["session".into()],
        compress: true,
    }
}

fn headers() -> ResponseHeadersPolicySpec {
    ResponseHeadersPolicySpec {
        nosniff: true,
        referrer_policy: "strict-origin-when-cross-origin".into(),
        hsts: None,
    }
}

fn urls(code: &str) -> FunctionSpec {
    FunctionSpec {
        comment: "pretty URLs".into(),
        runtime: "cloudfront-js-2.0".into(),
        code: Some(code.into()),
    }
}

fn site(control: &Output, policy: &Output, headers: &Output, function: &Output) -> DistributionSpec {
    let origin = |role: &str, bucket: &str, region: &str| Origin {
        id: format!("{NAME}_{role}"),
        domain: format!("{bucket}.s3.{region}.amazonaws.com"),
        path: "/site".into(),
        access_control: Ref::Known(control.id.clone()),
        connection_attempts: 2,
        connection_timeout: Seconds(3),
    };
    DistributionSpec {
        comment: "a site".into(),
        enabled: true,
        price_class: PriceClass::Class100,
        http_version: HttpVersion::Http2And3,
        ipv6: true,
        default_root_object: "index.html".into(),
        geo: Geo::Block(vec!["AT".into(), "CH".into()]),
        origins: vec![
            origin("primary", "acme-one", "eu-west-1"),
            origin("backup", "acme-two", "eu-central-1"),
        ],
        origin_groups: vec![OriginGroup {
            id: format!("{NAME}_failover"),
            primary: format!("{NAME}_primary"),
            backup: format!("{NAME}_backup"),
            statuses: vec![500, 502, 503, 504],
        }],
        default_behavior: Behavior {
            target: format!("{NAME}_failover"),
            plain_http: PlainHttp::Redirect,
            options_allowed: false,
            compress: true,
            cache_policy: Ref::Known(policy.id.clone()),
            response_headers_policy: Some(Ref::Known(headers.id.clone())),
            viewer_request_function: Some(Ref::Known(function.arn.clone())),
            edge: Default::default(),
        },
        behaviors: vec![],
        error_pages: vec![ErrorPage {
            status: 404,
            page: "/404.html".into(),
            response_status: 404,
            cache: Seconds(10),
        }],
        aliases: vec![],
        viewer_certificate: None,
    }
}

async fn functions(client: &Client) -> Holdings<ObservedFunction> {
    function::read(client, SITE, function::candidates(client, SITE).await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn what_was_made_is_observed_as_it_was_asked_for() {
    let bench = Bench::new().await;
    let wanted = bench.wanted().await;
    let made = bench.make(&wanted).await;
    let client = &bench.client;

    let controls = origin_access_control::observe(client, SITE).await.unwrap();
    assert_eq!(controls.ours[0].spec, control());
    let policies = cache_policy::observe(client, SITE).await.unwrap();
    assert_eq!((&policies.ours[0].spec, policies.others), (&policy(), 0));
    let policies = response_headers_policy::observe(client, SITE).await.unwrap();
    assert_eq!((&policies.ours[0].spec, policies.others), (&headers(), 0));
    let functions = functions(client).await;
    assert_eq!(functions.ours[0].development, urls(CODE));
    assert_eq!(functions.ours[0].live, Some(urls(CODE)));
    let found = bench.observed().await.unwrap();
    assert_eq!((found.output, found.spec), (made, wanted));
}

#[tokio::test]
async fn a_second_creation_finds_the_first_and_writes_nothing() {
    let bench = Bench::new().await;
    let wanted = bench.wanted().await;
    let made = bench.make(&wanted).await;
    let again = bench.wanted().await;
    assert_eq!(again, wanted, "the same ids");
    assert_eq!(bench.make(&again).await, made);
    for written in ["UpdateDistribution", "UpdateFunction", "UpdateCachePolicy", "UpdateOriginAccessControl"]
    {
        assert_eq!(bench.count(written), 0, "{written}");
    }
    assert_eq!(bench.count("PublishFunction"), 1);
}

#[tokio::test]
async fn a_lost_answer_to_any_creation_makes_no_second_one() {
    let bench = Bench::new().await;
    bench.set_faults(&[
        "op=CreateOriginAccessControl nth=1 drop",
        "op=CreateCachePolicy nth=1 drop",
        "op=CreateResponseHeadersPolicy nth=1 drop",
        "op=CreateFunction nth=1 drop",
        "op=PublishFunction nth=1 drop",
        "op=CreateDistributionWithTags nth=1 drop",
    ]);
    let wanted = bench.wanted().await;
    bench.make(&wanted).await;
    assert_eq!(bench.observed().await.unwrap().spec, wanted);
    let functions = functions(&bench.client).await;
    assert_eq!((functions.ours.len(), functions.others), (1, 0));
    assert!(bench.count("CreateDistributionWithTags") > 1, "the fault was met");
}

#[tokio::test]
async fn an_update_keeps_what_somebody_set_by_hand() {
    let bench = Bench::new().await;
    let mut wanted = bench.wanted().await;
    let made = bench.make(&wanted).await;
    let (mut by_hand, etag) = bench.config(&made.id).await;
    by_hand.origins.as_mut().unwrap().items[0].response_completion_timeout = Some(60);
    by_hand.default_cache_behavior.as_mut().unwrap().smooth_streaming = Some(true);
    bench.put(&made.id, by_hand.clone(), etag).await;

    wanted.comment = "another".into();
    wanted.default_behavior.plain_http = PlainHttp::Allow;
    bench.set_faults(&["op=UpdateDistribution nth=1 fail=PreconditionFailed status=412"]);
    distribution::update(&bench.client, &made.id, &wanted, &bench.report).await.unwrap();

    assert_eq!(bench.observed().await.unwrap().spec, wanted);
    let (after, _) = bench.config(&made.id).await;
    assert_eq!(after.origins, by_hand.origins);
    assert_eq!(after.default_cache_behavior.unwrap().smooth_streaming, Some(true));
    let before = bench.mutations();
    distribution::update(&bench.client, &made.id, &wanted, &bench.report).await.unwrap();
    assert_eq!(bench.mutations(), before, "an update to what is there writes nothing");
}

#[tokio::test]
async fn changed_code_is_written_and_published() {
    let bench = Bench::new().await;
    bench.wanted().await;
    let changed = urls("function handler(event) { return event.response; }");
    function::update(&bench.client, FUNCTION, &changed, &bench.report).await.unwrap();
    let found = functions(&bench.client).await.ours.remove(0);
    assert_eq!((found.live, found.development), (Some(changed.clone()), changed.clone()));

    let without_folder = FunctionSpec { comment: "renamed".into(), code: None, ..changed.clone() };
    function::update(&bench.client, FUNCTION, &without_folder, &bench.report).await.unwrap();
    let found = functions(&bench.client).await.ours.remove(0);
    assert_eq!(found.live, Some(FunctionSpec { comment: "renamed".into(), ..changed }));
}

#[tokio::test]
async fn a_function_that_was_never_published_is_half_made_and_finished() {
    let bench = Bench::new().await;
    bench.set_faults(&["op=PublishFunction fail=AccessDenied status=403"]);
    let refused = function::create(&bench.client, SITE, FUNCTION, &urls(CODE), &bench.report).await;
    assert!(refused.unwrap_err().to_string().contains("AccessDenied"));
    let half_made = functions(&bench.client).await.ours.remove(0);
    assert_eq!((half_made.live, half_made.development), (None, urls(CODE)));

    bench.set_faults(&[]);
    function::create(&bench.client, SITE, FUNCTION, &urls(CODE), &bench.report).await.unwrap();
    let finished = functions(&bench.client).await.ours.remove(0);
    assert_eq!(finished.live, Some(urls(CODE)));
}

#[tokio::test]
async fn what_has_our_name_but_not_our_mark_is_left_alone() {
    let bench = Bench::new().await;
    let (client, report) = (&bench.client, &bench.report);
    let other = Bench::wanted(&bench).await;
    bench.make(&other).await;
    let made = bench.observed().await.unwrap().output;
    let theirs = vec![("sitecast:site".to_owned(), "theirs".to_owned())];
    tags::tag(client, &made.arn, &theirs, &[]).await.unwrap();
    let function_arn = functions(client).await.ours[0].output.arn.clone();
    tags::tag(client, &function_arn, &[], &["sitecast:site".to_owned()]).await.unwrap();
    let before = bench.mutations();

    let candidate = distribution::candidates(client, SITE).await.unwrap().remove(0);
    let claim = distribution::read(client, SITE, candidate).await.unwrap().unwrap();
    assert!(matches!(claim, Claim::Foreign(foreign) if foreign.why.contains("theirs")));
    let functions = functions(client).await;
    assert_eq!((functions.ours.len(), functions.foreign.len()), (0, 1));
    let refused = function::create(client, SITE, FUNCTION, &urls("changed"), report).await.unwrap_err();
    assert!(refused.to_string().contains("has no tag"), "{refused}");
    let owner = Owner { account: ACCOUNT, site: SITE };
    let refused = distribution::create(client, owner, &other, briefly(), report).await.unwrap_err();
    assert!(refused.to_string().contains("theirs"), "{refused}");
    // The two refused creations are all that was tried.
    assert_eq!(bench.mutations(), before + 2);
}

#[tokio::test]
async fn everything_goes_and_a_new_generation_can_be_made() {
    let bench = Bench::new().await;
    let (client, report) = (&bench.client, &bench.report);
    let wanted = bench.wanted().await;
    let made = bench.make(&wanted).await;
    distribution::disable(client, &made.id, report).await.unwrap();
    assert_eq!(distribution::is_deployed(client, &made.id).await.unwrap(), Some(true));
    distribution::delete(client, &made.id, report).await.unwrap();
    assert_eq!(distribution::is_deployed(client, &made.id).await.unwrap(), None);
    assert_eq!(bench.observed().await, None);
    assert_eq!(code(client.get_distribution().id(&made.id).send().await), "NoSuchDistribution");

    let second = bench.make(&wanted).await;
    assert_ne!(second.id, made.id);
    let (config, _) = bench.config(&second.id).await;
    assert_eq!(config.caller_reference, format!("sitecast-{ACCOUNT}-{SITE}-1"));

    // Each is gone the second time, which is as good.
    for _ in 0..2 {
        distribution::disable(client, &second.id, report).await.unwrap();
        distribution::delete(client, &second.id, report).await.unwrap();
        let Ref::Known(control) = &wanted.origins[0].access_control else { unreachable!() };
        origin_access_control::delete(client, control, report).await.unwrap();
        let Ref::Known(policy) = &wanted.default_behavior.cache_policy else { unreachable!() };
        cache_policy::delete(client, policy, report).await.unwrap();
        let Some(Ref::Known(headers)) = &wanted.default_behavior.response_headers_policy else {
            unreachable!()
        };
        response_headers_policy::delete(client, headers, report).await.unwrap();
        function::delete(client, FUNCTION, report).await.unwrap();
    }
    assert!(origin_access_control::observe(client, SITE).await.unwrap().ours.is_empty());
    assert!(cache_policy::observe(client, SITE).await.unwrap().ours.is_empty());
    assert!(response_headers_policy::observe(client, SITE).await.unwrap().ours.is_empty());
    assert!(functions(client).await.ours.is_empty());
}

#[tokio::test]
async fn what_is_in_use_is_removed_once_it_is_free() {
    let bench = Bench::new().await;
    let (client, report) = (&bench.client, &bench.report);
    let wanted = bench.wanted().await;
    let made = bench.make(&wanted).await;
    let Ref::Known(control) = &wanted.origins[0].access_control else { unreachable!() };
    let freeing = async {
        distribution::disable(client, &made.id, report).await.unwrap();
        distribution::delete(client, &made.id, report).await.unwrap();
    };
    let (removed, ()) = tokio::join!(origin_access_control::delete(client, control, report), freeing);
    removed.unwrap();
    assert!(origin_access_control::observe(client, SITE).await.unwrap().ours.is_empty());
}

#[tokio::test]
async fn old_buckets_are_remembered_by_tags() {
    let bench = Bench::new().await;
    let made = bench.make(&bench.wanted().await).await;
    let set = vec![("sitecast:old-bucket-1".to_owned(), "acme-old".to_owned())];
    tags::tag(&bench.client, &made.arn, &set, &[]).await.unwrap();
    assert_eq!(bench.observed().await.unwrap().old_buckets["sitecast:old-bucket-1"], "acme-old");
    tags::tag(&bench.client, &made.arn, &[], &["sitecast:old-bucket-1".to_owned()]).await.unwrap();
    assert!(bench.observed().await.unwrap().old_buckets.is_empty());
}

#[tokio::test]
async fn an_invalidation_is_asked_for_once() {
    let bench = Bench::new().await;
    let (client, report) = (&bench.client, &bench.report);
    let made = bench.make(&bench.wanted().await).await;
    let paths = vec!["/index.html".to_owned(), "/docs/*".to_owned()];
    bench.set_faults(&["op=CreateInvalidation nth=1 drop"]);
    let first = invalidation::request(client, &made.id, &paths, "release-1", report).await.unwrap();
    assert_eq!(invalidation::request(client, &made.id, &paths, "release-1", report).await.unwrap(), first);
    let other = vec!["/other.html".to_owned()];
    let second = invalidation::request(client, &made.id, &other, "release-1", report).await.unwrap();
    assert_ne!(second, first);
    let known = client.list_invalidations().distribution_id(&made.id).send().await.unwrap();
    assert_eq!(known.invalidation_list.unwrap().items.unwrap().len(), 2);
}

#[tokio::test]
async fn a_bucket_that_cloudfront_does_not_know_yet_is_waited_for() {
    let bench = Bench::new().await;
    let mut wanted = bench.wanted().await;
    wanted.origins[0].domain = "acme-late.s3.eu-west-1.amazonaws.com".into();
    let late = async {
        while bench.count("CreateDistributionWithTags") == 0 {
            tokio::task::yield_now().await;
        }
        make_bucket(&s3(&bench.running, "eu-west-1"), "acme-late").await;
    };
    let (made, ()) = tokio::join!(bench.make(&wanted), late);
    assert_eq!(bench.observed().await.unwrap().output, made);
    assert!(bench.count("CreateDistributionWithTags") > 1);
}
