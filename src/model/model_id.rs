//! Understanding model ids as clients, clouds and gateways write them: which model is meant, and what else the
//! spelling says (geo prefix, platform, region, fast mode). It never guesses: an id is looked up whole after its
//! decorations are cut, and a model that is not in the list stays unknown, however much it looks like one that is.

use std::borrow::Cow;
use std::fmt;

use crate::model::price_table::{Model, find};
use crate::model::provider::Provider;

/// What an id says.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    pub target: Target,
    /// The geo prefix of a Bedrock id.
    pub scope: Option<Scope>,
    /// The platform, where only one writes ids of this form.
    pub provider: Option<Provider>,
    /// The region or location, where the id contains one (ARNs, paths).
    pub region: Option<&'a str>,
    /// The id itself asks for fast mode.
    pub fast: bool,
}

/// What an id means.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    Model(&'static Model),
    /// Not in the price list.
    Unknown,
    /// A name that stands for a model without telling which: only its owner can say.
    Opaque,
}

impl Target {
    pub fn model(self) -> Option<&'static Model> {
        match self {
            Target::Model(model) => Some(model),
            Target::Unknown | Target::Opaque => None,
        }
    }
}

/// One spelling for all ids of a model; what is not in the price list stands for itself, less the decoration the
/// client puts behind ids.
pub fn canonical(sent: &str) -> Cow<'static, str> {
    match identify(sent).target {
        Target::Model(model) => Cow::Borrowed(model.id),
        _ => {
            let bare = sent.trim().split_once('[').map_or(sent.trim(), |(bare, _)| bare);
            Cow::Owned(bare.to_ascii_lowercase())
        }
    }
}

/// Where Bedrock may run a call, as the prefix of an inference profile says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    Global,
    Us,
    Eu,
    Apac,
    Au,
    Jp,
    In,
    UsGov,
    /// A prefix of the same form that is not documented.
    Other,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Scope::Global => "global",
            Scope::Us => "us",
            Scope::Eu => "eu",
            Scope::Apac => "apac",
            Scope::Au => "au",
            Scope::Jp => "jp",
            Scope::In => "in",
            Scope::UsGov => "us-gov",
            Scope::Other => "other",
        }
    }

    fn from_prefix(prefix: &str) -> Option<Self> {
        let known =
            [Scope::Us, Scope::Eu, Scope::Apac, Scope::Au, Scope::Jp, Scope::In, Scope::UsGov, Scope::Global];
        known.into_iter().find(|scope| scope.name() == prefix).or_else(|| {
            let plausible = (2..=8).contains(&prefix.len());
            (plausible && prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')).then_some(Scope::Other)
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Understands an id in any of the spellings in use.
pub fn identify(sent: &str) -> Identity<'_> {
    let mut identity =
        Identity { target: Target::Unknown, scope: None, provider: None, region: None, fast: false };
    // The common case needs no copy: only the ids of the Claude API begin so and say nothing else.
    if sent.starts_with("claude-")
        && !sent.contains(['@', ':'])
        && let Some(model) = find(sent)
    {
        identity.target = Target::Model(model);
        return identity;
    }
    let sent = without_bracket(sent.trim());
    // Lower case by ASCII rules keeps every byte in its place, so that places found in it hold in `sent`.
    let lower = sent.to_ascii_lowercase();
    if let Some(arn) = Arn::find(sent, &lower) {
        identity.provider = Some(Provider::Bedrock);
        identity.region = Some(arn.region).filter(|region| !region.is_empty());
        if !arn.names_its_model {
            identity.target = Target::Opaque;
            return identity;
        }
    } else {
        identity.provider = platform_of_path(&lower);
        identity.region = region_of_path(sent, &lower);
    }
    let last = lower.rsplit('/').next().unwrap_or("");
    let bare = match last.split_once("anthropic.") {
        Some(("", rest)) => {
            identity.provider.get_or_insert(Provider::Bedrock);
            rest
        }
        Some((prefix, rest)) => match prefix.strip_suffix('.').and_then(Scope::from_prefix) {
            Some(scope) => {
                identity.provider.get_or_insert(Provider::Bedrock);
                identity.scope = Some(scope);
                rest
            }
            None => last,
        },
        None => last,
    };
    if identity.provider.is_none() {
        identity.provider = platform_of_suffix(bare);
    }
    if let Some(model) = find(&lower).or_else(|| find(last)) {
        identity.target = Target::Model(model);
        return identity;
    }
    let (model, fast) = undecorated(bare);
    identity.fast = fast && model.is_some();
    if let Some(model) = model {
        identity.target = Target::Model(model);
    }
    identity
}

/// Without a trailing `[1m]` or the like.
fn without_bracket(text: &str) -> &str {
    match text.strip_suffix(']').and_then(|open| open.rfind('[')) {
        Some(start) => text[..start].trim_end(),
        None => text,
    }
}

/// An Amazon resource name, possibly behind a gateway's path.
struct Arn<'a> {
    region: &'a str,
    names_its_model: bool,
}

impl<'a> Arn<'a> {
    fn find(sent: &'a str, lower: &str) -> Option<Self> {
        let start = match lower.starts_with("arn:") {
            true => 0,
            false => lower.find("/arn:")? + 1,
        };
        let mut fields = sent.get(start..)?.splitn(6, ':').skip(3);
        let region = fields.next().unwrap_or("");
        let resource = fields.nth(1).unwrap_or("");
        let kind = resource.split('/').next().unwrap_or("");
        let names_its_model =
            ["foundation-model", "inference-profile"].iter().any(|named| kind.eq_ignore_ascii_case(named));
        Some(Arn { region, names_its_model })
    }
}

fn platform_of_path(lower: &str) -> Option<Provider> {
    const PATHS: [(&str, Provider); 6] = [
        ("bedrock/claude_platform/", Provider::ClaudePlatformAws),
        ("bedrock/", Provider::Bedrock),
        ("bedrock_mantle/", Provider::Bedrock),
        ("vertex_ai/", Provider::Google),
        ("azure_ai/", Provider::Foundry),
        ("publishers/anthropic/models/", Provider::Google),
    ];
    let by_start = PATHS.iter().find(|(path, _)| lower.starts_with(path));
    match by_start {
        Some(&(_, provider)) => Some(provider),
        None => lower.contains("/publishers/anthropic/models/").then_some(Provider::Google),
    }
}

/// `projects/P/locations/REGION/publishers/…` of Google, `bedrock/REGION/…` of gateways.
fn region_of_path<'a>(sent: &'a str, lower: &str) -> Option<&'a str> {
    let (start, is_region): (usize, fn(&str) -> bool) = match lower.find("locations/") {
        Some(at) => (at + "locations/".len(), |name| !name.is_empty()),
        None => {
            let path = ["bedrock/", "bedrock_mantle/"].iter().find(|path| lower.starts_with(*path))?;
            (path.len(), looks_like_aws_region)
        }
    };
    let (region, _) = sent.get(start..)?.split_once('/')?;
    is_region(region).then_some(region)
}

/// `us-east-1`, `us-gov-west-1`, `ap-northeast-1`.
fn looks_like_aws_region(name: &str) -> bool {
    let words = name.split('-').count();
    let number = name.rsplit('-').next().unwrap_or("");
    (3..=4).contains(&words) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// `@` is Google's, `-v1:0` Bedrock's.
fn platform_of_suffix(bare: &str) -> Option<Provider> {
    if bare.contains('@') {
        return Some(Provider::Google);
    }
    let (before, version) = bare.split_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let has_v = before.rsplit_once("-v").is_some_and(|(_, number)| is_number(number));
    (has_v && version.starts_with(|c: char| c.is_ascii_digit())).then_some(Provider::Bedrock)
}

/// Looks an id up while cutting what is not part of the name, least first; the flag says whether `-fast` was cut.
fn undecorated(bare: &str) -> (Option<&'static Model>, bool) {
    let mut text = bare;
    for prefix in ["anthropic:", "anthropic-", "databricks-", "system.ai."] {
        text = text.strip_prefix(prefix).unwrap_or(text);
    }
    for suffix in ["@default", "@latest"] {
        text = text.strip_suffix(suffix).unwrap_or(text);
    }
    // `claude-v2:1` is a name, `-v1:0:200k` behind one is not: each cut is tried before the next is made.
    for cut in [cut_nothing, cut_word_suffix, cut_context, cut_revision, cut_version] {
        text = cut(text);
        if let Some(model) = find(text).or_else(|| find_bedrock(text)) {
            return (Some(model), false);
        }
    }
    let dashed = dashed(text);
    let (name, fast) = match dashed.strip_suffix("-fast") {
        Some(name) => (name, true),
        None => (dashed.as_str(), false),
    };
    let plain = name.strip_suffix("-latest").unwrap_or(name);
    let dateless = without_date(plain);
    let model =
        find(name).or_else(|| find(plain)).or_else(|| find(dateless)).or_else(|| find(&swapped(dateless)?));
    (model, fast)
}

fn find_bedrock(text: &str) -> Option<&'static Model> {
    find(&["anthropic.", text].concat())
}

fn cut_nothing(text: &str) -> &str {
    text
}

/// `:beta`, `:thinking` of gateways.
fn cut_word_suffix(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((name, word)) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => name,
        _ => text,
    }
}

/// `:200k`
fn cut_context(text: &str) -> &str {
    match text.strip_suffix('k').and_then(|rest| rest.rsplit_once(':')) {
        Some((name, number)) if is_number(number) => name,
        _ => text,
    }
}

/// `:0`
fn cut_revision(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((name, number)) if is_number(number) => name,
        _ => text,
    }
}

/// `-v1`
fn cut_version(text: &str) -> &str {
    match text.rsplit_once("-v") {
        Some((name, number)) if is_number(number) => name,
        _ => text,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `@` and dots between digits as dashes.
fn dashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let between = before.is_ascii_digit() && characters.peek().is_some_and(char::is_ascii_digit);
        out.push(match character {
            '@' => '-',
            '.' if between => '-',
            other => other,
        });
        before = character;
    }
    out
}

/// Without a date at the end: eight digits that are one, so that no number of a version is taken for it.
fn without_date(text: &str) -> &str {
    let Some((name, date)) = text.rsplit_once('-') else { return text };
    let is_date = date.len() == 8
        && is_number(date)
        && date.starts_with("20")
        && ("01"..="12").contains(&&date[4..6])
        && ("01"..="31").contains(&&date[6..8]);
    if is_date { name } else { text }
}

/// `claude-4-5-haiku` for `claude-haiku-4-5`, and the other way round.
fn swapped(text: &str) -> Option<String> {
    let rest = text.strip_prefix("claude-")?;
    let words: Vec<&str> = rest.split('-').collect();
    let is_name = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let all_numbers = |words: &[&str]| (1..=2).contains(&words.len()) && words.iter().all(|w| is_number(w));
    match words.as_slice() {
        [name, version @ ..] if is_name(name) && all_numbers(version) => {
            Some(format!("claude-{}-{name}", version.join("-")))
        }
        [version @ .., name] if is_name(name) && all_numbers(version) => {
            Some(format!("claude-{name}-{}", version.join("-")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(sent: &str) -> Option<&'static str> {
        identify(sent).target.model().map(|model| model.id)
    }

    #[test]
    fn every_way_of_writing_a_model_leads_to_it() {
        for (sent, expected) in [
            ("claude-opus-5-5", "claude-opus-5-5"),
            (" Claude-Opus-5-5[1m] ", "claude-opus-5-5"),
            ("opus", "claude-opus-5-5"),
            ("opus[1m]", "claude-opus-5-5"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
            ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
            ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-20241022"),
            ("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku-20240307"),
            ("anthropic.claude-v2:1", "claude-2.1"),
            ("anthropic.claude-v2:1:200k", "claude-2.1"),
            ("bedrock/us-east-1/anthropic.claude-v2:1", "claude-2.1"),
            ("anthropic.claude-instant-v1", "claude-instant-1.2"),
            ("anthropic.claude-instant-v1:2:100k", "claude-instant-1.2"),
            ("anthropic/claude-instant-1.2", "claude-instant-1.2"),
            ("anthropic/claude-2.1", "claude-2.1"),
            ("claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet-20241022"),
            ("claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620"),
            ("claude-opus-4-5@20251101", "claude-opus-4-5-20251101"),
            ("claude-opus-4-6@default", "claude-opus-4-6"),
            ("publishers/anthropic/models/claude-sonnet-5-5", "claude-sonnet-5-5"),
            ("openrouter/anthropic/claude-opus-5.5:beta", "claude-opus-5-5"),
            ("anthropic:claude-haiku-4.5", "claude-haiku-4-5-20251001"),
            ("gradient_ai/anthropic-claude-3.5-haiku", "claude-3-5-haiku-20241022"),
            ("databricks/databricks-claude-sonnet-4", "claude-sonnet-4-20250514"),
            ("system.ai.claude-opus-5-5", "claude-opus-5-5"),
            ("replicate/anthropic/claude-4.5-haiku", "claude-haiku-4-5-20251001"),
            ("claude-haiku-3", "claude-3-haiku-20240307"),
            ("claude-opus-5-5-latest", "claude-opus-5-5"),
            ("claude-opus-5-5-20260922", "claude-opus-5-5"),
        ] {
            assert_eq!(id(sent), Some(expected), "{sent}");
        }
    }

    #[test]
    fn a_prefix_of_an_id_is_another_model() {
        assert_eq!(id("claude-opus-5"), Some("claude-opus-5"));
        assert_eq!(id("claude-opus-5-5"), Some("claude-opus-5-5"));
        assert_eq!(id("claude-fable-5"), Some("claude-fable-5"));
        assert_eq!(id("claude-fable-5-1"), Some("claude-fable-5-1"));
        assert_eq!(id("claude-fable-5-2"), Some("claude-fable-5-2"));
    }

    #[test]
    fn a_date_is_not_a_minor_version() {
        assert_eq!(id("claude-sonnet-4-20250514"), Some("claude-sonnet-4-20250514"));
        assert_eq!(id("claude-opus-4-20250514"), Some("claude-opus-4-20250514"));
        assert_eq!(id("us.anthropic.claude-opus-4-20250514-v1:0"), Some("claude-opus-4-20250514"));
        assert_eq!(id("claude-opus-4-2"), None);
        assert_eq!(id("claude-opus-5-99999999"), None);
    }

    #[test]
    fn a_model_of_the_future_borrows_no_price() {
        for sent in [
            "claude-opus-5-6",
            "claude-fable-5-3",
            "claude-sonnet-6",
            "claude-opus",
            "claude",
            "claude-opus-4-8-think",
            "databricks/databricks-claude-sonnet-4-1",
            "gpt-5",
            "<synthetic>",
            "",
            "[1m]",
            "anthropic.",
            "us.anthropic.",
            "@default",
            "-fast",
            "claude-opus-5-5-5",
            "myclaude-opus-5-5",
            "claude-opus-5-5x",
        ] {
            assert_eq!(id(sent), None, "{sent}");
        }
    }

    #[test]
    fn the_geo_prefix_is_the_scope() {
        for (prefix, scope) in [
            ("us", Scope::Us),
            ("eu", Scope::Eu),
            ("apac", Scope::Apac),
            ("au", Scope::Au),
            ("jp", Scope::Jp),
            ("in", Scope::In),
            ("us-gov", Scope::UsGov),
            ("global", Scope::Global),
            ("ca", Scope::Other),
        ] {
            let sent = format!("{prefix}.anthropic.claude-sonnet-5-5");
            let seen = identify(&sent);
            assert_eq!((seen.scope, seen.provider), (Some(scope), Some(Provider::Bedrock)), "{sent}");
            assert_eq!(id(&sent), Some("claude-sonnet-5-5"));
        }
        assert_eq!(identify("anthropic.claude-sonnet-5-5").scope, None);
    }

    #[test]
    fn some_spellings_tell_the_platform() {
        for (sent, provider) in [
            ("claude-opus-5-5", None),
            ("anthropic/claude-opus-5.5", None),
            ("anthropic.claude-opus-5-5", Some(Provider::Bedrock)),
            ("claude-sonnet-4-5-20250929-v1:0", Some(Provider::Bedrock)),
            ("bedrock/converse/anthropic.claude-opus-5-5", Some(Provider::Bedrock)),
            ("bedrock/claude_platform/claude-opus-5-5", Some(Provider::ClaudePlatformAws)),
            ("claude-opus-4-5@20251101", Some(Provider::Google)),
            ("vertex_ai/claude-opus-5-5", Some(Provider::Google)),
            ("azure_ai/claude-opus-5-5", Some(Provider::Foundry)),
            ("anthropic/claude-opus-5.5:beta", None),
        ] {
            assert_eq!(identify(sent).provider, provider, "{sent}");
        }
    }

    #[test]
    fn regions_in_ids_are_seen() {
        let google = identify("projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-5");
        assert_eq!((google.provider, google.region), (Some(Provider::Google), Some("us-east5")));
        assert_eq!(identify("bedrock/us-gov-west-1/claude-opus-5").region, Some("us-gov-west-1"));
        assert_eq!(identify("bedrock/invoke/anthropic.claude-opus-5").region, None);
    }

    #[test]
    fn arns_are_followed_where_they_name_the_model() {
        let foundation = identify("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5");
        assert_eq!(foundation.target.model().map(|model| model.id), Some("claude-opus-5-5"));
        assert_eq!((foundation.scope, foundation.region), (None, Some("us-east-1")));
        let profile = identify(
            "bedrock/arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        );
        assert_eq!(profile.target.model().map(|model| model.id), Some("claude-haiku-4-5-20251001"));
        assert_eq!((profile.scope, profile.region), (Some(Scope::Eu), Some("eu-west-1")));
        for kind in ["application-inference-profile", "provisioned-model", "custom-model"] {
            let sent = format!("arn:aws:bedrock:us-east-1:123456789012:{kind}/claude-opus-5-5");
            let seen = identify(&sent);
            assert!(matches!(seen.target, Target::Opaque), "{sent}");
            assert_eq!((seen.provider, seen.region), (Some(Provider::Bedrock), Some("us-east-1")));
        }
        assert!(matches!(identify("arn:").target, Target::Opaque));
    }

    #[test]
    fn fast_is_cut_and_kept_in_mind() {
        let seen = identify("azure_ai/claude-opus-5-5-fast");
        assert_eq!((seen.target.model().map(|model| model.id), seen.fast), (Some("claude-opus-5-5"), true));
        assert!(identify("github_copilot/claude-opus-4.8-fast").fast);
        assert!(!identify("claude-opus-5-6-fast").fast);
        assert!(!identify("claude-opus-5-5").fast);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(?s).{0,40}") {
            let _ = identify(&text);
        }

        #[test]
        fn no_decoration_panics(text in "(arn:|bedrock/|us\\.|anthropic\\.|claude|opus|é|[-@:.\\[\\]/v0-9k]){0,10}") {
            let _ = identify(&text);
        }

        #[test]
        fn what_is_appended_to_an_id_never_leads_to_another_price(number in 6_u32..1000) {
            prop_assert_eq!(id(&format!("claude-opus-5-{number}")), None);
            prop_assert_eq!(id(&format!("claude-opus-5-5-{number}")), None);
        }
    }
}
