//! What a person wants to know of a plan before agreeing to it: about how long AWS takes, and what it charges for.

use super::plan::{Plan, Step, Work};
use super::resource::Kind;
use crate::profile::answers::{CopyBy, Dns, PriceClass, Profile};

/// The shortest and the longest that AWS usually takes, in seconds (aws-facts.md section H).
const DEPLOYED: (u64, u64) = (120, 360);
const ISSUED: (u64, u64) = (60, 1_800);
const DISABLED: (u64, u64) = (180, 900);
/// What all other steps take together.
const THE_REST: (u64, u64) = (20, 90);

/// About how long AWS takes to carry out `plan`, in seconds: the shortest and the longest. `None` where it changes
/// nothing. What the person has to do meanwhile is not counted.
pub fn expected_seconds(plan: &Plan) -> Option<(u64, u64)> {
    let any = |is_it: &dyn Fn(&Step) -> bool| plan.steps.iter().any(is_it);
    let issued = any(&|step| matches!(step.work, Work::AwaitIssued { .. })).then_some(ISSUED);
    let disabled = any(&|step| matches!(step.work, Work::Disable { .. })).then_some(DISABLED);
    let deployed = plan.steps.iter().filter(|step| matches!(step.work, Work::AwaitDeployed { .. })).count();
    let deployed = if disabled.is_some() { 0 } else { deployed };
    let parts = issued.into_iter().chain(disabled).chain(std::iter::repeat_n(DEPLOYED, deployed));
    let together = parts.fold(THE_REST, |(least, most), (shorter, longer)| (least + shorter, most + longer));
    plan.changes_aws().then_some(together)
}

/// What AWS charges for because of these answers, the dearest choices with their way out.
pub fn costs(profile: &Profile, plan: &Plan) -> Vec<String> {
    let mut costs = vec![edge_locations(profile.distribution.price_class).to_owned()];
    costs.extend(profile.failover.as_ref().map(|failover| match failover.copy {
        CopyBy::Upload => "the backup bucket stores every file a second time",
        CopyBy::Replication => "the backup bucket stores every file a second time, and each copy between regions is paid for",
    }).map(str::to_owned));
    costs.extend((!profile.edge.is_empty()).then(|| {
        "Lambda@Edge is paid for by run and by time, and viewer events run on every request".to_owned()
    }));
    costs.extend(profile.https.as_ref().map(|https| match https.dns {
        Dns::Route53 => {
            "the certificate is free of charge; each hosted zone has its monthly price".to_owned()
        }
        Dns::Manual => "the certificate is free of charge".to_owned(),
    }));
    costs.extend(
        plan.of_kind(Kind::Release)
            .any(|step| step.action.changes_aws())
            .then(|| "replaced files are kept, and paid for, for 30 days".to_owned()),
    );
    costs
}

fn edge_locations(price_class: PriceClass) -> &'static str {
    match price_class {
        PriceClass::Class100 => "visitors' traffic is served from the cheapest edge locations alone",
        PriceClass::Class200 => "visitors' traffic is served from all but the dearest edge locations",
        PriceClass::All => "visitors' traffic is served from every edge location, the dearest included",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blueprint::{Facts, Inventory, blueprint, plan};

    fn planned(text: &str) -> (Profile, Plan) {
        let profile =
            crate::profile::parse(text, "site.toml").unwrap_or_else(|_| panic!("no profile: {text}"));
        let facts = Facts {
            account: "123456789012".into(),
            partition: "aws".into(),
            folder: None,
            edge: Default::default(),
        };
        let plan = plan(&blueprint(&profile, &facts), &Inventory::default()).unwrap();
        (profile, plan)
    }

    #[test]
    fn a_certificate_makes_a_deploy_take_longer() {
        let text = include_str!("../../presets/blog.toml");
        let plain = expected_seconds(&planned(text).1).unwrap();
        let own = crate::profile::edited(
            text,
            &[("https.domains".into(), "example.com".into()), ("https.dns".into(), "manual".into())],
        );
        let own = expected_seconds(&planned(&own.unwrap()).1).unwrap();
        assert_eq!(plain, (140, 450));
        assert!(own.1 > plain.1 + 1_700, "{own:?}");
    }

    #[test]
    fn what_is_paid_for_follows_from_the_answers() {
        let (profile, plan) =
            planned(include_str!("../../presets/everything.toml").replace("my-site", "shop").as_str());
        let costs = costs(&profile, &plan).join("\n");
        for part in ["edge location", "second time", "Lambda@Edge", "free of charge"] {
            assert!(costs.contains(part), "{part}: {costs}");
        }
    }
}
