### trend 和 analyze 的用语。

## 比以前多或少。

change-more = 多 { $amount }
change-more-by = 多 { $amount }（{ $percent }）
change-less = 少 { $amount }
change-less-by = 少 { $amount }（{ $percent }）
change-the-same = 相同

## 一个月最终会达到的金额。

forecast = 目前已花 { $spent }，剩余 { $left } 天按最近 { $days } 个完整日的平均值计算
forecast-likely = 很可能为 { $low } 至 { $high }：{ $forecast }
forecast-by = 截至 { $day }：{ $forecast }
forecast-by-likely = 截至 { $day }，很可能为 { $low } 至 { $high }：{ $forecast }

## 各项数字的名称和说明。

figure-total = 合计
figure-mean = 平均
figure-before = 此前
figure-dearest-day = 最贵的一天
figure-forecast = 预测
figure-cost = 费用
figure-calls = 调用
figure-tokens = token
figure-cache-hits = 缓存命中
figure-unlisted = 未列明
figure-estimated = 估算
figure-limit = 限额
a-day = 每天
calls-in-days = { $count } 天内 { $calls } 次调用：{ $dates }
before-and-now = { $dates }；现在{ $change }
before-and-now-at = { $dates } { $time }；现在{ $change }
no-day-begun = 该范围内的日子都还没有开始。
sessions-on-days = 来自 { $days } 天内的 { $sessions } 个会话
kinds-of-tokens = 输入 { $input }，输出 { $output }，缓存写入 { $write }，缓存读取 { $read }
what-cache-hits-are = 送入模型的内容中从缓存读取的比例
what-is-unlisted = 费用中由 Claude Code 报告、但其会话记录中没有对应调用的部分
what-is-estimated = 费用中没有确定价格的部分
change-from = 比 { $month }（{ $cost }）{ $change }
same-as = 与 { $month }（{ $cost }）相同
month-up-to = { $month } 截至 { $day } { $time }
limit-would-be-left = 到期末占限额的比例（{ $limit } { $amount }）：预计 { $expected }，还会剩余 { $left }
limit-would-be-crossed = 到期末占限额的比例（{ $limit } { $amount }）：预计 { $expected }，超出 { $over }
month-so-far = { $dates }，第 { $day }/{ $days } 天

## 表格的标题。

title-dearest-days = 最贵的日子
title-models = 模型
title-projects = 项目
title-features = 用途
heading-figure = 数字

## 图表下方。

bar-stands-for =
    { $unit ->
        [day] 每天
        [week] 每周
       *[month] 每月
    }
bar-is-mean-of =
    { $unit ->
        [day] { $many } 天的平均值
        [week] { $many } 周的平均值
       *[month] { $many } 个月的平均值
    }
limit-of = { $limit } { $amount }
limit-far-above = { $limit } { $amount } 远高于各柱形
chart-day = { $month }/{ $day }

## 输入有误。

range-too-early = 该范围的开始早于日历的开始
range-too-early-cure = 请减小 --days
no-month = { $text } 不是月份
no-month-cure = 例如 2026-11，或 last
month-not-begun = 月份 { $text } 尚未开始
