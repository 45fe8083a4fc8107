//! What the programs of the VM use, all together.

use std::io::Result;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use crate::args::Args;
use crate::call::Context;
use crate::fault::{OrFault, Outcome};
use crate::reply::{self, Answer};
use crate::sys;
use crate::vm::cgroup::{self, Usage};

pub fn metrics(context: &Context, args: Args) -> Outcome<Answer> {
    args.done()?;
    let place = context.place();
    let usage = place.cgroup().map_or(Ok(Usage::default()), |cgroup| cgroup.usage()).or_fault("the control group")?;
    let disk = place.disk().map(|disk| space(disk.as_raw_fd())).transpose().or_fault("the disk")?;
    let mut reply = reply::ok(if disk.is_some() { 11 } else { 7 });
    let mut say = |key, n: u64| {
        reply.text(key).int(n.min(i64::MAX as u64) as i64);
    };
    say("uptime_us", uptime().or_fault("the clock")?.as_micros() as u64);
    say("cpu_us", usage.cpu_us);
    say("processes", usage.processes);
    say("max_processes", usage.max_processes);
    say("memory_bytes", usage.memory_bytes);
    say("max_memory_bytes", usage.max_memory_bytes);
    say("total_memory_bytes", cgroup::memory().or_fault("the memory")?);
    if let Some(disk) = disk {
        let block = disk.f_frsize;
        say("disk_bytes", (disk.f_blocks - disk.f_bfree) * block);
        // What the file system keeps for itself is nobody's.
        say("max_disk_bytes", (disk.f_blocks - disk.f_bfree + disk.f_bavail) * block);
        say("inodes", disk.f_files - disk.f_ffree);
        say("max_inodes", disk.f_files);
    }
    Ok(reply.into())
}

fn space(fd: RawFd) -> Result<libc::statvfs> {
    let mut space: libc::statvfs = unsafe { std::mem::zeroed() };
    sys::check(unsafe { libc::fstatvfs(fd, &mut space) })?;
    Ok(space)
}

/// Since the kernel began, also while the VM was not there.
fn uptime() -> Result<Duration> {
    let mut time: libc::timespec = unsafe { std::mem::zeroed() };
    sys::check(unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &mut time) })?;
    Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}
