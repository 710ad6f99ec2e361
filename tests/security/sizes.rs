//! Things larger than anybody needs: what is read has a bound, and beyond it a message.

use std::fs;

use serde_json::json;

use crate::support::{Call, Env};

#[test]
fn a_bill_of_odd_shape_is_refused_and_does_not_crash() {
    let env = Env::new();
    let columns = "a,".repeat(1_000_000) + "b\n";
    let deep = "[".repeat(200_000);
    let parquet = [b"PAR1".as_slice(), &[0xff; 64], &0xffff_fff0_u32.to_le_bytes(), b"PAR1"].concat();
    for (name, bytes) in [
        ("columns.csv", (columns.clone() + &columns).into_bytes()),
        ("deep.json", deep.into_bytes()),
        ("sizes.parquet", parquet),
        ("half.csv.gz", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]),
        ("empty.csv", Vec::new()),
    ] {
        let path = env.root().join(name);
        env.write(&path, &bytes);
        for command in [&["reconcile", "--against"][..], &["pricing", "update"]] {
            let args: Vec<&str> = command.iter().copied().chain([path.to_str().unwrap()]).collect();
            let output = env.run(&args);
            assert!(output.code.is_some_and(|code| code != 0 && code != 101), "{name}: {output:?}");
            assert!(
                output.stderr.contains("error:") && output.stderr.len() < 4_000,
                "{name}: {}",
                output.stderr
            );
        }
    }
}

/// Names as long as the payload go into no journal line, and the journal keeps its bound.
#[test]
fn the_journal_keeps_its_bound_whatever_names_are_sent() {
    let env = Env::new();
    env.write(&env.data().join("ledger"), b"a file in the place of the folder");
    let session = env.session("s1");
    for number in 0..4 {
        let long = format!("{number}{}", "x".repeat(400_000));
        env.hook("Stop", &session, json!({"session_id": long, "hook_event_name": format!("E{long}")}));
    }
    let journal = env.journal();
    assert!(journal.lines().count() >= 4 && journal.len() < 10_000, "{}", journal.len());
}

#[test]
fn a_transcript_of_many_agents_is_read_once() {
    let env = Env::new();
    let session = env.session("s1");
    session.call(&Call::cents("a", 10));
    let folder = session.path().with_extension("").join("subagents");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..2_000 {
        fs::write(folder.join(format!("agent-{number}.jsonl")), b"{\"type\":\"x\"}\n").unwrap();
    }
    env.hook("Stop", &session, json!({})).silent();
    env.hook("Stop", &session, json!({})).silent();
    assert_eq!(env.calls().len(), 1);
}
