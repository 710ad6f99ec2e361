//! Who may import whom, and where a dependency may be named: the rules that `architecture` holds the code to.

/// Who may import whom. An entry `a::b` allows just that module of `a`. What a layer holds itself is always allowed.
pub(super) const IMPORTS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("ledger", &["base", "model"]),
    ("settings", &["base", "model"]),
    ("claude", &["base", "model"]),
    ("book", &["base", "model", "ledger", "claude"]),
    ("budget", &["base", "model", "ledger", "settings", "book"]),
    ("setup", &["base", "model", "ledger", "settings", "book"]),
    ("hook", &["base", "model", "ledger", "settings", "claude", "book", "budget", "setup"]),
    ("report", &["base", "model", "ledger", "settings", "budget"]),
    ("advice", &["base", "model", "ledger", "settings", "report"]),
    ("dashboard", &["base", "model", "ledger", "budget", "report"]),
    ("export", &["base", "model", "ledger", "settings", "report"]),
    ("reconcile", &["base", "model", "ledger", "settings", "report", "export"]),
    ("migrate", &["base", "model", "book"]),
    ("doctor", &["base", "model", "ledger", "settings", "claude", "book", "budget", "setup", "hook"]),
    ("ui", &["base"]),
    (
        "cli",
        &[
            "base",
            "model",
            "ledger",
            "settings",
            "claude",
            "book",
            "budget",
            "setup",
            "hook",
            "report",
            "advice",
            "dashboard",
            "doctor",
            "export",
            "reconcile",
            "migrate",
            "ui",
        ],
    ),
    ("main", &["hook", "cli", "base"]),
];

/// Parts of an allowed layer that are nevertheless out of bounds: they do work no hook can afford.
pub(super) const OUT_OF_BOUNDS: &[(&str, &str)] = &[
    ("hook", "settings::validate"),
    ("hook", "settings::schema"),
    ("budget", "settings::validate"),
    ("budget", "settings::schema"),
    ("setup", "settings::validate"),
    ("setup", "settings::schema"),
    ("hook", "settings::reference"),
    ("budget", "settings::reference"),
    ("setup", "settings::reference"),
];

/// Where a dependency may be named. A path that ends in `/` stands for the folder.
pub(super) const DEPENDENCIES: &[(&str, &[&str])] = &[
    ("rusqlite", &["src/ledger/checkpoint.rs"]),
    ("fs2", &["src/base/lock.rs"]),
    ("rustix", &["src/base/disk.rs", "src/ui/terminal.rs"]),
    ("clap", &["src/cli/"]),
    ("clap_complete", &["src/cli/"]),
    ("clap_mangen", &["src/cli/"]),
    ("jsonc_parser", &["src/base/jsonc.rs"]),
    ("tz", &["src/base/time.rs"]),
    // The demonstration works in a folder that goes away with it.
    ("tempfile", &["src/base/disk.rs", "src/cli/demo.rs"]),
    ("annotate_snippets", &["src/ui/"]),
    ("anstyle", &["src/ui/", "src/cli/"]),
    ("comfy_table", &["src/ui/", "src/report/"]),
    ("csv", &["src/report/", "src/export/", "src/reconcile/"]),
    ("parquet", &["src/export/columnar.rs", "src/reconcile/packed.rs"]),
    ("bytes", &["src/reconcile/packed.rs"]),
    ("flate2", &["src/reconcile/packed.rs"]),
    ("indicatif", &["src/ui/"]),
    ("fluent_syntax", &["src/base/words/"]),
    ("unicode_width", &["src/base/width.rs"]),
    ("sha2", &["src/dashboard/html.rs", "src/ledger/chain.rs", "src/ledger/chain/"]),
    ("base64", &["src/dashboard/html.rs"]),
];
