//! What a hook books and what it says when nothing is to be said; the stops are under `budget`.

mod booking;
mod clouds;
mod contract;
mod files;
mod sessions;
mod slash;
