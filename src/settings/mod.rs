pub mod file;
pub mod schema;
