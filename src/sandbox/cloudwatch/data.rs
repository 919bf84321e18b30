//! Imagined traffic, minute by minute.

/// The metrics that every distribution has without a subscription.
pub const METRICS: [&str; 6] =
    ["Requests", "BytesDownloaded", "BytesUploaded", "4xxErrorRate", "5xxErrorRate", "TotalErrorRate"];

/// What a metric measured in the minute that begins at `minute`, seconds since 1970.
pub fn measured(distribution: &str, metric: &str, minute: i64) -> Option<f64> {
    let noise = noise(distribution, minute);
    let requests = 40.0 + (noise % 25) as f64;
    // One request of one minute in six goes to a path that is not there.
    let failed = if noise.is_multiple_of(6) { 100.0 / requests } else { 0.0 };
    match metric {
        "Requests" => Some(requests),
        "BytesDownloaded" => Some(requests * 18_000.0),
        "BytesUploaded" => Some(requests * 420.0),
        "4xxErrorRate" | "TotalErrorRate" => Some(failed),
        "5xxErrorRate" => Some(0.0),
        _ => None,
    }
}

/// FNV-1a: any spread of bits will do here.
fn noise(distribution: &str, minute: i64) -> u64 {
    let bytes = distribution.bytes().chain(minute.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash >> 20
}
