//! What was, and what was taken back.

/// Earlier versions of something, and those that were taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History<T> {
    before: Vec<T>,
    after: Vec<T>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        History { before: Vec::new(), after: Vec::new() }
    }
}

impl<T> History<T> {
    /// Remembers the version that a change is about to replace. What was taken back is then gone.
    pub fn remember(&mut self, version: T) {
        self.before.push(version);
        self.after.clear();
    }

    /// The version before `now`, if there is one.
    pub fn undo(&mut self, now: T) -> Result<T, T> {
        match self.before.pop() {
            Some(version) => {
                self.after.push(now);
                Ok(version)
            }
            None => Err(now),
        }
    }

    /// The version that was taken back last, if nothing has changed since.
    pub fn redo(&mut self, now: T) -> Result<T, T> {
        match self.after.pop() {
            Some(version) => {
                self.before.push(now);
                Ok(version)
            }
            None => Err(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_walk_the_same_road() {
        let mut history = History::default();
        history.remember(1);
        history.remember(2);
        assert_eq!(history.undo(3), Ok(2));
        assert_eq!(history.undo(2), Ok(1));
        assert_eq!(history.undo(1), Err(1));
        assert_eq!(history.redo(1), Ok(2));
        history.remember(2);
        assert_eq!(history.redo(9), Err(9));
    }
}
