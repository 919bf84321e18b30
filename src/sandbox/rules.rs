//! What the sandbox refuses, as rows for people.

use super::call::Refusal;
use super::{
    acm, cloudfront, cloudwatch, dispatch, iam, lambda, logs, quotas, route53, s3, signature, sts, tagging,
};
use std::fmt::Write;

/// One thing that a service refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleRow {
    /// The service's name in a signature's scope, such as `acm`; `any` for what all of them refuse.
    pub service: &'static str,
    /// A short stable name of the rule.
    pub id: &'static str,
    /// What is refused.
    pub about: &'static str,
    /// AWS's error code.
    pub code: &'static str,
    /// Where the rule is known from: a section of aws-facts.md, or an AWS model or guide.
    pub source: &'static str,
}

/// A rule that its check refuses by, so that the check and the row can't differ.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Rule {
    pub(in crate::sandbox) row: RuleRow,
    pub(in crate::sandbox) status: u16,
}

impl Rule {
    /// A refusal by this rule.
    pub(in crate::sandbox) fn refusal(self, message: impl Into<String>) -> Refusal {
        Refusal::new(self.status, self.row.code, message)
    }
}

/// Names the rules of one service, and lists them all under `ALL`: a name, its id, the status, AWS's code, what
/// is refused, and where that is known from.
macro_rules! refusals {
    ($service:literal:
     $($name:ident = $id:literal, $status:literal, $code:literal, $about:literal, $source:literal;)*) => {
        $(pub(in crate::sandbox) const $name: crate::sandbox::rules::Rule = crate::sandbox::rules::Rule {
            row: crate::sandbox::rules::RuleRow {
                service: $service,
                id: $id,
                about: $about,
                code: $code,
                source: $source,
            },
            status: $status,
        };)*

        /// All of them.
        pub(in crate::sandbox) const ALL: &[crate::sandbox::rules::Rule] = &[$($name),*];
    };
}
pub(in crate::sandbox) use refusals;

/// Traps of aws-facts.md K that no row can refuse, and what the sandbox does instead.
const NO_REFUSALS: [(u8, &str); 3] = [
    (
        1,
        "The sandbox's account is verified. `--fault 'op=CreateDistribution fail=AccessDenied status=403'` stands for one that isn't.",
    ),
    (28, "A certificate's validation record is absent from answers for a while, which is no error."),
    (35, "Every slow state goes by at the chosen pace, across restarts, which is no error."),
];

/// Every row of every service, by service and in each service's own order.
pub fn all() -> Vec<RuleRow> {
    let services = [
        signature::rules(),
        dispatch::rules(),
        s3::rules(),
        cloudfront::rules(),
        acm::rules(),
        lambda::rules(),
        iam::rules(),
        route53::rules(),
        sts::rules(),
        tagging::rules(),
        quotas::rules(),
        cloudwatch::rules(),
        logs::rules(),
    ];
    services.into_iter().flatten().collect()
}

/// The list as a page in Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# What the sandbox refuses\n\n\
         Written from the code by `UPDATE=1 cargo test --lib sandbox::rules`. A source is a section of\n\
         `aws-facts.md` (K and a number is a trap that emulators leave open), an AWS model or guide, or the\n\
         public issue where it was seen.\n",
    );
    let rows = all();
    for group in rows.chunk_by(|one, next| one.service == next.service) {
        write_group(&mut page, group);
    }
    page.push_str("\n## Traps that are no refusals\n\n| Trap | Here |\n|---|---|\n");
    for (trap, instead) in NO_REFUSALS {
        write_line(&mut page, format_args!("| K{trap} | {instead} |"));
    }
    page
}

fn write_group(page: &mut String, rows: &[RuleRow]) {
    let service = rows.first().map_or("", |row| row.service);
    let title = if service == "any" { "any service" } else { service };
    write_line(page, format_args!("\n## {title}\n\n| Rule | Refused | Code | Source |\n|---|---|---|---|"));
    for RuleRow { id, about, code, source, .. } in rows {
        write_line(page, format_args!("| `{id}` | {about} | `{code}` | {source} |"));
    }
}

fn write_line(page: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _written = writeln!(page, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn a_service_names_each_rule_once_and_says_what_it_is_about() {
        let mut seen = BTreeSet::new();
        for row in all() {
            assert!(seen.insert((row.service, row.id)), "twice: {row:?}");
            assert!(!row.about.is_empty() && !row.code.is_empty() && !row.source.is_empty(), "{row:?}");
            assert!(!row.about.contains('|'), "{row:?} would break the page's table");
        }
    }

    #[test]
    fn the_page_is_what_the_code_says() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sandbox-rules.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, page()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), page(), "run it again with UPDATE=1");
    }

    /// The traps that a source names, such as 31 in `aws-facts.md F, K31`.
    fn traps(source: &str) -> impl Iterator<Item = u8> {
        source.split([' ', ',', ';']).filter_map(|word| word.strip_prefix('K')?.parse().ok())
    }

    #[test]
    fn every_trap_is_refused_or_has_a_reason_why_not() {
        let refused: BTreeSet<u8> = all().iter().flat_map(|row| traps(row.source)).collect();
        let excused: BTreeSet<u8> = NO_REFUSALS.iter().map(|(trap, _)| *trap).collect();
        let both: Vec<_> = refused.intersection(&excused).collect();
        assert!(both.is_empty(), "refused and excused: {both:?}");
        let known: BTreeSet<u8> = refused.union(&excused).copied().collect();
        assert_eq!(known, (1..=35).collect());
    }
}
