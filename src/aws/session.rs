//! How AWS is reached: credentials, regions, retries, and one client a service and region.

use super::configuration_files::ConfigurationFiles;
use super::connections::{Connections, READ_TIMEOUT};
use super::credentials::{self, Why};
use super::dialing::CONNECT_TIMEOUT;
use super::direct::Direct;
use super::keys::Keys;
use super::refusal::Refusal;
use super::watch::{Watch, watched_client};
use crate::blueprint::answers::Region;
use crate::error::Result;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_types::service_config::ServiceConfigKey;
use std::collections::BTreeMap;
use std::env;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Where everything but S3 and the tagging API is called (aws-facts.md A.1).
pub const GLOBAL_REGION: &str = "us-east-1";

/// How often a call is tried before it counts as refused: the control API of CloudFront is slow-rated, and its
/// limits are not documented (aws-facts.md H).
const ATTEMPTS: u32 = 10;

/// How often the first call of all is tried: where there is no network, that should show soon.
const FIRST_ATTEMPTS: u32 = 6;

/// How long in all a region is asked that may not be switched on for the account. Time alone is the limit: one
/// that is on may ask to go slower.
const SHORT_TIMEOUT: Duration = Duration::from_secs(4);

/// The environment variable that replaces every pause between polls, in milliseconds.
pub const POLL_VARIABLE: &str = "SITECAST_POLL_MS";

/// How AWS is to be reached.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// The profile of the AWS configuration; `None` leaves the choice to the standard chain.
    pub aws_profile: Option<String>,
    /// The region where the standard chain names none.
    pub region: Option<Region>,
    /// An endpoint that stands for all of AWS and takes any credentials: the sandbox.
    pub sandbox: Option<String>,
    /// Replaces every pause between polls, and between tries.
    pub poll: Option<Duration>,
    /// Whom each call is told.
    pub watch: Watch,
}

/// Who calls AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account's twelve digits.
    pub account: String,
    /// The user or role.
    pub arn: String,
    /// The partition in ARNs, such as `aws`.
    pub partition: String,
}

/// How much time a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// As much as every call.
    Usual,
    /// Seconds, since the region may not be switched on for the account.
    Short,
}

/// A connection to one AWS account. Clones of its clients share their connections.
#[derive(Debug)]
pub struct Session {
    config: SdkConfig,
    /// Where AWS is asked who calls.
    home: aws_config::Region,
    aws_profile: Option<String>,
    path_style: bool,
    poll: Option<Duration>,
    watch: Watch,
    identity: OnceCell<Identity>,
    s3: PerRegion<aws_sdk_s3::Client>,
    connections: Connections,
    direct: PerRegion<Direct>,
    keys: Arc<Keys>,
    tagging: PerRegion<aws_sdk_resourcegroupstagging::Client>,
    logs: PerRegion<aws_sdk_cloudwatchlogs::Client>,
    metrics: PerRegion<aws_sdk_cloudwatch::Client>,
    cloudfront: aws_sdk_cloudfront::Client,
    iam: aws_sdk_iam::Client,
    acm: aws_sdk_acm::Client,
    route53: aws_sdk_route53::Client,
    lambda: aws_sdk_lambda::Client,
}

impl Session {
    /// Connects by the standard AWS configuration chain, and makes sure that it holds credentials.
    pub async fn connect(options: ConnectOptions) -> Result<Session> {
        let poll = options.poll.or_else(poll_of_environment);
        let connections = Connections::new();
        let (config, home) = configured(&options, poll, &connections).await;
        let aws_profile = options.aws_profile.clone().or_else(|| env::var("AWS_PROFILE").ok());
        ensure_credentials(&config, aws_profile.as_deref()).await?;
        let global = in_region(&config, GLOBAL_REGION);
        Ok(Session {
            home,
            aws_profile,
            path_style: s3_endpoint(&config).is_some_and(|url| wants_path_style(&url)),
            poll,
            identity: OnceCell::new(),
            s3: PerRegion::default(),
            connections,
            direct: PerRegion::default(),
            keys: Arc::new(Keys::new(config.credentials_provider())),
            tagging: PerRegion::default(),
            logs: PerRegion::default(),
            metrics: PerRegion::default(),
            lambda: watched_client!(aws_sdk_lambda, &global, options.watch),
            cloudfront: watched_client!(aws_sdk_cloudfront, &global, options.watch),
            iam: watched_client!(aws_sdk_iam, &global, options.watch),
            acm: watched_client!(aws_sdk_acm, &global, options.watch),
            route53: watched_client!(aws_sdk_route53, &global, options.watch),
            watch: options.watch,
            config,
        })
    }

    /// Who calls. AWS is asked once.
    pub async fn identify(&self) -> Result<&Identity> {
        self.identity.get_or_try_init(|| self.ask_who_calls()).await
    }

    /// The region that the standard chain names, or the hint.
    pub fn region(&self) -> Region {
        Region(self.config.region().map_or(GLOBAL_REGION, |region| region.as_ref()).to_owned())
    }

    /// The profile of the AWS configuration in use, where one was named.
    pub fn aws_profile(&self) -> Option<&str> {
        self.aws_profile.as_deref()
    }

    /// What stands for all of AWS, where something does.
    pub fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    /// What replaces every pause between polls.
    pub fn poll(&self) -> Option<Duration> {
        self.poll
    }

    /// S3 in a bucket's own region.
    pub fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        self.s3.get(region, || {
            let config = aws_sdk_s3::config::Builder::from(&in_region(&self.config, region.as_str()))
                .force_path_style(self.path_style)
                .interceptor(self.watch.clone())
                .build();
            aws_sdk_s3::Client::from_conf(config)
        })
    }

    /// S3 in a bucket's own region, for what is called thousands of times.
    pub(super) fn direct(&self, region: &Region) -> Direct {
        self.direct.get(region, || {
            let (keys, watch) = (Arc::clone(&self.keys), self.watch.clone());
            Direct::new(self.connections.clone(), keys, region.as_str().to_owned(), watch, self.poll)
        })
    }

    /// The tagging API of one region.
    pub fn tagging(&self, region: &Region, patience: Patience) -> aws_sdk_resourcegroupstagging::Client {
        let client = || {
            let config = self.patient(region, patience);
            watched_client!(aws_sdk_resourcegroupstagging, &config, self.watch)
        };
        match patience {
            Patience::Usual => self.tagging.get(region, client),
            Patience::Short => client(),
        }
    }

    /// ACM where CloudFront looks for certificates (aws-facts.md A.1).
    pub fn acm(&self) -> &aws_sdk_acm::Client {
        &self.acm
    }

    /// ACM in one region.
    pub fn acm_in(&self, region: &Region, patience: Patience) -> aws_sdk_acm::Client {
        let config = self.patient(region, patience);
        watched_client!(aws_sdk_acm, &config, self.watch)
    }

    /// Route 53.
    pub fn route53(&self) -> &aws_sdk_route53::Client {
        &self.route53
    }

    fn patient(&self, region: &Region, patience: Patience) -> SdkConfig {
        let config = in_region(&self.config, region.as_str());
        match patience {
            Patience::Usual => config,
            Patience::Short => config
                .to_builder()
                .timeout_config(timeouts().operation_timeout(SHORT_TIMEOUT).build())
                .build(),
        }
    }

    /// CloudFront.
    pub fn cloudfront(&self) -> &aws_sdk_cloudfront::Client {
        &self.cloudfront
    }

    /// IAM.
    pub fn iam(&self) -> &aws_sdk_iam::Client {
        &self.iam
    }

    /// Lambda where edge functions live.
    pub fn lambda(&self) -> &aws_sdk_lambda::Client {
        &self.lambda
    }

    /// CloudWatch Logs of one region.
    pub fn logs(&self, region: &Region, patience: Patience) -> aws_sdk_cloudwatchlogs::Client {
        let client = || {
            let config = self.patient(region, patience);
            watched_client!(aws_sdk_cloudwatchlogs, &config, self.watch)
        };
        match patience {
            Patience::Usual => self.logs.get(region, client),
            Patience::Short => client(),
        }
    }

    /// CloudWatch's metrics of one region.
    pub fn cloudwatch(&self, region: &Region, patience: Patience) -> aws_sdk_cloudwatch::Client {
        let client = || {
            let config = self.patient(region, patience);
            watched_client!(aws_sdk_cloudwatch, &config, self.watch)
        };
        match patience {
            Patience::Usual => self.metrics.get(region, client),
            Patience::Short => client(),
        }
    }

    /// What a client of one region is configured with, for services that are called only now and then.
    pub(super) fn config_in(&self, region: &str) -> SdkConfig {
        in_region(&self.config, region)
    }

    async fn ask_who_calls(&self) -> Result<Identity> {
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .region(self.home.clone())
            .retry_config(retries(self.poll).with_max_attempts(FIRST_ATTEMPTS))
            .interceptor(self.watch.clone())
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        let answer = client.get_caller_identity().send().await.map_err(|error| {
            let refusal = Refusal::of("sts:GetCallerIdentity", "ask AWS who is calling", error);
            credentials::rejected(refusal, self.aws_profile())
        })?;
        let arn = answer.arn().unwrap_or_default().to_owned();
        Ok(Identity {
            account: answer.account().unwrap_or_default().to_owned(),
            partition: arn.split(':').nth(1).unwrap_or("aws").to_owned(),
            arn,
        })
    }
}

/// One client a region, made when it is first wanted.
#[derive(Debug)]
struct PerRegion<C>(Mutex<BTreeMap<Region, C>>);

impl<C> Default for PerRegion<C> {
    fn default() -> Self {
        PerRegion(Mutex::default())
    }
}

impl<C: Clone> PerRegion<C> {
    fn get(&self, region: &Region, make: impl FnOnce() -> C) -> C {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.clone()).or_insert_with(make).clone()
    }
}

fn timeouts() -> TimeoutConfigBuilder {
    TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT)
}

/// The configuration, and the region in which credentials are made and looked at. That is never the hint: the
/// site's region may be one that the account has to switch on first, and until then its STS knows none of the
/// account's credentials (aws-facts.md C).
async fn configured(
    options: &ConnectOptions,
    poll: Option<Duration>,
    connections: &Connections,
) -> (SdkConfig, aws_config::Region) {
    let http = connections.client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .retry_config(retries(poll))
        .timeout_config(timeouts().build())
        // The strict defaults add trailers that other S3 implementations choke on; what we send carries a
        // checksum of our own (aws-facts.md G).
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if let Ok(name) = AppName::new("sitecast") {
        loader = loader.app_name(name);
    }
    if let Some(url) = &options.sandbox {
        let keys = Credentials::new("AKIASITECASTSANDBOX", "sandbox", None, None, "sandbox");
        let loader = loader.endpoint_url(url).credentials_provider(keys).region(hint(options));
        return (loader.load().await, global_region());
    }
    if let Some(name) = &options.aws_profile {
        loader = loader.profile_name(name);
    }
    let named = named_region(options).await;
    let home = named.clone().unwrap_or_else(global_region);
    let provider = ProviderConfig::default().with_http_client(http).with_region(Some(home.clone()));
    let loader = loader.credentials_provider(credentials_of(options, &provider, &home).await);
    (loader.region(named.unwrap_or_else(|| hint(options))).load().await, home)
}

/// A profile that is named outright goes before keys in the environment; the SDK's chain has it the other way.
async fn credentials_of(
    options: &ConnectOptions,
    provider: &ProviderConfig,
    home: &aws_config::Region,
) -> SharedCredentialsProvider {
    match &options.aws_profile {
        Some(name) => SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder().configure(provider).profile_name(name).build(),
        ),
        None => SharedCredentialsProvider::new(
            // The chain forgets the provider's region, and would ask for one.
            DefaultCredentialsChain::builder().configure(provider.clone()).region(home.clone()).build().await,
        ),
    }
}

fn hint(options: &ConnectOptions) -> aws_config::Region {
    let hint = options.region.as_ref().map_or(GLOBAL_REGION, Region::as_str);
    aws_config::Region::new(hint.to_owned())
}

fn global_region() -> aws_config::Region {
    aws_config::Region::from_static(GLOBAL_REGION)
}

/// The region that the standard chain names.
async fn named_region(options: &ConnectOptions) -> Option<aws_config::Region> {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &options.aws_profile {
        profile = profile.profile_name(name);
    }
    // The instance metadata service is left out: asking it costs a second wherever there is none, and the
    // hint is as good.
    let chain =
        RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile.build());
    chain.region().await
}

/// Adaptive, since CloudFront's limits are low and unknown (aws-facts.md H). Not where pauses are replaced: what
/// makes it adaptive counts in seconds of its own.
fn retries(poll: Option<Duration>) -> RetryConfig {
    let retries = match poll {
        None => RetryConfig::adaptive(),
        Some(pause) => RetryConfig::standard().with_initial_backoff(pause).with_max_backoff(pause * 10),
    };
    retries.with_max_attempts(ATTEMPTS)
}

fn poll_of_environment() -> Option<Duration> {
    env::var(POLL_VARIABLE).ok()?.parse().ok().map(Duration::from_millis)
}

async fn ensure_credentials(config: &SdkConfig, aws_profile: Option<&str>) -> Result<()> {
    let why = match config.credentials_provider() {
        None => Why::NoneFound,
        Some(provider) => match provider.provide_credentials().await {
            Ok(_) => return Ok(()),
            Err(error) => Why::of(&error),
        },
    };
    let files = ConfigurationFiles::read(aws_profile).await;
    Err(why.knowing(&files).explain(&files))
}

fn in_region(config: &SdkConfig, region: &str) -> SdkConfig {
    config.to_builder().region(aws_config::Region::new(region.to_owned())).build()
}

/// The endpoint that the configuration names for S3, found as the SDK finds it.
fn s3_endpoint(config: &SdkConfig) -> Option<String> {
    let of_all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return of_all();
    }
    let key =
        ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let of_s3 = key.ok().and_then(|key| config.service_config()?.load_config(key));
    of_s3.or_else(of_all)
}

/// A bucket's name can't be put before an IP address, and seldom before `localhost`.
fn wants_path_style(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    host == "localhost" || host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_on_an_address_want_path_style() {
        for url in ["http://127.0.0.1:4566", "http://localhost:9000/", "https://[::1]:80", "http://10.0.0.1"]
        {
            assert!(wants_path_style(url), "{url}");
        }
        for url in ["https://s3.eu-west-1.amazonaws.com", "http://minio.example:9000"] {
            assert!(!wants_path_style(url), "{url}");
        }
    }
}
