//! One call while it is being answered, and how its answers are written.

use super::element::{Element, NAMESPACE};
use super::refusals::{invalid_if_match, precondition_failed, refusal};
use super::state::State;
use crate::sandbox::call::{Answer, Refusal, Request, World};
use bytes::Bytes;
use time::OffsetDateTime;
use time::macros::format_description;

/// One call while it is being answered.
#[derive(Debug)]
pub struct Conversation<'a> {
    /// What can be seen.
    pub world: &'a World,
    /// What was asked.
    pub request: &'a Request,
    /// The parts of the path that vary, in order.
    pub captured: Vec<String>,
    /// CloudFront's state; kept if the call succeeds and isn't a GET.
    pub state: State,
}

impl Conversation<'_> {
    /// The first varying part of the path.
    pub fn id(&self) -> &str {
        self.captured.first().map_or("", String::as_str)
    }

    /// The second varying part of the path.
    pub fn second_id(&self) -> &str {
        self.captured.get(1).map_or("", String::as_str)
    }

    /// The moment of this call.
    pub fn now(&self) -> OffsetDateTime {
        self.world.now
    }

    /// Holds the If-Match header against the newest version (aws-facts.md A.2, K3).
    pub fn check_version(&self, newest: &str) -> Result<(), Refusal> {
        match self.request.header("if-match") {
            None | Some("") => Err(invalid_if_match()),
            Some(version) if version.trim_matches('"') == newest => Ok(()),
            Some(_) => Err(precondition_failed()),
        }
    }

    /// The page that `Marker` and `MaxItems` ask for. Keys are in ascending order; a page begins after its
    /// marker. Pages hold 100 items unless asked for fewer (aws-facts.md A.2).
    pub fn page<T>(&self, items: Vec<(String, T)>) -> Result<Page<T>, Refusal> {
        let query = |name| self.request.query(name).unwrap_or_default();
        self.page_of(items, query("Marker"), query("MaxItems"))
    }

    /// [`Conversation::page`] for a call that asks in its body.
    pub fn page_of<T>(&self, items: Vec<(String, T)>, marker: &str, size: &str) -> Result<Page<T>, Refusal> {
        let (size, marker) = (page_size(size)?, marker.to_owned());
        let mut left = items.into_iter().skip_while(|(key, _)| !marker.is_empty() && *key <= marker);
        let (mut keys, mut page) = (Vec::new(), Vec::new());
        for (key, item) in left.by_ref().take(size) {
            keys.push(key);
            page.push(item);
        }
        let next = left.next().and(keys.pop());
        Ok(Page { marker, size, next, items: page })
    }
}

fn page_size(asked: &str) -> Result<usize, Refusal> {
    match asked.parse() {
        _ if asked.is_empty() => Ok(100),
        Ok(size @ 1..=1000) => Ok(size),
        Ok(_) | Err(_) => Err(refusal("InvalidArgument", "The parameter MaxItems is invalid.")),
    }
}

/// One page of a listing.
#[derive(Debug)]
pub struct Page<T> {
    marker: String,
    size: usize,
    next: Option<String>,
    /// What is on it.
    pub items: Vec<T>,
}

impl<T> Page<T> {
    /// What the next page begins after, if there is one.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// The page as the lists with markers write it.
    pub fn write(self, name: &str, item: impl Fn(T) -> Element) -> Element {
        let truncated = self.next.is_some();
        let head = Element::new(name).with(Element::leaf("Marker", &self.marker));
        let next = self.next.map(|next| Element::leaf("NextMarker", next));
        head.with_all(next)
            .with(Element::leaf("MaxItems", self.size))
            .with(Element::leaf("IsTruncated", truncated))
            .with_all(Element::list("", self.items.into_iter().map(item).collect()).children)
    }

    /// The page as the lists of policies and functions write it: without the marker it was asked for.
    pub fn write_short(self, name: &str, item: impl Fn(T) -> Element) -> Element {
        let mut list = self.write(name, item);
        list.remove("Marker");
        list.remove("IsTruncated");
        list
    }
}

/// A document, at this status.
pub fn document(status: u16, element: &Element) -> Answer {
    let body = Bytes::from(element.to_document(NAMESPACE));
    Answer { status, headers: vec![("content-type", "text/xml".to_owned())], body }
}

/// A document with its version.
pub fn versioned(status: u16, etag: &str, element: &Element) -> Answer {
    with_header(document(status, element), "etag", etag)
}

/// A new thing: its document, its version and where it is.
pub fn created(location: &str, etag: &str, element: &Element) -> Answer {
    let location = format!("https://cloudfront.amazonaws.com/2020-05-31/{location}");
    with_header(versioned(201, etag, element), "location", &location)
}

/// An answer with one more header.
pub fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    answer.headers.push((name, value.to_owned()));
    answer
}

/// Done, with nothing to say.
pub fn no_content() -> Answer {
    Answer { status: 204, headers: Vec::new(), body: Bytes::new() }
}

/// A moment as CloudFront writes it.
pub fn timestamp(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    moment.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
