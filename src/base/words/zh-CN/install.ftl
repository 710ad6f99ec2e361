### install、uninstall、init、demo 和 dashboard 的用语。
