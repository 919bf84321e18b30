//! Finding out what a teardown would remove, and carrying it out: what `destroy` does, told in messages.

use super::super::args::Destroy;
use super::super::carry_out::performer;
use super::super::destroy;
use super::super::site::{Folder, Site, led_here_now};
use super::super::{Console, history};
use super::Worker;
use crate::apply::event::RunOutcome;
use crate::apply::{self, Event, Stop};
use crate::aws::bucket_size::{self, BucketSize};
use crate::aws::certificate_wait::DnsWaiting;
use crate::blueprint::resource::ReleaseBucket;
use crate::blueprint::{Inventory, Plan};
use crate::error::{Error, Kind as End, Result};
use crate::journal::Purpose;
use crate::report;
use crate::tui::Message;
use crate::tui::message::RunEnd;
use crate::tui::state::Run;
use crate::tui::teardown::{Chosen, Held, Pending, PlannedTeardown, Receipt, Teardown, TeardownPlanning};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// A site that was looked at, with what removing it needs.
pub struct Prepared {
    console: Console,
    arguments: Destroy,
    site: Site,
}

/// Looks at the site.
///
/// # Errors
/// When AWS can't be asked, or holds nothing of the site.
pub async fn prepare(console: Console, arguments: Destroy) -> Result<(Box<PlannedTeardown>, Prepared)> {
    let mut site = Site::open(&console, &arguments.file, Folder::Unused).await?;
    site.inventory.insist_on_teardown()?;
    let whole = planned(&site, &site.inventory, &arguments, false);
    if !whole.changes_aws() {
        return Err(destroy::nothing(&site));
    }
    let planned = PlannedTeardown {
        keeping: planned(&site, &site.inventory, &arguments, true),
        whole,
        back_up: destroy::back_up(&site).ok_or_else(|| destroy::no_back_up(&site).to_owned()),
        still_led: led_here_now(&mut site).await,
        usual_seconds: usual_seconds(&console, &site.blueprint.site),
        command: command(&console, &site, &arguments),
    };
    Ok((Box::new(planned), Prepared { console, arguments, site }))
}

fn planned(site: &Site, inventory: &Inventory, arguments: &Destroy, keep_buckets: bool) -> Plan {
    destroy::planned(site, inventory, &Destroy { keep_buckets, ..arguments.clone() })
}

/// The command without what is chosen on the screen.
fn command(console: &Console, site: &Site, arguments: &Destroy) -> String {
    let arguments = Destroy { keep_buckets: false, back_up: false, leave_dns: false, ..arguments.clone() };
    destroy::command(console, site, &arguments)
}

fn usual_seconds(console: &Console, site: &str) -> Option<(u64, u64)> {
    let (least, most) = history::journal(console)?.usual_duration(site, Purpose::Destroy)?;
    Some((least.as_secs(), most.as_secs()))
}

/// Counts what each bucket holds, and tells each as soon as it is known.
pub async fn count(prepared: &Prepared, messages: &UnboundedSender<Message>) {
    let site = &prepared.site;
    let counts = site.inventory.buckets.iter().map(|(name, bucket)| async move {
        let named = ReleaseBucket { name: name.clone(), region: bucket.region.clone() };
        let held = bucket_size::weigh(&site.connection.session, &named).await.map(held);
        drop(messages.send(Message::BucketCounted { bucket: name.clone(), held }));
    });
    futures::future::join_all(counts).await;
}

fn held(BucketSize { objects, old_versions, bytes }: BucketSize) -> Held {
    Held { objects, old_versions, bytes }
}

/// Removes the site, and tells what happens.
///
/// # Errors
/// When the plan can't run, or AWS can't be looked at again.
pub async fn carry_out(
    prepared: &Prepared,
    (plan, chosen): (&Plan, Chosen),
    stop: Stop,
    messages: &UnboundedSender<Message>,
) -> Result<RunEnd> {
    let Prepared { console, arguments, site } = prepared;
    let mut recorder = history::journal(console)
        .map(|journal| journal.record(Purpose::Destroy, &site.connection.identity.arn));
    let tell = |event: Event| {
        recorder.iter_mut().for_each(|recorder| recorder.note(&event));
        drop(messages.send(Message::Happened(event)));
    };
    let performer = Arc::new(performer(site, DnsWaiting::default()));
    let ended = apply::run(plan, performer, stop, tell).await?;
    let left = planned(site, &site.look_again().await?, arguments, chosen.keep_buckets);
    drop(messages.send(Message::TornDown(receipt(&report::receipt::Receipt::new(plan, &left, &ended)))));
    let given = Destroy {
        keep_buckets: chosen.keep_buckets,
        back_up: chosen.back_up,
        leave_dns: chosen.leave_dns,
        ..arguments.clone()
    };
    Ok(RunEnd {
        outcome: ended.outcome,
        address: None,
        distribution: None,
        troubles: super::deploying::troubles(&ended),
        go_on: destroy::command(console, site, &given),
    })
}

fn receipt(receipt: &report::receipt::Receipt) -> Receipt {
    let pending = receipt
        .pending
        .iter()
        .map(|pending| Pending { name: report::receipt::named(&pending.resource), why: pending.why.clone() });
    Receipt {
        gone: receipt.gone.iter().map(report::receipt::named).collect(),
        kept: receipt.kept.clone(),
        pending: pending.collect(),
    }
}

impl Worker {
    /// What each bucket holds is told after the plan, since counting may take a while.
    pub(super) fn plan_teardown(&self, path: PathBuf, sandbox: bool) {
        let (console, messages) = (self.console.in_sandbox(sandbox), self.messages.clone());
        let arguments = Destroy { file: path, ..self.arguments.destroy.clone() };
        let looked_at = self.looked_at.clone();
        tokio::spawn(async move {
            match prepare(console, arguments).await {
                Ok((planned, prepared)) => {
                    let prepared = Arc::new(prepared);
                    *looked_at.lock().await = Some(prepared.clone());
                    drop(messages.send(Message::TeardownPlanned(Ok(planned))));
                    count(&prepared, &messages).await;
                }
                Err(error) => drop(messages.send(Message::TeardownPlanned(Err(error)))),
            }
        });
    }

    pub(super) fn tear_down(&mut self, plan: Plan, chosen: Chosen) {
        self.stop = Stop::new();
        let (looked_at, messages, stop) = (self.looked_at.clone(), self.messages.clone(), self.stop.clone());
        tokio::spawn(async move {
            let prepared = looked_at.lock().await.take();
            let told = match prepared {
                Some(prepared) => carry_out(&prepared, (&plan, chosen), stop, &messages).await,
                None => Err(Error::failed("nobody looked at what there is to remove")),
            };
            drop(messages.send(Message::RunEnded(told)));
        });
    }
}

/// What is gone can be read on the screen; what stays or is still to go has to be remembered.
pub fn after(console: &Console, run: &Run, end: &RunEnd) {
    let receipt = run.receipt.clone().unwrap_or_default();
    match end.outcome {
        RunOutcome::Done => console.say(format!("{} is gone", run.planned.plan.site)),
        RunOutcome::Failed | RunOutcome::Unfinished | RunOutcome::Interrupted => {
            console.say(format!("go on with: {}", end.go_on));
        }
    }
    receipt.kept.iter().for_each(|what| console.say(what));
    receipt.pending.iter().for_each(|it| console.say(format!("still to go: {}: {}", it.name, it.why)));
}

/// A teardown that was asked for on the command line, and not carried out.
pub fn without(teardown: Option<Teardown>) -> Error {
    match teardown.map(|teardown| teardown.planning) {
        Some(TeardownPlanning::Failed(error)) => error,
        Some(TeardownPlanning::Making | TeardownPlanning::Made(_)) | None => {
            Error::new(End::Interrupted, "not agreed to; nothing was changed")
        }
    }
}
