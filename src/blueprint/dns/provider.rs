//! Who runs a zone's name servers, and what their forms tend to do to a record.

/// A DNS provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Provider {
    /// What people call it.
    pub name: &'static str,
    /// The endings of its servers' names.
    servers: &'static [&'static str],
    /// Whether its form appends the zone to every name, so that a full name is doubled.
    pub appends_zone: bool,
    /// Whether it can answer with its own addresses in place of a record.
    pub proxies: bool,
    /// What it offers at the zone's own name, where a CNAME is not allowed.
    pub apex: Apex,
}

/// How a zone's own name can lead to another name, where DNS allows no CNAME.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apex {
    /// A CNAME there is accepted, and answered with addresses.
    Flattened,
    /// By a record type of the provider's own.
    Special(&'static str),
    /// Not at all.
    Impossible,
    /// Not known.
    Unknown,
}

const fn relative(name: &'static str, servers: &'static [&'static str], apex: Apex) -> Provider {
    Provider { name, servers, appends_zone: true, proxies: false, apex }
}

const fn absolute(name: &'static str, servers: &'static [&'static str], apex: Apex) -> Provider {
    Provider { name, servers, appends_zone: false, proxies: false, apex }
}

const PROVIDERS: &[Provider] = &[
    Provider {
        name: "Cloudflare",
        servers: &["ns.cloudflare.com"],
        appends_zone: false,
        proxies: true,
        apex: Apex::Flattened,
    },
    relative("Amazon Route 53", ROUTE_53, Apex::Special("alias")),
    relative("GoDaddy", &["domaincontrol.com"], Apex::Impossible),
    relative("Namecheap", &["registrar-servers.com", "namecheaphosting.com"], Apex::Special("ALIAS")),
    // Both use the same names for their servers.
    absolute("Google Cloud DNS or Squarespace Domains", &["googledomains.com"], Apex::Unknown),
    relative("Squarespace", &["squarespacedns.com"], Apex::Unknown),
    relative("Gandi", &["gandi.net"], Apex::Special("ALIAS")),
    relative("OVHcloud", &["ovh.net", "ovh.ca", "anycast.me"], Apex::Unknown),
    relative("IONOS", &["ui-dns.com", "ui-dns.de", "ui-dns.org", "ui-dns.biz"], Apex::Unknown),
    relative("Hostinger", &["dns-parking.com"], Apex::Unknown),
    relative("Porkbun", &["porkbun.com"], Apex::Special("ALIAS")),
    relative("DigitalOcean", &["digitalocean.com"], Apex::Impossible),
    // Netlify's zones are answered by NS1, which has other customers too.
    relative("Netlify or NS1", &["nsone.net"], Apex::Special("ALIAS")),
    relative("Vercel", &["vercel-dns.com"], Apex::Special("ALIAS")),
    relative("Azure DNS", AZURE, Apex::Impossible),
    relative("Hover", &["hover.com"], Apex::Unknown),
    relative("name.com", &["name.com"], Apex::Special("ANAME")),
    relative("Strato", &["rzone.de"], Apex::Unknown),
    relative("DNSimple", &["dnsimple.com", "dnsimple-edge.net"], Apex::Special("ALIAS")),
    relative("Hetzner", &["ns.hetzner.com", "ns.hetzner.de", "first-ns.de"], Apex::Unknown),
    relative("DNS Made Easy", &["dnsmadeeasy.com"], Apex::Special("ANAME")),
    relative("Akamai Cloud (Linode)", &["linode.com"], Apex::Impossible),
];

const ROUTE_53: &[&str] = &["awsdns-**"];
const AZURE: &[&str] = &["azure-dns.com", "azure-dns.net", "azure-dns.org", "azure-dns.info"];

/// The provider that runs these name servers; nothing when they are unknown or of several.
pub fn provider(servers: &[String]) -> Option<&'static Provider> {
    let (first, others) = servers.split_first()?;
    let found = PROVIDERS.iter().find(|provider| provider.runs(first))?;
    others.iter().all(|server| found.runs(server)).then_some(found)
}

impl Provider {
    fn runs(&self, server: &str) -> bool {
        self.servers.iter().any(|ending| match ending.strip_suffix("**") {
            // The servers of Route 53 end in numbered domains: `ns-1.awsdns-02.co.uk`.
            Some(label) => server.split('.').any(|part| part.starts_with(label)),
            None => super::lies_within(server, ending),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(servers: &[&str]) -> Option<&'static str> {
        let servers: Vec<String> = servers.iter().map(|server| (*server).to_owned()).collect();
        provider(&servers).map(|provider| provider.name)
    }

    #[test]
    fn providers_are_known_by_their_servers() {
        for (servers, expected) in [
            (["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"], Some("Cloudflare")),
            (["ns-1.awsdns-02.co.uk", "ns-600.awsdns-11.net"], Some("Amazon Route 53")),
            (["ns01.domaincontrol.com", "ns02.domaincontrol.com"], Some("GoDaddy")),
            (["ns1045.ui-dns.de", "ns1100.ui-dns.biz"], Some("IONOS")),
            (["ns1-04.azure-dns.com", "ns2-04.azure-dns.net"], Some("Azure DNS")),
            (["docks07.rzone.de", "shades20.rzone.de"], Some("Strato")),
            (["ns.example.net", "ns.example.org"], None),
            (["ada.ns.cloudflare.com", "ns01.domaincontrol.com"], None),
            (["evil-domaincontrol.com", "evil-domaincontrol.com"], None),
        ] {
            assert_eq!(name(&servers), expected, "{servers:?}");
        }
        assert_eq!(name(&[]), None);
    }
}
