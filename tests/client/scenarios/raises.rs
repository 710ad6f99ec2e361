//! The model may not raise what is meant to hold it; the person may. Every command here would raise the limit if it ran:
//! the scenarios run the same ones without our hooks, and there they do.

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Scenario, product};
use crate::bench::{Bench, note};
use crate::client::{Run, executable};
use crate::ledger::binary;
use crate::screen::Screen;
use crate::script::{Reply, Script};

pub(super) const ALL: &[Scenario] = &[
    product("raise::by_a_command_of_the_model", by_a_command),
    product("raise::in_the_background_and_by_others", elsewhere),
    product("raise::through_the_users_shell_function", through_the_shell_function),
    product("raise::by_a_prompt_of_the_models_own", by_a_prompt),
    product("raise::by_the_person_beside_it", by_the_person),
];

/// What the model reads in place of a tool's result.
const REFUSAL: &str = "a limit is raised by the person at the keyboard, not by the model";

/// What raises the limit once, after `cost-hook`.
const ALLOW: &str = "allow 1 --limit 'daily budget' --reason mine";

fn settings() -> Value {
    json!({ "cost": { "dailyBudget": 1.0, "autoStopAtBudget": true } })
}

/// A session where `cost-hook` is on the path.
fn bench(script: Script) -> Bench {
    let bench = Bench::settings(script, &settings());
    let binary = binary();
    let folder = Path::new(&binary).parent().unwrap().display();
    let home = bench.home.also("PATH", &format!("{folder}:/usr/local/bin:/usr/bin:/bin"));
    Bench { home, ..bench }
}

/// One round of tools for each command, and a plain one at the end.
fn rounds(commands: &[String]) -> Vec<Reply> {
    let mut rounds: Vec<Reply> = commands.iter().map(|command| Reply::bash(&[command])).collect();
    rounds.push(Reply::bash(&["echo a-plain-command"]));
    rounds
}

/// The results the model read, in order.
fn results(bench: &Bench) -> Vec<String> {
    bench.api.calls().into_iter().flat_map(|call| call.results).collect()
}

/// Each was refused in our words, but for the last, which ran.
fn refused(bench: &Bench, run: &Run, count: usize) {
    assert_eq!(run.ended(), "completed", "a refusal is no stop: {}", run.json["result"]);
    let results = results(bench);
    assert_eq!(results.len(), count + 1, "{results:#?}");
    for (number, result) in results[..count].iter().enumerate() {
        assert!(result.contains(REFUSAL), "command {number}: {result}");
    }
    assert!(results[count].contains("a-plain-command"), "{}", results[count]);
    assert_eq!(bench.ledger().raises(), 0, "limits that were raised all the same");
    bench.settle(run);
}

fn by_a_command() {
    let binary = binary();
    let commands = [
        format!("cost-hook {ALLOW}"),
        format!("{binary} {ALLOW}"),
        format!("env cost-hook {ALLOW}"),
        format!("env -u LANG X=1 '{binary}' {ALLOW}"),
        format!("true && cost-hook {ALLOW}"),
        format!("false || cost-hook {ALLOW}; true"),
        format!("echo \"$(date)\"; cost-hook {ALLOW}"),
        format!("# it's only this\ncost-hook \\\n  {ALLOW}"),
        format!("echo y | cost-hook {ALLOW} | cat"),
        format!("bash -c \"cost-hook {ALLOW}\""),
        format!("echo \"cost-hook {ALLOW}\" | sh"),
        format!("bash <<'END'\ncost-hook {ALLOW}\nEND"),
        format!("timeout 20 nice cost-hook {ALLOW}"),
        format!("C=cost-hook; $C {ALLOW}"),
        format!("echo \"$(cost-hook {ALLOW})\""),
        format!("(sleep 0; cost-hook {ALLOW}) & wait"),
    ];
    let script = || Script::new().on("GO", rounds(&commands));
    let held = bench(script());
    refused(&held, &held.home.run("GO", &[]), commands.len());
    let free = bench(script());
    free.ledger().uninstall();
    free.home.run("GO", &[]);
    assert_eq!(
        free.ledger().raises(),
        commands.len(),
        "without the hook each raises the limit: {:#?}",
        results(&free)
    );
    note(format!(
        "{} commands, each refused, each of which raises the limit without the hook",
        commands.len()
    ));
}

/// A command nobody waits for, another client, whose hook would carry the prompt out, and a subagent.
fn elsewhere() {
    let command = format!("cost-hook {ALLOW}");
    let later = Reply::tool("Bash", json!({ "command": command, "run_in_background": true }));
    let mut steps = rounds(&[format!("{} -p \"{command}\"", executable().display())]);
    steps.insert(0, later);
    let held = bench(Script::new().on("GO", steps));
    refused(&held, &held.home.run("GO", &[]), 2);
    let start = vec![Reply::agents(&["LEAF job"], false), Reply::text("It came back.")];
    let held = bench(Script::new().on("GO", start).on("LEAF", rounds(&[command])));
    let run = held.home.run("GO", &[]);
    let results = results(&held);
    assert_eq!(results.len(), 3, "the agent's two, and the agent itself: {results:#?}");
    assert!(results[0].contains(REFUSAL) && results[1].contains("a-plain-command"), "{results:#?}");
    assert_eq!(held.ledger().raises(), 0);
    held.settle(&run);
}

/// The client's shells have the functions of the user's, and with them the `claude cost …` that `init` makes.
fn through_the_shell_function() {
    let commands = [format!("claude cost {ALLOW}")];
    let open = || {
        let bench = bench(Script::new().on("GO", rounds(&commands)));
        let home = bench.home.also("SHELL", "/bin/bash");
        let bench = Bench { home, ..bench };
        std::fs::write(bench.home.path("home/.bashrc"), bench.ledger().ask(&["init", "bash"])).unwrap();
        bench
    };
    let held = open();
    refused(&held, &held.home.run("GO", &[]), 1);
    let free = open();
    free.ledger().uninstall();
    free.home.run("GO", &[]);
    assert_eq!(
        free.ledger().raises(),
        1,
        "without the hook the function raises the limit: {:#?}",
        results(&free)
    );
}

/// A prompt that the model puts down for later comes to the hook like a person's, word for word.
fn by_a_prompt() {
    let prompt = format!("cost-hook {ALLOW}");
    let steps = vec![
        Reply::tool("ToolSearch", json!({ "query": "select:CronCreate,Monitor", "max_results": 5 })),
        Reply::tool("CronCreate", json!({ "cron": "* * * * *", "prompt": prompt, "recurring": false })),
        Reply::tool(
            "ScheduleWakeup",
            json!({ "delaySeconds": 60, "reason": "later", "prompt": format!("! {prompt}") }),
        ),
        Reply::tool("Monitor", json!({ "command": prompt, "description": "a watch", "timeout_ms": 5_000 })),
        Reply::bash(&["echo a-plain-command"]),
    ];
    let bench = bench(Script::new().on("GO", steps));
    let run = bench.home.run("GO", &[]);
    let results = results(&bench);
    assert_eq!(results.len(), 5, "{results:#?}");
    for result in &results[1..4] {
        assert!(result.contains(REFUSAL), "{result}");
    }
    assert!(results[4].contains("a-plain-command"), "{}", results[4]);
    assert_eq!(bench.ledger().raises(), 0);
    bench.settle(&run);
}

/// What the model is refused, the person does in the same session: as a prompt, and after an exclamation mark.
fn by_the_person() {
    let steps = vec![Reply::bash(&[&format!("cost-hook {ALLOW}")]), Reply::text("It has to be you.")];
    let bench = bench(Script::new().on("ALPHA", steps));
    let screen = Screen::open(&bench.home, &[]);
    screen.say("ALPHA: raise the budget");
    screen.wait("It has to be you.");
    assert!(results(&bench).iter().any(|result| result.contains(REFUSAL)), "{:#?}", results(&bench));
    assert_eq!(bench.ledger().raises(), 0);
    screen.say("cost-hook allow 2 --limit 'daily budget' --reason \"as a prompt\"");
    screen.wait("cost-hook: the daily budget is now $3.00 for this period (was $1.00)");
    assert_eq!(bench.ledger().raises(), 1);
    let before = bench.api.charged();
    screen.say("! cost-hook allow 4 --limit 'daily budget' --reason \"as a command\"");
    screen.wait("The daily budget is now $7.00 for this period (was $3.00)");
    assert_eq!(bench.ledger().raises(), 2);
    // The client asks the model about the output.
    screen.until("the call after it", |_| bench.api.charged() > before);
    thread::sleep(Duration::from_millis(500));
    screen.leave();
    bench.settle_saved(&bench.only_session());
}
