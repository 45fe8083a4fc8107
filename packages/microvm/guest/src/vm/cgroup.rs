//! One control group for all programs, so that they can neither starve nor outnumber the agent.

use std::fs::{self, File};
use std::io::Result;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

const MOUNT: &str = "/sys/fs/cgroup";
const MAX_PROCESSES: u64 = 2_048;
/// Memory that programs never get: a fifth, within these bounds.
const RESERVE: (u64, u64) = (32 << 20, 128 << 20);

pub struct Cgroup {
    pub path: PathBuf,
    pub fd: OwnedFd,
}

impl Cgroup {
    /// Makes the group; the file system of groups must be mounted.
    pub fn make() -> Result<Cgroup> {
        fs::write(format!("{MOUNT}/cgroup.subtree_control"), "+pids +memory")?;
        let path = PathBuf::from(MOUNT).join("work");
        fs::create_dir_all(&path)?;
        fs::write(path.join("pids.max"), MAX_PROCESSES.to_string())?;
        let total = memory()?;
        fs::write(path.join("memory.max"), (total - (total / 5).clamp(RESERVE.0, RESERVE.1).min(total / 2)).to_string())?;
        Cgroup::open(path)
    }

    pub fn open(path: PathBuf) -> Result<Cgroup> {
        let fd = File::open(&path)?.into();
        Ok(Cgroup { path, fd })
    }

    pub fn again(&self) -> Result<Cgroup> {
        Cgroup::open(self.path.clone())
    }

    /// Ends every process in it.
    pub fn kill(&self) -> Result<()> {
        fs::write(self.path.join("cgroup.kill"), "1")
    }
}

/// Bytes of memory that the kernel has to give.
pub fn memory() -> Result<u64> {
    let mut info: libc::sysinfo = unsafe { std::mem::zeroed() };
    crate::sys::check(unsafe { libc::sysinfo(&mut info) })?;
    Ok(info.totalram * u64::from(info.mem_unit))
}
