//! Ending every process of a session, also those that fork faster than they are killed.

use std::fs;
use std::io::Result;
use std::time::{Duration, Instant};

use crate::sys;
use crate::vm::cgroup::Cgroup;

/// Passes after which the processes are frozen, so that they cannot outrun the killing.
const FREEZE_AFTER: usize = 3;
const PASS: Duration = Duration::from_millis(1);
/// How long what was killed is waited for. A thousand processes take the kernel a while to bury, but none of them runs any more.
const BURIAL: Duration = Duration::from_secs(1);

/// Kills all processes of the session `sid`. `cgroup` is the one that they are all in, if there is one.
pub fn kill(sid: libc::pid_t, cgroup: Option<&Cgroup>) -> Result<()> {
    // Most sessions are one process group, and most of those are over already.
    unsafe { libc::kill(-sid, libc::SIGKILL) };
    for _ in 0..FREEZE_AFTER {
        if kill_once(sid, cgroup)? {
            return Ok(());
        }
        std::thread::sleep(PASS);
    }
    let begun = Instant::now();
    let frozen = cgroup.map(Frozen::new).transpose()?;
    while !kill_once(sid, cgroup)? && begun.elapsed() < BURIAL {
        std::thread::sleep(PASS);
    }
    drop(frozen);
    Ok(())
}

/// True when there was nobody left to kill.
fn kill_once(sid: libc::pid_t, cgroup: Option<&Cgroup>) -> Result<bool> {
    let members = members(sid, cgroup)?;
    for pid in &members {
        unsafe { libc::kill(*pid, libc::SIGKILL) };
    }
    Ok(members.is_empty())
}

struct Frozen<'a>(&'a Cgroup);

impl<'a> Frozen<'a> {
    fn new(cgroup: &'a Cgroup) -> Result<Frozen<'a>> {
        cgroup.freeze()?;
        let frozen = Frozen(cgroup);
        // One that waits for a disk does not fork either.
        if let Err(error) = cgroup.wait_until_frozen() {
            log!("a program is killed before it stands still: {error}");
        }
        Ok(frozen)
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.thaw() {
            log!("programs stay frozen: {error}");
        }
    }
}

/// The living processes of the session but its leader, who is dead when this is asked and waits to be reaped.
fn members(sid: libc::pid_t, cgroup: Option<&Cgroup>) -> Result<Vec<libc::pid_t>> {
    let mut pids = match cgroup {
        // Those that have died are not among them.
        Some(cgroup) => cgroup.members()?,
        None => alive()?,
    };
    pids.retain(|pid| *pid != sid && sys::check(unsafe { libc::getsid(*pid) }).is_ok_and(|other| other == sid));
    Ok(pids)
}

fn alive() -> Result<Vec<libc::pid_t>> {
    let entries = fs::read_dir("/proc")?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|pid| is_alive(*pid)).collect())
}

/// False for what has died and waits for its parent.
fn is_alive(pid: libc::pid_t) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, Some('Z' | 'X') | None)
}
