### doctor 的用语。

## 标题和框架。

group-client = Claude Code
group-hooks = 钩子
group-settings = 设置
group-ledger = 账本
group-prices = 价格
group-time = 时间
group-team = 团队
group-troubles = 故障
group-network = 网络与凭据
state-ok = 正常
state-warning = 警告
state-error = 错误
check-cure = 解决办法：{ $cure }
check-other-cure = 或者：{ $cure }
all-in-order = 一切正常：共 { $checks } 项检查。
warnings-in-checks = { $checks } 项检查中有 { $warnings } 个警告。
errors-in-checks = { $checks } 项检查中有 { $errors }。
errors-and-warnings-in-checks = { $checks } 项检查中有 { $errors }和 { $warnings } 个警告。
error-count = { $errors } 个错误
can-be-mended = 其中 { $checks } 项可以用 { $command } 修复。
file-of-layer =
    { $file }（{ $layer ->
        [managed] 托管设置
        [user] 用户设置
        [project] 项目设置
        [local] 本地设置
       *[unknown] 未知
    }）
the-plugin = 插件 { $name }
further-ones = 另有 { $count } 个

## --fix。

nothing-mends-itself = 没有无须您参与就能修复的问题。
mend-failed = 失败：
mended-in = { $fact }（{ $file }）
made-private = 已将 { $paths } 个文件和文件夹设为仅所有者可访问
checkpoint-made-anew = 已从账本重建检查点
booking-is-off-so-nothing = 没有记账：`cost.enabled` 为 false
would-take-in = 将检查点之外账本和会话记录中的内容记账
booked-in-catching-up = 补读账本和会话记录时将 { $calls } 次调用记账

## Claude Code。

client-cure = 请安装 Claude Code，或将其文件夹加入 PATH，并启动一次
client-by-transcript = Claude Code { $version }，据其最新的会话记录
client-no-program = 在 PATH 和常用位置没有找到程序 `claude`
client-not-found = 在 PATH 和常用位置没有找到 Claude Code
client-without-version = `{ $program }` 没有说明自己的版本
client-without-version-cure = 请在终端中查看 `claude --version` 是否有回答
client-at = Claude Code { $version }，位于 { $program }
client-did-not-answer = 询问时它没有回答；版本来自其最新的会话记录
client-other-transcript = 最新的会话记录由 { $version } 写成
client-copies = 另有 { $copies } 份：{ $programs }
client-newer-than-tested = 比 cost-hook 测试所用的 { $version } 新
client-too-old = { $client }：版本太旧，cost-hook 的部分功能无法使用
client-lacks = { $version } 之前的版本：{ $lack }
client-update-cure = 请将 Claude Code 更新到 { $version } 或更高版本：claude update
lack-prompt = 没有 UserPromptSubmit，因此无法拦停提示词
lack-compaction = PreCompact 无法拦停压缩
lack-faulty-entry = 一个有错的钩子条目可能使文件中的所有钩子失效
lack-clear = `/clear` 不会重置其总额，因此未列明的调用会被漏掉
lack-streaming = 回答仍在流式输出时，停止可能丢失
lack-totals = 不保存总额，因此只能从状态栏得知未列明的调用
lack-resume = 在 `-p` 中，恢复会话后其总额不会接着累计

## 钩子。

hooks-absent = 任何设置文件中都没有钩子：什么都不记录，也什么都不拦停
hooks-would-not-count = { $file }中的钩子不会生效：Claude Code 略过该文件
mend-that-file-cure = 请修复该文件；`cost-hook validate` 显示其中的问题
hooks-install-cure = `cost-hook install` 会将钩子写入您的设置
hooks-files-left-out = Claude Code 略过了钩子所在的每个文件
mend-the-file-cure = 请修复该文件；`cost-hook validate` 显示其中的问题
hooks-all = 全部 { $events } 个事件都有钩子，位于 { $places }
hooks-some = { $events } 个事件中的 { $there } 个有钩子，位于 { $places }
hooks-missing = 缺少：{ $events }
hooks-add-cure = `cost-hook install` 会补上缺少的钩子
hooks-plugin-cure = 请更新插件，或改用 `cost-hook install`
hooks-do-not-count = { $file }中的钩子不生效：Claude Code 略过该文件
lost-prompt = 没有 UserPromptSubmit，用尽的预算无法拦停下一条提示词
lost-tool = 没有 PreToolUse，预算用尽后仍会再运行一个工具
lost-batch = 没有 PostToolBatch，预算用尽要晚一次调用才会被发现
lost-use = 没有 PostToolUse，预算用尽要晚一次调用才会被发现
lost-compaction = 没有 PreCompact，用尽的预算无法拦停压缩
lost-switch = 没有 PreModelSwitch，切换模型的费用可能超过余额
lost-end = 没有 SessionEnd，会话的最后一次调用要到下一个会话才记账
lost-others = 没有这些钩子，调用会较晚才记账
program-missing = `{ $program }` 不存在
program-not-executable = `{ $program }` 不可执行
program-folder = `{ $program }` 是文件夹
program-silence = 钩子的程序缺失时，Claude Code 不作任何提示：调用不会被记录
program-cure = 从程序现在的位置运行 `cost-hook install`
program-named-in = 写在此处：{ $place }
programs-others = 钩子运行的是 { $programs }
program-is-this = 当前程序是 `{ $program }`；两者的版本可能不同
program-choose-cure = 从要使用的那一份运行 `cost-hook install`
program-runs = { $program } 存在，可以运行
program-unknown = 钩子运行哪个程序取决于会话的环境
copies-none = 每个事件运行程序一次
copies-twice = 有 { $events } 个事件的钩子重复
copies-cost = 什么都不会计入两次，但每一份都要多启动一个进程
copies-in = 位于 { $places }
copies-uninstall-cure = 用 `cost-hook uninstall` 加上 `--scope user`、`project` 或 `local` 移除其中一份
copies-install-cure = `cost-hook install` 会移除同一文件中的第二份
hooks-disabled = `disableAllHooks` 为 true：没有钩子和状态栏运行
hooks-disabled-cure = 请移除 { $file }中的 `disableAllHooks`
managed-hooks-only = `allowManagedHooksOnly`：只运行托管设置中的钩子，而其中没有 cost-hook 的钩子
managed-install-cure = 请管理员运行 `cost-hook install --scope managed`
said-by = 来自 { $file }
plugin-hooks-only = `strictPluginOnlyCustomization`：用户设置和项目设置中的钩子不运行
managed-install-or-plugin-cure = 请管理员运行 `cost-hook install --scope managed`，或使用插件
hooks-allowed = 没有设置关闭钩子
managed-hooks-run-too = 托管钩子在以 `--bare` 或 `--safe-mode` 启动的会话中同样运行
simple-mode = 设置了 `{ $name }`：从这里启动的会话不运行钩子，如同 `--bare`
safe-mode = 设置了 `{ $name }`：从这里启动的会话只运行托管钩子，如同 `--safe-mode`
unset-cure = 请取消设置 { $name }
bare-sessions = 以 `--bare` 或 `--safe-mode` 启动的会话不运行钩子，运行期间不计入
every-folder-trusted = 所有文件夹都受信任（`CLAUDE_CODE_SANDBOXED`）
folder-trusted = { $folder } 受信任
folder-not-trusted = { $folder } 尚未受信任
folder-not-known = { $folder } 尚未受信任：Claude Code 在 { $file } 中没有任何记录
trust-holds-hooks = 在此之前，交互式会话不运行任何钩子；`claude -p` 把每个文件夹都视为受信任
trust-cure = 请在此文件夹中启动 `claude` 并接受对话框
line-late = 会话记录未提及的调用（标题、压缩）在会话结束时才记账，而不是运行期间
line-absent = 没有状态栏
line-managed-only = `allowManagedHooksOnly` 只允许托管设置中的状态栏
line-install-cure = `cost-hook install` 会添加它
line-broken = 状态栏的程序 `{ $program }` 无法运行
line-broken-cure = `cost-hook install` 会让它指向程序
line-ours = 状态栏是 cost-hook 的，位于 { $file }
line-another = 状态栏不是 cost-hook 的，位于 { $file }
line-managed-cure = 请管理员用 `cost-hook statusline --then` 包住它
line-below-cure = `{ $command }` 会在其下方添加 cost-hook 的状态栏；您的照常工作
no-new-transcript = 新的会话记录中还没有调用：没有要记账的内容
newest-call-booked = 最新的调用（{ $time }）已记账
newest-call-next = 最新的调用（{ $time }）将由下一个事件记账
call-in = 位于 { $file }
sessions-without-hooks = 有会话在没有钩子的情况下运行：其调用一次也没有记账
last-call-not-booked = 有会话的最后一次调用尚未记账
transcript-last-call = { $file }，最后一次调用在 { $time }
hooks-run-cure = `cost-hook import` 会将会话记录中的内容记账

## 设置与预算。

no-settings-files = 这里没有设置文件
settings-right = { $files } 个设置文件，没有问题
settings-warnings = { $files } 个设置文件中有 { $warnings } 个警告
settings-errors = { $files } 个设置文件中有 { $errors } 个错误
keeps-from-starting = 在修复 { $file }之前，Claude Code 不会启动
leaves-out = Claude Code 完全略过 { $file }
settings-cure = `cost-hook validate` 显示每个问题及其位置
calls-are-booked = 调用会记账（`cost.enabled`）
booking-off-nothing = 记账已关闭：什么都不记录，预算也不会拦停任何内容
booking-cure = 请将 `cost.enabled` 设为 true，或将其移除：{ $file }
the-settings = 设置
no-budget-set = 未设置预算，因此从不拦停任何内容
limits-only-warn = { $limits } 个限额，只会警告
limits-stop = { $limits } 个限额；其中 { $stops } 个会停止会话
limit-does = { $name } { $amount }：{ $does }
warnings-not-shown = 不显示警告（`costWarnings` 为 false）

## 账本。

nothing-booked-yet-in = { $folder } 中尚无记账
history-cure = `cost-hook import` 会将历史记账
ledger-unreadable-cure = 请检查文件夹及其中文件的所有者和权限
ledger-contents = { $months } 个月的 { $calls } 次调用，{ $size }，位于 { $folder }
ledger-partly-read = 只读取了最新的 { $months } 个月：一次读取超过 { $size } 耗时太长
no-folder = `{ $file }` 不是文件夹：什么都无法记账
no-folder-cure = 请移走它，或将 COST_HOOK_DIR 设为可写的文件夹
not-writable = `{ $path }` 不可写：什么都无法记账
not-writable-cure = 请检查其所有者和权限，以及文件系统是否只读
set-folder-cure = 请将 COST_HOOK_DIR 设为可写的文件夹
folder-can-be-made = 可以创建账本的文件夹
ledger-private = 账本可写，且只有其所有者可以访问
ledger-open = 其他人可以读写账本的 { $paths } 个文件和文件夹
lines-aside = { $lines } 个不完整的行已搁置在 { $file } 中；其中的调用已重新读取
lines-whole = 读取了 { $lines } 行，每一行都完整
lines-bad = { $lines } 行无法读取，未计入任何总额
lines-repair-cure = `cost-hook ledger repair` 会保留其中可读的部分，并把其余部分移到一旁，同时保留备份
lines-leave-cure = 保持原样：没有其他内容依赖它们；`cost-hook ledger verify` 给出更多信息
lines-newer = { $lines } 行由较新版本的 cost-hook 写成：此版本不记账
update-cure = 请更新 cost-hook
lock-absent = 账本还没有锁
lock-free = 没有进程持有账本的锁
lock-held = 账本的锁此刻被持有
lock-held-by = 账本的锁此刻被持有：{ $who }
lock-held-why = 正在处理的事件持有它几毫秒，导入每次持有一秒
lock-held-cure = 请再次运行 `cost-hook doctor`；如果锁一直被持有，请结束该进程
lock-cure = 请检查该文件的所有者和权限
process = 进程 { $id }
process-named = 进程 { $id }（{ $name }）
segments-not-listed = 无法列出账本文件
segment-shorter = `{ $file }` 变短了
segment-exchanged = `{ $file }` 被替换了
segment-gone = `{ $file }` 不见了
made-anew-at-next-event = 发生下一个事件时会从账本重建
checkpoint-in-step = 检查点与账本同步
checkpoint-nothing = 还没有检查点，也没有要记住的内容
checkpoint-absent = 没有此版本的检查点
checkpoint-slow-cure = 无须处理，但该事件耗时较长
checkpoint-behind = 账本中有 { $size } 尚未进入检查点
checkpoint-behind-why = 有进程在记账时被结束；什么都没有丢失
checkpoint-behind-cure = 下一个事件会读入它们
checkpoint-apart = 检查点与账本不同步：{ $why }
checkpoint-verify-cure = `cost-hook ledger verify` 说明是否有行损坏，以及在哪里被改动
checkpoint-import-cure = 如果账本丢失了行，`cost-hook import` 会将会话记录中仍有的内容重新记账
checkpoint-broken = 检查点已损坏：{ $why }
checkpoint-unseen = 此刻无法查看检查点：{ $why }
checkpoint-unseen-why = 可能有进程在更改途中被结束，下一个事件会撤回该更改
checkpoint-unseen-cure = 请在下一个事件之后再次运行 `cost-hook doctor`
totals-fit = Claude Code 自己的总额与已知的调用相符
totals-odd = 有 { $sessions } 个会话中 Claude Code 自己的总额与已知的调用不符
totals-odd-why = 这样的总额低于调用之和，或发生了跳变；它按零记账，以各次调用为准
totals-odd-cure = 较旧版本的 Claude Code 会这样；如果再次发生，请更新
totals-odd-session = 会话 { $session }：{ $times } 次
late-none = 没有会话记录等待读取
late-some = { $transcripts } 份会话记录等待读取：有事件未能取得锁
late-cure = 任一会话的下一个事件会将它们记账
space-free = 账本所在磁盘剩余 { $size }
space-none = 账本所在磁盘剩余 { $size }：什么都无法记账
space-cure = 请在 { $folder } 所在的磁盘上腾出空间

## 价格与时间。

list-of-today = 价目表的日期为 { $version }
list-of-days-ago = 价目表的日期为 { $version }，{ $days } 天前
list-old = 此后推出的模型按其所知的最新 Opus 计价，价格也可能已变
list-cure = 请更新 cost-hook，或用 `cost-hook pricing update` 从文件取得较新的价格
models-known = 账本中的每个模型都在价目表中
models-unknown = 不在价目表中：{ $models }
models-estimate = 账本中有 { $amount } 因此为估算，按最新 Opus 的价格计
models-cure = 请更新 cost-hook，或为它们设置价格：`cost-hook pricing update FILE --model NAME`，或 `cost.pricing.overrides`
overrides-right = { $models } 个模型有您自己的价格
overrides-nobodys = 为从未调用过的模型设置了价格：{ $models }
overrides-cure = 请将 `cost.pricing.overrides` 中的写法与 `cost-hook report --breakdown` 中的模型对照
zone-setting-unknown = `cost.timezone` { $zone } 不是本系统的时区
zone-instead = 改按 { $zone } 划分日期
zone-setting-cure = 请在 { $file }中写入 Europe/Berlin 这样的名称
zone-set = 按 { $zone } 划分日期（`cost.timezone`）
zone-tz-unknown = TZ 为 { $zone }，不是本系统的时区
zone-tz-cure = 请将 TZ 设为 Europe/Berlin 这样的名称，安装系统的时区文件，或设置 `cost.timezone`
zone-system = 按系统时区 { $zone } 划分日期
clock-before-list = 时钟显示 { $time }，早于本程序的价目表（{ $version }）
clock-wrong-day = 调用会记到错误的日期，预算会计入错误的周期
clock-cure = 请设置时钟
clock-line-ahead = 账本中有一行的时间是 { $time }，尚未到来
clock-set-back = 时钟曾被往回拨，或有时钟超前的另一台机器写入这里
clock-ahead-sums = 该时间的调用计入其当天；在此之前，总和会从账本重新读取
clock-compare-cure = 请将时钟与另一个时钟对照
clock-shows = 时钟显示 { $time }（{ $zone }）

## 团队。

sync-never = 从未取得团队总额
sync-never-why = 从未取得团队总额：{ $why }
sync-cure = 请运行 `cost-hook team sync`
sync-age = 团队总额取得于 { $age }前
sync-failed = 团队总额取得于 { $age }前，上次尝试失败：{ $why }
sync-stale = 团队总额取得于 { $age }前，已超过 `team.maxAge`
sync-while-working = 有人工作时会取得总额
team-store-nowhere = 团队存储的地址没有指定网络上的主机，因此未尝试
team-store-untried = 未尝试位于 { $places } 的团队存储（`--offline`）
team-store-listens = 团队存储：{ $places } 有程序在监听
team-store-not-tried-further = 未检验它是不是正确的数据库，以及是否允许您登录
team-store-unreachable = 团队存储：无法连接 { $places }：{ $why }
team-store-old = 团队总额会过旧；记录和您自己的限额照常
team-store-cure = 请检查 `team.databaseUrl` 或 COST_HOOK_TEAM_URL、网络和服务器
no-address-for-name = 该名称没有对应的地址
no-answer-in = { $seconds } 秒内没有回答

## 故障。

no-trouble = 最近 { $days } 天内钩子没有故障
hooks-failed = 最近 { $days } 天内钩子失败了 { $times } 次，最后一次在 { $time }
trouble = { $time } { $event }，{ $times } 次：{ $message }
no-event = 没有事件
more-kinds = { $file } 中还有 { $count } 种
booked-since = 此后有调用已记账
trouble-cure = 仍有什么问题请看以上检查项；`cost-hook import` 会将遗漏的内容记账

## 网络与凭据。

platform-anthropic = Claude API
platform-claude-aws = Claude Platform on AWS
platform-foundry = Microsoft Foundry
platform-bedrock = Amazon Bedrock
platform-google = Google Cloud
platform-in-region = { $platform }，{ $region }
booked-as = 调用按 { $platform } 记账（`cost.provider`）
calls-go-to = 调用发往 { $platform }
environment-says = 环境变量指向 { $platform }
provider-cure = 请移除 `cost.provider`，或取消设置切换平台的变量
setting-in = { $file }中的 { $key }
credentials-found = 凭据：{ $sources }
credentials-not-read = 是否有效只有发起调用才能知道；没有读取它们
credentials-none = 没有找到 { $platform } 的凭据
credentials-keychain = 没有找到 { $platform } 的凭据；它们可能在钥匙串中
credentials-why = 没有凭据，Claude Code 不发起调用，因此没有要记录的内容
login-cure = 请在 Claude Code 中用 `/login` 登录，或设置 ANTHROPIC_API_KEY
login-aws-cure = 请登录 AWS，或设置 AWS_PROFILE
login-google-cure = 请运行 `gcloud auth application-default login`
login-azure-cure = 请设置 ANTHROPIC_FOUNDRY_API_KEY，或登录 Azure
no-address = `{ $name }` 不是地址：既不以 http:// 也不以 https:// 开头
no-address-cure = 请更正 { $name }，或取消设置
straight-to-api = 直接连接 API，没有代理
through-proxy = 通过代理：{ $proxies }
gateway-prices = 网关的价格可能不同；用 `cost.pricing` 设置
nothing-sent-there = 没有向那里发送任何内容
no-failed-requests = 最新的会话记录中，最近 24 小时内没有失败的请求
failed-requests = 最近 24 小时内失败的请求：{ $kinds }
count-of-kind = { $count } 次 { $kind }
api-refused = API 拒绝了请求者的身份
api-refused-cure = 请用 `/login` 重新登录，或检查密钥及其限额
api-tried-again = Claude Code 已重试；失败的请求没有费用
