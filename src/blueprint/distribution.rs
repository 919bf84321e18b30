//! A distribution, as far as we model it. Whatever else AWS holds is kept as it is on every update.

use super::resource::Ref;
use crate::profile::answers::{Geo, HttpVersion, PlainHttp, PriceClass, Seconds};
use serde::Serialize;

/// A distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DistributionSpec {
    /// A note for people.
    pub comment: String,
    /// Whether it serves at all.
    pub enabled: bool,
    /// Which edge locations serve the site.
    pub price_class: PriceClass,
    /// The HTTP versions that visitors may use.
    pub http_version: HttpVersion,
    /// Whether visitors may come by IPv6.
    pub ipv6: bool,
    /// The page that answers for `/`, without a leading slash.
    pub default_root_object: String,
    /// Countries that are let in or kept out.
    pub geo: Geo,
    /// The buckets, primary first.
    pub origins: Vec<Origin>,
    /// Pairs of origins of which the second answers when the first can't.
    pub origin_groups: Vec<OriginGroup>,
    /// What every path without a behaviour of its own gets.
    pub default_behavior: Behavior,
    /// In order; the first whose pattern covers a path decides.
    pub behaviors: Vec<PathBehavior>,
    /// Pages for errors.
    pub error_pages: Vec<ErrorPage>,
    /// The site's own domains; sorted.
    pub aliases: Vec<String>,
    /// By what visitors recognise those domains; `None` is CloudFront's own certificate.
    pub viewer_certificate: Option<ViewerCertificate>,
}

/// A certificate for the site's own domains, for visitors who name the domain that they want (SNI).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ViewerCertificate {
    /// The certificate's ARN.
    pub arn: Ref,
    /// The oldest TLS version accepted, by CloudFront's name for it.
    pub minimum_tls: String,
}

impl DistributionSpec {
    /// The files that it answers with by itself: for `/`, and for errors.
    pub(super) fn pages(&self) -> impl Iterator<Item = &str> {
        let errors = self.error_pages.iter().map(|error| error.page.trim_start_matches('/'));
        std::iter::once(self.default_root_object.as_str()).chain(errors)
    }

    /// Every value that AWS gives out and this distribution names.
    pub(super) fn references_mut(&mut self) -> Vec<&mut Ref> {
        let of_origins = self.origins.iter_mut().map(|origin| &mut origin.access_control);
        let of_default = self.default_behavior.references_mut();
        let of_paths = self.behaviors.iter_mut().flat_map(|path| path.behavior.references_mut());
        let of_viewers = self.viewer_certificate.iter_mut().map(|certificate| &mut certificate.arn);
        of_origins.chain(of_default).chain(of_paths).chain(of_viewers).collect()
    }
}

/// A bucket that answers for the distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Its id inside the distribution.
    pub id: String,
    /// The bucket's regional REST endpoint.
    pub domain: String,
    /// The folder inside the bucket: a leading slash, no trailing one.
    pub path: String,
    /// The origin access control's id.
    pub access_control: Ref,
    /// How often a connection is tried, 1-3.
    pub connection_attempts: u8,
    /// How long one attempt may take, 1-10 seconds.
    pub connection_timeout: Seconds,
}

/// Two origins of which the second answers when the first can't.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginGroup {
    /// Its id inside the distribution.
    pub id: String,
    /// The origin that is asked first.
    pub primary: String,
    /// The origin that is asked when the first answers with one of `statuses`, or not at all.
    pub backup: String,
    /// Sorted.
    pub statuses: Vec<u16>,
}

/// A behaviour and the paths that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathBehavior {
    /// The path pattern.
    pub path: String,
    /// What those paths get.
    #[serde(flatten)]
    pub behavior: Behavior,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behavior {
    /// The id of the origin or origin group that answers.
    pub target: String,
    /// What plain HTTP gets.
    pub plain_http: PlainHttp,
    /// The methods that are let through: GET, HEAD and OPTIONS, or only the first two.
    pub options_allowed: bool,
    /// Whether CloudFront compresses.
    pub compress: bool,
    /// The cache policy's id.
    pub cache_policy: Ref,
    /// The response headers policy's id.
    pub response_headers_policy: Option<Ref>,
    /// The ARN of the CloudFront Function that runs on viewer requests.
    pub viewer_request_function: Option<Ref>,
}

impl Behavior {
    fn references_mut(&mut self) -> Vec<&mut Ref> {
        let mut references = vec![&mut self.cache_policy];
        references.extend(&mut self.response_headers_policy);
        references.extend(&mut self.viewer_request_function);
        references
    }
}

/// A page for an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorPage {
    /// The origin's status.
    pub status: u16,
    /// The page, with a leading slash.
    pub page: String,
    /// The status that the visitor gets.
    pub response_status: u16,
    /// How long the error is cached.
    pub cache: Seconds,
}
