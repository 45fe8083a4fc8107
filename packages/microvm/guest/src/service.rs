//! Long-lived programs of the VM that answer requests over a unix socket of their own.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, OrFault, Outcome};
use crate::operation::BodyReader;
use crate::reply::{self, Answer};
use crate::server::SERVICE_UID;
use crate::spawn::{self, Child, Program};
use crate::stream::Body;
use crate::sys::{self, EventFd};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_READY: u64 = 600_000;
/// What is kept of a service's last words, to tell why it failed.
const MAX_WORDS: usize = 2_048;
const READ: usize = 65_536;
/// Each has a thread here that waits for its end.
const MAX_SERVICES: usize = 32;

struct Service {
    argv: Vec<String>,
    pid: libc::pid_t,
    words: Mutex<Vec<u8>>,
    /// Set when it has ended.
    ended: Mutex<bool>,
}

#[derive(Default)]
pub struct Services(Mutex<HashMap<String, Arc<Service>>>);

impl Services {
    /// For one more, of that name; those that have ended are forgotten.
    fn make_room(&self, name: &str) -> Outcome<()> {
        let mut services = self.0.lock().unwrap();
        services.retain(|_, service| !*service.ended.lock().unwrap());
        if services.len() >= MAX_SERVICES {
            return fault(Code::TooLarge, format!("A VM runs at most {MAX_SERVICES} services; {name} would be one more."));
        }
        Ok(())
    }
}

fn name(args: &mut Args) -> Outcome<String> {
    let name = args.text("name")?;
    let is_valid =
        (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !is_valid {
        return fault(Code::InvalidArgument, "A service's name is 1 to 64 letters, digits, `_` or `-`.");
    }
    Ok(name)
}

/// The socket as the agent sees it: what is `/run` to the programs of all roots is `/shared/run` to the agent of a VM.
fn socket(context: &Context, name: &str) -> PathBuf {
    let place = context.place();
    let run = if place.is_confined() { "/shared/run".to_owned() } else { place.inside("/run") };
    PathBuf::from(format!("{run}/services/{name}.sock"))
}

pub fn start(context: &Context, mut args: Args) -> Outcome<Answer> {
    let name = name(&mut args)?;
    let argv = args.argv()?;
    let env = args.env()?;
    let ready = Duration::from_millis(args.uint("ready_ms")?.min(MAX_READY));
    args.done()?;
    let services = &context.server.services;
    let running = services.0.lock().unwrap().get(&name).cloned();
    let service = match running.filter(|service| !*service.ended.lock().unwrap()) {
        Some(service) if service.argv == argv => service,
        Some(_) => return fault(Code::Exists, format!("A service {name} runs another program already.")),
        None => {
            services.make_room(&name)?;
            let service = launch(context, &name, argv, env)?;
            services.0.lock().unwrap().insert(name.clone(), service.clone());
            service
        }
    };
    wait_until_ready(context, &name, &service, ready)?;
    let mut reply = reply::ok(1);
    reply.text("pid").int(i64::from(service.pid));
    Ok(reply.into())
}

fn launch(context: &Context, name: &str, argv: Vec<String>, env: Vec<(String, String)>) -> Outcome<Arc<Service>> {
    let place = context.place();
    let socket = socket(context, name);
    if !place.is_confined() {
        std::fs::create_dir_all(place.inside("/run/services")).or_fault("the directory of services")?;
    }
    match std::fs::remove_file(&socket) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(crate::fault::Fault::of(&error, "the service's socket")),
        _ => {}
    }
    let null = std::fs::File::open("/dev/null").or_fault("/dev/null")?;
    let (words, words_end) = sys::pipe().or_fault("a pipe")?;
    let program = Program {
        argv: &argv,
        env: &spawn::with_env(spawn::base_env(&place.inside("/tmp"), "service"), env),
        cwd: &place.inside("/"),
        uid: SERVICE_UID,
        stdio: [null.as_raw_fd(), words_end.as_raw_fd(), words_end.as_raw_fd()],
        has_terminal: false,
    };
    let child = spawn::spawn(&program, place.confinement.as_ref())?;
    let service = Arc::new(Service { argv, pid: child.pid, words: Mutex::default(), ended: Mutex::new(false) });
    let kept = service.clone();
    std::thread::spawn(move || attend(&kept, &child, words));
    Ok(service)
}

/// Keeps the last of what the service says, until it ends.
fn attend(service: &Service, child: &Child, words: OwnedFd) {
    let mut buffer = [0; 1_024];
    let mut words = std::fs::File::from(words);
    while let Ok(n @ 1..) = words.read(&mut buffer) {
        let mut kept = service.words.lock().unwrap();
        kept.extend(&buffer[..n]);
        let excess = kept.len().saturating_sub(MAX_WORDS);
        kept.drain(..excess);
    }
    if let Err(error) = spawn::reap(child) {
        log!("a service cannot be waited for: {error}");
    }
    *service.ended.lock().unwrap() = true;
}

fn wait_until_ready(context: &Context, name: &str, service: &Service, ready: Duration) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        if UnixStream::connect(socket(context, name)).is_ok() {
            return Ok(());
        }
        let words = || String::from_utf8_lossy(&service.words.lock().unwrap()).into_owned();
        if *service.ended.lock().unwrap() {
            return fault(Code::ServiceUnavailable, format!("The service {name} has ended: {}", words()));
        }
        if begun.elapsed() >= ready || context.operation.is_unwanted() {
            return fault(Code::TimedOut, format!("The service {name} was not ready in time: {}", words()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Passes one request on and its answer back, both as they come.
pub fn request(context: &Context, mut args: Args) -> Outcome<Answer> {
    let name = name(&mut args)?;
    let timeout = args.opt_uint("timeout_ms")?.map_or(DEFAULT_TIMEOUT, Duration::from_millis);
    args.done()?;
    let Ok(socket) = UnixStream::connect(socket(context, &name)) else {
        return fault(Code::ServiceUnavailable, format!("No service {name} takes connections."));
    };
    socket.set_nonblocking(true).or_fault(&name)?;
    let waker = Arc::new(EventFd::new().or_fault(&name)?);
    context.operation.set_waker(&waker);
    let mut exchange = Exchange { context, socket, pending: Vec::new(), is_sent: false, answered: 0 };
    exchange.run(&name, &waker, Instant::now() + timeout.min(Duration::from_millis(MAX_READY)))?;
    let mut reply = reply::ok(1);
    reply.text("bytes").int(exchange.answered as i64);
    Ok(reply.into())
}

struct Exchange<'a> {
    context: &'a Context,
    socket: UnixStream,
    pending: Vec<u8>,
    is_sent: bool,
    answered: u64,
}

impl Exchange<'_> {
    fn run(&mut self, name: &str, waker: &EventFd, deadline: Instant) -> Outcome<()> {
        let mut body = BodyReader::new(&self.context.operation);
        let mut frames = Vec::new();
        loop {
            if self.context.operation.is_unwanted() {
                return fault(Code::Cancelled, "The request was ended by the host.");
            }
            self.feed(&mut body).or_fault(name)?;
            let stream = self.context.operation.stream();
            let room = stream.room(false).unwrap_or(0);
            if room > 0 {
                let mut n = None;
                let fd = self.socket.as_raw_fd();
                stream.data(&mut frames, 0, |out| receive(fd, out, room.min(READ), &mut n)).or_fault(name)?;
                match n {
                    Some(0) => return Ok(()),
                    Some(n) => {
                        self.answered += n as u64;
                        stream.send(&frames);
                        frames.clear();
                        continue;
                    }
                    None => {}
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return fault(Code::TimedOut, format!("The service {name} did not answer in time."));
            }
            let events = if room > 0 { libc::POLLIN } else { 0 } | if self.pending.is_empty() { 0 } else { libc::POLLOUT };
            let mut fds = [
                sys::pollfd(waker.fd(), libc::POLLIN),
                sys::pollfd(if events == 0 { -1 } else { self.socket.as_raw_fd() }, events),
            ];
            sys::poll(&mut fds, Some(left)).or_fault(name)?;
            waker.clear();
        }
    }

    /// Gives the service what has come of the request; a service that has answered need not read the rest.
    fn feed(&mut self, body: &mut BodyReader) -> std::io::Result<()> {
        while !self.is_sent {
            if self.pending.is_empty() {
                match body.next(false) {
                    Body::Bytes(bytes) => self.pending = bytes,
                    Body::End => {
                        self.is_sent = true;
                        return match self.socket.shutdown(std::net::Shutdown::Write) {
                            // It has closed its end already; what it said is still to be read.
                            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(()),
                            done => done,
                        };
                    }
                    Body::Later | Body::Gone => return Ok(()),
                }
            }
            match sys::write(self.socket.as_raw_fd(), &self.pending) {
                Ok(Some(n)) => drop(self.pending.drain(..n)),
                Ok(None) => return Ok(()),
                Err(_) => {
                    self.pending.clear();
                    self.is_sent = true;
                }
            }
        }
        Ok(())
    }
}

/// Appends what has come to `out`, and says in `n` how much: 0 at the end, nothing if nothing has come.
fn receive(fd: i32, out: &mut Vec<u8>, most: usize, n: &mut Option<usize>) -> std::io::Result<()> {
    *n = match sys::read_into(fd, out, most) {
        // The service went away without reading all of the request: what it said before still counts.
        Err(error) if error.raw_os_error() == Some(libc::ECONNRESET) => Some(0),
        read => read?,
    };
    Ok(())
}
