//! What is different when the plugin runs the hook: its script has to find the program at every event, so it is told where
//! the program is. Owns that one line in the plugin's data folder.

use std::path::Path;

use crate::base::disk;
use crate::base::env;
use crate::base::platform::real_path;
use crate::base::world::World;
use crate::claude::wire::HookInput;

/// Of the file.
const MOST: u64 = 64 << 10;

/// At a session's start. Not being able to write it costs the script a search, and nothing else.
pub(super) fn remember(world: &World, payload: &HookInput) {
    if payload.hook_event_name != "SessionStart" {
        return;
    }
    let (Some(root), Some(data)) = (world.var(env::CLAUDE_PLUGIN_ROOT), world.var(env::CLAUDE_PLUGIN_DATA))
    else {
        return;
    };
    // A session may have been started by a hook of somebody else's plugin.
    if !Path::new(&root).join("hooks/cost-hook").is_file() {
        return;
    }
    let Some(program) = world.program().and_then(|program| real_path(&program).ok()) else {
        return;
    };
    let Some(program) = program.to_str().filter(|program| !program.contains('\n')) else { return };
    let (data, line) = (Path::new(&data), format!("{program}\n"));
    let path = data.join("program");
    let known = disk::read_at_most(&path, MOST).ok().flatten();
    if known.as_deref() != Some(line.as_bytes()) && disk::create_dir_private(data).is_ok() {
        let _ = disk::replace_here(&path, line.as_bytes(), 0o600);
    }
}
