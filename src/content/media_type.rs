//! The content type of a file, by its name or else by how it begins.

use mime_guess::mime;

/// What the web expects where general tables differ or say less. Sorted.
const BY_EXTENSION: [(&str, &str); 43] = [
    ("atom", "application/atom+xml; charset=utf-8"),
    ("avif", "image/avif"),
    ("cjs", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("eot", "application/vnd.ms-fontobject"),
    ("geojson", "application/geo+json"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("gz", "application/gzip"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("ics", "text/calendar; charset=utf-8"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json; charset=utf-8"),
    ("jsonld", "application/ld+json; charset=utf-8"),
    ("jxl", "image/jxl"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("map", "application/json; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mp4", "video/mp4"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("rss", "application/rss+xml; charset=utf-8"),
    ("svg", "image/svg+xml; charset=utf-8"),
    ("svgz", "image/svg+xml; charset=utf-8"),
    ("toml", "application/toml; charset=utf-8"),
    // MPEG transport streams of HLS video; TypeScript is source, and hardly ever published.
    ("ts", "video/mp2t"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json; charset=utf-8"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xhtml", "application/xhtml+xml; charset=utf-8"),
    ("xml", "application/xml; charset=utf-8"),
    ("yaml", "application/yaml; charset=utf-8"),
];

/// Files without an extension whose readers insist on a type.
const BY_NAME: [(&str, &str); 2] = [
    ("apple-app-site-association", "application/json; charset=utf-8"),
    ("apple-developer-merchantid-domain-association", "text/plain; charset=utf-8"),
];

/// The type that a key's name tells, if it tells one.
pub(super) fn by_name(key: &str) -> Option<String> {
    let name = file_name(key);
    if let Some((_, media_type)) = BY_NAME.iter().find(|(known, _)| *known == name) {
        return Some((*media_type).to_owned());
    }
    let extension = extension(key)?.to_ascii_lowercase();
    if let Ok(row) = BY_EXTENSION.binary_search_by(|(known, _)| (*known).cmp(&extension)) {
        return Some(BY_EXTENSION[row].1.to_owned());
    }
    let guess = mime_guess::from_ext(&extension).first()?;
    let is_plain_text = guess.type_() == mime::TEXT && guess.get_param(mime::CHARSET).is_none();
    Some(if is_plain_text { format!("{guess}; charset=utf-8") } else { guess.to_string() })
}

/// The type that a file's beginning tells. `start` may end amid a character.
pub(super) fn by_beginning(start: &[u8]) -> &'static str {
    let is_text = match std::str::from_utf8(start) {
        Ok(text) => !text.contains('\0'),
        // No length of the error means that the text merely stops within a character.
        Err(error) => error.error_len().is_none() && !start.contains(&0),
    };
    let beginning = start.trim_ascii_start();
    let starts =
        |with: &[u8]| beginning.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    match is_text {
        true if starts(b"<!doctype html") || starts(b"<html") => "text/html; charset=utf-8",
        true => "text/plain; charset=utf-8",
        false => "application/octet-stream",
    }
}

/// What follows the last dot of the file's name, unless that dot begins the name.
pub(super) fn extension(key: &str) -> Option<&str> {
    let (stem, extension) = file_name(key).rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

/// What follows the last slash.
pub(super) fn file_name(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(BY_EXTENSION.is_sorted());
    }

    #[test]
    fn names_tell_types() {
        for (key, media_type) in [
            ("index.html", Some("text/html; charset=utf-8")),
            ("a/App.JS", Some("text/javascript; charset=utf-8")),
            ("a/app.js.map", Some("application/json; charset=utf-8")),
            ("pkg/app_bg.wasm", Some("application/wasm")),
            ("fonts/inter.woff2", Some("font/woff2")),
            ("favicon.ico", Some("image/x-icon")),
            ("photo.jpeg", Some("image/jpeg")),
            ("robots.txt", Some("text/plain; charset=utf-8")),
            ("notes.log", Some("text/plain; charset=utf-8")),
            (".well-known/apple-app-site-association", Some("application/json; charset=utf-8")),
            ("CNAME", None),
            ("folder.d/LICENSE", None),
            (".html", None),
            ("file.", None),
            ("data.unheardof", None),
        ] {
            assert_eq!(by_name(key).as_deref(), media_type, "{key}");
        }
    }

    #[test]
    fn beginnings_tell_types() {
        let cut_amid_a_character = "é".repeat(4).into_bytes();
        for (start, media_type) in [
            (&b""[..], "text/plain; charset=utf-8"),
            (b"just words", "text/plain; charset=utf-8"),
            (b"\n <!DOCTYPE HTML><p>", "text/html; charset=utf-8"),
            (&cut_amid_a_character[..7], "text/plain; charset=utf-8"),
            (b"a\0b", "application/octet-stream"),
            (b"\x89PNG\r\n", "application/octet-stream"),
        ] {
            assert_eq!(by_beginning(start), media_type, "{start:?}");
        }
    }
}
