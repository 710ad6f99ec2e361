### install、uninstall、init、demo 和 dashboard 的用语。

## import。

booking = 正在记账
progress-of-bytes = { $what } [{ $bar }] { $done } / { $total }，{ $speed }，剩余 { $left }
booking-off = 记账已关闭：设置中的 `cost.enabled` 为 false
booking-off-cure = `cost-hook validate` 会列出设置来自哪些文件
no-transcripts = 在 { $folder } 中没有找到 Claude Code 的会话记录。
nothing-new = 没有新内容：{ $sessions } 个会话的每次调用都已记账。
booked = 已将 { $sessions } 个会话的 { $calls } 次调用记账{ $took }
import-took = （{ $size }，用时 { $seconds } 秒，{ $speed }/秒）
ledger-holds = 账本中有 { $calls } 次调用，共 { $cost }，最早的在 { $day }。

## import --from。

totals-say = { $files } 个文件中的 { $totals } 个总额合计 { $amount }
totals-known = 其中 { $amount } 已作为调用或来自其他文件而在账本中
totals-imported = 已导入 { $amount }
totals-imported-before = 已导入 { $amount }，其中 { $before } 之前已导入
totals-would-be-imported = 将导入 { $amount }
totals-would-be-imported-before = 将导入 { $amount }，其中 { $before } 之前已导入
imported-is-marked = 它在报表中以 ~ 标记：金额由其他程序计算。

## install 和 uninstall：对设置文件做了什么。

hooks-are-disabled = 此文件中的 `disableAllHooks` 为 true：在此期间没有钩子运行，也不记账
nothing-to-do-installed = 无需更改：钩子和状态栏已安装在 { $file } 中。
nothing-to-do-not-installed = 无需更改：钩子和状态栏不在 { $file } 中。
changed = 已更改
would-change = 将会更改
hooks-added = 添加了 { $hooks } 个钩子
hooks-updated = { $hooks } 个钩子改为指向程序的新路径
hooks-removed = 移除了 { $hooks } 个钩子
status-line-added = 添加了状态栏
status-line-added-below = 在您自己的状态栏下方添加了状态栏，您的照常工作：{ $command }
status-line-updated = 状态栏改为指向程序的新路径
status-line-restored = 恢复了您的状态栏：{ $command }
status-line-removed = 移除了状态栏
file-before = 更改之前的文件：{ $file }
nothing-was-changed = 未做任何更改。
file-removed = 移除了 { $file }
own-settings-stay = 您自己在 `cost` 下的设置保留在 { $file } 中；Claude Code 会忽略它们。
plugin-stays = 插件 { $plugin } 仍在运行自己的钩子；如要移除：{ $command }
line-is-left = { $file } 中的这一行留给您处理：
ledger-stays = 账本保留在 { $folder } 中，报表照常可用。如要彻底删除：{ $command }
install-again = 如要重新安装，请运行 { $command }。

## install：第一个画面。

booking-stays-off = 记账已关闭（cost.enabled 为 false）：在更改之前不计入任何内容。
today-and-month = { $today }（本月 { $month }）
label-today = 今日：
what-happens-next = 接下来
from-the-first-prompt-on =
    请启动 Claude Code。从您的第一条提示词起，每次模型调用都按精确的费用记账；状态栏会显示费用，
    { $status } 和 { $report } 随时可以查看。
see-a-budget-stop = 如要现在就看到预算停止会话（使用示例数据，不发出模型调用）：{ $command }
not-on-path = shell 还找不到 cost-hook：
add-to-path = 请将 { $folder } 添加到 PATH
to-type-claude-cost = 如要也能输入 `claude cost report`：
undo = 撤销：
