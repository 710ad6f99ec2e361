### 报表的列标题和标签：report、breakdown、session、status。

## 列标题。空间有限，越短越好。

heading-date = 日期
heading-week = 周起始日
heading-month = 月份
heading-session = 会话
heading-project = 项目
heading-model = 模型
heading-models = 模型
heading-feature = 用途
heading-tool = 工具
heading-agent = 子代理
heading-branch = 分支
heading-user = 用户
heading-provider = 提供商
heading-hour = 小时
heading-calls = 调用
heading-input = 输入
heading-output = 输出
heading-cache-write = 缓存写入
heading-cache-read = 缓存读取
heading-tokens = token
heading-cost = 费用
heading-share = 占比
heading-unlisted = 未列明
heading-platform = 平台
heading-region = 区域
heading-difference = 差额
heading-saving = 节省
heading-adjusted = 调整后
heading-adjusted-saving = 调整后节省
heading-too-long = 过长
heading-uncached = 未缓存
heading-no-fast = 无快速模式
heading-no-us-only = 无仅限美国
heading-no-search = 无搜索
heading-no-1h-cache = 无 1 小时缓存
heading-not-sold = 不提供
heading-estimated = 估算
heading-write-5m = 写入 5m
heading-write-1h = 写入 1h
heading-read = 读取
heading-note = 备注
heading-begin = 开始
heading-length = 时长
heading-of-limit = 占限额
heading-lines = 行
heading-revisions = 修订
heading-overrides = 提高
heading-starts = 启动
heading-unreadable = 无法读取
heading-size = 大小
heading-first = 最早
heading-last = 最晚
heading-chain = 哈希链
heading-tamper-evidence = 篡改证据
heading-lines-dropped = 删除的行
heading-size-before = 之前大小
heading-size-after = 之后大小
heading-price = 价格
heading-in-force = 现行
heading-new = 新
heading-seven-days-mean = 7 天均值
heading-four-weeks-mean = 4 周均值
heading-three-months-mean = 3 个月均值

## 行标签。

row-total = 合计

## status 和 session。

today = 今日
this-month = 本月
booking-is-off = 记账已关闭（cost.enabled 为 false）：不计入任何新的调用。
effect-of-limit = { $effect }（{ $whose }）
raised-by = 已提高 { $amount }
off-until = 在 { $moment } 之前不起作用
counts-this-session = 只计入本会话
limit-never-resets = 从不重置
resets-in = { $moment } 重置（{ $span }后）
session-cost = { $cost }，{ $calls }（{ $tokens } token），{ $first } 至 { $last }
nothing-booked-for-session = 会话 `{ $session }` 尚无记账
nothing-booked-for-session-cure = 调用会在 Claude Code 的下一个事件时记账
no-session-booked = 尚无会话记账
no-session-booked-with-hooks = 钩子已安装：从 Claude Code 中的第一条提示词开始记账
no-session-booked-cure = `cost-hook install` 会设置钩子并将历史记账
session-not-booked = 没有已记账的会话 `{ $session }`
session-not-booked-why = 它会在第一次模型调用时记账
session-not-booked-cure = `cost-hook report --period session` 会列出所有会话
session-not-clear = `{ $beginning }` 是 { $count } 个会话 id 的开头
session-not-clear-cure = 例如 { $names }

## 自身没有名称的调用所在的行。

no-tool = （无工具）
main-conversation = （主对话）
unnamed-subagent = （未命名的子代理）
no-branch = （无分支）
others-together = （其余 { $count } 项）

## 表格下方的说明，以及没有表格时的说明。

part-estimated = ~ 其中 { $amount } 为估算：该模型或其调用方式没有确定的价格。
part-imported = ~ 其中 { $amount } 是导入的：金额由其他程序计算，其中的调用未知。
what-unlisted-is =
    “未列明”是费用的一部分：Claude Code 报告的、其会话记录中没有的调用的金额，例如标题和压缩。
lines-unread = 账本中有 { $lines } 行无法读取，未计入；第一处：{ $file }:{ $line }：{ $why }
months-begin-on-day = 每月从 { $day } 日开始（cost.billingDay）。
no-calls-match = 没有符合条件的调用。
nothing-booked-with-hooks = 尚无记账。钩子已安装：从 Claude Code 中的第一条提示词开始记账。
nothing-booked =
    尚无记账：{ $folder } 中没有账本。
    要开始，请运行 { $command }。
