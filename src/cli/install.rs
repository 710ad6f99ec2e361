//! `cost-hook install`: our hooks and status line in Claude Code's settings, the history into the ledger, and the
//! first screen a newcomer sees.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;

use super::args::ZoneArgs;
use super::import::{self, Done};
use super::managed;
use super::place::{lasting_path, outside_path};
use super::shop::Shop;
use super::status::{Costs, no_limits};
use super::success;
use super::traces::Beginning;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::jsonc;
use crate::base::rewrite::Readers;
use crate::base::words::{Language, Word, say, word};
use crate::base::world::World;
use crate::claude::install::{self as hooks, Change, Plan};
use crate::report::json::{self, Figures, SCHEMA_VERSION};
use crate::ui::diff::diff;
use crate::ui::print;

const EXAMPLES: &str = "\
Examples:
  cost-hook install                    for yourself, with the history
  cost-hook install --dry-run          only show what would change
  cost-hook install --scope local      for this project and you alone
  cost-hook install --scope managed --dry-run  print the file that installs it for all users of a machine
  cost-hook install --no-import        leave the history for `cost-hook import`";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) target: Target,
    /// Leave the history alone
    #[arg(long)]
    no_import: bool,
    #[command(flatten)]
    zone: ZoneArgs,
}

/// Which settings file, and whether to write it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Target {
    /// Whose settings: yours everywhere, this project's for all who use it, this project's for you alone, or those of
    /// all users of this machine
    #[arg(long, value_enum, default_value_t = Scope::User)]
    pub(super) scope: Scope,
    /// Show what would change, and change nothing; with `--scope managed` print the file as it would be
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    User,
    Project,
    Local,
    Managed,
}

impl Scope {
    pub(super) fn file(self, world: &World) -> PathBuf {
        match self {
            Scope::User => world.config_dir().join("settings.json"),
            Scope::Project => world.project_dir().join(".claude/settings.json"),
            Scope::Local => world.project_dir().join(".claude/settings.local.json"),
            Scope::Managed => managed::file(world),
        }
    }

    /// The option that means it, where it has to be said.
    pub(super) fn option(self) -> &'static str {
        match self {
            Scope::User => "",
            Scope::Project => " --scope project",
            Scope::Local => " --scope local",
            Scope::Managed => " --scope managed",
        }
    }
}

pub(super) fn run(args: &Args, shop: &Shop<'_>) -> Result<ExitCode> {
    if args.target.scope == Scope::Managed {
        return managed::install(args.target.dry_run, shop);
    }
    let binary = lasting_path(shop.world)?;
    let path = args.target.scope.file(shop.world);
    let plan = |bytes: Option<&[u8]>| hooks::plan_install(bytes, &binary, &hooks::EVENTS);
    let beginning = Beginning::of(shop.world, &path);
    let edit = edit(&path, args.target.dry_run, plan)?;
    if edit.is_done() {
        beginning.remember(shop.world, &path)?;
    }
    if edit.disables_hooks() {
        print::warning(&shop.err, shop.err.language.word(word!("hooks-are-disabled")));
    }
    let imports = args.target.scope == Scope::User && !args.no_import && !args.target.dry_run;
    let language = shop.out.language;
    let mut text = edit.in_words(shop, true);
    if !shop.json && !args.target.dry_run {
        // Said before the history is read, which can take its time.
        shop.say(&text)?;
        text.clear();
    }
    let setup = shop.setup();
    let cut = args.zone.cut(&setup)?;
    let done = if imports && setup.settings.enabled { Some(import::book(shop, &setup)?) } else { None };
    let costs = Costs::of(&setup, &cut, shop.world.now())?;
    if shop.json {
        shop.say(&document(&edit, args.target.scope, done.as_ref(), Some(&costs), None))?;
        return success();
    }
    if args.target.dry_run {
        text.push_str(&format!("{}\n", language.word(word!("nothing-was-changed"))));
        shop.say(&text)?;
        return success();
    }
    if imports && done.is_none() {
        text.push_str(&format!("{}\n", language.word(word!("booking-stays-off"))));
    }
    let is_newcomer = done.as_ref().is_some_and(|done| done.files == 0);
    if is_newcomer {
        text.push_str(&first_screen(shop, &setup));
    } else if let Some(done) = &done {
        text.push('\n');
        text.push_str(&done.in_words(shop));
        let (today, month) = (costs.today.cost.show(), costs.month.cost.show());
        let costs = say!(language, "today-and-month", today = today, month = month);
        text.push_str(&labelled(shop, word!("label-today"), &costs));
        if setup.settings.limits.is_empty() {
            text.push('\n');
            text.push_str(&no_limits(shop, &setup));
        }
    }
    if let Some(folder) = outside_path(shop.world) {
        text.push_str(&to_type_it(shop, &folder));
    }
    text.push('\n');
    let how = shop.command("cost-hook init --help");
    text.push_str(&labelled(shop, word!("to-type-claude-cost"), &how));
    let undo = format!("cost-hook uninstall{}", args.target.scope.option());
    text.push_str(&labelled(shop, word!("undo"), &shop.command(&undo)));
    shop.say(&text)?;
    success()
}

/// A line with a name before it.
fn labelled(shop: &Shop<'_>, label: Word, text: &str) -> String {
    let language = shop.out.language;
    say!(language, "labelled", label = shop.heading(language.word(label)), text = text) + "\n"
}

/// What was installed is run by its path; a person types its name.
fn to_type_it(shop: &Shop<'_>, folder: &Path) -> String {
    let folder = folder.display().to_string();
    let told = |how: &str| format!("\n{}", labelled(shop, word!("not-on-path"), how));
    if cfg!(windows) {
        return told(&say!(shop.out.language, "add-to-path", folder = folder));
    }
    let escaped: String =
        folder.chars().flat_map(|c| "\"$`\\".contains(c).then_some('\\').into_iter().chain([c])).collect();
    let line = format!("export PATH=\"{escaped}:$PATH\"");
    told(&shop.command(&line))
}

/// For someone who has not used Claude Code on this machine yet.
fn first_screen(shop: &Shop<'_>, setup: &crate::setup::Setup) -> String {
    let language = shop.out.language;
    let head = shop.heading(language.word(word!("what-happens-next")));
    let next = say!(
        language,
        "from-the-first-prompt-on",
        status = shop.command("cost-hook status"),
        report = shop.command("cost-hook report")
    );
    let mut text = format!("\n{head}\n{next}\n\n");
    if setup.settings.limits.is_empty() {
        text.push_str(&no_limits(shop, setup));
        text.push('\n');
    }
    text + &say!(language, "see-a-budget-stop", command = shop.command("cost-hook demo")) + "\n"
}

/// What became of a settings file.
pub(super) struct Edit {
    path: PathBuf,
    pub(super) changes: Vec<Change>,
    before: String,
    pub(super) after: String,
    new_bytes: Vec<u8>,
    backup: Option<PathBuf>,
    dry: bool,
}

/// Plans, and unless it is a dry run carries the plan out.
pub(super) fn edit(path: &Path, dry: bool, plan: impl Fn(Option<&[u8]>) -> Result<Plan>) -> Result<Edit> {
    edit_for(Readers::Owner, path, dry, plan)
}

/// The same for a file of other readers.
pub(super) fn edit_for(
    readers: Readers,
    path: &Path,
    dry: bool,
    plan: impl Fn(Option<&[u8]>) -> Result<Plan>,
) -> Result<Edit> {
    let before = disk::read(path)?;
    let named = |error: Error| error.hint(format!("the file is {}", path.display()));
    let planned = plan(before.as_deref()).map_err(named)?;
    let mut edit = Edit {
        path: path.to_path_buf(),
        changes: planned.changes,
        before: text_of(before.as_deref().unwrap_or_default()),
        after: text_of(&planned.new_bytes),
        new_bytes: planned.new_bytes,
        backup: None,
        dry,
    };
    if !dry && !edit.changes.is_empty() {
        let (changes, written) = hooks::apply_for(readers, path, plan).map_err(named)?;
        edit.changes = changes;
        edit.backup = written.backup;
    }
    Ok(edit)
}

fn text_of(bytes: &[u8]) -> String {
    jsonc::decode(bytes).map(|decoded| decoded.text.to_string()).unwrap_or_default()
}

impl Edit {
    /// What changed, in a line each; the lines of the file only where they are all that is wanted. Where nothing had to
    /// change, the hooks were `installed` already, or they were not.
    pub(super) fn in_words(&self, shop: &Shop<'_>, installed: bool) -> String {
        let (language, path) = (shop.out.language, self.path.display().to_string());
        if self.changes.is_empty() {
            return match installed {
                true => say!(language, "nothing-to-do-installed", file = path),
                false => say!(language, "nothing-to-do-not-installed", file = path),
            } + "\n";
        }
        let head = if self.dry { word!("would-change") } else { word!("changed") };
        let mut text = format!("{} {path}\n", shop.heading(language.word(head)));
        if self.dry {
            text.push_str(&diff(&shop.out, &self.before, &self.after));
        }
        for fact in facts(&self.changes, language) {
            text.push_str(&format!("  {fact}\n"));
        }
        if let Some(backup) = &self.backup {
            let backup = say!(language, "file-before", file = backup.display().to_string());
            text.push_str(&(shop.faint(&format!("  {backup}")) + "\n"));
        }
        text
    }

    /// Was anything written?
    pub(super) fn is_done(&self) -> bool {
        !self.dry && !self.changes.is_empty()
    }

    /// What the file became, or would.
    pub(super) fn after(&self) -> &[u8] {
        self.new_bytes.as_slice()
    }

    /// The copy of the file as it was.
    pub(super) fn backup(&self) -> Option<&Path> {
        self.backup.as_deref()
    }

    /// There is no copy of the file as it was any more.
    pub(super) fn without_backup(self) -> Self {
        Self { backup: None, ..self }
    }

    /// Does the file itself switch all hooks off?
    fn disables_hooks(&self) -> bool {
        let document = jsonc::parse(&self.after);
        let root = document.as_ref().ok().and_then(|document| document.root.as_ref());
        root.and_then(|root| root.get("disableAllHooks"))
            .is_some_and(|found| found.node.value == jsonc::Value::Bool(true))
    }
}

/// The changes for people: hooks come in dozens, one for each event.
pub(super) fn facts(changes: &[Change], language: Language) -> Vec<String> {
    let count = |is_meant: fn(&Change) -> bool| changes.iter().filter(|change| is_meant(change)).count();
    let mut facts = Vec::new();
    match count(|change| matches!(change, Change::AddHook { .. })) {
        0 => {}
        added => facts.push(say!(language, "hooks-added", hooks = added)),
    }
    match count(|change| matches!(change, Change::UpdateHook { .. })) {
        0 => {}
        updated => facts.push(say!(language, "hooks-updated", hooks = updated)),
    }
    match count(|change| matches!(change, Change::RemoveHook { .. })) {
        0 => {}
        removed => facts.push(say!(language, "hooks-removed", hooks = removed)),
    }
    let word = |word: Word| Some(language.word(word).to_string());
    facts.extend(changes.iter().filter_map(|change| match change {
        Change::AddHook { .. } | Change::UpdateHook { .. } | Change::RemoveHook { .. } => None,
        Change::AddStatusLine => word(word!("status-line-added")),
        Change::WrapStatusLine { original } => {
            Some(say!(language, "status-line-added-below", command = original))
        }
        Change::UpdateStatusLine => word(word!("status-line-updated")),
        Change::RestoreStatusLine { original } => {
            Some(say!(language, "status-line-restored", command = original))
        }
        Change::RemoveStatusLine => word(word!("status-line-removed")),
    }));
    facts
}

/// What `uninstall` took away besides, and what it left.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Left {
    pub(super) removed: Vec<String>,
    /// The ledger, if there is one.
    pub(super) ledger: Option<String>,
    /// Lines of start-up files that are the user's to remove.
    pub(super) start_up_lines: Vec<String>,
    pub(super) plugins: Vec<String>,
}

/// The answer for programs, of `install` and `uninstall` alike.
pub(super) fn document(
    edit: &Edit,
    scope: Scope,
    done: Option<&Done>,
    costs: Option<&Costs>,
    left: Option<&Left>,
) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        scope: String,
        file: String,
        dry_run: bool,
        changed: bool,
        changes: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        backup: Option<String>,
        /// All of the file, for who puts it somewhere else.
        #[serde(skip_serializing_if = "Option::is_none")]
        content: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        import: Option<&'a Done>,
        #[serde(skip_serializing_if = "Option::is_none")]
        today: Option<Figures>,
        #[serde(skip_serializing_if = "Option::is_none")]
        month: Option<Figures>,
        #[serde(flatten)]
        left: Option<&'a Left>,
    }
    json::text(&Document {
        schema_version: SCHEMA_VERSION,
        scope: scope.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default(),
        file: edit.path.display().to_string(),
        dry_run: edit.dry,
        changed: edit.is_done(),
        changes: edit.changes.iter().map(ToString::to_string).collect(),
        backup: edit.backup.as_ref().map(|path| path.display().to_string()),
        content: (edit.dry && scope == Scope::Managed).then_some(edit.after.as_str()),
        import: done,
        today: costs.map(|costs| Figures::from(&costs.today)),
        month: costs.map(|costs| Figures::from(&costs.month)),
        left,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use crate::ui::style::Screen;

    #[test]
    fn scopes_are_claude_codes_files() {
        let env = [("HOME", "/home/me"), ("CLAUDE_PROJECT_DIR", "/work/shop")];
        let world = World::made_up(&env, Path::new("/elsewhere"), Time(0));
        assert_eq!(Scope::User.file(&world), Path::new("/home/me/.claude/settings.json"));
        assert_eq!(Scope::Project.file(&world), Path::new("/work/shop/.claude/settings.json"));
        assert_eq!(Scope::Local.file(&world), Path::new("/work/shop/.claude/settings.local.json"));
    }

    #[cfg(unix)]
    #[test]
    fn the_line_for_the_shell_can_be_pasted() {
        let world = World::made_up(&[], Path::new("/"), Time(0));
        let shop = Shop { world: &world, out: Screen::plain(80), err: Screen::plain(80), json: false };
        let told = to_type_it(&shop, Path::new("/opt/my \"$HOME\" tools"));
        assert_eq!(
            told,
            "\nThe shell does not find cost-hook yet: export PATH=\"/opt/my \\\"\\$HOME\\\" tools:$PATH\"\n"
        );
        let line = told.trim().split_once(": ").unwrap().1;
        let script = format!("{line}; printf %s \"$PATH\"");
        let said = std::process::Command::new("/bin/sh").args(["-c", &script]).env("PATH", "/bin").output();
        let said = said.unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), "/opt/my \"$HOME\" tools:/bin");
    }

    #[test]
    fn a_dry_run_shows_and_a_real_one_writes_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".claude/settings.json");
        let world = World::made_up(&[], dir.path(), Time(0));
        let shop = Shop { world: &world, out: Screen::plain(80), err: Screen::plain(80), json: false };
        let plan = |bytes: Option<&[u8]>| hooks::plan_install(bytes, "/opt/cost-hook", &hooks::EVENTS);
        let dry = edit(&path, true, plan).unwrap();
        assert!(dry.in_words(&shop, true).contains("+   \"hooks\": {"));
        assert!(!path.exists());
        let real = edit(&path, false, plan).unwrap();
        assert!(!real.changes.is_empty() && path.exists() && !real.disables_hooks());
        let told = real.in_words(&shop, true);
        assert_eq!(told.lines().skip(1).collect::<Vec<_>>(), ["  14 hooks added", "  status line added"]);
        let again = edit(&path, false, plan).unwrap();
        assert!(again.in_words(&shop, true).starts_with("Nothing to do"));
        let out = |bytes: Option<&[u8]>| hooks::plan_uninstall(bytes.unwrap_or(b"{}"));
        assert!(!edit(&path, false, out).unwrap().changes.is_empty());
        disk::replace(&path, br#"{"disableAllHooks": true}"#).unwrap();
        assert!(edit(&path, true, plan).unwrap().disables_hooks());
    }
}
