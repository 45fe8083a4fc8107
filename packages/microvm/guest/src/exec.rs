//! Running a program for the host: what it is given, and what is said of its end.

use std::fs::File;
use std::io::Result;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::output::Output;
use crate::reply;
use crate::run::Run;
use crate::spawn::{self, Program, Status};
use crate::sys::{self, EventFd};
use crate::terminal::{self, Size};

const DEFAULT_OUTPUT: u64 = 16 << 20;
const MAX_OUTPUT: u64 = 64 << 20;
/// What a terminal is taken for unless the call says otherwise.
const TERM: &str = "xterm-256color";

struct Request {
    argv: Vec<String>,
    cwd: String,
    env: Vec<(String, String)>,
    timeout: Option<Duration>,
    max_output: Option<u64>,
    terminal: Option<Size>,
}

fn parse(mut args: Args) -> Outcome<Request> {
    let request = Request {
        argv: args.argv()?,
        cwd: args.opt_text("cwd")?.unwrap_or_else(|| "/workspace".to_owned()),
        env: args.env()?,
        timeout: args.opt_uint("timeout_ms")?.map(Duration::from_millis),
        max_output: args.opt_uint("max_output")?,
        terminal: args.opt_map("pty")?.map(size).transpose()?,
    };
    args.done()?;
    if !request.cwd.starts_with('/') {
        return fault(Code::InvalidPath, "The working directory must be an absolute path.");
    }
    if request.max_output.is_some_and(|bytes| bytes > MAX_OUTPUT) {
        return fault(Code::InvalidArgument, "The argument `max_output` can be at most 64 MiB.");
    }
    Ok(request)
}

fn size(mut pty: Args) -> Outcome<Size> {
    let size = Size::take(&mut pty)?;
    pty.done()?;
    Ok(size)
}

/// What the program reads and writes, and our ends of it. A terminal is one thing in both directions.
struct Stdio {
    program: [OwnedFd; 3],
    input: Option<Arc<OwnedFd>>,
    outputs: [Option<Arc<OwnedFd>>; 2],
}

/// Runs the program and returns the reply and the record of its output, of which `output` has sent a part.
pub fn exec(context: &Context, args: Args, output: &mut Output) -> Outcome<Vec<u8>> {
    let request = parse(args)?;
    let is_terminal = request.terminal.is_some();
    // A terminal's output is held back by its host's window instead.
    output.limit(request.max_output.unwrap_or(if is_terminal { u64::MAX } else { DEFAULT_OUTPUT }));
    let waker = Arc::new(EventFd::new().or_fault("exec")?);
    context.operation.set_waker(&waker);
    let begun = Instant::now();
    let seat = context.id.as_deref().map(|id| context.server.programs.reserve(id)).transpose()?;
    let stdio = match request.terminal {
        Some(size) => on_terminal(context, size).or_fault("a terminal")?,
        None => on_pipes(context).or_fault("exec")?,
    };
    let deadline = request.timeout.and_then(|timeout| begun.checked_add(timeout));
    let child = start(context, request, &stdio.program)?;
    drop(stdio.program);
    if let Some(seat) = &seat {
        seat.take(child.pid, stdio.outputs[0].as_ref().filter(|_| is_terminal));
    }
    let mut run = Run::new(context, output, child, seat, waker, stdio.input, stdio.outputs);
    run.is_terminal = is_terminal;
    run.deadline = deadline;
    let status = run.to_the_end().or_fault("exec")?;
    let (timed_out, cancelled) = (run.timed_out, run.cancelled);
    drop(run);
    Ok(result(status, timed_out, cancelled, output, begun.elapsed()))
}

/// Takes the request, so that a program that runs for long does not keep its arguments here.
fn start(context: &Context, request: Request, stdio: &[OwnedFd; 3]) -> Outcome<spawn::Child> {
    let place = context.place();
    let mut env = spawn::base_env(&place.inside("/workspace"), "agent");
    env.extend(context.server.doors.env());
    if request.terminal.is_some() {
        env.push(("TERM".to_owned(), TERM.to_owned()));
    }
    let program = Program {
        argv: &request.argv,
        env: &spawn::with_env(env, request.env),
        cwd: &place.inside(&request.cwd),
        uid: crate::server::AGENT_UID,
        stdio: [stdio[0].as_raw_fd(), stdio[1].as_raw_fd(), stdio[2].as_raw_fd()],
        has_terminal: request.terminal.is_some(),
    };
    spawn::spawn(&program, place.confinement.as_ref())
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

fn on_pipes(context: &Context) -> Result<Stdio> {
    let (stdin, input) = if context.has_body {
        let (reader, writer) = sys::pipe()?;
        sys::set_nonblocking(writer.as_raw_fd())?;
        (reader, Some(Arc::new(writer)))
    } else {
        (File::open("/dev/null")?.into(), None)
    };
    let (stdout, stdout_end) = sys::pipe()?;
    let (stderr, stderr_end) = sys::pipe()?;
    let outputs = [Some(Arc::new(stdout)), Some(Arc::new(stderr))];
    Ok(Stdio { program: [stdin, stdout_end, stderr_end], input, outputs })
}

fn on_terminal(context: &Context, size: Size) -> Result<Stdio> {
    let (ours, theirs) = terminal::open(context.place().terminals(), size)?;
    let ours = Arc::new(ours);
    let program = [theirs.try_clone()?, theirs.try_clone()?, theirs];
    Ok(Stdio { program, input: Some(ours.clone()), outputs: [Some(ours), None] })
}
