//! The kernel's notices of changes in directories.

use std::io::{Error, Result};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::sys;

/// descriptor i32 | mask u32 | cookie u32 | name length u32 | name, NULs
const HEAD: usize = 16;
/// A few hundred notices at once; the rest wait in the kernel, which bounds them.
const BUFFER: usize = 16_384;
const INTEREST: u32 = libc::IN_CREATE
    | libc::IN_DELETE
    | libc::IN_MODIFY
    | libc::IN_MOVED_FROM
    | libc::IN_MOVED_TO
    | libc::IN_DELETE_SELF
    | libc::IN_MOVE_SELF
    | libc::IN_ONLYDIR;

pub struct Notice {
    pub descriptor: i32,
    pub mask: u32,
    /// The same for both ends of a move.
    pub cookie: u32,
    /// Of the entry of the directory that it is about; empty if it is about the directory itself.
    pub name: String,
}

impl Notice {
    pub fn is(&self, what: u32) -> bool {
        self.mask & what != 0
    }
}

pub struct Inotify(OwnedFd);

impl Inotify {
    pub fn new() -> Result<Inotify> {
        unsafe { sys::own(libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK)) }.map(Inotify)
    }

    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Notices of a directory come from now on. Its descriptor is the same as long as it is the same directory.
    pub fn add(&self, directory: RawFd) -> Result<i32> {
        let path = sys::c_string(&format!("/proc/self/fd/{directory}"))?;
        sys::check(unsafe { libc::inotify_add_watch(self.fd(), path.as_ptr(), INTEREST) })
    }

    pub fn remove(&self, descriptor: i32) {
        // Fails only where the kernel has removed it already.
        unsafe { libc::inotify_rm_watch(self.fd(), descriptor) };
    }

    /// What has come, nothing if that is nothing.
    pub fn read(&self) -> Result<Vec<Notice>> {
        let mut buffer = vec![0; BUFFER];
        let n = sys::read(self.fd(), &mut buffer)?.unwrap_or(0);
        let mut rest = &buffer[..n];
        let mut notices = Vec::new();
        while !rest.is_empty() {
            let (notice, length) = parse(rest).ok_or_else(|| Error::from_raw_os_error(libc::EIO))?;
            notices.push(notice);
            rest = &rest[length..];
        }
        Ok(notices)
    }
}

fn parse(bytes: &[u8]) -> Option<(Notice, usize)> {
    let word = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let length = HEAD + word(12)? as usize;
    let name = bytes.get(HEAD..length)?.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    Some((Notice { descriptor: word(0)? as i32, mask: word(4)?, cookie: word(8)?, name }, length))
}
