//! The network and the credentials as far as a hook can know: who serves the calls, whether anything is there to log in
//! with, what stands between, which requests failed. Only whether a secret is there is looked at, never what it is.

use super::{Check, Group, Seen, State};
use crate::base::env;
use crate::base::text::{list_and, without_user};
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

fn title(provider: Provider) -> &'static str {
    match provider {
        Provider::Anthropic => "the Claude API",
        Provider::ClaudePlatformAws => "Claude Platform on AWS",
        Provider::Foundry => "Microsoft Foundry",
        Provider::Bedrock => "Amazon Bedrock",
        Provider::Google => "Google Cloud",
    }
}

fn provider(seen: &Seen<'_>) -> Check {
    let (found, region) = served_by(seen);
    let settings = &seen.site.setup.settings;
    let place = settings.region.clone().or(region).map(|region| format!(", {region}")).unwrap_or_default();
    let check = match settings.provider {
        Some(set) => network(
            "provider",
            State::Ok,
            format!("calls are booked as {}{place} (`cost.provider`)", title(set)),
        ),
        None => network("provider", State::Ok, format!("calls go to {}{place}", title(found))),
    };
    match settings.provider {
        Some(set) if set != found && found != Provider::Anthropic => {
            let mut check = check.detail(format!("the environment says {}", title(found)));
            check.state = State::Warning;
            check.cure("take `cost.provider` out, or unset the variable that switches the platform")
        }
        _ => check,
    }
}

fn credentials(seen: &Seen<'_>) -> Check {
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
        sources.extend(seen.scene.decided(&[key]).map(|(_, sheet)| format!("{key} in {}", sheet.name())));
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
        let check = network("credentials", State::Ok, format!("credentials: {}", list_and(&sources)));
        return check.detail("whether they are valid only a call can tell; they were not read");
    }
    let message = format!("no credentials were found for {}", title(found));
    if cfg!(target_os = "macos") && found == Provider::Anthropic {
        return network("credentials", State::Ok, format!("{message}; they may be in the keychain"));
    }
    network("credentials", State::Warning, message)
        .detail("without them Claude Code makes no call, so there is nothing to record")
        .cure(match found {
            Provider::Anthropic => "log in with `/login` in Claude Code, or set ANTHROPIC_API_KEY",
            Provider::Bedrock | Provider::ClaudePlatformAws => "log in to AWS, or set AWS_PROFILE",
            Provider::Google => "run `gcloud auth application-default login`",
            Provider::Foundry => "set ANTHROPIC_FOUNDRY_API_KEY, or log in to Azure",
        })
}

/// What stands between the client and the API.
fn endpoint(seen: &Seen<'_>) -> Check {
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
        list_and(&all.iter().map(|(name, url)| format!("{name} {url}")).collect::<Vec<_>>())
    };
    let broken = bases.iter().chain(&proxies).find(|(name, url)| {
        let needs_scheme = name.ends_with("BASE_URL");
        needs_scheme && !(url.starts_with("http://") || url.starts_with("https://")) || url.is_empty()
    });
    if let Some((name, _)) = broken {
        return network(
            "endpoint",
            State::Warning,
            format!("`{name}` is no address: it begins with neither http:// nor https://"),
        )
        .cure(format!("correct {name}, or unset it"));
    }
    let mut check = match (bases.is_empty(), proxies.is_empty()) {
        (true, true) => network("endpoint", State::Ok, "straight to the API, without a proxy"),
        (false, _) => network("endpoint", State::Ok, shown(&bases)),
        (true, false) => network("endpoint", State::Ok, format!("through a proxy: {}", shown(&proxies))),
    };
    if !bases.is_empty() && !proxies.is_empty() {
        check = check.detail(format!("through a proxy: {}", shown(&proxies)));
    }
    if !bases.is_empty() {
        check = check.detail("a gateway may charge other prices; `cost.pricing` sets them");
    }
    check.detail("nothing was sent there")
}

fn failures(seen: &Seen<'_>) -> Check {
    let counts = recent::failures_since(&seen.tails, seen.site.world.now().plus_ms(-RECENT_MS));
    if counts.is_empty() {
        return network(
            "api-errors",
            State::Ok,
            "no failed requests in the newest transcripts in the last 24 hours",
        );
    }
    let words: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} of {kind}")).collect();
    let message = format!("failed requests in the last 24 hours: {}", list_and(&words));
    if counts.iter().any(|(kind, _)| REFUSED.contains(&kind.as_str())) {
        return network("api-errors", State::Warning, message)
            .detail("the API refused who asked")
            .cure("log in again with `/login`, or check the key and its limits");
    }
    network("api-errors", State::Ok, message)
        .detail("Claude Code tried them again; failed requests cost nothing")
}
