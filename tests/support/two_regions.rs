//! A site in two regions.

/// Its profile.
pub const TWO_REGIONS: &str = r#"
schema = 1
name = "acme"

[distribution]
folder = "public"
region = "eu-west-1"
error_page = "404.html"

[failover]
region = "eu-central-1"
"#;

/// Its pages.
pub const PAGES: [(&str, &str); 2] = [("index.html", "<h1>Acme</h1>"), ("404.html", "<h1>Not here</h1>")];
