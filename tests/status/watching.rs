//! Watching on a virtual clock, with sources that are made up.

use super::counting::CALLS;
use async_trait::async_trait;
use sitecast::profile::answers::HttpVersion;
use sitecast::status::panels::*;
use sitecast::status::{
    Answer, Command, Failed, Measured, Moment, Panel, Series, Sources, State, Trouble, Update, View, pace,
    watch,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What a service may be asked within an hour: CloudFront far below the one call in two seconds that its support
/// quoted, and so are the two that document nothing; the others a hundredth of what they document (aws-facts.md A.4,
/// A.5, F, G, H).
const ALLOWED: &[(&str, u32)] = &[
    ("cloudfront", 1800 / 3),
    ("iam", 1800 / 3),
    ("tagging", 1800 / 3),
    ("acm", 360),
    ("lambda", 540),
    ("route53", 360),
    ("monitoring", 1800),
    ("s3", 198_000),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Throttled,
    Silent,
}

/// Sources that count their looks, and answer more with each.
struct Scripted {
    began: Instant,
    looks: Mutex<BTreeMap<Panel, Vec<Instant>>>,
    moods: Mutex<BTreeMap<Panel, Mood>>,
}

impl Scripted {
    fn new() -> Arc<Scripted> {
        let (looks, moods) = (Mutex::default(), Mutex::default());
        Arc::new(Scripted { began: Instant::now(), looks, moods })
    }

    fn set(&self, panel: Panel, mood: Mood) {
        self.moods.lock().unwrap().insert(panel, mood);
    }

    fn looks(&self, panel: Panel) -> Vec<Instant> {
        self.looks.lock().unwrap().get(&panel).cloned().unwrap_or_default()
    }

    fn count(&self, panel: Panel) -> u32 {
        u32::try_from(self.looks(panel).len()).unwrap()
    }

    async fn look<T>(&self, panel: Panel, answer: impl FnOnce(usize) -> T) -> Answer<T> {
        let number = {
            let mut looks = self.looks.lock().unwrap();
            let looks = looks.entry(panel).or_default();
            looks.push(Instant::now());
            looks.len()
        };
        let mood = self.moods.lock().unwrap().get(&panel).copied().unwrap_or(Mood::Well);
        match mood {
            Mood::Well => sleep(Duration::from_millis(200)).await,
            Mood::Throttled => return Err(Failed::new(Trouble::Throttled, "Rate exceeded")),
            Mood::Silent => std::future::pending().await,
        }
        Ok(answer(number))
    }
}

fn series(points: usize) -> Measured<Series> {
    let points = (0..points * 50).map(|point| Some(point as f64)).collect();
    Measured::Data(Series::new(Moment::of_seconds(0), Duration::from_secs(60), points))
}

#[async_trait]
impl Sources for Scripted {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.began.elapsed()
    }

    async fn distribution(&self) -> Answer<Option<DistributionView>> {
        let view = DistributionView {
            id: "E1".into(),
            arn: "arn".into(),
            host: "d1.cloudfront.net".into(),
            address: "https://d1.cloudfront.net/".into(),
            enabled: true,
            state: DistributionState::Deployed,
            changed: None,
            http_version: HttpVersion::Http2,
            ipv6: true,
            domains: Vec::new(),
        };
        self.look(Panel::Distribution, |_| Some(view)).await
    }

    async fn certificate(&self) -> Answer<CertificateView> {
        self.look(Panel::Certificate, |_| CertificateView::CloudFronts).await
    }

    async fn dns(&self) -> Answer<DnsView> {
        self.look(Panel::Dns, |_| DnsView { domains: Vec::new() }).await
    }

    async fn origins(&self) -> Answer<OriginsView> {
        self.look(Panel::Origins, |_| OriginsView { origins: Vec::new(), parity: Parity::OneBucket }).await
    }

    async fn failover(&self) -> Answer<FailoverView> {
        let view =
            FailoverView { wanted: false, armed: false, statuses: vec![], why_not: None, last_drill: None };
        self.look(Panel::Failover, |_| view).await
    }

    async fn edge_functions(&self) -> Answer<EdgeFunctionsView> {
        self.look(Panel::EdgeFunctions, |_| EdgeFunctionsView { functions: Vec::new() }).await
    }

    async fn caching(&self) -> Answer<CachingView> {
        self.look(Panel::Caching, |number| CachingView {
            requests: series(number),
            bytes: series(number),
            hit_rate: Measured::no_data("not measured"),
            error_rate: series(number),
        })
        .await
    }

    async fn invalidations(&self) -> Answer<InvalidationsView> {
        self.look(Panel::Invalidations, |_| InvalidationsView { newest: Vec::new() }).await
    }

    async fn releases(&self) -> Answer<ReleasesView> {
        self.look(Panel::Releases, |_| ReleasesView { current: Vec::new(), newest: Vec::new() }).await
    }

    async fn drift(&self) -> Answer<DriftView> {
        self.look(Panel::Drift, |_| DriftView { resources: Vec::new(), notices: Vec::new() }).await
    }

    async fn probes(&self) -> Answer<ProbesView> {
        self.look(Panel::Probes, |_| ProbesView { probes: Measured::Data(Vec::new()) }).await
    }
}

/// A watch under way.
struct Watched {
    sources: Arc<Scripted>,
    commands: mpsc::Sender<Command>,
    updates: mpsc::Receiver<Update>,
    view: View,
}

impl Watched {
    fn begin() -> Watched {
        Watched::of(Scripted::new())
    }

    fn of(sources: Arc<Scripted>) -> Watched {
        let (commands, obeyed) = mpsc::channel(1);
        let (told, updates) = mpsc::channel(4);
        tokio::spawn(watch(sources.clone(), obeyed, told));
        Watched { sources, commands, updates, view: View::default() }
    }

    /// Takes updates in for as long as the virtual clock says.
    async fn for_a(&mut self, time: Duration) {
        let taking = async {
            while let Some(update) = self.updates.recv().await {
                self.view.absorb(update);
            }
        };
        assert!(timeout(time, taking).await.is_err(), "the watch has ended");
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_watching_stays_below_what_the_services_allow() {
    let mut watched = Watched::begin();
    watched.for_a(HOUR).await;
    let mut calls: BTreeMap<&str, u32> = BTreeMap::new();
    for (panel, service, of_one_look) in CALLS {
        *calls.entry(service).or_default() += watched.sources.count(*panel) * of_one_look;
    }
    for (service, made) in calls {
        let allowed = ALLOWED.iter().find(|row| row.0 == service).unwrap().1;
        assert!(made <= allowed, "{service}: {made} of {allowed} calls");
    }
    for panel in Panel::ALL {
        let looks = watched.sources.count(panel);
        let usual = u32::try_from(HOUR.as_secs() / pace(panel).pause.as_secs()).unwrap();
        assert!(looks <= usual + 1 && looks >= usual * 3 / 4, "{panel:?}: {looks} looks, {usual} usual");
    }
    assert_eq!(watched.view.health().state, State::Healthy);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_grows_no_further() {
    let size = |view: &View| serde_json::to_vec(view).unwrap().len();
    let mut watched = Watched::begin();
    watched.for_a(HOUR).await;
    let after_an_hour = size(&watched.view);
    watched.for_a(HOUR * 24).await;
    let after_a_day = size(&watched.view);
    assert!(after_a_day < after_an_hour * 3 / 2, "{after_an_hour} bytes grew to {after_a_day}");
    let requests = watched.view.caching.known().unwrap().requests.data().unwrap().points().len();
    assert_eq!(requests, 180);
}

#[tokio::test(start_paused = true)]
async fn looks_are_spread() {
    let mut watched = Watched::begin();
    watched.for_a(HOUR).await;
    let looks = watched.sources.looks(Panel::Distribution);
    let pauses: Vec<_> = looks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let pause = pace(Panel::Distribution).pause;
    assert!(pauses.iter().all(|found| *found >= pause && *found < pause.mul_f64(1.3)), "{pauses:?}");
    assert!(pauses.windows(2).any(|pair| pair[0] != pair[1]), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_while_nobody_looks() {
    let mut watched = Watched::begin();
    watched.for_a(Duration::from_secs(5)).await;
    watched.commands.send(Command::Pause).await.unwrap();
    watched.for_a(HOUR).await;
    assert!(Panel::ALL.iter().all(|panel| watched.sources.count(*panel) == 1));
    watched.commands.send(Command::Resume).await.unwrap();
    watched.for_a(Duration::from_secs(1)).await;
    assert!(
        Panel::ALL.iter().all(|panel| watched.sources.count(*panel) == 2),
        "what is overdue comes at once"
    );
}

#[tokio::test(start_paused = true)]
async fn asking_again_and_again_stays_polite() {
    let mut watched = Watched::begin();
    watched.for_a(Duration::from_secs(60)).await;
    let before = watched.sources.count(Panel::Drift);
    for _ in 0..60 {
        watched.commands.send(Command::Refresh).await.unwrap();
        watched.for_a(Duration::from_secs(1)).await;
    }
    assert!(watched.sources.count(Panel::Drift) > before, "it is looked at before its turn");
    for panel in Panel::ALL {
        let looks = watched.sources.looks(panel);
        let shortest = looks.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
        assert!(shortest >= pace(panel).shortest, "{panel:?}: {shortest:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_asked_too_much_is_asked_less() {
    let sources = Scripted::new();
    sources.set(Panel::Distribution, Mood::Throttled);
    let mut watched = Watched::of(sources);
    watched.for_a(HOUR).await;
    let usual = HOUR.as_secs() / pace(Panel::Distribution).pause.as_secs();
    let looks = watched.sources.count(Panel::Distribution);
    assert!(u64::from(looks) <= usual / 6, "{looks} looks");
    assert_eq!(watched.view.failure(Panel::Distribution).unwrap().trouble, Trouble::Throttled);
    assert_eq!(watched.view.health().state, State::Unknown);
    watched.sources.set(Panel::Distribution, Mood::Well);
    watched.for_a(HOUR).await;
    assert!(watched.sources.count(Panel::Distribution) > looks * 3, "it is asked as before");
    assert_eq!(watched.view.health().state, State::Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_panel_that_hangs_holds_up_no_other() {
    let sources = Scripted::new();
    sources.set(Panel::Certificate, Mood::Silent);
    let mut watched = Watched::of(sources);
    watched.for_a(Duration::from_secs(1)).await;
    let waiting: Vec<_> = Panel::ALL.iter().filter(|panel| watched.view.taken(**panel).is_none()).collect();
    assert_eq!(waiting, [&Panel::Certificate]);
    assert_eq!(watched.view.health().state, State::Healthy);
    watched.for_a(Duration::from_secs(120)).await;
    assert!(watched.view.failure(Panel::Certificate).is_some(), "it is given up at some time");
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_with_whoever_gave_it_commands() {
    let Watched { commands, mut updates, .. } = Watched::begin();
    drop(commands);
    let ended = timeout(HOUR, async { while updates.recv().await.is_some() {} }).await;
    assert!(ended.is_ok());
}
