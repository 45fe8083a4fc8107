//! One program's connection on its way through a door: bytes both ways, each direction held back by its receiver.

use std::io::Result;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use super::cancelled;
use crate::fault::Fault;
use crate::reply;
use crate::stream::{Body, Stream, CHUNK};
use crate::sys::{self, EventFd};
use crate::wire::cbor::Encoder;

/// What the kernel holds of a connection in either direction; it doubles this.
const BUFFER: libc::c_int = 131_072;
const GONE: libc::c_short = libc::POLLHUP | libc::POLLERR;

/// Bounds what the kernel keeps, outside of all limits, for the connections that this listener takes.
pub fn bound_buffers(listener: &TcpListener) -> Result<()> {
    for option in [libc::SO_SNDBUF, libc::SO_RCVBUF] {
        set(listener.as_raw_fd(), option, &BUFFER)?;
    }
    Ok(())
}

fn set<T>(socket: i32, option: libc::c_int, value: &T) -> Result<()> {
    let value = (value as *const T).cast();
    sys::check(unsafe { libc::setsockopt(socket, libc::SOL_SOCKET, option, value, size_of::<T>() as libc::socklen_t) })?;
    Ok(())
}

/// Carries the connection to its end and replies on `stream`.
pub fn carry(stream: &Arc<Stream>, socket: TcpStream, token: &str) {
    let mut passage =
        Passage { stream, socket, pending: Vec::new(), taken: 0, sent: 0, received: 0, program: Side::Open, host: Side::Open };
    match passage.run(token) {
        Ok(true) => {
            let mut reply = reply::ok(2);
            reply.text("sent").int(passage.sent as i64).text("received").int(passage.received as i64);
            stream.reply(&reply.bytes);
        }
        Ok(false) => {
            passage.reset();
            stream.reply(&cancelled());
        }
        Err(error) => {
            passage.reset();
            stream.reply(&reply::error(&Fault::of(&error, "the connection")));
        }
    }
}

#[derive(PartialEq)]
enum Side {
    Open,
    /// It says no more, but may listen.
    Ended,
}

struct Passage<'a> {
    stream: &'a Arc<Stream>,
    socket: TcpStream,
    /// What the host has said, and how much of it the program has taken.
    pending: Vec<u8>,
    taken: usize,
    sent: u64,
    received: u64,
    program: Side,
    host: Side,
}

/// What one try to move bytes came to.
enum Moved {
    Some,
    Nothing,
    /// The program has gone.
    Gone,
}

impl Passage<'_> {
    /// True when both have said all, or the program has gone; false when the host gave it up.
    fn run(&mut self, token: &str) -> Result<bool> {
        let waker = Arc::new(EventFd::new()?);
        self.stream.set_waker(waker.clone());
        self.socket.set_nonblocking(true)?;
        self.socket.set_nodelay(true)?;
        let mut frames = Vec::new();
        self.stream.data(&mut frames, 0, |out| introduce(token, out))?;
        loop {
            if self.stream.is_over() {
                return Ok(false);
            }
            if let Moved::Gone = self.to_program()? {
                return Ok(true);
            }
            match self.to_host(&mut frames)? {
                Moved::Gone => return Ok(true),
                Moved::Some => continue,
                Moved::Nothing => {}
            }
            if self.program == Side::Ended && self.host == Side::Ended {
                return Ok(true);
            }
            if !self.wait(&waker)? {
                return Ok(true);
            }
        }
    }

    /// Takes one piece of what the program says. `frames` may hold some to be sent with it.
    fn to_host(&mut self, frames: &mut Vec<u8>) -> Result<Moved> {
        let room = self.stream.room(false).unwrap_or(0);
        let mut got = None;
        if self.program == Side::Open && room > 0 {
            let fd = self.socket.as_raw_fd();
            let read = self.stream.data(frames, 0, |out| sys::read_into(fd, out, room.min(CHUNK)).map(|n| got = n));
            match read {
                Err(error) if is_gone(&error) => return Ok(Moved::Gone),
                read => self.sent += read? as u64,
            }
            if got == Some(0) {
                self.program = Side::Ended;
                self.stream.end(frames);
            }
        }
        if !frames.is_empty() {
            self.stream.send(frames);
            frames.clear();
        }
        Ok(if got.is_some_and(|n| n > 0) { Moved::Some } else { Moved::Nothing })
    }

    /// Gives the program what the host has said, as much as it takes.
    fn to_program(&mut self) -> Result<Moved> {
        while self.host == Side::Open {
            if self.taken == self.pending.len() {
                match self.stream.body(false) {
                    Body::Bytes(bytes) => (self.pending, self.taken) = (bytes, 0),
                    Body::End => {
                        self.host = Side::Ended;
                        return Ok(if self.socket.shutdown(Shutdown::Write).is_ok() { Moved::Some } else { Moved::Gone });
                    }
                    Body::Later | Body::Gone => return Ok(Moved::Nothing),
                }
            }
            match sys::write(self.socket.as_raw_fd(), &self.pending[self.taken..]) {
                Ok(Some(n)) => {
                    self.received += n as u64;
                    self.taken += n;
                }
                Ok(None) => return Ok(Moved::Nothing),
                Err(error) if is_gone(&error) => return Ok(Moved::Gone),
                Err(error) => return Err(error),
            }
        }
        Ok(Moved::Nothing)
    }

    /// False when the program has gone.
    fn wait(&self, waker: &EventFd) -> Result<bool> {
        let hears = self.program == Side::Open && self.stream.room(false).unwrap_or(0) > 0;
        let says = self.taken < self.pending.len();
        let events = if hears { libc::POLLIN } else { 0 } | if says { libc::POLLOUT } else { 0 };
        let mut fds = [sys::pollfd(waker.fd(), libc::POLLIN), sys::pollfd(self.socket.as_raw_fd(), events)];
        sys::poll(&mut fds, None)?;
        waker.clear();
        // Where it is read from, reading tells; elsewhere nothing else would, and waiting would not wait.
        Ok(hears || fds[1].revents & GONE == 0)
    }

    /// The program is to see that this is no ordinary end.
    fn reset(&self) {
        let at_once = libc::linger { l_onoff: 1, l_linger: 0 };
        if let Err(error) = set(self.socket.as_raw_fd(), libc::SO_LINGER, &at_once) {
            log!("a connection ends as if all were well: {error}");
        }
    }
}

/// The record in front of what the program says: who the VM is, which no program can say in its place.
fn introduce(token: &str, out: &mut Vec<u8>) -> Result<()> {
    let mut record = Encoder::default();
    record.map(1).text("token").text(token);
    out.extend((record.bytes.len() as u32).to_be_bytes());
    out.extend(&record.bytes);
    Ok(())
}

fn is_gone(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPIPE | libc::ECONNRESET | libc::ENOTCONN | libc::ETIMEDOUT))
}
