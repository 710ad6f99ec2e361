### debug 和 advise 的用语。
