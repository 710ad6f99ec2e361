//! Who served a call: the platforms that sell Claude, what their endpoints add to the list price, and how to tell
//! them apart by a model id and the environment Claude Code runs in. It does not read the environment itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::env;
use crate::model::model_id::{Identity, Target, identify};
use crate::model::price_table::Model;

/// A platform with prices of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// The Claude API.
    Anthropic,
    /// Claude Platform on AWS: the Claude API, billed by AWS.
    ClaudePlatformAws,
    /// Microsoft Foundry.
    Foundry,
    /// Amazon Bedrock.
    Bedrock,
    /// Google Cloud.
    Google,
}

impl Provider {
    pub const ALL: [Provider; 5] = [
        Provider::Anthropic,
        Provider::ClaudePlatformAws,
        Provider::Foundry,
        Provider::Bedrock,
        Provider::Google,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Provider::Anthropic => "anthropic",
            Provider::ClaudePlatformAws => "claude-platform-aws",
            Provider::Foundry => "foundry",
            Provider::Bedrock => "bedrock",
            Provider::Google => "google",
        }
    }

    /// By its name here, or by the one Claude Code uses.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "firstParty" => Some(Provider::Anthropic),
            "vertex" => Some(Provider::Google),
            _ => Provider::ALL.into_iter().find(|provider| provider.name() == text),
        }
    }

    /// Is fast mode of the model known to be sold there?
    pub fn offers_fast(self, model: &Model) -> bool {
        match self {
            Provider::Anthropic => true,
            Provider::Foundry => model.id == "claude-opus-5-5",
            Provider::ClaudePlatformAws | Provider::Bedrock | Provider::Google => false,
        }
    }

    /// Does `usage.inference_geo` change the price there?
    pub fn has_inference_geo(self) -> bool {
        matches!(self, Provider::Anthropic | Provider::ClaudePlatformAws)
    }

    /// The factor of an endpoint, in thousandths, for models that have one; None: the platform makes no difference
    /// by location. `location` is a geo prefix, a region or `global`.
    pub fn location_factor(self, location: &str) -> Option<u64> {
        match self {
            Provider::Anthropic | Provider::ClaudePlatformAws => None,
            Provider::Foundry => Some(match location {
                "us-data-zone-standard" | "us-data-zone" | "us" => 1100,
                _ => 1000,
            }),
            Provider::Bedrock if location.starts_with("us-gov") => Some(1200),
            Provider::Bedrock | Provider::Google => Some(if location == "global" { 1000 } else { 1100 }),
        }
    }
}

/// The provider of a call and its region, from the model id as sent and the environment of the client.
///
/// What only one platform writes into an id is believed before the environment, which may have changed since. The
/// region variables are believed only together with the switch of their platform: many machines set `AWS_REGION` for
/// other reasons. A geo prefix of Bedrock is returned as the region only where no region is known; it decides the
/// price in any case, because `price` reads it from the id again.
pub fn recognise(model_as_sent: &str, env: &dyn Fn(&str) -> Option<String>) -> (Provider, Option<String>) {
    let id = identify(model_as_sent);
    let is_on = |name: &str| env(name).is_some_and(|value| switch(&value));
    let value = |name: &str| env(name).map(|text| text.trim().to_string()).filter(|text| !text.is_empty());
    let configured = [
        (env::CLAUDE_CODE_USE_BEDROCK, Provider::Bedrock),
        (env::CLAUDE_CODE_USE_VERTEX, Provider::Google),
        (env::CLAUDE_CODE_USE_FOUNDRY, Provider::Foundry),
        (env::CLAUDE_CODE_USE_ANTHROPIC_AWS, Provider::ClaudePlatformAws),
        (env::CLAUDE_CODE_USE_MANTLE, Provider::Bedrock),
    ]
    .into_iter()
    .find(|(name, _)| is_on(name))
    .map(|(_, provider)| provider);
    let provider = id.provider.or(configured).unwrap_or(Provider::Anthropic);
    let from_env = || match provider {
        _ if configured != Some(provider) => None,
        Provider::Bedrock | Provider::ClaudePlatformAws => {
            value(env::AWS_REGION).or_else(|| value(env::AWS_DEFAULT_REGION))
        }
        Provider::Google => google_region(&id, &value).or_else(|| value(env::CLOUD_ML_REGION)),
        Provider::Anthropic | Provider::Foundry => None,
    };
    let region = id.region.map(str::to_string).or_else(from_env);
    let scope = || id.scope.map(|scope| scope.to_string());
    (provider, region.or_else(scope))
}

/// How Claude Code reads its switches.
fn switch(value: &str) -> bool {
    ["1", "true", "yes", "on"].iter().any(|on| value.trim().eq_ignore_ascii_case(on))
}

/// The region set for one model. The client has named these variables both ways round (`…_4_0_SONNET`,
/// `…_HAIKU_4_5`), and calls a first version `4_0` or `4`.
fn google_region(id: &Identity<'_>, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let Target::Model(model) = id.target else { return None };
    let mut words: Vec<&str> = model.id.strip_prefix("claude-")?.split('-').collect();
    words.retain(|word| word.len() < 8 || !word.bytes().all(|b| b.is_ascii_digit()));
    let (version, name): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let name = name.join("_").to_uppercase();
    let version = version.join("_");
    let first = format!("{version}_0");
    let also = (!version.contains('_')).then_some(&first);
    let of = |rest: &str| value(&format!("{}_{rest}", env::VERTEX_REGION_CLAUDE));
    std::iter::once(&version)
        .chain(also)
        .find_map(|version| of(&format!("{version}_{name}")).or_else(|| of(&format!("{name}_{version}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(model: &str, env: &[(&str, &str)]) -> (Provider, Option<String>) {
        let look = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string());
        recognise(model, &look)
    }

    fn at(region: &str) -> Option<String> {
        Some(region.to_string())
    }

    #[test]
    fn nothing_special_is_the_claude_api() {
        assert_eq!(seen("claude-opus-5-5", &[]), (Provider::Anthropic, None));
        assert_eq!(seen("claude-opus-5-5", &[("AWS_REGION", "us-east-1")]), (Provider::Anthropic, None));
        for off in ["0", "false", "", "no", "off", " "] {
            let env = [("CLAUDE_CODE_USE_BEDROCK", off), ("AWS_REGION", "us-east-1")];
            assert_eq!(seen("claude-opus-5-5", &env), (Provider::Anthropic, None), "{off:?}");
        }
    }

    #[test]
    fn switches_of_the_client_tell_the_platform() {
        for on in ["1", "true", "TRUE", "yes", " on "] {
            let env = [("CLAUDE_CODE_USE_BEDROCK", on), ("AWS_DEFAULT_REGION", "eu-west-1")];
            assert_eq!(seen("claude-opus-5-5", &env), (Provider::Bedrock, at("eu-west-1")), "{on:?}");
        }
        let both = [("CLAUDE_CODE_USE_MANTLE", "1"), ("AWS_REGION", "a-1"), ("AWS_DEFAULT_REGION", "b-2")];
        assert_eq!(seen("anthropic.claude-opus-5-5", &both), (Provider::Bedrock, at("a-1")));
        let foundry = [("CLAUDE_CODE_USE_FOUNDRY", "1")];
        assert_eq!(seen("my-deployment", &foundry), (Provider::Foundry, None));
        let platform = [("CLAUDE_CODE_USE_ANTHROPIC_AWS", "1"), ("AWS_REGION", "us-west-2")];
        assert_eq!(seen("claude-opus-5-5", &platform), (Provider::ClaudePlatformAws, at("us-west-2")));
    }

    #[test]
    fn an_id_that_only_one_platform_writes_is_believed_first() {
        assert_eq!(seen("us.anthropic.claude-opus-5-5", &[]), (Provider::Bedrock, at("us")));
        let vertex = [("CLAUDE_CODE_USE_VERTEX", "1"), ("CLOUD_ML_REGION", "global")];
        assert_eq!(seen("us.anthropic.claude-opus-5-5", &vertex), (Provider::Bedrock, at("us")));
        assert_eq!(seen("claude-opus-4-5@20251101", &[]), (Provider::Google, None));
        let arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-5-5";
        assert_eq!(seen(arn, &[]), (Provider::Bedrock, at("eu-west-1")));
        let bedrock = [("CLAUDE_CODE_USE_BEDROCK", "1"), ("AWS_REGION", "us-east-1")];
        assert_eq!(seen("us.anthropic.claude-opus-5-5", &bedrock), (Provider::Bedrock, at("us-east-1")));
    }

    #[test]
    fn google_regions_may_be_set_for_one_model() {
        let env = [
            ("CLAUDE_CODE_USE_VERTEX", "1"),
            ("CLOUD_ML_REGION", "global"),
            ("VERTEX_REGION_CLAUDE_HAIKU_4_5", "us-east5"),
            ("VERTEX_REGION_CLAUDE_4_0_SONNET", "europe-west1"),
            ("VERTEX_REGION_CLAUDE_3_5_SONNET", "asia-east1"),
            ("VERTEX_REGION_CLAUDE_OPUS_5", ""),
        ];
        for (model, region) in [
            ("claude-haiku-4-5@20251001", "us-east5"),
            ("claude-sonnet-4@20250514", "europe-west1"),
            ("claude-3-5-sonnet-v2@20241022", "asia-east1"),
            ("claude-opus-5", "global"),
            ("claude-opus-5-5", "global"),
            ("no-such-model", "global"),
        ] {
            assert_eq!(seen(model, &env), (Provider::Google, at(region)), "{model}");
        }
    }

    #[test]
    fn names_are_what_is_written_and_read() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.name()), Some(provider));
            let written = serde_json::to_string(&provider).expect("plain");
            assert_eq!(written, format!("\"{}\"", provider.name()));
        }
        assert_eq!(Provider::parse("vertex"), Some(Provider::Google));
        assert_eq!(Provider::parse("firstParty"), Some(Provider::Anthropic));
        assert_eq!(Provider::parse("Bedrock"), None);
    }
}
