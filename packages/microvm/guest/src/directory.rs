//! Reading and removing directories through handles, so that nobody can put a link in the way.

use std::ffi::{CStr, CString};
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::sys;

/// inode u64 | offset u64 | record length u16 | type u8 | name, NUL
const NAME_AT: usize = 19;
/// Of one directory: a program can put millions in one, and the agent has little memory.
const MAX_ENTRIES: usize = 65_536;
/// Directories in each other that are removed at once; each is open meanwhile.
const MAX_DEPTH: usize = 4_096;

/// An entry as the directory itself describes it: `kind` is one of `libc::DT_*`, where the file system tells.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: CString,
    pub kind: u8,
}

/// What is in a directory, apart from `.` and `..`, in the directory's own order.
pub struct Entries {
    pub all: Vec<Entry>,
    /// Whether there are more than can be held.
    pub is_cut: bool,
}

/// Reads a directory from its beginning. The handle must be open for reading.
pub fn entries(fd: RawFd) -> Result<Entries> {
    sys::check(unsafe { libc::lseek(fd, 0, libc::SEEK_SET) })?;
    let mut entries = Entries { all: Vec::new(), is_cut: false };
    let mut buffer = vec![0u8; 32_768];
    loop {
        let n = sys::check(unsafe { libc::syscall(libc::SYS_getdents64, fd, buffer.as_mut_ptr(), buffer.len()) })? as usize;
        if n == 0 {
            return Ok(entries);
        }
        let mut at = 0;
        while at + NAME_AT < n {
            let length = usize::from(u16::from_ne_bytes([buffer[at + 16], buffer[at + 17]]));
            let record = buffer.get(at..at + length).filter(|record| record.len() > NAME_AT);
            let Some(record) = record else { return Err(Error::from_raw_os_error(libc::EIO)) };
            let name = CStr::from_bytes_until_nul(&record[NAME_AT..]).map_err(|_| Error::from_raw_os_error(libc::EIO))?;
            if !matches!(name.to_bytes(), b"." | b"..") {
                if entries.all.len() == MAX_ENTRIES {
                    entries.is_cut = true;
                    return Ok(entries);
                }
                entries.all.push(Entry { name: name.to_owned(), kind: record[NAME_AT - 1] });
            }
            at += length;
        }
    }
}

/// Opens the directory `name` of `at` for reading, itself and not what a link of that name leads to.
pub fn open(at: RawFd, name: &CString) -> Result<OwnedFd> {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK;
    unsafe { sys::own(libc::openat(at, name.as_ptr(), flags)) }
}

pub fn unlink(at: RawFd, name: &CString, is_directory: bool) -> Result<()> {
    sys::check(unsafe { libc::unlinkat(at, name.as_ptr(), if is_directory { libc::AT_REMOVEDIR } else { 0 }) })?;
    Ok(())
}

struct Level {
    name: CString,
    entries: Entries,
    directory: OwnedFd,
}

/// Removes the directory `name` of `parent` with all that is in it, without recursion: trees can be deep.
pub fn remove_tree(parent: &OwnedFd, name: CString) -> Result<()> {
    let mut levels = vec![enter(parent, name)?];
    while let Some(level) = levels.last_mut() {
        if let Some(Entry { name, .. }) = level.entries.all.pop() {
            match unlink(level.directory.as_raw_fd(), &name, false) {
                Err(error) if error.raw_os_error() == Some(libc::EISDIR) => {
                    let inner = enter(&level.directory, name)?;
                    if levels.len() == MAX_DEPTH {
                        return Err(Error::from_raw_os_error(libc::ENAMETOOLONG));
                    }
                    levels.push(inner);
                }
                removed => unless_absent(removed)?,
            }
        } else if level.entries.is_cut {
            level.entries = entries(level.directory.as_raw_fd())?;
        } else if let Some(done) = levels.pop() {
            let above = levels.last().map_or(parent, |above| &above.directory);
            unless_absent(unlink(above.as_raw_fd(), &done.name, true))?;
        }
    }
    Ok(())
}

fn enter(parent: &OwnedFd, name: CString) -> Result<Level> {
    let directory = open(parent.as_raw_fd(), &name)?;
    let entries = entries(directory.as_raw_fd())?;
    Ok(Level { name, entries, directory })
}

fn unless_absent(result: Result<()>) -> Result<()> {
    match result {
        Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(()),
        result => result,
    }
}
