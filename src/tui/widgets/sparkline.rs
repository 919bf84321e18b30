//! Figures over time as one line of bars.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The newest figures in at most so many columns, each as high as it is beside the largest. A period without a figure
/// is a gap, which isn't the lowest bar.
pub fn sparkline(points: &[Option<f64>], columns: usize) -> String {
    let points = folded(points, columns);
    let largest = points.iter().flatten().copied().fold(0.0, f64::max);
    points.iter().map(|point| point.map_or(' ', |point| bar(point, largest))).collect()
}

/// Neighbours become one figure, their mean, where there are more of them than columns.
fn folded(points: &[Option<f64>], columns: usize) -> Vec<Option<f64>> {
    let columns = columns.max(1).min(points.len());
    let start = |column: usize| column * points.len() / columns.max(1);
    let groups = (0..columns).map(|column| &points[start(column)..start(column + 1)]);
    let mean = |group: &[Option<f64>]| {
        let figures: Vec<f64> = group.iter().flatten().copied().collect();
        (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64)
    };
    groups.map(mean).collect()
}

fn bar(point: f64, largest: f64) -> char {
    let share = if largest > 0.0 { point / largest } else { 0.0 };
    let highest = BARS.len() - 1;
    let place = (0..highest).find(|place| share < (*place as f64 + 0.5) / highest as f64);
    BARS[place.unwrap_or(highest)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_the_figures() {
        assert_eq!(sparkline(&[Some(0.0), Some(5.0), Some(10.0)], 10), "▁▅█");
        assert_eq!(sparkline(&[Some(0.0), Some(0.0)], 10), "▁▁");
        assert_eq!(sparkline(&[Some(7.0), None, Some(7.0)], 10), "█ █");
    }

    #[test]
    fn many_figures_fit_into_few_columns() {
        let points: Vec<_> = (0..180).map(|point| Some(f64::from(point))).collect();
        for columns in 1..40 {
            let line = sparkline(&points, columns);
            assert!((1..=columns).contains(&line.chars().count()), "{columns}: {line}");
            assert!(line.ends_with('█'), "{columns}: {line}");
        }
        assert_eq!(sparkline(&[], 5), "");
    }
}
