### debug 和 advise 的用语。

## 发现的种类：作为原因、作为建议、节省如何计算、对策、发现了什么。

cause-context-growth = 上下文过长
advice-context-growth = 压缩或清空过长的对话
computed-context-growth = 假设每当上下文超过 100,000 个 token 就执行 `/compact`，留下 25,000 个，并据此对每次调用重新计价；压缩本身（两次读取该上下文、共写出 4,000 个 token 的调用）和新的缓存已计入其中
remedy-context-growth = 一个步骤完成后执行 `/compact`，开始另一项任务前执行 `/clear`；`autoCompactWindow` 让 Claude Code 更早压缩；将大任务拆分到多个会话
found-context-growth = { $calls } 次调用携带超过 100,000 个 token，最多 { $most } 个

cause-large-results = 工具结果过大
advice-large-results = 不让过大的结果进入上下文
computed-large-results = 每个结果超出 10,000 的 token，从它进入的那次调用以及之后携带它的每次调用中去掉
remedy-large-results = 用 `@path` 指明文件和要读取的行，而不是读取整个文件；让命令过滤（`grep`、`head`、测试的安静模式）或写入文件；需要读取许多文件的工作交给子代理，其上下文随之结束
found-large-results = { $results } 个 40 kB 或更大的工具结果（最大 { $size }），各自超出 10,000 的部分合计将 { $tokens } 个 token 带入上下文

cause-cache-expired5m = 5 分钟缓存过期
advice-cache-expired5m = 上下文很大时不要让缓存过期
computed-cache-expired5m = 重新写入的部分按从缓存读取计价，如同没有那次停顿
remedy-cache-expired5m = 停顿前执行 `/compact`，任务已完成则执行 `/clear`；在 5 分钟内继续；经常停顿时，如果有关的建议说明划算，将 `promptCacheTtl` 设为 `1h`
found-cache-expired5m = { $pauses } 次超过 5 分钟的停顿，最长 { $longest }，之后须将 { $tokens } 个 token 重新写入缓存

cause-cache-expired1h = 1 小时缓存过期
advice-cache-expired1h = 不要在一小时后回到很大的上下文
computed-cache-expired1h = 重新写入的部分按从缓存读取计价，如同没有那次停顿
remedy-cache-expired1h = 长时间停顿前执行 `/compact`，或以简短的摘要开始新会话，而不是恢复一个很大的会话
found-cache-expired1h = { $pauses } 次超过一小时的停顿，最长 { $longest }，之后须将 { $tokens } 个 token 重新写入缓存

cause-cache-miss = 没有停顿却未命中缓存
advice-cache-miss = 保持上下文的开头不变
computed-cache-miss = 重新写入的部分按从缓存读取计价
remedy-cache-miss = 连接 MCP 服务器、切换工具、输出样式或 effort、编辑 CLAUDE.md，都在对话变长之前进行，而不是在中途：每一项都会改变上下文的开头，整个缓存随之改变
found-cache-miss = 缓存并未过期，却有 { $times } 次重新写入缓存，共 { $tokens } 个 token

cause-model-switch = 切换模型
advice-model-switch = 在任务之间切换模型
computed-model-switch = 为另一个模型写入的部分按从缓存读取计价，如同没有切换模型
remedy-model-switch = 在任务开始时，或紧接 `/clear` 或 `/compact` 之后执行 `/model`：每个模型都有自己的缓存
found-model-switch = { $switches } 次切换到另一个模型，为此须重新写入 { $tokens } 个 token

cause-cache-ttl-short = 有停顿的对话使用 5 分钟缓存
advice-cache-ttl-short = 将缓存保留一小时
computed-cache-ttl-short = 这些对话的所有缓存写入按 1 小时的价格计，停顿 5 分钟至 1 小时后重新写入的部分按读取计；差额即为节省
remedy-cache-ttl-short = 将 `promptCacheTtl` 设为 `1h`（子代理为 `subagentPromptCacheTtl`），或设置变量 `CLAUDE_CODE_PROMPT_CACHE_TTL=1h`
found-cache-ttl-short = { $pauses } 次 5 分钟至 1 小时的停顿，最长 { $longest }，之后须将 { $tokens } 个 token 重新写入缓存

cause-cache-ttl-long = 没有停顿却使用 1 小时缓存
advice-cache-ttl-long = 将缓存保留 5 分钟
computed-cache-ttl-long = 所有 1 小时的写入按 5 分钟的价格计，停顿 5 分钟至 1 小时本会过期的部分按重新写入计；差额即为节省
remedy-cache-ttl-long = 将 `promptCacheTtl` 设为 `5m`（子代理为 `subagentPromptCacheTtl`），或设置变量 `CLAUDE_CODE_PROMPT_CACHE_TTL=5m`
found-cache-ttl-long = { $calls } 次调用以 1 小时有效期写入 { $tokens } 个 token，价格为输入的两倍

cause-cache-unread = 写入后无人读取的缓存
advice-cache-unread = 让一个会话做更多的事
computed-cache-unread = 这些调用写入缓存的部分按普通输入计价；没有调用读取它时，普通输入更便宜
remedy-cache-unread = 将相关的内容放进同一个会话或同一条提示词；将 `promptCacheTtl` 设为 `5m` 至少可使单次调用的 1 小时写入更便宜
found-cache-unread = { $calls } 次调用将 { $tokens } 个 token 写入缓存，之后没有调用读取它们

cause-simple-turns = 用大模型回答简单的提示词
advice-simple-turns = 简单的提示词使用较小的模型
computed-simple-turns = 相同的 token 按最新的 Sonnet 计价（Sonnet 的按最新的 Haiku）；在还做了其他工作的会话中，从缓存读取的部分按写入计，因为较小的模型没有这份缓存
remedy-simple-turns = 简短的问题用 `/model sonnet` 或 `/model haiku`，或使用项目设置中的 `model`
found-simple-turns = { $prompts } 条提示词未用工具、以最多 500 个 token 得到回答

cause-subagent-model = 只读取的子代理使用大模型
advice-subagent-model = 让只读取的子代理使用较小的模型
computed-subagent-model = 相同的 token 按最新的 Sonnet 计价（Sonnet 的按最新的 Haiku）
remedy-subagent-model = `CLAUDE_CODE_SUBAGENT_MODEL`，或子代理自己的文件中的 `model`
found-subagent-model = { $subagents } 个子代理只使用了读取和搜索的工具

cause-background-model = 后台工作使用大模型
advice-background-model = 后台工作使用小模型
computed-background-model = 未列明的调用的 token 按最新的 Haiku 计价，仅限一个会话中最多 50,000 个时
remedy-background-model = 将 `ANTHROPIC_DEFAULT_HAIKU_MODEL` 设为您的平台提供的一个 Haiku（旧版本：`ANTHROPIC_SMALL_FAST_MODEL`）
found-background-model = 标题之类的 { $tokens } 个 token 由比 Haiku 大的模型处理

cause-subagent-fan-out = 同时有许多子代理
advice-subagent-fan-out = 启动较少的子代理，让每个多做一些
computed-subagent-fan-out = 同一类型的子代理中，除第一个外，各自写入缓存的上下文开头按从缓存读取计价
remedy-subagent-fan-out = 要求使用较少的子代理、较大的任务；在另一个子代理回答一次之后才开始的子代理，从缓存读取其上下文的开头
found-subagent-fan-out = { $subagents } 个子代理在 10 分钟内先后开始；它们写入缓存的内容中，有 { $tokens } 个 token 是另一个也写入过的

cause-one-by-one = 逐个查找
advice-one-by-one = 让文件一次读取
computed-one-by-one = 每三次这样的查找合为一次调用：其余调用再次从缓存读取的部分略去
remedy-one-by-one = 在提示词中用 `@a @b @c` 指明文件，使它们随第一次调用进入；要求在一步中读取和搜索多项内容
found-one-by-one = { $calls } 次连续的调用各只要求一次查找，反复读取上下文 { $tokens } 个 token

cause-short-prompts = 连续的短提示词
advice-short-prompts = 将多项短任务放进一条提示词
computed-short-prompts = 连续的提示词合为一条：除第一条外，每条的首次调用再次从缓存读取的部分略去
remedy-short-prompts = 在一条提示词中要求多件事：`fix these 3 files: @a @b @c`
found-short-prompts = { $prompts } 条短提示词在前一个回答之后 2 分钟内发送；每条都再次读取上下文，共 { $tokens } 个 token

cause-short-sessions = 连续的短会话
advice-short-sessions = 在一个会话中完成相关的任务
computed-short-sessions = 除第一个外，每个会话写入缓存的内容中，第一个会话也写入过的部分按读取计价
remedy-short-sessions = 在已打开的会话中继续，或使用 `claude --continue`，而不是为每项任务开始一个新会话；让脚本将多项内容放进一条提示词
found-short-sessions = { $sessions } 个最多 3 次调用的会话在另一个会话开始之后 10 分钟内开始，写入了后者也写入过的 { $tokens } 个 token

cause-batch-work = 连续的单次调用
advice-batch-work = 将脚本的调用作为批处理发送
computed-batch-work = 相同的调用按批处理价格计
remedy-batch-work = 不需要立即回答、也不需要工具的调用，可以半价交给 Message Batches API；Claude Code 本身不使用它
found-batch-work = { $sessions } 个只有一次调用且未用工具的会话，最多连续 { $most } 个

cause-repeated-turns = 反复出现同样的轮次
advice-repeated-turns = 停止兜圈子的轮次
computed-repeated-turns = 连续的调用中，除第一次外全部略去
remedy-repeated-turns = 按 Esc 中断，并说明要怎样改变做法；每次都拒绝同一工具的钩子或权限，会使模型不断重试
found-repeated-turns = { $calls } 次调用重复了前一次：工具相同，结果大小相同，回答长度相同

cause-compaction = 压缩
advice-compaction = 在任务之间清空
computed-compaction = 未计算节省；金额为服务器上的压缩的费用，以及客户端的压缩之后写入新上下文的费用
remedy-compaction = 任务之间执行 `/clear` 就无需压缩；在一个步骤结束时执行 `/compact` 并说明要保留什么，会推迟下一次压缩
found-compaction = 上下文被压缩或清空 { $times } 次

cause-fast-mode = 快速模式
advice-fast-mode = 关闭快速模式
computed-fast-mode = 相同的调用按标准速度计
remedy-fast-mode = 用 `/fast` 切换；或使用设置中的 `fastMode`，或 `fastModePerSessionOptIn`，使它不会一直开启
found-fast-mode = { $calls } 次调用使用了快速模式

cause-regional-premium = 区域端点
advice-regional-premium = 使用全球端点
computed-regional-premium = 相同的调用按全球端点的价格计
remedy-regional-premium = 如果数据可以离开该区域：Bedrock 上使用 `global.` 开头的模型 id（`ANTHROPIC_MODEL`），Google 上使用 `CLOUD_ML_REGION=global`，Claude API 上不使用仅限美国境内的推理
found-regional-premium = { $calls } 次调用在比全球端点贵十分之一的位置进行

cause-retries = 失败的尝试
advice-retries = 查明调用为何失败
computed-retries = 未计算节省：失败的尝试不计费；在此期间缓存可能过期
remedy-retries = API 限制速率时，减少同时运行的会话和子代理；其他情况下查看 `claude doctor` 和客户端的状态页
found-retries = 成功的调用之前有 { $attempts } 次失败的尝试，一次调用之前最多 { $most } 次

cause-cut-off = 被截断或被拒绝的回答
advice-cut-off = 减少一次回答中要求的内容
computed-cut-off = 未计算节省；金额为这些调用的费用
remedy-cut-off = 要求给出更改而不是整个文件，并拆分任务；`CLAUDE_CODE_MAX_OUTPUT_TOKENS` 可提高一次回答的上限
found-cut-off = { $answers } 个回答达到上限而停止或被拒绝，此前已输出 { $tokens } 个 token

cause-call-burst = 密集的调用
advice-call-burst = 查看是什么在如此频繁地调用
computed-call-burst = 未计算节省；金额为这些分钟内的调用的费用
remedy-call-burst = 减少同时运行的子代理，将多个文件放进一条提示词；发送提示词的循环或钩子会首先在这里显现
found-call-burst = { $calls } 次密集的调用，其中 { $most } 次在同一分钟内

cause-output-heavy = 长回答
advice-output-heavy = 要求较短的回答
computed-output-heavy = 未计算节省；金额为这些回答的输出的费用，含思考
remedy-output-heavy = 要求给出更改而不是整个文件；较低的 `effortLevel` 思考较少
found-output-heavy = { $answers } 个达 4,000 个 token 的回答，共 { $tokens } 个 token，最长 { $most } 个

cause-web-search = 网络搜索
advice-web-search = 减少网络搜索
computed-web-search = 未计算节省；金额为搜索的费用，不含其 token
remedy-web-search = 给出要抓取的地址，这只花费 token，或直接给出文本
found-web-search = { $searches } 次网络搜索

cause-unlisted-share = 不在任何会话记录中的调用
advice-unlisted-share = 查看后台调用
computed-unlisted-share = 未计算节省；金额为 Claude Code 报告的、其会话记录中没有的调用的费用
remedy-unlisted-share = 标题、压缩和建议：`promptSuggestionEnabled` 和 `idleCompaction` 可关闭其中一部分
found-unlisted-share = { $amount } 用于不在任何会话记录中的调用，例如标题和压缩
found-with-calls-cost = { $found }；其调用的费用为 { $cost }
found-in-sessions = { $found }（见于 { $sessions } 个会话）

## 策略，以及节省有多大把握。

strategy-model-choice = 选择模型
strategy-context-size = 上下文的大小和 `@` 引用
strategy-background-model = 为子代理和后台工作使用较小的模型
strategy-batching = 一条提示词中包含多项任务
strategy-cache = 提示词缓存
strategy-prices = 速度、位置和批处理的价格
strategy-habits = 工作方式
sure-high = 高
sure-high-because = 高：回答相同，费用更低
sure-medium = 中
sure-medium-because = 中：以另一种方式完成同样的工作，回答可能不同
sure-low = 低
sure-low-because = 低：仅凭计数无法判断这项工作能否那样完成

## 回答：开头。

advice-title = { $cost }：{ $sessions } 个会话，{ $calls } 次调用
advice-period-all = 账本的全部内容（{ $zone }）
advice-period-until = 截至 { $end }（{ $zone }）
advice-period-since = { $start } 至今（{ $zone }）
advice-period = { $start } 至 { $end }（{ $zone }）
advice-unlisted-of-it = 其中未列明 { $amount }
advice-estimate-of-it = 其中约 { $amount } 为估算
advice-unreadable = 账本中有 { $lines } 行无法读取，未计入任何总额；`cost-hook doctor` 会指出在哪里。
findings-together = 所有发现合起来本可以节省 { $saving }（{ $share }）。它们相互重叠：每次调用只取其最大的一项节省。

## 一项发现各项说明的标签。

finding-label-why = 原因
finding-label-found = 发现
finding-label-computed = 计算方式
finding-label-sure = 把握
finding-label-do = 对策
finding-label-rests-on = 依据
finding-label-for-example = 例如
finding-labelled = { $label }：{ $text }
finding-labelled-in-bold = **{ $label }**：{ $text }
finding-sentence = { $text }。
finding-ids = { $ids }、{ $id }

## debug。

debug-session = { $number }. { $cost }（{ $share }） { $session }
debug-session-calls = { $calls } 次调用，历时 { $span }，始于 { $start }；最长的上下文 { $tokens } 个 token
debug-session-plain = 没有突出之处：其费用就是各次调用的费用
finding-saved = { $cause }，本可以节省 { $saving }（{ $share }）：{ $found }。
finding-cost = { $cause }，费用 { $cost }（{ $share }）：{ $found }。
finding-free = { $cause }，本身没有费用：{ $found }。
finding-as-above = { $advice }：同上。
finding-rests-on = { $calls } 次调用，费用 { $cost }，{ $first } 至 { $last }：{ $ids }
debug-more-findings = 另有 { $findings } 项发现；--json 给出全部。
debug-more-sessions = 另有 { $sessions } 个会话：{ $cost }
debug-nothing = 没有突出之处。

## advise。

heading-recommendation = 建议
advise-recommendation = { $number }. { $advice }：{ $saving }
advise-nothing = 没有突出之处：没有其他做法本可以节省一美分或更多。
advise-recommendation-example = { $project } 中的会话 { $session } 可节省 { $saving }，始于 { $start }：{ $ids }
advise-also-seen = 另外发现
advise-also-seen-finding = { $cause }，{ $cost }（{ $share }）：{ $found }。
advise-nothing-to-gain = 以下方面没有可节省的
advise-budgets = 预算
advise-no-budget = 没有设置预算。
advise-no-budget-but = 没有设置预算：`cost-hook config set cost.dailyBudget { $budget }` 不会拦停其中任何一天（最贵的 { $day } 花费 { $cost }），但会停止更糟的情况。
advise-budget-near-stops = { $limit }：已花费 { $spent }，共 { $allowed }（{ $share }）；它会停止会话。
advise-budget-near-warns = { $limit }：已花费 { $spent }，共 { $allowed }（{ $share }）；它只警告。
advise-budgets-far = 已设置 { $limits } 个限额，没有接近用尽的。
