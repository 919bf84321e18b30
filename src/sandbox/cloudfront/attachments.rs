//! Which certificates and function versions distributions hold, and until when they held those they let go.
//!
//! Other services ask: a certificate's in-use list and a function's replicas follow a detach only after a
//! while (aws-facts.md D.6, E).

use super::element::Element;
use super::state::{Attachment, State};
use crate::sandbox::store::Store;
use time::OffsetDateTime;

/// Every certificate and function version that a distribution holds or held, the newest record of each pair.
pub fn associations(store: &Store) -> std::io::Result<Vec<Attachment>> {
    Ok(store.read::<State>()?.attachments)
}

/// The ARNs that a configuration holds.
pub fn held(config: &Element) -> Vec<String> {
    let mut arns = Vec::new();
    collect(config, &mut arns);
    arns.sort();
    arns.dedup();
    arns
}

fn collect(element: &Element, arns: &mut Vec<String>) {
    if matches!(element.name.as_str(), "ACMCertificateArn" | "LambdaFunctionARN") && !element.text.is_empty()
    {
        arns.push(element.text.clone());
    }
    element.children.iter().for_each(|child| collect(child, arns));
}

/// Brings the records in line with what a distribution holds now.
pub fn follow(records: &mut Vec<Attachment>, distribution: &str, held: &[String], now: OffsetDateTime) {
    for record in records.iter_mut().filter(|record| record.distribution == distribution) {
        let is_held = held.contains(&record.arn);
        record.detached = if is_held { None } else { record.detached.or(Some(now)) };
    }
    for arn in held {
        let known = records.iter().any(|record| record.distribution == distribution && record.arn == *arn);
        if !known {
            records.push(Attachment {
                arn: arn.clone(),
                distribution: distribution.to_owned(),
                detached: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Duration, macros::datetime};

    #[test]
    fn a_record_ends_when_its_arn_is_let_go_and_begins_again_when_it_is_taken_back() {
        let start = datetime!(2026-01-01 00:00 UTC);
        let (mut records, held) = (Vec::new(), ["arn:v1".to_owned()]);
        follow(&mut records, "arn:d", &held, start);
        assert_eq!(records.iter().map(|record| record.detached).collect::<Vec<_>>(), [None]);
        follow(&mut records, "arn:d", &[], start + Duration::SECOND);
        follow(&mut records, "arn:d", &[], start + Duration::MINUTE);
        assert_eq!(records[0].detached, Some(start + Duration::SECOND), "the first moment without it counts");
        follow(&mut records, "arn:d", &held, start + Duration::HOUR);
        assert_eq!((records.len(), records[0].detached), (1, None));
    }
}
