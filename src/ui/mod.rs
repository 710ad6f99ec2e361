//! What the terminal sees: colour, width, bars, charts, annotated sources, a screen of its own, and the only writers of stdout and stderr. Knows
//! nothing of money, sessions or budgets.

pub mod bar;
pub mod chart;
pub mod checklist;
pub mod diagnostics;
pub mod diff;
pub mod facts;
pub mod print;
pub mod style;
pub mod terminal;
