//! A setting's key as an argument: shells complete every key there is. What a key means is `settings::keys`' to say.

use std::ffi::OsStr;
use std::sync::OnceLock;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::settings::keys::all_keys;

/// For `value_parser`, with `hide_possible_values = true`: the help does not list the keys, and any text is taken, since
/// nobody can list the keys of limits and members (`cost.limits[night].amount`).
#[derive(Debug, Clone, Copy)]
pub(super) struct SettingKey;

impl TypedValueParser for SettingKey {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        // clap wants names that live as long as the program.
        static KEYS: OnceLock<Vec<String>> = OnceLock::new();
        let keys = KEYS.get_or_init(all_keys).iter().map(String::as_str);
        // Entries of lists have names of their own.
        Some(Box::new(keys.filter(|key| !key.contains('[')).map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_taken_and_every_plain_key_offered() {
        let key = Arg::new("key").value_parser(SettingKey);
        let found =
            Command::new("get").arg(key).try_get_matches_from(["get", "cost.limits[night].amount"]).unwrap();
        assert_eq!(found.get_one::<String>("key").unwrap(), "cost.limits[night].amount");
        let offered: Vec<String> =
            SettingKey.possible_values().unwrap().map(|value| value.get_name().to_string()).collect();
        for key in ["cost.dailyBudget", "cost.pricing.multiplier", "team.user"] {
            assert!(offered.iter().any(|one| one == key), "{key}");
        }
        assert!(!offered.iter().any(|key| key.contains('[')), "{offered:?}");
    }
}
