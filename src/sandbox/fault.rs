//! Faults on demand: fail, throttle, delay, hang, answer late, or lose the answer of chosen calls.

use super::call::Refusal;
use super::calls::CallRecord;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A fault: which calls it meets, and what it does to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Only calls of this service.
    pub service: Option<String>,
    /// Only calls of this operation.
    pub operation: Option<String>,
    /// Only calls signed for this region.
    pub region: Option<String>,
    /// From which call on.
    pub begin: Begin,
    /// How many calls it meets from there on.
    pub times: u64,
    /// How likely it meets each of them, and the seed that decides.
    pub chance: Option<Chance>,
    /// What it does.
    pub effect: Effect,
}

/// From which call on a fault is awake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// From the n-th call of those that service, operation and region choose; 1 is the first.
    Matching(u64),
    /// From the n-th call of all.
    Overall(u64),
}

/// A likelihood, decided the same way for the same seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// From 0 to 1.
    pub likelihood: f64,
    /// Another seed meets other calls.
    pub seed: u64,
}

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Refuses the call; nothing is done.
    Fail {
        /// AWS's error code.
        code: String,
        /// The HTTP status.
        status: u16,
    },
    /// Refuses the call as the service itself does when called too often.
    Throttle,
    /// Waits, then does the work and answers.
    Delay(Duration),
    /// Does nothing and never answers.
    Hang,
    /// Does the work at once but answers after a wait.
    Late(Duration),
    /// Does the work, then closes the connection without an answer.
    Drop,
    /// Does the work, then ends the whole process at once: where the sandbox runs inside the program, that
    /// is a kill -9 right after this call.
    Abort,
}

/// The faults that are set.
#[derive(Debug, Default)]
pub(super) struct Faults {
    set: Mutex<Vec<Set>>,
}

#[derive(Debug)]
struct Set {
    fault: Fault,
    /// How many calls it has matched.
    matched: u64,
    /// Whether it has met one.
    has_met: bool,
}

impl Set {
    fn new(fault: Fault) -> Self {
        Set { fault, matched: 0, has_met: false }
    }
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Faults { set: Mutex::new(faults.into_iter().map(Set::new).collect()) }
    }

    /// Forgets all faults and counts, and sets these.
    pub(super) fn replace(&self, faults: Vec<Fault>) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = faults.into_iter().map(Set::new).collect();
    }

    /// What happens to this call. Every fault counts it; the first that meets it decides.
    pub(super) fn meet(&self, call: &CallRecord) -> Option<Effect> {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let mut met = None;
        for set in set.iter_mut().filter(|set| set.fault.chooses(call)) {
            set.matched += 1;
            if met.is_none() && set.fault.meets(set.matched, call.n) {
                set.has_met = true;
                met = Some(set.fault.effect.clone());
            }
        }
        met
    }

    /// Those that have met no call, by their place.
    pub(super) fn idle(&self) -> Vec<usize> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.iter().enumerate().filter(|(_, set)| !set.has_met).map(|(place, _)| place).collect()
    }
}

impl Fault {
    fn chooses(&self, call: &CallRecord) -> bool {
        let fits =
            |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|wanted| wanted == have);
        fits(&self.service, &call.service)
            && fits(&self.operation, &call.operation)
            && fits(&self.region, &call.region)
    }

    fn meets(&self, matching: u64, overall: u64) -> bool {
        let (first, now) = match self.begin {
            Begin::Matching(first) => (first, matching),
            Begin::Overall(first) => (first, overall),
        };
        let awake = now >= first && now - first < self.times;
        awake && self.chance.is_none_or(|chance| chance.decides(now))
    }
}

impl Chance {
    fn decides(self, count: u64) -> bool {
        // SplitMix64: well spread and the same everywhere, which is all that is asked of it.
        let mut mixed = self.seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64) < self.likelihood
    }
}

/// How a service refuses a caller that calls too often (aws-facts.md H).
pub(super) fn throttled(service: &str) -> Refusal {
    match service {
        "s3" => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
        "acm" | "logs" => Refusal::new(400, "ThrottlingException", "Rate exceeded"),
        "lambda" => Refusal::new(429, "TooManyRequestsException", "Rate exceeded"),
        "servicequotas" => Refusal::new(400, "TooManyRequestsException", "Rate exceeded"),
        "tagging" => Refusal::new(400, "ThrottledException", "Rate exceeded"),
        _ => Refusal::new(400, "Throttling", "Rate exceeded"),
    }
}
