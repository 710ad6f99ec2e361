### config 和 validate 的用语。
