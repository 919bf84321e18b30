//! Who holds a domain, and moving one from one distribution to another without a moment in which nobody has it.

use super::conversation::{Conversation, document, with_header};
use super::distributions;
use super::element::Element;
use super::neighbours::Surroundings;
use super::refusals::refusal;
use super::rules::names::{alias_covers, covered_by, is_alias};
use super::rules::views::ConfigView;
use super::shapes::{self, others};
use super::state::{Distribution, State};
use crate::sandbox::call::{ACCOUNT, Answer, Refusal};
use crate::sandbox::dns;
use crate::sandbox::store::Store;
use bytes::Bytes;
use std::io;

/// How many aliases a distribution may have (aws-facts.md B, default quotas).
const ALIASES: usize = 100;

/// The distribution of another account that has whatever is held there.
const ELSEWHERE: &str = "E2QWRUHEXAMPLE";

/// Somebody's alias that overlaps with the one asked about.
struct Conflict {
    alias: String,
    distribution: String,
    account: String,
}

/// ListConflictingAliases: who else holds an alias, a wildcard over it, or what it is a wildcard over.
pub fn conflicting_aliases(call: &mut Conversation) -> Result<Answer, Refusal> {
    let asked = call.request.query("Alias").unwrap_or_default().to_owned();
    let id = call.request.query("DistributionId").unwrap_or_default();
    let Some(own) = call.state.distributions.get(id) else { return Err(no_such_distribution()) };
    ensure_covered(call, own, &asked)?;
    let page = call.page(conflicts(&call.state, &own.id, &asked))?;
    Ok(document(200, &page.write_short("ConflictingAliasesList", |conflict| conflict.as_alias())))
}

/// ListDomainConflicts: the same for every kind of holder. There are no tenants here.
pub fn conflicting_domains(call: &mut Conversation) -> Result<Answer, Refusal> {
    let root = "ListDomainConflictsRequest";
    let asked = shapes::read(&call.request.body, root, &others::LIST_DOMAIN_CONFLICTS)?;
    let domain = asked.text_at("Domain");
    let own = resource(call, &asked, "DomainControlValidationResource")?;
    ensure_covered(call, own, domain)?;
    let found = conflicts(&call.state, &own.id, domain);
    let page = call.page_of(found, asked.text_at("Marker"), asked.text_at("MaxItems"))?;
    let next = page.next().map(|next| Element::leaf("NextMarker", next));
    let conflicts = page.items.iter().map(Conflict::as_domain);
    let list = Element::new("DomainConflicts").with_all(conflicts);
    Ok(document(200, &Element::new("ListDomainConflictsResult").with(list).with_all(next)))
}

/// AssociateAlias: moves an alias between distributions. A TXT record shows that the domain's owner wants it to be at
/// the target (aws-facts.md A.2); the source may serve meanwhile if it is of this account.
pub fn associate(call: &mut Conversation) -> Result<Answer, Refusal> {
    let alias = call.request.query("Alias").unwrap_or_default().to_owned();
    let target = distributions::find(call)?.clone();
    if is_held_elsewhere(&call.state, &alias) {
        return Err(source_enabled());
    }
    let record = format!("_{}", alias.trim_start_matches("*."));
    let reply = dns::resolve(&call.world.store, call.now(), call.world.pace, &record, "TXT")?;
    let names_target = |text: &str| text.trim_matches('"').trim_end_matches('.') == target.domain;
    if !reply.of_kind("TXT").iter().any(|answer| names_target(&answer.value)) {
        return Err(refusal("IllegalUpdate", "Invalid or missing alias DNS TXT records."));
    }
    ensure_covered(call, &target, &alias)?;
    move_to(call, target, &alias)?;
    Ok(Answer { status: 200, headers: Vec::new(), body: Bytes::new() })
}

/// UpdateDomainAssociation: moves a domain away from a distribution that is disabled.
pub fn update_association(call: &mut Conversation) -> Result<Answer, Refusal> {
    let root = "UpdateDomainAssociationRequest";
    let asked = shapes::read(&call.request.body, root, &others::UPDATE_DOMAIN_ASSOCIATION)?;
    let domain = asked.text_at("Domain");
    let target = resource(call, &asked, "TargetResource")?.clone();
    if call.request.header("if-match").is_some_and(|version| !version.is_empty()) {
        call.check_version(&target.etag)?;
    }
    let holder = call.state.distributions.values().find(|other| has(other, domain));
    if is_held_elsewhere(&call.state, domain) || holder.is_some_and(|holder| holder.config.flag_at("Enabled"))
    {
        return Err(source_enabled());
    }
    if holder.is_none() {
        return Err(refusal("EntityNotFound", "The specified domain is not associated with any resource."));
    }
    ensure_covered(call, &target, domain)?;
    let moved = move_to(call, target, domain)?;
    let result = Element::new("UpdateDomainAssociationResult")
        .with(Element::leaf("Domain", domain))
        .with(Element::leaf("ResourceId", &moved.id));
    Ok(with_header(document(200, &result), "etag", &moved.etag))
}

/// Gives an alias to a distribution of another account.
pub fn hold_elsewhere(store: &Store, alias: &str, account: &str) -> io::Result<()> {
    let guard = store.lock()?;
    let mut state: State = guard.read()?;
    state.held_elsewhere.insert(alias.to_owned(), account.to_owned());
    guard.write(&state)
}

/// Takes the alias off whoever has it and gives it to the target. Both then have to reach every edge location.
fn move_to(call: &mut Conversation, target: Distribution, alias: &str) -> Result<Distribution, Refusal> {
    let mut aliases: Vec<String> = target.config.texts_at("Aliases").into_iter().map(str::to_owned).collect();
    if aliases.iter().any(|own| own == alias) {
        return Ok(target);
    }
    if aliases.len() >= ALIASES {
        let message = "Your request contains more CNAMEs than are allowed per distribution.";
        return Err(refusal("TooManyDistributionCNAMEs", message));
    }
    let source = call.state.distributions.values().find(|other| has(other, alias)).cloned();
    if let Some(source) = source {
        let left = source.config.texts_at("Aliases").into_iter().filter(|own| *own != alias);
        let left = left.map(str::to_owned).collect();
        with_aliases(call, source, left);
    }
    aliases.push(alias.to_owned());
    Ok(with_aliases(call, target, aliases))
}

fn with_aliases(call: &mut Conversation, distribution: Distribution, aliases: Vec<String>) -> Distribution {
    let mut config = distribution.config.clone();
    let items = aliases.iter().map(|alias| Element::leaf("CNAME", alias)).collect();
    config.set(Element::list("Aliases", items));
    let changed = distributions::changed(call, distribution, config);
    distributions::keep(call, changed.clone());
    changed
}

/// The distribution that a request names at `place`.
fn resource<'a>(call: &'a Conversation, asked: &Element, place: &str) -> Result<&'a Distribution, Refusal> {
    let id = asked.text_at(&format!("{place}/DistributionId"));
    let found = call.state.distributions.get(id);
    found.ok_or_else(|| refusal("EntityNotFound", "The specified resource does not exist."))
}

/// Whoever asks about a domain, or is to have it, must hold a certificate that covers it (aws-facts.md A.2).
fn ensure_covered(call: &Conversation, own: &Distribution, alias: &str) -> Result<(), Refusal> {
    if !is_alias(alias) {
        return Err(refusal("InvalidArgument", "The parameter Alias is not a valid domain name."));
    }
    let view = ConfigView::new(&own.config);
    let surroundings = Surroundings::look(call.world, &view)?;
    let certificate = surroundings.certificates.get(view.certificate_arn());
    match certificate.is_some_and(|certificate| covered_by(alias, &certificate.names)) {
        true => Ok(()),
        false => {
            Err(refusal("InvalidArgument", "The distribution has no certificate that covers the alias."))
        }
    }
}

fn has(distribution: &Distribution, alias: &str) -> bool {
    distribution.config.texts_at("Aliases").contains(&alias)
}

fn is_held_elsewhere(state: &State, alias: &str) -> bool {
    state.held_elsewhere.keys().any(|held| held == alias)
}

/// Everyone else's aliases that overlap with the asked one, each under a marker of its own.
fn conflicts(state: &State, own: &str, asked: &str) -> Vec<(String, Conflict)> {
    let others = state.distributions.values().filter(|other| other.id != own);
    let here = others.flat_map(|other| {
        let aliases = other.config.texts_at("Aliases").into_iter();
        aliases.map(|alias| (alias, other.id.as_str(), ACCOUNT))
    });
    let elsewhere = state.held_elsewhere.iter();
    let elsewhere = elsewhere.map(|(alias, account)| (alias.as_str(), ELSEWHERE, account.as_str()));
    let overlaps = |alias: &str| alias == asked || alias_covers(alias, asked) || alias_covers(asked, alias);
    let found = here.chain(elsewhere).filter(|(alias, _, _)| overlaps(alias));
    let conflict = |(alias, distribution, account): (&str, &str, &str)| Conflict {
        alias: alias.to_owned(),
        distribution: masked(distribution),
        account: masked(account),
    };
    found.map(|found| (format!("{} {}", found.1, found.0), conflict(found))).collect()
}

/// Ids are hidden but for their ends, those of the asking account too (service model).
fn masked(id: &str) -> String {
    "*".repeat(id.len() / 2) + &id[id.len() / 2..]
}

impl Conflict {
    fn as_alias(&self) -> Element {
        Element::new("ConflictingAlias")
            .with(Element::leaf("Alias", &self.alias))
            .with(Element::leaf("DistributionId", &self.distribution))
            .with(Element::leaf("AccountId", &self.account))
    }

    /// An item has the name of its list (service model).
    fn as_domain(&self) -> Element {
        Element::new("DomainConflicts")
            .with(Element::leaf("Domain", &self.alias))
            .with(Element::leaf("ResourceType", "distribution"))
            .with(Element::leaf("ResourceId", &self.distribution))
            .with(Element::leaf("AccountId", &self.account))
    }
}

fn no_such_distribution() -> Refusal {
    refusal("NoSuchDistribution", "The specified distribution does not exist.")
}

fn source_enabled() -> Refusal {
    let message = "Alias move is not allowed since the source distribution is enabled.";
    refusal("IllegalUpdate", message)
}
