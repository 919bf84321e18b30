//! The subscription to additional metrics of a distribution.

use super::conversation::{Conversation, document};
use super::distributions;
use super::element::Element;
use super::refusals::refusal;
use super::shapes::{self, others};
use crate::sandbox::call::{Answer, Refusal};

/// CreateMonitoringSubscription.
pub fn create(call: &mut Conversation) -> Result<Answer, Refusal> {
    let id = distributions::find(call)?.id.clone();
    let subscription =
        shapes::read(&call.request.body, "MonitoringSubscription", &others::MONITORING_SUBSCRIPTION)?;
    if call.state.monitoring.contains_key(&id) {
        let message = "A monitoring subscription already exists for the specified distribution.";
        return Err(refusal("MonitoringSubscriptionAlreadyExists", message));
    }
    let answer = document(200, &subscription);
    call.state.monitoring.insert(id, subscription);
    Ok(answer)
}

/// GetMonitoringSubscription.
pub fn get(call: &mut Conversation) -> Result<Answer, Refusal> {
    let id = &distributions::find(call)?.id;
    call.state.monitoring.get(id).map(|subscription| document(200, subscription)).ok_or_else(no_such)
}

/// DeleteMonitoringSubscription.
pub fn delete(call: &mut Conversation) -> Result<Answer, Refusal> {
    let id = distributions::find(call)?.id.clone();
    call.state.monitoring.remove(&id).ok_or_else(no_such)?;
    Ok(document(200, &Element::new("DeleteMonitoringSubscriptionResult")))
}

fn no_such() -> Refusal {
    refusal(
        "NoSuchMonitoringSubscription",
        "A monitoring subscription does not exist for the specified distribution.",
    )
}
