//! Charts of characters: columns over a value axis, with a line of marks and a level across, and sparklines. Readable in
//! 60 columns, without colour, and without Unicode where the screen has none. Draws numbers; what they are, and how an
//! axis names them, is the caller's. Floats are good enough here, and only here.
//!
//! Own code since the libraries there are draw curves of dots (`textplots`, `rasciigraph`), or bring a whole screen with
//! them (`ratatui`).

use super::style::{Screen, Tone};
use crate::base::width::{columns as width_of, right};

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub label: String,
    pub value: f64,
    /// Where its mark stands: a moving average.
    pub mark: Option<f64>,
}

/// What is drawn.
pub struct Chart<'a> {
    pub columns: &'a [Column],
    /// A line across at this value.
    pub level: Option<f64>,
    /// What a value is called on the axis, given the distance of two such values.
    pub name: &'a dyn Fn(f64, f64) -> String,
}

/// What came of it.
pub struct Drawn {
    pub lines: Vec<String>,
    /// How many columns share one, where there was no room for all: it shows their mean.
    pub merged: usize,
    /// The level is above the chart and not drawn.
    pub level_is_above: bool,
}

/// What the parts of a chart look like.
pub struct Glyphs {
    pub column: &'static str,
    pub mark: &'static str,
    pub level: &'static str,
}

/// For a legend.
pub fn glyphs(screen: &Screen) -> Glyphs {
    if screen.unicode {
        Glyphs { column: "█", mark: "•", level: "┄" }
    } else {
        Glyphs { column: "#", mark: "o", level: "-" }
    }
}

/// Parts of a cell, from below.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const THIRDS: [&str; 4] = [" ", ".", ":", "#"];
/// Wider columns than this only make a chart of three days look odd.
const WIDEST: usize = 8;
/// A level further up than this many times the highest column would flatten all of them.
const TOO_HIGH: f64 = 2.0;

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Empty,
    Bar,
    Mark,
    Level,
}

/// The columns with their axes. Nothing for no columns.
pub fn columns(screen: &Screen, chart: &Chart<'_>) -> Drawn {
    let highest = chart
        .columns
        .iter()
        .flat_map(|column| [Some(column.value), column.mark])
        .flatten()
        .filter(|value| value.is_finite())
        .fold(0.0, f64::max);
    let level_is_above = chart.level.is_some_and(|level| highest > 0.0 && level > highest * TOO_HIGH);
    let level = chart.level.filter(|level| !level_is_above && *level > 0.0);
    let axis = Axis::up_to(highest.max(level.unwrap_or(0.0)));
    if chart.columns.is_empty() {
        return Drawn { lines: Vec::new(), merged: 1, level_is_above };
    }
    let names: Vec<String> =
        (0..=axis.steps).map(|at| (chart.name)(at as f64 * axis.step, axis.step)).collect();
    let left = names.iter().map(|name| width_of(name)).max().unwrap_or(0) + 2;
    let room = usize::from(screen.width).saturating_sub(left).max(10);
    let merged = chart.columns.len().div_ceil(room);
    let shown = merge(chart.columns, merged);
    let wide = (room / shown.len()).clamp(1, WIDEST);
    let mut lines = Vec::new();
    for row in (0..axis.rows()).rev() {
        let name = ((row + 1) % axis.rows_a_step == 0).then(|| &names[(row + 1) / axis.rows_a_step]);
        let cells = cells(screen, &shown, row, wide, &axis, level);
        let line = match (screen.unicode, name.is_some()) {
            (true, true) => "┤",
            (true, false) => "│",
            (false, true) => "+",
            (false, false) => "|",
        };
        let head = format!("{} {line}", right(name.map_or("", String::as_str), left - 2));
        let painted = runs(&cells).map(|(part, text)| paint(screen, part, &text)).collect::<String>();
        lines.push(trimmed(screen.paint(Tone::Faint, head) + &painted));
    }
    let (base, dates) = feet(screen, &shown, wide, &names[0], left);
    lines.push(screen.paint(Tone::Faint, base));
    lines.push(screen.paint(Tone::Faint, dates));
    Drawn { lines, merged, level_is_above }
}

/// Round steps from nothing to above the highest value.
struct Axis {
    step: f64,
    steps: usize,
    rows_a_step: usize,
}

impl Axis {
    fn up_to(highest: f64) -> Self {
        let highest = if highest > 0.0 && highest.is_finite() { highest } else { 1.0 };
        let power = 10_f64.powf((highest / 4.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|round| round * power)
            .find(|step| step * 4.0 >= highest * (1.0 - 1e-9))
            .unwrap_or(power * 10.0);
        let steps = ((highest / step) - 1e-9).ceil().max(1.0) as usize;
        // About nine rows, in which every step ends with one.
        Self { step, steps, rows_a_step: (9 / steps).max(2) }
    }

    fn rows(&self) -> usize {
        self.steps * self.rows_a_step
    }

    /// Where a value stands, in rows from below.
    fn height(&self, value: f64) -> f64 {
        if value.is_finite() { value.max(0.0) / self.step * self.rows_a_step as f64 } else { 0.0 }
    }

    /// The row a mark at a value is in.
    fn row(&self, value: f64) -> usize {
        (self.height(value).ceil() as usize).saturating_sub(1).min(self.rows() - 1)
    }
}

/// Neighbours put together by their means. The newest come whole, since they are looked at first.
fn merge(columns: &[Column], many: usize) -> Vec<Column> {
    if many <= 1 {
        return columns.to_vec();
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let mut shown: Vec<Column> = columns
        .rchunks(many)
        .map(|some| Column {
            label: some[0].label.clone(),
            value: mean(&some.iter().map(|column| column.value).collect::<Vec<_>>()),
            mark: some.last().and_then(|column| column.mark),
        })
        .collect();
    shown.reverse();
    shown
}

fn cells(
    screen: &Screen,
    columns: &[Column],
    row: usize,
    wide: usize,
    axis: &Axis,
    level: Option<f64>,
) -> Vec<(Part, &'static str)> {
    let glyphs = glyphs(screen);
    let gap = usize::from(wide > 1);
    let behind = match level.filter(|level| axis.row(*level) == row) {
        Some(_) => (Part::Level, glyphs.level),
        None => (Part::Empty, " "),
    };
    let mut cells = Vec::new();
    for column in columns {
        let filled = axis.height(column.value) - row as f64;
        let bar = block(screen, filled, row == 0 && column.value > 0.0);
        let body = if bar == " " { behind } else { (Part::Bar, bar) };
        let at = cells.len();
        cells.extend(std::iter::repeat_n(body, wide - gap));
        cells.extend(std::iter::repeat_n(behind, gap));
        if column.mark.is_some_and(|mark| mark > 0.0 && axis.row(mark) == row) {
            cells[at + (wide - gap) / 2] = (Part::Mark, glyphs.mark);
        }
    }
    cells
}

/// A cell that is filled to a part. Something is never drawn as nothing.
fn block(screen: &Screen, filled: f64, is_something: bool) -> &'static str {
    let blocks: &[&str] = if screen.unicode { &EIGHTHS } else { &THIRDS };
    let most = blocks.len() - 1;
    let part = (filled.clamp(0.0, 1.0) * most as f64).round() as usize;
    blocks[part.max(usize::from(is_something)).min(most)]
}

/// Neighbouring cells of one kind.
fn runs(cells: &[(Part, &'static str)]) -> impl Iterator<Item = (Part, String)> {
    cells
        .chunk_by(|a, b| a.0 == b.0)
        .map(|run| (run[0].0, run.iter().map(|(_, text)| *text).collect::<String>()))
}

fn paint(screen: &Screen, part: Part, text: &str) -> String {
    match part {
        Part::Empty => text.to_string(),
        Part::Bar => screen.paint(Tone::Command, text),
        Part::Mark => screen.paint(Tone::Heading, text),
        Part::Level => screen.paint(Tone::Warning, text),
    }
}

fn trimmed(line: String) -> String {
    line.trim_end_matches(' ').to_string()
}

/// The base line with a tick where a label begins, and the labels.
fn feet(screen: &Screen, columns: &[Column], wide: usize, zero: &str, left: usize) -> (String, String) {
    let (corner, line, tick) = if screen.unicode { ("└", "─", "┬") } else { ("+", "-", "+") };
    let widest = columns.iter().map(|column| width_of(&column.label)).max().unwrap_or(0);
    let every = (widest + 1).div_ceil(wide);
    let mut base = format!("{} {corner}", right(zero, left - 2));
    let mut labels = " ".repeat(left);
    for (at, column) in columns.iter().enumerate() {
        let from = at * wide;
        let fits = left + from + width_of(&column.label) <= usize::from(screen.width);
        let labelled = at % every == 0 && fits;
        base.push_str(if labelled { tick } else { line });
        base.push_str(&line.repeat(wide - 1));
        if labelled {
            labels.push_str(&" ".repeat((left + from).saturating_sub(width_of(&labels))));
            labels.push_str(&column.label);
        }
    }
    (base, trimmed(labels))
}

/// A row of small columns: nothing is a dot, and something is never drawn as nothing.
pub fn sparkline(screen: &Screen, values: &[f64]) -> String {
    const ASCII: [&str; 8] = [".", ":", "-", "=", "+", "*", "#", "@"];
    let highest = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let glyph = |value: f64| {
        if highest <= 0.0 || value.is_nan() || value <= 0.0 {
            return if screen.unicode { "·" } else { "_" };
        }
        let eighth = ((value / highest * 8.0).ceil() as usize).clamp(1, 8);
        if screen.unicode { EIGHTHS[eighth] } else { ASCII[eighth - 1] }
    };
    values.iter().map(|value| glyph(*value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dollars(value: f64, step: f64) -> String {
        if step >= 1.0 && step.fract() == 0.0 { format!("${value:.0}") } else { format!("${value:.2}") }
    }

    fn sample(days: u32, value: impl Fn(u32) -> f64) -> Vec<Column> {
        let column =
            |day| Column { label: format!("{day} Nov"), value: value(day), mark: Some(value(day) / 2.0) };
        (1..=days).map(column).collect()
    }

    fn draw(columns_of: &[Column], width: u16, unicode: bool, level: Option<f64>) -> Drawn {
        let screen = Screen { unicode, ..Screen::plain(width) };
        columns(&screen, &Chart { columns: columns_of, level, name: &dollars })
    }

    fn text(drawn: &Drawn) -> String {
        drawn.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn a_chart_in_ascii() {
        let days = sample(5, |day| f64::from(day * day));
        let expected = "\
$30 +----------------------------------------
    |                                :::::::
    |                                #######
$20 +                                #######
    |                        ::::::: #######
    |                        ####### ###o###
$10 +                ::::::: ###o### #######
    |        ....... ###o### ####### #######
    |...o... ###o### ####### ####### #######
 $0 ++-------+-------+-------+-------+-------
     1 Nov   2 Nov   3 Nov   4 Nov   5 Nov
";
        let drawn = draw(&days, 60, false, Some(28.0));
        assert_eq!(text(&drawn), expected);
    }

    #[test]
    fn a_month_in_60_columns() {
        let days = sample(30, |day| f64::from(day % 7) * 1.7);
        let drawn = draw(&days, 60, true, Some(5.0));
        assert_eq!(
            text(&drawn),
            "\
$15 ┤
    │
    │     ▁      ▁      ▁      ▁
$10 ┤    ▁█     ▁█     ▁█     ▁█
    │   ▁██    ▁██    ▁██    ▁██
    │   ██•    ██•    ██•    ██•
 $5 ┤┄┄█••█┄┄┄█••█┄┄┄█••█┄┄┄█••█┄┄┄
    │ ••███  ••███  ••███  ••███  •
    │•█████ •█████ •█████ •█████ •█
 $0 └┬──────┬──────┬──────┬──────┬─
     1 Nov  8 Nov  15 Nov 22 Nov 29 Nov
"
        );
    }

    #[test]
    fn axes_are_round_and_reach_above_everything() {
        for (highest, step, steps) in [
            (0.0, 0.25, 4),
            (1.0, 0.25, 4),
            (4.1, 2.0, 3),
            (9.99, 2.5, 4),
            (10.0, 2.5, 4),
            (0.003, 0.001, 3),
            (130.0, 50.0, 3),
            (f64::NAN, 0.25, 4),
        ] {
            let axis = Axis::up_to(highest);
            assert!((axis.step - step).abs() < step * 1e-6, "{highest}: {}", axis.step);
            assert_eq!(axis.steps, steps, "{highest}");
            assert!((6..=10).contains(&axis.rows()), "{highest}: {}", axis.rows());
        }
    }

    #[test]
    fn nothing_is_wider_than_the_screen() {
        for width in [40, 60, 80, 120, 200] {
            for days in [1, 2, 7, 30, 31, 90, 366, 1000] {
                for unicode in [true, false] {
                    let drawn = draw(&sample(days, f64::from), width, unicode, Some(50.0));
                    for line in &drawn.lines {
                        assert!(line.chars().count() <= usize::from(width), "{width} {days}:\n{line}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_has_no_room_is_put_together_and_said_to_be() {
        let drawn = draw(&sample(90, |_| 2.0), 60, false, None);
        assert_eq!(drawn.merged, 2);
        let bars = drawn.lines[drawn.lines.len() - 3].matches('#').count();
        assert_eq!(bars, 45, "{}", text(&drawn));
        assert!(draw(&[], 60, true, None).lines.is_empty());
    }

    #[test]
    fn odd_numbers_draw_nothing_odd() {
        let values = [f64::NAN, -1.0, 0.0, 1e-9, 1.0, f64::NAN];
        let columns: Vec<Column> = values
            .iter()
            .map(|value| Column { label: "x".into(), value: *value, mark: Some(*value) })
            .collect();
        let drawn = draw(&columns, 60, true, Some(f64::NAN));
        assert_eq!(text(&drawn).matches('▁').count(), 6, "{}", text(&drawn));
        let ascii = Screen::plain(60);
        assert_eq!(sparkline(&ascii, &[0.0, 0.01, 0.5, 1.0, f64::NAN, -3.0]), "_.=@__");
        assert_eq!(sparkline(&Screen { unicode: true, ..ascii }, &[0.0, 0.01, 0.5, 1.0]), "·▁▄█");
        assert_eq!(sparkline(&ascii, &[]), "");
    }
}
