//! Whether a region is switched on for the account.

use crate::aws::refusal::Refusal;
use crate::aws::session::Session;

/// Codes by which a region's STS says that it does not know the account's credentials (aws-facts.md C).
const UNKNOWN_THERE: &[&str] = &["InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"];

/// Whether the region knows the account's credentials.
pub async fn is_enabled(session: &Session, region: &str) -> Result<bool, Refusal> {
    let client = aws_sdk_sts::Client::new(&session.config_in(region));
    let answer = client.get_caller_identity().send().await;
    match answer.map_err(Refusal::to("sts:GetCallerIdentity", format!("ask {region} who is calling"))) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.is_any(UNKNOWN_THERE) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}
