### ledger 各命令和 import 的用语。
