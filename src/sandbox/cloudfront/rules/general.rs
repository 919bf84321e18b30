//! Rules about a distribution as a whole: words, places, price, firewall, logs.

use super::names::repeats;
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::cloudfront::neighbours::OPT_IN_REGIONS;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "caller-reference-empty",
        code: "InvalidArgument",
        about: "an empty CallerReference",
        source: "aws-facts.md A.2",
        complaint: |p| {
            says(p.config.text("CallerReference").is_empty(), "The parameter CallerReference is required.")
        },
    },
    Rule {
        id: "comment-length",
        code: "InvalidArgument",
        about: "a Comment of more than 128 characters",
        source: "aws-facts.md B, Comment",
        complaint: |p| {
            says(p.config.text("Comment").chars().count() > 128, "The parameter Comment is too big.")
        },
    },
    Rule {
        id: "default-root-object",
        code: "InvalidDefaultRootObject",
        about: "a DefaultRootObject with a leading slash, of more than 255 characters, or with others than letters, digits and _ - . * $ / ~ \" ' &",
        source: "aws-facts.md B, DefaultRootObject; CloudFront Developer Guide, default root object",
        complaint: default_root_object,
    },
    Rule {
        id: "price-class",
        code: "InvalidArgument",
        about: "the price class None on a distribution without tenants",
        source: "aws-facts.md B, PriceClass",
        complaint: |p| says(p.config.text("PriceClass") == "None", "The parameter PriceClass is invalid."),
    },
    Rule {
        id: "geo-restriction",
        code: "InvalidGeoRestrictionParameter",
        about: "countries without a restriction type, a type without countries, or what isn't an upper-case ISO 3166-1 code",
        source: "aws-facts.md B, GeoRestriction",
        complaint: geo_restriction,
    },
    Rule {
        id: "web-acl",
        code: "InvalidWebACLId",
        about: "a web ACL that is not of the scope CLOUDFRONT in us-east-1",
        source: "aws-facts.md B, WebACLId",
        complaint: web_acl,
    },
    Rule {
        id: "continuous-deployment-policy",
        code: "NoSuchContinuousDeploymentPolicy",
        about: "a continuous deployment policy that doesn't exist",
        source: "aws-facts.md B, Staging",
        complaint: |p| {
            says(
                !p.config.text("ContinuousDeploymentPolicyId").is_empty(),
                "The continuous deployment policy doesn't exist.",
            )
        },
    },
    Rule {
        id: "staging",
        code: "InvalidArgument",
        about: "a staging distribution that is no copy",
        source: "aws-facts.md B, Staging",
        complaint: |p| {
            says(
                p.config.text("Staging") == "true",
                "The parameter Staging cannot be set; a staging distribution is made by CopyDistribution.",
            )
        },
    },
    Rule {
        id: "http-version-shared",
        code: "InvalidArgument",
        about: "an HttpVersion other than that of distributions with the same certificate",
        source: "aws-facts.md B, HttpVersion",
        complaint: http_version,
    },
    Rule {
        id: "logging-off",
        code: "InvalidArgument",
        about: "a log bucket or prefix while logging is off",
        source: "aws-facts.md B, Logging",
        complaint: |p| {
            says(
                !logs(p)
                    && ["Logging/Bucket", "Logging/Prefix"]
                        .iter()
                        .any(|path| !p.config.text(path).is_empty()),
                "The parameter Logging Bucket and Prefix must be empty when logging is not enabled.",
            )
        },
    },
    Rule {
        id: "logging-bucket",
        code: "InvalidArgument",
        about: "a log bucket that isn't named as name.s3.amazonaws.com, or doesn't exist",
        source: "aws-facts.md B, Logging",
        complaint: |p| {
            says(
                logs(p) && log_bucket(p).is_none(),
                "The parameter Logging Bucket does not refer to a valid S3 bucket.",
            )
        },
    },
    Rule {
        id: "logging-region",
        code: "InvalidArgument",
        about: "a log bucket in an opt-in region",
        source: "aws-facts.md B, Logging",
        complaint: logging_region,
    },
    Rule {
        id: "logging-acl",
        code: "InvalidArgument",
        about: "a log bucket without access control lists",
        source: "aws-facts.md K26",
        complaint: logging_acl,
    },
    Rule {
        id: "logging-prefix",
        code: "InvalidArgument",
        about: "a log prefix that begins with a slash",
        source: "aws-facts.md B, Logging",
        complaint: |p| {
            says(p.config.text("Logging/Prefix").starts_with('/'), "The parameter Logging Prefix is invalid.")
        },
    },
];

fn default_root_object(proposal: &Proposal) -> Option<String> {
    let object = proposal.config.text("DefaultRootObject");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.*$/~\"'&".contains(&byte);
    let wrong = object.starts_with('/') || object.len() > 255 || !object.bytes().all(allowed);
    says(wrong, "The default root object file name is too big or contains an invalid character.")
}

fn geo_restriction(proposal: &Proposal) -> Option<String> {
    let countries = proposal.config.element.texts_at("Restrictions/GeoRestriction");
    let restricted = proposal.config.text("Restrictions/GeoRestriction/RestrictionType") != "none";
    let known = countries.iter().all(|country| COUNTRIES.split(' ').any(|known| known == *country));
    let wrong = restricted == countries.is_empty() || !known || repeats(&countries);
    says(wrong, "The specified geo restriction parameter is not valid.")
}

/// A WAF Classic ACL has a bare UUID; the newer ones have an ARN.
fn web_acl(proposal: &Proposal) -> Option<String> {
    let acl = proposal.config.text("WebACLId");
    let classic = acl.len() == 36 && acl.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let newer = acl.starts_with("arn:aws:wafv2:us-east-1:") && acl.contains(":global/webacl/");
    says(!acl.is_empty() && !classic && !newer, "The web ACL ID specified is not valid.")
}

fn http_version(proposal: &Proposal) -> Option<String> {
    let (arn, version) = (proposal.config.certificate_arn(), proposal.config.text("HttpVersion"));
    let clash = proposal.others().find(|other| {
        !arn.is_empty()
            && other.config.text_at("ViewerCertificate/ACMCertificateArn") == arn
            && other.config.text_at("HttpVersion") != version
    })?;
    Some(format!(
        "The parameter HttpVersion differs from that of distribution {}, which has the same certificate.",
        clash.id
    ))
}

fn logs(proposal: &Proposal) -> bool {
    proposal.config.element.flag_at("Logging/Enabled")
}

fn log_bucket<'a>(
    proposal: &'a Proposal,
) -> Option<(&'a str, &'a crate::sandbox::cloudfront::neighbours::Bucket)> {
    let name = proposal.config.text("Logging/Bucket").strip_suffix(".s3.amazonaws.com")?;
    Some((name, proposal.surroundings.buckets.get(name)?))
}

fn logging_region(proposal: &Proposal) -> Option<String> {
    let (_, bucket) = log_bucket(proposal).filter(|_| logs(proposal))?;
    let opt_in = OPT_IN_REGIONS.contains(&bucket.region.as_str());
    says(opt_in, "The S3 bucket that you specified for CloudFront logs is in a region that is not supported.")
}

fn logging_acl(proposal: &Proposal) -> Option<String> {
    let (name, bucket) = log_bucket(proposal).filter(|_| logs(proposal))?;
    let message = "The S3 bucket that you specified for CloudFront logs does not enable ACL access:";
    (!bucket.has_access_lists).then(|| format!("{message} {name}.s3.amazonaws.com"))
}

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
