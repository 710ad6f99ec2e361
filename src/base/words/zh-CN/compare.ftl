### compare 和 pricing 的用语。
