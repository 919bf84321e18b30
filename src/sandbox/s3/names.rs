//! Which names a bucket may have, and where it may be made (aws-facts.md G, A.3).

use super::rules;
use crate::sandbox::call::{ACCOUNT, Refusal};

const FORBIDDEN_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const FORBIDDEN_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

const REGIONS: [&str; 34] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-1",
    "ap-south-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
];

/// Refuses a name that no bucket, or no bucket of this namespace, may have.
pub(super) fn check_name(name: &str, account_regional: bool, region: &str) -> Result<(), Refusal> {
    let forbidden = FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || FORBIDDEN_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    let own_suffix = format!("-{ACCOUNT}-{region}-an");
    let in_namespace = name.strip_suffix(&own_suffix).is_some_and(|prefix| !prefix.is_empty());
    if forbidden || !has_sound_form(name) || account_regional != name.ends_with("-an") {
        return Err(invalid_name());
    }
    if account_regional && !in_namespace { Err(invalid_name()) } else { Ok(()) }
}

/// Whether a name has the form of a bucket's name: length, letters, and no address.
pub(super) fn has_sound_form(name: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|byte| alphanumeric(byte) || matches!(byte, b'.' | b'-'))
        && bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}

fn invalid_name() -> Refusal {
    rules::BUCKET_NAME.refusal("The specified bucket is not valid.")
}

/// The region that a new bucket comes to be in.
pub(super) fn check_location(constraint: Option<&str>, endpoint: &str) -> Result<(), Refusal> {
    let incompatible = |what: &str| {
        let message = format!(
            "The {what} location constraint is incompatible for the region specific endpoint this request was sent to."
        );
        Err(rules::LOCATION_INCOMPATIBLE.refusal(message))
    };
    match constraint.map(|region| if region == "EU" { "eu-west-1" } else { region }) {
        None if endpoint == "us-east-1" => Ok(()),
        None => incompatible("unspecified"),
        Some(region) if region == "us-east-1" || !REGIONS.contains(&region) => {
            let message = "The specified location-constraint is not valid";
            Err(rules::LOCATION_INVALID.refusal(message))
        }
        Some(region) if region == endpoint => Ok(()),
        Some(region) => incompatible(region),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        let own = format!("site-{ACCOUNT}-eu-west-1-an");
        for (name, account_regional, sound) in [
            ("abc", false, true),
            ("a.b-c", false, true),
            ("ab", false, false),
            ("Abc", false, false),
            ("-abc", false, false),
            ("a..b", false, false),
            ("192.168.0.1", false, false),
            ("xn--abc", false, false),
            ("abc-s3alias", false, false),
            ("abc-an", false, false),
            (own.as_str(), true, true),
            (own.as_str(), false, false),
            ("site-111111111111-eu-west-1-an", true, false),
            ("abc", true, false),
        ] {
            assert_eq!(check_name(name, account_regional, "eu-west-1").is_ok(), sound, "{name}");
        }
    }

    #[test]
    fn locations_match_their_endpoint() {
        let code =
            |constraint, endpoint| check_location(constraint, endpoint).map_err(|refusal| refusal.code);
        assert_eq!(code(None, "us-east-1"), Ok(()));
        assert_eq!(code(Some("EU"), "eu-west-1"), Ok(()));
        assert_eq!(code(Some("us-east-1"), "us-east-1"), Err("InvalidLocationConstraint".into()));
        assert_eq!(code(Some("nowhere-1"), "eu-west-1"), Err("InvalidLocationConstraint".into()));
        assert_eq!(code(None, "eu-west-1"), Err("IllegalLocationConstraintException".into()));
        assert_eq!(code(Some("eu-west-2"), "eu-west-1"), Err("IllegalLocationConstraintException".into()));
    }
}
