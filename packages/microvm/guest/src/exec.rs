//! Running a program for the host: its input and output, its time, and its end.

use std::io::Result;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::operation::BodyReader;
use crate::output::Output;
use crate::reply;
use crate::session;
use crate::spawn::{self, Child, Program, Status};
use crate::stream::Body;
use crate::sys::{self, EventFd};

const DEFAULT_OUTPUT: u64 = 16 << 20;
const MAX_OUTPUT: u64 = 64 << 20;
/// How long output may come from what the program left behind.
const LINGER: Duration = Duration::from_secs(1);
/// How long a killed program may take to die before it is killed again.
const DYING: Duration = Duration::from_millis(10);

struct Request {
    argv: Vec<String>,
    cwd: String,
    env: Vec<(String, String)>,
    timeout: Option<Duration>,
    max_output: u64,
}

fn parse(mut args: Args) -> Outcome<Request> {
    let request = Request {
        argv: args.argv()?,
        cwd: args.opt_text("cwd")?.unwrap_or_else(|| "/workspace".to_owned()),
        env: args.env()?,
        timeout: args.opt_uint("timeout_ms")?.map(Duration::from_millis),
        max_output: args.opt_uint("max_output")?.unwrap_or(DEFAULT_OUTPUT),
    };
    args.done()?;
    if !request.cwd.starts_with('/') {
        return fault(Code::InvalidPath, "The working directory must be an absolute path.");
    }
    if request.max_output > MAX_OUTPUT {
        return fault(Code::InvalidArgument, "The argument `max_output` can be at most 64 MiB.");
    }
    Ok(request)
}

/// Runs the program and returns the reply and the record of its output, of which `output` has sent a part.
pub fn exec(context: &Context, args: Args, output: &mut Output) -> Outcome<Vec<u8>> {
    let request = parse(args)?;
    output.limit(request.max_output);
    let waker = Arc::new(EventFd::new().or_fault("exec")?);
    context.operation.set_waker(&waker);
    let begun = Instant::now();
    let place = context.place();
    let (stdin_end, stdin) = stdin(context).or_fault("exec")?;
    let (stdout, stdout_end) = sys::pipe().or_fault("exec")?;
    let (stderr, stderr_end) = sys::pipe().or_fault("exec")?;
    let program = Program {
        argv: &request.argv,
        env: &spawn::with_env(spawn::base_env(&place.inside("/workspace"), "agent"), request.env),
        cwd: &place.inside(&request.cwd),
        uid: crate::server::AGENT_UID,
        stdin: stdin_end.as_raw_fd(),
        stdout: stdout_end.as_raw_fd(),
        stderr: stderr_end.as_raw_fd(),
    };
    let child = spawn::spawn(&program, place.confinement.as_ref())?;
    drop((stdin_end, stdout_end, stderr_end));
    let mut run = Run {
        context,
        output,
        child,
        waker,
        pipes: [Some(stdout), Some(stderr)],
        stdin: stdin.map(|pipe| Stdin { pipe, pending: Vec::new() }),
        body: BodyReader::new(&context.operation),
        deadline: request.timeout.and_then(|timeout| begun.checked_add(timeout)),
        ended_at: None,
        timed_out: false,
        cancelled: false,
    };
    let status = run.serve_until_ended().or_else(|error| {
        log!("a program is ended because it cannot be served: {error}");
        run.cancelled = true;
        run.kill().and_then(|()| spawn::reap(&run.child))
    });
    let status = status.or_fault("exec")?;
    let (timed_out, cancelled) = (run.timed_out, run.cancelled);
    Ok(result(status, timed_out, cancelled, output, begun.elapsed()))
}

fn result(status: Status, timed_out: bool, cancelled: bool, output: &Output, duration: Duration) -> Vec<u8> {
    let mut reply = reply::ok(7 + usize::from(status.signal.is_some()));
    reply.text("exit_code").int(status.exit_code);
    if let Some(signal) = status.signal {
        reply.text("signal").int(signal);
    }
    reply.text("timed_out").bool(timed_out).text("cancelled").bool(cancelled);
    reply.text("stdout_bytes").int(output.counted(1) as i64).text("stderr_bytes").int(output.counted(2) as i64);
    reply.text("truncated").bool(output.is_truncated()).text("duration_us").int(duration.as_micros() as i64);
    reply.bytes
}

/// What the program reads from, and our end of it if a body is to come.
fn stdin(context: &Context) -> Result<(OwnedFd, Option<OwnedFd>)> {
    if !context.has_body {
        let null = std::fs::File::open("/dev/null")?;
        return Ok((null.into(), None));
    }
    let (reader, writer) = sys::pipe()?;
    sys::set_nonblocking(writer.as_raw_fd())?;
    Ok((reader, Some(writer)))
}

struct Stdin {
    pipe: OwnedFd,
    pending: Vec<u8>,
}

struct Run<'a> {
    context: &'a Context,
    output: &'a mut Output,
    child: Child,
    waker: Arc<EventFd>,
    pipes: [Option<OwnedFd>; 2],
    stdin: Option<Stdin>,
    body: BodyReader<'a>,
    deadline: Option<Instant>,
    ended_at: Option<Instant>,
    timed_out: bool,
    cancelled: bool,
}

impl Run<'_> {
    /// Serves the program until it has ended and nobody holds its output, then ends what it left behind.
    fn serve_until_ended(&mut self) -> Result<Status> {
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
        spawn::reap(&self.child)
    }

    fn is_over(&self, must_end: bool) -> bool {
        let Some(ended_at) = self.ended_at else { return false };
        must_end || self.pipes.iter().all(Option::is_none) || ended_at.elapsed() >= LINGER
    }

    fn check_time(&mut self) -> bool {
        let is_late = self.ended_at.is_none() && self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.timed_out |= is_late;
        is_late
    }

    fn check_host(&mut self) -> bool {
        let is_unwanted = self.context.operation.is_unwanted();
        self.cancelled |= is_unwanted && self.ended_at.is_none();
        is_unwanted
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
        if self.ended_at.is_none() && (self.timed_out || self.cancelled) {
            return Some(DYING);
        }
        let until = match self.ended_at {
            Some(ended_at) => Some(ended_at + LINGER),
            None => self.deadline,
        };
        until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Reads once. False when nothing came.
    fn take_output(&mut self, channel: u8) -> Result<bool> {
        let at = usize::from(channel) - 1;
        let Some(pipe) = &self.pipes[at] else { return Ok(false) };
        match self.output.take(channel, pipe.as_raw_fd())? {
            Some(0) => {
                self.pipes[at] = None;
                Ok(false)
            }
            Some(_) => Ok(true),
            None => Ok(false),
        }
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
