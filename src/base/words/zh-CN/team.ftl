### 团队的存储：成员、总额、已发送的内容。

heading-member = 成员
heading-role = 角色
heading-allocation = 分配额
heading-spent = 已花费
heading-used = 已用
heading-last-sync = 上次同步
