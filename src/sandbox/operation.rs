//! The name of the operation that a request asks for, for faults and for the log of calls.
//!
//! Query and JSON protocols name it in the request; the REST services are known by method and path, one
//! row an operation.

use super::call::Request;

/// The operation's name, such as `CreateDistribution`; `METHOD /path` where no row fits.
pub fn name(request: &Request) -> String {
    if let Some(target) = request.header("x-amz-target") {
        return after_last(target, '.').to_owned();
    }
    let named = match request.service.as_str() {
        "s3" => Some(super::s3::operation(request)),
        "cloudfront" => Some(super::cloudfront::operation(request)),
        "route53" => rest(ROUTE53, request),
        "lambda" => rest(LAMBDA, request),
        _ if request.header("smithy-protocol").is_some() => Some(after_last(&request.path, '/').to_owned()),
        _ => Some(of_query_protocol(request)).filter(|name| !name.is_empty()),
    };
    named.unwrap_or_else(|| format!("{} {}", request.method, request.path))
}

/// The `Action` of a request in the query protocol, empty if there is none.
pub fn of_query_protocol(request: &Request) -> String {
    let in_query = request.query("Action").map(str::to_owned);
    let in_body =
        || parameters(&request.body).into_iter().find(|(key, _)| key == "Action").map(|(_, value)| value);
    in_query.or_else(in_body).unwrap_or_default()
}

/// The decoded parameters of a form or a query string, in the order sent.
pub fn parameters(text: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(text);
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(key), decode(value))
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn after_last(text: &str, separator: char) -> &str {
    text.rsplit(separator).next().unwrap_or(text)
}

/// Method, path below the API version with `*` for one segment, a query key that must be there (or empty),
/// and the operation.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn rest(rows: &[Row], request: &Request) -> Option<String> {
    let segments: Vec<&str> = request.path.split('/').skip(2).filter(|segment| !segment.is_empty()).collect();
    let fits = |row: &&Row| {
        let pattern: Vec<&str> = row.1.split('/').collect();
        let same_path = pattern.len() == segments.len()
            && pattern.iter().zip(&segments).all(|(want, have)| *want == "*" || want == have);
        row.0 == request.method && same_path && (row.2.is_empty() || has_query(request, row.2))
    };
    rows.iter().find(fits).map(|row| row.3.to_owned())
}

fn has_query(request: &Request, wanted: &str) -> bool {
    let (key, value) = wanted.split_once('=').unwrap_or((wanted, ""));
    request.query(key).is_some_and(|sent| value.is_empty() || sent == value)
}

/// Every operation in the tables here.
pub(super) fn operations() -> impl Iterator<Item = &'static str> {
    ROUTE53.iter().chain(LAMBDA).map(|row| row.3)
}

const ROUTE53: &[Row] = &[
    ("POST", "hostedzone", "", "CreateHostedZone"),
    ("GET", "hostedzone", "", "ListHostedZones"),
    ("GET", "hostedzonesbyname", "", "ListHostedZonesByName"),
    ("GET", "hostedzonecount", "", "GetHostedZoneCount"),
    ("GET", "hostedzone/*", "", "GetHostedZone"),
    ("DELETE", "hostedzone/*", "", "DeleteHostedZone"),
    ("POST", "hostedzone/*/rrset", "", "ChangeResourceRecordSets"),
    ("GET", "hostedzone/*/rrset", "", "ListResourceRecordSets"),
    ("GET", "change/*", "", "GetChange"),
    ("GET", "testdnsanswer", "", "TestDNSAnswer"),
    ("GET", "tags/*/*", "", "ListTagsForResource"),
    ("POST", "tags/*/*", "", "ChangeTagsForResource"),
];

const LAMBDA: &[Row] = &[
    ("POST", "functions", "", "CreateFunction"),
    ("GET", "functions", "", "ListFunctions"),
    ("GET", "functions/*", "", "GetFunction"),
    ("DELETE", "functions/*", "", "DeleteFunction"),
    ("GET", "functions/*/configuration", "", "GetFunctionConfiguration"),
    ("PUT", "functions/*/configuration", "", "UpdateFunctionConfiguration"),
    ("PUT", "functions/*/code", "", "UpdateFunctionCode"),
    ("POST", "functions/*/versions", "", "PublishVersion"),
    ("GET", "functions/*/versions", "", "ListVersionsByFunction"),
    ("POST", "functions/*/policy", "", "AddPermission"),
    ("GET", "functions/*/policy", "", "GetPolicy"),
    ("DELETE", "functions/*/policy/*", "", "RemovePermission"),
    ("POST", "functions/*/invocations", "", "Invoke"),
    ("GET", "tags/*", "", "ListTags"),
    ("POST", "tags/*", "", "TagResource"),
    ("DELETE", "tags/*", "", "UntagResource"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(service: &str, method: &str, path: &str, query: &str, body: &str) -> String {
        name(&Request {
            method: method.into(),
            path: path.into(),
            query: parameters(query.as_bytes()),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
            service: service.into(),
            region: "us-east-1".into(),
        })
    }

    #[test]
    fn rest_operations_are_known_by_method_path_and_query() {
        let cloudfront = |method, path, query| named("cloudfront", method, path, query, "");
        assert_eq!(cloudfront("POST", "/2020-05-31/distribution", "WithTags"), "CreateDistributionWithTags");
        assert_eq!(cloudfront("POST", "/2020-05-31/distribution", ""), "CreateDistribution");
        assert_eq!(cloudfront("POST", "/2020-05-31/tagging", "Operation=Untag&Resource=x"), "UntagResource");
        assert_eq!(
            named("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset/", "", ""),
            "ChangeResourceRecordSets"
        );
    }

    #[test]
    fn query_operations_are_named_in_the_body() {
        assert_eq!(named("sts", "POST", "/", "", "Action=GetCallerIdentity&Version=1"), "GetCallerIdentity");
        assert_eq!(named("iam", "POST", "/", "", ""), "POST /");
    }
}
