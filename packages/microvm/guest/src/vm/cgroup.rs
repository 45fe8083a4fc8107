//! One control group for all programs, so that they can neither starve nor outnumber the agent.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const MOUNT: &str = "/sys/fs/cgroup";
const MAX_PROCESSES: u64 = 2_048;
/// Memory that programs never get: a fifth, within these bounds.
const RESERVE: (u64, u64) = (32 << 20, 128 << 20);
/// How long programs may take to stop: one that waits for the disk stops when the disk has answered.
const STOPPING: Duration = Duration::from_secs(5);

pub struct Cgroup {
    path: PathBuf,
    pub fd: OwnedFd,
    /// How many want it frozen.
    frozen: Arc<Mutex<u32>>,
}

/// Bounds of all programs together; absent: those that the guest has anyway.
#[derive(Clone, Copy, Default)]
pub struct Limits {
    pub processes: Option<u64>,
    pub memory_bytes: Option<u64>,
}

/// What all programs together use, and may use.
#[derive(Default)]
pub struct Usage {
    pub cpu_us: u64,
    pub processes: u64,
    pub max_processes: u64,
    pub memory_bytes: u64,
    pub max_memory_bytes: u64,
}

impl Cgroup {
    /// Makes the group; the file system of groups must be mounted.
    pub fn make() -> Result<Cgroup> {
        let control = format!("{MOUNT}/cgroup.subtree_control");
        fs::write(&control, "+pids +memory")?;
        if let Err(error) = fs::write(&control, "+cpu") {
            log!("programs compete with the agent for the processor one by one: {error}");
        }
        let path = PathBuf::from(MOUNT).join("work");
        fs::create_dir_all(&path)?;
        let fd = File::open(&path)?.into();
        let cgroup = Cgroup { path, fd, frozen: Arc::default() };
        cgroup.limit(Limits { processes: Some(MAX_PROCESSES), memory_bytes: Some(u64::MAX) })?;
        Ok(cgroup)
    }

    pub fn again(&self) -> Result<Cgroup> {
        Ok(Cgroup { path: self.path.clone(), fd: self.fd.try_clone()?, frozen: self.frozen.clone() })
    }

    /// Sets the bounds that are given, none of them past what the agent needs for itself.
    pub fn limit(&self, limits: Limits) -> Result<()> {
        if let Some(processes) = limits.processes {
            self.write("pids.max", &processes.min(MAX_PROCESSES).to_string())?;
        }
        if let Some(bytes) = limits.memory_bytes {
            let total = memory()?;
            let most = total - (total / 5).clamp(RESERVE.0, RESERVE.1).min(total / 2);
            self.write("memory.max", &bytes.min(most).to_string())?;
        }
        Ok(())
    }

    pub fn usage(&self) -> Result<Usage> {
        Ok(Usage {
            cpu_us: self.field("cpu.stat", "usage_usec")?,
            processes: self.number("pids.current")?,
            max_processes: self.number("pids.max")?,
            memory_bytes: self.number("memory.current")?,
            max_memory_bytes: self.number("memory.max")?,
        })
    }

    /// The processes in it.
    pub fn members(&self) -> Result<Vec<libc::pid_t>> {
        Ok(fs::read_to_string(self.path.join("cgroup.procs"))?.lines().filter_map(|pid| pid.parse().ok()).collect())
    }

    /// Ends every process in it.
    pub fn kill(&self) -> Result<()> {
        self.write("cgroup.kill", "1")
    }

    /// Has every process in it stop soon, until as many have called `thaw` as this.
    pub fn freeze(&self) -> Result<()> {
        let mut frozen = self.frozen.lock().unwrap();
        self.write("cgroup.freeze", "1")?;
        *frozen += 1;
        Ok(())
    }

    pub fn thaw(&self) -> Result<()> {
        let mut frozen = self.frozen.lock().unwrap();
        *frozen -= 1;
        if *frozen == 0 {
            self.write("cgroup.freeze", "0")?;
        }
        Ok(())
    }

    /// After `freeze`: waits until nothing in it runs.
    pub fn wait_until_frozen(&self) -> Result<()> {
        let begun = Instant::now();
        while self.field("cgroup.events", "frozen")? == 0 {
            if begun.elapsed() > STOPPING {
                return Err(Error::new(ErrorKind::TimedOut, "a program does not stop"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn write(&self, name: &str, value: &str) -> Result<()> {
        fs::write(self.path.join(name), value)
    }

    fn number(&self, name: &str) -> Result<u64> {
        parse(fs::read_to_string(self.path.join(name))?.trim(), name)
    }

    /// The number behind `key` in a file of such lines.
    fn field(&self, name: &str, key: &str) -> Result<u64> {
        let text = fs::read_to_string(self.path.join(name))?;
        let found = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        parse(found.unwrap_or_default(), name)
    }
}

fn parse(text: &str, name: &str) -> Result<u64> {
    text.parse().map_err(|_| Error::new(ErrorKind::InvalidData, format!("{name} says {text}")))
}

/// Bytes of memory that the kernel has to give.
pub fn memory() -> Result<u64> {
    let mut info: libc::sysinfo = unsafe { std::mem::zeroed() };
    crate::sys::check(unsafe { libc::sysinfo(&mut info) })?;
    Ok(info.totalram * u64::from(info.mem_unit))
}
