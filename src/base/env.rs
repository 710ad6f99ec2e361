//! Every environment variable the program reads, each once, with what it is for. Reading them is `World`'s;
//! `tests/architecture.rs` fails on a name that stands anywhere else, and on one that nothing reads.
//!
//! The table is one text, not a list of records: every reference in a static costs the loader work at each start.

/// Where a variable comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The product's own.
    Ours,
    /// Ours as well, but known to debug builds only.
    Contributors,
    /// Claude Code sets it, or its users do for Claude Code.
    Client,
    /// The system's, or customary among programs.
    System,
}

/// What users are told of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// With `*` for what varies.
    pub name: &'static str,
    pub whose: Whose,
    /// What holds when it is not set.
    pub default: &'static str,
    pub meaning: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $meaning:literal])+ $name:ident $(+ $rest:literal)? ($whose:ident, $default:literal);)+) => {
        $($(#[doc = $meaning])+ pub const $name: &str = stringify!($name);)+

        const TABLE: &str = concat!($(
            stringify!($name), $($rest,)? "\t", stringify!($whose), "\t", $default, "\t", $($meaning,)+ "\n"
        ),+);
    };
}

variables! {
    /// Folder of the ledger, the checkpoint and the journal.
    COST_HOOK_DIR (Ours, "`cost-hook` in Claude Code's configuration folder");
    /// The PostgreSQL database that holds the team's totals. Managed settings come before it, `team.databaseUrl` of
    /// the user after it.
    COST_HOOK_TEAM_URL (Ours, "`team.databaseUrl`");
    /// The time the program takes for now, in RFC 3339.
    COST_HOOK_TEST_NOW (Contributors, "the system's clock");
    /// So many bytes of the ledger are taken in at once, as if a hook had time for no more.
    COST_HOOK_TEST_STEP (Contributors, "as much as there is time for");
    /// Folder of the managed settings.
    COST_HOOK_MANAGED_DIR (Contributors, "the system's folder for them");

    /// Claude Code's configuration folder: settings, transcripts.
    CLAUDE_CONFIG_DIR (Client, "`.claude` in the home folder");
    /// The folder the session was started in, whose settings and limits apply. Claude Code sets it for hooks.
    CLAUDE_PROJECT_DIR (Client, "the current folder");
    /// The session a command is run in, after `!` or by the model. Claude Code sets it.
    CLAUDE_CODE_SESSION_ID (Client, "no session");
    /// The plugin's folder, when its script runs the hook. Claude Code sets it.
    CLAUDE_PLUGIN_ROOT (Client, "no plugin");
    /// The plugin's data folder, in which the script finds where the program is. Claude Code sets it.
    CLAUDE_PLUGIN_DATA (Client, "no plugin");
    /// Calls go to Amazon Bedrock.
    CLAUDE_CODE_USE_BEDROCK (Client, "off");
    /// Calls go to Amazon Bedrock, through its Mantle endpoints.
    CLAUDE_CODE_USE_MANTLE (Client, "off");
    /// Calls go to Google Cloud.
    CLAUDE_CODE_USE_VERTEX (Client, "off");
    /// Calls go to Microsoft Foundry.
    CLAUDE_CODE_USE_FOUNDRY (Client, "off");
    /// Calls go to Claude Platform on AWS.
    CLAUDE_CODE_USE_ANTHROPIC_AWS (Client, "off");
    /// Region of Google Cloud, with `CLAUDE_CODE_USE_VERTEX`.
    CLOUD_ML_REGION (Client, "unknown");
    /// Region of Google Cloud for one model, such as `VERTEX_REGION_CLAUDE_HAIKU_4_5`.
    VERTEX_REGION_CLAUDE + "_*" (Client, "`CLOUD_ML_REGION`");
    /// Region of Amazon Bedrock or Claude Platform on AWS, together with its switch.
    AWS_REGION (Client, "`AWS_DEFAULT_REGION`");
    /// The same, read when `AWS_REGION` is not set.
    AWS_DEFAULT_REGION (Client, "unknown");
    /// Claude Code runs no hooks, as with `--bare`; `doctor` looks at it.
    CLAUDE_CODE_SIMPLE (Client, "off");
    /// Claude Code runs managed hooks only, as with `--safe-mode`; `doctor` looks at it.
    CLAUDE_CODE_SAFE_MODE (Client, "off");
    /// Claude Code takes every folder as trusted; `doctor` looks at it.
    CLAUDE_CODE_SANDBOXED (Client, "off");
    /// Keeps Claude Code from updating itself; `doctor` sets it when it asks the program for its version.
    DISABLE_AUTOUPDATER (Client, "off");
    /// Credentials of the Claude API. `doctor` looks whether it is set, never at what it says.
    ANTHROPIC_API_KEY (Client, "none");
    /// The same, as a token.
    ANTHROPIC_AUTH_TOKEN (Client, "none");
    /// The same, of a subscription.
    CLAUDE_CODE_OAUTH_TOKEN (Client, "none");
    /// Credentials of Claude Platform on AWS; the same.
    ANTHROPIC_AWS_API_KEY (Client, "none");
    /// Credentials of Microsoft Foundry; the same.
    ANTHROPIC_FOUNDRY_API_KEY (Client, "none");
    /// Credentials of AWS; the same.
    AWS_ACCESS_KEY_ID (Client, "none");
    /// The same, by the name of a profile.
    AWS_PROFILE (Client, "none");
    /// The same, for Amazon Bedrock only.
    AWS_BEARER_TOKEN_BEDROCK (Client, "none");
    /// The same, as a file with a token.
    AWS_WEB_IDENTITY_TOKEN_FILE (Client, "none");
    /// The same, in a container.
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (Client, "none");
    /// Credentials of Google Cloud; the same.
    GOOGLE_APPLICATION_CREDENTIALS (Client, "none");
    /// Credentials of Azure; the same.
    AZURE_CLIENT_ID (Client, "none");
    /// Claude Code needs no credentials for Amazon Bedrock: a gateway has them. `doctor` looks whether it is set.
    CLAUDE_CODE_SKIP_BEDROCK_AUTH (Client, "off");
    /// The same for Google Cloud.
    CLAUDE_CODE_SKIP_VERTEX_AUTH (Client, "off");
    /// The same for Microsoft Foundry.
    CLAUDE_CODE_SKIP_FOUNDRY_AUTH (Client, "off");
    /// Where calls go instead of the Claude API. `doctor` shows it, without user names and passwords.
    ANTHROPIC_BASE_URL (Client, "the Claude API");
    /// The same for Amazon Bedrock.
    ANTHROPIC_BEDROCK_BASE_URL (Client, "Amazon Bedrock");
    /// The same for Google Cloud.
    ANTHROPIC_VERTEX_BASE_URL (Client, "Google Cloud");
    /// The same for Microsoft Foundry.
    ANTHROPIC_FOUNDRY_BASE_URL (Client, "Microsoft Foundry");

    /// The home folder.
    HOME (System, "`USERPROFILE`");
    /// The home folder on Windows.
    USERPROFILE (System, "the root folder");
    /// Folder of configuration files, where git's may be, which names your email address.
    XDG_CONFIG_HOME (System, "`.config` in the home folder");
    /// Who works here, when neither the settings nor git say it.
    USER (System, "`LOGNAME`");
    /// The same, read when `USER` is not set.
    LOGNAME (System, "`USERNAME`");
    /// The same on Windows.
    USERNAME (System, "`unknown`");
    /// The editor that `cost-hook config edit` opens.
    VISUAL (System, "`EDITOR`");
    /// The same, read when `VISUAL` is not set.
    EDITOR (System, "`vi`; `notepad` on Windows");
    /// Where `claude` and the programs of hook commands are looked for.
    PATH (System, "nowhere");
    /// The proxy Claude Code goes through. `doctor` shows it, without user names and passwords.
    HTTPS_PROXY (System, "none");
    /// The same.
    HTTP_PROXY (System, "none");
    /// The same.
    ALL_PROXY (System, "none");
    /// Time zone, when `cost.timezone` is not set.
    TZ (System, "the system's zone");
    /// Folder for what may be lost.
    TMPDIR (System, "`TEMP`");
    /// The same on Windows.
    TEMP (System, "`TMP`");
    /// The same on Windows.
    TMP (System, "`/tmp`");
    /// Whatever it says: no colour.
    NO_COLOR (System, "colour on a terminal");
    /// `dumb` is a terminal without colour.
    TERM (System, "a terminal with colour");
    /// Width of the output in characters.
    COLUMNS (System, "that of the terminal");
    /// Language and character set: messages and tables are in Chinese when it is simplified Chinese and `cost.language`
    /// says nothing else; bars and rules are drawn with box characters when it ends in `UTF-8`.
    LC_ALL (System, "`LC_MESSAGES` and `LC_CTYPE`");
    /// Language, read when `LC_ALL` is not set.
    LC_MESSAGES (System, "`LANG`");
    /// Character set, read when `LC_ALL` is not set.
    LC_CTYPE (System, "`LANG`");
    /// Language and character set, read when those are not set.
    LANG (System, "English; plain characters, box characters on Windows and macOS");
}

/// Every variable, in the order in which they are shown.
pub fn all() -> Vec<Variable> {
    TABLE.lines().filter_map(variable).collect()
}

fn variable(line: &'static str) -> Option<Variable> {
    let mut parts = line.split('\t');
    let (name, whose, default, meaning) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let whose = match whose {
        "Ours" => Whose::Ours,
        "Contributors" => Whose::Contributors,
        "Client" => Whose::Client,
        _ => Whose::System,
    };
    Some(Variable { name, whose, default, meaning: meaning.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_explained() {
        let all = all();
        assert_eq!(all.len(), TABLE.lines().count());
        assert_eq!(all[0].name, COST_HOOK_DIR);
        for Variable { name, default, meaning, .. } in &all {
            assert!(meaning.ends_with('.') && !meaning.contains("  "), "{name}: {meaning}");
            assert!(!default.is_empty() && !default.ends_with('.'), "{name}: {default}");
        }
        let regions: Vec<_> = all.iter().filter(|one| one.name.ends_with('*')).collect();
        assert_eq!(regions.len(), 1);
        assert_eq!((regions[0].name, regions[0].whose), ("VERTEX_REGION_CLAUDE_*", Whose::Client));
    }
}
