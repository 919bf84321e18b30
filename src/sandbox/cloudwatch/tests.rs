//! The same questions in each protocol.

use super::answer;
use crate::sandbox::call::{Answer, Request, World};
use crate::sandbox::pace::Pace;
use crate::sandbox::store::Store;
use ciborium::Value as Cbor;
use serde_json::{Value, json};
use time::macros::datetime;

struct Desk {
    world: World,
    _folder: tempfile::TempDir,
}

impl Desk {
    /// One distribution, changed an hour ago.
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let now = datetime!(2026-11-01 12:00 UTC);
        let modified = serde_json::to_value(now - time::Duration::HOUR).unwrap();
        let document = json!({"distributions": {"E1": {"modified": modified}}});
        std::fs::write(folder.path().join("cloudfront.json"), document.to_string()).unwrap();
        Desk { world: World { store, now, pace: Pace::Instant }, _folder: folder }
    }

    fn send(&self, path: &str, headers: &[(&'static str, &str)], body: Vec<u8>) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_str(value).unwrap())
        });
        let request = Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: headers.collect(),
            body: body.into(),
            service: "monitoring".to_owned(),
            region: "us-east-1".to_owned(),
        };
        answer(&self.world, &request)
    }

    fn json(&self, operation: &str, input: &Value) -> Result<Value, String> {
        let target = format!("GraniteServiceVersion20100801.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.0")];
        let answer = self.send("/", &headers, input.to_string().into_bytes());
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        if answer.status == 200 { Ok(body) } else { Err(body["__type"].as_str().unwrap().to_owned()) }
    }
}

/// Requests an hour back, in five-minute sums.
fn query(id: &str) -> Value {
    let dimensions = json!([
        {"Name": "DistributionId", "Value": "E1"},
        {"Name": "Region", "Value": "Global"},
    ]);
    let metric = json!({"Namespace": "AWS/CloudFront", "MetricName": "Requests", "Dimensions": dimensions});
    json!({"Id": id, "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}})
}

fn asking(queries: Value) -> Value {
    let end = datetime!(2026-11-01 12:00 UTC).unix_timestamp();
    json!({"MetricDataQueries": queries, "StartTime": end - 7200, "EndTime": end})
}

#[test]
fn traffic_begins_with_the_distribution_and_is_the_same_at_every_look() {
    let desk = Desk::new();
    let first = desk.json("GetMetricData", &asking(json!([query("r")]))).unwrap();
    let result = &first["MetricDataResults"][0];
    assert_eq!(result["Values"].as_array().unwrap().len(), 12, "one hour of the two");
    assert!(result["Timestamps"][0].as_i64() > result["Timestamps"][1].as_i64(), "newest first");
    assert!(result["Values"][0].as_f64().unwrap() >= 200.0);
    assert_eq!(desk.json("GetMetricData", &asking(json!([query("r")]))).unwrap(), first);
}

#[test]
fn every_bad_question_is_refused() {
    let desk = Desk::new();
    let mut backwards = asking(json!([query("r")]));
    backwards["EndTime"] = json!(0);
    let mut odd = query("r");
    odd["MetricStat"]["Period"] = json!(90);
    for input in [
        backwards,
        asking(json!([])),
        asking(json!([query("R")])),
        asking(json!([query("r"), query("r")])),
        asking(json!([odd])),
        asking(json!([{"Id": "e", "Expression": "r * 2"}])),
    ] {
        assert_eq!(desk.json("GetMetricData", &input).unwrap_err(), "ValidationError", "{input}");
    }
    let mut many = asking(json!([]));
    let metric = query("r")["MetricStat"]["Metric"].clone();
    for (name, value) in metric.as_object().unwrap() {
        many[name] = value.clone();
    }
    many["Period"] = json!(60);
    assert_eq!(desk.json("GetMetricStatistics", &many).unwrap_err(), "MissingParameter");
    many["Statistics"] = json!(["Sum", "Average"]);
    assert_eq!(desk.json("GetMetricStatistics", &many).unwrap()["Datapoints"].as_array().unwrap().len(), 60);
    many["StartTime"] = json!(0);
    assert_eq!(desk.json("GetMetricStatistics", &many).unwrap_err(), "InvalidParameterCombination");
    assert_eq!(desk.json("PutDashboard", &json!({})).unwrap_err(), "InvalidAction");
}

#[test]
fn metrics_are_listed_by_filter() {
    let desk = Desk::new();
    let all = desk.json("ListMetrics", &json!({"Namespace": "AWS/CloudFront"})).unwrap();
    assert_eq!(all["Metrics"].as_array().unwrap().len(), 6);
    let filter = json!({"MetricName": "Requests", "Dimensions": [{"Name": "DistributionId", "Value": "E1"}]});
    assert_eq!(desk.json("ListMetrics", &filter).unwrap()["Metrics"].as_array().unwrap().len(), 1);
    let other = json!({"Dimensions": [{"Name": "DistributionId", "Value": "E2"}]});
    assert_eq!(desk.json("ListMetrics", &other).unwrap()["Metrics"], json!([]));
}

#[test]
fn cbor_asks_and_answers_with_tagged_times() {
    let desk = Desk::new();
    let end = datetime!(2026-11-01 12:00 UTC).unix_timestamp();
    let mut input = asking(json!([query("r")]));
    let members = input.as_object_mut().unwrap();
    members.remove("StartTime");
    members.remove("EndTime");
    let mut entries = Cbor::serialized(&input).unwrap().into_map().unwrap();
    for (name, at) in [("StartTime", end - 7200), ("EndTime", end)] {
        entries.push((Cbor::Text(name.to_owned()), Cbor::Tag(1, Box::new(Cbor::Float(at as f64)))));
    }
    let mut body = Vec::new();
    ciborium::into_writer(&Cbor::Map(entries), &mut body).unwrap();
    let path = "/service/GraniteServiceVersion20100801/operation/GetMetricData";
    let headers = [("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")];
    let answer = desk.send(path, &headers, body);
    assert_eq!(answer.status, 200);
    let output: Cbor = ciborium::from_reader(answer.body.as_ref()).unwrap();
    let shown = format!("{output:?}");
    assert!(shown.contains("Tag(1, Float(") && shown.contains("\"Complete\""), "{shown}");
    let refused = desk.send(path, &headers, Vec::new());
    assert!(refused.headers.contains(&("x-amzn-query-error", "ValidationError;Sender".to_owned())));
}

#[test]
fn the_query_protocol_numbers_its_lists() {
    let desk = Desk::new();
    let body = "Action=GetMetricStatistics&Namespace=AWS%2FCloudFront&MetricName=Requests\
                &Dimensions.member.1.Name=DistributionId&Dimensions.member.1.Value=E1\
                &Dimensions.member.2.Name=Region&Dimensions.member.2.Value=Global\
                &StartTime=2026-11-01T11%3A00%3A00Z&EndTime=2026-11-01T12%3A00%3A00Z\
                &Period=3600&Statistics.member.1=SampleCount";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = desk.send("/", &headers, body.as_bytes().to_vec());
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains("<Timestamp>2026-11-01T11:00:00Z</Timestamp>"), "{text}");
    assert!(text.contains("<SampleCount>60.0</SampleCount>"), "{text}");
}
