//! STS: who is calling.

use super::call::{ACCOUNT, Answer, Refusal, Request, World};
use super::envelope::Protocol;
use super::request_id;
use super::rules::{RuleRow, refusals};
use bytes::Bytes;
use serde::Serialize;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

refusals! { "sts":
    OPERATION = "operation", 400, "InvalidAction",
        "any operation but GetCallerIdentity",
        "sandbox";
}

/// Every rule of STS, for people.
pub(super) fn rules() -> Vec<RuleRow> {
    ALL.iter().map(|rule| rule.row).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetCallerIdentityResponse {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    get_caller_identity_result: GetCallerIdentityResult,
    response_metadata: ResponseMetadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetCallerIdentityResult {
    arn: String,
    user_id: &'static str,
    account: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResponseMetadata {
    request_id: String,
}

/// Answers one call to STS.
pub(super) fn answer(_world: &World, request: &Request) -> Answer {
    let answered = match super::operation::of_query_protocol(request).as_str() {
        "GetCallerIdentity" => caller_identity(),
        unknown => Err(OPERATION.refusal(format!("Could not find operation {unknown}"))),
    };
    answered.unwrap_or_else(|refusal| Protocol::Xml.wrap(&refusal, &request_id::fresh()))
}

fn caller_identity() -> Result<Answer, Refusal> {
    let response = GetCallerIdentityResponse {
        namespace: NAMESPACE,
        get_caller_identity_result: GetCallerIdentityResult {
            arn: format!("arn:aws:iam::{ACCOUNT}:user/sandbox"),
            user_id: "AIDASANDBOXSANDBOX123",
            account: ACCOUNT,
        },
        response_metadata: ResponseMetadata { request_id: request_id::fresh() },
    };
    let xml = quick_xml::se::to_string(&response)
        .map_err(|error| Refusal::new(500, "InternalFailure", error.to_string()))?;
    let headers = vec![("content-type", "text/xml".to_owned())];
    Ok(Answer { status: 200, headers, body: Bytes::from(xml) })
}
