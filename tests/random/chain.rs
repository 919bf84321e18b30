//! One site that goes through several profiles and then goes away.

use super::dice::Dice;
use super::site::{Site, Wanted};
use super::text::{self, Habits};
use sitecast::profile::{self, Profile};
use std::ops::AddAssign;

/// How many profiles a site goes through.
pub const LENGTH: usize = 4;

/// What became of the texts that were written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub written: usize,
    /// Those that the checks of a profile took.
    pub taken: usize,
    /// Those of them that the site before could not change into.
    pub unreachable: usize,
    pub deployed: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.written += other.written;
        self.taken += other.taken;
        self.unreachable += other.unreachable;
        self.deployed += other.deployed;
    }
}

/// Takes the site of this seed through its profiles; what went wrong, with all that is needed to see it again.
pub async fn run(seed: u64) -> Result<Tally, String> {
    let mut dice = Dice::new(seed);
    let habits = Habits::new(&mut dice);
    let site = Site::new(habits.name()).await;
    let mut tally = Tally::default();
    let mut wanted: Vec<Wanted> = Vec::new();
    while wanted.len() < LENGTH {
        let before = wanted.last().map(|wanted| &wanted.profile);
        wanted.push(next(&mut dice, &habits, before, &mut tally));
        let now = &wanted[wanted.len() - 1];
        site.become_like(now).await.map_err(|why| failure(seed, &wanted, &why))?;
        tally.deployed += 1;
    }
    let last = &wanted[LENGTH - 1];
    site.destroy(last).await.map_err(|why| failure(seed, &wanted, &why))?;
    Ok(tally)
}

/// The next profile that the checks take and the site can change into.
fn next(dice: &mut Dice, habits: &Habits, before: Option<&Profile>, tally: &mut Tally) -> Wanted {
    loop {
        let text = text::profile(dice, habits);
        tally.written += 1;
        let Ok(profile) = profile::parse(&text, "site.toml") else { continue };
        tally.taken += 1;
        if before.is_none_or(|before| profile::check_edit(before, &profile).is_ok()) {
            return Wanted::new(text, profile);
        }
        tally.unreachable += 1;
    }
}

fn failure(seed: u64, wanted: &[Wanted], why: &str) -> String {
    let texts: Vec<&str> = wanted.iter().map(|wanted| wanted.text.as_str()).collect();
    let texts = texts.join("--- and then ---\n");
    format!("again with SEED={seed} COUNT={LENGTH}\n{why}\nafter\n{texts}")
}
