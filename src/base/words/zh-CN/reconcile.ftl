### reconcile 的用语。

## 账单及其各行。

bill-usage-report = Anthropic 用量报告
bill-cost-report = Anthropic 费用报告
bill-claude-code = Claude Code 报告
bill-analytics-usage = Anthropic 分析数据（用量）
bill-analytics-cost = Anthropic 分析数据（费用）
bill-console-usage = Console 用量导出
bill-console-cost = Console 费用导出
bill-cur = AWS Cost and Usage Report
bill-focus = FOCUS
bill-of-files = { $bill }：{ $files }
bill-and-days = { $bill }，{ $days }
bill-day = { $day }（UTC）
bill-days = { $first } 至 { $last }（UTC）
bill-of-no-time = 不含任何时间
rows-by-state = 共 { $rows } 行：{ $matched } 行相符，{ $differing } 行不同，{ $bill } 行仅在账单中，{ $ledger } 行仅在账本中。
lines-left-out = 账本中有 { $lines } 行无法读取，已略去。
heading-bill = 账单
heading-ledger = 账本
heading-day = 日期
heading-meter = 计量项
heading-bill-tokens = 账单 token
heading-ledger-tokens = 账本 token
heading-tokens-apart = token 差额
heading-bill-cost = 账单费用
heading-ledger-cost = 账本费用
heading-cost-apart = 费用差额
heading-state = 状态
row-matched = 相符
row-differs = 不同
row-only-in-bill = 仅在账单中
row-only-in-ledger = 仅在账本中
meter-input = 输入
meter-output = 输出
meter-cache-write-5m = 缓存写入 5m
meter-cache-write-1h = 缓存写入 1h
meter-cache-write = 缓存写入
meter-cache-read = 缓存读取
meter-web-search = 网页搜索
meter-unlisted = 未列明
meter-other = 其他
meter-all = 全部
within-tolerance = 在容许的差距之内。
not-within-tolerance = 超出容许的差距。

## 差异可能的原因。

row-count = { $rows } 行
reason-unfinished = { $file } 在最后一页之前就结束了（`has_more` 为 true）
reason-no-usage = 账单还含有 { $amount } 的 { $what }，它不是用量，不参与比较
reason-elsewhere = 账本在此期间有 { $amount } 经由这份账单不包含的提供商，已略去
reason-priority = 账本中有 { $amount } 是优先级服务（priority tier）的调用，费用报告不包含它们
reason-unlisted = 账本中有 { $amount } 未列明：只有 Claude Code 自己的总额知道这些调用，没有各次的时间和计数
reason-estimated = 账本中有 { $amount } 为估算：不在任何价目表中的模型或位置
reason-regional = 有 { $rows }的账单比账本高 10 %：这是区域端点和美国境内推理的价格；账本不知道位置时，请设置 `cost.region`
reason-not-regional = 有 { $rows }的账本比账单高 10 %：账本把它们当作区域端点，账单则不然；如果它们在 `global` 运行，请把 `cost.region` 设为 `global`
reason-discount = 有 { $rows }的账单比账本低 { $percent } %：折扣或抵扣额；用 `cost.pricing.multiplier` 或 `cost.pricing.providers` 可让账本采用它
reason-surcharge = 有 { $rows }的账单比账本高 { $percent } %：附加费、税，或另一种货币的汇率
reason-list-cost = 账单的目录价费用与账本相同：差额是 { $amount } 的折扣
reason-steps = { $rows }属于价格随提示词长度变化的模型：同样的 token 在较长的提示词中更贵
reason-other = 账单中有 { $amount } 既不是 token 也不是搜索（代码执行、会话时长、支持）：账本无从得知
reason-only-in-bill = { $rows }仅在账单中：使用同一账户的其他程序或机器，或从未在此记账的会话（`cost-hook import`）
reason-unknown-models = 此版本不认识的模型：{ $models }
reason-only-in-ledger = { $rows }仅在账本中：与账单不同的账户、密钥或工作区，或当时尚不完整的报告
reason-units = Claude Platform on AWS 的消耗单位不注明模型
reason-edges = 只有文件两端的 { $first } 和 { $last } 不同：账单可能不含这两天（UTC）的全部内容
