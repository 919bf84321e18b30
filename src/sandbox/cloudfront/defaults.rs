//! What CloudFront fills into a distribution's configuration where the shape alone can't say it, because one
//! field depends on another.

use super::element::Element;
use super::shapes::{self, distribution::DISTRIBUTION_CONFIG};

/// Fills in everything that CloudFront fills in.
pub fn complete(config: &mut Element) {
    shapes::fill(config, &DISTRIBUTION_CONFIG);
    if let Some(certificate) = config.child_mut("ViewerCertificate") {
        complete_certificate(certificate);
    }
    if let Some(default) = config.child_mut("DefaultCacheBehavior") {
        complete_behaviour(default);
    }
    let others = config.child_mut("CacheBehaviors").and_then(|list| list.child_mut("Items"));
    others.into_iter().flat_map(|items| &mut items.children).for_each(complete_behaviour);
}

/// CloudFront's own certificate always reads back with TLSv1, whatever was sent (aws-facts.md B).
fn complete_certificate(certificate: &mut Element) {
    let arn = certificate.text_at("ACMCertificateArn").to_owned();
    if !arn.is_empty() {
        set_absent(certificate, "MinimumProtocolVersion", "TLSv1");
        certificate.set(Element::leaf("CloudFrontDefaultCertificate", false));
        certificate.set(Element::leaf("Certificate", arn));
        certificate.set(Element::leaf("CertificateSource", "acm"));
    } else if certificate.text_at("IAMCertificateId").is_empty() {
        certificate.set(Element::leaf("CloudFrontDefaultCertificate", true));
        certificate.set(Element::leaf("SSLSupportMethod", "vip"));
        certificate.set(Element::leaf("MinimumProtocolVersion", "TLSv1"));
        certificate.set(Element::leaf("CertificateSource", "cloudfront"));
    }
}

fn complete_behaviour(behaviour: &mut Element) {
    let reads = |name: &str| {
        Element::list(name, ["HEAD", "GET"].map(|method| Element::leaf("Method", method)).into())
    };
    if behaviour.child("AllowedMethods").is_none() {
        behaviour.set(reads("AllowedMethods"));
    }
    if let Some(methods) = behaviour.child_mut("AllowedMethods")
        && methods.child("CachedMethods").is_none()
    {
        methods.set(reads("CachedMethods"));
    }
    if behaviour.child("ForwardedValues").is_some() && behaviour.text_at("CachePolicyId").is_empty() {
        set_absent(behaviour, "MinTTL", "0");
        set_absent(behaviour, "DefaultTTL", "86400");
        set_absent(behaviour, "MaxTTL", "31536000");
    }
}

fn set_absent(element: &mut Element, name: &str, text: &str) {
    if element.child(name).is_none() {
        element.set(Element::leaf(name, text));
    }
}
