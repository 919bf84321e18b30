//! What a log group holds: streams of events. No function runs here, so the events are those that some client wrote.

use super::call::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// How many events one call takes, and how many it gives at most (CloudWatch Logs model).
const MOST: usize = 10_000;
/// Events from before are not taken, nor those from further in the future (CloudWatch Logs guide).
const TOO_OLD: Duration = Duration::days(14);
const TOO_NEW: Duration = Duration::hours(2);

/// The streams of a group, by name.
pub type Streams = BTreeMap<String, Stream>;

/// One stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stream {
    created: OffsetDateTime,
    events: Vec<Event>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    timestamp: i64,
    message: String,
    ingested: i64,
}

/// What `PutLogEvents` is given of an event.
#[derive(Debug, Clone, Deserialize)]
pub struct NewEvent {
    timestamp: i64,
    message: String,
}

/// What `FilterLogEvents` looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    log_stream_names: Vec<String>,
    log_stream_name_prefix: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
}

/// `CreateLogStream`.
pub fn create(streams: &mut Streams, name: String, now: OffsetDateTime) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > 512 || name.contains([':', '*']) {
        return Err(invalid(format!("Value '{name}' at 'logStreamName' failed to satisfy constraint")));
    }
    if streams.contains_key(&name) {
        let message = "The specified log stream already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    streams.insert(name, Stream { created: now, events: Vec::new() });
    Ok(())
}

/// `PutLogEvents`: what lies too far off is told, and the rest taken.
pub fn put(
    streams: &mut Streams,
    name: &str,
    events: Vec<NewEvent>,
    now: OffsetDateTime,
) -> Result<Value, Refusal> {
    let stream = streams.get_mut(name).ok_or_else(no_stream)?;
    if events.is_empty() || events.len() > MOST {
        return Err(invalid(format!("'logEvents' must have 1 to {MOST} events")));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    let (oldest, newest) = (milliseconds(now - TOO_OLD), milliseconds(now + TOO_NEW));
    let old = events.partition_point(|event| event.timestamp < oldest);
    let fit = events.partition_point(|event| event.timestamp <= newest);
    let mut answer = json!({ "nextSequenceToken": "unused" });
    if old > 0 {
        answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"] = json!(old);
    }
    if fit < events.len() {
        answer["rejectedLogEventsInfo"]["tooNewLogEventStartIndex"] = json!(fit);
    }
    let taken = events.into_iter().take(fit).skip(old);
    let ingested = milliseconds(now);
    stream.events.extend(taken.map(|NewEvent { timestamp, message }| Event { timestamp, message, ingested }));
    Ok(answer)
}

/// `DescribeLogStreams`: by name, all of them.
pub fn describe(streams: &Streams) -> Value {
    let shown = |(name, stream): (&String, &Stream)| {
        let times = || stream.events.iter().map(|event| event.timestamp);
        let mut shown = json!({ "logStreamName": name, "creationTime": milliseconds(stream.created) });
        if let (Some(first), Some(last)) = (times().min(), times().max()) {
            shown["firstEventTimestamp"] = json!(first);
            shown["lastEventTimestamp"] = json!(last);
        }
        shown
    };
    json!({ "logStreams": streams.iter().map(shown).collect::<Vec<_>>() })
}

/// `FilterLogEvents`: of all streams that are asked for, oldest first; the token is where the next page begins.
pub fn filter(streams: &Streams, filter: &Filter) -> Result<Value, Refusal> {
    let limit = filter.limit.unwrap_or(MOST);
    if limit == 0 || limit > MOST {
        return Err(invalid(format!("Value '{limit}' at 'limit' must be between 1 and {MOST}")));
    }
    let from = filter.next_token.as_deref().map_or(Ok(0), str::parse::<usize>);
    let from = from.map_err(|_| invalid("The specified nextToken is invalid."))?;
    let terms = terms(filter.filter_pattern.as_deref().unwrap_or_default())?;
    let mut found: Vec<_> = streams
        .iter()
        .filter(|(name, _)| filter.asks_for(name))
        .flat_map(|(name, stream)| stream.events.iter().enumerate().map(move |event| (name, event)))
        .filter(|(_, (_, event))| filter.covers(event, &terms))
        .collect();
    found.sort_by_key(|(_, (_, event))| event.timestamp);
    let page = found.iter().skip(from).take(limit);
    let page: Vec<_> = page.map(|(name, (number, event))| event.shown(name, *number)).collect();
    let mut answer = json!({ "events": page, "searchedLogStreams": [] });
    if found.len() > from.saturating_add(limit) {
        answer["nextToken"] = json!((from + limit).to_string());
    }
    Ok(answer)
}

impl Filter {
    fn asks_for(&self, stream: &String) -> bool {
        let is_named = self.log_stream_names.is_empty() || self.log_stream_names.contains(stream);
        is_named && stream.starts_with(self.log_stream_name_prefix.as_deref().unwrap_or_default())
    }

    fn covers(&self, event: &Event, terms: &[&str]) -> bool {
        let begun = self.start_time.is_none_or(|start| event.timestamp >= start);
        let not_over = self.end_time.is_none_or(|end| event.timestamp <= end);
        begun && not_over && terms.iter().all(|term| event.message.contains(term))
    }
}

impl Event {
    fn shown(&self, stream: &str, number: usize) -> Value {
        json!({
            "logStreamName": stream,
            "timestamp": self.timestamp,
            "message": self.message,
            "ingestionTime": self.ingested,
            "eventId": format!("{:020}{number:08}", self.timestamp),
        })
    }
}

/// The words that must all be in an event. The language of patterns has far more than words.
fn terms(pattern: &str) -> Result<Vec<&str>, Refusal> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter.is_whitespace();
    if !pattern.chars().all(is_word) {
        return Err(invalid(format!("The sandbox knows filter patterns of words only, not '{pattern}'")));
    }
    Ok(pattern.split_whitespace().collect())
}

fn milliseconds(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

fn no_stream() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
}
