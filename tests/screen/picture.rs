//! A frame as a picture. Each cell has its own place, so that no font can shift a row.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

const CELL: (f32, f32) = (8.43, 18.0);
const MARGIN: f32 = 14.0;
const FONT: &str = "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\"";

/// The frame as SVG, on a dark ground.
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let width = f32::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(rows) * CELL.1 + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" role=\"img\" {FONT} \
         xml:space=\"preserve\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1d23\"/>\n",
        escaped(title)
    );
    for (number, row) in (0_u16..).zip(buffer.content.chunks(usize::from(columns))) {
        svg += &row_texts(number, row);
    }
    svg + "</svg>\n"
}

/// One text for each word in one look: not every program heeds the place of more than a text's first letter.
fn row_texts(number: u16, row: &[Cell]) -> String {
    let look = |cell: &Cell| (cell.fg, cell.modifier);
    let cells: Vec<(u16, &Cell)> = (0_u16..).zip(row).filter(|(_, cell)| cell.symbol() != " ").collect();
    let runs = cells.chunk_by(|(column, one), (next, other)| column + 1 == *next && look(one) == look(other));
    runs.map(|run| text(number, run)).collect()
}

fn text(row: u16, run: &[(u16, &Cell)]) -> String {
    let places: Vec<String> =
        run.iter().map(|(column, _)| format!("{:.1}", MARGIN + f32::from(*column) * CELL.0)).collect();
    let letters: String = run.iter().map(|(_, cell)| escaped(cell.symbol())).collect();
    let down = MARGIN + f32::from(row) * CELL.1 + 13.5;
    format!("<text y=\"{down:.1}\" x=\"{}\"{}>{letters}</text>\n", places.join(" "), look(run[0].1))
}

fn look(cell: &Cell) -> String {
    let colour = match cell.fg {
        Color::Reset => "#d7dae0",
        Color::Cyan => "#5cc5d6",
        Color::Green => "#83c76e",
        Color::Yellow => "#e8c36b",
        Color::Red => "#f28b82",
        other => panic!("no screen uses {other}"),
    };
    let bold = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let dim = if cell.modifier.contains(Modifier::DIM) { " fill-opacity=\"0.62\"" } else { "" };
    format!(" fill=\"{colour}\"{bold}{dim}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
