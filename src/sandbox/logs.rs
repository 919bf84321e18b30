//! CloudWatch Logs: log groups of a region. Nothing ever runs here, so they hold what some client wrote.

use super::call::{ACCOUNT, Answer, Refusal, Request, World};
use super::json_calls;
use super::log_events::{self, Filter, NewEvent, Streams};
use super::rules::RuleRow;
use super::store::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Days that a retention may have.
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The log groups, by region and name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Logs {
    regions: BTreeMap<String, BTreeMap<String, Group>>,
}

impl Document for Logs {
    const FILE: &'static str = "logs.json";
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Group {
    created: OffsetDateTime,
    retention: Option<u32>,
    tags: BTreeMap<String, String>,
    #[serde(default)]
    streams: Streams,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    log_group_name: String,
    log_group_name_prefix: Option<String>,
    retention_in_days: Option<u32>,
    limit: Option<usize>,
    next_token: Option<String>,
    tags: BTreeMap<String, String>,
    log_stream_name: String,
    log_events: Vec<NewEvent>,
}

/// Answers a call.
pub fn answer(world: &World, request: &Request) -> Answer {
    json_calls::answer(perform(world, request))
}

fn perform(world: &World, request: &Request) -> Result<Value, Refusal> {
    let operation = json_calls::targeted_operation(request);
    let input: Input = json_calls::input(&request.body)?;
    match operation.as_str() {
        "DescribeLogGroups" => describe(world, request, &input),
        "CreateLogGroup" => change(world, request, input, create),
        "DeleteLogGroup" => change(world, request, input, delete),
        "PutRetentionPolicy" => change(world, request, input, put_retention),
        "DeleteRetentionPolicy" => change(world, request, input, delete_retention),
        "CreateLogStream" => change(world, request, input, create_stream),
        "PutLogEvents" => change(world, request, input, put_events),
        "DescribeLogStreams" => Ok(log_events::describe(&streams(world, request, &input)?)),
        "FilterLogEvents" => {
            let filter: Filter = json_calls::input(&request.body)?;
            log_events::filter(&streams(world, request, &input)?, &filter)
        }
        other => Err(json_calls::unknown_operation(other)),
    }
}

type Groups = BTreeMap<String, Group>;

fn change(
    world: &World,
    request: &Request,
    input: Input,
    apply: fn(&mut Groups, Input, OffsetDateTime) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    check_name(&input.log_group_name)?;
    let guard = world.store.lock()?;
    let mut state: Logs = guard.read()?;
    let answer = apply(state.regions.entry(request.region.clone()).or_default(), input, world.now)?;
    guard.write(&state)?;
    Ok(answer)
}

fn create(groups: &mut Groups, input: Input, now: OffsetDateTime) -> Result<Value, Refusal> {
    if groups.contains_key(&input.log_group_name) {
        let message = "The specified log group already exists";
        return Err(Refusal::new(400, "ResourceAlreadyExistsException", message));
    }
    let group = Group { created: now, retention: None, tags: input.tags, streams: Streams::new() };
    groups.insert(input.log_group_name, group);
    Ok(json!({}))
}

fn delete(groups: &mut Groups, input: Input, _now: OffsetDateTime) -> Result<Value, Refusal> {
    groups.remove(&input.log_group_name).map(|_| json!({})).ok_or_else(not_found)
}

fn create_stream(groups: &mut Groups, input: Input, now: OffsetDateTime) -> Result<Value, Refusal> {
    let group = groups.get_mut(&input.log_group_name).ok_or_else(not_found)?;
    log_events::create(&mut group.streams, input.log_stream_name, now).map(|()| json!({}))
}

fn put_events(groups: &mut Groups, input: Input, now: OffsetDateTime) -> Result<Value, Refusal> {
    let group = groups.get_mut(&input.log_group_name).ok_or_else(not_found)?;
    log_events::put(&mut group.streams, &input.log_stream_name, input.log_events, now)
}

fn put_retention(groups: &mut Groups, input: Input, _now: OffsetDateTime) -> Result<Value, Refusal> {
    let days = input.retention_in_days.filter(|days| RETENTIONS.contains(days));
    let days = days.ok_or_else(|| {
        let shown = input.retention_in_days.map_or_else(|| "null".to_owned(), |days| days.to_string());
        invalid(format!("Value '{shown}' at 'retentionInDays' is none of {RETENTIONS:?}"))
    })?;
    groups.get_mut(&input.log_group_name).ok_or_else(not_found)?.retention = Some(days);
    Ok(json!({}))
}

fn delete_retention(groups: &mut Groups, input: Input, _now: OffsetDateTime) -> Result<Value, Refusal> {
    groups.get_mut(&input.log_group_name).ok_or_else(not_found)?.retention = None;
    Ok(json!({}))
}

fn streams(world: &World, request: &Request, input: &Input) -> Result<Streams, Refusal> {
    check_name(&input.log_group_name)?;
    let group = groups(world, request)?.remove(&input.log_group_name).ok_or_else(not_found)?;
    Ok(group.streams)
}

/// `DescribeLogGroups`: by name; the token is the last name of the page before.
fn describe(world: &World, request: &Request, input: &Input) -> Result<Value, Refusal> {
    let most = input.limit.unwrap_or(50);
    if most == 0 || most > 50 {
        return Err(invalid(format!("Value '{most}' at 'limit' must be between 1 and 50")));
    }
    let groups = groups(world, request)?;
    let prefix = input.log_group_name_prefix.as_deref().unwrap_or_default();
    let after = input.next_token.as_deref().unwrap_or_default();
    let mut found = groups.iter().filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after);
    let page: Vec<(&String, &Group)> = found.by_ref().take(most).collect();
    let shown: Vec<Value> = page.iter().map(|(name, group)| shown(&request.region, name, group)).collect();
    let mut answer = json!({"logGroups": shown});
    if let (Some((last, _)), true) = (page.last(), found.next().is_some()) {
        answer["nextToken"] = json!(last);
    }
    Ok(answer)
}

fn shown(region: &str, name: &str, group: &Group) -> Value {
    let arn = format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:{name}");
    let mut shown = json!({
        "logGroupName": name,
        "creationTime": group.created.unix_timestamp_nanos() / 1_000_000,
        "metricFilterCount": 0,
        "storedBytes": 0,
        "logGroupClass": "STANDARD",
        "arn": format!("{arn}:*"),
        "logGroupArn": arn,
    });
    if let Some(days) = group.retention {
        shown["retentionInDays"] = json!(days);
    }
    shown
}

fn groups(world: &World, request: &Request) -> Result<Groups, Refusal> {
    let mut state: Logs = world.store.read()?;
    Ok(state.regions.remove(&request.region).unwrap_or_default())
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "._-/#".contains(letter);
    if name.is_empty() || name.len() > 512 || !name.chars().all(fits) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'logGroupName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"
        )));
    }
    Ok(())
}

fn invalid(message: String) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

fn not_found() -> Refusal {
    Refusal::new(400, "ResourceNotFoundException", "The specified log group does not exist.")
}

/// What CloudWatch Logs refuses here.
pub fn rules() -> Vec<RuleRow> {
    let row = |id, about, code, source| RuleRow { service: "logs", id, about, code, source };
    vec![
        row("name", "a name of other letters or over 512", "InvalidParameterException", "logs model"),
        row("exists", "creating a group that exists", "ResourceAlreadyExistsException", "logs model"),
        row("unknown", "a group that is not in this region", "ResourceNotFoundException", "logs model"),
        row("retention", "a retention that is not on the list", "InvalidParameterException", "logs model"),
        row("limit", "a page of more than 50", "InvalidParameterException", "logs model"),
        row("stream-exists", "creating a stream that exists", "ResourceAlreadyExistsException", "logs model"),
        row("stream", "writing to a stream that is not there", "ResourceNotFoundException", "logs model"),
        row("order", "events that are not in order of time", "InvalidParameterException", "logs model"),
        row("events", "no events at once, or over 10,000", "InvalidParameterException", "logs model"),
        row("pattern", "a filter pattern of more than words", "InvalidParameterException", "sandbox only"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::pace::Pace;
    use crate::sandbox::store::Store;
    use time::macros::datetime;

    fn call(world: &World, region: &str, operation: &str, input: Value) -> Result<Value, String> {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-amz-target", format!("Logs_20140328.{operation}").parse().unwrap());
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers,
            body: input.to_string().into(),
            service: "logs".to_owned(),
            region: region.to_owned(),
        };
        let answer = answer(world, &request);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if answer.status == 200 { Ok(body) } else { Err(body["__type"].as_str().unwrap().to_owned()) }
    }

    #[test]
    fn groups_belong_to_a_region_and_are_refused_by_rule() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let world = World { store, now: datetime!(2026-11-01 0:00 UTC), pace: Pace::Instant };
        let name = |name: &str| json!({"logGroupName": name});
        call(&world, "eu-west-1", "CreateLogGroup", name("/aws/lambda/us-east-1.f")).unwrap();
        for (region, operation, input, code) in [
            (
                "eu-west-1",
                "CreateLogGroup",
                name("/aws/lambda/us-east-1.f"),
                "ResourceAlreadyExistsException",
            ),
            ("eu-west-1", "CreateLogGroup", name("a b"), "InvalidParameterException"),
            ("us-east-1", "DeleteLogGroup", name("/aws/lambda/us-east-1.f"), "ResourceNotFoundException"),
            ("us-east-1", "FilterLogEvents", name("absent"), "ResourceNotFoundException"),
            (
                "eu-west-1",
                "PutRetentionPolicy",
                json!({"logGroupName": "/aws/lambda/us-east-1.f", "retentionInDays": 2}),
                "InvalidParameterException",
            ),
            ("eu-west-1", "DescribeLogGroups", json!({"limit": 51}), "InvalidParameterException"),
        ] {
            assert_eq!(call(&world, region, operation, input).unwrap_err(), code, "{operation}");
        }
        let keep = json!({"logGroupName": "/aws/lambda/us-east-1.f", "retentionInDays": 30});
        call(&world, "eu-west-1", "PutRetentionPolicy", keep).unwrap();
        let found =
            call(&world, "eu-west-1", "DescribeLogGroups", json!({"logGroupNamePrefix": "/aws/"})).unwrap();
        assert_eq!(found["logGroups"][0]["retentionInDays"], 30);
        call(&world, "eu-west-1", "DeleteLogGroup", name("/aws/lambda/us-east-1.f")).unwrap();
        assert_eq!(
            call(&world, "eu-west-1", "DescribeLogGroups", json!({})).unwrap()["logGroups"],
            json!([])
        );
    }

    #[test]
    fn what_was_written_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let world = World { store, now: datetime!(2026-11-01 0:00 UTC), pace: Pace::Instant };
        let now = i64::try_from(world.now.unix_timestamp_nanos() / 1_000_000).unwrap();
        let ask = |operation: &str, mut input: Value| {
            input["logGroupName"] = json!("g");
            call(&world, "eu-west-1", operation, input)
        };
        let put = |stream: &str, events: Value| {
            ask("PutLogEvents", json!({"logStreamName": stream, "logEvents": events}))
        };
        let event = |ago: i64, message: &str| json!({"timestamp": now - ago, "message": message});
        let find = |input: Value| {
            let found = ask("FilterLogEvents", input).unwrap();
            let messages = found["events"].as_array().unwrap().iter().map(|event| event["message"].clone());
            (messages.collect::<Value>(), found["nextToken"].as_str().map(str::to_owned))
        };
        ask("CreateLogGroup", json!({})).unwrap();
        let absent = put("s1", json!([event(0, "lost")])).unwrap_err();
        assert_eq!(absent, "ResourceNotFoundException");
        for stream in ["s1", "s2"] {
            ask("CreateLogStream", json!({"logStreamName": stream})).unwrap();
        }
        let again = ask("CreateLogStream", json!({"logStreamName": "s1"})).unwrap_err();
        assert_eq!(again, "ResourceAlreadyExistsException");
        put("s1", json!([event(30, "one two"), event(10, "three two")])).unwrap();
        put("s2", json!([event(20, "two")])).unwrap();
        let unordered = put("s2", json!([event(1, "late"), event(2, "early")])).unwrap_err();
        assert_eq!(unordered, "InvalidParameterException");
        let far = put("s2", json!([event(1_300_000_000, "old"), event(5, "five"), event(-7_300_000, "new")]));
        let rejected = json!({"tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2});
        assert_eq!(far.unwrap()["rejectedLogEventsInfo"], rejected);
        assert_eq!(find(json!({})), (json!(["one two", "two", "three two", "five"]), None));
        assert_eq!(find(json!({"startTime": now - 20, "endTime": now - 10})).0, json!(["two", "three two"]));
        assert_eq!(find(json!({"filterPattern": "two one"})).0, json!(["one two"]));
        assert_eq!(find(json!({"logStreamNamePrefix": "s2"})).0, json!(["two", "five"]));
        let (first, token) = find(json!({"limit": 3}));
        assert_eq!(first.as_array().unwrap().len(), 3);
        assert_eq!(find(json!({"limit": 3, "nextToken": token})), (json!(["five"]), None));
        let streams = ask("DescribeLogStreams", json!({})).unwrap();
        assert_eq!(streams["logStreams"][1]["lastEventTimestamp"], now - 5);
    }

    #[test]
    fn pages_go_on_after_the_last_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let world = World { store, now: datetime!(2026-11-01 0:00 UTC), pace: Pace::Instant };
        for name in ["a", "b"] {
            call(&world, "us-east-1", "CreateLogGroup", json!({"logGroupName": name})).unwrap();
        }
        let first = call(&world, "us-east-1", "DescribeLogGroups", json!({"limit": 1})).unwrap();
        let rest = json!({"limit": 1, "nextToken": first["nextToken"]});
        let rest = call(&world, "us-east-1", "DescribeLogGroups", rest).unwrap();
        assert_eq!((&rest["logGroups"][0]["logGroupName"], rest.get("nextToken")), (&json!("b"), None));
    }
}
