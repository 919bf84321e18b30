//! The XML of Route 53: what is read from requests and written in answers.

use super::names;
use super::state::{Content, RecordSet, Zone};
use crate::sandbox::call::{Answer, Refusal};
use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// Reads a request's body.
pub fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| invalid_input("Invalid XML ; not UTF-8"))?;
    quick_xml::de::from_str(text).map_err(|error| invalid_input(format!("Invalid XML ; {error}")))
}

/// An answer of `status` whose root element is `root`.
pub fn written<T: Serialize>(status: u16, root: &str, value: &T) -> Result<Answer, Refusal> {
    let inner = quick_xml::se::to_string_with_root(root, value)
        .map_err(|error| Refusal::new(500, "InternalFailure", error.to_string()))?;
    let rest = inner.strip_prefix(&format!("<{root}")).unwrap_or(&inner);
    let body = format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\"{rest}");
    Ok(Answer { status, headers: vec![("content-type", "text/xml".to_owned())], body: Bytes::from(body) })
}

/// The envelope of a refusal.
pub fn refused(refusal: &Refusal) -> Answer {
    let who = if refusal.status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{who}</Type>\
         <Code>{}</Code><Message>{}</Message></Error></ErrorResponse>",
        refusal.code,
        quick_xml::escape::escape(&refusal.message)
    );
    let headers = vec![("content-type", "text/xml".to_owned())];
    Answer { status: refusal.status, headers, body: Bytes::from(body) }
}

/// A 400 `InvalidInput`.
pub fn invalid_input(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidInput", message)
}

/// A moment as XML writes it.
pub fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// `CreateHostedZoneRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateHostedZone {
    /// The domain.
    pub name: String,
    /// What makes the request unique.
    pub caller_reference: String,
    /// The VPC of a private zone.
    #[serde(rename = "VPC")]
    pub vpc: Option<Vpc>,
    /// Comment and privacy.
    pub hosted_zone_config: Option<ZoneConfig>,
    /// A reusable delegation set.
    pub delegation_set_id: Option<String>,
}

/// A VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Vpc {
    /// Its region.
    #[serde(rename = "VPCRegion")]
    pub region: String,
    /// Its id.
    #[serde(rename = "VPCId")]
    pub id: String,
}

/// Comment and privacy of a zone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ZoneConfig {
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether only VPCs see it.
    pub private_zone: bool,
}

/// `ChangeResourceRecordSetsRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeRecords {
    /// The batch.
    pub change_batch: ChangeBatch,
}

/// A batch of changes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeBatch {
    /// Its comment.
    pub comment: Option<String>,
    /// Its changes.
    #[serde(default)]
    pub changes: Changes,
}

/// The list inside a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Changes {
    /// The changes, in order.
    pub change: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// `CREATE`, `DELETE` or `UPSERT`.
    pub action: String,
    /// What is to be changed.
    pub resource_record_set: RecordSetXml,
}

/// A record set in XML.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordSetXml {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Set only with a routing policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_identifier: Option<String>,
    /// Seconds that a resolver may keep it.
    #[serde(rename = "TTL", skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// The values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_records: Option<Records>,
    /// The alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_target: Option<AliasTarget>,
}

/// The list of values.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Records {
    /// The values.
    pub resource_record: Vec<RecordValue>,
}

/// One value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordValue {
    /// In presentation form.
    pub value: String,
}

/// An alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasTarget {
    /// The hosted zone of the target.
    pub hosted_zone_id: String,
    /// The target.
    #[serde(rename = "DNSName")]
    pub dns_name: String,
    /// Whether the target's health is looked at.
    pub evaluate_target_health: bool,
}

/// `ChangeTagsForResourceRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeTags {
    /// Tags to set.
    #[serde(default)]
    pub add_tags: TagList,
    /// Keys to remove.
    #[serde(default)]
    pub remove_tag_keys: TagKeys,
}

/// A list of tags.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagList {
    /// The tags.
    pub tag: Vec<Tag>,
}

/// A tag.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: String,
}

/// A list of tag keys.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagKeys {
    /// The keys.
    pub key: Vec<String>,
}

/// A hosted zone in XML.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ZoneXml {
    id: String,
    name: String,
    caller_reference: String,
    config: ZoneConfig,
    resource_record_set_count: usize,
}

impl ZoneXml {
    /// What the API shows of `zone`.
    pub fn of(zone: &Zone) -> ZoneXml {
        ZoneXml {
            id: format!("/hostedzone/{}", zone.id),
            name: zone.name.clone(),
            caller_reference: zone.caller_reference.clone(),
            config: ZoneConfig { comment: zone.comment.clone(), private_zone: zone.is_private() },
            resource_record_set_count: zone.records.len(),
        }
    }
}

/// The list of zones in an answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ZoneList {
    /// The zones.
    pub hosted_zone: Vec<ZoneXml>,
}

/// The delegation set of a zone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DelegationSet {
    name_servers: NameServers,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NameServers {
    name_server: Vec<String>,
}

impl DelegationSet {
    /// That of `zone`.
    pub fn of(zone: &Zone) -> DelegationSet {
        DelegationSet { name_servers: NameServers { name_server: zone.name_servers.clone() } }
    }
}

/// A change's state.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeInfo {
    /// `/change/C...`.
    pub id: String,
    /// `PENDING` or `INSYNC`.
    pub status: &'static str,
    /// When it was submitted.
    pub submitted_at: String,
    /// The batch's comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What the API shows of a record set.
pub fn record_set_xml(record: &RecordSet) -> RecordSetXml {
    let mut xml = RecordSetXml {
        name: record.name.clone(),
        kind: record.kind.clone(),
        set_identifier: None,
        ttl: None,
        resource_records: None,
        alias_target: None,
    };
    match &record.content {
        Content::Values { ttl, values } => {
            xml.ttl = Some(ttl.to_string());
            let values = values.iter().map(|value| RecordValue { value: value.clone() });
            xml.resource_records = Some(Records { resource_record: values.collect() });
        }
        Content::Alias { zone, target, evaluate_health } => {
            xml.alias_target = Some(AliasTarget {
                hosted_zone_id: zone.clone(),
                dns_name: names::canonical(target),
                evaluate_target_health: *evaluate_health,
            });
        }
    }
    xml
}
