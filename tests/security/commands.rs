//! Shell commands of a model, judged by a real bash: what it runs and what it does not, against what the product says. The
//! `cost-hook` here only notes that it was run.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use cost_hook::claude::command::raises_a_limit;

/// Which of the commands really raise a limit. `PLACE` stands for the folder the program is in.
const RAISING: &[&str] = &[
    "cost-hook allow 5 --reason x",
    "cd / && PLACE/cost-hook allow 5",
    "X=1 Y='a b' 'cost-hook' --json \"allow\" 5",
    "cost-\"hook\" allow 5",
    "cost-hook \\\n  allow 5",
    "\\cost-hook allow 5",
    "\"$HOME/cost-hook\" allow 5",
    "${HOME}/cost-hook allow 5",
    "true;cost-hook allow --until 18:00",
    "false || cost-hook allow 1",
    "! cost-hook allow 1",
    "if true; then cost-hook allow 1; fi",
    "if false; then :; elif cost-hook allow 1; then :; else :; fi",
    "until cost-hook allow 1; do :; done",
    "for i in 1; do cost-hook allow $i; done",
    "{ cost-hook allow 1; }",
    "f() { cost-hook allow 1; }; f",
    "f() { cost-hook \"$@\"; }; f x; (cd /; cost-hook allow 1)",
    "case x in x) cost-hook allow 1;; esac",
    "cost-hook allow 5 & wait",
    "true | cost-hook allow 5",
    "true |& cost-hook allow 5",
    ">out cost-hook allow 5",
    "2>&1 >out cost-hook >>out allow 5 <<<''",
    "cost-hook 2>/dev/null allow 5",
    "cat <(cost-hook allow 5)",
    "true > >(cost-hook allow 5); wait $!",
    "echo $(cost-hook allow 5)",
    "echo \"$(cost-hook allow 5)\"",
    "echo \"a $(echo \"b $(cost-hook allow 5)\") c\"",
    "echo `cost-hook allow 5`",
    "echo \"`cost-hook allow 5`\"",
    "X=\"$(date)\"; cost-hook allow 5",
    "echo \"$(date)\" && cost-hook allow 5",
    "echo \"`date`\" 'a' && cost-hook allow 5",
    "# it's a comment\ncost-hook allow 5",
    "echo a#'b'; cost-hook allow 5",
    "echo \"it's\"; cost-hook allow 5",
    "echo \\'; cost-hook allow 5",
    "echo \"a\\\"\"; cost-hook allow 5",
    "echo $((1<<2))\ncost-hook allow 5",
    "cat <<END\nit's\nEND\ncost-hook allow 5",
    "cat <<-'END'\n\ttext\n\tEND\ncost-hook allow 5",
    "cat <<A <<B\na\nA\nb\nB\ncost-hook allow 5",
    "cat <<END\nit's $(cost-hook allow 5)\nEND",
    "cat <<END\n\"it's\" `cost-hook allow 5`\nEND",
    "env cost-hook allow 5",
    "env -u LANG A=1 cost-hook allow 5",
    "command cost-hook allow 5",
    "exec cost-hook allow 5",
    "nohup cost-hook allow 5",
    "time -p cost-hook allow 5",
    "timeout 5 nice -n 1 cost-hook allow 5",
    "echo 5 | xargs cost-hook allow",
    "eval cost-hook allow 5",
    "eval 'cost-hook allow 5'",
    "bash -c 'cost-hook allow 5'",
    "bash -lc \"cd / && PLACE/cost-hook allow 5\"",
    "env X=1 sh -c 'true; cost-hook allow 5'",
    "bash -c \"bash -c 'cost-hook allow 5'\"",
    "echo 'cost-hook allow 5' | bash",
    "echo cost-hook allow 5 | cat | sh -s",
    "bash <<< 'cost-hook allow 5'",
    "bash <<END\ncost-hook allow 5\nEND",
    "cat <<'END' | bash\ncost-hook allow 5\nEND",
    "C=cost-hook; $C allow 5",
    "C=cost-hook; \"${C}\" allow 5",
    "$(command -v cost-hook) allow 5",
    "\"$(which cost-hook)\" allow 5",
];

/// These speak of it.
const SPEAKING: &[&str] = &[
    "cost-hook status",
    "cost-hook report --by allow",
    "cost-hook ledger allow",
    "PLACE/cost-hook session allow",
    "git commit -m 'cost-hook allow 5 works' || true",
    "grep -rn \"cost-hook allow\" docs || true",
    "echo cost-hook allow",
    "echo \"cost-hook allow 5; cost-hook allow 6\"",
    "echo 'it is $(cost-hook allow 5)'",
    "echo \"\\$(cost-hook allow 5)\"",
    "echo '`cost-hook allow 5`'",
    "true # cost-hook allow 5",
    "true # ; cost-hook allow 5",
    "echo cost-hook > allow",
    "cost-hook > allow",
    "cat > notes <<END\ncost-hook allow 5\nEND",
    "cat > notes <<'END'\n$(cost-hook allow 5)\nEND\ntrue",
    "cat <<E\"N\"D\n$(cost-hook allow 5)\nEND",
    "cat <<\\END\n$(cost-hook allow 5)\nEND",
    "cat <<END\n\\$(cost-hook allow 5)\nEND",
    "bash -c 'echo \"cost-hook allow 5\"'",
    "bash -c 'true'; echo 'cost-hook allow 5'",
    "echo 'cost-hook allow 5' | grep cost-hook",
    "ls cost-hook allow || true",
    "env | grep -c 'cost-hook allow' || true",
    "TOOL=echo; $TOOL cost-hook allow",
];

/// Does bash run `cost-hook allow` on this command?
fn runs(command: &str, place: &Path) -> bool {
    let noted = place.join("noted");
    let status = Command::new("bash")
        .args(["-c", command])
        .env_clear()
        .envs([("PATH", format!("{}:/usr/bin:/bin", place.display())), ("HOME", place.display().to_string())])
        .current_dir(place)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let ran = noted.exists();
    if ran {
        fs::remove_file(noted).unwrap();
    }
    assert!(ran || status.success(), "bash could not run it ({status}): {command}");
    ran
}

#[test]
fn what_a_shell_runs_is_seen_and_what_it_does_not_is_let_pass() {
    let dir = tempfile::tempdir().unwrap();
    let place = fs::canonicalize(dir.path()).unwrap();
    let program = place.join("cost-hook");
    let script = "#!/bin/sh\nfor word; do case $word in -*) ;; allow) : > \"$HOME/noted\"; exit 0;; *) exit 0;; esac; done\n";
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let cases = RAISING.iter().map(|command| (command, true));
    let mut wrong = Vec::new();
    for (command, raises) in cases.chain(SPEAKING.iter().map(|command| (command, false))) {
        let command = command.replace("PLACE", place.to_str().unwrap());
        assert_eq!(runs(&command, &place), raises, "what bash does with: {command}");
        if raises_a_limit(&command) != raises {
            wrong.push(format!("{}: {command}", if raises { "not seen" } else { "refused" }));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
