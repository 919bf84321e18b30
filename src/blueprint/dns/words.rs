//! Verdicts for people: a sentence, and the one thing to do.

use super::{Apex, Expectation, Expected, Observation, Provider, Verdict, lies_within};

/// The verdict as a sentence.
pub(super) fn sentence(expected: &Expected, verdict: &Verdict) -> String {
    let name = &expected.name;
    match verdict {
        Verdict::Right => right(expected),
        Verdict::Unheard => format!("no DNS server answered, so nothing is known about {name}"),
        Verdict::NotRegistered { domain } => {
            format!("{domain} has no name servers: it is not registered, or has expired")
        }
        Verdict::PrivateZone { zone } => {
            format!("the hosted zone {zone} for {name} is private, so the Internet doesn't see it")
        }
        Verdict::NotDelegated { domain, leads_to, .. } => {
            let servers = if leads_to.is_empty() { "nowhere".to_owned() } else { leads_to.join(", ") };
            format!("{domain} leads to {servers}, and not to the servers of its hosted zone")
        }
        Verdict::DuplicateZone { used, seen } => {
            format!("there are two hosted zones for {name}: records go into {used}, the Internet sees {seen}")
        }
        Verdict::ServersSilent { zone, servers } => {
            format!("none of the name servers of {zone} answers for it: {}", servers.join(", "))
        }
        Verdict::Refused { zone, answer } => {
            format!(
                "resolvers answer {answer} for names in {zone}, as they do when its DNSSEC does not add up"
            )
        }
        Verdict::CaaForbids { at, tag, allowed } => {
            let who = if allowed.is_empty() { "nobody".to_owned() } else { allowed.join(", ") };
            format!("the CAA records at {at} let only {who} issue certificates ({tag}), and not Amazon")
        }
        Verdict::Doubled { name: doubled } => {
            format!("the record is at {doubled}, with the zone named twice")
        }
        Verdict::WrongValue { found } => format!("{name} has {}", found.join(", ")),
        Verdict::SomeServersOnly { have, lack } => {
            format!("{name} is right at {}, but not yet at {}", have.join(", "), lack.join(", "))
        }
        Verdict::NoRecord => format!("{name} has no such record"),
        Verdict::NoSuchName => format!("there is no name {name}"),
        Verdict::Spreading { lack, .. } => {
            format!("{name} is right at its own servers; {} still has the old answer", lack.join(", "))
        }
    }
}

fn right(expected: &Expected) -> String {
    let name = &expected.name;
    match &expected.expectation {
        Expectation::Validation { .. } => format!("{name} is right everywhere"),
        Expectation::Site { distribution } => format!("{name} leads to {distribution}"),
        Expectation::Certifiable => format!("{name} is delegated, and Amazon may issue certificates for it"),
    }
}

/// The one thing to do about it.
pub(super) fn fix(
    observation: &Observation,
    verdict: &Verdict,
    provider: Option<&'static Provider>,
) -> Option<String> {
    let record = Asked { observation, provider };
    Some(match verdict {
        Verdict::Right => return None,
        Verdict::Unheard => "let this machine ask DNS (UDP and TCP port 53), or name a resolver that it may \
                             ask with --resolver ADDRESS"
            .to_owned(),
        Verdict::NotRegistered { domain } => format!("register or renew {domain}, or correct its spelling"),
        Verdict::PrivateZone { .. } => {
            "use a public hosted zone, or create one and set its name servers at the registrar".to_owned()
        }
        Verdict::NotDelegated { domain, belongs_to, .. } => {
            format!("set the name servers of {domain} at its registrar to {}", belongs_to.join(", "))
        }
        Verdict::DuplicateZone { seen, .. } => format!("use the hosted zone {seen}, and delete the other"),
        Verdict::ServersSilent { zone, .. } => {
            format!(
                "correct the name servers of {zone} at its registrar, or restore the zone at its provider"
            )
        }
        Verdict::Refused { zone, .. } => {
            format!("at the registrar of {zone}, remove the DS records or put right DNSSEC")
        }
        Verdict::CaaForbids { at, tag, .. } => format!("add a CAA record at {at}: 0 {tag} \"amazon.com\""),
        Verdict::Doubled { .. } => record.shorten(),
        Verdict::WrongValue { .. } => record.replace(),
        Verdict::SomeServersOnly { .. } => {
            format!("wait for the servers to agree; if they don't, ask {} why", record.at_whom())
        }
        Verdict::NoRecord | Verdict::NoSuchName => record.add(),
        Verdict::Spreading { seconds, .. } => format!("wait: it is forgotten in {}", lapse(*seconds)),
    })
}

/// The record that is asked for, and where.
struct Asked<'a> {
    observation: &'a Observation,
    provider: Option<&'static Provider>,
}

impl Asked<'_> {
    fn at_whom(&self) -> &str {
        self.provider.map_or("your DNS provider", |provider| provider.name)
    }

    fn zone(&self) -> Option<&str> {
        self.observation.delegation.as_ref().map(|delegation| delegation.zone.as_str())
    }

    /// The name relative to its zone, as most forms want it.
    fn short_name(&self) -> Option<&str> {
        let name = &self.observation.expected.name;
        let before = name.strip_suffix(self.zone()?)?;
        Some(before.strip_suffix('.').unwrap_or("@"))
    }

    fn shorten(&self) -> String {
        let name = self.short_name().unwrap_or(&self.observation.expected.name);
        format!(
            "at {}, shorten the record's name to {name}: the zone's name is appended to it",
            self.at_whom()
        )
    }

    fn add(&self) -> String {
        let whom = self.at_whom();
        if let Some(instead) = self.at_the_apex() {
            return format!("at {whom}, {instead}");
        }
        let (name, value) = (self.name(), self.value());
        let unproxied = match self.provider.is_some_and(|provider| provider.proxies) {
            true => ", set to \"DNS only\" (grey cloud)",
            false => "",
        };
        format!("at {whom}, add a CNAME record with the name {name} and the value {value}{unproxied}")
    }

    fn replace(&self) -> String {
        let whom = self.at_whom();
        if self.provider.is_some_and(|provider| provider.proxies) && self.has_only_addresses() {
            return format!("at {whom}, set the record {} to \"DNS only\" (grey cloud)", self.name());
        }
        if let Some(instead) = self.at_the_apex() {
            return format!("at {whom}, remove what is there and {instead}");
        }
        format!("at {whom}, change the record {} to a CNAME with the value {}", self.name(), self.value())
    }

    fn name(&self) -> String {
        let full = &self.observation.expected.name;
        let appends = self.provider.is_some_and(|provider| provider.appends_zone);
        match self.short_name().filter(|_| appends) {
            Some(short) => format!("{short} ({} is appended to it)", self.zone().unwrap_or_default()),
            None => full.clone(),
        }
    }

    fn value(&self) -> &str {
        match &self.observation.expected.expectation {
            Expectation::Validation { value, .. } => value,
            Expectation::Site { distribution } => distribution,
            Expectation::Certifiable => "",
        }
    }

    /// What to do where the name is the zone's own, at which DNS allows no CNAME.
    fn at_the_apex(&self) -> Option<String> {
        let name = &self.observation.expected.name;
        if !self.zone().is_some_and(|zone| lies_within(zone, name)) {
            return None;
        }
        let target = self.value();
        let apex = self.provider.map_or(Apex::Unknown, |provider| provider.apex);
        Some(match apex {
            Apex::Flattened => format!("add a CNAME record for {name} with the value {target}"),
            Apex::Special(kind) => format!("add an {kind} record for {name} with the value {target}"),
            Apex::Impossible => {
                format!(
                    "{name} can't lead to another name: move its DNS to Route 53, or use www.{name} alone"
                )
            }
            Apex::Unknown => format!("add an ALIAS or ANAME record for {name} with the value {target}"),
        })
    }

    fn has_only_addresses(&self) -> bool {
        let everyone = self.observation.authoritative.iter().chain(&self.observation.public);
        let mut records = everyone.flat_map(|heard| match &heard.said {
            super::Said::Records { records, .. } => records.as_slice(),
            super::Said::NoRecord { .. }
            | super::Said::NoSuchName { .. }
            | super::Said::Refused(_)
            | super::Said::Silent => &[],
        });
        records.all(|record| record.kind != "CNAME")
    }
}

fn lapse(seconds: u32) -> String {
    match seconds {
        0..=119 => format!("about {seconds} s"),
        120..=7199 => format!("about {} min", seconds.div_ceil(60)),
        7200.. => format!("about {} h", seconds.div_ceil(3600)),
    }
}
