//! What differs between two texts, line by line.

/// One line of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared<'a> {
    /// In both.
    Same(&'a str),
    /// Only in the first.
    Gone(&'a str),
    /// Only in the second.
    New(&'a str),
}

/// Compares two texts by their longest common run of lines.
pub fn compared<'a>(before: &'a str, after: &'a str) -> Vec<Compared<'a>> {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let lengths = common_lengths(&before, &after);
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            lines.push(Compared::Same(before[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < before.len() && (j == after.len() || lengths[i + 1][j] >= lengths[i][j + 1]) {
            lines.push(Compared::Gone(before[i]));
            i += 1;
        } else {
            lines.push(Compared::New(after[j]));
            j += 1;
        }
    }
    lines
}

/// At `[i][j]`, how many lines the rests from `i` and from `j` have in common.
fn common_lengths(before: &[&str], after: &[&str]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            lengths[i][j] = if before[i] == after[j] {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::Compared::{Gone, New, Same};
    use super::*;

    #[test]
    fn a_changed_line_goes_and_comes() {
        assert_eq!(compared("a\nb\nc", "a\nx\nc\nd"), [Same("a"), Gone("b"), New("x"), Same("c"), New("d")]);
    }

    #[test]
    fn equal_texts_have_only_same_lines() {
        assert_eq!(compared("a\nb", "a\nb"), [Same("a"), Same("b")]);
        assert_eq!(compared("", "a"), [New("a")]);
    }
}
