### ledger 各命令和 import 的用语。

## 共用。

nothing-booked-in = { $folder } 中尚无记账。
none = 无

## ledger compact。

nothing-to-drop = 没有可删除的内容：没有被取代的行。
lines-would-be-dropped = 将删除 { $lines } 个被取代的行，{ $size }。
lines-dropped = 已删除 { $lines } 个被取代的行，{ $size }；所有数字都不变。

## ledger repair。

nothing-to-mend = 没有需要修复的内容。
would-mend = 将修复
mended = 已修复
left-as-it-is = 保持原样
lines-taken-out = 取出的行的原样：{ $file }
files-as-they-were = 文件的原样：{ $folder }

## ledger stats。

stats-sessions = 会话
stats-in-projects = 分属 { $projects } 个项目
stats-models = 模型
stats-estimated = 费用不确定的调用
stats-unpriced = 无价格
stats-unpriced-are = 用了 token 却没有费用的调用
stats-checkpoint = 检查点
stats-checkpoint-is = 一个缓存，删除后会重新生成
stats-set-aside = 已移到一旁的 { $lines } 行
stats-superseded = 被取代
stats-superseded-is = `cost-hook ledger compact` 会删除的内容

## ledger verify。

transcripts-wait = { $transcripts } 份会话记录等待读取：有一个事件未能取得锁
transcripts-wait-cure = 任一会话的下一个事件会将其记账
finding-wrong = 错误
finding-note = 说明
finding-at = { $place }：{ $words } [{ $id }]
finding-more = 另有 { $count } 项 [{ $id }]；--json 列出全部
place-with-byte = { $place }（字节 { $byte }）
the-data-folder = 数据文件夹
heads-to-note = 链头，请记在别处，并交给 --expect：
commit-count = { $commits } 次提交
chain-holds = 成立，{ $commits }
chain-holds-in-part = 成立，{ $commits }，未到末尾
chain-broken = 已断开，{ $commits }
head-not-found = 未找到
head-found = 在 { $month } 中找到
head-rewritten = 在 { $month } 中找到，已由 { $command } 于 { $time } 重写
month-count = { $months } 个月
nothing-wrong = 没有错误：{ $months }，共 { $lines } 行。
things-wrong = 有 { $count } 处错误
wrong-only = { $wrong }。
wrong-all-mended = { $wrong }；{ $command } 会修复。
wrong-some-mended = { $wrong }；{ $command } 会修复其中 { $some } 处。
