//! Checks that need one answer alone: what the services take as a name, a path, a domain or a header.

mod domains;
mod names;
mod paths;
mod requests;

pub use domains::check_domain;
pub use names::{account_regional, check_bucket, check_edge_name, check_remark, check_site_name};
pub use paths::{
    DRILL_PATTERN, check_edge_path, check_folder, check_page, check_path_pattern, check_rule_path,
};
pub use requests::{check_cookie, check_header, check_query_name};

use super::question::Fault;

/// A fault, unless `holds`.
fn ensure(holds: bool, fault: impl FnOnce() -> Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault()) }
}
