# Printed by `cost-hook init zsh`. In ~/.zshrc, after compinit and your own aliases: eval "$(cost-hook init zsh)"
# `claude cost …` runs cost-hook; every other `claude …` runs what it ran before: your alias, your function, the program.

# An alias named claude would go before the function below. It is kept as a function of its own, and found again there.
# `noglob` and the like hold for the line they are typed in, so they stay in front.
if [[ -o aliases ]] && (( ${+aliases[claude]} )); then
    _cost_hook_text=${aliases[claude]} _cost_hook_modifiers=
    while [[ $_cost_hook_text == (noglob|nocorrect)\ * ]]; do
        _cost_hook_modifiers+="${_cost_hook_text%% *} "
        _cost_hook_text=${_cost_hook_text#* }
    done
    unalias claude
    if [[ $_cost_hook_text != claude ]]; then
        eval "function _cost_hook_alias {
$_cost_hook_text \"\$@\"
}"
    fi
    if [[ -n $_cost_hook_modifiers ]]; then alias claude="${_cost_hook_modifiers}claude"; fi
    unset _cost_hook_text _cost_hook_modifiers
fi
if (( ! ${+functions[_cost_hook_alias]} )); then
    function _cost_hook_alias { _cost_hook_function "$@" }
fi

# The same for a function. What an earlier run of this script made is left alone.
if (( ${+functions[claude]} )); then
    if [[ ${functions[claude]} == *'autoload -X'* ]]; then autoload +X claude; fi
    if [[ ${functions[claude]} != *_cost_hook_alias* ]]; then
        functions -c claude _cost_hook_function 2>/dev/null || functions[_cost_hook_function]=${functions[claude]}
    fi
elif (( ! ${+functions[_cost_hook_function]} )); then
    function _cost_hook_function { command \claude "$@" }
fi

function claude {
    if [[ ${1-} == cost ]]; then
        shift
        if (( ! $# )); then set -- status; fi
        @PROGRAM@ "$@"
    else
        # An alias or a function that says `claude` means what was there before it, not this function again.
        case "${funcstack[*]}" in
            (*_cost_hook_function*) command \claude "$@" ;;
            (*_cost_hook_alias*) _cost_hook_function "$@" ;;
            (*) _cost_hook_alias "$@" ;;
        esac
    fi
}

# Completion: after `claude cost` that of cost-hook, loaded at the first Tab; else what claude had.
if (( ${+functions[compdef]} )); then
    if [[ ${_comps[claude]-} != _cost_hook_complete ]]; then typeset -g _cost_hook_completed_by=${_comps[claude]-}; fi
    function _cost_hook_complete {
        if [[ ${words[2]-} == cost ]] && (( CURRENT > 2 )); then
            if (( ! ${+functions[_cost-hook]} )); then eval "$(@PROGRAM@ completions zsh)"; fi
            words=(cost-hook "${(@)words[3,-1]}")
            (( CURRENT -= 1 ))
            _cost-hook
        else
            if (( CURRENT == 2 )); then
                local -a _cost_hook_word
                _cost_hook_word=('cost:What Claude Code cost (cost-hook)')
                _describe command _cost_hook_word
            fi
            ${_cost_hook_completed_by:-_default} "$@"
        fi
    }
    compdef _cost_hook_complete claude
fi
