//! Paths that come from the host, and the only way to open them: inside the root, whatever links are in the way.

use std::ffi::CString;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::args::Args;
use crate::fault::{fault, Code, Fault, OrFault, Outcome};
use crate::sys;

pub const MAX: usize = 4_096;

/// An absolute path without `..`; it says what the host said, for messages.
#[derive(Clone, Debug)]
pub struct GuestPath(String);

impl std::fmt::Display for GuestPath {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl GuestPath {
    pub fn new(text: String) -> Outcome<GuestPath> {
        let is_valid =
            text.starts_with('/') && text.len() <= MAX && !text.contains('\0') && text.split('/').all(|part| part != "..");
        if !is_valid {
            return fault(Code::InvalidPath, "A path must be absolute, at most 4,096 bytes long, without `..` and NUL.");
        }
        Ok(GuestPath(text))
    }

    pub fn take(args: &mut Args, key: &str) -> Outcome<GuestPath> {
        GuestPath::new(args.content(key)?)
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    fn relative(&self) -> Result<CString> {
        let inside = self.0.trim_start_matches('/');
        sys::c_string(if inside.is_empty() { "." } else { inside })
    }

    /// The directory it lies in and its name there. The root itself has neither.
    pub fn split(&self) -> Outcome<(GuestPath, String)> {
        let trimmed = self.0.trim_end_matches('/');
        let Some((directory, name)) = trimmed.rsplit_once('/').filter(|(_, name)| !name.is_empty() && *name != ".") else {
            return fault(Code::InvalidPath, format!("{self} names no entry of a directory."));
        };
        Ok((GuestPath(format!("{directory}/")), name.to_owned()))
    }
}

/// The directory that paths are resolved in.
#[derive(Clone, Copy)]
pub struct Root<'a>(pub BorrowedFd<'a>);

impl Root<'_> {
    fn open_at(&self, path: &GuestPath, flags: libc::c_int) -> Result<OwnedFd> {
        let path = path.relative()?;
        let mut how: libc::open_how = unsafe { std::mem::zeroed() };
        how.flags = (flags | libc::O_CLOEXEC) as u64;
        how.resolve = libc::RESOLVE_IN_ROOT | libc::RESOLVE_NO_MAGICLINKS;
        loop {
            let size = size_of::<libc::open_how>();
            let fd = unsafe { libc::syscall(libc::SYS_openat2, self.0.as_raw_fd(), path.as_ptr(), &how, size) };
            let opened = unsafe { sys::own(fd as libc::c_int) };
            match opened {
                // Something on the way was renamed meanwhile: the kernel asks for another try.
                Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => continue,
                opened => return opened,
            }
        }
    }

    pub fn open(&self, path: &GuestPath, flags: libc::c_int) -> Outcome<OwnedFd> {
        // Never waits for the other end of a FIFO, never takes a terminal.
        self.open_at(path, flags | libc::O_NONBLOCK | libc::O_NOCTTY).or_fault(path)
    }

    /// A handle that only names the thing, of any type.
    pub fn handle(&self, path: &GuestPath, follow: bool) -> Outcome<OwnedFd> {
        let flags = if follow { libc::O_PATH } else { libc::O_PATH | libc::O_NOFOLLOW };
        self.open_at(path, flags).or_fault(path)
    }

    pub fn directory(&self, path: &GuestPath) -> Outcome<OwnedFd> {
        self.open_at(path, libc::O_PATH | libc::O_DIRECTORY).or_fault(path)
    }

    /// The directory of `path`, and its name in it.
    pub fn parent(&self, path: &GuestPath) -> Outcome<(OwnedFd, CString)> {
        let (directory, name) = path.split()?;
        let name = sys::c_string(&name).or_fault(path)?;
        Ok((self.directory(&directory).map_err(|fault| of_parent(fault, path))?, name))
    }

    /// Makes the directory and those above it that are missing.
    pub fn make_directories(&self, path: &GuestPath) -> Outcome<OwnedFd> {
        let mut missing = Vec::new();
        let mut at = path.clone();
        let mut directory = loop {
            match self.open_at(&at, libc::O_PATH | libc::O_DIRECTORY) {
                Ok(directory) => break directory,
                Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {
                    let (above, name) = at.split()?;
                    missing.push(name);
                    at = above;
                }
                Err(error) => return Err(Fault::of(&error, &at)),
            }
        };
        while let Some(name) = missing.pop() {
            at = GuestPath(format!("{}/{name}", at.0.trim_end_matches('/')));
            let name = sys::c_string(&name).or_fault(path)?;
            match make_directory(directory.as_raw_fd(), &name) {
                // Somebody else made it first, or it is a link that leads to nothing.
                Err(error) if error.raw_os_error() != Some(libc::EEXIST) => return Err(Fault::of(&error, &at)),
                _ => directory = self.directory(&at)?,
            }
        }
        Ok(directory)
    }
}

pub fn make_directory(at: RawFd, name: &CString) -> Result<()> {
    sys::check(unsafe { libc::mkdirat(at, name.as_ptr(), 0o755) })?;
    Ok(())
}

fn of_parent(fault: Fault, path: &GuestPath) -> Fault {
    if fault.code == Code::NotFound {
        return Fault { code: Code::NotFound, message: format!("The directory of {path} does not exist.") };
    }
    fault
}

pub fn stat(fd: RawFd) -> Result<libc::stat> {
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    sys::check(unsafe { libc::fstat(fd, &mut stat) })?;
    Ok(stat)
}

/// The entry `name` of the directory `at`, itself if it is a link.
pub fn stat_at(at: RawFd, name: &CString) -> Result<libc::stat> {
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    sys::check(unsafe { libc::fstatat(at, name.as_ptr(), &mut stat, libc::AT_SYMLINK_NOFOLLOW) })?;
    Ok(stat)
}

pub fn is_absent(error: &Error) -> bool {
    error.raw_os_error() == Some(libc::ENOENT)
}
