//! Typed views over a distribution's configuration, as far as rules ask.

use super::super::element::Element;

/// A distribution's configuration.
#[derive(Debug, Clone, Copy)]
pub struct ConfigView<'a> {
    /// The whole tree.
    pub element: &'a Element,
}

/// One origin.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a>(pub &'a Element);

/// One origin group.
#[derive(Debug, Clone, Copy)]
pub struct OriginGroup<'a>(pub &'a Element);

/// One cache behaviour; the default one has no path.
#[derive(Debug, Clone, Copy)]
pub struct Behaviour<'a>(pub &'a Element);

/// A function on an event of a behaviour.
#[derive(Debug, Clone, Copy)]
pub struct EdgeFunction<'a> {
    /// The function's ARN.
    pub arn: &'a str,
    /// Such as `viewer-request`.
    pub event: &'a str,
    /// Whether it wants the request's body.
    pub include_body: bool,
}

impl<'a> ConfigView<'a> {
    /// A view over a tree.
    pub fn new(element: &'a Element) -> Self {
        ConfigView { element }
    }

    /// The text at the end of a path.
    pub fn text(&self, path: &str) -> &'a str {
        self.element.text_at(path)
    }

    /// Every origin.
    pub fn origins(&self) -> impl Iterator<Item = Origin<'a>> + use<'a> {
        self.element.items_at("Origins").iter().map(Origin)
    }

    /// Every origin group.
    pub fn groups(&self) -> impl Iterator<Item = OriginGroup<'a>> + use<'a> {
        self.element.items_at("OriginGroups").iter().map(OriginGroup)
    }

    /// Every behaviour, the default one first.
    pub fn behaviours(&self) -> impl Iterator<Item = Behaviour<'a>> + use<'a> {
        let default = self.element.child("DefaultCacheBehavior");
        default.into_iter().chain(self.element.items_at("CacheBehaviors")).map(Behaviour)
    }

    /// Every alias.
    pub fn aliases(&self) -> Vec<&'a str> {
        self.element.texts_at("Aliases")
    }

    /// The certificate's ARN; empty without one.
    pub fn certificate_arn(&self) -> &'a str {
        self.text("ViewerCertificate/ACMCertificateArn")
    }

    /// Every error page.
    pub fn error_pages(&self) -> &'a [Element] {
        self.element.items_at("CustomErrorResponses")
    }

    /// Every Lambda association of every behaviour.
    pub fn lambda_functions(&self) -> impl Iterator<Item = EdgeFunction<'a>> + use<'a> {
        self.behaviours().flat_map(Behaviour::lambda_functions)
    }
}

impl<'a> Origin<'a> {
    /// Its id within the distribution.
    pub fn id(self) -> &'a str {
        self.0.text_at("Id")
    }

    /// Where it is.
    pub fn domain(self) -> &'a str {
        self.0.text_at("DomainName")
    }

    /// Whether it is configured as a bucket rather than as a web server.
    pub fn is_s3(self) -> bool {
        self.0.child("S3OriginConfig").is_some()
    }

    /// Its settings as a web server.
    pub fn custom(self) -> Option<&'a Element> {
        self.0.child("CustomOriginConfig")
    }

    /// Its settings, of whatever type.
    pub fn settings(self) -> impl Iterator<Item = &'a Element> {
        ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"]
            .into_iter()
            .filter_map(move |name| self.0.child(name))
    }
}

/// The bucket that a REST endpoint names, with the region if the name holds one. Website endpoints are none.
pub fn bucket_of(domain: &str) -> Option<(&str, Option<&str>)> {
    let host = domain.strip_suffix(".amazonaws.com")?;
    if let Some(bucket) = host.strip_suffix(".s3") {
        return Some((bucket, None));
    }
    let (bucket, region) = host.rsplit_once(".s3.")?;
    let plain = !region.is_empty() && !region.contains('.');
    (plain && !bucket.is_empty()).then_some((bucket, Some(region)))
}

impl<'a> OriginGroup<'a> {
    /// Its id within the distribution.
    pub fn id(self) -> &'a str {
        self.0.text_at("Id")
    }

    /// The ids of its members, the primary first.
    pub fn members(self) -> Vec<&'a str> {
        self.0.items_at("Members").iter().map(|member| member.text_at("OriginId")).collect()
    }

    /// The statuses that it fails over on.
    pub fn status_codes(self) -> Vec<&'a str> {
        self.0.texts_at("FailoverCriteria/StatusCodes")
    }
}

impl<'a> Behaviour<'a> {
    /// The path; none for the default one.
    pub fn path(self) -> Option<&'a str> {
        self.0.child("PathPattern").map(|path| path.text.as_str())
    }

    /// The origin or origin group.
    pub fn target(self) -> &'a str {
        self.0.text_at("TargetOriginId")
    }

    /// The text at the end of a path.
    pub fn text(self, path: &str) -> &'a str {
        self.0.text_at(path)
    }

    /// The allowed methods, sorted.
    pub fn methods(self) -> Vec<&'a str> {
        sorted(self.0.texts_at("AllowedMethods"))
    }

    /// The cached methods, sorted.
    pub fn cached_methods(self) -> Vec<&'a str> {
        sorted(self.0.texts_at("AllowedMethods/CachedMethods"))
    }

    /// The Lambda functions on its events.
    pub fn lambda_functions(self) -> impl Iterator<Item = EdgeFunction<'a>> {
        self.0
            .items_at("LambdaFunctionAssociations")
            .iter()
            .map(|item| edge_function(item, "LambdaFunctionARN"))
    }

    /// The CloudFront Functions on its events.
    pub fn functions(self) -> impl Iterator<Item = EdgeFunction<'a>> {
        self.0.items_at("FunctionAssociations").iter().map(|item| edge_function(item, "FunctionARN"))
    }
}

fn edge_function<'a>(item: &'a Element, arn: &str) -> EdgeFunction<'a> {
    EdgeFunction {
        arn: item.text_at(arn),
        event: item.text_at("EventType"),
        include_body: item.flag_at("IncludeBody"),
    }
}

fn sorted(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_unstable();
    texts
}
