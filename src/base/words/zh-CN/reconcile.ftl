### reconcile 的用语。
