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
finding-note = 提示
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

## verify 的发现。

found-left-over = 进程结束时正在写的副本
found-foreign-file = cost-hook 没有这个名称的文件
found-open-to-others = 所有者以外的人可以读取或写入它
found-folder-in-place = { $month } 的调用应在之处是一个文件夹
found-no-file-in-place = { $month } 的调用应在之处不是普通文件
found-link-elsewhere = 指向别处文件的链接
found-wrong-month = 它的时间属于另一个月：按月的报表会漏掉它
found-negative-amount = 负的金额，任何调用都不会有这样的费用
found-wrong-session = 它的 id 与该行指明的会话不同
found-empty-override = 它没有提高任何限额，或其周期在开始之前就结束
found-booked-twice = { $id } 记了两次，内容相同：报表会计入两次
found-booked-twice-otherwise = { $id } 作为修订 { $rev } 记了两次，内容不同：报表会两次都计入
found-out-of-order = { $id } 的修订 { $rev } 排在更高的修订之后：限额会以错误的一个为准
found-other-month = { $id } 的修订 { $rev } 与首个修订不在同一个月：按月的报表会两个都计入
found-revision-missing = { $id } 的修订 { $rev } 之前缺少一个修订；没有数字取决于它
found-fewer-tokens = { $id } 的修订 { $rev } 所说的 token 比前一个少
found-unbooked = { $id } 可以读取，却没有记在任何地方
found-lock-held = 正由 { $who } 持有：没有查看检查点
found-lock-held-by-somebody = 正被持有：没有查看检查点
found-checkpoint-behind = 账本中有 { $size } 尚未计入：有进程被终止
found-checkpoint-absent = 没有此版本的检查点
found-checkpoint-apart = 它与账本文件不一致：{ $why }
found-checkpoint-broken = 它已损坏：{ $why }
found-checkpoint-unseen = 现在无法查看它：{ $why }
found-checkpoint-calls = 它有 { $known } 次调用，账本文件有 { $held } 次
found-checkpoint-amount = 它有 { $known } USD，账本文件有 { $held }
found-chain-without-segment = 账本文件不在了，它的哈希链还在
found-chain-unreadable = 哈希链中有 { $lines }无法读取
found-chain-interrupted = 进程在 `{ $command }` 重写账本文件时被终止
found-chain-uncovered = 最后的 { $bytes }没有记录覆盖
found-chain-shorter = cost-hook 于 { $time } 继续写入时，账本文件已丢失一些字节
found-no-such-head = 没有哈希链以 { $head } 为链头：某条链被截断、重建或删除
found-fault-added = 这里有 { $lines }（{ $bytes }）不是任何提交写入的
found-fault-added-line = 这里有 { $lines }（{ $bytes }）不是任何提交写入的
found-fault-removed = { $commits }的 { $bytes }已从这里消失
found-fault-shorter = 从这里起的 { $lines } 行比 { $commits }写入的少 { $bytes }：被删除或编辑
found-fault-longer = 从这里起的 { $lines } 行比 { $commits }写入的多 { $bytes }：被添加或编辑
found-fault-edited = 从这里起的 { $lines } 行不是 { $commits }写入的内容：被编辑
found-fault-at = { $what }，时间 { $time }
found-fault-from-to = { $what }，时间 { $first } 至 { $last }
found-fault-to-the-end = { $what }；直到末尾都与记录不符
found-fault-then-holds = { $what }；其后的内容成立
found-line-count = { $lines } 行
found-byte-count = { $bytes } 字节
found-damage-whole = 没有问题
found-damage-newer = 由较新的版本写入（{ $why }）
found-damage-empty = 空行
found-damage-all-nul = { $bytes } 个 NUL 字节，断电会留下这样的字节
found-damage-nul = 行内有 NUL 字节（{ $length } 个字节中的 { $bytes } 个）
found-damage-glued = 一行中有 { $count } 个 JSON 值
found-damage-foreign = 不是账本的行（{ $why }）
found-damage-half = 半行：它在中间结束
found-damage-unreadable = 无法读取：{ $why }
found-damage-torn = 最后一行没有结尾：写入时被截断

## 会如何处理。

cure-remove = repair 会移除它
cure-left-alone = 不予理会
cure-private = repair 会把它设为只有所有者可以访问
cure-move-away = 请把它移走
cure-followed = 会沿着它读取
cure-update = 无：请更新 cost-hook；此版本不改动该文件中的任何内容
cure-drop = repair 会删除它
cure-keep = repair 会保留这里可以读取的 { $lines } 行，其余移到 unreadable.jsonl
cure-move = repair 会把它移到 unreadable.jsonl；它不计入任何数字
cure-by-hand = 无：这里无从得知哪个值正确；备份也许能说明
cure-to-month = repair 会把它移到其所属月份的文件
cure-keep-one = repair 会保留其中一个
cure-join = repair 会把它们合并为每项计数的最大值，修订加 1
cure-order = repair 会把它们排好次序
cure-restate = repair 会以首个修订的时间重新写出它
cure-none = 无需处理
cure-newest-counts = 无：以最新的修订为准；备份也许能说明哪个正确
cure-take-back = repair 会把它放回其所属月份
cure-verify-again = 请在它空闲时再次运行 verify
cure-owner-and-mode = 请检查它的所有者和权限
cure-anew-as-event = repair 会重新生成它，下一个事件也会
cure-next-anew = 下一个事件会重新生成它
cure-next-takes-in = 下一个事件会计入它们
cure-anew = repair 会由账本文件重新生成它
cure-put-back = 无：请从备份放回
cure-find-out = 无：须查明是谁、为何更改了它；备份中也许有这些行
cure-records-hold = 无：它前后的记录仍然成立
cure-next-goes-on = 下一次提交会从现有内容继续
cure-next-covers = 启用 cost.tamperEvidence 时，下一次提交会覆盖它们
cure-compare = 无：请把账本与备份比较

## repair 所做的。

did-private = { $count } 个文件和文件夹设为只有所有者可以访问
did-remove = 移除 { $count } 个未完成的副本
did-checkpoint = 由账本文件重新生成检查点
did-keep = 保留损坏的行中可以读取的 { $count } 行
did-move-aside = 把 { $count } 个损坏的行移到 unreadable.jsonl
did-drop-empty = 删除 { $count } 个空行
did-drop-double = 删除 { $count } 个重复的行
did-join = 合并 { $count } 次内容不同的调用
did-order = 把 { $count } 次调用按其修订排好次序
did-move = 把 { $count } 次调用移到其所属月份的文件
did-take-back = 放回 { $count } 个曾移到一旁的行
left-newer = { $file }：它含有较新的 cost-hook 的行，因此此版本不改动其中任何内容；请更新 cost-hook
