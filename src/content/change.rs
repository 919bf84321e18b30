//! What one bucket needs to serve a release. Pure: it compares records, and reads no file and no bucket.

use super::headers::{Class, HeadersHash};
use super::manifest::{Entry, Manifest};
use super::release::{Release, SiteFile};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a bucket.
#[derive(Debug, Clone, Copy)]
pub enum Held<'a> {
    /// It holds nothing: it is new, or it was emptied.
    Nothing,
    /// Its manifest, with nothing to cast doubt on it.
    Manifest(&'a Manifest),
    /// Its manifest, and a listing to find what was changed behind our back.
    Verified {
        /// The manifest.
        manifest: &'a Manifest,
        /// Every object that is there.
        objects: &'a BTreeMap<String, Listed>,
    },
    /// A listing, since a release was left unfinished or there is no manifest.
    Untrusted {
        /// The manifest of the last finished release. It still tells which files were released.
        manifest: Option<&'a Manifest>,
        /// Every object that is there.
        objects: &'a BTreeMap<String, Listed>,
        /// MD5 in hex of the files that [`md5s_wanted`] names, by key.
        md5s: &'a BTreeMap<String, String>,
    },
}

/// One object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its length in bytes.
    pub size: u64,
    /// Its ETag, with or without quotes.
    pub etag: String,
    /// The headers it is stored with, where something tells; a listing itself does not.
    pub headers: Option<HeadersHash>,
    /// Whether it was written after the manifest, which is always written last: by something else, then.
    pub rewritten: bool,
}

/// What to do in one bucket, and what it then holds. Keys are in order within each list; the lists are
/// meant to be worked off in the order of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Upload {
    /// Assets to send: new, or with other bytes.
    pub assets: Vec<String>,
    /// Files whose bytes are there but whose headers must be replaced.
    pub header_only: Vec<String>,
    /// Pages to send, once all assets that they load are there.
    pub html: Vec<String>,
    /// Pages to delete now: the release no longer has them.
    pub delete_now: Vec<String>,
    /// Assets to delete now: they were retired a release ago.
    pub delete_retired: Vec<String>,
    /// Assets that this release drops; they stay until the next.
    pub retire: Vec<String>,
    /// How many files are there already, just as they should be.
    pub unchanged: usize,
    /// How many bytes `assets` and `html` have together.
    pub bytes: u64,
    /// Those of `assets` and `html` that the bucket holds nothing under yet.
    pub added: BTreeSet<String>,
    /// All assets that stay without being in the release, for the next manifest.
    pub retired: BTreeMap<String, Option<Entry>>,
    /// ETags of the files that aren't sent, for the next manifest.
    pub etags: BTreeMap<String, String>,
    /// Whether the next manifest differs from the one that is there.
    pub new_manifest: bool,
    /// What this was worked out from.
    pub basis: Basis,
}

/// What an [`Upload`] was worked out from. Edge locations can only hold what a trusted manifest lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// An empty bucket.
    #[default]
    Nothing,
    /// A manifest that is trusted.
    Manifest,
    /// A listing, because a manifest was missing or not trusted.
    Listing,
}

/// How a file compares with what the bucket holds under its key.
enum Comparison {
    Absent,
    OtherBytes,
    OtherHeaders(Option<String>),
    Same(Option<String>),
}

/// One object of the bucket, from the manifest or the listing or both.
struct Object<'a> {
    standing: Standing,
    entry: Option<&'a Entry>,
    listed: Option<&'a Listed>,
}

/// How an object came to be in the bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Released,
    Retired,
    /// The manifest doesn't know it: left by an unfinished release, or put there by someone else.
    Stray,
}

impl Upload {
    /// Whether there is nothing at all to do.
    pub fn is_empty(&self) -> bool {
        let lists = [&self.assets, &self.header_only, &self.html, &self.delete_now, &self.delete_retired];
        !self.new_manifest && lists.iter().all(|list| list.is_empty())
    }

    /// Keeps pages of these names, in any folder, for one more release although this one drops them: something
    /// still leads visitors to them.
    pub fn spare(&mut self, pages: &[String]) {
        let (spared, dropped): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.delete_now).into_iter().partition(|key| is_named(key, pages));
        self.delete_now = dropped;
        for key in spared {
            self.retired.insert(key.clone(), None);
            self.retire.push(key);
        }
    }

    /// The keys that are sent or sent anew, with or without bytes.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        [&self.assets, &self.header_only, &self.html].into_iter().flatten().map(String::as_str)
    }

    /// The keys that are deleted.
    pub fn deleted(&self) -> impl Iterator<Item = &str> {
        self.delete_now.iter().chain(&self.delete_retired).map(String::as_str)
    }

    fn starting_from(held: &Held<'_>) -> Upload {
        Upload {
            basis: match held {
                Held::Nothing => Basis::Nothing,
                Held::Manifest(_) | Held::Verified { .. } => Basis::Manifest,
                Held::Untrusted { .. } => Basis::Listing,
            },
            ..Upload::default()
        }
    }

    fn send(&mut self, file: &SiteFile) {
        self.bytes += file.size();
        match file.class {
            Class::Asset => self.assets.push(file.key().to_owned()),
            Class::Page => self.html.push(file.key().to_owned()),
        }
    }

    fn compare(&mut self, file: &SiteFile, comparison: Comparison) {
        let key = || file.key().to_owned();
        let etag = match comparison {
            Comparison::Absent => {
                self.added.insert(key());
                self.send(file);
                None
            }
            Comparison::OtherBytes => {
                self.send(file);
                None
            }
            Comparison::OtherHeaders(etag) => {
                self.header_only.push(key());
                etag
            }
            Comparison::Same(etag) => {
                self.unchanged += 1;
                etag
            }
        };
        self.etags.extend(etag.map(|etag| (key(), etag)));
    }

    /// Decides on an object that the release doesn't have.
    fn drop_object(&mut self, key: &str, object: &Object<'_>, same_release: bool) {
        let class = object.entry.map_or_else(|| Class::of_key(key), |entry| entry.class);
        match (class, object.standing) {
            (Class::Page, _) => self.delete_now.push(key.to_owned()),
            // No page that was ever released loads it, and whoever put it there has it served under the site's name.
            (Class::Asset, Standing::Stray) if self.basis == Basis::Manifest => {
                self.delete_now.push(key.to_owned())
            }
            // Repairing a release is no new release: what it retired still has its time.
            (Class::Asset, Standing::Retired) if !same_release => self.delete_retired.push(key.to_owned()),
            (Class::Asset, standing) => {
                if standing != Standing::Retired {
                    self.retire.push(key.to_owned());
                }
                self.retired.insert(key.to_owned(), object.entry.cloned());
            }
        }
    }
}

/// Whether the key is one of these pages, or a page of that name in a folder.
fn is_named(key: &str, pages: &[String]) -> bool {
    let folder = |page: &String| key.strip_suffix(page.as_str());
    pages.iter().filter_map(folder).any(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// What a bucket needs, given what is known of it, to serve `release`.
///
/// A file whose headers can't be known counts as one with other headers: an unfinished release may have
/// replaced them, and no listing shows it.
pub fn change(release: &Release, held: Held<'_>) -> Upload {
    let objects = held.objects();
    let manifest = held.manifest();
    let same_release = manifest.is_some_and(|manifest| manifest.hash() == release.hash());
    let mut upload = Upload::starting_from(&held);
    for file in release.files() {
        let comparison =
            objects.get(file.key()).map_or(Comparison::Absent, |object| held.compare(file, object));
        upload.compare(file, comparison);
    }
    for (key, object) in objects {
        if release.get(key).is_none() {
            upload.drop_object(key, &object, same_release);
        }
    }
    let same_record = same_release && manifest.is_some_and(|manifest| manifest.retired == upload.retired);
    let trusted = upload.basis == Basis::Manifest;
    upload.new_manifest = !(trusted && same_record && upload.written().next().is_none());
    upload
}

/// The files whose MD5 can tell whether a listed object has the same bytes: those of the same length whose
/// ETag can be an MD5 (aws-facts.md G).
pub fn md5s_wanted<'a>(release: &'a Release, objects: &BTreeMap<String, Listed>) -> Vec<&'a SiteFile> {
    let is_wanted = |file: &&SiteFile| {
        let listed = objects.get(file.key());
        listed.is_some_and(|listed| listed.size == file.size() && plain_md5(listed.etag()).is_some())
    };
    release.files().iter().filter(is_wanted).collect()
}

/// An ETag that can be an MD5; those of multipart uploads carry a part count.
fn plain_md5(etag: &str) -> Option<&str> {
    (etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(etag)
}

impl Listed {
    /// Its ETag without quotes.
    pub(super) fn etag(&self) -> &str {
        self.etag.trim_matches('"')
    }
}

impl<'a> Held<'a> {
    fn manifest(&self) -> Option<&'a Manifest> {
        match *self {
            Held::Nothing => None,
            Held::Manifest(manifest) | Held::Verified { manifest, .. } => Some(manifest),
            Held::Untrusted { manifest, .. } => manifest,
        }
    }

    /// Every object by key: as listed where there is a listing, else as recorded.
    fn objects(&self) -> BTreeMap<&'a str, Object<'a>> {
        let recorded = self.manifest().map(recorded).unwrap_or_default();
        match *self {
            Held::Nothing | Held::Manifest(_) => recorded,
            Held::Verified { objects, .. } | Held::Untrusted { objects, .. } => {
                let listed = objects.iter().map(|(key, listed)| {
                    let (standing, entry) = recorded
                        .get(key.as_str())
                        .map_or((Standing::Stray, None), |object| (object.standing, object.entry));
                    (key.as_str(), Object { standing, entry, listed: Some(listed) })
                });
                listed.collect()
            }
        }
    }

    fn compare(&self, file: &SiteFile, object: &Object<'_>) -> Comparison {
        match *self {
            Held::Nothing => Comparison::Absent,
            Held::Manifest(_) => by_record(file, object.entry),
            Held::Verified { .. } => match (object.entry, object.listed) {
                (Some(entry), Some(listed)) if entry.is_what_is_listed(listed) => {
                    match by_record(file, Some(entry)) {
                        // The same bytes; what it is served with, no listing tells.
                        Comparison::Same(etag) if listed.rewritten => Comparison::OtherHeaders(etag),
                        compared => compared,
                    }
                }
                (Some(_) | None, Some(_) | None) => Comparison::OtherBytes,
            },
            Held::Untrusted { md5s, .. } => object
                .listed
                .map_or(Comparison::Absent, |listed| by_listing(file, object.entry, listed, md5s)),
        }
    }
}

fn recorded(manifest: &Manifest) -> BTreeMap<&str, Object<'_>> {
    let object = |standing, entry| Object { standing, entry, listed: None };
    let retired =
        manifest.retired.iter().map(|(key, entry)| (key, object(Standing::Retired, entry.as_ref())));
    let released = manifest.files.iter().map(|(key, entry)| (key, object(Standing::Released, Some(entry))));
    retired.chain(released).map(|(key, object)| (key.as_str(), object)).collect()
}

fn by_record(file: &SiteFile, entry: Option<&Entry>) -> Comparison {
    match entry {
        Some(entry) if entry.sha256 != file.sha256 => Comparison::OtherBytes,
        Some(entry) if entry.headers != file.headers_hash => Comparison::OtherHeaders(entry.etag.clone()),
        Some(entry) => Comparison::Same(entry.etag.clone()),
        None => Comparison::OtherBytes,
    }
}

fn by_listing(
    file: &SiteFile,
    entry: Option<&Entry>,
    listed: &Listed,
    md5s: &BTreeMap<String, String>,
) -> Comparison {
    let etag = listed.etag();
    let recorded = entry.filter(|entry| entry.sha256 == file.sha256).and_then(|entry| entry.etag.as_deref());
    let md5 = md5s.get(file.key()).map(String::as_str);
    let is_same = recorded == Some(etag) || plain_md5(etag).is_some_and(|etag| md5 == Some(etag));
    let etag = Some(etag.to_owned());
    if listed.size != file.size() || !is_same {
        Comparison::OtherBytes
    } else if listed.headers.as_ref() == Some(&file.headers_hash) {
        Comparison::Same(etag)
    } else {
        Comparison::OtherHeaders(etag)
    }
}

#[cfg(test)]
mod tests;
