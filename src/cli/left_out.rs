//! What of a folder is not published, where that may come as a surprise.

use crate::content::release::Release;

/// What tools leave in any folder, of which nobody wants to hear.
const USUAL: &[&str] = &[".git", ".gitignore", ".gitkeep", ".DS_Store"];

/// How many names are told.
const TOLD: usize = 3;

/// What of the folder is not published, where that may come as a surprise.
pub fn left_out(release: &Release) -> Option<String> {
    let is_usual = |name: &str| name.rsplit('/').next().is_some_and(|last| USUAL.contains(&last));
    let names: Vec<_> =
        release.left_out().iter().map(String::as_str).filter(|name| !is_usual(name)).collect();
    let more = names.len().saturating_sub(TOLD);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let told = names.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("not published: {told}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::hash_cache::HashCache;
    use crate::content::scan::ScanOptions;
    use std::fs;
    use std::time::SystemTime;

    #[test]
    fn surprises_are_told_and_what_every_tool_leaves_is_not() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".git", ".htaccess", ".env", ".a", ".b", "index.html", "404.html", "site.toml"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let profile = "schema = 1\nname = \"acme\"\n[distribution]\nfolder = \".\"\nregion = \"eu-west-1\"\n";
        let profile = crate::profile::parse(profile, "site.toml").unwrap();
        let (options, mut cache) = (ScanOptions::default(), HashCache::none());
        let release =
            Release::prepare(folder.path(), &profile, options, &mut cache, SystemTime::now()).unwrap();
        let release = release.without(&folder.path().join("site.toml"));
        assert_eq!(release.files().len(), 2);
        assert_eq!(left_out(&release).unwrap(), "not published: .a, .b, .env and 2 more");
    }
}
