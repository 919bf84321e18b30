//! Identifiers in the shapes that AWS gives out, derived from a seed.
//!
//! Whoever asks puts into the seed what makes the thing unique: its name, the moment, a counter.

use sha2::{Digest, Sha256};

/// `length` capital letters and digits, as in a hosted zone's id.
pub fn capitals(seed: &str, length: usize) -> String {
    spelled(seed, length, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
}

/// `length` small letters.
pub fn small_letters(seed: &str, length: usize) -> String {
    spelled(seed, length, b"abcdefghijklmnopqrstuvwxyz")
}

/// `length` hexadecimal digits.
pub fn hexadecimal(seed: &str, length: usize) -> String {
    spelled(seed, length, b"0123456789abcdef")
}

/// Five groups of hexadecimal digits, as in a certificate's ARN.
pub fn uuid(seed: &str) -> String {
    let digits = hexadecimal(seed, 32);
    let (a, rest) = digits.split_at(8);
    let (b, rest) = rest.split_at(4);
    let (c, rest) = rest.split_at(4);
    let (d, e) = rest.split_at(4);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// The SHA-256 of the seed; each block of 32 letters takes a hash of its own.
fn spelled(seed: &str, length: usize, alphabet: &[u8]) -> String {
    let blocks = (0_u32..).flat_map(|block| Sha256::digest(format!("{block}:{seed}")));
    blocks.take(length).map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_identifier_of_the_asked_length() {
        assert_eq!(capitals("zone 1", 20), capitals("zone 1", 20));
        assert_ne!(capitals("zone 1", 20), capitals("zone 2", 20));
        assert_eq!(hexadecimal("x", 70).len(), 70);
        assert_eq!(uuid("x").split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
