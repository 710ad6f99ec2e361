//! What the calls are priced as: another model, another place, or both; and which of each there are.

use crate::base::error::{Error, Result};
use crate::base::text::{list_or, nearest, quoted, ticked};
use crate::base::width::shown;
use crate::model::day::Day;
use crate::model::model_id::identify;
use crate::model::price::PriceOverrides;
use crate::model::price_table::{Model, models};
use crate::model::provider::Provider;

/// What every call is priced as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// None: each call's own.
    pub model: Option<Choice>,
    /// None: where each call ran.
    pub place: Option<Place>,
}

/// A model to compare with.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The id it is priced by and shown under.
    pub id: String,
    /// None: only the user's own prices know it.
    pub listed: Option<&'static Model>,
}

impl PartialEq for Choice {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Choice {}

/// A platform and where on it calls run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub provider: Provider,
    /// As shown: `global`, `regional`, or the name that was asked for.
    pub region: String,
    /// The price is that of inference in the US only.
    pub us_inference: bool,
}

impl Place {
    fn new(provider: Provider, region: &str) -> Self {
        let us_inference = provider.has_inference_geo() && region == "us";
        Self { provider, region: region.to_string(), us_inference }
    }

    /// A place as people name it; without a region, where the list price holds.
    pub fn named(provider: Provider, region: Option<&str>) -> Result<Self> {
        let region = region.unwrap_or(GLOBAL);
        match has_region(provider, region) {
            true => Ok(Self::new(provider, region)),
            false => Err(nowhere(region)),
        }
    }

    /// The location as prices are told it.
    pub fn location(&self) -> Option<&str> {
        match (self.provider.has_inference_geo(), self.region.as_str()) {
            (true, _) => None,
            // Whatever the region: all of them cost the same.
            (false, REGIONAL) => Some("region"),
            (false, region) => Some(region),
        }
    }
}

const GLOBAL: &str = "global";
const REGIONAL: &str = "regional";
const US_GOV: &str = "us-gov";
const US_ZONE: &str = "us-data-zone";
const US: &str = "us";
/// Geo scopes of Bedrock and multi-regions of Google.
const GEOS: [&str; 7] = [US, "eu", "apac", "au", "jp", "in", REGIONAL];

/// Where calls can run on a platform at different prices.
fn regions_of(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Anthropic | Provider::ClaudePlatformAws => &[GLOBAL, US],
        Provider::Foundry => &[GLOBAL, US_ZONE],
        Provider::Bedrock => &[GLOBAL, REGIONAL, US_GOV],
        Provider::Google => &[GLOBAL, REGIONAL],
    }
}

/// Is there such a place on the platform?
fn has_region(provider: Provider, region: &str) -> bool {
    let named = region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit());
    match provider {
        _ if region == GLOBAL => true,
        Provider::Anthropic | Provider::ClaudePlatformAws => region == US,
        Provider::Foundry => region == US || region == US_ZONE,
        Provider::Bedrock => GEOS.contains(&region) || region == US_GOV || named,
        Provider::Google => (GEOS.contains(&region) || named) && !region.starts_with(US_GOV),
    }
}

/// Commas part the names of a list; `all` is None.
fn names(list: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.iter().any(|name| name.eq_ignore_ascii_case("all"))).then_some(names)
}

/// The places two options name; without either there are none, and calls stay where they ran.
pub fn places(providers: Option<&str>, regions: Option<&str>) -> Result<Vec<Place>> {
    if providers.is_none() && regions.is_none() {
        return Ok(Vec::new());
    }
    let chosen = match providers.and_then(names) {
        None => Provider::ALL.to_vec(),
        Some(named) if named.is_empty() => return Err(nothing("--providers")),
        Some(named) => named.into_iter().map(provider).collect::<Result<_>>()?,
    };
    let mut places = Vec::new();
    match regions.map(names) {
        None => {
            for provider in chosen {
                let usual = regions_of(provider).iter().filter(|region| [GLOBAL, REGIONAL].contains(region));
                places.extend(usual.map(|region| Place::new(provider, region)));
            }
        }
        Some(None) => {
            for provider in chosen {
                places.extend(regions_of(provider).iter().map(|region| Place::new(provider, region)));
            }
        }
        Some(Some(named)) if named.is_empty() => return Err(nothing("--regions")),
        Some(Some(named)) => {
            for provider in &chosen {
                let there = named.iter().filter(|region| has_region(*provider, region));
                places.extend(there.map(|region| Place::new(*provider, region)));
            }
            let unknown = named.iter().find(|region| !chosen.iter().any(|one| has_region(*one, region)));
            if let Some(region) = unknown {
                return Err(nowhere(region));
            }
        }
    }
    places.dedup();
    Ok(places)
}

/// A platform by its name, or by the one it is known under elsewhere.
pub fn provider(name: &str) -> Result<Provider> {
    let known = Provider::ALL.map(Provider::name);
    let meant = match name.to_ascii_lowercase().as_str() {
        "api" | "claude-api" => Some(Provider::Anthropic),
        "vertex-ai" => Some(Provider::Google),
        "azure" => Some(Provider::Foundry),
        "aws" => Some(Provider::Bedrock),
        name => Provider::parse(name),
    };
    meant.ok_or_else(|| {
        let error = Error::usage(format!("{} is no platform", quoted(name)));
        match nearest(name, known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("platforms are {}", list_or(&ticked(&known)))),
        }
    })
}

/// The models an option names: those it lists, in any spelling, or all that can be had on a day.
pub fn choices(list: &str, day: Day, overrides: &PriceOverrides) -> Result<Vec<Choice>> {
    let Some(named) = names(list) else {
        let sold = |model: &&Model| Provider::ALL.into_iter().any(|provider| model.is_sold(provider, day));
        let all = models().filter(sold);
        return Ok(all.map(|model| Choice { id: model.id.to_string(), listed: Some(model) }).collect());
    };
    if named.is_empty() {
        return Err(nothing("--models"));
    }
    let mut choices: Vec<Choice> = Vec::new();
    for name in named {
        let choice = choice(name, overrides)?;
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    Ok(choices)
}

/// A model by any spelling of its id, or by the user's own prices.
pub fn choice(name: &str, overrides: &PriceOverrides) -> Result<Choice> {
    let lower = name.to_ascii_lowercase();
    let prefixed = format!("claude-{lower}");
    let found = [lower.as_str(), &prefixed].into_iter().find_map(|id| identify(id).target.model());
    if let Some(model) = found {
        return Ok(Choice { id: model.id.to_string(), listed: Some(model) });
    }
    let own = overrides
        .models
        .iter()
        .find(|(id, own)| id.eq_ignore_ascii_case(name) && own.input.is_some() && own.output.is_some());
    if let Some((id, _)) = own {
        return Ok(Choice { id: id.clone(), listed: None });
    }
    let ids = || models().flat_map(|model| std::iter::once(model.id).chain(model.aliases()));
    let mut error = Error::usage(format!("{} is in no price list", quoted(name)));
    if let Some(near) = nearest(&lower, ids()).or_else(|| nearest(&prefixed, ids())) {
        error = error.hint(format!("did you mean `{near}`?"));
    }
    Err(error.hint(format!(
        "calls of an unknown model are priced like the newest Opus; `cost-hook pricing update FILE --model NAME` or \
         `cost-hook config set 'cost.pricing.overrides[{}]' '{{\"input\": 3, \"output\": 15}}'` gives it a price",
        shown(name, 60)
    )))
}

fn nowhere(region: &str) -> Error {
    Error::usage(format!("{} is no region of the platform", quoted(region)))
        .hint("for example global, regional, us, eu, us-data-zone, us-gov, or a region such as eu-central-1")
}

fn nothing(option: &str) -> Error {
    Error::usage(format!("{option} names nothing")).hint("`all`, or names with commas between them")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Money;
    use crate::model::price::ModelOverride;

    const DAY: Day = Day::ymd(2026, 11, 24);

    fn ids(list: &str) -> Vec<String> {
        let own = ModelOverride {
            input: Some(Money::from_usd(1)),
            output: Some(Money::from_usd(2)),
            ..ModelOverride::default()
        };
        let overrides =
            PriceOverrides { models: vec![("My-Model".into(), own)], ..PriceOverrides::default() };
        choices(list, DAY, &overrides).unwrap().into_iter().map(|choice| choice.id).collect()
    }

    fn shown(providers: Option<&str>, regions: Option<&str>) -> Vec<String> {
        let places = places(providers, regions).unwrap();
        places.into_iter().map(|place| format!("{} {}", place.provider.name(), place.region)).collect()
    }

    #[test]
    fn models_are_known_by_any_spelling() {
        assert_eq!(
            ids("opus, Haiku-4.5,us.anthropic.claude-opus-5-5"),
            ["claude-opus-5-5", "claude-haiku-4-5-20251001"]
        );
        assert_eq!(ids("my-model"), ["My-Model"]);
        let all = ids("all");
        assert!(all.contains(&"claude-opus-4-1-20250805".to_string()), "Bedrock sells it: {all:?}");
        assert!(!all.contains(&"claude-3-opus-20240229".to_string()) && all.len() > 15, "{all:?}");
        for wrong in ["", ",", "opsu-5-5", "gpt-5"] {
            let error = choices(wrong, DAY, &PriceOverrides::default()).unwrap_err();
            assert_eq!(error.kind.exit_code(), 64, "{wrong}");
        }
        let error = choices("claude-opsu-5-5", DAY, &PriceOverrides::default()).unwrap_err();
        assert!(error.one_line().contains("claude-opus-5-5"), "{}", error.one_line());
    }

    #[test]
    fn places_are_platforms_times_what_differs_on_them() {
        assert!(shown(None, None).is_empty());
        assert_eq!(
            shown(Some("bedrock,vertex"), None),
            ["bedrock global", "bedrock regional", "google global", "google regional"]
        );
        assert_eq!(shown(Some("all"), None).len(), 7);
        assert_eq!(shown(None, Some("all")).len(), 11);
        assert_eq!(
            shown(Some("anthropic,bedrock"), Some("us,eu-central-1")),
            ["anthropic us", "bedrock us", "bedrock eu-central-1"]
        );
        for (providers, regions) in
            [(Some("bedrok"), None), (Some("anthropic"), Some("eu")), (Some(""), None), (None, Some("moon"))]
        {
            assert_eq!(
                places(providers, regions).unwrap_err().kind.exit_code(),
                64,
                "{providers:?} {regions:?}"
            );
        }
    }
}
