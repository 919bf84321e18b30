//! Purges of paths.

use super::conversation::{self, Conversation, document, timestamp};
use super::distributions;
use super::element::Element;
use super::refusals::refusal;
use super::rules::{self, invalidation::Purge};
use super::shapes::{self, others};
use super::state::Invalidation;
use crate::sandbox::call::{Answer, Refusal};
use crate::sandbox::pace::Wait;
use time::OffsetDateTime;

/// CreateInvalidation. The same reference with the same paths is the same invalidation (aws-facts.md A.2).
pub fn create(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = distributions::find(call)?.clone();
    let batch = shapes::read(&call.request.body, "InvalidationBatch", &others::INVALIDATION_BATCH)?;
    let mut earlier =
        call.state.invalidations.iter().filter(|invalidation| invalidation.distribution == distribution.id);
    if let Some(same) =
        earlier.find(|earlier| earlier.batch.text_at("CallerReference") == batch.text_at("CallerReference"))
    {
        return again(same, &batch, call.now());
    }
    let now = call.now();
    let running = call.state.invalidations.iter().filter(|invalidation| now < invalidation.completed);
    let running: Vec<&str> = running.flat_map(|invalidation| invalidation.batch.texts_at("Paths")).collect();
    rules::hold(
        &Purge { config: &distribution.config, batch: &batch, running: &running },
        rules::invalidation::RULES,
    )?;
    let invalidation = Invalidation {
        id: call.state.next_id('I'),
        distribution: distribution.id,
        created: now,
        completed: now + call.world.pace.duration(Wait::Invalidation),
        batch,
    };
    let answer = written(&invalidation, now);
    call.state.invalidations.push(invalidation);
    Ok(answer)
}

fn again(earlier: &Invalidation, batch: &Element, now: OffsetDateTime) -> Result<Answer, Refusal> {
    let sorted = |batch: &Element| {
        let mut paths: Vec<String> = batch.texts_at("Paths").into_iter().map(str::to_owned).collect();
        paths.sort();
        paths
    };
    if sorted(&earlier.batch) == sorted(batch) {
        return Ok(written(earlier, now));
    }
    let message = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution.";
    Err(refusal("InvalidArgument", message))
}

fn written(invalidation: &Invalidation, now: OffsetDateTime) -> Answer {
    let location = format!(
        "https://cloudfront.amazonaws.com/2020-05-31/distribution/{}/invalidation/{}",
        invalidation.distribution, invalidation.id
    );
    conversation::with_header(document(201, &whole(invalidation, now)), "location", &location)
}

/// GetInvalidation.
pub fn get(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = &distributions::find(call)?.id;
    let mut all = call.state.invalidations.iter();
    all.find(|invalidation| invalidation.distribution == *distribution && invalidation.id == call.second_id())
        .map(|invalidation| document(200, &whole(invalidation, call.now())))
        .ok_or_else(|| refusal("NoSuchInvalidation", "The specified invalidation does not exist."))
}

/// ListInvalidations, the newest first. The marker counts back from the newest.
pub fn list(call: &mut Conversation) -> Result<Answer, Refusal> {
    let distribution = distributions::find(call)?.id.clone();
    let of_it = call.state.invalidations.iter().enumerate().rev();
    let of_it = of_it.filter(|(_, invalidation)| invalidation.distribution == distribution);
    let keyed =
        of_it.map(|(index, invalidation)| (format!("{:020}", usize::MAX - index), invalidation)).collect();
    let page = call.page(keyed)?.write("InvalidationList", |invalidation| {
        Element::new("InvalidationSummary")
            .with(Element::leaf("Id", &invalidation.id))
            .with(Element::leaf("CreateTime", timestamp(invalidation.created)))
            .with(Element::leaf("Status", status(invalidation, call.now())))
    });
    Ok(document(200, &page))
}

fn whole(invalidation: &Invalidation, now: OffsetDateTime) -> Element {
    Element::new("Invalidation")
        .with(Element::leaf("Id", &invalidation.id))
        .with(Element::leaf("Status", status(invalidation, now)))
        .with(Element::leaf("CreateTime", timestamp(invalidation.created)))
        .with(invalidation.batch.clone())
}

fn status(invalidation: &Invalidation, now: OffsetDateTime) -> &'static str {
    if now < invalidation.completed { "InProgress" } else { "Completed" }
}
