# Printed by `cost-hook init bash`. In ~/.bashrc, after your own aliases: eval "$(cost-hook init bash)"
# `claude cost …` runs cost-hook; every other `claude …` runs what it ran before: your alias, your function, the program.

# An alias named claude would go before the function below. It is kept as a function of its own, and found again there.
if shopt -q expand_aliases && alias claude >/dev/null 2>&1; then
    _cost_hook_text=$(alias claude)
    eval "_cost_hook_text=${_cost_hook_text#*claude=}"
    unalias claude
    eval "function _cost_hook_alias {
$_cost_hook_text \"\$@\"
}"
    unset _cost_hook_text
elif ! declare -F _cost_hook_alias >/dev/null; then
    function _cost_hook_alias { _cost_hook_function "$@"; }
fi

# The same for a function. What an earlier run of this script made is left alone.
if declare -F claude >/dev/null; then
    _cost_hook_text=$(declare -f claude)
    case $_cost_hook_text in
        *_cost_hook_alias*) ;;
        *) eval "function _cost_hook_function ${_cost_hook_text#claude }" ;;
    esac
    unset _cost_hook_text
elif ! declare -F _cost_hook_function >/dev/null; then
    function _cost_hook_function { command claude "$@"; }
fi

function claude {
    if [ "${1-}" = cost ]; then
        shift
        if [ $# -eq 0 ]; then set -- status; fi
        @PROGRAM@ "$@"
    else
        # An alias or a function that says `claude` means what was there before it, not this function again.
        case "${FUNCNAME[*]}" in
            *_cost_hook_function*) command claude "$@" ;;
            *_cost_hook_alias*) _cost_hook_function "$@" ;;
            *) _cost_hook_alias "$@" ;;
        esac
    fi
}

# A function that is exported takes along what it needs.
case $(declare -pF claude 2>/dev/null) in
    'declare -f'*x*' claude') export -f claude _cost_hook_alias _cost_hook_function ;;
esac

# Completion: after `claude cost` that of cost-hook, loaded at the first Tab; else what claude had.
if complete -p claude >/dev/null 2>&1; then
    _cost_hook_text=$(complete -p claude)
    case $_cost_hook_text in
        *' _cost_hook_complete '*) ;;
        *' -F '*)
            _cost_hook_completed_by=${_cost_hook_text##* -F }
            _cost_hook_completed_by=${_cost_hook_completed_by%% *}
            ;;
    esac
    unset _cost_hook_text
fi
function _cost_hook_complete {
    if [ "${COMP_WORDS[1]-}" = cost ] && [ "$COMP_CWORD" -gt 1 ]; then
        local registered
        complete -p cost-hook >/dev/null 2>&1 || eval "$(@PROGRAM@ completions bash)"
        registered=$(complete -p cost-hook)
        registered=${registered##* -F }
        COMP_WORDS=(cost-hook "${COMP_WORDS[@]:2}")
        COMP_CWORD=$((COMP_CWORD - 1))
        "${registered%% *}" cost-hook "${2-}" "${COMP_WORDS[COMP_CWORD - 1]}"
    elif [ -n "${_cost_hook_completed_by-}" ]; then
        "$_cost_hook_completed_by" "$@"
    elif [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W cost -- "${2-}"))
    fi
}
if type complete >/dev/null 2>&1; then complete -o bashdefault -o default -F _cost_hook_complete claude; fi
