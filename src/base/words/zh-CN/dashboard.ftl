### 仪表盘的用语：页面和命令。

## 页面框架。

page-title = Claude Code 费用
page-skip = 跳到各项数字
page-colours = 颜色
page-colours-system = 跟随系统
page-colours-light = 浅色
page-colours-dark = 深色
page-print = 打印
page-filters = 筛选
page-summary = 概览

## 筛选和说明。

page-dates-label = 日期
page-from = 从
page-to = 到
page-everything = 全部
page-last-7-days = 最近 7 天
page-last-30-days = 最近 30 天
page-last-90-days = 最近 90 天
page-this-month = 本月
page-last-month = 上月
page-own-dates = 自选日期
page-reset = 重置
page-project = 项目
page-projects = 项目
page-model = 模型
page-models = 模型
page-feature = 用途
page-features = 用途
page-branch = 分支
page-branches = 分支
page-user = 人员
page-users = 人员
page-provider = 提供商
page-providers = 提供商
page-session = 会话
page-sessions = 会话
page-all-of = 全部{ $names }
page-others = 另外 { $count } 个{ $names }
page-others-uncounted = 其他
page-without-project = （无项目）
page-without = （无{ $title }）
page-remove-filter = 移除筛选：{ $title } { $name }
page-chip = { $title }：{ $name }
page-dates = { $first } 至 { $last }
page-day-and-time = { $day } { $time }
page-calls = { $calls } 次调用
page-nothing-booked = 尚无记账：有了最初的调用，页面就会有内容。
page-showing-part = 显示 { $whole } 中的 { $part }：{ $calls }，{ $dates }。
page-showing-everything = 显示全部 { $amount }：{ $calls }，{ $dates }。
page-wrong = 本页的数字与账本的总额不符：请重新生成。
page-unreadable = 账本中有 { $lines } 行无法读取，不计入任何数字。
page-made-for = 本页只含：{ $scope }。
page-anonymous = 名称已由编号代替。
page-count-of = { $count } 个{ $names }
page-each-hours = 每天每 { $hours } 小时
page-put-together = 为使页面较小，有些内容已合并：{ $things }。总额没有遗漏任何内容。
page-made = 由 { $program } 生成于 { $time }
page-one-file = 单个文件，不从任何地方加载任何东西：它显示生成时账本中的内容。{ $command } 会重新生成。
page-amounts = 未列明的金额包含在每个总额中。金额只在显示时舍入；把鼠标悬停在金额上会显示其全部位数。

## 顶部的数字。

page-spent = 已花费
page-part-of-everything = 占全部的 { $share }
page-each = 每次 { $amount }
page-days-with-calls = 有调用的天数
page-on-such-a-day = 这样的一天 { $amount }
page-written-by-model = 其中 { $tokens } 由模型写出
page-read-from-cache = 读取缓存
page-caching-cost = 缓存的花费比节省的多 { $amount }
page-caching-saved = 缓存节省了 { $amount }
page-known-exactly = 确切已知
page-not-exactly = 未列明 { $unlisted }，估算 { $estimated }

## 当前月份。

page-forecast-for = { $month }的预测
page-no-forecast = 本页所含的日期都已过去：没有可预测的内容。
page-budget-used-up = { $budget } { $amount } 已用尽。
page-budget-used-up-on = 照此速度，{ $budget } { $amount } 将于 { $day }用尽。
page-budget-enough = 照此速度，{ $budget } { $amount } 足够：将剩余 { $left }。
page-forecast-basis = 到目前为止的花费，加上剩余时间按最近 { $days } 个完整日的均值计算。上方选中的名称计入考虑，日期则不。
page-forecast-without-basis = 还没有可作依据的完整日。上方选中的名称计入考虑，日期则不。
page-spent-so-far = 目前已花费
page-since = 自 { $day }起
page-forecast = 预测
page-likely-between = 很可能介于
page-low-and-high = { $low } 与 { $high }
page-days-left = 剩余天数
page-of-days = 共 { $days } 天
page-legend-spent = 已花费
page-legend-forecast = 预测
page-legend-likely = 很可能的范围（五次中有四次）
page-legend-budget = 预算
page-month-table = 按日累计的花费与预期
page-heading-day = 日期
page-expected-by-then = 届时预期

## 预算。

page-budgets = 预算
page-state-used-up = 已用尽
page-state-nearly = 即将用尽
page-state-within = 未超出
page-budget-stands = { $percent }，{ $state }
page-as-they-stood = 生成页面时的状况，不受上方所选内容影响。
page-no-budget = 未设置预算。{ $command } 会设置一项。

## 何时。

page-when = 何时
page-heat-keys = 按星期和小时的费用；方向键读出各小时
page-heat = 按星期和一天中的小时的费用，时区 { $zone }
page-hours = { $weekday } { $from } 至 { $to }
page-part-of-cost = 占费用的 { $share }
page-peak = { $weekday } { $from } 至 { $to } 花费最多：{ $amount }。
page-nothing-chosen = 所选范围内没有内容。
page-scale = 刻度

## 缓存和确定程度。

page-cache = 缓存
page-written-to-cache = 写入缓存
page-outside-cache = 缓存之外
page-read-share = 读取占比
page-of-prompt-tokens = 占提示词 token
page-caching-cost-more = 缓存多花费
page-caching-saved-title = 缓存节省
page-against-plain-input = 与普通输入相比
page-kind-count = { $kind }：{ $count }（{ $share }）
page-read-share-over-time = 读取占比随时间的变化
page-period = 时段
page-prompt-tokens = 提示词 token
page-certainty = 确定程度
page-amount-and-share = { $amount }（{ $share }）
page-exactly-is = 价格已知的调用，精确到最后一个 token。
page-unlisted-is = Claude Code 报告已花费，但没有会话记录列出该调用。
page-estimated-is = 价格不确定的调用，例如不在任何价目表中的模型。

## 表格。

page-as-table = 以表格显示
page-show-fewer = 显示较少
page-show-all = 显示全部 { $count } 项
page-table-caption = { $caption }。点击列标题可排序；点击名称则只看该项。
page-not-printed = 另有 { $count } 项未打印；“显示全部”会把它们也打印出来。
page-partly-estimated = 部分为估算
page-about = 约
page-by = 按{ $title }
page-cost-by = 按{ $title }的费用
page-name-in-full = { $name }（{ $full }）
page-began = 开始
page-last-call = 最后一次调用
page-sessions-known = 本页逐一列出 { $all } 个会话中的 { $known } 个：花费最多的，以及每个项目和每个月中花费最多的。其余会话合为一行。
page-sessions-title = 会话

## 支出随时间的变化。

page-timeline = 支出随时间的变化
page-7-day-average = 7 天均值
page-4-week-average = 4 周均值
page-3-month-average = 3 个月均值
page-unit-day = 日
page-unit-week = 周
page-unit-month = 月
page-unit-year = 年
page-units-day = 日
page-units-week = 周
page-units-month = 月
page-units-year = 年
page-count-day = { $count } 天
page-count-week = { $count } 周
page-count-month = { $count } 个月
page-count-year = { $count } 年
page-switch-day = 日
page-switch-week = 周
page-switch-month = 月
page-all-others = 其余全部
page-chart = 按{ $unit }的费用柱形图：{ $bars }，共 { $amount }。方向键读出各柱形，Enter 只看其中一根；下方的表格有同样的数字。
page-amount-for-calls = { $amount }，{ $calls }
page-named-amount = { $name }：{ $amount }
page-name-and-amount = { $name } { $amount }
page-far-above = { $name } { $amount } 远高于此
page-too-many = 此范围内按{ $units }划分过多，无法分辨；改为按{ $unit }显示。
page-split-by = 拆分依据
page-split-nothing = 不拆分
page-bars-stand-for = 每根柱形代表

## 直接写入页面的内容，以及命令所说的内容。

page-needs-script = 本页需要 JavaScript 才能显示图表。总计：{ $cost }，{ $calls } 次调用。
page-anonymous-name =
    { $kind ->
        [project] 项目 { $number }
        [model] 模型 { $number }
        [branch] 分支 { $number }
        [user] 用户 { $number }
        [session] 会话 { $number }
       *[other] { $kind } { $number }
    }
page-a-project = 某个项目
page-a-limit = 限额 { $number }
page-scope-from = 从 { $day } 起
page-scope-until = 到 { $day } 为止
page-scope-name =
    { $kind ->
        [project] 项目 { $name }
        [model] 模型 { $name }
        [session] 会话 { $name }
        [branch] 分支 { $name }
        [agent] 子代理 { $name }
       *[user] 用户 { $name }
    }
page-scope-one =
    { $kind ->
        [project] 一个项目
        [model] 一个模型
        [session] 一个会话
        [branch] 一个分支
        [agent] 一个子代理
       *[user] 一个用户
    }
dashboard-unread = 账本中有 { $lines } 行无法读取，不计入任何数字；`cost-hook doctor` 会显示它们
dashboard-nothing-booked = 尚无记账（{ $size }）
dashboard-made-of-day = { $cost }，{ $calls }，{ $day }（{ $size }）
dashboard-made = { $cost }，{ $calls }，{ $first } 至 { $last }（{ $size }）
