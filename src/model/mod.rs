//! The words of the product: data and invariants. No input or output of any kind.

pub mod capacity;
pub mod day;
pub mod entry;
pub mod limit;
pub mod model_id;
pub mod price;
pub mod price_table;
pub mod pricing_rules;
pub mod provider;
pub mod rate_limit;
pub mod ratio;
pub mod tariff;
pub mod usage;
