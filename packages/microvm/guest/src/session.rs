//! Ending every process of a session, also those that fork faster than they are killed.

use std::fs;
use std::io::Result;

use crate::sys;
use crate::vm::cgroup::Cgroup;

const PASSES: usize = 200;
/// Passes after which the processes are frozen, so that they cannot outrun the killing.
const FREEZE_AFTER: usize = 2;

/// Kills all processes of the session `sid`. `cgroup` is the one that they are all in, if there is one.
pub fn kill(sid: libc::pid_t, cgroup: Option<&Cgroup>) -> Result<()> {
    // Most sessions are one process group, and most of those are over already.
    unsafe { libc::kill(-sid, libc::SIGKILL) };
    let mut frozen = Frozen(None);
    for pass in 0..PASSES {
        let members = members(sid, cgroup)?;
        if members.is_empty() {
            return Ok(());
        }
        if pass == FREEZE_AFTER {
            frozen.freeze(cgroup)?;
        }
        for pid in members {
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    Ok(())
}

struct Frozen<'a>(Option<&'a Cgroup>);

impl<'a> Frozen<'a> {
    fn freeze(&mut self, cgroup: Option<&'a Cgroup>) -> Result<()> {
        let Some(cgroup) = cgroup else { return Ok(()) };
        cgroup.freeze()?;
        self.0 = Some(cgroup);
        Ok(())
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let Some(cgroup) = self.0 else { return };
        if let Err(error) = cgroup.thaw() {
            log!("programs stay frozen: {error}");
        }
    }
}

/// The living processes of the session but its leader, who is dead when this is asked and waits to be reaped.
fn members(sid: libc::pid_t, cgroup: Option<&Cgroup>) -> Result<Vec<libc::pid_t>> {
    let mut pids = match cgroup {
        Some(cgroup) => cgroup.members()?,
        None => all()?,
    };
    pids.retain(|pid: &libc::pid_t| {
        *pid != sid && sys::check(unsafe { libc::getsid(*pid) }).is_ok_and(|other| other == sid) && is_alive(*pid)
    });
    Ok(pids)
}

fn all() -> Result<Vec<libc::pid_t>> {
    let entries = fs::read_dir("/proc")?;
    Ok(entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect())
}

/// False for what has died and waits for its parent.
fn is_alive(pid: libc::pid_t) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, Some('Z' | 'X') | None)
}
