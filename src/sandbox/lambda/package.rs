//! The archive that holds a function's code.

use super::input::invalid;
use super::state::{Code, Config};
use crate::sandbox::call::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::Cursor;
use zip::ZipArchive;

/// Bytes that an archive may have unpacked.
const MOST_UNPACKED: u128 = 262_144_000;

/// Bytes that an archive may have (aws-facts.md D.1).
const MOST_PACKED: usize = 52_428_800;

/// What is kept of an archive, once it is known to be one that can run.
pub fn checked(encoded: &str, config: &Config) -> Result<Code, Refusal> {
    let unreadable =
        || invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let bytes = STANDARD.decode(encoded).map_err(|_| unreadable())?;
    if bytes.len() > MOST_PACKED {
        let message = "Request must be smaller than 69905067 bytes for the CreateFunction operation";
        return Err(Refusal::new(413, "RequestEntityTooLargeException", message));
    }
    let archive = ZipArchive::new(Cursor::new(&bytes)).map_err(|_| unreadable())?;
    if archive.is_empty() {
        return Err(invalid("Uploaded file must be a non-empty zip"));
    }
    if archive.decompressed_size().is_some_and(|size| size > MOST_UNPACKED) {
        return Err(invalid(format!("Unzipped size must be smaller than {MOST_UNPACKED} bytes")));
    }
    let names: Vec<&str> = archive.file_names().collect();
    check_handler(&names, config)?;
    Ok(Code { sha256: STANDARD.encode(Sha256::digest(&bytes)), size: bytes.len() })
}

/// AWS finds a missing handler only when the function first runs; the sandbox, which never runs it, says so
/// at once.
fn check_handler(names: &[&str], config: &Config) -> Result<(), Refusal> {
    let candidates = handler_files(config);
    if candidates.is_empty() || candidates.iter().any(|file| names.contains(&file.as_str())) {
        return Ok(());
    }
    Err(invalid(format!("The archive has no {} for the handler {}", candidates.join(" or "), config.handler)))
}

/// The files that may hold the handler; none for runtimes whose layout is not looked at.
fn handler_files(config: &Config) -> Vec<String> {
    let Some((module, _)) = config.handler.rsplit_once('.') else {
        return Vec::new();
    };
    if config.runtime.starts_with("nodejs") {
        ["js", "mjs", "cjs"].iter().map(|ending| format!("{module}.{ending}")).collect()
    } else if config.runtime.starts_with("python") {
        vec![format!("{}.py", module.replace('.', "/"))]
    } else {
        Vec::new()
    }
}
