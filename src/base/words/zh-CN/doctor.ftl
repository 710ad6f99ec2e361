### doctor 的用语。
