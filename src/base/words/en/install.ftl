### The words of install, uninstall, init, demo and dashboard.
