//! The store as other programs and accidents leave it: deleted caches, torn tails, foreign and newer lines, folders
//! that cannot be written, a thousand writers at once.

mod care;
mod checkpoint;
mod crowd;
mod damage;
mod evidence;
mod importing;
mod rewriting;
mod schema;
