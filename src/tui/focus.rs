//! What is in focus on a page, and whether text is typed there.

use super::answer::is_typed;
use super::rows::{Page, Row};
use super::state::{Overlay, Screen, State};
use super::widgets::overlay;

impl State {
    /// The page that is shown.
    pub fn page(&self) -> Option<Page> {
        match self.screen {
            Screen::Page(page) => Some(page),
            Screen::Welcome | Screen::Review | Screen::Provision | Screen::Teardown | Screen::Dashboard => {
                None
            }
        }
    }

    /// The rows of the page that one can go to.
    pub fn reachable(&self) -> Vec<Row> {
        let rows = self.page().zip(self.editing.as_ref()).map(|(page, editing)| editing.rows(page));
        rows.unwrap_or_default().into_iter().filter(Row::is_reachable).collect()
    }

    /// Which of them is in focus.
    pub fn place(&self) -> usize {
        let place = self.page().and_then(|page| self.editing.as_ref()?.places.get(&page).copied());
        place.unwrap_or(0).min(self.reachable().len().saturating_sub(1))
    }

    /// The row in focus.
    pub fn focused(&self) -> Option<Row> {
        self.reachable().into_iter().nth(self.place())
    }

    /// Puts the focus on a row.
    pub fn focus(&mut self, place: usize) {
        let last = self.reachable().len().saturating_sub(1);
        if let (Some(page), Some(editing)) = (self.page(), self.editing.as_mut()) {
            editing.places.insert(page, place.min(last));
        }
    }

    /// Whether letters are text rather than commands.
    pub fn is_typing(&self) -> bool {
        match &self.overlay {
            Some(
                Overlay::Palette(_)
                | Overlay::Presets(_)
                | Overlay::Name(_)
                | Overlay::Confirm(_)
                | Overlay::Choose { .. }
                | Overlay::Check { .. },
            ) => true,
            Some(Overlay::Items(list)) => list.cursor == list.items.len(),
            Some(Overlay::Help | Overlay::About { .. } | Overlay::Quit | Overlay::Deploy | Overlay::Stop) => {
                false
            }
            None if self.is_typing_on_site() => true,
            None => match self.focused() {
                Some(Row::Answer { question, .. }) => is_typed(&question.kind),
                Some(Row::Tester) => true,
                Some(Row::Heading(_) | Row::Item { .. } | Row::Add { .. } | Row::Proposal { .. }) | None => {
                    false
                }
            },
        }
    }

    /// Whether a question is open that its own letters answer.
    pub fn is_asked(&self) -> bool {
        overlay::asked(self).is_some()
    }
}
