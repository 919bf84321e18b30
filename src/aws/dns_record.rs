//! Records in a hosted zone: what is there, and changes of it. A change is never an UPSERT, which would silently
//! replace what somebody else put there (aws-facts.md F).

use super::refusal::Refusal;
use super::session::Session;
use super::wait::{Poll, until};
use crate::apply::reporter::Reporter;
use crate::apply::retry::retry;
use crate::blueprint::inventory::ObservedRecord;
use aws_sdk_route53::Client;
use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::operation::list_resource_record_sets::builders::ListResourceRecordSetsFluentBuilder;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ChangeStatus, ResourceRecord, ResourceRecordSet, RrType,
};
use std::time::Duration;

/// The hosted zone that every alias to CloudFront names (aws-facts.md C).
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// How long a resolver may keep a record that proves a domain.
const TTL: i64 = 300;

/// How many records of one name are asked for at once: there are few, and what comes after is of no interest.
const PAGE_OF_NAME: i32 = 20;

/// How many records right below a domain are asked for at once, of those that begin with an underscore.
const PAGE_OF_PROOFS: i32 = 100;

/// How long an earlier change of the zone may stand in the way (aws-facts.md A.7).
const EARLIER_CHANGE: Duration = Duration::from_secs(60);

/// Everything at exactly this name of a zone.
///
/// # Errors
///
/// When AWS refuses to list it.
pub async fn at(client: &Client, zone: &str, name: &str) -> Result<Vec<ResourceRecordSet>, Refusal> {
    let mut found = Vec::new();
    let list = client.list_resource_record_sets().hosted_zone_id(zone).max_items(PAGE_OF_NAME);
    let tried = format!("list the records of {name} in the hosted zone {zone}");
    while_in(list.start_record_name(name), &tried, |record| record == name, &mut found).await?;
    Ok(found)
}

/// Everything right below `domain` whose name begins with an underscore, among which are the records that prove it:
/// so that they are found before a certificate tells their names. A zone is listed by reversed labels
/// (aws-facts.md F), so that these stand together.
///
/// # Errors
///
/// When AWS refuses to list them.
pub async fn proofs(client: &Client, zone: &str, domain: &str) -> Result<Vec<ResourceRecordSet>, Refusal> {
    let mut found = Vec::new();
    let list = client.list_resource_record_sets().hosted_zone_id(zone).max_items(PAGE_OF_PROOFS);
    let tried = format!("list the records that prove {domain} in the hosted zone {zone}");
    let label_of = |record: &str| {
        let below = record.strip_suffix(domain).and_then(|below| below.strip_suffix('.'));
        below.map(|below| below.rsplit('.').next().unwrap_or(below).to_owned())
    };
    let belongs = |record: &str| label_of(record).is_some_and(|label| label.starts_with('_'));
    while_in(list.start_record_name(format!("_.{domain}")), &tried, belongs, &mut found).await?;
    found.retain(|record| plain(&record.name).split_once('.').is_some_and(|(_, parent)| parent == domain));
    Ok(found)
}

/// Lists records for as long as they belong to what is looked for.
async fn while_in(
    mut from: ListResourceRecordSetsFluentBuilder,
    tried: &str,
    belongs: impl Fn(&str) -> bool,
    found: &mut Vec<ResourceRecordSet>,
) -> Result<(), Refusal> {
    loop {
        let page = from.clone().send().await;
        let page = page.map_err(Refusal::to("route53:ListResourceRecordSets", tried))?;
        let (before, of_page) = (page.resource_record_sets.len(), found.len());
        found
            .extend(page.resource_record_sets.into_iter().take_while(|record| belongs(&plain(&record.name))));
        if !page.is_truncated || found.len() - of_page < before {
            return Ok(());
        }
        from = from
            .set_start_record_name(page.next_record_name)
            .set_start_record_type(page.next_record_type)
            .set_start_record_identifier(page.next_record_identifier);
    }
}

/// The records as they are shown to a person.
pub fn observed(zone: &str, record: &ResourceRecordSet) -> ObservedRecord {
    let alias = record.alias_target.as_ref().map(|alias| plain(&alias.dns_name));
    let values = record.resource_records.iter().flatten().map(|value| value.value.trim_end_matches('.'));
    ObservedRecord {
        zone: zone.to_owned(),
        name: plain(&record.name),
        kind: record.r#type.as_str().to_owned(),
        value: match &alias {
            Some(target) => format!("alias {target}"),
            None => values.collect::<Vec<_>>().join(" "),
        },
        alias,
    }
}

/// A CNAME.
pub fn cname(name: &str, value: &str) -> Result<ResourceRecordSet, BuildError> {
    let value = ResourceRecord::builder().value(value).build()?;
    ResourceRecordSet::builder().name(name).r#type(RrType::Cname).ttl(TTL).resource_records(value).build()
}

/// An alias of a distribution.
pub fn alias(name: &str, kind: &str, distribution: &str) -> Result<ResourceRecordSet, BuildError> {
    let target = AliasTarget::builder()
        .hosted_zone_id(CLOUDFRONT_ZONE)
        .dns_name(distribution)
        .evaluate_target_health(false)
        .build()?;
    ResourceRecordSet::builder().name(name).r#type(RrType::from(kind)).alias_target(target).build()
}

/// Removes and creates records in one go, and waits until every name server knows.
///
/// # Errors
///
/// When AWS refuses; `InvalidChangeBatch` when the records are not what they were any more.
pub async fn change(
    session: &Session,
    zone: &str,
    remove: Vec<ResourceRecordSet>,
    create: Vec<ResourceRecordSet>,
    report: &Reporter,
) -> Result<(), Refusal> {
    let (client, tried) = (session.route53(), format!("change records in the hosted zone {zone}"));
    let of_ours = |error| Refusal::of_ours("route53:ChangeResourceRecordSets", tried.clone(), error);
    let batch = batch(remove, create).map_err(of_ours)?;
    let request = client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
    let busy = |refusal: &Refusal| refusal.is("PriorRequestNotComplete");
    let answer = retry(EARLIER_CHANGE, "an earlier change of the hosted zone", report, busy, || async {
        let answer = request.clone().send().await;
        answer.map_err(Refusal::to("route53:ChangeResourceRecordSets", tried.clone()))
    });
    let Some(change) = answer.await?.change_info else { return Ok(()) };
    if change.status == ChangeStatus::Insync {
        return Ok(());
    }
    in_sync(session, &change.id, report).await
}

/// A change that takes longer than the bound is made nonetheless; whoever waits for it sees.
async fn in_sync(session: &Session, id: &str, report: &Reporter) -> Result<(), Refusal> {
    let look = || async { Ok::<_, Refusal>(is_in_sync(session, id).await?.then_some(())) };
    let waiting_for = "every name server of Route 53 to know the records";
    until(Poll::for_dns_change(session), waiting_for, report, look).await.map(drop)
}

/// Whether every name server of Route 53 knows of a change.
pub(super) async fn is_in_sync(session: &Session, id: &str) -> Result<bool, Refusal> {
    let id = id.trim_start_matches("/change/");
    let answer = session.route53().get_change().id(id).send().await;
    let answer = answer.map_err(Refusal::to("route53:GetChange", format!("read the change {id}")))?;
    Ok(answer.change_info.is_some_and(|change| change.status == ChangeStatus::Insync))
}

fn batch(remove: Vec<ResourceRecordSet>, create: Vec<ResourceRecordSet>) -> Result<ChangeBatch, BuildError> {
    let change =
        |action: ChangeAction, record| Change::builder().action(action).resource_record_set(record).build();
    let removals = remove.into_iter().map(|record| change(ChangeAction::Delete, record));
    let creations = create.into_iter().map(|record| change(ChangeAction::Create, record));
    let changes = removals.chain(creations).collect::<Result<Vec<_>, _>>()?;
    ChangeBatch::builder().set_changes(Some(changes)).build()
}

/// A name as a person writes it: without a final dot, and with `*` for its escape (aws-facts.md F).
fn plain(name: &str) -> String {
    name.trim_end_matches('.').replace("\\052", "*").to_ascii_lowercase()
}
