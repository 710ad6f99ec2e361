# Printed by `cost-hook init fish`. In ~/.config/fish/config.fish, after your own aliases: cost-hook init fish | source
# `claude cost …` runs cost-hook; every other `claude …` runs what it ran before: your alias or function, or the program.

# In fish an alias is a function. It is kept under another name, and found again there; what an earlier run of this script
# made is left alone.
if functions --query claude
    if not string match --quiet -- '*_cost_hook_function*' (functions claude | string collect)
        functions --erase _cost_hook_function
        functions --copy claude _cost_hook_function
    end
else if not functions --query _cost_hook_function
    function _cost_hook_function
        command claude $argv
    end
end

function claude --description 'Claude Code; with `cost` what it cost'
    switch "$argv[1]"
        case cost
            if test (count $argv) -eq 1
                @PROGRAM@ status
            else
                @PROGRAM@ $argv[2..-1]
            end
        case '*'
            # A function that says `claude` means what was there before it, not this function again.
            if string match --quiet -- '*_cost_hook_function*' (status stack-trace | string collect)
                command claude $argv
            else
                _cost_hook_function $argv
            end
    end
end

# Completion: after `claude cost` that of cost-hook, loaded at the first Tab; else what claude has.
function _cost_hook_is_cost
    set --local words (commandline --tokenize --current-process --cut-at-cursor)
    test (count $words) -gt 1; and test "$words[2]" = cost
end
function _cost_hook_complete
    if not functions --query __fish_cost_hook_using_subcommand
        @PROGRAM@ completions fish | source
    end
    set --local words (commandline --tokenize --current-process --cut-at-cursor) (commandline --current-token --cut-at-cursor)
    complete --do-complete (string join -- ' ' cost-hook (string escape -- $words[3..-1]))
end
complete --command claude --condition '__fish_is_nth_token 1' --arguments cost --description 'What Claude Code cost (cost-hook)'
complete --command claude --condition _cost_hook_is_cost --no-files --arguments '(_cost_hook_complete)'
