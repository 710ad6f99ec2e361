//! One machine for all its users: `install --scope managed` and what it writes, who can read it, and the guide's page
//! about it. What Claude Code makes of these files is tried with the real client (`tests/client`, `organisation::*`).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Env, Output};

/// The program where all users can run it, and an administrator with a strict umask.
struct Machine {
    env: Env,
    program: PathBuf,
}

impl Machine {
    fn new() -> Self {
        let env = Env::new();
        let program = env.root().join("opt/cost-hook");
        copy_program(&program);
        fs::set_permissions(env.root(), Permissions::from_mode(0o755)).unwrap();
        fs::remove_dir(env.managed_dir()).unwrap();
        Self { env, program }
    }

    fn run_as(&self, program: &Path, args: &[&str]) -> Output {
        let sealed = self.env.command(&[]);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(program).args(args);
        command.env_clear().current_dir(self.env.project());
        command.envs(sealed.get_envs().filter_map(|(key, value)| Some((key, value?))));
        let output = command.output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_as(&self.program, args)
    }

    fn folder(&self) -> PathBuf {
        self.env.managed_dir().join("managed-settings.d")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("50-cost-hook.json")
    }

    fn written(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap()
    }
}

fn copy_program(to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    // By another process: a file that this one has open for writing is busy in every child that a thread starts meanwhile.
    let done = Command::new("cp").arg(env!("CARGO_BIN_EXE_cost-hook")).arg(to).status().unwrap();
    assert!(done.success());
    fs::set_permissions(to.parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

const INSTALL: [&str; 3] = ["install", "--scope", "managed"];
const UNINSTALL: [&str; 3] = ["uninstall", "--scope", "managed"];

#[test]
fn a_dry_run_prints_the_file_that_would_be_written_and_nothing_else() {
    let machine = Machine::new();
    let dry = machine.run(&[&INSTALL[..], &["--dry-run"]].concat()).ok();
    assert!(
        dry.stderr.contains("Nothing was changed.") && dry.stderr.contains("50-cost-hook.json, mode 0644")
    );
    assert!(!machine.env.managed_dir().exists());
    let document = machine.run(&[&INSTALL[..], &["--dry-run", "--json"]].concat()).json();
    assert_eq!(document["content"], dry.stdout);
    assert_eq!((&document["scope"], &document["changed"]), (&json!("managed"), &json!(false)));
    let real = machine.run(&INSTALL).ok();
    assert_eq!(real.stderr, "");
    assert_eq!(fs::read_to_string(machine.file()).unwrap(), dry.stdout);
    let written = machine.written();
    let hooks = written["hooks"].as_object().unwrap();
    assert_eq!(hooks.len(), 14);
    let command = format!("'{}' hook", machine.program.display());
    assert!(hooks.values().all(|groups| groups[0]["hooks"][0]["command"] == command), "{hooks:#?}");
    assert_eq!(written["statusLine"]["command"], format!("'{}' statusline", machine.program.display()));
    assert!(machine.run(&["validate"]).ok().stdout.starts_with("No problems in 1 settings file"));
}

/// Whatever the umask: nobody is bound by what only root can read.
#[test]
fn all_users_can_read_what_is_managed() {
    let machine = Machine::new();
    machine.run(&INSTALL).ok();
    machine.run(&["config", "set", "--scope", "managed", "cost.monthlyBudget", "500"]).ok();
    let main = machine.env.managed_dir().join("managed-settings.json");
    assert_eq!((mode(&machine.file()), mode(&main)), (0o644, 0o644));
    assert_eq!((mode(&machine.folder()), mode(&machine.env.managed_dir())), (0o755, 0o755));
    // The user's own stay their own.
    machine.run(&["config", "set", "cost.monthlyBudget", "50"]).ok();
    assert_eq!(mode(&machine.env.config().join("settings.json")), 0o600);
    // What somebody has closed is said and left so.
    for (path, closed, verb) in [(machine.file(), 0o640, "read"), (machine.program.clone(), 0o700, "run")] {
        let open = mode(&path);
        fs::set_permissions(&path, Permissions::from_mode(closed)).unwrap();
        let said = machine.run(&INSTALL).ok().stderr;
        let words = format!("warning: other users cannot {verb} {}: chmod", path.display());
        assert!(said.starts_with(&words), "{said}");
        assert_eq!(mode(&path), closed);
        fs::set_permissions(&path, Permissions::from_mode(open)).unwrap();
    }
    fs::set_permissions(machine.folder(), Permissions::from_mode(0o700)).unwrap();
    let said = machine.run(&INSTALL).ok().stderr;
    assert!(said.contains(&format!("chmod 755 '{}' lets them", machine.folder().display())), "{said}");
}

#[test]
fn only_our_drop_in_is_written_and_its_budgets_stay_when_the_hooks_go() {
    let machine = Machine::new();
    let other = machine.folder().join("10-company.json");
    machine.env.write(&other, b"{ \"model\": \"opus\" }\n");
    machine.run(&INSTALL).ok();
    assert!(machine.run(&INSTALL).ok().stdout.starts_with("Nothing to do"));
    let dry = machine.run(&[&UNINSTALL[..], &["--dry-run"]].concat()).ok().stdout;
    assert!(dry.contains("it would be removed") && dry.ends_with("Nothing was changed.\n"), "{dry}");
    let gone = machine.run(&UNINSTALL).ok().stdout;
    assert!(gone.contains("14 hooks taken out") && gone.contains("it is removed"), "{gone}");
    assert_eq!(fs::read_dir(machine.folder()).unwrap().count(), 1, "the other file, and no copy of ours");
    assert!(machine.run(&UNINSTALL).ok().stdout.starts_with("Nothing to do"));
    let budgets = b"{\n  \"cost\": { \"monthlyBudget\": 500 }\n}\n";
    machine.env.write(&machine.file(), budgets);
    machine.run(&INSTALL).ok();
    let written = machine.written();
    assert_eq!(
        (&written["cost"]["monthlyBudget"], written["hooks"].as_object().unwrap().len()),
        (&json!(500), 14)
    );
    // Moved, the program is named by its new place.
    let moved = machine.env.root().join("usr/bin/cost-hook");
    copy_program(&moved);
    let said = machine.run_as(&moved, &INSTALL).ok().stdout;
    assert!(said.contains("14 hooks pointed to the program's new path"), "{said}");
    let answer = machine.run_as(&moved, &[&UNINSTALL[..], &["--json"]].concat()).json();
    assert_eq!((&answer["changed"], answer["changes"].as_array().unwrap().len()), (&json!(true), 15));
    assert_eq!(fs::read(machine.file()).unwrap(), budgets);
    assert_eq!(fs::read_dir(machine.folder()).unwrap().count(), 2, "no copy is left");
    assert_eq!(fs::read(&other).unwrap(), b"{ \"model\": \"opus\" }\n");
}

#[test]
fn a_program_in_a_home_folder_is_not_for_all() {
    let machine = Machine::new();
    let own = machine.env.home().join(".cargo/bin/cost-hook");
    copy_program(&own);
    for args in [&INSTALL[..], &[&INSTALL[..], &["--dry-run"]].concat()] {
        let refused = machine.run_as(&own, args);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("lies in a home folder"), "{}", refused.stderr);
        let cure = format!("sudo install -m 755 '{}' /usr/local/bin/cost-hook", own.display());
        assert!(refused.stderr.contains(&cure), "{}", refused.stderr);
    }
    assert!(!machine.env.managed_dir().exists());
    machine.run(&INSTALL).ok();
    // Any of them takes it out again.
    machine.run_as(&own, &UNINSTALL).ok();
    assert!(!machine.file().exists());
}

/// The blocks of a language on the guide's page.
fn blocks(language: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/organisations.md");
    let text = fs::read_to_string(page).unwrap();
    let open = format!("```{language}\n");
    let blocks = text.split(&open).skip(1).map(|rest| rest.split("```").next().unwrap().to_string());
    blocks.collect()
}

/// Its first block is the file that `install` writes where the program is in the usual place.
#[test]
fn the_drop_in_of_the_page_is_the_one_that_is_written() {
    let machine = Machine::new();
    let dry = machine.run(&[&INSTALL[..], &["--dry-run"]].concat()).ok().stdout;
    let written = dry.replace(machine.program.to_str().unwrap(), "/usr/local/bin/cost-hook");
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(value(&blocks("json")[0]), value(&written));
}

/// Each alone and all together, as drop-ins of a machine.
#[test]
fn the_json_of_the_page_is_right_as_managed_settings() {
    let machine = Machine::new();
    machine.env.write(&machine.env.home().join(".gitconfig"), b"[user]\n\temail = Ada@Example.org\n");
    let all = blocks("json");
    assert!(all.len() >= 4, "{all:#?}");
    for (number, text) in all.iter().enumerate() {
        let text = text.replace("/usr/local/bin/cost-hook", machine.program.to_str().unwrap());
        let answer =
            machine.env.run_with(&["validate", "-", "--scope", "managed", "--json"], text.as_bytes());
        assert_eq!(answer.json()["problems"], json!([]), "{text}");
        machine.env.write(&machine.folder().join(format!("6{number}-page.json")), text.as_bytes());
    }
    let status = machine.env.run(&["status", "--json"]).json();
    let limits: Vec<&Value> = status["limits"].as_array().unwrap().iter().collect();
    let allocation = limits.iter().find(|limit| limit["name"] == "team allocation").unwrap();
    assert_eq!((&allocation["layer"], &allocation["action"]), (&json!("managed"), &json!("stop")));
}
