//! What a site's own domains ask for: a certificate, the records that prove it, and those that lead visitors to
//! the distribution.

use super::build::Wanted;
use super::distribution::ViewerCertificate;
use super::names::{self, base_domain};
use super::plan::Stage;
use super::resource::{Kind, Ref, ResourceId, Spec};
use crate::profile::answers::{Dns, HttpVersion, Https, KeyType, Profile, WwwRedirect};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateSpec {
    /// The names that it is for; sorted.
    pub names: Vec<String>,
    /// Its key type.
    pub key: KeyType,
    /// How many requests for these names have failed.
    #[serde(skip)]
    pub attempt: u32,
}

/// The DNS record that proves a domain to the certificate authority; its name and value are known once the
/// certificate was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValidationRecordSpec {
    /// The hosted zone's id.
    pub zone: String,
    /// The certificate's ARN.
    #[serde(skip)]
    pub certificate: Ref,
    /// The site's other certificates, for one of which the record may have been made.
    #[serde(skip)]
    pub predecessors: Vec<String>,
}

/// The DNS records that lead a domain to the distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AliasRecordSpec {
    /// The hosted zone's id.
    pub zone: String,
    /// Their types; sorted.
    pub types: Vec<String>,
    /// The distribution's host name.
    pub target: Ref,
    /// Whether the person agreed to losing other records of this name.
    #[serde(skip)]
    pub replace: bool,
}

/// The domains of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WantedDomains {
    /// The domains; the first is the main one.
    pub names: Vec<String>,
    /// Who writes the DNS records.
    pub dns: Dns,
    /// The certificate that is good for them all.
    pub certificate: ResourceId,
    /// The types of the records that lead to the distribution.
    pub types: Vec<String>,
    /// The domains whose other records the person agreed to lose.
    pub replace: BTreeSet<String>,
}

/// The domains that `profile` asks for.
pub(super) fn wanted(profile: &Profile) -> Option<WantedDomains> {
    let https = profile.https.as_ref()?;
    // By an HTTPS record a browser knows of HTTP/3 before its first request (aws-facts.md L).
    let says_http3 = match profile.distribution.http {
        HttpVersion::Http3 | HttpVersion::Http2And3 => Some("HTTPS"),
        HttpVersion::Http11 | HttpVersion::Http2 => None,
    };
    let types = ["A"].into_iter().chain(profile.distribution.ipv6.then_some("AAAA")).chain(says_http3);
    Some(WantedDomains {
        names: https.domains.clone(),
        dns: https.dns,
        certificate: certificate_id(https),
        types: types.map(str::to_owned).collect(),
        replace: BTreeSet::new(),
    })
}

/// The certificate, and where we write the DNS records those that prove it.
pub(super) fn certificate(https: &Https) -> Vec<Wanted> {
    let id = certificate_id(https);
    let spec = CertificateSpec { names: sorted(https), key: https.key, attempt: 0 };
    let mut resources = vec![of_https(id.clone(), Spec::Certificate(spec))];
    if https.dns == Dns::Route53 {
        let domains: BTreeSet<&str> = https.domains.iter().map(|name| base_domain(name)).collect();
        resources.extend(domains.into_iter().map(|domain| proof(domain, &id)));
    }
    resources
}

/// The record that proves `domain` to the certificate.
pub(super) fn proof(domain: &str, certificate: &ResourceId) -> Wanted {
    let spec = ValidationRecordSpec {
        zone: String::new(),
        certificate: Ref::ArnOf(certificate.clone()),
        predecessors: Vec::new(),
    };
    of_https(ResourceId::new(Kind::ValidationRecord, domain), Spec::ValidationRecord(spec))
}

/// Where we write the DNS records, those that lead each domain to the distribution.
pub(super) fn alias_records(site: &str, wanted: &WantedDomains) -> Vec<Wanted> {
    if wanted.dns == Dns::Manual {
        return Vec::new();
    }
    let distribution = ResourceId::new(Kind::Distribution, site);
    let record = |domain: &String| {
        let spec = AliasRecordSpec {
            zone: String::new(),
            types: wanted.types.clone(),
            target: Ref::DomainOf(distribution.clone()),
            replace: false,
        };
        of_https(ResourceId::new(Kind::AliasRecord, domain), Spec::AliasRecord(spec))
    };
    wanted.names.iter().map(record).collect()
}

/// The distribution's own names, as CloudFront gives them back.
pub(super) fn aliases(profile: &Profile) -> Vec<String> {
    profile.https.as_ref().map(sorted).unwrap_or_default()
}

/// By what visitors recognise the domains.
pub(super) fn viewer_certificate(profile: &Profile) -> Option<ViewerCertificate> {
    profile.https.as_ref().map(|https| ViewerCertificate {
        arn: Ref::ArnOf(certificate_id(https)),
        minimum_tls: https.minimum_tls.clone(),
    })
}

/// Which domain leads to which other one.
pub(super) fn redirects(https: Option<&Https>) -> BTreeMap<String, String> {
    let Some(https) = https else { return BTreeMap::new() };
    let pairs = https.domains.iter().filter_map(|www| {
        let apex = www.strip_prefix("www.").filter(|apex| https.domains.iter().any(|name| name == apex))?;
        match https.redirect {
            WwwRedirect::None => None,
            WwwRedirect::ToApex => Some((www.clone(), apex.to_owned())),
            WwwRedirect::ToWww => Some((apex.to_owned(), www.clone())),
        }
    });
    pairs.collect()
}

/// The domain under which visitors are to know the site: the first one, or the one that it leads to.
pub fn main_domain(https: &Https) -> Option<String> {
    let first = https.domains.iter().find(|domain| !domain.starts_with("*."))?;
    Some(redirects(Some(https)).remove(first).unwrap_or_else(|| first.clone()))
}

fn certificate_id(https: &Https) -> ResourceId {
    ResourceId::new(Kind::Certificate, names::certificate_name(&sorted(https), https.key))
}

fn sorted(https: &Https) -> Vec<String> {
    let names: BTreeSet<_> = https.domains.iter().cloned().collect();
    names.into_iter().collect()
}

fn of_https(id: ResourceId, spec: Spec) -> Wanted {
    Wanted { id, stage: Stage::Https, spec }
}
