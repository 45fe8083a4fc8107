//! The two loopback ports through which programs reach the host: each of their connections is paired with an `accept` call.

mod keeper;
mod passage;

use std::collections::VecDeque;
use std::io::Result;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use crate::args::Args;
use crate::call::Context;
use crate::fault::{fault, Code, Fault, Outcome};
use crate::reply::{self, Answer};
use crate::server::Server;
use crate::stream::Stream;
use crate::sys::EventFd;

/// Of the proxy and the bridge, in every VM.
pub const PORTS: [u16; 2] = [3128, 3129];
const MAX_TOKEN: usize = 256;
const NAMES: [&str; 2] = ["proxy", "bridge"];

/// A program's connection that no `accept` call has taken yet.
struct Guest {
    socket: TcpStream,
    until: Instant,
}

#[derive(Default)]
struct Queue {
    calls: VecDeque<Arc<Stream>>,
    guests: VecDeque<Guest>,
}

struct Door {
    listener: TcpListener,
    port: u16,
    /// Never both calls and guests: they would have been paired.
    queue: Mutex<Queue>,
}

pub struct Doors {
    doors: [Door; 2],
    /// Signalled when something happens to a call that waits.
    waker: Arc<EventFd>,
    token: Mutex<String>,
}

impl Doors {
    /// Listens on these ports of loopback; 0 is any that is free.
    pub fn open(ports: [u16; 2]) -> Result<Doors> {
        let [proxy, bridge] = ports;
        Ok(Doors { doors: [Door::open(proxy)?, Door::open(bridge)?], waker: Arc::new(EventFd::new()?), token: Mutex::default() })
    }

    /// Starts the thread that answers the doors.
    pub fn keep(server: &Arc<Server>) {
        let server = server.clone();
        std::thread::spawn(move || keeper::run(&server));
    }

    /// What tells programs of the doors.
    pub fn env(&self) -> Vec<(String, String)> {
        let [proxy, bridge] = self.doors.each_ref().map(|door| format!("http://127.0.0.1:{}", door.port));
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map(|name| (name.to_owned(), proxy.clone()));
        let direct = ["NO_PROXY", "no_proxy"].map(|name| (name.to_owned(), "localhost,127.0.0.1".to_owned()));
        proxies.into_iter().chain(direct).chain([("VIBEWRITER_BRIDGE".to_owned(), bridge)]).collect()
    }

    fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }

    #[cfg(test)]
    pub fn calls(&self) -> usize {
        self.doors.iter().map(|door| door.queue().calls.len()).sum()
    }

    #[cfg(test)]
    pub fn ports(&self) -> [u16; 2] {
        self.doors.each_ref().map(|door| door.port)
    }
}

impl Door {
    fn open(port: u16) -> Result<Door> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        passage::bound_buffers(&listener)?;
        let port = listener.local_addr()?.port();
        Ok(Door { listener, port, queue: Mutex::default() })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap()
    }
}

/// Answers `accept`: with a program that waits already, or whenever one comes.
pub fn accept(server: &Arc<Server>, stream: &Arc<Stream>, args: Args) {
    let door = match which(args) {
        Ok(at) => &server.doors.doors[at],
        Err(fault) => return stream.reply(&reply::error(&fault)),
    };
    let mut queue = door.queue();
    let now = Instant::now();
    while let Some(guest) = queue.guests.pop_front() {
        if guest.until > now {
            drop(queue);
            // The keeper still polls its socket, which could not be closed meanwhile.
            server.doors.waker.signal();
            return passage::carry(stream, guest.socket, &server.doors.token());
        }
    }
    // What happens to it from here on wakes the keeper, who then waits for the queue.
    stream.set_waker(server.doors.waker.clone());
    if stream.is_over() {
        drop(queue);
        return stream.reply(&cancelled());
    }
    queue.calls.push_back(stream.clone());
}

fn which(mut args: Args) -> Outcome<usize> {
    let name = args.text("door")?;
    args.done()?;
    match NAMES.iter().position(|known| *known == name) {
        Some(at) => Ok(at),
        None => fault(Code::InvalidArgument, "The argument `door` must be \"proxy\" or \"bridge\"."),
    }
}

fn cancelled() -> Vec<u8> {
    reply::error(&Fault { code: Code::Cancelled, message: "The call was ended by the host.".to_owned() })
}

pub fn grant(context: &Context, mut args: Args) -> Outcome<Answer> {
    let token = args.text("token")?;
    args.done()?;
    if token.chars().count() > MAX_TOKEN {
        return fault(Code::InvalidArgument, format!("The argument `token` can have at most {MAX_TOKEN} characters."));
    }
    *context.server.doors.token.lock().unwrap() = token;
    Ok(reply::empty())
}
