#!/usr/bin/env python3
"""What one hook costs beside an empty Rust process: medians of alternating runs, with a large ledger and a 100 MB
transcript. Not a test: nothing fails on a time. Usage: tests/bench/hook.py BINARY [CALLS] [ROUNDS]"""
import json, os, statistics, subprocess, sys, tempfile, time

binary = os.path.realpath(sys.argv[1])
calls = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 150
LINE = (
    '{"kind":"call","v":1,"id":"msg_%032d:req_%024d","time":"2026-%02d-%02dT10:00:00.000Z","session":"s%06d",'
    '"project":"/home/dev/p%d","model":"claude-opus-5-5","provider":"anthropic","tokens":{"input":10,"output":500,'
    '"cacheWrite5m":1000,"cacheWrite1h":0,"cacheRead":50000},"feature":"tool:Bash","tools":["Bash"],"branch":"main",'
    '"user":"dev@example.org","cost":"0.02504","prices":"2026-11-23","stopReason":"tool_use","client":"2.1.330"}\n'
)

with tempfile.TemporaryDirectory() as home:
    config, project = home + "/.claude", home + "/p"
    for folder in (config + "/projects/-p", project, config + "/cost-hook/ledger"):
        os.makedirs(folder)
    with open(config + "/settings.json", "w") as out:
        json.dump({"cost": {"dailyBudget": 1e6, "monthlyBudget": 1e8, "autoStopAtBudget": True}}, out)
    segments = {}
    for i in range(calls):
        month = 1 + i % 11
        if month not in segments:
            segments[month] = open(f"{config}/cost-hook/ledger/2026-{month:02}.jsonl", "w")
        segments[month].write(LINE % (i, i, month, 1 + i % 20, i // 100, i % 8))
    for segment in segments.values():
        segment.close()
    transcript = config + "/projects/-p/s1.jsonl"

    def append(number, padding=0):
        message = {
            "id": f"msg_x{number}", "model": "claude-opus-5-5", "stop_reason": "tool_use",
            "content": [{"type": "text", "text": "x" * padding}, {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash"}],
            "usage": {"input_tokens": 10, "output_tokens": 10, "cache_read_input_tokens": 1000},
        }
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        line = {"type": "assistant", "message": message, "requestId": f"req_x{number}", "timestamp": now, "sessionId": "s1", "cwd": project}
        with open(transcript, "a") as out:
            out.write(json.dumps(line) + "\n")

    for number in range(1000):
        append(number, 100_000)
    empty = home + "/empty"
    subprocess.run(["rustc", "-O", "-o", empty, "-"], input=b"fn main() {}", check=True)
    env = {"HOME": home, "CLAUDE_CONFIG_DIR": config, "CLAUDE_PROJECT_DIR": project, "PATH": "/usr/bin:/bin"}
    common = {"session_id": "s1", "transcript_path": transcript, "cwd": project}

    def event(name, number):
        return json.dumps(common | {"hook_event_name": name, "tool_use_id": f"toolu_{number}"}).encode()

    started = time.time()
    subprocess.run([binary, "hook"], input=event("SessionStart", 0), env=env, check=True)
    print(f"first event (checkpoint made of {calls} calls, 100 MB read): {time.time() - started:.1f} s")
    times = {"empty process": [], "one new call": [], "nothing new": [], "status line": []}

    def run(what, command, data=b""):
        started = time.perf_counter()
        subprocess.run(command, input=data, env=env, stdout=subprocess.DEVNULL, check=True)
        times[what].append(time.perf_counter() - started)

    status = json.dumps(common | {"cost": {"total_cost_usd": 0.5}}).encode()
    for number in range(1000, 1000 + rounds):
        run("empty process", [empty])
        append(number)
        run("one new call", [binary, "hook"], event("PostToolUse", number))
        run("nothing new", [binary, "hook"], event("PostToolUse", number))
        run("status line", [binary, "statusline"], status)
    base = statistics.median(times["empty process"])
    for what, series in times.items():
        middle = statistics.median(series)
        print(f"{what:<14} median {middle * 1e6:6.0f} us, {middle / base:.2f} x an empty process")
