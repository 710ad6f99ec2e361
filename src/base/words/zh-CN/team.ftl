### 团队的存储：成员、总额、已发送的内容。

heading-member = 成员
heading-role = 角色
heading-allocation = 分配额
heading-spent = 已花费
heading-used = 已用
heading-last-sync = 上次同步

## 存储的地址及其问题。

store-at = { $places } 上的数据库 { $database }
host-and-port = { $host } 端口 { $port }
no-store-set = 未设置团队存储
no-store-set-cure = 请把 COST_HOOK_TEAM_URL 或 `team.databaseUrl` 设为您得到的地址：postgres://login:password@host:5432/database
store-address-cure = 请检查 `team.databaseUrl` 或 COST_HOOK_TEAM_URL：postgres://login:password@host:5432/database
store-roots-cure = `sslrootcert` 指定一个 PEM 证书文件
store-authority-cure = 请在地址中用 `sslrootcert` 指定签发服务器证书的机构的证书文件
nothing-is-lost-cure = 尚未发送的内容下次会发送：什么都不会丢失
store-not-set-up-cure = 请先由数据库的所有者运行 `cost-hook team init`
store-privilege-cure = 团队的管理员可以执行，或赋予您这项权限：`cost-hook team invite`
store-reads-only-cure = 这台服务器只能读取：地址中应写可以写入的那一台，或写多台主机并加上 `target_session_attrs=read-write`
store-password-cure = 请管理员用 `cost-hook team invite` 生成新地址
store-newer-cure = 请更新这台机器上的 cost-hook
store-changed-cure = 有人改动了它；请恢复数据库，或询问设置它的人

## init。

store-up-to-date = 团队存储已是最新：{ $store }。
store-set-up = 已设置团队存储，应用了 { $versions } 个架构版本：{ $store }。
allocations-changed = { $allocations } 个分配额已改为设置中的值。
next-invite = 下一步：为每位成员运行 { $command }。

## invite 和 remove。

member-name-wrong = 成员的名称为 1 至 200 个字符，写在一行中
invited-with-allocation =
    { $name } 现在是团队的{ $role ->
        [admin] 管理员
       *[member] 成员
    }，每月分配额为 { $amount }。
invited-without-allocation =
    { $name } 现在是团队的{ $role ->
        [admin] 管理员
       *[member] 成员
    }，没有分配额：共用其他人余下的预算。
give-them-this-address = 请通过可信的渠道把这个地址交给对方；它不会再次显示：
they-put-it = 请对方把它放在只有自己能读到的地方，并试用：
the-address = 地址
no-member = `{ $name }` 不是团队的成员
no-member-cure = `cost-hook team members` 会列出成员
no-member-to-read = `{ $name }` 不是您可以读取其调用的成员
removed-from-team = { $name } 不再有登录名。其花费保留在团队的总额中。

## members 和 report。

no-calendar-month = `{ $text }` 不是月份
no-calendar-month-cure = 月份的写法如 2026-11
role-removed = 已移除
role-admin = 管理员
role-member = 成员
never = 从未
days-of-month = { $first } 至 { $last }
days-and-whole-team = { $days }；整个团队 { $amount }
unknown-name = （未知）

## sync。

nothing-to-send = 没有要发送的内容。
lines-sent = 已发送 { $lines } 行。
lines-sent-some-new = 已发送 { $lines } 行，其中 { $news } 行对团队来说是新的。
team-has-spent = { $sent }团队本月已花费 { $team }，其中您花费 { $own }。

## status。

fact-connection = 连接
fact-store = 存储
fact-totals = 总额
fact-last-try = 上次尝试
fact-member = 成员
fact-waiting = 等待发送
fact-team = 团队
fact-you = 您
connection-not-tried = 未尝试
connection-none = 无
connection-ok = 正常
connected-as = 身份为 { $user }
connected-as-admin = 身份为管理员 { $user }
connected-as-owner = 身份为数据库的所有者
connected-as-nobody = 登录名不属于团队的任何成员
totals-stale = 已过旧：已超过 `team.maxAge`，或从未取得
member-another = 不同
member-differs = 限额按 `{ $local }` 计：请把 `team.user` 设为 { $known }，以使用其分配额
everything-sent = 已全部发送
not-sent-yet = 账本中尚未发送的部分
active-in-last-hour = 最近一小时有 { $members } 位成员活跃
of-an-allocation = 分配额为 { $amount }

## export，团队的和账本的。

export-written = { $path }：{ $rows } 行，{ $amount }
export-bad-lines = 账本中有 { $lines } 行无法读取，已略去；`cost-hook doctor` 会指出是哪些
export-strange-providers = 有 { $calls } 次调用的提供商是此版本不认识的，在导出中列为 Anthropic；其金额无误
export-months-taken-out = 已略去：已从数据库中分离的月份中的调用；`cost-hook team report` 仍计入它们
no-member-of-team-cure = 请管理员用 `cost-hook team invite` 为您生成自己的地址
