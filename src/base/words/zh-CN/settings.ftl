### config 和 validate 的用语，以及设置中的问题。

## validate。

diagnostic-error = 错误
diagnostic-warning = 警告
diagnostic-help = 解决办法
settings-files-none = 这里没有设置文件。
settings-files-right = { $files } 个设置文件中没有问题。
settings-files-warnings = { $files } 个设置文件中有 { $warnings } 个警告。
settings-files-errors = { $files } 个设置文件中有 { $errors } 个错误。
settings-files-both = { $files } 个设置文件中有 { $errors } 个错误和 { $warnings } 个警告。
more-problems = 设置中还有 { $problems } 个问题；`cost-hook validate` 显示全部

## config。

layer =
    { $layer ->
        [managed] 托管
        [user] 用户
        [project] 项目
        [local] 本地
       *[default] 默认
    }
setting-not-set = `{ $key }` 未设置
setting-not-set-in = `{ $key }` 未在{ $whose }中设置
setting-not-set-cure = `cost-hook config explain { $key }` 说明它的含义
nothing-is-set = 什么都没有设置。`cost-hook config list --all` 显示可以设置的内容。
settings-have-mistakes = 设置中有错误；`cost-hook validate` 会显示它们
not-set = （未设置）
no-file = （没有文件）
setting-changed =
    { $key } 在{ $whose }中{ $would ->
        [would] 将为
       *[is] 现为
    } { $value }（原为 { $before }）。
setting-set =
    { $key } 在{ $whose }（{ $file }）中{ $would ->
        [would] 将为
       *[is] 现为
    } { $value }。
setting-unset =
    { $key } 在{ $whose }中{ $would ->
        [would] 将不再设置
       *[is] 不再设置
    }。
setting-unset-was =
    { $key } 在{ $whose }中{ $would ->
        [would] 将不再设置
       *[is] 不再设置
    }（原为 { $before }）。
setting-stays = 无需更改：`{ $key }` 在 { $file } 中为 { $value }。
setting-stays-unset = 无需更改：`{ $key }` 未在 { $file } 中设置。
no-effect-there = `{ $key }` 写在那里不起作用：{ $why }
setting-not-changed = 没有更改 `{ $key }`：否则 { $file } 就不再正确
whole-entry-cure = 请完整地给出它：{ $command }
the-file-is = 文件是 { $file }
settings-not-utf-8 = 设置文件不是 UTF-8 文本
file-not-utf-8 = `{ $file }` 不是 UTF-8 文本
save-as-utf-8 = 请另存为 UTF-8
nothing-changed-in = 没有更改 { $file }。
editor-left-nothing = 编辑器没有留下文件
editor-not-utf-8 = 编辑器保存的不是 UTF-8 文本
file-left-as-it-is = { $file } 保持原样
changed-meanwhile = { $file } 其间被别人更改
changed-meanwhile-cure = 请再次运行，并从副本取回您的更改
editor-not-started = 无法启动编辑器 `{ $editor }`
editor-failed = 编辑器 `{ $editor }` 失败：{ $status }
editor-failed-cure = 未做任何更改；请将 EDITOR 设为您使用的编辑器
edit-again = 再次编辑？[Y/n]
typed-is-in = 您输入的内容在 { $file } 中
typed-not-kept = 无法保留您输入的内容：{ $error }
setting-takes = 取值：{ $what }。
in-several-files = 在多个文件中：{ $rule }。
heading-keys = 键
heading-values = 值
no-file-sets-it = 没有文件设置它
no-file-sets-it-default = 没有文件设置它；默认值为 { $value }
team-url-comes-first = 设置了环境变量 COST_HOOK_TEAM_URL，它优先于用户设置。
limits-it-concerns = 与之有关的限额
limit-in-words =
    { $name }：{ $period ->
        [session] 每个会话
        [daily] 每天
        [weekly] 每周
        [monthly] 每月
       *[total] 总共
    } { $amount }（{ $whose }），{ $facts }
limit-fact-after-facts = { $facts }，{ $fact }
only-warns = 只警告
warns-at = 在 { $parts } 时警告
rule-limit = 每个文件的值各自是一个限额；项目的本地设置取代其共享设置
rule-program = 由托管设置决定，没有则由您的设置决定；项目的设置不起作用
rule-inherited = 各自对所在文件的限额生效；文件没有设置时依次取托管设置、您的设置
rule-managed = 由托管设置决定所有限额，没有则各文件决定自己的限额
rule-own = 各自对所在文件的限额生效
rule-calendar = 由托管设置决定，没有则由您的设置决定；项目的设置对其自己的限额生效
rule-strictest = 由托管设置决定，没有则取最严格的
rule-person = 各自对所在文件列出的成员生效；其余依次取托管设置、您的设置
value-counts = 生效
value-invalid = 不生效：{ $why }
value-not-for-projects = 不起作用：只有托管设置和用户设置可以设置它
value-replaced = 被 { $file } 取代
value-overruled = 被 { $file } 覆盖
value-managed-limits = 不起作用：托管设置设定了限额
takes-switch = true 或 false
takes-amount = 以 USD 计的金额，0 或更多
takes-factor = 0 到 { $most } 的系数
takes-fractions = 0 到 1 的比例，或比例的列表
takes-whole = { $least } 到 { $most } 的整数
takes-span = 时间长度：数字加 `s`、`m`、`h` 或 `d`
takes-address = 以 `postgres://` 开头的地址
takes-text = 文本
takes-list = 列表
takes-object = 对象
type-switch-cure = 请输入 true 或 false
type-amount-cure = 金额的写法如 10、2.50、$10 或 "10 USD"
type-factor-cure = 0.9 或 90% 表示优惠百分之十
type-fractions-cure = 比例的写法如 0.8 或 80%，列表的写法如 0.5,0.8
type-whole-cure = 它取 { $what }
type-list-cure = 列表以 JSON 输入，如 '[…]'；单个条目有自己的键，如 cost.limits[night].amount
type-object-cure = 对象以 JSON 输入，如 { $example }

## install --scope managed。

managed-file-to-be = 未做任何更改。这应为 { $file }，权限模式 0644。
managed-installed =
    这台机器的所有用户从下一个会话起使用它们。面向所有人的预算写入同一个文件，
    或旁边的另一个文件：docs/zh/guide/organisations.md
managed-would-be-removed = 文件中没有其他内容：将会移除它。
managed-removed = 文件中没有其他内容：已移除它。
every-ledger-stays = 每位用户的账本都保留。
others-cannot-read = 其他用户无法读取 { $what }：{ $command } 可以允许
others-cannot-run = 其他用户无法运行 { $what }：{ $command } 可以允许
managed-run-as-administrator = 托管设置属于管理员：请以管理员身份运行
managed-sudo = 托管设置属于管理员：{ $command }
managed-dry-run = `--dry-run` 输出该文件，不需要权限

## 问题：框架和类型。

problem-at = { $place }：{ $problem }
expected = 应为{ $what }
expected-words = 应为 { $words }
words-or = { $words } 或 { $word }
kinds-or = { $kinds }或{ $kind }
did-you-mean = 您是否想写 `{ $near }`？
kind-string = 字符串
kind-number = 数字
kind-boolean = 布尔值
kind-object = 对象
kind-array = 数组
kind-integer = 整数
kind-null = 空值 null
is-of-kind = `{ $key }` 是{ $what }
is-value = `{ $key }` 为 { $value }
lacks = `{ $key }` 缺少 `{ $needed }`
is-needed = 这里需要 `{ $needed }`

## 问题：文本。

text-not-json = 这不是 JSON：{ $error }
text-too-nested = 此文件的任何内容都不对 cost-hook 生效；没有哪个设置嵌套得如此之深
text-not-object = 设置文件必须是一个 JSON 对象
text-is-of-kind = 这是{ $what }
text-not-read = 无法读取设置：{ $error }
text-not-utf-8 = 文件不是 UTF-8 文本
text-first-byte = 第一个不是文本的字节
text-utf-16 = 看起来是 UTF-16：请另存为不带字节顺序标记的 UTF-8
strict-managed = 托管设置不是严格 JSON 时，Claude Code 不会启动
strict-file = Claude Code 读取严格 JSON，会忽略整个文件：包括其中的钩子和权限
byte-order-mark = 文件以字节顺序标记开头
byte-order-mark-cure = Claude Code 会跳过它，其他程序不会：请另存为不带它的 UTF-8
too-deep = 有值的嵌套超过 { $levels } 层
too-deep-ignored = Claude Code 会忽略下面的内容
comments = 文件中有 { $comments } 处注释
not-in-strict-json = 严格 JSON 中不允许
trailing-comma = 最后一项之后有逗号
not-strict-json = 这不是严格 JSON：{ $error }
key-twice = 键 { $key } 出现了两次
only-last-counts = 只有最后这一个生效
first-one-is-at = 第一个在第 { $line } 行第 { $column } 列

## 问题：键和值。

outside-cost = { $key } 在 `cost` 之外不起作用
inside-cost-cure = 请写在 `cost` 中：{ $example }
no-setting-of-ours = { $key } 不是 cost-hook 的设置
no-time-zone = 没有时区 { $zone }
expected-zone = 应为 IANA 名称，如 `Europe/Berlin` 或 `UTC`
entry-does-not-count =
    修复之前，这个{ $entry ->
        [limit] 限额
       *[member] 成员
    }不生效
two-entries =
    有两个名为 { $name } 的{ $entry ->
        [limit] 限额
       *[member] 成员
    }
used-before = 前面已使用
no-effect-in-project = `{ $key }` 在项目的设置中不起作用
only-managed-and-user = 只有托管设置和用户设置可以设置它
move-to-user-cure = 请移到您的用户设置 `~/.claude/settings.json` 中
folder-upwards = 文件夹 { $folder } 指向上级
folder-upwards-cure = 请不要使用 `..`
folder-depends = 文件夹 { $folder } 取决于会话从哪里启动
expected-full-path = 应为完整路径，或以 `~/` 开头的路径
folder-outside = 文件夹 { $folder } 在项目之外
expected-inner-folder = 应为此项目中的文件夹，写相对路径
unknown-key = `{ $section }` 中有未知的键 { $key }
no-such-setting = 没有这个设置
belongs-into = 它应放在 `{ $section }` 中
belongs-to-the-top = 它应放在文件的顶层，在 `cost` 和 `team` 之外
section-knows = `{ $section }` 中有 { $keys }
about-key = `{ $key }`：{ $about }
is-empty = `{ $key }` 为空
expected-one = 至少应有一个
expected-number = 应为 { $min } 到 { $max } 的数字
expected-whole = 应为 { $min } 到 { $max } 的整数
far-too-large = `{ $key }` 过大
less-than = `{ $key }` 小于 { $min }
more-than = `{ $key }` 大于 { $max }
percent-cure = 百分之 { $value } 请写作 { $fraction }
not-whole = `{ $key }` 不是整数
cannot-be = `{ $key }` 不能是 { $value }
expected-text = 应为文本
expected-span = 应为数字加 `s`、`m`、`h` 或 `d`，如 `15m`
expected-address = 应为 `postgres://host/name` 这样的地址
wrong-form = `{ $key }` 的格式不正确
leave-key-out = 如果不需要，请去掉该键
without-quotes = 请写 { $value }，不加引号

## 问题：多个文件之间。

the-limit = 限额 { $name }
no-member-no-allocation = { $name } 不是团队的成员，因此没有适用的分配额
no-member-user-cure = 请在您的用户设置中把 `team.user` 设为列出的名称
managed-set-limits = `{ $key }` 不起作用：托管设置设定了限额
ask-who-manages-cure = 请询问管理这些设置的人
user-says-block = `cost.onError` 不起作用：用户设置为 `block`
project-stricter = 项目只能更严格
never-reached = { $short }（{ $amount }）高于 { $long }（{ $most }）
never-reached-first = 永远不会先达到
lower-it-cure = 请降到 { $amount } 以下，或提高 { $long }
limit-is-zero = { $limit } 为 0：一开始就已用尽
no-call-fits = 容不下任何调用
no-limit-cure = 如果不需要限额，请去掉该键
neither-stops-nor-warns = { $limit } 既不停止也不警告
warnings-off-cure = `costWarnings` 为 false：请设为 true
warnings-off-or-stop-cure = `costWarnings` 为 false：请设为 true，或将 `autoStopAtBudget` 设为 true
nothing-happens = 用尽时什么都不会发生
model-unknown-limit = 不认识模型 { $model }，因此{ $limit } 可能什么都不计入
expected-model = 应为模型 id，或 `opus` 这样的系列
no-such-folder = 没有文件夹 { $folder }
limit-counts-nothing = 该限额什么都不计入
limits-cannot-work =
    什么都不记录，因此 { $more ->
        [0] { $limit } 无法起作用
       *[other] { $limit } 和另外 { $more } 个限额无法起作用
    }
no-call-booked = 没有调用记账
true-or-out-cure = 请去掉它，或设为 true
calls-cost-nothing =
    每次调用的费用都为零，因此 { $more ->
        [0] { $limit } 无法起作用
       *[other] { $limit } 和另外 { $more } 个限额无法起作用
    }
every-price-zero = 所有价格乘以 0
multiplier-cure = 1 为公布的价格，0.9 为优惠百分之十
nothing-to-stop-at = `autoStopAtBudget` 没有可停止的预算：这里未设置预算
stops-nothing = 什么都不停止
nothing-to-stop-at-cure = 请在旁边设置预算，如 `"dailyBudget": 10`；它只管辖自己所在的层
over-allocated = 各分配额之和为 { $sum }，比 `team.budget` 多 { $more }
team-may-spend = 团队可花费 { $budget }
over-allocated-why = 预算仍对所有人合计生效，但可能在某位成员用完自己的分配额之前就已用尽
model-unknown-price = 不认识模型 { $model }，因此该价格可能不适用于任何调用
no-known-model = 不是已知的模型 id

## 问题：Claude Code 如何处理。

leaves-all-hooks-out = 修复之前，Claude Code 会略过此文件的所有钩子
leaves-whole-file-out = 修复之前，Claude Code 会略过整个文件：包括其中的钩子和权限
leaves-key-out = Claude Code 会略过此键
leaves-it-out-loudly = Claude Code 会略过它，并在启动时说明
leaves-it-out-quietly = Claude Code 会略过它，且只在 `claude doctor` 中说明
runs-the-others = Claude Code 会运行此文件的其他钩子，但不运行这些
runs-no-hook = Claude Code 不运行此文件的任何钩子
goes-on-without = 钩子的程序缺失时，Claude Code 会继续运行而不作提示
expected-inside-hooks = 应在 `hooks` 之内
expected-directly-inside-hooks = 应直接在 `hooks` 之内
expected-events-example = 应为由事件组成的对象：{ $example }
expected-events = 应为由事件组成的对象
no-event-but-hooks = 它不是事件，却含有钩子
hooks-no-object = `hooks` 不是由事件组成的对象
hooks-in-wrong-place = `{ $key }` 的钩子放错了位置
unknown-event = Claude Code 没有钩子事件 { $event }
hooks-never-run = 这些钩子永远不会运行
list-of-groups = 组的列表
list-of-hooks = 钩子的列表
object-with-hooks = 含 `hooks` 的对象
object-with-type = 含 `type` 和 `command` 的对象
is-needed-expected = 这里需要 `{ $needed }`：{ $what }
command-empty = 命令为空
nothing-is-run = 什么都不运行
if-never-runs = { $event } 的带 `if` 的钩子永远不会运行
if-is-for-tools = `if` 只用于工具的事件
event-without-type = { $event } 不运行类型为 `{ $kind }` 的钩子
matcher-no-expression = 匹配器 { $pattern } 不是正则表达式：{ $fault }
matches-nothing = 它什么都不匹配
match-everything-cure = 要匹配一切，请去掉匹配器
fault-backslash = 以反斜杠结尾
fault-closing = 多了一个右圆括号
fault-repetition = 重复符号之前没有内容
fault-bracket = 方括号未闭合
fault-parenthesis = 圆括号未闭合
no-program = 没有程序 { $program }
not-found = 找不到
cannot-be-executed = { $program } 无法执行
not-executable = 不可执行
program-is-folder = { $program } 是文件夹
no-program-here = 不是程序
nothing-through-this-hook = 通过此钩子什么都不记录，也什么都不拦停；`cost-hook install` 会让它指向程序
make-executable-cure = 请使它可执行：{ $command }
kind-switch = 布尔值 true 或 false
kind-list = 列表
kind-days = 从 1 起的整数
kind-seconds = 大于 0 的秒数
kind-strings = 字符串的列表
kind-object-of-strings = 由字符串组成的对象
kind-text-not-empty = 非空字符串
kind-address = 地址，如 `https://example.org/hook`
line-not-command = 状态栏的类型不是 `command`
line-lacks-command = 状态栏缺少 `command`
not-registered-for = cost-hook 没有注册 { $events }
registered-for = { $events } 个事件中已注册 { $there } 个
adds-what-is-missing = `cost-hook install` 会补上缺少的部分
registered-twice = cost-hook 为 `{ $event }` 注册了两次
one-copy-is-enough = 一份就够了
second-copy-cure = 什么都不会计入两次，但每一份都要多启动一个进程；`cost-hook install` 会移除它
switched-off = `disableAllHooks` 关闭了 cost-hook
nothing-recorded-or-stopped = 什么都不记录，预算也不拦停任何内容
hooks-do-not-run-here = { $file } 中的钩子在此文件夹中不运行
