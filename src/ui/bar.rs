//! Bars: a part of a whole in a fixed number of columns.

use super::style::Screen;

/// `████░░░░` or `####----`. Something is never drawn as nothing, and all only when it is all: a bar that looks
/// full says that nothing is left.
pub fn bar(screen: &Screen, ratio: f64, width: usize) -> String {
    let (full, empty) = if screen.unicode { ("█", "░") } else { ("#", "-") };
    let cells = filled(ratio, width);
    full.repeat(cells) + &empty.repeat(width - cells)
}

fn filled(ratio: f64, width: usize) -> usize {
    if ratio.is_nan() || ratio <= 0.0 || width == 0 {
        return 0;
    }
    if ratio >= 1.0 {
        return width;
    }
    let cells = (ratio * width as f64).round() as usize;
    cells.clamp(1.min(width - 1), width - 1)
}

/// `41%`; `<1%` for something that is nearly nothing, `>99%` for what is not quite all.
pub fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent > 0.0 && percent < 1.0 {
        "<1%".to_string()
    } else if percent > 99.0 && percent < 100.0 {
        ">99%".to_string()
    } else {
        format!("{}%", percent.max(0.0).floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_do_not_lie_at_their_ends() {
        let ascii = Screen::plain(80);
        let draw = |ratio| bar(&ascii, ratio, 8);
        assert_eq!(draw(0.0), "--------");
        assert_eq!(draw(0.001), "#-------");
        assert_eq!(draw(0.5), "####----");
        assert_eq!(draw(0.999), "#######-");
        assert_eq!(draw(1.0), "########");
        assert_eq!(draw(7.0), "########");
        assert_eq!(draw(f64::NAN), "--------");
        assert_eq!(bar(&Screen { unicode: true, ..ascii }, 0.5, 4), "██░░");
    }

    #[test]
    fn percentages_do_not_either() {
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.004), "<1%");
        assert_eq!(percent(0.419), "41%");
        assert_eq!(percent(0.9999), ">99%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(1.256), "125%");
        assert_eq!(percent(-0.5), "0%");
    }
}
