//! Terminals of programs: a pair of ends, ours and theirs, with a size.

use std::fs::File;
use std::io::Result;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::args::Args;
use crate::fault::Outcome;
use crate::server::AGENT_UID;
use crate::sys::{self, FileRights};

#[derive(Clone, Copy)]
pub struct Size {
    rows: u16,
    cols: u16,
}

impl Size {
    pub fn take(args: &mut Args) -> Outcome<Size> {
        let mut side = |key| args.within(key, 1, u64::from(u16::MAX)).map(|n| n as u16);
        Ok(Size { rows: side("rows")?, cols: side("cols")? })
    }
}

/// Where terminals come from, and whether they are the agent's user's.
pub struct Terminals {
    pub ptmx: &'static str,
    pub is_confined: bool,
}

/// A new terminal: our end, which does not block, and the program's.
pub fn open(terminals: Terminals, size: Size) -> Result<(OwnedFd, OwnedFd)> {
    // The device belongs to whoever opens it.
    let _rights = terminals.is_confined.then(|| FileRights::of(AGENT_UID));
    let ours: OwnedFd = File::options().read(true).write(true).open(terminals.ptmx)?.into();
    let unlock: libc::c_int = 0;
    sys::check(unsafe { libc::ioctl(ours.as_raw_fd(), libc::TIOCSPTLCK as _, &unlock) })?;
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    let theirs = unsafe { sys::own(libc::ioctl(ours.as_raw_fd(), libc::TIOCGPTPEER as _, flags))? };
    resize(ours.as_raw_fd(), size)?;
    edit_in_utf8(theirs.as_raw_fd())?;
    sys::set_nonblocking(ours.as_raw_fd())?;
    Ok((ours, theirs))
}

/// Sets the size, of which the kernel tells the program.
pub fn resize(terminal: RawFd, size: Size) -> Result<()> {
    let size = libc::winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
    sys::check(unsafe { libc::ioctl(terminal, libc::TIOCSWINSZ as _, &size) })?;
    Ok(())
}

/// The process group that the terminal belongs to now.
pub fn foreground(terminal: RawFd) -> Result<libc::pid_t> {
    let mut group: libc::pid_t = 0;
    sys::check(unsafe { libc::ioctl(terminal, libc::TIOCGPGRP as _, &mut group) })?;
    Ok(group)
}

/// Erasing takes away whole characters.
fn edit_in_utf8(terminal: RawFd) -> Result<()> {
    let mut settings: libc::termios = unsafe { std::mem::zeroed() };
    sys::check(unsafe { libc::tcgetattr(terminal, &mut settings) })?;
    settings.c_iflag |= libc::IUTF8;
    sys::check(unsafe { libc::tcsetattr(terminal, libc::TCSANOW, &settings) })?;
    Ok(())
}
