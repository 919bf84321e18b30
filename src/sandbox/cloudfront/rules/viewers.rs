//! Rules about the names that viewers use and the certificate that stands for them.

use super::names::{alias_covers, covered_by, is_alias, repeats};
use super::{Distributions, Proposal, Rule, says};
use crate::sandbox::cloudfront::neighbours::Certificate;
use crate::sandbox::cloudfront::state::Distribution;

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "alias-quota",
        code: "TooManyDistributionCNAMEs",
        about: "more than 100 aliases",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                p.config.aliases().len() > 100,
                "Your request contains more CNAMEs than are allowed per distribution.",
            )
        },
    },
    Rule {
        id: "alias-name",
        code: "InvalidArgument",
        about: "an alias that is no lower-case DNS name, or with a wildcard elsewhere than as its first label",
        source: "aws-facts.md B, Aliases",
        complaint: |p| {
            says(
                !p.config.aliases().into_iter().all(is_alias),
                "The parameter CNAME contains one or more parameters that are not valid.",
            )
        },
    },
    Rule {
        id: "alias-twice",
        code: "InvalidArgument",
        about: "one alias twice",
        source: "aws-facts.md B, Aliases",
        complaint: |p| {
            says(repeats(p.config.aliases()), "The parameter CNAME contains a name more than once.")
        },
    },
    Rule {
        id: "certificate-both",
        code: "InvalidViewerCertificate",
        about: "CloudFront's own certificate beside another",
        source: "aws-facts.md B, ViewerCertificate",
        complaint: both_certificates,
    },
    Rule {
        id: "certificate-iam",
        code: "InvalidViewerCertificate",
        about: "a certificate of IAM that doesn't exist",
        source: "aws-facts.md K7",
        complaint: |p| says(!p.config.text("ViewerCertificate/IAMCertificateId").is_empty(), NOT_VALID),
    },
    Rule {
        id: "certificate-unknown",
        code: "InvalidViewerCertificate",
        about: "a certificate that doesn't exist, is in another region, or isn't issued",
        source: "aws-facts.md K7",
        complaint: |p| {
            says(
                has_certificate(p) && certificate(p).is_none_or(|certificate| !certificate.issued),
                NOT_VALID,
            )
        },
    },
    Rule {
        id: "certificate-key",
        code: "InvalidViewerCertificate",
        about: "a key other than RSA up to 4096 bits and prime256v1",
        source: "aws-facts.md E",
        complaint: |p| {
            says(
                certificate(p).is_some_and(|certificate| !KEYS.contains(&certificate.key.as_str())),
                NOT_VALID,
            )
        },
    },
    Rule {
        id: "certificate-support",
        code: "InvalidViewerCertificate",
        about: "a certificate without a way to serve it",
        source: "aws-facts.md B, ViewerCertificate",
        complaint: |p| {
            says(
                has_certificate(p) && support(p).is_empty(),
                "The parameter SSLSupportMethod is required when a custom certificate is attached.",
            )
        },
    },
    Rule {
        id: "protocol-ssl3",
        code: "InvalidProtocolSettings",
        about: "SSLv3 for viewers that send a server name",
        source: "service model",
        complaint: |p| {
            says(
                has_certificate(p) && support(p) == "sni-only" && minimum(p) == "SSLv3",
                "You cannot specify SSLv3 as the minimum protocol version if you only want to support only clients that support Server Name Indication (SNI).",
            )
        },
    },
    Rule {
        id: "protocol-vip",
        code: "InvalidMinimumProtocolVersion",
        about: "a newer policy than TLSv1 on dedicated addresses",
        source: "aws-facts.md B, ViewerCertificate",
        complaint: |p| {
            says(
                has_certificate(p) && support(p) == "vip" && !matches!(minimum(p), "SSLv3" | "TLSv1"),
                "The specified MinimumProtocolVersion cannot be used with the specified SSLSupportMethod.",
            )
        },
    },
    Rule {
        id: "alias-bare",
        code: "InvalidViewerCertificate",
        about: "an alias without a certificate",
        source: "aws-facts.md K6",
        complaint: |p| {
            says(
                !p.config.aliases().is_empty() && !has_certificate(p),
                "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
            )
        },
    },
    Rule {
        id: "alias-uncovered",
        code: "InvalidViewerCertificate",
        about: "an alias that no name of the certificate covers at its level",
        source: "aws-facts.md K8",
        complaint: uncovered,
    },
    Rule {
        id: "alias-taken",
        code: "CNAMEAlreadyExists",
        about: "an alias that another distribution has, of whichever account",
        source: "aws-facts.md K9",
        complaint: |p| {
            says(
                is_taken(p),
                "One or more of the CNAMEs you provided are already associated with a different resource.",
            )
        },
    },
    Rule {
        id: "alias-elsewhere",
        code: "InvalidArgument",
        about: "a new alias whose DNS record points at another distribution",
        source: "aws-facts.md K10",
        complaint: points_elsewhere,
    },
];

const NOT_VALID: &str = "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.";

/// As ACM writes them.
const KEYS: [&str; 5] = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1"];

fn has_certificate(proposal: &Proposal) -> bool {
    !proposal.config.certificate_arn().is_empty()
}

fn certificate<'a>(proposal: &'a Proposal) -> Option<&'a Certificate> {
    proposal.surroundings.certificates.get(proposal.config.certificate_arn())
}

fn support<'a>(proposal: &'a Proposal) -> &'a str {
    proposal.config.text("ViewerCertificate/SSLSupportMethod")
}

fn minimum<'a>(proposal: &'a Proposal) -> &'a str {
    proposal.config.text("ViewerCertificate/MinimumProtocolVersion")
}

fn both_certificates(proposal: &Proposal) -> Option<String> {
    let both =
        has_certificate(proposal) && !proposal.config.text("ViewerCertificate/IAMCertificateId").is_empty();
    says(
        both,
        "Exactly one of ACMCertificateArn, IAMCertificateId and CloudFrontDefaultCertificate may be set.",
    )
}

fn uncovered(proposal: &Proposal) -> Option<String> {
    let names = &certificate(proposal)?.names;
    let uncovered = proposal.config.aliases().into_iter().any(|alias| !covered_by(alias, names));
    says(
        uncovered,
        "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add.",
    )
}

/// In its own account a name may stand beside a wildcard over it, but not beside one of another account.
fn is_taken(proposal: &Proposal) -> bool {
    let wanted = proposal.config.aliases();
    let here =
        |other: &Distribution| other.config.texts_at("Aliases").iter().any(|alias| wanted.contains(alias));
    let elsewhere = |held: &String| wanted.iter().any(|alias| alias == held || alias_covers(held, alias));
    proposal.others().any(here) || proposal.state.held_elsewhere.keys().any(elsewhere)
}

/// Only names that are added are looked up; those that the distribution has may point anywhere.
fn points_elsewhere(proposal: &Proposal) -> Option<String> {
    let before = proposal.own.map(|own| own.config.texts_at("Aliases")).unwrap_or_default();
    let own_domain = proposal.own.map(|own| own.domain.as_str()).unwrap_or_default();
    let elsewhere =
        proposal.config.aliases().into_iter().filter(|alias| !before.contains(alias)).any(|alias| {
            let target = proposal.surroundings.dns.get(alias);
            target.is_some_and(|target| target.ends_with(".cloudfront.net") && target != own_domain)
        });
    says(
        elsewhere,
        "One or more aliases specified for the distribution includes an incorrectly configured DNS record that points to another CloudFront distribution.",
    )
}
