#!/usr/bin/env node
// Starts the native program of this platform in its own place: same arguments, same streams, same end. Claude Code
// never runs this file: `install` registers the path of the program that runs, which is the native one.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const path = require("node:path");

const platform = `${process.platform}-${process.arch}`;
const known = Object.keys(require("./package.json").optionalDependencies).map((name) => name.split("/")[1]);

function fail(message, cures) {
  process.stderr.write(`error: ${message}\n${cures.map((cure) => `hint: ${cure}\n`).join("")}`);
  process.exit(1);
}

function nativeProgram() {
  if (!known.includes(platform)) {
    fail(`there is no cost-hook package for ${platform}`, [
      `there is one for ${known.join(", ")}`,
      "elsewhere it can be built: cargo install --locked cost-hook",
    ]);
  }
  const file = process.platform === "win32" ? "cost-hook.exe" : "cost-hook";
  try {
    return path.join(path.dirname(require.resolve(`@cost-hook/${platform}/package.json`)), "bin", file);
  } catch {
    fail(`the package @cost-hook/${platform}, which holds the program, is not installed`, [
      "install it again without --omit=optional or --no-optional: npm install -g cost-hook --include=optional",
      "a node_modules folder that came from another machine lacks it as well: install on this one",
    ]);
  }
}

// The folders of npx, pnpm dlx and bunx are cleared at any time, and Claude Code says nothing of a hook whose program
// is gone: calls would no longer be booked, and nothing would be stopped.
function refusePassingPlace(program, args) {
  const passing = /[\\/](_npx|dlx|dlx-[^\\/]+|bunx-[^\\/]+)[\\/]/.test(program);
  const word = args.find((arg) => !arg.startsWith("-"));
  if (passing && word === "install" && !args.some((arg) => ["--dry-run", "--help", "-h"].includes(arg))) {
    fail("this copy of cost-hook is in a cache that may be cleared at any time, so it cannot be a hook", [
      "install it to stay: npm install -g cost-hook && cost-hook install",
    ]);
  }
}

const args = process.argv.slice(2);
const program = nativeProgram();
refusePassingPlace(program, args);

const child = spawn(program, args, { stdio: "inherit" });

// A signal that is meant for the program reaches this process. Those of the terminal go to both; this one only waits.
const signals = process.platform === "win32" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
for (const signal of signals) {
  process.on(signal, () => {
    if (process.platform !== "win32") child.kill(signal);
  });
}

child.on("error", (error) => {
  fail(`cannot start ${program}: ${error.message}`, [
    error.code === "EACCES"
      ? `it has to be executable: chmod 755 '${program}'`
      : "install it again: npm install -g cost-hook --include=optional",
  ]);
});

child.on("exit", (code, signal) => {
  if (!signal) {
    process.exit(code);
  }
  // Ended by the same signal, so that whoever waits sees the same.
  for (const one of signals) process.removeAllListeners(one);
  process.kill(process.pid, signal);
  // A signal that does not end this process, such as one a parent had blocked.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
});
