//! `cost.language` as it is written; what its languages say is `base::words`'.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::words::Language;

/// A language, by its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Tongue {
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "zh-Hans")]
    ChineseByScript,
    #[serde(rename = "zh")]
    ChineseInShort,
}

impl Tongue {
    /// None: whatever the locale says.
    pub fn language(self) -> Option<Language> {
        match self {
            Tongue::Auto => None,
            Tongue::English => Some(Language::English),
            Tongue::Chinese | Tongue::ChineseByScript | Tongue::ChineseInShort => Some(Language::Chinese),
        }
    }
}
