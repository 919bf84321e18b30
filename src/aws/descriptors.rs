//! How many connections the system lets us have open.

/// Descriptors for everything else: the program itself, connections to other services, files that are read.
#[cfg(unix)]
const KEPT_FREE: u64 = 56;

/// Below this limit, idle connections are worth more closed than open.
#[cfg(unix)]
const NARROW: u64 = 256;

/// A pool may open a connection that another one then makes needless.
#[cfg(unix)]
const AT_WORST: u64 = 2;

/// How many connections each of so many buckets may have; at least one.
#[cfg(unix)]
pub fn connections_each(buckets: usize) -> usize {
    share_of(limit(), buckets)
}

/// How many connections to one endpoint are kept open for later.
#[cfg(unix)]
pub fn idle_connections() -> usize {
    if limit() < NARROW { 1 } else { usize::MAX }
}

#[cfg(unix)]
fn limit() -> u64 {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many connections to one endpoint are kept open for later: where nobody tells the limit, all.
#[cfg(not(unix))]
pub fn idle_connections() -> usize {
    usize::MAX
}

/// How many connections each of so many buckets may have: where nobody tells, as many as are wanted.
#[cfg(not(unix))]
pub fn connections_each(_buckets: usize) -> usize {
    usize::MAX
}

#[cfg(unix)]
fn share_of(limit: u64, buckets: usize) -> usize {
    let share = limit.saturating_sub(KEPT_FREE) / (AT_WORST * buckets.max(1) as u64);
    usize::try_from(share).unwrap_or(usize::MAX).max(1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_limit_is_shared_and_a_wide_one_is_none() {
        assert_eq!([64, 256, 1024].map(|limit| share_of(limit, 2)), [2, 50, 242]);
        assert_eq!(share_of(20, 2), 1);
        assert!(share_of(u64::MAX, 1) > 1_000_000);
    }
}
