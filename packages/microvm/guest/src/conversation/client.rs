//! A host that does what it is told, right or wrong.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

use crate::connection;
use crate::journal::Journal;
use crate::link::Link;
use crate::place::Place;
use crate::server::{Ground, Server};
use crate::wire::cbor::{self, Value};
use crate::wire::frame::{self, Header, Type, END, HEADER, TRAILER};
use crate::wire::preamble::MAGIC;

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// A server over a temporary directory. Another one over the same directory is what comes up after a power loss.
pub struct Ward {
    pub server: Arc<Server>,
    directory: PathBuf,
    is_owner: bool,
}

impl Ward {
    pub fn new() -> Ward {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("vibewriter-guest-{}-{number}", std::process::id()));
        fs::create_dir_all(directory.join("root/workspace")).unwrap();
        Ward { server: server(&directory), directory, is_owner: true }
    }

    /// What the next boot of the same VM finds.
    pub fn after_power_loss(&self) -> Ward {
        Ward { server: server(&self.directory), directory: self.directory.clone(), is_owner: false }
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.directory.join("root").join(inside)
    }

    pub fn connect(&self) -> Host {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let link = Arc::new(Link::new(theirs.into(), false).unwrap());
        let server = self.server.clone();
        std::thread::spawn(move || connection::serve(&server, &link));
        Host::over(ours)
    }
}

fn server(directory: &Path) -> Arc<Server> {
    let root = directory.join("root");
    let place = Place::of_test(File::open(&root).unwrap().into(), root.to_string_lossy().into_owned(), None);
    let journal = Journal::open(&directory.join("journal"), true, 1 << 20).unwrap();
    Server::new(Ground::Test { state: directory.join("state") }, place, journal).unwrap()
}

impl Drop for Ward {
    fn drop(&mut self) {
        if self.is_owner {
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

pub struct Host {
    pub socket: UnixStream,
    tag: u32,
    pub next: u32,
    /// What the guest said first.
    pub hello: Value,
    /// Frames of streams that nobody has asked after yet.
    kept: Vec<(Header, Vec<u8>)>,
}

/// A call's reply, and the DATA before it by channel.
#[derive(Debug, Default)]
pub struct Answer {
    pub value: Option<Value>,
    pub data: [Vec<u8>; 3],
}

impl Answer {
    pub fn code(&self) -> &str {
        match self.get("error", "code") {
            Some(Value::Text(code)) => code,
            _ => "ok",
        }
    }

    pub fn get(&self, outer: &str, key: &str) -> Option<&Value> {
        field(field(self.value.as_ref()?, outer)?, key)
    }

    pub fn int(&self, key: &str) -> i64 {
        match self.get("ok", key) {
            Some(Value::Int(n)) => *n,
            other => panic!("{key} is {other:?} in {self:?}"),
        }
    }

    pub fn text(&self, channel: usize) -> String {
        String::from_utf8(self.data[channel].clone()).unwrap()
    }
}

fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let Value::Map(entries) = value else { return None };
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn map(entries: &[(&str, Value)]) -> Value {
    Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

pub fn shell(script: &str) -> Value {
    map(&[("argv", Value::Array(vec![text("/bin/sh"), text("-c"), text(script)]))])
}

impl Host {
    pub fn over(socket: UnixStream) -> Host {
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut host = Host { socket, tag: 0, next: 1, hello: Value::Null, kept: Vec::new() };
        host.begin(&[]);
        host
    }

    pub fn tag(&self) -> u32 {
        self.tag
    }

    /// Sends `before`, then a preamble and HELLO, and reads up to the guest's HELLO.
    pub fn begin(&mut self, before: &[u8]) {
        self.tag = NUMBER.fetch_add(1, Ordering::Relaxed) | 0x0100_0000;
        self.next = 1;
        self.kept.clear();
        let nonce = [[9; 4], self.tag.to_be_bytes()].concat();
        let preamble = [MAGIC.to_vec(), nonce].concat();
        self.socket.write_all(before).unwrap();
        self.socket.write_all(&preamble).unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(&preamble) {
            let mut byte = [0];
            self.socket.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        self.send(
            Type::Hello,
            0,
            0,
            &cbor::encode(&map(&[("generations", Value::Array(vec![Value::Int(1)])), ("client", text("test"))])),
        );
        let (header, payload) = self.receive().unwrap();
        assert_eq!(header.kind, Type::Hello);
        self.hello = cbor::decode(&payload).unwrap();
    }

    pub fn send(&mut self, kind: Type, stream: u32, flags: u8, payload: &[u8]) {
        self.socket.write_all(&frame::build(kind, stream, flags, payload, self.tag)).unwrap();
    }

    /// The next frame, `None` if the guest has closed the socket.
    pub fn receive(&mut self) -> Option<(Header, Vec<u8>)> {
        let mut bytes = [0; HEADER];
        self.socket.read_exact(&mut bytes).ok()?;
        let header = Header::parse(&bytes).unwrap();
        let mut payload = vec![0; header.length + TRAILER];
        self.socket.read_exact(&mut payload).unwrap();
        assert_eq!(payload[header.length..], self.tag.to_be_bytes());
        payload.truncate(header.length);
        Some((header, payload))
    }

    /// Sends a CALL and returns its stream. Without END a body is to follow.
    pub fn start(&mut self, op: &str, id: Option<&str>, args: Value, has_body: bool) -> u32 {
        let mut entries = vec![("op", text(op)), ("args", args)];
        entries.extend(id.map(|id| ("id", text(id))));
        let stream = self.next;
        self.next += 1;
        self.send(Type::Call, stream, if has_body { 0 } else { END }, &cbor::encode(&map(&entries)));
        stream
    }

    /// The next frame of that stream. Those of others are kept: a program may speak before a call about it is answered.
    pub fn receive_of(&mut self, stream: u32) -> (Header, Vec<u8>) {
        if let Some(at) = self.kept.iter().position(|(header, _)| header.stream == stream) {
            return self.kept.remove(at);
        }
        loop {
            let frame = self.receive().expect("a frame of that stream");
            if frame.0.stream == stream {
                return frame;
            }
            self.kept.push(frame);
        }
    }

    /// Reads up to the REPLY of that stream.
    pub fn finish(&mut self, stream: u32) -> Answer {
        let mut answer = Answer::default();
        loop {
            let (header, payload) = self.receive_of(stream);
            match header.kind {
                Type::Data => {
                    answer.data[usize::from(header.channel())].extend(&payload);
                    self.send(Type::Window, stream, 0, &(payload.len() as u32).to_be_bytes());
                }
                Type::Reply => {
                    answer.value = cbor::decode(&payload);
                    assert!(answer.value.is_some());
                    return answer;
                }
                _ => {}
            }
        }
    }

    pub fn call(&mut self, op: &str, id: Option<&str>, args: Value) -> Answer {
        let stream = self.start(op, id, args, false);
        self.finish(stream)
    }

    pub fn call_with(&mut self, op: &str, id: Option<&str>, args: Value, body: &[u8]) -> Answer {
        let stream = self.start(op, id, args, true);
        self.send(Type::Data, stream, END, body);
        self.finish(stream)
    }

    /// The message of the GOAWAY that must come now.
    pub fn goaway(&mut self) -> String {
        loop {
            let (header, payload) = self.receive().expect("GOAWAY");
            if header.kind == Type::Goaway {
                let Some(Value::Map(entries)) = cbor::decode(&payload) else { panic!("no map") };
                let Value::Text(message) = &entries[1].1 else { panic!("no message") };
                return message.clone();
            }
        }
    }
}
