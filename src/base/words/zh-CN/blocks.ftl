### blocks 和 watch 的用语。
