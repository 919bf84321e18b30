//! Request ids, which no two answers share.

/// A fresh request id in the form that most services use.
pub fn fresh() -> String {
    let digits = random_hex(16);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

/// `bytes` random bytes as hexadecimal digits.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    // Without a source of randomness ids repeat, which harms nobody but a reader of logs.
    if getrandom::fill(&mut random).is_err() {
        random.fill(0);
    }
    hex::encode(random)
}
