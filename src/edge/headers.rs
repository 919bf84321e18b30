//! Headers that a function may not add or change (aws-facts.md D.5).

use crate::profile::answers::EdgeEvent;

/// Names that no function may add, in lower case; a `*` at the end stands for any rest.
const FORBIDDEN: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "upgrade",
    "x-accel-*",
    "x-amz-cf-*",
    "x-amzn-auth",
    "x-amzn-cf-billing",
    "x-amzn-cf-id",
    "x-amzn-cf-xff",
    "x-amzn-errortype",
    "x-amzn-fle-profile",
    "x-amzn-header-count",
    "x-amzn-header-order",
    "x-amzn-lambda-integration-tag",
    "x-amzn-requestid",
    "x-cache",
    "x-edge-*",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Whether CloudFront answers 502 when a function adds this header.
pub fn is_forbidden(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FORBIDDEN.iter().any(|forbidden| match forbidden.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == *forbidden,
    })
}

/// The headers that a function on `event` may read but not change, in lower case.
pub fn read_only(event: EdgeEvent) -> &'static [&'static str] {
    match event {
        EdgeEvent::ViewerRequest => &["cdn-loop", "content-length", "host", "transfer-encoding", "via"],
        EdgeEvent::OriginRequest => &[
            "accept-encoding",
            "cdn-loop",
            "content-length",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "transfer-encoding",
            "via",
        ],
        EdgeEvent::OriginResponse => &["transfer-encoding", "via"],
        EdgeEvent::ViewerResponse => {
            &["warning", "via", "content-length", "content-encoding", "transfer-encoding"]
        }
    }
}

/// Whether a function on `event` may read this header but not change it.
pub fn is_read_only(event: EdgeEvent, name: &str) -> bool {
    read_only(event).iter().any(|header| header.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_held_against_the_list_by_their_beginning_where_it_says_so() {
        for name in ["Connection", "X-Edge-Anything", "x-amz-cf-id", "X-Real-IP"] {
            assert!(is_forbidden(name), "{name}");
        }
        for name in ["X-Amz-Meta-A", "x-cached", "Content-Type", "x-edge"] {
            assert!(!is_forbidden(name), "{name}");
        }
    }

    #[test]
    fn the_host_may_be_changed_on_its_way_to_the_origin_only() {
        assert!(is_read_only(EdgeEvent::ViewerRequest, "Host"));
        assert!(!is_read_only(EdgeEvent::OriginRequest, "Host"));
    }
}
