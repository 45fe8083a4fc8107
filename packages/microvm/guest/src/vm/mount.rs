//! Mounting and making device nodes.

use std::fs;
use std::io::Result;
use std::os::unix::fs::{chown, PermissionsExt};
use std::path::Path;

use crate::sys::{self, c_string};

pub const SAFE: libc::c_ulong = libc::MS_NOSUID | libc::MS_NODEV;

/// Mounts `source` of type `kind` on `target`, which is made if it is missing.
pub fn mount(source: &str, target: &str, kind: &str, flags: libc::c_ulong, options: &str) -> Result<()> {
    fs::create_dir_all(target)?;
    let (source, at, kind, options) = (c_string(source)?, c_string(target)?, c_string(kind)?, c_string(options)?);
    let mounted = unsafe { libc::mount(source.as_ptr(), at.as_ptr(), kind.as_ptr(), flags, options.as_ptr().cast()) };
    sys::check(mounted).map(drop).map_err(|error| std::io::Error::new(error.kind(), format!("mounting {target}: {error}")))
}

/// Shows the mount `source` at `target` too.
pub fn bind(source: &str, target: &str) -> Result<()> {
    mount(source, target, "", libc::MS_BIND | libc::MS_REC, "")
}

pub fn directory(path: &str, mode: u32, uid: u32, gid: u32) -> Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    chown(path, Some(uid), Some(gid))
}

/// The few devices that programs expect.
pub fn devices(at: &str) -> Result<()> {
    mount("dev", at, "tmpfs", libc::MS_NOSUID | libc::MS_NOEXEC, "mode=755,size=64k")?;
    for (name, major, minor) in
        [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)]
    {
        let path = format!("{at}/{name}");
        let node = c_string(&path)?;
        sys::check(unsafe { libc::mknod(node.as_ptr(), libc::S_IFCHR | 0o666, libc::makedev(major, minor)) })?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
    }
    mount("devpts", &format!("{at}/pts"), "devpts", libc::MS_NOSUID | libc::MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")?;
    mount("shm", &format!("{at}/shm"), "tmpfs", SAFE, "mode=1777,size=25%")?;
    let links = [("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")];
    for (name, target) in links {
        std::os::unix::fs::symlink(target, Path::new(at).join(name))?;
    }
    Ok(())
}
