### compare 和 pricing 的用语。

## compare：各行，以及句子中的名称。

row-as-booked = 账本记录
row-at-todays-prices = 按今天的价格
row-at-these-prices = 按这些价格
row-their-own = 各自的模型
their-own-models = 各自的模型
place-of-platform = { $platform }（{ $region }）
model-on-place = { $place }上的 { $model }
names-more = 另外 { $count } 项

## compare：要正确理解表格所需知道的内容。

same-tokens =
    { $day ->
        [call] { $calls }的同样 token，按每次调用当天的价格计价（价目表截至 { $list }）。
       *[other] { $calls }的同样 token，按 { $day } 的价格计价（价目表截至 { $list }）。
    }
same-tokens-own-prices =
    { $day ->
        [call] { $calls }的同样 token，按每次调用当天的价格计价（价目表截至 { $list }），并采用您自己的价格和系数（cost.pricing）。
       *[other] { $calls }的同样 token，按 { $day } 的价格计价（价目表截至 { $list }），并采用您自己的价格和系数（cost.pricing）。
    }
as-if-batch = 按每次调用都经批处理 API 计价：价格减半，一天之内得到回答，没有快速模式。Claude Code 自身不做批处理调用。
tokenizers-differ = 分词器不同：Opus 4.7 以来的模型以及 Haiku 5.5，对同样的文本比更早的模型多计约 30% 的 token。“费用”按原来的 token 计数，“调整后”按该模型自身会得到的计数，并计入按提示词长度划分的价格档。请把两者看作一个范围的两端。
calls-too-long = { $calls } 次调用的提示词超过以下模型的上下文窗口，无法照原样在那里进行：{ $models }。
calls-cache-too-short = { $calls } 次调用缓存的内容短于以下模型可缓存的最短提示词，这些 token 会按输入计费：{ $models }。
calls-no-fast = { $calls } 次调用使用快速模式，以下各项没有快速模式，按标准速度计价：{ $models }。
calls-no-us-only = { $calls } 次调用只在美国境内推理，以下各项不提供：{ $models }。
calls-no-search = { $calls } 次调用搜索了网页，以下各项不提供：{ $models }。
calls-no-1h-cache = { $calls } 次调用写入了一小时缓存，以下各项不提供：{ $models }。
calls-not-sold = { $calls } 次调用所在之处不提供以下各项，仍按提供计价：{ $models }。
calls-estimated = { $calls } 次调用在以下各项没有确定的价格，标有 ~：{ $models }。
not-for-everybody = 并非所有人都能使用：{ $models }。
model-retires = { $model } 将于 { $day } 停用。
transfer-on-top = 数据传输另计，每一行都相同：约 { $size }，每 GB { $price }，共 { $cost }（按每个 token { $bytes } 字节估算）。
unlisted-not-compared = 账本中有 { $amount } 未列明：没有对应调用的金额，无法重新计价，不计入此处。
lines-not-compared = 账本中有 { $lines } 行无法读取，不计入任何数字。
quality-not-compared = 不比较质量：完成同样的工作需要更多调用或更长回答的模型，费用会高于此处所示。

## pricing：价格的种类、各行及其备注。

price-input = 输入
price-output = 输出
price-cache-write-5m = 5 分钟缓存写入
price-cache-write-1h = 1 小时缓存写入
price-cache-read = 缓存读取
prompts-over = 提示词超过 { $tokens }
price-your-own = 您自己的价格
retirement-on = { $day } 停用
release-on = { $day } 发布
deprecation-on = { $day } 弃用
limited-availability = 有限提供
model-active = 在用
model-deprecated = 已弃用
model-retired = 已停用

## pricing list。

prices-shown = 每百万 token 的 USD 价格，{ $platform }（{ $region }），{ $day }（价目表截至 { $list }）。批处理为其 { $factor } 倍；其余见 `cost-hook pricing show MODEL`。
prices-multiplied = 每个价格都已乘以 { $factor }（cost.pricing.multiplier、discounts.providers）。
own-prices = * 您自己的价格（cost.pricing.overrides）：{ $prices }。
own-prices-of-model = { $model }（{ $prices }）

## pricing show。

model-family = 系列
model-still-on = 仍可用于
model-prices = 价格
model-exceptions = 例外
model-fast-mode = 快速模式
model-batch = 批处理
model-us-only = 仅限美国
model-regional = 区域
model-takes = 接受
model-sources = 来源
model-notes = 备注
days-from-until = { $from } 至 { $until }
days-since = { $from } 起
days-until = 至 { $until }
days-always = 始终
rates-plain = 输入 { $input }，输出 { $output }
rates-with-cache = 输入 { $input }，输出 { $output }，缓存写入 { $short } 和 { $long }，缓存读取 { $read }
rates-of-days = { $days }：{ $rates }
rates-over = 提示词超过 { $tokens }：{ $rates }
rates-over-if = 提示词超过 { $tokens }（{ $condition }）：{ $rates }
times-factor = { $factor } 倍
everywhere = 所有区域
exception = { $platform }（{ $place }）：{ $what }（{ $confidence }）
sources-with-confidence = { $sources }（{ $confidence }）
confidence-high = 可信度高
confidence-medium = 可信度中
confidence-low = 可信度低
fast-none = 无
fast-factor = { $factor } 倍，{ $days }（{ $state }）
fast-available = 可用
fast-preview = 研究预览
fast-ending = 2026-10-30 弃用，2026-11-30 移除
fast-refused = 已移除；请求现在会失败
fast-standard = 已移除；请求现在以标准速度运行和计费
batch-factor = { $factor } 倍，适用于提供批处理的每个平台；从不使用快速模式
us-only-factor = 1.1 倍（Claude API、Claude Platform on AWS、Foundry 的美国数据区）
us-only-none = 不提供（Claude API、Claude Platform on AWS、Foundry 的美国数据区）
regional-factor = 1.1 倍（Bedrock、Google）
regional-same = 无差别（Bedrock、Google）
with-gov-cloud = { $regional }，GovCloud 1.2 倍
takes-prompts = { $tokens } 个 token 以内的提示词
takes-and-caches = { $tokens } 个 token 以内的提示词，从 { $least } 个起可缓存
takes-counts-more = { $takes }；对同样的文本比 4.6 及以前的模型多计约 30% 的 token
in-force = 现行价格，{ $platform }（{ $region }），{ $day }，每百万 token 的 USD 价格
own-price = * 您自己的价格（{ $count } 种），适用于任何长度的提示词：{ $prices }。要放弃它：cost-hook config unset 'cost.pricing.overrides[{ $model }]'
own-price-of-kind = { $kind } { $price }
own-price-instead = { $kind } { $price }，代替 { $published }
multiplied = 已乘以 { $factor }（cost.pricing.multiplier、discounts.providers）。
sample-cost = 按 Claude Code 通常的用量构成（94% 读取缓存、4% 写入五分钟缓存、1% 其他输入、1% 输出，提示词较短），一百万 token 的费用为 { $cost }。

## pricing update。

row-left-out = { $row } 已略去：{ $why }；{ $cure }
no-prices-to-take = 无需更改：文件中 { $models } 个模型的价格与现行价格相同，没有其他可取的价格。
prices-written = { $models } 个模型的价格已写入 { $file }，以每百万 token 的 USD 计。它们适用于从现在起记账的调用；已记账的费用不变。
prices-would-be-written = { $models } 个模型的价格将写入 { $file }，以每百万 token 的 USD 计。它们适用于从现在起记账的调用；已记账的费用不变。
steps-lost = 文件中 { $model } 对较长的提示词另有价格；覆盖价格适用于所有长度。
own-prices-left = 您自己设定的价格保持原样：{ $models }。要采用文件中的价格：使用 --replace，或用 --model 指定一个模型。
setting-without-effect = 那里的 `{ $key }` 不起作用：{ $why }
