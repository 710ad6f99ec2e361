//! Finds out what is wrong. `files` looks at settings files, for `validate` and for whoever is about to write one.
//! Nothing here prints or changes anything: the words are for `cli` to show.

pub mod files;
