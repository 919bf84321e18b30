//! Keeps the line ends and the byte order mark of a file that was changed as a document.
//!
//! The TOML document knows neither: it gives every line a plain newline. What an editor on Windows wrote must
//! still be what is there, except where an answer changed.

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The changed text, with each line ended as it was in the original.
pub(super) fn like(original: &str, changed: &str) -> String {
    let marked = original.starts_with(BYTE_ORDER_MARK);
    let before: Vec<&str> = original.trim_start_matches(BYTE_ORDER_MARK).split_inclusive('\n').collect();
    let after: Vec<&str> = changed.split_inclusive('\n').collect();
    let kept_above = same(before.iter(), after.iter());
    let kept_below = same(before[kept_above..].iter().rev(), after[kept_above..].iter().rev());
    let usual = if before.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };

    let mut text = if marked { String::from(BYTE_ORDER_MARK) } else { String::new() };
    text.extend(before[..kept_above].iter().copied());
    for line in &after[kept_above..after.len() - kept_below] {
        text.push_str(bare(line));
        text.push_str(if line.ends_with('\n') { usual } else { "" });
    }
    text.extend(before[before.len() - kept_below..].iter().copied());
    text
}

/// How many lines are the same but for their ends.
fn same<'a>(before: impl Iterator<Item = &'a &'a str>, after: impl Iterator<Item = &'a &'a str>) -> usize {
    let alike = |(one, other): &(&&str, &&str)| {
        bare(one) == bare(other) && one.ends_with('\n') == other.ends_with('\n')
    };
    before.zip(after).take_while(alike).count()
}

fn bare(line: &str) -> &str {
    line.trim_end_matches('\n').trim_end_matches('\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_anew() {
        let rows = [
            ("a\r\nb\nc\r\n", "a\nB\nc\n", "a\r\nB\r\nc\r\n"),
            ("\u{feff}a\nb", "a\nb", "\u{feff}a\nb"),
            ("a\nb\n", "a\nb\nc\n", "a\nb\nc\n"),
            ("a\r\nb\r\n", "b\n", "b\r\n"),
            ("", "a\n", "a\n"),
            ("a\na\n", "a\n", "a\n"),
        ];
        for (original, changed, expected) in rows {
            assert_eq!(like(original, changed), expected, "{original:?} {changed:?}");
        }
    }
}
