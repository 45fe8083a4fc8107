//! A program that runs: its input and output on their way, its time, and its end.

use std::io::Result;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::call::Context;
use crate::operation::BodyReader;
use crate::output::Output;
use crate::programs::Seat;
use crate::session;
use crate::spawn::{self, Child, Status};
use crate::stream::Body;
use crate::sys::{self, EventFd};

/// How long output may come from what the program left behind, and how long a program may take to heed a hang-up.
const LINGER: Duration = Duration::from_secs(1);
/// How long a killed program may take to die before it is killed again.
const DYING: Duration = Duration::from_millis(10);

struct Stdin {
    pipe: Arc<OwnedFd>,
    pending: Vec<u8>,
}

pub struct Run<'a> {
    pub is_terminal: bool,
    pub deadline: Option<Instant>,
    pub timed_out: bool,
    pub cancelled: bool,
    context: &'a Context,
    output: &'a mut Output,
    child: Child,
    seat: Option<Seat<'a>>,
    waker: Arc<EventFd>,
    stdin: Option<Stdin>,
    pipes: [Option<Arc<OwnedFd>>; 2],
    body: BodyReader<'a>,
    hung_up_at: Option<Instant>,
    ended_at: Option<Instant>,
}

impl<'a> Run<'a> {
    /// `input` takes what the host sends, `outputs` are what the program writes to channels 1 and 2.
    pub fn new(
        context: &'a Context,
        output: &'a mut Output,
        child: Child,
        seat: Option<Seat<'a>>,
        waker: Arc<EventFd>,
        input: Option<Arc<OwnedFd>>,
        outputs: [Option<Arc<OwnedFd>>; 2],
    ) -> Run<'a> {
        Run {
            is_terminal: false,
            deadline: None,
            timed_out: false,
            cancelled: false,
            context,
            output,
            child,
            seat,
            waker,
            stdin: input.map(|pipe| Stdin { pipe, pending: Vec::new() }),
            pipes: outputs,
            body: BodyReader::new(&context.operation),
            hung_up_at: None,
            ended_at: None,
        }
    }

    /// Serves the program until it has ended and nobody holds its output, then ends what it left behind.
    pub fn to_the_end(&mut self) -> Result<Status> {
        self.serve().or_else(|error| {
            log!("a program is ended because it cannot be served: {error}");
            self.cancelled = true;
            self.kill()?;
            self.reap()
        })
    }

    fn serve(&mut self) -> Result<Status> {
        let mut must_end = false;
        while !self.is_over(must_end) {
            self.feed();
            let sending = self.output.send(&self.context.operation, false)?;
            must_end |= self.check_time() | self.check_host();
            if must_end && self.ended_at.is_none() {
                self.kill()?;
            }
            self.wait(sending)?;
        }
        self.kill_rest()?;
        for channel in [1, 2] {
            self.drain(channel)?;
        }
        self.reap()
    }

    /// From here on its process id may become another's.
    fn reap(&mut self) -> Result<Status> {
        self.seat = None;
        spawn::reap(&self.child)
    }

    fn is_over(&self, must_end: bool) -> bool {
        let Some(ended_at) = self.ended_at else { return false };
        must_end || self.pipes.iter().all(Option::is_none) || ended_at.elapsed() >= LINGER
    }

    /// Whether it must end: at its time limit, or when it has not heeded the hang-up.
    fn check_time(&mut self) -> bool {
        if self.ended_at.is_some() {
            return false;
        }
        let is_late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.timed_out |= is_late;
        is_late || self.hung_up_at.is_some_and(|at| at.elapsed() >= LINGER)
    }

    fn check_host(&mut self) -> bool {
        let stream = self.context.operation.stream();
        if self.is_terminal && stream.is_lost() {
            self.hang_up();
        }
        let is_unwanted = if self.is_terminal { stream.is_cancelled() } else { self.context.operation.is_unwanted() };
        self.cancelled |= is_unwanted && self.ended_at.is_none();
        is_unwanted
    }

    /// Closes our end of the terminal: the kernel tells all who use it.
    fn hang_up(&mut self) {
        if self.hung_up_at.is_none() {
            self.hung_up_at = Some(Instant::now());
            self.stdin = None;
            self.pipes = [None, None];
        }
    }

    fn kill(&self) -> Result<()> {
        unsafe { libc::kill(self.child.pid, libc::SIGKILL) };
        self.kill_rest()
    }

    fn kill_rest(&self) -> Result<()> {
        session::kill(self.child.pid, self.context.place().cgroup())
    }

    /// Waits until there is something to do, and takes what the program wrote.
    fn wait(&mut self, is_held_up: bool) -> Result<()> {
        let is_full = is_held_up && self.output.is_full();
        let mut fds = vec![sys::pollfd(self.waker.fd(), libc::POLLIN)];
        let pidfd = self.ended_at.is_none().then(|| add(&mut fds, self.child.pidfd.as_raw_fd(), libc::POLLIN));
        let pipes = [0, 1].map(|at| match &self.pipes[at] {
            Some(pipe) if !is_full => Some(add(&mut fds, pipe.as_raw_fd(), libc::POLLIN)),
            _ => None,
        });
        if let Some(stdin) = self.stdin.as_ref().filter(|stdin| !stdin.pending.is_empty()) {
            add(&mut fds, stdin.pipe.as_raw_fd(), libc::POLLOUT);
        }
        sys::poll(&mut fds, self.time_left())?;
        if fds[0].revents != 0 {
            self.waker.clear();
        }
        for (at, index) in pipes.into_iter().enumerate() {
            if index.is_some_and(|index| fds[index].revents != 0) {
                self.take_output(at as u8 + 1)?;
            }
        }
        if pidfd.is_some_and(|index| fds[index].revents != 0) {
            self.ended_at = Some(Instant::now());
        }
        Ok(())
    }

    fn time_left(&self) -> Option<Duration> {
        if let Some(ended_at) = self.ended_at {
            return Some((ended_at + LINGER).saturating_duration_since(Instant::now()));
        }
        if self.timed_out || self.cancelled {
            return Some(DYING);
        }
        let hang_up = self.hung_up_at.map(|at| (at + LINGER).saturating_duration_since(Instant::now()).max(DYING));
        let deadline = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        [hang_up, deadline].into_iter().flatten().min()
    }

    /// Reads once. False when nothing came.
    fn take_output(&mut self, channel: u8) -> Result<bool> {
        let at = usize::from(channel) - 1;
        let Some(pipe) = &self.pipes[at] else { return Ok(false) };
        match self.output.take(channel, pipe.as_raw_fd()) {
            Ok(Some(0)) => self.pipes[at] = None,
            // Nobody has the terminal open any more.
            Err(error) if self.is_terminal && error.raw_os_error() == Some(libc::EIO) => self.pipes[at] = None,
            taken => return Ok(taken?.is_some()),
        }
        Ok(false)
    }

    /// Takes what still lies in a pipe, without waiting for more.
    fn drain(&mut self, channel: u8) -> Result<()> {
        if let Some(pipe) = &self.pipes[usize::from(channel) - 1] {
            sys::set_nonblocking(pipe.as_raw_fd())?;
        }
        while self.take_output(channel)? {}
        Ok(())
    }

    /// Gives the program what has come of its input.
    fn feed(&mut self) {
        while let Some(stdin) = &mut self.stdin {
            if stdin.pending.is_empty() {
                match self.body.next(false) {
                    Body::Bytes(bytes) => stdin.pending = bytes,
                    Body::End if self.is_terminal => self.hang_up(),
                    Body::End => self.stdin = None,
                    Body::Later | Body::Gone => return,
                }
                continue;
            }
            match sys::write(stdin.pipe.as_raw_fd(), &stdin.pending) {
                Ok(Some(n)) => drop(stdin.pending.drain(..n)),
                Ok(None) => return,
                // It does not want the rest.
                Err(_) => self.stdin = None,
            }
        }
    }
}

fn add(fds: &mut Vec<libc::pollfd>, fd: i32, events: libc::c_short) -> usize {
    fds.push(sys::pollfd(fd, events));
    fds.len() - 1
}
