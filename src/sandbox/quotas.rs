//! Service Quotas: the default quotas that a site can run into (aws-facts.md B, E, F, G).
//!
//! Nothing is ever raised here. As on AWS, a quota that was never touched may have no applied value: that of
//! CloudFront's ones is missing, so that a client has to fall back to the default (aws-facts.md A.1).

use super::call::{ACCOUNT, Answer, Refusal, Request, World};
use super::json_calls;
use super::rules::RuleRow;
use serde::Deserialize;
use serde_json::{Value, json};

/// A quota's service, code, name and default.
struct Quota {
    service: &'static str,
    code: &'static str,
    name: &'static str,
    value: f64,
    adjustable: bool,
}

const fn quota(
    service: &'static str,
    code: &'static str,
    name: &'static str,
    value: f64,
    adjustable: bool,
) -> Quota {
    Quota { service, code, name, value, adjustable }
}

const QUOTAS: [Quota; 9] = [
    quota("cloudfront", "L-24B04930", "Web distributions per AWS account", 500.0, true),
    quota("cloudfront", "L-F432D044", "Cache behaviors per distribution", 75.0, true),
    quota("cloudfront", "L-7D134442", "Cache policies per AWS account", 20.0, true),
    quota("cloudfront", "L-CF0D4FC5", "Response headers policies per AWS account", 20.0, true),
    quota("route53", "L-4EA4796A", "Hosted zones", 500.0, true),
    quota("acm", "L-F141DD1D", "ACM certificates", 2_500.0, true),
    quota("s3", "L-DC2B2D3D", "General purpose buckets", 10_000.0, true),
    quota("lambda", "L-B99A9384", "Concurrent executions", 1_000.0, true),
    quota("lambda", "L-2ACBD22F", "Function and layer storage", 75.0, true),
];

/// Services and their names, as `ListServices` has them.
const SERVICES: [(&str, &str); 5] = [
    ("acm", "AWS Certificate Manager (ACM)"),
    ("cloudfront", "Amazon CloudFront"),
    ("lambda", "AWS Lambda"),
    ("route53", "Amazon Route 53"),
    ("s3", "Amazon Simple Storage Service (Amazon S3)"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Input {
    service_code: String,
    quota_code: String,
}

/// Answers a call.
pub fn answer(_world: &World, request: &Request) -> Answer {
    json_calls::answer(perform(request))
}

fn perform(request: &Request) -> Result<Value, Refusal> {
    let input: Input = json_calls::input(&request.body)?;
    let region = &request.region;
    match json_calls::targeted_operation(request).as_str() {
        "GetServiceQuota" => {
            let quota = find(&input).filter(|quota| has_applied_value(quota));
            Ok(json!({"Quota": shown(quota.ok_or_else(no_such)?, region)}))
        }
        "GetAWSDefaultServiceQuota" => Ok(json!({"Quota": shown(find(&input).ok_or_else(no_such)?, region)})),
        "ListServiceQuotas" => list(&input, region, has_applied_value),
        "ListAWSDefaultServiceQuotas" => list(&input, region, |_| true),
        "ListServices" => {
            let service = |(code, name): &(&str, &str)| json!({"ServiceCode": code, "ServiceName": name});
            Ok(json!({"Services": SERVICES.iter().map(service).collect::<Vec<_>>()}))
        }
        other => Err(json_calls::unknown_operation(other)),
    }
}

fn find(input: &Input) -> Option<&'static Quota> {
    QUOTAS.iter().find(|quota| quota.service == input.service_code && quota.code == input.quota_code)
}

fn has_applied_value(quota: &Quota) -> bool {
    quota.service != "cloudfront"
}

fn list(input: &Input, region: &str, wanted: fn(&Quota) -> bool) -> Result<Value, Refusal> {
    if !SERVICES.iter().any(|(code, _)| *code == input.service_code) {
        return Err(no_such());
    }
    let quotas = QUOTAS.iter().filter(|quota| quota.service == input.service_code && wanted(quota));
    Ok(json!({"Quotas": quotas.map(|quota| shown(quota, region)).collect::<Vec<_>>()}))
}

fn shown(quota: &Quota, region: &str) -> Value {
    let is_global = matches!(quota.service, "cloudfront" | "route53");
    let service_name = SERVICES.iter().find(|(code, _)| *code == quota.service).map(|(_, name)| *name);
    json!({
        "ServiceCode": quota.service,
        "ServiceName": service_name,
        "QuotaArn": format!("arn:aws:servicequotas:{region}:{ACCOUNT}:{}/{}", quota.service, quota.code),
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": quota.value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": is_global,
        "QuotaAppliedAtLevel": "ACCOUNT",
    })
}

fn no_such() -> Refusal {
    Refusal::new(400, "NoSuchResourceException", "The specified resource does not exist.")
}

/// What Service Quotas refuses here.
pub fn rules() -> Vec<RuleRow> {
    let row = |id, about, code, source| RuleRow { service: "servicequotas", id, about, code, source };
    vec![
        row(
            "unknown",
            "a service or quota that is not there",
            "NoSuchResourceException",
            "service-quotas model",
        ),
        row(
            "no-applied-value",
            "the applied value of an untouched quota",
            "NoSuchResourceException",
            "aws-facts.md A.1",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, input: Value) -> Result<Value, String> {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-amz-target", format!("ServiceQuotasV20190624.{operation}").parse().unwrap());
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: Vec::new(),
            headers,
            body: input.to_string().into(),
            service: "servicequotas".to_owned(),
            region: "us-east-1".to_owned(),
        };
        perform(&request).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_default_is_there_even_where_no_applied_value_is() {
        let distributions = json!({"ServiceCode": "cloudfront", "QuotaCode": "L-24B04930"});
        assert_eq!(call("GetServiceQuota", distributions.clone()).unwrap_err(), "NoSuchResourceException");
        let default = call("GetAWSDefaultServiceQuota", distributions).unwrap();
        assert_eq!(default["Quota"]["Value"], 500.0);
        let zones = json!({"ServiceCode": "route53", "QuotaCode": "L-4EA4796A"});
        assert_eq!(call("GetServiceQuota", zones).unwrap()["Quota"]["Value"], 500.0);
    }

    #[test]
    fn lists_are_by_service() {
        let lambda = call("ListAWSDefaultServiceQuotas", json!({"ServiceCode": "lambda"})).unwrap();
        assert_eq!(lambda["Quotas"].as_array().unwrap().len(), 2);
        assert_eq!(
            call("ListServiceQuotas", json!({"ServiceCode": "x"})).unwrap_err(),
            "NoSuchResourceException"
        );
    }
}
