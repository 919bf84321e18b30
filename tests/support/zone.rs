//! The hosted zone of acme.example, and what others put into it.

use crate::program::Place;
use crate::sandbox;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use sitecast::sandbox::pace::Pace;

/// Makes the zone of acme.example where there is none yet, and records in it.
pub fn in_zone(place: &Place, records: &[(&str, RrType, &str)]) {
    block_on(async {
        let running = sandbox::start(&place.account(), Pace::Instant, &[]).await;
        let client = aws_sdk_route53::Client::new(&sandbox::config(&running, "us-east-1"));
        let listed = client.list_hosted_zones().send().await.unwrap();
        let zone = match listed.hosted_zones().first() {
            Some(zone) => zone.id().to_owned(),
            None => {
                let request = client.create_hosted_zone().name("acme.example").caller_reference("theirs");
                request.send().await.unwrap().hosted_zone.unwrap().id
            }
        };
        for (name, kind, value) in records {
            let value = ResourceRecord::builder().value(*value).build().unwrap();
            let record = ResourceRecordSet::builder().name(*name).r#type(kind.clone()).ttl(60);
            let record = record.resource_records(value).build().unwrap();
            let change = Change::builder().action(ChangeAction::Create).resource_record_set(record);
            let batch = ChangeBatch::builder().changes(change.build().unwrap()).build().unwrap();
            client
                .change_resource_record_sets()
                .hosted_zone_id(&zone)
                .change_batch(batch)
                .send()
                .await
                .unwrap();
        }
        running.stop().await;
    });
}

/// Waits for what a test without a runtime of its own asks.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
