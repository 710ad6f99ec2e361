//! The network and the credentials as far as a hook can know: who serves the calls, whether anything is there to log in
//! with, what stands between, which requests failed. Only whether a secret is there is looked at, never what it is.

use super::{Check, Group, Seen, State};
use crate::base::env;
use crate::base::text::without_user;
use crate::base::words::{Word, say, word};
use crate::claude::recent;
use crate::model::provider::{Provider, recognise};

/// Failures of this long ago say nothing about now.
const RECENT_MS: i64 = 24 * 3_600_000;
/// Those a user has to do something about.
const REFUSED: [&str; 8] = [
    "401",
    "402",
    "403",
    "authentication_error",
    "authentication_failed",
    "billing_error",
    "invalid_api_key",
    "permission_error",
];

pub(super) fn check(seen: &Seen<'_>) -> Vec<Check> {
    vec![provider(seen), credentials(seen), endpoint(seen), failures(seen)]
}

fn network(id: &'static str, state: State, message: impl AsRef<str>) -> Check {
    Check::new(id, Group::Network, state, message)
}

fn served_by(seen: &Seen<'_>) -> (Provider, Option<String>) {
    recognise("", &|name: &str| seen.client_var(name))
}

fn title(provider: Provider) -> Word {
    match provider {
        Provider::Anthropic => word!("platform-anthropic"),
        Provider::ClaudePlatformAws => word!("platform-claude-aws"),
        Provider::Foundry => word!("platform-foundry"),
        Provider::Bedrock => word!("platform-bedrock"),
        Provider::Google => word!("platform-google"),
    }
}

fn provider(seen: &Seen<'_>) -> Check {
    let (found, region) = served_by(seen);
    let settings = &seen.site.setup.settings;
    let (language, region) = (seen.site.language, settings.region.clone().or(region));
    let placed = |provider| match &region {
        Some(region) => {
            let platform = seen.word(title(provider));
            say!(language, "platform-in-region", platform = platform, region = region)
        }
        None => seen.word(title(provider)).to_string(),
    };
    let check = match settings.provider {
        Some(set) => network("provider", State::Ok, say!(language, "booked-as", platform = placed(set))),
        None => network("provider", State::Ok, say!(language, "calls-go-to", platform = placed(found))),
    };
    match settings.provider {
        Some(set) if set != found && found != Provider::Anthropic => {
            let platform = seen.word(title(found));
            let mut check = check.detail(say!(language, "environment-says", platform = platform));
            check.state = State::Warning;
            check.cure(seen.word(word!("provider-cure")))
        }
        _ => check,
    }
}

fn credentials(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let is_set = |name: &&str| seen.client_var(name).is_some();
    let names = |all: &[&str]| -> Vec<String> {
        all.iter().filter(|name| is_set(name)).map(|name| name.to_string()).collect()
    };
    let home = seen.site.world.home();
    let file = |path: std::path::PathBuf| path.is_file().then(|| path.display().to_string());
    let (found, _) = served_by(seen);
    let mut sources = match found {
        Provider::Anthropic => {
            names(&[env::ANTHROPIC_API_KEY, env::ANTHROPIC_AUTH_TOKEN, env::CLAUDE_CODE_OAUTH_TOKEN])
        }
        Provider::Bedrock | Provider::ClaudePlatformAws => names(&[
            env::AWS_ACCESS_KEY_ID,
            env::AWS_PROFILE,
            env::AWS_BEARER_TOKEN_BEDROCK,
            env::AWS_WEB_IDENTITY_TOKEN_FILE,
            env::AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
            env::ANTHROPIC_AWS_API_KEY,
            env::CLAUDE_CODE_SKIP_BEDROCK_AUTH,
        ]),
        Provider::Google => names(&[env::GOOGLE_APPLICATION_CREDENTIALS, env::CLAUDE_CODE_SKIP_VERTEX_AUTH]),
        Provider::Foundry => {
            names(&[env::ANTHROPIC_FOUNDRY_API_KEY, env::AZURE_CLIENT_ID, env::CLAUDE_CODE_SKIP_FOUNDRY_AUTH])
        }
    };
    if found == Provider::Anthropic {
        sources.extend(file(seen.site.world.config_dir().join(".credentials.json")));
    }
    let helper = match found {
        Provider::Anthropic => &["apiKeyHelper"][..],
        Provider::Bedrock | Provider::ClaudePlatformAws => &["awsCredentialExport", "awsAuthRefresh"],
        Provider::Google => &["gcpAuthRefresh"],
        Provider::Foundry => &[],
    };
    for key in helper {
        let set = seen.scene.decided(&[key]).map(|(_, sheet)| sheet.name(language));
        sources.extend(set.map(|file| say!(language, "setting-in", key = *key, file = file)));
    }
    match found {
        Provider::Bedrock | Provider::ClaudePlatformAws => {
            sources.extend(
                ["credentials", "config"].iter().filter_map(|name| file(home.join(".aws").join(name))),
            );
        }
        Provider::Google => {
            sources.extend(file(home.join(".config/gcloud/application_default_credentials.json")));
        }
        Provider::Foundry => sources.extend(file(home.join(".azure/azureProfile.json"))),
        Provider::Anthropic => {}
    }
    if !sources.is_empty() {
        let message = say!(language, "credentials-found", sources = language.list_and(&sources));
        return network("credentials", State::Ok, message).detail(seen.word(word!("credentials-not-read")));
    }
    let platform = seen.word(title(found));
    if cfg!(target_os = "macos") && found == Provider::Anthropic {
        let message = say!(language, "credentials-keychain", platform = platform);
        return network("credentials", State::Ok, message);
    }
    let message = say!(language, "credentials-none", platform = platform);
    let cure = match found {
        Provider::Anthropic => word!("login-cure"),
        Provider::Bedrock | Provider::ClaudePlatformAws => word!("login-aws-cure"),
        Provider::Google => word!("login-google-cure"),
        Provider::Foundry => word!("login-azure-cure"),
    };
    network("credentials", State::Warning, message)
        .detail(seen.word(word!("credentials-why")))
        .cure(seen.word(cure))
}

/// What stands between the client and the API.
fn endpoint(seen: &Seen<'_>) -> Check {
    let language = seen.site.language;
    let bases = [
        env::ANTHROPIC_BASE_URL,
        env::ANTHROPIC_BEDROCK_BASE_URL,
        env::ANTHROPIC_VERTEX_BASE_URL,
        env::ANTHROPIC_FOUNDRY_BASE_URL,
    ];
    let proxies = [env::HTTPS_PROXY, "https_proxy", env::HTTP_PROXY, "http_proxy", env::ALL_PROXY];
    // What follows a question mark may be a key, too.
    let address = |value: &str| without_user(value.split(['?', '#']).next().unwrap_or_default());
    let set = |name: &'static str| Some((name, address(&seen.client_var(name)?)));
    let bases: Vec<_> = bases.into_iter().filter_map(set).collect();
    let proxies: Vec<_> = proxies.into_iter().filter_map(set).collect();
    let shown = |all: &[(&str, String)]| {
        language.list_and(&all.iter().map(|(name, url)| format!("{name} {url}")).collect::<Vec<_>>())
    };
    let broken = bases.iter().chain(&proxies).find(|(name, url)| {
        let needs_scheme = name.ends_with("BASE_URL");
        needs_scheme && !(url.starts_with("http://") || url.starts_with("https://")) || url.is_empty()
    });
    if let Some((name, _)) = broken {
        return network("endpoint", State::Warning, say!(language, "no-address", name = *name)).cure(say!(
            language,
            "no-address-cure",
            name = *name
        ));
    }
    let mut check = match (bases.is_empty(), proxies.is_empty()) {
        (true, true) => network("endpoint", State::Ok, seen.word(word!("straight-to-api"))),
        (false, _) => network("endpoint", State::Ok, shown(&bases)),
        (true, false) => {
            network("endpoint", State::Ok, say!(language, "through-proxy", proxies = shown(&proxies)))
        }
    };
    if !bases.is_empty() && !proxies.is_empty() {
        check = check.detail(say!(language, "through-proxy", proxies = shown(&proxies)));
    }
    if !bases.is_empty() {
        check = check.detail(seen.word(word!("gateway-prices")));
    }
    check.detail(seen.word(word!("nothing-sent-there")))
}

fn failures(seen: &Seen<'_>) -> Check {
    let counts = recent::failures_since(&seen.tails, seen.site.world.now().plus_ms(-RECENT_MS));
    if counts.is_empty() {
        return network("api-errors", State::Ok, seen.word(word!("no-failed-requests")));
    }
    let language = seen.site.language;
    let of_kind =
        |(kind, count): &(String, usize)| say!(language, "count-of-kind", count = *count, kind = kind);
    let kinds: Vec<String> = counts.iter().map(of_kind).collect();
    let message = say!(language, "failed-requests", kinds = language.list_and(&kinds));
    if counts.iter().any(|(kind, _)| REFUSED.contains(&kind.as_str())) {
        return network("api-errors", State::Warning, message)
            .detail(seen.word(word!("api-refused")))
            .cure(seen.word(word!("api-refused-cure")));
    }
    network("api-errors", State::Ok, message).detail(seen.word(word!("api-tried-again")))
}
