//! The system calls that the standard library has no safe form for, each with its errno as an error.

use std::ffi::CString;
use std::fs::File;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// -1 is an error, anything else the result.
pub fn check<T: Copy + PartialEq + From<i8>>(result: T) -> Result<T> {
    if result == T::from(-1) {
        return Err(Error::last_os_error());
    }
    Ok(result)
}

pub fn c_string(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::from_raw_os_error(libc::EINVAL))
}

/// # Safety
/// `fd` must be open and belong to nobody else.
pub unsafe fn own(fd: libc::c_int) -> Result<OwnedFd> {
    let fd = check(fd)?;
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Wakes a thread that polls.
pub struct EventFd(File);

impl EventFd {
    pub fn new() -> Result<EventFd> {
        let fd = unsafe { own(libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK))? };
        Ok(EventFd(File::from(fd)))
    }

    pub fn signal(&self) {
        // Fails only when it has been signalled 2^64 times and never read: then the reader wakes anyway.
        let one = 1u64.to_ne_bytes();
        unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    pub fn clear(&self) {
        let mut count = [0u8; 8];
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }

    pub fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

pub fn pollfd(fd: RawFd, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

/// Waits until one of `fds` is ready or the time is over; `None` waits for ever. Interruptions count as nothing ready.
pub fn poll(fds: &mut [libc::pollfd], timeout: Option<Duration>) -> Result<()> {
    // Rounded up, lest the last millisecond be spent spinning.
    let ms = timeout.map_or(-1, |time| time.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32);
    let ready = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, ms) };
    match check(ready) {
        Err(error) if error.raw_os_error() != Some(libc::EINTR) => Err(error),
        Err(_) => {
            fds.iter_mut().for_each(|fd| fd.revents = 0);
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// Reads once. `Ok(None)` when nothing is there now.
pub fn read(fd: RawFd, buffer: &mut [u8]) -> Result<Option<usize>> {
    unless_blocked(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// Reads once, and appends up to `most` bytes to `out`. `Ok(None)` when nothing is there now.
pub fn read_into(fd: RawFd, out: &mut Vec<u8>, most: usize) -> Result<Option<usize>> {
    out.reserve(most);
    // Not zeroed before: most reads bring far less than there is room for.
    let spare = out.spare_capacity_mut();
    let n = unless_blocked(unsafe { libc::read(fd, spare.as_mut_ptr().cast(), most) })?;
    // The kernel has filled that many.
    unsafe { out.set_len(out.len() + n.unwrap_or(0)) };
    Ok(n)
}

/// Writes once. `Ok(None)` when nothing can be taken now.
pub fn write(fd: RawFd, bytes: &[u8]) -> Result<Option<usize>> {
    unless_blocked(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

fn unless_blocked(n: isize) -> Result<Option<usize>> {
    match check(n) {
        Ok(n) => Ok(Some(n as usize)),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EINTR)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub fn set_nonblocking(fd: RawFd) -> Result<()> {
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) })?;
    Ok(())
}

/// A pipe (read end, write end), both closed in programs that are started.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let mut fds = [0; 2];
    check(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) })?;
    Ok(unsafe { (OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])) })
}

/// Writes of all changes of the file system that `fd` lies on reach stable storage.
pub fn syncfs(fd: RawFd) -> Result<()> {
    check(unsafe { libc::syncfs(fd) })?;
    Ok(())
}

const FIFREEZE: u32 = 0xc004_5877;
const FITHAW: u32 = 0xc004_5878;

/// Brings the file system that `fd` lies on to rest: all of it on stable storage, its own journal empty, whoever writes waits.
pub fn freeze_fs(fd: RawFd) -> Result<()> {
    check(unsafe { libc::ioctl(fd, FIFREEZE as _, 0) })?;
    Ok(())
}

pub fn thaw_fs(fd: RawFd) -> Result<()> {
    check(unsafe { libc::ioctl(fd, FITHAW as _, 0) })?;
    Ok(())
}

/// While it lives, this thread's file system calls are made with the rights of one user.
pub struct FileRights(());

impl FileRights {
    pub fn of(uid: u32) -> FileRights {
        unsafe {
            libc::syscall(libc::SYS_setfsgid, uid);
            libc::syscall(libc::SYS_setfsuid, uid);
        }
        FileRights(())
    }
}

impl Drop for FileRights {
    fn drop(&mut self) {
        unsafe {
            libc::syscall(libc::SYS_setfsuid, libc::geteuid());
            libc::syscall(libc::SYS_setfsgid, libc::getegid());
        }
    }
}

/// One line in one write, which the kernel's log takes as one entry.
pub fn log(line: &str) {
    let line = format!("vibewriter: {line}\n");
    // If even this fails there is nowhere left to say so.
    unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
}
