//! Rules about origin groups: their members and when they fail over.

use super::names::repeats;
use super::views::OriginGroup;
use super::{Distributions, Proposal, Rule, says};

/// The table.
pub const RULES: &[Rule<Distributions>] = &[
    Rule {
        id: "group-quota",
        code: "TooManyOriginGroupsPerDistribution",
        about: "more than 10 origin groups",
        source: "aws-facts.md B, default quotas",
        complaint: |p| {
            says(
                p.config.groups().count() > 10,
                "You have exceeded the maximum number of origin groups for the distribution.",
            )
        },
    },
    Rule {
        id: "group-members",
        code: "MalformedXML",
        about: "an origin group that hasn't exactly two members",
        source: "aws-facts.md B, OriginGroups",
        complaint: member_count,
    },
    Rule {
        id: "group-member-twice",
        code: "InvalidArgument",
        about: "an origin group with one origin twice",
        source: "aws-facts.md B, OriginGroups",
        complaint: |p| {
            says(
                p.config.groups().any(|group| repeats(group.members())),
                "The parameter OriginGroupMember must be unique within an origin group.",
            )
        },
    },
    Rule {
        id: "group-member-unknown",
        code: "NoSuchOrigin",
        about: "an origin group with an origin that doesn't exist",
        source: "aws-facts.md B, K12",
        complaint: |p| {
            says(
                p.config.groups().any(|group| unknown_member(p, group)),
                "One or more of your origins or origin groups do not exist.",
            )
        },
    },
    Rule {
        id: "group-status-codes",
        code: "InvalidArgument",
        about: "failover on a status other than 400, 403, 404, 416, 429, 500, 502, 503 and 504, on none, or on one twice",
        source: "aws-facts.md B, OriginGroups",
        complaint: |p| says(p.config.groups().any(wrong_codes), "The parameter StatusCodes is invalid."),
    },
    Rule {
        id: "group-selection",
        code: "InvalidArgument",
        about: "selection by media quality among other origins than MediaPackage v2",
        source: "aws-facts.md B, OriginGroups",
        complaint: |p| {
            says(
                p.config.groups().any(|group| media_elsewhere(p, group)),
                "The parameter SelectionCriteria is invalid.",
            )
        },
    },
];

fn member_count(proposal: &Proposal) -> Option<String> {
    let (index, group) =
        proposal.config.groups().enumerate().find(|(_, group)| group.members().len() != 2)?;
    let than = if group.members().len() < 2 { "greater" } else { "less" };
    let place = format!("distributionConfig.originGroups.items.{}.member.members.items", index + 1);
    let members = group.members().join(", ");
    Some(format!(
        "1 validation error detected: Value '[{members}]' at '{place}' failed to satisfy constraint: Member must have length {than} than or equal to 2"
    ))
}

fn unknown_member(proposal: &Proposal, group: OriginGroup) -> bool {
    group.members().into_iter().any(|member| !proposal.config.origins().any(|origin| origin.id() == member))
}

fn wrong_codes(group: OriginGroup) -> bool {
    let codes = group.status_codes();
    let known =
        |code: &&str| matches!(*code, "400" | "403" | "404" | "416" | "429" | "500" | "502" | "503" | "504");
    codes.is_empty() || !codes.iter().all(known) || repeats(codes)
}

fn media_elsewhere(proposal: &Proposal, group: OriginGroup) -> bool {
    let mut members = proposal.config.origins().filter(|origin| group.members().contains(&origin.id()));
    let elsewhere = members.any(|origin| !origin.domain().contains(".mediapackagev2."));
    group.0.text_at("SelectionCriteria") == "media-quality-based" && elsewhere
}
