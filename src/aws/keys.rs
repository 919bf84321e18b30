//! What requests of our own are signed with: credentials from the session's chain, and the time as AWS keeps it.

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Mutex;

/// Credentials that end sooner than this are asked for anew, so that none ends on its way.
const ENDS_SOON: Duration = Duration::from_secs(60);

/// Credentials and a clock that all requests of a session share.
#[derive(Debug)]
pub struct Keys {
    provider: Option<SharedCredentialsProvider>,
    held: Mutex<Option<Credentials>>,
    /// By how many milliseconds AWS's clock is ahead of ours.
    ahead_ms: AtomicI64,
}

impl Keys {
    /// Keys from the same place as the SDK's.
    pub fn new(provider: Option<SharedCredentialsProvider>) -> Keys {
        Keys { provider, held: Mutex::default(), ahead_ms: AtomicI64::new(0) }
    }

    /// Credentials that hold for a while yet. The chain is asked once, whoever waits for it.
    pub async fn current(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.held.lock().await;
        let soon = self.now() + ENDS_SOON;
        if let Some(credentials) = held.as_ref().filter(|held| held.expiry().is_none_or(|end| end > soon)) {
            return Ok(credentials.clone());
        }
        let provider = self.provider.as_ref().ok_or_else(|| CredentialsError::not_loaded("no chain"))?;
        let fresh = provider.provide_credentials().await?;
        *held = Some(fresh.clone());
        Ok(fresh)
    }

    /// Lets go of credentials that AWS says have expired, unless there are others by now.
    pub async fn forget(&self, expired: &Credentials) {
        let mut held = self.held.lock().await;
        if held.as_ref() == Some(expired) {
            *held = None;
        }
    }

    /// The time by AWS's clock.
    pub fn now(&self) -> SystemTime {
        let ahead = self.ahead_ms.load(Ordering::Relaxed);
        let by = Duration::from_millis(ahead.unsigned_abs());
        if ahead >= 0 { SystemTime::now() + by } else { SystemTime::now() - by }
    }

    /// Goes by AWS's clock from now on.
    pub fn set_time(&self, of_aws: SystemTime) {
        let (of_aws, ours) = (milliseconds(of_aws), milliseconds(SystemTime::now()));
        self.ahead_ms.store(of_aws - ours, Ordering::Relaxed);
    }
}

fn milliseconds(moment: SystemTime) -> i64 {
    let since_1970 = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::provider::future;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    /// Gives credentials that end after so long, each time others.
    #[derive(Debug)]
    struct Source(Duration, Arc<AtomicUsize>);

    impl ProvideCredentials for Source {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.1.fetch_add(1, Ordering::Relaxed);
            let end = SystemTime::now() + self.0;
            let made = Credentials::new(format!("key {number}"), "secret", None, Some(end), "test");
            future::ProvideCredentials::ready(Ok(made))
        }
    }

    async fn ids(lifetime: Duration, forget: bool) -> Vec<String> {
        let source = Source(lifetime, Arc::default());
        let keys = Keys::new(Some(SharedCredentialsProvider::new(source)));
        let mut ids = Vec::new();
        for _ in 0..2 {
            let current = keys.current().await.unwrap();
            ids.push(current.access_key_id().to_owned());
            if forget {
                keys.forget(&current).await;
            }
        }
        ids
    }

    #[tokio::test]
    async fn credentials_are_kept_until_they_end_soon_or_are_said_to_have_expired() {
        assert_eq!(ids(Duration::from_secs(600), false).await, ["key 0", "key 0"]);
        assert_eq!(ids(Duration::from_secs(59), false).await, ["key 0", "key 1"]);
        assert_eq!(ids(Duration::from_secs(600), true).await, ["key 0", "key 1"]);
    }

    #[test]
    fn another_clock_is_gone_by() {
        let keys = Keys::new(None);
        for (hours, forwards) in [(2, true), (2, false)] {
            let by = Duration::from_secs(hours * 3600);
            let theirs = if forwards { SystemTime::now() + by } else { SystemTime::now() - by };
            keys.set_time(theirs);
            let off = milliseconds(keys.now()) - milliseconds(theirs);
            assert!((0..1000).contains(&off), "{off}");
        }
    }
}
