### 多处共用：限额、设置的层、日期、时间长度。

## 限额：名称、来自哪里、作用和何时重置。

cost-threshold = 费用阈值
session-budget = 会话预算
daily-budget = 每日预算
weekly-budget = 每周预算
monthly-budget = 每月预算
hard-limit = 硬限额
team-budget = 团队预算
team-rest = 团队预算余额
team-allocation = 团队分配额
named-limit = 限额“{ $name }”

managed-settings = 托管设置
user-settings = 用户设置
project-settings = 项目设置
local-settings = 本地设置

stops-ahead = 超过之前停止
stops = 停止
warns = 警告
counts = 计入 { $name }
counts-branch = 计入分支 { $name }
counts-agent = 计入子代理 { $name }
counts-session-only = 它只计入本会话
never-resets = 它从不重置
resets-on = 它将于 { $moment }重置

fact-after-facts = { $facts }；{ $fact }

## 日期和时间长度。星期是从 1（周一）开始的数字。

weekday =
    { $weekday ->
        [1] 周一
        [2] 周二
        [3] 周三
        [4] 周四
        [5] 周五
        [6] 周六
       *[7] 周日
    }
month = { $month } 月
moment = { $month } { $day } 日{ $weekday } { $time }
moment-with-year = { $year } 年 { $month } { $day } 日{ $weekday } { $time }（{ $zone }）
span-days = { $days } 天
span-hours = { $hours } 小时 { $minutes } 分钟
span-minutes = { $minutes } 分钟
span-seconds = { $seconds } 秒

## 命令和报表共用。

error = 错误：
warning = 警告：
hint = 提示：
labelled = { $label }{ $text }
call-count = { $calls } 次调用
calls-and-unlisted = { $calls }，其中未列明 { $unlisted }
part-of = { $part } / { $whole }
newest-calls-missing = 可能缺少最新的调用：{ $error }
no-budget = 未设置预算。要在每天花费 10 美元时停止：
no-budget-after = 从下一个事件起生效；{ $command } 显示当前状况。
some-settings-wrong = 有些设置没有按所写的生效。
name-after-names = { $names }、{ $name }
last-name-after-names = { $names }、{ $name }

## 不带时刻的日期。

date = { $month } { $day } 日
date-with-year = { $year } 年 { $month } { $day } 日
date-with-weekday = { $year } 年 { $month } { $day } 日{ $weekday }
dates-of-a-year = { $year } 年 { $month } { $day } 日至 { $last_month } { $last_day } 日
dates = { $first }至 { $last }

## 与命令无关的解决办法。

disk-full-cure = 磁盘已满：请腾出一些空间
read-only-cure = 文件系统只读：请将 COST_HOOK_DIR 设为可写的文件夹
not-there-cure = 文件或其文件夹不存在：请检查路径，或先创建文件夹
denied-cure = 请检查该文件及其文件夹的所有者和权限
write-protected-cure = 请使该文件对其所有者可写
another-at-work = 另一个 cost-hook 正在工作
run-again-when-done = 请在它完成后再次运行
keeps-changing-cure = 请在没有其他程序写入它时重试
home-cure = 请将 HOME 设为您的主文件夹，或将 CLAUDE_CONFIG_DIR 设为 Claude Code 的文件夹，然后再次运行
run-by-client = 它由 Claude Code 运行；`cost-hook install` 会进行设置
file-ignored-cure = 修复之前，Claude Code 会忽略整个文件；`cost-hook validate` 显示位置
hooks-ignored-cure = Claude Code 会忽略这样的钩子；请先修复或移除它们
mend-place-cure = `cost-hook validate` 显示位置；请先修复
keys-look-like = 键的写法如 cost.dailyBudget 或 cost.limits[night].amount
every-setting-cure = `cost-hook config list --all` 显示所有设置
remove-first-cure = 请先移除它：{ $command }
named-not-numbered = 新条目以其 `{ $name }` 命名，而不是编号
