//! One connection: from its preamble to its end, whichever way that comes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::call::Call;
use crate::inbox::{Inbox, Incoming};
use crate::link::Link;
use crate::reply;
use crate::server::Server;
use crate::stream::{Stream, WINDOW};
use crate::wire::cbor::{self, Encoder, Value};
use crate::wire::frame::{self, Header, Type, Violation, MAX_PAYLOAD};
use crate::wire::preamble::{self, MAGIC};

const GENERATION: i64 = 1;
const MAX_STREAMS: usize = 256;
/// Streams whose body may still come, each of which may fill its window.
const MAX_BODIES: usize = 64;
/// Streams at the doors, waiting or with a program.
const MAX_PASSAGES: usize = 128;

pub struct Connection {
    pub tag: u32,
    link: Arc<Link>,
    is_over: AtomicBool,
    streams: Mutex<HashMap<u32, Arc<Stream>>>,
}

/// Serves connections one after the other until the stream itself is over.
pub fn serve(server: &Arc<Server>, link: &Arc<Link>) -> std::io::Result<()> {
    let mut inbox = Inbox::new(link.clone(), server.heard.clone());
    loop {
        let nonce = inbox.hunt()?;
        let connection = Arc::new(Connection {
            tag: preamble::tag(&nonce),
            link: link.clone(),
            is_over: AtomicBool::new(false),
            streams: Mutex::default(),
        });
        connection.send(&[MAGIC, nonce].concat());
        connection.send_frame(Type::Hello, 0, 0, &hello(server));
        let end = connection.run(server, &mut inbox);
        if let Ok(End::Violation(violation)) = end {
            connection.send_goaway("protocol", violation);
        }
        connection.end();
        end?;
    }
}

enum End {
    Violation(Violation),
    Over,
}

impl Connection {
    fn run(self: &Arc<Self>, server: &Arc<Server>, inbox: &mut Inbox) -> std::io::Result<End> {
        let mut session = Session { connection: self, server, greeted: false, last: 0 };
        loop {
            match inbox.frame(self.tag)? {
                Incoming::HungUp => return Ok(End::Over),
                Incoming::Malformed(violation) => return Ok(End::Violation(violation)),
                Incoming::Frame(header, payload) => match session.on_frame(header, payload) {
                    Ok(true) => {}
                    Ok(false) => return Ok(End::Over),
                    Err(violation) => return Ok(End::Violation(violation)),
                },
            }
        }
    }

    /// Sends whole frames, unless the connection is over.
    pub fn send(&self, frames: &[u8]) {
        // If the write fails the reader learns of it too, and ends the connection.
        self.link.write(frames, &self.is_over);
    }

    pub fn send_frame(&self, kind: Type, stream: u32, flags: u8, payload: &[u8]) {
        self.send(&frame::build(kind, stream, flags, payload, self.tag));
    }

    fn send_goaway(&self, code: &str, message: &str) {
        let mut payload = Encoder::default();
        payload.map(2).text("code").text(code).text("message").text(message);
        self.send_frame(Type::Goaway, 0, 0, &payload.bytes);
    }

    /// The stream was replied to.
    pub fn forget(&self, stream: u32) {
        self.streams.lock().unwrap().remove(&stream);
    }

    fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        let streams = std::mem::take(&mut *self.streams.lock().unwrap());
        streams.values().for_each(|stream| stream.on_lost());
    }
}

fn hello(server: &Server) -> Vec<u8> {
    let identity = server.identity();
    let mut hello = Encoder::default();
    hello.map(6);
    hello.text("generation").int(GENERATION);
    hello.text("agent").text(env!("CARGO_PKG_VERSION"));
    hello.text("boot").text(&server.boot);
    hello.text("epoch").int(identity.epoch);
    hello.text("configured").bool(identity.is_configured);
    hello.text("limits").map(3);
    hello.text("streams").int(MAX_STREAMS as i64);
    hello.text("frame").int(MAX_PAYLOAD as i64);
    hello.text("window").int(WINDOW as i64);
    hello.bytes
}

struct Session<'a> {
    connection: &'a Arc<Connection>,
    server: &'a Arc<Server>,
    greeted: bool,
    last: u32,
}

impl Session<'_> {
    /// False when the host says that it leaves.
    fn on_frame(&mut self, header: Header, payload: Vec<u8>) -> Result<bool, Violation> {
        if !self.greeted && !matches!(header.kind, Type::Hello | Type::Goaway) {
            return Err("hello_expected");
        }
        match header.kind {
            Type::Hello => return self.on_hello(&payload),
            Type::Goaway => return Ok(false),
            Type::Call => self.on_call(header, &payload)?,
            Type::Data if header.channel() != 0 => return Err("bad_flags"),
            Type::Data => {
                if let Some(stream) = self.stream(header.stream)? {
                    stream.on_data(payload, header.is_end())?;
                }
            }
            Type::Window => {
                if let Some(stream) = self.stream(header.stream)? {
                    stream.on_window(u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]))?;
                }
            }
            Type::Cancel => {
                if let Some(stream) = self.stream(header.stream)? {
                    stream.on_cancel();
                }
            }
            Type::Ping => self.connection.send_frame(Type::Pong, 0, 0, &payload),
            Type::Pong => {}
            Type::Forget => self.on_forget(&payload)?,
            Type::Reply => return Err("bad_type"),
        }
        Ok(true)
    }

    /// The open stream of that number; none if it was replied to already.
    fn stream(&self, id: u32) -> Result<Option<Arc<Stream>>, Violation> {
        if id > self.last {
            return Err("bad_stream");
        }
        Ok(self.connection.streams.lock().unwrap().get(&id).cloned())
    }

    fn on_hello(&mut self, payload: &[u8]) -> Result<bool, Violation> {
        if self.greeted {
            return Err("bad_type");
        }
        let Some(Value::Map(hello)) = cbor::decode(payload) else {
            return Err("bad_cbor");
        };
        let generations = hello.iter().find(|(key, _)| key == "generations");
        let Some((_, Value::Array(generations))) = generations else {
            return Err("bad_cbor");
        };
        if !generations.contains(&Value::Int(GENERATION)) {
            self.connection.send_goaway("unsupported_generation", "This guest speaks generation 1 only.");
            return Ok(false);
        }
        self.greeted = true;
        Ok(true)
    }

    fn on_call(&mut self, header: Header, payload: &[u8]) -> Result<(), Violation> {
        if header.stream.checked_sub(1) != Some(self.last) {
            return Err("bad_stream");
        }
        self.last = header.stream;
        let call = Call::parse(payload).ok_or("bad_cbor")?;
        let stream = Stream::new(header.stream, self.connection.clone(), call.inflow(), header.is_end());
        let stream = Arc::new(stream);
        let is_full = {
            let mut streams = self.connection.streams.lock().unwrap();
            streams.insert(header.stream, stream.clone());
            let passages = || streams.values().filter(|stream| stream.is_passage()).count();
            let bodies = || streams.values().filter(|stream| stream.awaits_body() && !stream.is_passage()).count();
            let is_crowded =
                if stream.is_passage() { passages() > MAX_PASSAGES } else { stream.awaits_body() && bodies() > MAX_BODIES };
            streams.len() > MAX_STREAMS || is_crowded
        };
        if is_full {
            stream.reply(&reply::too_many_streams());
            return Ok(());
        }
        if call.is_too_large() {
            stream.reply(&reply::too_many_values());
            return Ok(());
        }
        let server = self.server.clone();
        self.server.pool.run(move || call.answer(&server, &stream));
        Ok(())
    }

    fn on_forget(&self, payload: &[u8]) -> Result<(), Violation> {
        let Some(Value::Array(ids)) = cbor::decode(payload) else {
            return Err("bad_cbor");
        };
        let ids = ids.into_iter().map(|id| match id {
            Value::Text(id) => Ok(id),
            _ => Err("bad_cbor"),
        });
        let ids = ids.collect::<Result<Vec<String>, Violation>>()?;
        // Whoever reads for all must not wait for the disk to thaw; what may be forgotten may be kept as well.
        self.server.freezer.unless_frozen(|| self.server.journal().forget(&ids));
        Ok(())
    }
}
