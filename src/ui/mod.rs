//! What the terminal sees: colour, width, bars, annotated sources, and the only writers of stdout and stderr. Knows
//! nothing of money, sessions or budgets.

pub mod bar;
pub mod checklist;
pub mod diagnostics;
pub mod diff;
pub mod print;
pub mod style;
