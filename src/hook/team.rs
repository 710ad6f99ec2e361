//! When the hook has the team's store asked, and how: in a process of its own that nobody waits for. The hook itself never
//! opens a connection.

use std::process::{Command, Stdio};

use crate::base::money::Money;
use crate::base::time::Time;
use crate::base::world::World;
use crate::budget::Standing;
use crate::model::limit::Share;
use crate::settings::Settings;
use crate::team::state::State;

/// Is it time to ask? A session that ends may be the last thing this machine does for long.
pub(super) fn is_due(
    settings: &Settings,
    team: Option<&State>,
    event: &str,
    standings: &[Standing],
    now: Time,
) -> bool {
    let Some(team) = team else { return false };
    let heard = standings.iter().find_map(|standing| standing.heard);
    let unsent = heard.map_or(Money::ZERO, |heard| heard.unsent);
    let of_team = standings.iter().find(|standing| standing.limit.share() == Some(Share::Team));
    let interval = match event {
        "SessionEnd" => 0,
        _ => settings.team.sync_interval_ms(),
    };
    // As the store told it: what was not sent is weighed against that.
    let left = of_team.map(|standing| standing.left() + unsent);
    team.is_due(interval, unsent, left, now)
}

/// Starts it and looks no further: it finds out by itself whether another one is at work, and writes down what went wrong.
pub(super) fn start_sync(world: &World) {
    let Some(program) = world.program() else { return };
    let mut command = Command::new(program);
    command.args(["team", "sync", "--background"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // What ends the session, such as Ctrl-C in its terminal, does not end this.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, NO_WINDOW | NEW_GROUP);
    let _ = command.spawn();
}

#[cfg(windows)]
const NO_WINDOW: u32 = 0x0800_0000;
#[cfg(windows)]
const NEW_GROUP: u32 = 0x0000_0200;
