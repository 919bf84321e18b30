//! A function or version as the API shows it.

use super::state::{Function, State, Version};
use crate::sandbox::call::World;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// A configuration with its state. `qualified` says whether the caller asked for a version.
pub fn configuration(function: &Function, version: &Version, qualified: bool, world: &World) -> Value {
    let mut shown = summary(function, version, qualified);
    let (state, update) = match version.state(world.now, world.pace) {
        State::Pending => ("Pending", "InProgress"),
        State::Updating => ("Active", "InProgress"),
        State::Active => ("Active", "Successful"),
    };
    shown["State"] = json!(state);
    // A numbered version is never updated; it only comes into being.
    shown["LastUpdateStatus"] = json!(if version.version == "$LATEST" { update } else { "Successful" });
    if state == "Pending" {
        shown["StateReason"] = json!("The function is being created.");
        shown["StateReasonCode"] = json!("Creating");
    }
    shown
}

/// A configuration as lists have it: without any state (aws-facts.md A.5).
pub fn summary(function: &Function, version: &Version, qualified: bool) -> Value {
    let config = &version.config;
    let arn = match qualified || version.version != "$LATEST" {
        true => format!("{}:{}", function.arn(), version.version),
        false => function.arn(),
    };
    let mut shown = json!({
        "FunctionName": function.name,
        "FunctionArn": arn,
        "Runtime": config.runtime,
        "Role": config.role,
        "Handler": config.handler,
        "CodeSize": version.code.size,
        "Description": config.description,
        "Timeout": config.timeout,
        "MemorySize": config.memory_size,
        "LastModified": last_modified(version.modified),
        "CodeSha256": version.code.sha256,
        "Version": version.version,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": version.revision,
        "PackageType": "Zip",
        "Architectures": [config.architecture],
        "EphemeralStorage": {"Size": config.ephemeral_storage},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": format!("/aws/lambda/{}", function.name)},
    });
    for (name, value) in &config.others {
        shown[name] = value.clone();
    }
    if !config.environment.is_empty() {
        shown["Environment"] = json!({"Variables": config.environment});
    }
    if !config.layers.is_empty() {
        let layer = |arn: &String| json!({"Arn": arn, "CodeSize": 0});
        shown["Layers"] = config.layers.iter().map(layer).collect();
    }
    shown
}

fn last_modified(at: OffsetDateTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");
    at.format(format).unwrap_or_default()
}
