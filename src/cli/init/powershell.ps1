# Printed by `cost-hook init powershell`. In $PROFILE, after your own aliases:
#     Invoke-Expression (& cost-hook init powershell | Out-String)
# `claude cost …` runs cost-hook; every other `claude …` runs what it ran before: your alias, your function, the program.

# An alias named claude would go before the function below. What it stands for is kept, and found again there.
if (Test-Path Alias:claude) {
    $global:CostHookBefore = (Get-Item Alias:claude).Definition
    Remove-Item Alias:claude -Force
} elseif ((Test-Path Function:claude) -and "${function:claude}" -notlike '*CostHookBefore*') {
    $global:CostHookBefore = ${function:claude}
} elseif (-not (Test-Path Variable:global:CostHookBefore)) {
    $global:CostHookBefore = $null
}

function global:claude {
    $rest = @($args)
    if ($rest.Count -gt 0 -and $rest[0] -ceq 'cost') {
        $command = @PROGRAM@
        $rest = if ($rest.Count -gt 1) { @($rest[1..($rest.Count - 1)]) } else { @('status') }
    } elseif ($null -ne $global:CostHookBefore -and -not $global:CostHookInside -and $global:CostHookBefore -ne 'claude') {
        $command = $global:CostHookBefore
    } else {
        # Where there is none, these are PowerShell's own words for it.
        $command = Get-Command -Name claude -CommandType Application, ExternalScript -ErrorAction Stop |
            Select-Object -First 1
    }
    # An alias or a function that says `claude` means the program, not this function again.
    $outer = $global:CostHookInside
    $global:CostHookInside = $true
    try {
        if ($MyInvocation.ExpectingInput) { $input | & $command @rest } else { & $command @rest }
    } finally {
        $global:CostHookInside = $outer
    }
}
