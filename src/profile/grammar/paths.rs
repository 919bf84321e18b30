//! Paths on this machine, pages of the site, and the patterns that select them.

use super::ensure;
use crate::profile::pattern;
use crate::profile::question::Fault;

/// What the behaviour of failover drills covers; no other path may begin like it.
pub const DRILL_PATTERN: &str = "/.sitecast-drill/*";

/// The letters of a path pattern besides ASCII letters and digits (aws-facts.md B).
const PATTERN_SIGNS: &str = "_-.*$/~\"'@:+&?";

/// The letters of a page's path besides ASCII letters and digits: those that CloudFront takes in a default root
/// object (CloudFront Developer Guide, default root object) and that a URL holds unencoded.
const PAGE_SIGNS: &str = "_-.$/~'&";

/// The folder with the site's files.
pub fn check_folder(folder: &str) -> Result<(), Fault> {
    ensure(!folder.trim().is_empty() && !folder.contains('\0'), || {
        Fault::new("a folder is needed")
            .help("write its path relative to this file; `.` is this file's own folder")
    })?;
    ensure(folder != "~" && !folder.starts_with("~/"), || {
        Fault::new("only a shell knows what `~` stands for")
            .help("write the path relative to this file, or whole, from `/` on")
    })
}

/// A file of one's own, relative to the profile.
pub fn check_edge_path(path: &str) -> Result<(), Fault> {
    ensure(!path.trim().is_empty() && !path.contains('\0'), || {
        Fault::new("a file, a folder or `builtin:NAME` is needed")
    })?;
    ensure(!path.starts_with('/'), || {
        Fault::new("the path of an edge function is relative to this file").help("leave out the leading `/`")
    })
}

/// A page of the site, as a path within its folder.
pub fn check_page(page: &str) -> Result<(), Fault> {
    ensure(!page.starts_with('/'), || {
        // With the slash CloudFront answers 403 (aws-facts.md B).
        let bare = page.trim_start_matches('/');
        Fault::new("a page is written relative to the site's folder").help(format!("write `{bare}`"))
    })?;
    let well_formed = |part: &str| !part.is_empty() && part != "." && part != "..";
    ensure(page.split('/').all(well_formed), || {
        Fault::new(format!("`{page}` is not the path of a page"))
            .help("write a path such as `index.html` or `errors/404.html`")
    })?;
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || PAGE_SIGNS.contains(*letter);
    match page.chars().find(|letter| !allowed(letter)) {
        Some(letter) => Err(Fault::new(format!("the path of a page can't hold `{}`", letter.escape_debug()))
            .help("CloudFront takes letters, digits and _ - . $ / ~ ' &")),
        None => Ok(()),
    }
}

/// A CloudFront path pattern (aws-facts.md B).
pub fn check_path_pattern(written: &str) -> Result<(), Fault> {
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || PATTERN_SIGNS.contains(*letter);
    if let Some(letter) = written.chars().find(|letter| !allowed(letter)) {
        return Err(Fault::new(format!("a path pattern can't hold `{}`", letter.escape_debug())).help(
            "letters, digits and _ - . $ / ~ \" ' @ : + & are allowed, `*` for any run and `?` for one",
        ));
    }
    ensure(!written.is_empty(), || Fault::new("a path pattern is needed").help("for example `/assets/*`"))?;
    ensure(!written.contains("//") && !written.split('/').any(|part| part == ".." || part == "."), || {
        Fault::new("no request matches this")
            .help("CloudFront resolves `//`, `.` and `..` before it compares")
    })?;
    ensure(pattern::with_slash(written).len() <= 255, || {
        Fault::new("a path pattern has at most 255 characters, with its leading `/`")
    })?;
    let drills = DRILL_PATTERN.trim_end_matches("/*");
    ensure(!pattern::with_slash(written).starts_with(drills), || {
        Fault::new("paths under `/.sitecast-drill/` are kept for drills of the failover")
    })
}

/// The path of a caching rule: as [`check_path_pattern`], but not everything.
pub fn check_rule_path(written: &str) -> Result<(), Fault> {
    check_path_pattern(written)?;
    ensure(!pattern::covers(written, "/*"), || {
        Fault::new("this rule would cover every path")
            .help("what holds everywhere is `default` under `[caching]`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for written in ["/a/*", "*.js", "/a?b", "/~x/$y", "/a:b@c+d&e", "*"] {
            assert_eq!(check_path_pattern(written), Ok(()), "{written}");
        }
        let long = "a".repeat(255);
        for written in [
            "",
            "/a b",
            "/ä",
            "/a[0]",
            "/a{b}",
            "//a",
            "/a/../b",
            "/.sitecast-drill/x",
            "/.sitecast-drill*",
            &long,
        ] {
            assert!(check_path_pattern(written).is_err(), "{written}");
        }
        for written in ["*", "/*", "/**"] {
            assert!(check_rule_path(written).is_err(), "{written}");
        }
    }

    #[test]
    fn pages() {
        for page in ["index.html", "errors/404.html", "~a/$b/it's_c-d&e.f"] {
            assert_eq!(check_page(page), Ok(()), "{page}");
        }
        for page in
            ["/index.html", "", "a//b", "../x", "a\\b", "x?y", "a b", "a*", "é", "a@2x.html", "[a].html"]
        {
            assert!(check_page(page).is_err(), "{page}");
        }
    }
}
