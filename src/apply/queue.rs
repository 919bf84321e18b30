//! The order of things, by identity alone: what may start now, and what never will.
//!
//! It starts nothing, waits for nothing and reads no clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use thiserror::Error;

/// Ids that become ready once all ids before them have ended well.
#[derive(Debug, Clone)]
pub struct Queue<Id> {
    ready: VecDeque<Id>,
    blocked: BTreeMap<Id, BTreeSet<Id>>,
    dependents: BTreeMap<Id, Vec<Id>>,
}

/// An id that will never be ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped<Id> {
    /// The id itself.
    pub id: Id,
    /// The id that did not end well; it may be several ids away.
    pub because_of: Id,
}

/// Why no queue can be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken<Id> {
    /// An id is queued more than once.
    #[error("{0} is queued twice")]
    Twice(Id),
    /// An id waits for one that nobody queued.
    #[error("{id} waits for {after}, which does not exist")]
    Unknown {
        /// The id that waits.
        id: Id,
        /// The one that is missing.
        after: Id,
    },
    /// Ids wait for one another; this is one of them.
    #[error("{0} waits for itself, through others")]
    Cycle(Id),
}

impl<Id: Ord + Clone> Queue<Id> {
    /// Queues every id behind the ids that it comes after. Ready ids keep the order in which they are given.
    pub fn new(items: impl IntoIterator<Item = (Id, Vec<Id>)>) -> Result<Self, Broken<Id>> {
        let mut queue =
            Queue { ready: VecDeque::new(), blocked: BTreeMap::new(), dependents: BTreeMap::new() };
        for (id, after) in items {
            queue.add(id, after)?;
        }
        queue.refuse_unknown_ids()?;
        queue.refuse_cycles()?;
        Ok(queue)
    }

    /// Takes the next id that may start.
    pub fn next_ready(&mut self) -> Option<Id> {
        self.ready.pop_front()
    }

    /// Notes that `id` ended. When it ended well, what waited only for it becomes ready; when not, all that
    /// comes after it leaves the queue and is returned, nearest first.
    pub fn finish(&mut self, id: &Id, ended_well: bool) -> Vec<Skipped<Id>> {
        if ended_well {
            self.release_dependents_of(id);
            Vec::new()
        } else {
            self.skip_dependents_of(id)
        }
    }

    /// Empties the queue, and returns every id that has not been taken.
    pub fn abandon(&mut self) -> Vec<Id> {
        let blocked = std::mem::take(&mut self.blocked).into_keys();
        self.ready.drain(..).chain(blocked).collect()
    }

    fn add(&mut self, id: Id, after: Vec<Id>) -> Result<(), Broken<Id>> {
        if self.dependents.contains_key(&id) && self.is_queued(&id) {
            return Err(Broken::Twice(id));
        }
        self.dependents.entry(id.clone()).or_default();
        let after: BTreeSet<Id> = after.into_iter().collect();
        for earlier in &after {
            self.dependents.entry(earlier.clone()).or_default().push(id.clone());
        }
        match after.is_empty() {
            true => self.ready.push_back(id),
            false => drop(self.blocked.insert(id, after)),
        }
        Ok(())
    }

    fn is_queued(&self, id: &Id) -> bool {
        self.blocked.contains_key(id) || self.ready.contains(id)
    }

    fn refuse_unknown_ids(&self) -> Result<(), Broken<Id>> {
        let pairs = self.blocked.iter().flat_map(|(id, after)| after.iter().map(move |after| (id, after)));
        for (id, after) in pairs {
            if !self.is_queued(after) {
                return Err(Broken::Unknown { id: id.clone(), after: after.clone() });
            }
        }
        Ok(())
    }

    fn refuse_cycles(&self) -> Result<(), Broken<Id>> {
        let mut rehearsal = self.clone();
        while let Some(id) = rehearsal.next_ready() {
            rehearsal.finish(&id, true);
        }
        match rehearsal.blocked.into_keys().find(|id| self.waits_for_itself(id)) {
            Some(id) => Err(Broken::Cycle(id)),
            None => Ok(()),
        }
    }

    fn waits_for_itself(&self, id: &Id) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(after) = open.pop().and_then(|next| self.blocked.get(next)) {
            if after.contains(id) {
                return true;
            }
            open.extend(after.iter().filter(|next| self.blocked.contains_key(*next) && seen.insert(*next)));
        }
        false
    }

    fn release_dependents_of(&mut self, id: &Id) {
        for dependent in self.dependents.get(id).into_iter().flatten() {
            let Some(missing) = self.blocked.get_mut(dependent) else { continue };
            missing.remove(id);
            if missing.is_empty() {
                self.blocked.remove(dependent);
                self.ready.push_back(dependent.clone());
            }
        }
    }

    fn skip_dependents_of(&mut self, cause: &Id) -> Vec<Skipped<Id>> {
        let mut skipped = Vec::new();
        let mut open = VecDeque::from([cause.clone()]);
        while let Some(id) = open.pop_front() {
            for dependent in self.dependents.get(&id).into_iter().flatten() {
                if self.blocked.remove(dependent).is_some() {
                    skipped.push(Skipped { id: dependent.clone(), because_of: cause.clone() });
                    open.push_back(dependent.clone());
                }
            }
        }
        skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn queue(items: &[(u32, &[u32])]) -> Result<Queue<u32>, Broken<u32>> {
        Queue::new(items.iter().map(|(id, after)| (*id, after.to_vec())))
    }

    fn all_ready(queue: &mut Queue<u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.next_ready()).collect()
    }

    #[test]
    fn an_id_is_ready_once_all_before_it_ended_well() {
        let mut queue = queue(&[(1, &[]), (2, &[]), (3, &[1, 2]), (4, &[3])]).unwrap();
        assert_eq!(all_ready(&mut queue), [1, 2]);
        assert_eq!(queue.finish(&2, true), []);
        assert!(all_ready(&mut queue).is_empty());
        assert_eq!(queue.finish(&1, true), []);
        assert_eq!(all_ready(&mut queue), [3]);
    }

    #[test]
    fn a_failure_skips_all_that_comes_after_it_and_nothing_else() {
        let mut queue = queue(&[(1, &[]), (2, &[]), (3, &[1]), (4, &[3, 2]), (5, &[2])]).unwrap();
        assert_eq!(all_ready(&mut queue), [1, 2]);
        let skipped = queue.finish(&1, false);
        assert_eq!(skipped, [Skipped { id: 3, because_of: 1 }, Skipped { id: 4, because_of: 1 }]);
        assert_eq!(queue.finish(&2, true), []);
        assert_eq!(all_ready(&mut queue), [5]);
    }

    #[test]
    fn a_second_failure_skips_nothing_twice() {
        let mut queue = queue(&[(1, &[]), (2, &[]), (3, &[1, 2])]).unwrap();
        assert_eq!(all_ready(&mut queue), [1, 2]);
        assert_eq!(queue.finish(&1, false), [Skipped { id: 3, because_of: 1 }]);
        assert_eq!(queue.finish(&2, false), []);
    }

    #[test]
    fn an_abandoned_queue_gives_back_what_was_not_taken() {
        let mut queue = queue(&[(1, &[]), (2, &[]), (3, &[1])]).unwrap();
        assert_eq!(queue.next_ready(), Some(1));
        assert_eq!(queue.abandon(), [2, 3]);
        assert_eq!(queue.finish(&1, true), []);
        assert_eq!(queue.next_ready(), None);
    }

    #[test]
    fn a_later_id_may_be_named_before_it_is_queued() {
        let mut queue = queue(&[(1, &[2]), (2, &[])]).unwrap();
        assert_eq!(all_ready(&mut queue), [2]);
    }

    #[test]
    fn broken_orders_are_refused() {
        assert_eq!(queue(&[(1, &[]), (1, &[])]).unwrap_err(), Broken::Twice(1));
        assert_eq!(queue(&[(1, &[]), (2, &[7])]).unwrap_err(), Broken::Unknown { id: 2, after: 7 });
        assert_eq!(queue(&[(1, &[1])]).unwrap_err(), Broken::Cycle(1));
        // 1 only comes after a cycle, and so is not the one to name.
        assert_eq!(queue(&[(1, &[2]), (2, &[3]), (3, &[2])]).unwrap_err(), Broken::Cycle(2));
    }

    proptest! {
        /// Whatever the order and whatever fails, each id is either taken once or skipped once, and none is
        /// taken before all that it comes after ended well.
        #[test]
        fn every_id_ends_exactly_once(
            wishes in prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 0..4), any::<bool>()), 1..40),
        ) {
            let after = |id: usize| -> Vec<usize> {
                if id == 0 { return Vec::new() }
                wishes[id].0.iter().map(|index| index.index(id)).collect()
            };
            let mut queue = Queue::new((0..wishes.len()).map(|id| (id, after(id)))).unwrap();
            let (mut well, mut ended) = (BTreeSet::new(), Vec::new());
            while let Some(id) = queue.next_ready() {
                prop_assert!(after(id).iter().all(|earlier| well.contains(earlier)));
                ended.push(id);
                if wishes[id].1 { well.insert(id); }
                ended.extend(queue.finish(&id, wishes[id].1).into_iter().map(|skipped| skipped.id));
            }
            ended.sort_unstable();
            prop_assert_eq!(ended, (0..wishes.len()).collect::<Vec<_>>());
        }
    }
}
