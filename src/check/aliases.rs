//! Whether somebody serves one of the site's names already.
//!
//! CloudFront tells of distributions of other accounts only by way of a distribution of this account whose certificate
//! covers the name (aws-facts.md A.2). Until there is one, what public DNS says is all that can be known.

use super::Finding;
use crate::aws::preflight::certificates::Listed;
use crate::aws::preflight::distributions::{Conflict, Survey, Surveyed, conflicts, may_be};
use crate::aws::refusal::Refusal;
use crate::aws::session::Session;
use crate::dns::Resolver;
use crate::profile::answers::Https;
use futures::future::join_all;

const CHECK: &str = "aliases";

/// What is asked, and of whom.
pub(super) struct Question<'a> {
    /// The connection to AWS.
    pub session: &'a Session,
    /// Who is asked where a name leads.
    pub resolver: &'a Resolver,
    /// The answers about domains.
    pub https: &'a Https,
    /// The account's certificates.
    pub certificates: &'a [Listed],
    /// The account.
    pub account: &'a str,
}

/// What there is to know about one name.
enum Standing {
    /// Nobody has it.
    Free,
    /// It is in the way.
    Taken(Finding),
    /// Nobody in this account has it; about others nothing can be asked.
    Unknown,
}

/// Whether another distribution has one of the names.
pub(super) async fn check(question: &Question<'_>, survey: Result<&Survey, &Refusal>) -> Vec<Finding> {
    let survey = match survey {
        Ok(survey) => survey,
        Err(refusal) => return vec![Finding::not_checked(CHECK, refusal.said.to_string())],
    };
    let domains = &question.https.domains;
    let standings = join_all(domains.iter().map(|domain| standing(question, survey, domain))).await;
    let (mut taken, mut unknown) = (Vec::new(), Vec::new());
    for (domain, standing) in domains.iter().zip(standings) {
        match standing {
            Standing::Free => {}
            Standing::Taken(finding) => taken.push(finding),
            Standing::Unknown => unknown.push(domain.as_str()),
        }
    }
    match (taken.is_empty(), unknown.is_empty()) {
        (true, true) => vec![Finding::ok(CHECK, "no other distribution serves these names")],
        (_, true) => taken,
        (_, false) => taken.into_iter().chain([others_unknown(&unknown)]).collect(),
    }
}

async fn standing(question: &Question<'_>, survey: &Survey, domain: &String) -> Standing {
    if let Some(holder) = survey.others().find(|other| other.aliases.contains(domain)) {
        return Standing::Taken(is_served(domain, &holder.id));
    }
    let is_ours = survey.own().is_some_and(|own| own.aliases.contains(domain));
    if is_ours {
        return Standing::Free;
    }
    let (conflict, led) = tokio::join!(
        foreign_conflict(question, survey, domain),
        question.resolver.leads_to_cloudfront(domain)
    );
    let own_host = survey.own().map(|own| own.host.as_str());
    match (conflict, led.filter(|host| Some(host.as_str()) != own_host)) {
        (Some(Some(conflict)), _) => Standing::Taken(is_served_elsewhere(domain, &conflict)),
        (_, Some(host)) => Standing::Taken(leads_elsewhere(domain, &host)),
        (Some(None), None) => Standing::Free,
        (None, None) => Standing::Unknown,
    }
}

/// Who in another account has the name, where that can be asked. In one account a name may stand beside a wildcard
/// over it.
async fn foreign_conflict(
    question: &Question<'_>,
    survey: &Survey,
    domain: &String,
) -> Option<Option<Conflict>> {
    let covers = |found: &Surveyed| {
        let shown = |certificate: &&Listed| Some(&certificate.arn) == found.certificate.as_ref();
        question
            .certificates
            .iter()
            .find(shown)
            .is_some_and(|shown| shown.covers(std::slice::from_ref(domain)))
    };
    let asker = survey.own().filter(|own| covers(own)).or_else(|| survey.others().find(|it| covers(it)))?;
    let found = conflicts(question.session, &asker.id, domain).await.ok()?;
    Some(found.into_iter().find(|conflict| !may_be(question.account, &conflict.account)))
}

fn is_served(domain: &str, holder: &str) -> Finding {
    Finding::stop(CHECK, format!("{domain} is served by distribution {holder}"))
        .why("CloudFront serves a name from one distribution only")
        .way_out(format!("remove the alternate domain name {domain} from {holder} first"))
}

fn is_served_elsewhere(domain: &str, conflict: &Conflict) -> Finding {
    let Conflict { alias, distribution, account } = conflict;
    Finding::stop(
        CHECK,
        format!("{domain} is taken: distribution {distribution} of account {account} has {alias}"),
    )
    .why("CloudFront serves a name from one distribution only, whichever account has it")
    .way_out(format!(
        "have {alias} removed there; if nobody knows that account, AWS Support moves a name that is yours"
    ))
}

/// CloudFront refuses a name whose DNS leads to a distribution that isn't the one it is added to (aws-facts.md K10).
fn leads_elsewhere(domain: &str, host: &str) -> Finding {
    Finding::stop(
        CHECK,
        format!("public DNS leads {domain} to {host}, which is not this site's distribution"),
    )
    .why("CloudFront gives a name to no distribution while its DNS leads to another")
    .way_out(format!(
        "remove that record, and the alternate domain name {domain} from the distribution that has it"
    ))
}

fn others_unknown(domains: &[&str]) -> Finding {
    Finding::not_checked(
        CHECK,
        format!("whether another account's distribution serves {}", domains.join(", ")),
    )
    .why("CloudFront tells only once a distribution of this account has a certificate for the name")
}
