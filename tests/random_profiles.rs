//! Whatever the checks of a profile let through, AWS's rules accept: profiles at random are deployed, changed
//! into one another and torn down.
//!
//! `COUNT` says how many profiles (each site goes through a few), `SEED` where the dice begin. A failure names
//! the seed that shows it again at once.

#![expect(clippy::unwrap_used, reason = "a test that can't set up its case has failed")]

#[path = "support/account.rs"]
mod account;
mod random;
#[expect(dead_code, reason = "only some of the clients are needed here")]
mod sandbox;

use futures::stream::{self, StreamExt};
use random::chain::{self, Tally};

const SITES_AT_ONCE: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_checks_let_through_is_deployed_changed_and_removed() {
    let (seed, count) = (setting("SEED", 1), setting("COUNT", 40));
    let sites = count.div_ceil(u64::try_from(chain::LENGTH).unwrap());
    let ends = stream::iter(0..sites)
        .map(|number| tokio::spawn(chain::run(seed.wrapping_add(number))))
        .buffer_unordered(SITES_AT_ONCE)
        .map(|ended| ended.unwrap_or_else(|panicked| Err(panicked.to_string())));
    let ends: Vec<Result<Tally, String>> = ends.collect().await;
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for end in ends {
        match end {
            Ok(of_site) => tally += of_site,
            Err(failure) => failures.push(failure),
        }
    }
    println!("{tally:?}");
    assert!(failures.is_empty(), "{} of {sites} sites failed\n{}", failures.len(), failures.join("\n\n"));
    assert!(tally.taken * 10 > tally.written * 3, "too few of the texts are profiles: {tally:?}");
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}
