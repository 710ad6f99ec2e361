### blocks 和 watch 的用语。

## blocks。

no-window-running = 没有正在进行的窗口：下一次调用会开始一个窗口。
pause-of = 停顿 { $span }
running-with-left = 还剩 { $span }
running-window = 当前窗口
running-window-span = { $start } 至 { $end }，剩 { $left }
spent = 已花费
spent-on = { $calls }，{ $tokens } 个 token
burn-rate = 消耗速率
burn-rate-of = 每小时；每分钟 { $tokens } 个 token，从第一次调用到最后一次调用
projection = 推算
projection-of = 到 { $end } 时，连同 { $tokens } 个 token，如果照此下去
token-limit = token 上限
token-limit-stands =
    { $status ->
        [exceeds] 已用（上限 { $limit } 个 token），到 { $end } 将达 { $percent }：超过上限
        [warning] 已用（上限 { $limit } 个 token），到 { $end } 将达 { $percent }：接近上限
       *[ok] 已用（上限 { $limit } 个 token），到 { $end } 将达 { $percent }
    }
limits-of-plan = 套餐的限额，由 Claude Code 报告
five-hours = 五小时
seven-days = 七天
plan-limit-over = 已于 { $moment } 结束；此后没有新的报告
plan-limit-stands = { $moment } 重置（{ $span }后）；{ $ago }前报告

## watch。

watch = cost-hook watch
watch-with-keys = cost-hook watch（按 q 结束）
clock = { $moment }:{ $seconds }
this-week = 本周
of-the-plan = 套餐限额，{ $span }后重置
last-hour = 最近一小时
tokens-a-minute = 每分钟 { $tokens } 个 token
newest-calls = 最新的调用
sessions-of-last-hour = 最近一小时的会话
an-hour = { $amount }/小时
ago = { $span }前
and-more = 另有 { $count } 个
