//! Money no transcript line explains: booked once from the client's totals, and taken back when its lines come.

mod cost_state;
mod status_line;
