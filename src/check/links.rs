//! Links from page to page that lead to no file.

use crate::profile::answers::Distribution;
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;

/// The links on a page that stay within the site and lead nowhere, as written.
pub fn broken<'a>(
    page: &str,
    html: &'a str,
    files: &BTreeSet<&str>,
    answers: &Distribution,
) -> BTreeSet<&'a str> {
    let leads_nowhere =
        |link: &&str| target(page, link).is_some_and(|path| !is_served(&path, files, answers));
    links(html).into_iter().filter(leads_nowhere).collect()
}

/// The values of `href` and `src` in tags. Comments and scripts are passed over.
fn links(html: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let skipped = [("<!--", "-->"), ("<script", "</script"), ("<style", "</style")]
            .into_iter()
            .find(|(opening, _)| starts_with(rest, opening));
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let attributes = if starts_with(tag, "<!--") { "" } else { tag };
        links.extend(["href", "src"].into_iter().filter_map(|name| attribute(attributes, name)));
        let end = skipped.and_then(|(_, closing)| find(rest, closing)).unwrap_or(tag.len());
        rest = &rest[end.max(1)..];
    }
    links
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

fn find(text: &str, wanted: &str) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|at| starts_with(&text[*at..], wanted))
}

/// The value of a tag's attribute, if it is in quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = find(&tag[from..], name).map(|at| at + from) {
        from = at + name.len();
        let begins = tag[..at].ends_with(|before: char| before.is_ascii_whitespace());
        let value = tag[from..].trim_start().strip_prefix('=').map(str::trim_start);
        if let (true, Some(value)) = (begins, value) {
            let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
            return value[1..].split(quote).next();
        }
    }
    None
}

/// The path within the site that a link on `page` leads to; nothing where it leaves the site or the page.
fn target(page: &str, link: &str) -> Option<String> {
    let path = link.trim().split(['#', '?']).next().unwrap_or_default();
    let has_scheme = path.split('/').next().is_some_and(|first| first.contains(':'));
    if path.is_empty() || has_scheme || path.starts_with("//") || path.contains(['{', '<', '$']) {
        return None;
    }
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = path.strip_prefix('/').map_or_else(|| format!("{folder}/{path}"), str::to_owned);
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    let slash = if whole.ends_with(['/', '.']) && !parts.is_empty() { "/" } else { "" };
    Some(format!("{}{slash}", parts.join("/")))
}

fn is_served(path: &str, files: &BTreeSet<&str>, answers: &Distribution) -> bool {
    let is_folder = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let index = format!("{}/{}", path.trim_end_matches('/'), answers.index);
    path.is_empty()
        || files.contains(path)
        || (is_folder && answers.spa)
        || (is_folder && answers.pretty_urls && files.contains(index.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    fn answers(more: &str) -> Distribution {
        let text = format!(
            "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \"public\"\nregion = \"eu-west-1\"\n{more}"
        );
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.toml");
        std::fs::write(&file, text).unwrap();
        profile::load(&file).unwrap().profile.distribution
    }

    #[test]
    fn links_that_lead_nowhere_are_found_and_no_others() {
        let files = BTreeSet::from(["index.html", "docs/index.html", "docs/a b.html", "css/site.css"]);
        let html = r##"<a href="/docs/">d</a> <a class='x' HREF='a%20b.html?x#y'>b</a> <a href="#top">t</a>
            <link href="../css/site.css"><img data-src="lazy.png" src="missing.png"><a href="/docs">d</a>
            <a href="https://example.com/x">e</a><a href="//cdn.example.com/x">c</a><a href="mailto:a@b">m</a>
            <!-- <a href="/commented.html"> --><script>let a = '<a href="/scripted.html">'</script>
            <a href="/gone/">g</a><a href="{{ url }}">t</a><a href="/../../index.html">u</a>"##;
        let broken_links = |more| {
            let answers = answers(more);
            broken("docs/index.html", html, &files, &answers)
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(broken_links("pretty_urls = true"), ["/gone/", "missing.png"]);
        assert_eq!(broken_links("spa = true"), ["missing.png"]);
        assert_eq!(broken_links("pretty_urls = false"), ["/docs", "/docs/", "/gone/", "missing.png"]);
    }
}
