//! The word that was probably meant.

/// The candidate nearest to what was written, if any is near enough to be worth saying.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(written, candidate);
    let (candidate, distance) = candidates
        .into_iter()
        .map(|candidate| (candidate, distance(candidate)))
        .min_by_key(|(_, distance)| *distance)?;
    // A third of the letters may be wrong; beyond that a guess confuses more than it helps.
    (distance <= (candidate.chars().count() / 3).max(1)).then_some(candidate)
}
