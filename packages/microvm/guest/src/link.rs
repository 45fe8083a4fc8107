//! The byte stream to the host: a virtio-serial port or a vsock connection in a VM, a unix socket in tests.

use std::io::{Error, Result};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sys;

/// How long a port may seem to be nobody's after the host has spoken on it.
const TAKEN_UP: Duration = Duration::from_millis(200);

pub enum Event {
    Bytes(usize),
    /// Nobody holds the other end. A port may be taken up again; a socket is over.
    HungUp,
}

pub struct Link {
    fd: OwnedFd,
    epoll: OwnedFd,
    is_port: bool,
    writing: Mutex<()>,
}

impl Link {
    pub fn new(fd: OwnedFd, is_port: bool) -> Result<Link> {
        sys::set_nonblocking(fd.as_raw_fd())?;
        let epoll = unsafe { sys::own(libc::epoll_create1(libc::EPOLL_CLOEXEC))? };
        // Edge-triggered: a port that nobody holds is "hung up" all the time, and level-triggered waiting would spin.
        let events = (libc::EPOLLIN | libc::EPOLLHUP | libc::EPOLLET) as u32;
        let mut interest = libc::epoll_event { events, u64: 0 };
        sys::check(unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &mut interest) })?;
        Ok(Link { fd, epoll, is_port, writing: Mutex::new(()) })
    }

    /// Whether a hang-up is an end, not a pause.
    pub fn ends_with_hangup(&self) -> bool {
        !self.is_port
    }

    /// Ends it for whoever reads or writes.
    pub fn close(&self) {
        // Fails only where the other end has closed it already.
        unsafe { libc::shutdown(self.fd.as_raw_fd(), libc::SHUT_RDWR) };
    }

    /// Waits for bytes, or for the other end to go away.
    pub fn read(&self, buffer: &mut [u8]) -> Result<Event> {
        loop {
            match sys::read(self.fd.as_raw_fd(), buffer) {
                Ok(Some(0)) => return Ok(Event::HungUp),
                Ok(Some(n)) => return Ok(Event::Bytes(n)),
                Ok(None) => self.wait()?,
                Err(error) if error.raw_os_error() == Some(libc::ECONNRESET) => return Ok(Event::HungUp),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until something about the stream has changed.
    pub fn wait(&self) -> Result<()> {
        let mut event = libc::epoll_event { events: 0, u64: 0 };
        match sys::check(unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), &mut event, 1, -1) }) {
            Err(error) if error.raw_os_error() != Some(libc::EINTR) => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes all of `bytes`, one caller at a time, unless the connection they belong to is over. False if they were not written.
    pub fn write(&self, bytes: &[u8], is_over: &AtomicBool) -> bool {
        let _turn = self.writing.lock().unwrap();
        let mut rest = bytes;
        while !rest.is_empty() {
            if is_over.load(Ordering::Acquire) {
                return false;
            }
            match sys::write(self.fd.as_raw_fd(), rest) {
                Ok(Some(n)) => rest = &rest[n..],
                Ok(None) => {
                    if !self.wait_for_room(is_over) {
                        return false;
                    }
                }
                Err(error) => {
                    report(&error);
                    return false;
                }
            }
        }
        true
    }

    /// False when nobody will ever read what is written.
    fn wait_for_room(&self, is_over: &AtomicBool) -> bool {
        let begun = Instant::now();
        loop {
            let mut fds = [sys::pollfd(self.fd.as_raw_fd(), libc::POLLOUT)];
            // Short, so that the end of a connection is seen by those who wait to write to it.
            if sys::poll(&mut fds, Some(Duration::from_millis(200))).is_err() {
                return false;
            }
            if fds[0].revents & (libc::POLLHUP | libc::POLLERR) == 0 {
                return true;
            }
            // The kernel learns in a thread of its own that a port was taken up: what the host says there may be read before that.
            if !self.is_port || is_over.load(Ordering::Acquire) || begun.elapsed() > TAKEN_UP {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

fn report(error: &Error) {
    if !matches!(error.raw_os_error(), Some(libc::EPIPE | libc::ECONNRESET)) {
        log!("the stream to the host takes no bytes: {error}");
    }
}
