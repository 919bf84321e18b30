//! The DNS records that a person has to write, told to the screen.

use super::super::carry_out::public_dns;
use super::super::site::Site;
use crate::apply::Event;
use crate::apply::event::Fact;
use crate::aws::certificate_wait::{DnsWaiting, PublicDns, Sighting};
use crate::blueprint::answers::Dns;
use crate::blueprint::inventory::ValidationRecord;
use crate::blueprint::pasted_records;
use crate::blueprint::resource::{Kind, Outputs};
use crate::tui::Message;
use crate::tui::message::WantedRecord;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;

/// Tells the screen which records are waited for, whenever public DNS is looked at.
#[derive(Debug)]
struct Watched {
    public_dns: Option<Arc<dyn PublicDns>>,
    messages: UnboundedSender<Message>,
    told: Mutex<Vec<WantedRecord>>,
}

/// The same waiting; where the person writes the records, the screen is told of them.
pub fn watched(site: &Site, waiting: DnsWaiting, messages: &UnboundedSender<Message>) -> DnsWaiting {
    let is_manual = site.blueprint.domains.as_ref().is_some_and(|domains| domains.dns == Dns::Manual);
    if !is_manual {
        return waiting;
    }
    let watched =
        Watched { public_dns: public_dns(site), messages: messages.clone(), told: Mutex::default() };
    DnsWaiting { public_dns: Some(Arc::new(watched)), ..waiting }
}

impl PublicDns for Watched {
    fn look<'a>(&'a self, records: &'a [ValidationRecord]) -> BoxFuture<'a, Vec<Sighting>> {
        Box::pin(async move {
            self.tell_first(records);
            let said = match &self.public_dns {
                Some(public_dns) => public_dns.look(records).await,
                None => Vec::new(),
            };
            self.tell(wanted(records, &said));
            said
        })
    }
}

impl Watched {
    /// Public DNS takes a while to answer, and the person can begin without it.
    fn tell_first(&self, records: &[ValidationRecord]) {
        let is_first = self.told.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if is_first {
            self.tell(wanted(records, &[]));
        }
    }

    fn tell(&self, records: Vec<WantedRecord>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != records {
            told.clone_from(&records);
            drop(self.messages.send(Message::RecordsWanted(records)));
        }
    }
}

/// Each record with what public DNS says of it.
fn wanted(records: &[ValidationRecord], said: &[Sighting]) -> Vec<WantedRecord> {
    let of = |(number, record): (usize, &ValidationRecord)| WantedRecord {
        kind: "CNAME".to_owned(),
        name: record.name.clone(),
        value: record.value.clone(),
        checks: said.get(number).map(|said| said.checks.clone()).unwrap_or_default(),
        is_right: said.get(number).is_some_and(|said| said.is_right),
        verdict: said.get(number).map(|said| in_words(said, record)).unwrap_or_default(),
    };
    records.iter().enumerate().map(of).collect()
}

/// What to do about it is told unless it is to add the record, which stands above these words.
fn in_words(sighting: &Sighting, record: &ValidationRecord) -> String {
    let fix = sighting.fix.iter().filter(|fix| !fix.contains(&record.value));
    let fix = fix.map(|fix| format!("; {fix}")).collect::<String>();
    format!("{}{fix}", sighting.verdict)
}

/// Once the certificate is issued, its records are no longer asked for.
pub fn forgets(event: &Event) -> bool {
    match &event.fact {
        Fact::StepFinished { resource, outcome, .. } => {
            resource.kind == Kind::Certificate && outcome.is_well()
        }
        Fact::RunStarted { .. }
        | Fact::StepStarted { .. }
        | Fact::StepWaiting { .. }
        | Fact::StepProgressed { .. }
        | Fact::StepNoted { .. }
        | Fact::StepExplained { .. }
        | Fact::RunFinished { .. } => false,
    }
}

/// The records that lead the domains to the deployed site, where the person writes them.
pub fn leading(site: &Site, outputs: &Outputs) -> Vec<WantedRecord> {
    let distribution = outputs.iter().find(|(id, _)| id.kind == Kind::Distribution);
    let (Some(domains), Some((_, output))) = (&site.blueprint.domains, distribution) else {
        return Vec::new();
    };
    let records = pasted_records::to_lead(domains, &output.domain);
    let told = |record: pasted_records::LeadingRecord| WantedRecord {
        kind: record.kind.to_owned(),
        name: record.name,
        value: record.value,
        checks: Vec::new(),
        is_right: false,
        verdict: record.remark.to_owned(),
    };
    records.into_iter().map(told).collect()
}
