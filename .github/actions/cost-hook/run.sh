#!/usr/bin/env bash
# Runs `claude -p` once with a budget, in a configuration folder and a ledger of this run alone, and says what it cost.
# Needs bash, jq and Claude Code. Everything comes by environment (INPUT_*, GITHUB_*, RUNNER_TEMP), so that it works
# outside GitHub, too. Exit codes: 75 a budget stopped it, 64 a wrong input, 70 cost-hook could not be set up, else
# claude's own. Documented in docs/guide/ci.md.
set -euo pipefail

fail() { # CODE MESSAGE
  printf 'cost-hook: %s\n' "$2" >&2
  exit "$1"
}

prompt=${INPUT_PROMPT:-}
budget=${INPUT_BUDGET:-}
claude=${INPUT_CLAUDE:-claude}
binary=${INPUT_COST_HOOK:-}
summary=${INPUT_SUMMARY:-true}

[[ -n $prompt ]] || fail 64 "the input prompt is empty"
[[ $budget =~ ^(0|[1-9][0-9]*)(\.[0-9]+)?$ ]] || fail 64 "the input budget is not an amount of USD such as 1.50"
[[ $summary == true || $summary == false ]] || fail 64 "the input summary is neither true nor false"
arguments=()
while IFS= read -r line || [[ -n $line ]]; do
  line=${line%$'\r'}
  # The result is read as JSON; the others would leave the hooks out, or the transcript they count by.
  case ${line%%=*} in
    --output-format | --settings | --setting-sources | --bare | --safe-mode | --no-session-persistence | --bg | --background)
      fail 64 "the input claude-args may not hold ${line%%=*}: the action sets it itself, or the budget would not hold" ;;
    '') ;;
    *) arguments+=("$line") ;;
  esac
done <<<"${INPUT_CLAUDE_ARGS:-}"

command -v jq >/dev/null || fail 70 "jq is needed and is not on PATH"
claude=$(command -v -- "$claude") || fail 70 "Claude Code is not there: install it, or name it in the input claude"

temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
if [[ -z $binary ]]; then
  binary=$(command -v cost-hook || true)
fi
if [[ -z $binary ]]; then
  here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
  # One folder for all steps of a job: the second one finds it built.
  binary=$temporary/cost-hook-built/bin/cost-hook
  if [[ ! -x $binary ]]; then
    command -v cargo >/dev/null || fail 70 "cost-hook is not on PATH, and without cargo it cannot be built: name it in the input cost-hook"
    cargo install --quiet --locked --path "$here/../../.." --root "$temporary/cost-hook-built" >&2 ||
      fail 70 "cost-hook could not be built"
  fi
fi
binary=$(command -v -- "$binary") || fail 70 "cost-hook is not there: the input cost-hook names no executable"
# The hooks run it from whatever folder a session is in.
binary=$(cd -- "$(dirname -- "$binary")" && pwd)/$(basename -- "$binary")

run=$(mktemp -d "$temporary/cost-hook-run.XXXXXX")
export CLAUDE_CONFIG_DIR=$run/config COST_HOOK_DIR=$run/cost-hook
mkdir -p "$CLAUDE_CONFIG_DIR"
# A limit on everything in this ledger, not on the session: a claude which the session starts counts, too.
limits=$(printf '[{"name":"run budget","amount":%s,"period":"total","action":"stop"}]' "$budget")
"$binary" install --no-import >/dev/null || fail 70 "the hooks could not be registered"
"$binary" config set cost.limits "$limits" >/dev/null || fail 70 "the budget could not be set"
# A run that cannot be counted is not to spend: nobody is there to see the warning.
"$binary" config set cost.onError block >/dev/null || fail 70 "the settings could not be written"

# The prompt comes by standard input: as an argument one that begins with a dash would be an option. A project's own
# settings may switch all hooks off; what is given on the command line goes before them. (Before bash 4.4 an empty array
# counts as unset.) It is no pipe's status that counts: a claude that ends before it has read all is not to look killed.
code=0
"$claude" -p --output-format json --settings '{"disableAllHooks":false}' \
  ${arguments[@]+"${arguments[@]}"} < <(printf '%s' "$prompt") >"$run/result.json" || code=$?

field() { jq -r "$1 // empty" "$run/result.json" 2>/dev/null || true; }
session=$(field '.session_id | strings')
[[ $session =~ ^[0-9A-Za-z-]+$ ]] || session=

# Any hook that worked has made a checkpoint; looked for before the import, which makes one, too.
hooked=false
[[ ! -e $COST_HOOK_DIR/checkpoint.db ]] || hooked=true

# What the last hooks had to leave is taken in.
"$binary" import >/dev/null || fail 70 "the ledger could not be completed; it is in $COST_HOOK_DIR"
totals=$("$binary" report --json) || fail 70 "the ledger could not be read; it is in $COST_HOOK_DIR"
cost=$(jq -r .totals.totalCostExact <<<"$totals")
calls=$(jq -r .totals.calls <<<"$totals")

# Claude Code says that a hook ended the turn, or that the prompt never got as far as a turn; which budget it was, the
# limits say. A hard limit stops before it is used up.
limits=$("$binary" status --json) || fail 70 "the limits could not be read"
limits=$(jq '[.limits[] | select(.action == "stop" and (.usedUp or .hard))]' <<<"$limits")
ended=$(field 'if .terminal_reason == "hook_stopped" or (.num_turns == 0 and .terminal_reason == null and .is_error == false)
  then "by a hook" else null end')
stopped=false
if [[ -n $ended && $limits != "[]" ]]; then
  stopped=true
fi

if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  {
    printf 'cost=%s\n' "$cost"
    printf 'calls=%s\n' "$calls"
    printf 'stopped=%s\n' "$stopped"
    printf 'session-id=%s\n' "$session"
    printf 'ledger=%s\n' "$COST_HOOK_DIR/ledger"
  } >>"$GITHUB_OUTPUT"
fi

if [[ $summary == true && -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  {
    if [[ $stopped == true ]]; then
      printf '### Claude Code was stopped by a budget\n\n'
      printf '| Limit | Spent | Allowed |\n| --- | ---: | ---: |\n'
      # A name comes from settings, and a bar in it would be one more column.
      jq -r '.[] | "| \(.name | gsub("[|\n`<]"; " ")) | $\(.spent) | $\(.allowed) |"' <<<"$limits"
      printf '\n'
    elif [[ $code -ne 0 ]]; then
      printf '### Claude Code failed with exit code %s\n\n' "$code"
    else
      printf '### Claude Code is done\n\n'
    fi
    printf 'Cost $%s of a budget of $%s, calls: %s.\n\n' "$cost" "$budget" "$calls"
    "$binary" report --period session --breakdown --format md
  } >>"$GITHUB_STEP_SUMMARY"
fi

# The model's words are no commands to the runner, whatever stands at the beginning of a line.
token=
if [[ ${GITHUB_ACTIONS:-} == true ]]; then
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
fi
if jq -e . "$run/result.json" >/dev/null 2>&1; then
  jq -r '.result // ""' "$run/result.json"
else
  cat "$run/result.json"
fi
[[ -z $token ]] || printf '\n::%s::\n' "$token"

if [[ $stopped == true ]]; then
  fail 75 "stopped by a budget: $(jq -r '[.[] | "\(.name), $\(.spent) of $\(.allowed)"] | join("; ")' <<<"$limits")"
fi
if [[ -n $ended && -s $COST_HOOK_DIR/journal.jsonl ]]; then
  fail 70 "the run was stopped because cost-hook could not work: see $COST_HOOK_DIR/journal.jsonl"
fi
if [[ $calls -gt 0 && $hooked == false ]]; then
  fail 70 "the hooks did not run, so no budget held: \`cost-hook doctor\` says why"
fi
exit "$code"
