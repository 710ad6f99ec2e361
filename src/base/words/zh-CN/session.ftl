### Claude Code 会话中显示的内容：状态栏、停止、警告、如何继续、故障。

## 状态栏。

status-line-session = 会话 { $amount }
status-line-today = 今日 { $amount }
status-line-limit = { $limit } { $percent }（共 { $amount }）
status-line-stopped = { $limit }已停止
status-line-lifted = { $limit }已解除

## 限额。

limit-used-up =
    cost-hook：{ $limit } { $amount }（{ $whose }）已用尽：已花费 { $spent }。{ $resets }。{ $go_on }
limit-about-to-be-crossed =
    cost-hook：下一次调用（约 { $next }）将超过{ $limit } { $amount }（{ $whose }）：已花费 { $spent }。{ $resets }。{ $go_on }
limit-about-to-be-crossed-by-several =
    cost-hook：下一次调用（约 { $next }）将超过{ $limit } { $amount }（{ $whose }）：已花费 { $spent }，另有约 { $under_way } 正在进行。{ $resets }。{ $go_on }
go-on =
    要继续，请将下面这行作为提示词输入（或在终端中运行）：
    cost-hook allow 5 --reason "..."
cannot-go-on = 它由您的管理员设定，无法在这里提高。
threshold-crossed = cost-hook：{ $limit }（{ $whose }）已用 { $percent }：{ $spent } / { $amount }。{ $resets }。
limit-left = { $limit }还剩 { $left }（共 { $amount }）
limits-left = cost-hook：{ $limits }。

said = cost-hook：{ $text }

## 提高限额。

limit-lifted = 在 { $moment }之前，{ $limit }不会停止任何操作。
limit-raised =
    { $period ->
        [session] { $limit }在本会话内现为 { $now }（原为 { $before }），还剩 { $left }。
        [total] { $limit }现永久为 { $now }（原为 { $before }），还剩 { $left }。
       *[other] { $limit }在本周期内现为 { $now }（原为 { $before }），还剩 { $left }。
    }
still-used-up = 它仍已用尽：已花费 { $spent }，比该额度多 { $over }。
raise-needs-reason = 提高限额必须给出理由
raise-needs-reason-cure = 请加上 --reason "..."
raise-needs-amount = 请说明提高多少，或放开到何时
raise-needs-amount-cure = 例如：cost-hook allow 5 --reason "..."
raise-not-positive = 金额必须大于零
raise-until-past = --until 给出的时间已过
raise-forbidden = { $limit }不能提高
raise-forbidden-why = 它设在 { $file } 中，只有管理该文件的人才能更改
no-such-limit = 没有名为“{ $name }”的限额
no-limits-here = 这里没有任何限额
limits-here = 这里的限额：{ $names }
no-limit-used-up = 没有已用尽的限额
no-limit-used-up-cure = 请用 --limit NAME 指定要提高的限额，`cost-hook status` 会列出它们
option-needs-value = `{ $option }` 需要一个值
option-of-allow-unknown = `{ $option }` 不是 `allow` 的选项
no-amount = “{ $text }”不是以 USD 计的金额
no-amount-cure = 例如 5 或 2.50
no-time = “{ $text }”不是时间
no-time-cure = 例如 18:00、2h、30m、tomorrow 或 2026-11-24T18:00:00Z

## 钩子的其他回答。

not-by-the-model =
    cost-hook：限额由键盘前的人提高，而不是由模型提高。请让用户把 `cost-hook allow` 那一行作为提示词输入。
model-switch-too-dear =
    cost-hook：切换模型会把对话写入新的缓存，约需 { $cost }，而预算只剩 { $left }。
setting-unusable =
    { $more ->
        [0] cost-hook：{ $problem }。请运行 `cost-hook validate`。
       *[other] cost-hook：{ $problem }（另有 { $more } 个问题）。请运行 `cost-hook validate`。
    }
cannot-work = cost-hook 无法工作：{ $error }。没有调用会丢失：恢复工作后会补记；在此之前预算不起作用。
cannot-work-and-blocks = cost-hook 无法工作：{ $error }。cost.onError 为 `block`。
slash-cannot-run = 无法从这里运行 cost-hook；请在终端中运行：cost-hook { $command }
slash-shortened = … 其余内容超出 Claude Code 能显示的长度；请在终端中运行：cost-hook { $command }
