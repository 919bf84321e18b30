//! What is sent with a function, and every reason to refuse it.

use super::package;
use super::state::{Code, Config};
use crate::sandbox::call::Refusal;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Runtimes open for creation: those of aws-facts.md D.1, and Lambda's own further ones.
const RUNTIMES: [&str; 14] = [
    "nodejs26.x",
    "nodejs24.x",
    "nodejs22.x",
    "python3.15",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "java21",
    "java17",
    "dotnet8",
    "ruby3.4",
    "provided.al2023",
];

/// Runtimes that the model still knows and nobody can choose any more.
const RETIRED: [&str; 15] = [
    "nodejs",
    "nodejs4.3",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
];

/// Variables that Lambda sets itself.
const RESERVED_VARIABLES: [&str; 6] = [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "_HANDLER",
];

/// Members that are carried as they were sent.
const CARRIED: [&str; 6] =
    ["VpcConfig", "DeadLetterConfig", "TracingConfig", "KMSKeyArn", "LoggingConfig", "FileSystemConfigs"];

/// `CreateFunction` and `UpdateFunctionConfiguration`; what is absent is left as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Sent {
    /// The name or ARN; only at creation.
    pub function_name: String,
    runtime: Option<String>,
    /// The ARN of the execution role.
    pub role: Option<String>,
    handler: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    architectures: Option<Vec<String>>,
    environment: Option<Environment>,
    ephemeral_storage: Option<EphemeralStorage>,
    layers: Option<Vec<String>>,
    package_type: Option<String>,
    /// The code; only at creation.
    pub code: SentCode,
    /// Whether to publish a version at once.
    pub publish: bool,
    /// Guards an update.
    pub revision_id: Option<String>,
    /// Tags; only at creation.
    pub tags: BTreeMap<String, String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The code of `CreateFunction`, and the body of `UpdateFunctionCode`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SentCode {
    zip_file: Option<String>,
    /// Whether to publish a version at once.
    pub publish: bool,
    /// Whether only to check.
    pub dry_run: bool,
    /// Guards an update.
    pub revision_id: Option<String>,
    architectures: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EphemeralStorage {
    size: i64,
}

impl Sent {
    /// The configuration of a new function.
    pub fn created(&self) -> Result<Config, Refusal> {
        if self.package_type.as_deref().is_some_and(|kind| kind != "Zip") {
            return Err(invalid("The sandbox takes functions in zip archives only."));
        }
        if self.runtime.is_none() || self.handler.is_none() {
            return Err(invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        }
        let blank = Config {
            runtime: String::new(),
            role: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout: 3,
            memory_size: 128,
            architecture: "x86_64".to_owned(),
            environment: BTreeMap::new(),
            ephemeral_storage: 512,
            layers: Vec::new(),
            others: Map::new(),
        };
        self.changed(&blank)
    }

    /// `old` with everything that was sent put in its place.
    pub fn changed(&self, old: &Config) -> Result<Config, Refusal> {
        let mut config = old.clone();
        if let Some(runtime) = &self.runtime {
            config.runtime = checked_runtime(runtime)?;
        }
        if let Some(role) = &self.role {
            config.role = checked_role(role)?;
        }
        if let Some(handler) = &self.handler {
            config.handler = checked_handler(handler)?;
        }
        if let Some(description) = &self.description {
            config.description = short_enough("description", description, 256)?;
        }
        if let Some(timeout) = self.timeout {
            config.timeout = within("timeout", timeout, 1, 900)?;
        }
        if let Some(memory_size) = self.memory_size {
            config.memory_size = within("memorySize", memory_size, 128, 10_240)?;
        }
        if let Some(storage) = &self.ephemeral_storage {
            config.ephemeral_storage = within("ephemeralStorage.size", storage.size, 512, 10_240)?;
        }
        if let Some(architecture) = checked_architecture(self.architectures.as_deref())? {
            config.architecture = architecture;
        }
        if let Some(environment) = &self.environment {
            config.environment = checked_variables(&environment.variables)?;
        }
        if let Some(layers) = &self.layers {
            config.layers = checked_layers(layers)?;
        }
        for name in CARRIED {
            if let Some(value) = self.rest.get(name) {
                config.others.insert(name.to_owned(), value.clone());
            }
        }
        Ok(config)
    }
}

impl SentCode {
    /// The code, checked against the configuration that it will run under.
    pub fn checked(&self, config: &Config) -> Result<Code, Refusal> {
        let Some(encoded) = &self.zip_file else {
            return Err(invalid(
                "Please provide a source for function code: the sandbox takes ZipFile only.",
            ));
        };
        package::checked(encoded, config)
    }

    /// The architecture that comes with the code, if any.
    pub fn architecture(&self) -> Result<Option<String>, Refusal> {
        checked_architecture(self.architectures.as_deref())
    }
}

/// A 400 `InvalidParameterValueException`.
pub fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterValueException", message)
}

/// A 400 `ValidationException`, for a value that breaks the model's own constraints.
pub use crate::sandbox::json_calls::broken_constraint as broken;

fn checked_runtime(runtime: &str) -> Result<String, Refusal> {
    if RUNTIMES.contains(&runtime) {
        return Ok(runtime.to_owned());
    }
    if RETIRED.contains(&runtime) {
        return Err(invalid(format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. \
             We recommend you use a supported runtime while creating or updating functions."
        )));
    }
    Err(invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a \
         valid ARN",
        RUNTIMES.join(", ")
    )))
}

fn checked_role(role: &str) -> Result<String, Refusal> {
    let name = role.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
    let is_right = name.is_some_and(|(account, name)| {
        account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty()
    });
    if is_right {
        return Ok(role.to_owned());
    }
    let pattern =
        "satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+";
    Err(broken(role, "role", pattern))
}

fn checked_handler(handler: &str) -> Result<String, Refusal> {
    if handler.is_empty() || handler.chars().any(char::is_whitespace) {
        return Err(broken(handler, "handler", "satisfy regular expression pattern: [^\\s]+"));
    }
    short_enough("handler", handler, 128)
}

fn short_enough(member: &str, value: &str, most: usize) -> Result<String, Refusal> {
    if value.chars().count() > most {
        return Err(broken(value, member, &format!("have length less than or equal to {most}")));
    }
    Ok(value.to_owned())
}

fn within(member: &str, value: i64, least: u32, most: u32) -> Result<u32, Refusal> {
    let shown = value.to_string();
    if value > i64::from(most) {
        return Err(broken(&shown, member, &format!("have value less than or equal to {most}")));
    }
    u32::try_from(value)
        .ok()
        .filter(|value| *value >= least)
        .ok_or_else(|| broken(&shown, member, &format!("have value greater than or equal to {least}")))
}

fn checked_architecture(sent: Option<&[String]>) -> Result<Option<String>, Refusal> {
    match sent {
        None => Ok(None),
        Some([one]) if ["x86_64", "arm64"].contains(&one.as_str()) => Ok(Some(one.clone())),
        Some(others) => Err(broken(
            &others.join(", "),
            "architectures",
            "have one element that satisfies enum value set: [x86_64, arm64]",
        )),
    }
}

fn checked_variables(variables: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let reserved: Vec<&str> =
        variables.keys().map(String::as_str).filter(|key| RESERVED_VARIABLES.contains(key)).collect();
    const UNABLE: &str = "Lambda was unable to configure your environment variables because the environment \
                          variables you have provided";
    if !reserved.is_empty() {
        return Err(invalid(format!(
            "{UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    if variables.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > 4096 {
        return Err(invalid(format!("{UNABLE} exceeded the 4KB limit.")));
    }
    Ok(variables.clone())
}

fn checked_layers(layers: &[String]) -> Result<Vec<String>, Refusal> {
    if layers.len() > 5 {
        return Err(invalid("Cannot reference more than 5 layers."));
    }
    Ok(layers.to_vec())
}
