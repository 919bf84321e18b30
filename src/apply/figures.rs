//! Times and sizes in figures, as every surface tells them.

/// `0:07`, `1:48`, `2:03:09`.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// How long something takes that took between so many milliseconds: `under a second`, `0:40`, `0:40 to 3:20`.
pub fn between(least: u64, most: u64) -> String {
    match (duration(least), duration(most)) {
        _ if most < 1000 => "under a second".to_owned(),
        (least, most) if least == most => most,
        (least, most) => format!("{least} to {most}"),
    }
}

/// `999 B`, `1.5 kB`, `40.2 MB`.
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut units = ["kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while tenths >= 10_000
        && let Some(next) = units.next()
    {
        (tenths, unit) = (tenths / 1000, next);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_a_clock() {
        let told: Vec<_> = [0, 7_999, 108_000, 7_389_000].map(duration).into();
        assert_eq!(told, ["0:00", "0:07", "1:48", "2:03:09"]);
    }

    #[test]
    fn sizes_are_decimal() {
        let told: Vec<_> = [0, 999, 1500, 40_200_000, 999_999, u64::MAX].map(size).into();
        assert_eq!(told, ["0 B", "999 B", "1.5 kB", "40.2 MB", "999.9 kB", "18.4 EB"]);
    }

    #[test]
    fn a_stretch_of_time_is_told_once() {
        assert_eq!(between(0, 999), "under a second");
        assert_eq!(between(40_000, 40_999), "0:40");
        assert_eq!(between(40_000, 200_000), "0:40 to 3:20");
    }
}
