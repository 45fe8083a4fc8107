//! The roots that programs and file calls live in: the read-only layers with a writable one over them, in memory or on disk.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use super::cgroup::{self, Cgroup};
use super::drives::Drives;
use super::mount::{bind, devices, directory, mount, SAFE};
use crate::configure::DIRECTORIES;
use crate::journal::Journal;
use crate::place::Place;
use crate::server::{AGENT_UID, SERVICE_UID};
use crate::spawn::Confinement;
use crate::sys;

const MEMORY: &str = "/memory";
const DISK: &str = "/disk";
const BLKFLSBUF: libc::c_ulong = 0x1261;

pub struct Roots {
    /// The read-only layers, uppermost first, as overlayfs wants them.
    lower: String,
    cgroup: Cgroup,
    drives: Drives,
}

impl Roots {
    /// Mounts the read-only layers and what all roots share.
    pub fn prepare(cgroup: Cgroup, drives: Drives) -> Result<Roots> {
        let mut lower = vec![mount_layer(&drives.wait_for("base")?, "base")?];
        while let Some(device) = drives.find(&format!("layer{}", lower.len() - 1))? {
            lower.push(mount_layer(&device, &format!("layer{}", lower.len() - 1))?);
        }
        lower.reverse();
        devices("/shared/dev")?;
        mount("run", "/shared/run", "tmpfs", SAFE, "mode=755,size=10%")?;
        directory("/shared/run/services", 0o770, SERVICE_UID, 0)?;
        mount("tmp", "/shared/tmp", "tmpfs", SAFE, "mode=1777,size=50%")?;
        Ok(Roots { lower: lower.join(":"), cgroup, drives })
    }

    /// The root of a template, and of a VM that keeps nothing.
    pub fn in_memory(&self) -> Result<(Place, Journal)> {
        mount("memory", MEMORY, "tmpfs", SAFE, "mode=755,size=50%")?;
        let place = self.place(MEMORY, "/roots/memory", "volatile,", None)?;
        let journal = Journal::open(&Path::new(MEMORY).join("journal"), false, cgroup::memory()? / 8)?;
        Ok((place, journal))
    }

    /// The root of a VM with a disk of its own, and the journal on it.
    pub fn on_disk(&self, max_output: u64) -> Result<(Place, Journal)> {
        let device = self.drives.find("disk")?.ok_or_else(|| Error::new(ErrorKind::NotFound, "this VM has no disk"))?;
        // A template saw another disk in this place: nothing that the kernel remembers of it holds.
        let handle = File::open(&device)?;
        sys::check(unsafe { libc::ioctl(handle.as_raw_fd(), BLKFLSBUF as _, 0) })?;
        drop(handle);
        mount(&device, DISK, "ext4", SAFE | libc::MS_NOATIME, "")?;
        let place = self.place(DISK, "/roots/disk", "", Some(File::open(DISK)?.into()))?;
        let journal = Journal::open(&Path::new(DISK).join("journal"), true, max_output)?;
        Ok((place, journal))
    }

    fn place(&self, writable: &str, at: &str, options: &str, disk: Option<OwnedFd>) -> Result<Place> {
        let (upper, work) = (format!("{writable}/upper"), format!("{writable}/work"));
        // Sticky: the agent may make things in the root, as its tools do, but not take away what is not its own.
        directory(&upper, 0o1777, 0, 0)?;
        directory(&work, 0o700, 0, 0)?;
        for name in DIRECTORIES {
            let path = format!("{upper}/{name}");
            if !Path::new(&path).exists() {
                directory(&path, 0o755, AGENT_UID, AGENT_UID)?;
            }
        }
        let options = format!("{options}redirect_dir=on,lowerdir={},upperdir={upper},workdir={work}", self.lower);
        mount("root", at, "overlay", SAFE | libc::MS_NOATIME, &options)?;
        mount("proc", &format!("{at}/proc"), "proc", SAFE | libc::MS_NOEXEC, "hidepid=invisible")?;
        mount("sys", &format!("{at}/sys"), "sysfs", SAFE | libc::MS_NOEXEC | libc::MS_RDONLY, "")?;
        for shared in ["dev", "run", "tmp"] {
            bind(&format!("/shared/{shared}"), &format!("{at}/{shared}"))?;
        }
        let root: OwnedFd = File::open(at)?.into();
        let confinement = Confinement { root: root.try_clone()?, cgroup: self.cgroup.again()? };
        Ok(Place::of_vm(root, confinement, disk))
    }

    /// Ends all programs and powers off. Does not come back. The disk is left as after an unmount, which would have to wait for
    /// everybody who uses it.
    pub fn power_off(&self, disk: Option<&OwnedFd>) -> ! {
        if let Err(error) = self.cgroup.kill() {
            log!("programs run on to the end: {error}");
        }
        if let Some(Err(error)) = disk.map(|disk| sys::freeze_fs(disk.as_raw_fd())) {
            log!("the disk is not at rest: {error}");
        }
        power_off();
    }
}

/// Syncs and turns the machine off, by a restart: nothing else ends a Firecracker, and QEMU is told to end where others restart.
pub fn power_off() -> ! {
    unsafe {
        libc::sync();
        libc::reboot(libc::RB_AUTOBOOT);
    }
    std::process::exit(1);
}

fn mount_layer(device: &str, name: &str) -> Result<String> {
    let at = format!("/lower/{name}");
    mount(device, &at, "erofs", libc::MS_RDONLY | libc::MS_NOATIME, "")?;
    Ok(at)
}
