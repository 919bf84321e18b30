//! A list to choose from, narrowed by what is typed.

use super::super::text::{fit, line, padded, span, width};
use super::super::theme::{FAINT, FOCUS, HEADING, PLAIN};
use super::body::{Aside, Body};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::text::Line;
use tui_input::Input;

/// A list to choose from.
#[derive(Debug, Clone)]
pub struct Picklist {
    /// What is chosen.
    pub title: String,
    /// What there is.
    pub picks: Vec<Pick>,
    /// What is typed.
    pub filter: Input,
    /// Which of the matching ones is in focus.
    pub cursor: usize,
    /// Which of all is in focus while nothing is typed.
    pub first: usize,
    /// Whether what is typed can be taken itself, and what it then is.
    pub own: Option<&'static str>,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pick {
    /// What is taken when it is chosen.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// What else there is to say, on the same line.
    pub detail: String,
    /// What there is to say beside it.
    pub aside: Vec<String>,
    /// Its code, if it has any.
    pub code: String,
}

impl Picklist {
    /// A list with the focus on `value`.
    pub fn new(title: impl Into<String>, picks: Vec<Pick>, value: &str) -> Self {
        let cursor = picks.iter().position(|pick| pick.value == value).unwrap_or(0);
        Picklist { title: title.into(), picks, filter: Input::default(), cursor, first: cursor, own: None }
    }

    /// Puts the focus on the best match, or where it was before anything was typed.
    pub fn refocus(&mut self) {
        self.cursor = if self.filter.value().is_empty() { self.first } else { 0 };
    }

    /// What matches the filter, the best match first.
    pub fn matching(&self) -> Vec<Pick> {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let typed = self.filter.value();
        let (ignore, smart) = (CaseMatching::Ignore, Normalization::Smart);
        let [names, details] =
            [AtomKind::Fuzzy, AtomKind::Substring].map(|kind| Pattern::new(typed, ignore, smart, kind));
        let mut letters = Vec::new();
        // A sentence holds nearly any few letters somewhere, so only a whole run of them counts there.
        let mut score = |pick: &Pick| {
            // Of one word said twice, a few letters would be found nearly anywhere.
            let label = if pick.label == pick.value { "" } else { &pick.label };
            let name = format!("{} {label}", pick.value);
            let named = names.score(Utf32Str::new(&name, &mut letters), &mut matcher);
            let mut told = || details.score(Utf32Str::new(&pick.detail, &mut letters), &mut matcher);
            named.map(|score| (1, score)).or_else(|| told().map(|score| (0, score)))
        };
        let mut found: Vec<_> = self.picks.iter().filter_map(|pick| Some((score(pick)?, pick))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, pick)| pick.clone()).chain(self.own_pick()).collect()
    }

    /// Whether a space after what is typed is more of it: something is called so, and neither is what is typed whole
    /// nor was another one gone to since.
    pub fn goes_on_with_space(&self) -> bool {
        let typed = self.filter.value().trim_start().to_lowercase();
        let is_whole = self.picks.iter().any(|pick| pick.value.to_lowercase() == typed);
        let longer = format!("{typed} ");
        let is_begun = self.picks.iter().any(|pick| pick.detail.to_lowercase().starts_with(&longer));
        self.cursor == 0 && !typed.is_empty() && !is_whole && is_begun
    }

    /// What is typed, as something to choose.
    fn own_pick(&self) -> Option<Pick> {
        let (typed, what) = (self.filter.value().trim(), self.own?);
        let pick =
            Pick { value: typed.to_owned(), label: typed.to_owned(), detail: what.into(), ..Pick::default() };
        (!typed.is_empty()).then_some(pick)
    }

    /// What is in focus.
    pub fn focused(&self) -> Option<Pick> {
        self.matching().into_iter().nth(self.cursor)
    }

    /// The list as it is drawn; `sign` stands before each pick.
    pub fn body(&self, columns: usize, sign: impl Fn(&Pick) -> &'static str) -> Body {
        let mut body = Body::default();
        body.gap();
        let title = format!("   {}  ", self.title);
        body.cursor = Some((1, width(&title) + self.filter.visual_cursor()));
        body.push(self.title_line(title));
        body.gap();
        body.head = body.lines.len();
        let matching = self.matching();
        let label_columns = label_columns(&matching, columns);
        for (index, pick) in matching.iter().enumerate() {
            let is_here = index == self.cursor;
            if is_here {
                body.focus = Some((body.lines.len(), body.lines.len()));
            }
            body.push(pick_line(pick, sign(pick), is_here, (label_columns, columns)));
        }
        if matching.is_empty() {
            body.push(line(FAINT, "   Nothing matches. Backspace widens the search."));
        }
        body.aside = self.focused().and_then(aside);
        body
    }

    fn title_line(&self, title: String) -> Line<'static> {
        let typed = match self.filter.value() {
            "" => span(FAINT, "type to search"),
            typed => span(PLAIN, typed),
        };
        Line::from(vec![span(HEADING, title), typed])
    }
}

fn label_columns(picks: &[Pick], columns: usize) -> usize {
    let widest = picks.iter().map(|pick| width(&pick.label)).max().unwrap_or(0);
    widest.clamp(10, (columns / 2).max(10))
}

fn pick_line(
    pick: &Pick,
    sign: &str,
    is_here: bool,
    (label_columns, columns): (usize, usize),
) -> Line<'static> {
    let (mark, style) = if is_here { (" ▸ ", FOCUS) } else { ("   ", PLAIN) };
    let room = columns.saturating_sub(label_columns + width(sign) + 6);
    Line::from(vec![
        span(FOCUS, mark),
        span(PLAIN, sign),
        span(style, padded(&pick.label, label_columns)),
        span(FAINT, format!("  {}", fit(&pick.detail, room))),
    ])
}

fn aside(pick: Pick) -> Option<Aside> {
    let has_words = !pick.aside.is_empty();
    has_words.then(|| Aside { title: "About".to_owned(), paragraphs: pick.aside, code: pick.code })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(filter: &str) -> Vec<String> {
        let pick = |value: &str, detail: &str| Pick {
            value: value.into(),
            detail: detail.into(),
            ..Pick::default()
        };
        let picks = vec![
            pick("eu-west-1", "Dublin"),
            pick("eu-central-1", "Frankfurt"),
            pick("sa-east-1", "São Paulo"),
        ];
        let mut list = Picklist::new("Region", picks, "eu-west-1");
        list.filter = Input::from(filter);
        list.matching().into_iter().map(|pick| pick.value).collect()
    }

    #[test]
    fn a_space_is_more_of_what_is_typed_where_something_is_called_so() {
        let pick = |value: &str, detail: &str| Pick {
            value: value.into(),
            detail: detail.into(),
            ..Pick::default()
        };
        let picks = vec![pick("US", "United States"), pick("FR", "France"), pick("SA", "Us of sorts")];
        let mut list = Picklist::new("Countries", picks, "");
        let goes_on = ["", "united", "united states", "france", "states", "us"].map(|typed| {
            list.filter = Input::from(typed);
            list.goes_on_with_space()
        });
        assert_eq!(goes_on, [false, true, false, false, false, false]);
        list.filter = Input::from("united");
        list.cursor = 1;
        assert!(!list.goes_on_with_space());
    }

    #[test]
    fn places_codes_and_slips_are_found() {
        assert_eq!(regions("frank"), ["eu-central-1"]);
        assert_eq!(regions("sao"), ["sa-east-1"]);
        assert_eq!(regions("euc1"), ["eu-central-1"]);
        assert_eq!(regions("dbl"), [""; 0]);
        assert_eq!(regions("").len(), 3);
    }
}
