//! What the edge location holds, until it is too old or was to be forgotten.

use super::edge_route::covers;
use super::state::{Distribution, State};
use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, Response};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// How many answers are held; beyond that it begins anew.
const MOST: usize = 1000;

/// How long an answer stays that says nothing of it: CloudFront's default.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer, when it came, and until when it is good.
pub type Held = (Response<Bytes>, OffsetDateTime, Instant);

/// Answers by distribution and path.
#[derive(Debug, Default)]
pub struct Cache(Mutex<BTreeMap<(String, String), Held>>);

impl Cache {
    /// What is held for a path, and how old it is.
    pub fn find(
        &self,
        state: &State,
        distribution: &Distribution,
        path: &str,
    ) -> Option<(Response<Bytes>, Duration)> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (response, since, until) = cache.get(&(distribution.id.clone(), path.to_owned()))?;
        let mut purges = state.invalidations.iter().filter(|purge| purge.distribution == distribution.id);
        let forgotten = purges.any(|purge| {
            purge.created >= *since
                && purge.batch.texts_at("Paths").iter().any(|pattern| covers(pattern, path))
        });
        if forgotten || Instant::now() >= *until {
            return None;
        }
        let age = OffsetDateTime::now_utc() - *since;
        Some((response.clone(), Duration::try_from(age).unwrap_or_default()))
    }

    /// Holds an answer.
    pub fn hold(&self, distribution: &Distribution, path: &str, held: Held) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MOST {
            cache.clear();
        }
        cache.insert((distribution.id.clone(), path.to_owned()), held);
    }
}

/// How long an answer may be held: what it says to shared caches goes before what it says to all.
pub fn lifetime(headers: &HeaderMap) -> Option<Duration> {
    let said = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let directive = |name: &str| {
        let mut parts = said.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
    };
    let seconds = directive("s-maxage").or_else(|| directive("max-age"));
    let forbidden = ["no-store", "private"].iter().any(|word| said.contains(word));
    let lifetime = seconds.map_or(A_DAY, Duration::from_secs);
    (!forbidden && !lifetime.is_zero()).then_some(lifetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_shared_caches_goes_first() {
        let lifetime = |said: &str| {
            let value = http::HeaderValue::from_str(said).unwrap();
            super::lifetime(&HeaderMap::from_iter([(CACHE_CONTROL, value)])).map(|stays| stays.as_secs())
        };
        assert_eq!(lifetime("max-age=0, s-maxage=60"), Some(60));
        assert_eq!(lifetime("max-age=5"), Some(5));
        assert_eq!(lifetime("no-store"), None);
        assert_eq!(lifetime("max-age=0"), None);
        assert_eq!(lifetime("immutable"), Some(86400));
    }
}
