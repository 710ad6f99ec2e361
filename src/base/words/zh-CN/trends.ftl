### trend 和 analyze 的用语。
