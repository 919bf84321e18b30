//! Passwords of visitors, held only as salted scrypt strings: `scrypt:N:r:p:salt:hash`, the last two in base64.

use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scrypt::Params;

/// N = 2^14 with 8 blocks takes 16 MB, which leaves room in the smallest function.
const LOG_N: u8 = 14;
const BLOCKS: u32 = 8;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// What a hash may need, so that checking it fits into 128 MB beside the runtime.
const MOST_MEMORY: u64 = 32 * 1024 * 1024;
const MOST_LANES: u32 = 8;

/// The salted hash of a password, as a profile may hold it.
pub fn hash_password(password: &str) -> Result<String> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| Error::failed("can't make a salt").because(error))?;
    hash_with(password, &salt)
}

fn hash_with(password: &str, salt: &[u8]) -> Result<String> {
    let mut hash = [0; HASH_BYTES];
    let failed = || Error::failed("can't hash the password");
    let parameters = Params::new(LOG_N, BLOCKS, LANES).map_err(|error| failed().because(error))?;
    scrypt::scrypt(password.as_bytes(), salt, &parameters, &mut hash)
        .map_err(|error| failed().because(error))?;
    let (salt, hash) = (STANDARD.encode(salt), STANDARD.encode(hash));
    Ok(format!("scrypt:{}:{BLOCKS}:{LANES}:{salt}:{hash}", 1_u32 << LOG_N))
}

/// Whether a text is a hash that the `basic-auth` function can check. What is wrong with it is told without
/// the text itself: it may be a password.
pub fn check_password_hash(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split(':').collect();
    let ["scrypt", n, blocks, lanes, salt, hash] = parts.as_slice() else {
        return Err("is no password hash; make one with: sitecast edge hash-password".into());
    };
    let cost = n.parse::<u64>().ok().zip(blocks.parse::<u32>().ok()).zip(lanes.parse::<u32>().ok());
    let ((n, blocks), lanes) = cost.ok_or("has a cost that is no number")?;
    check_cost(n, blocks, lanes)?;
    for (text, least, name) in [(salt, 8, "salt"), (hash, 16, "hash")] {
        let bytes = STANDARD.decode(text).map_err(|_| format!("has a {name} that is not base64"))?;
        if !(least..=64).contains(&bytes.len()) {
            return Err(format!("has a {name} of {} bytes; {least} to 64 are allowed", bytes.len()));
        }
    }
    Ok(())
}

fn check_cost(n: u64, blocks: u32, lanes: u32) -> Result<(), String> {
    if !n.is_power_of_two() || n < 1024 {
        return Err("has an N that is no power of two from 1024 up".into());
    }
    let memory = n.saturating_mul(u64::from(blocks)).saturating_mul(128);
    if blocks == 0 || memory > MOST_MEMORY || !(1..=MOST_LANES).contains(&lanes) {
        return Err("costs more than a function at the edge has: at most 32 MB and p = 8".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_passwords_have_unequal_hashes_that_pass_the_check() {
        let (one, other) = (hash_password("secret").unwrap(), hash_password("secret").unwrap());
        assert_ne!(one, other);
        assert_eq!(check_password_hash(&one), Ok(()));
        assert!(one.starts_with("scrypt:16384:8:1:"), "{one}");
    }

    #[test]
    fn what_is_no_hash_is_never_repeated() {
        for text in ["hunter2", "scrypt:1:2:3:hunter2:x", "scrypt:16384:8:1:hunter2:x", "a:b:c:d:e:f"] {
            let problem = check_password_hash(text).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_hash_that_costs_too_much_is_refused() {
        let (salt, hash) = (STANDARD.encode([0; 16]), STANDARD.encode([0; 32]));
        let rows = [
            ("16384:8:1", true),
            ("1048576:8:1", false),
            ("1000:8:1", false),
            ("16384:0:1", false),
            ("16384:8:9", false),
            ("18446744073709551615:8:1", false),
            ("9223372036854775808:8:1", false),
        ];
        for (cost, fine) in rows {
            assert_eq!(check_password_hash(&format!("scrypt:{cost}:{salt}:{hash}")).is_ok(), fine, "{cost}");
        }
    }
}
