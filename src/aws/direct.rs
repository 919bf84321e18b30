//! PutObject without the SDK's machinery, which costs six times what the request itself does: signed by the SDK's
//! own signer, and sent over the connections that the SDK's calls use as well.

use super::answer::{Answer, Refused, refused};
use super::connections::{Connections, Timeouts};
use super::keys::Keys;
use super::refusal::Refusal;
use super::signed::{self, NewObject};
use super::watch::{Call, Part, Watch};
use aws_credential_types::Credentials;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What IAM calls it.
const ACTION: &str = "s3:PutObject";

/// How often a request is tried.
const ATTEMPTS: u32 = 10;

/// How long S3 may go on saying that it is asked too much.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Codes by which it says so (aws-facts.md H).
const SLOWER: &[&str] = &["SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded"];

/// The pause after the first try; each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How often what was wrong with a request is put right before it counts as refused: credentials may expire and
/// the clock be wrong at the same time.
const CORRECTIONS: u32 = 3;

/// Codes by which S3 says that the credentials were good once.
const EXPIRED: &[&str] = &["ExpiredToken", "TokenRefreshRequired"];

/// Codes by which S3 says that our clock is wrong.
const SKEWED: &[&str] = &["RequestTimeTooSkewed", "RequestExpired"];

/// S3 of one region.
#[derive(Debug, Clone)]
pub struct Direct(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connections: Connections,
    keys: Arc<Keys>,
    region: String,
    watch: Watch,
    /// Replaces the first pause between tries.
    poll: Option<Duration>,
}

/// What one try tells about how busy S3 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It did what it was asked, and took so long.
    Arrived(Duration),
    /// It was too busy, or there was no answer.
    Busy,
}

/// What a try brought.
struct Tried {
    outcome: Result<Answer, Refused>,
    /// What it was signed with, where it came to that.
    credentials: Option<Credentials>,
}

impl Direct {
    /// S3 of that region.
    pub fn new(
        connections: Connections,
        keys: Arc<Keys>,
        region: String,
        watch: Watch,
        poll: Option<Duration>,
    ) -> Direct {
        Direct(Arc::new(Inner { connections, keys, region, watch, poll }))
    }

    /// The connections that requests go over.
    pub fn connections(&self) -> &Connections {
        &self.0.connections
    }

    /// Sends an object, try after try; gives its ETag without quotes. `listener` hears how each try went.
    pub async fn put(&self, object: &NewObject<'_>, listener: impl Fn(Heard)) -> Result<String, Refusal> {
        let began = Instant::now();
        let (mut attempts, mut corrections) = (0, 0);
        let outcome = loop {
            attempts += 1;
            let attempt_began = Instant::now();
            let Tried { outcome, credentials } = self.attempt(object).await;
            self.tell(Part::Attempt, &outcome, attempts, attempt_began);
            let Err(refused) = &outcome else {
                listener(Heard::Arrived(attempt_began.elapsed()));
                break outcome;
            };
            if corrections < CORRECTIONS && self.is_put_right(refused, credentials.as_ref()).await {
                corrections += 1;
            } else if self.is_worth_another(&refused.refusal, attempts, began.elapsed()) {
                listener(Heard::Busy);
                tokio::time::sleep(self.pause(attempts)).await;
            } else {
                break outcome;
            }
        };
        self.tell(Part::Whole, &outcome, attempts, began);
        outcome.map(|answer| answer.etag).map_err(|refused| refused.refusal)
    }

    async fn attempt(&self, object: &NewObject<'_>) -> Tried {
        let (keys, region) = (&self.0.keys, self.0.region.as_str());
        let credentials = match keys.current().await {
            Ok(credentials) => credentials,
            Err(error) => {
                let refusal = Refusal::unsigned(ACTION, object.words, &error);
                return Tried { outcome: Err(refusal.into()), credentials: None };
            }
        };
        let outcome = match signed::put(object, region, &credentials, keys.now()) {
            Err(error) => Err(Refusal::of_words(ACTION, object.words, &error.to_string()).into()),
            Ok(request) => match self.0.connections.send(request, Timeouts::default()).await {
                Ok(response) if response.status().is_success() => Ok(Answer::of(&response)),
                Ok(response) => Err(refused(ACTION, object.words, response).await),
                Err(error) => Err(Refusal::unanswered(ACTION, object.words, &error).into()),
            },
        };
        Tried { outcome, credentials: Some(credentials) }
    }

    /// Puts right what S3 says is wrong with us; false where it says nothing of the kind.
    async fn is_put_right(&self, refused: &Refused, used: Option<&Credentials>) -> bool {
        match (used, refused.time) {
            (Some(used), _) if refused.refusal.is_any(EXPIRED) => {
                self.0.keys.forget(used).await;
                true
            }
            (_, Some(time)) if refused.refusal.is_any(SKEWED) => {
                self.0.keys.set_time(time);
                true
            }
            _ => false,
        }
    }

    /// Whoever is told to slow down is not refused: it goes on, ever slower, for as long as that is bearable.
    fn is_worth_another(&self, refusal: &Refusal, attempts: u32, elapsed: Duration) -> bool {
        let patience = self.0.poll.map_or(PATIENCE, |poll| poll * 1000);
        (refusal.is_any(SLOWER) && elapsed < patience) || (attempts < ATTEMPTS && may_pass(refusal))
    }

    /// Up to twice as long after each try, and seldom as long as that: many requests are refused together, and
    /// must not come back together.
    fn pause(&self, attempts: u32) -> Duration {
        let longest = self.0.poll.map_or(LONGEST_PAUSE, |poll| poll * 10);
        let pause = self.0.poll.unwrap_or(FIRST_PAUSE) * 2_u32.saturating_pow(attempts - 1);
        let kept = getrandom::u32().map_or(1.0, |number| f64::from(number) / f64::from(u32::MAX));
        pause.min(longest).mul_f64(kept)
    }

    fn tell(&self, part: Part, outcome: &Result<Answer, Refused>, attempts: u32, began: Instant) {
        let (status, request_id) = match outcome {
            Ok(answer) => (Some(answer.status), answer.request_id.clone()),
            Err(Refused { refusal, .. }) => {
                (refusal.status, refusal.request_id.as_deref().map(str::to_owned))
            }
        };
        self.0.watch.tell_call(Call {
            part,
            service: "S3".to_owned(),
            operation: "PutObject".to_owned(),
            region: self.0.region.clone(),
            status,
            request_id,
            attempts,
            took: began.elapsed(),
        });
    }
}

fn may_pass(refusal: &Refusal) -> bool {
    let is_busy = matches!(refusal.status, Some(429 | 500 | 502 | 503 | 504));
    refusal.is_unreachable() || is_busy || refusal.is("RequestTimeout") || refusal.is_any(SLOWER)
}
