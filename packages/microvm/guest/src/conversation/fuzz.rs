//! A host that does anything at all: the server lives, answers others, and keeps nothing of it.
//!
//! `VIBEWRITER_FUZZ_SECONDS` says for how long (3), `VIBEWRITER_FUZZ_SEED` where it begins (1).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::client::{map, text, Ward};
use super::random::{calls, frames, Random};
use crate::wire::cbor::{self, Value};
use crate::wire::frame::{self, Type, END, MAX_PAYLOAD};

const TYPES: [Type; 10] = [
    Type::Hello,
    Type::Call,
    Type::Data,
    Type::Reply,
    Type::Window,
    Type::Cancel,
    Type::Goaway,
    Type::Ping,
    Type::Pong,
    Type::Forget,
];
/// All but `power_off`, which ends the process.
const OPS: [&str; 28] = [
    "configure",
    "exec",
    "exec",
    "exec",
    "read",
    "write",
    "edit",
    "stat",
    "list",
    "mkdir",
    "remove",
    "rename",
    "glob",
    "grep",
    "start_service",
    "service",
    "attach",
    "signal",
    "resize",
    "watch",
    "freeze",
    "thaw",
    "metrics",
    "renew",
    "grant",
    "accept",
    "sync",
    "none",
];
/// Programs that do no harm to whoever runs this: a test's server does not confine them.
const PROGRAMS: [&[&str]; 6] = [
    &["true"],
    &["cat"],
    &["head", "-c", "300000", "/dev/zero"],
    &["sleep", "0.02"],
    &["no-such-program"],
    &["sh", "-c", "cat; cat"],
];
const PATHS: [&str; 8] =
    ["/workspace/a", "/workspace/b/c", "/workspace/b", "/workspace", "/", "/workspace/a/", "/nowhere/x", "/workspace/./a"];
const IDS: [&str; 5] = ["i1", "i2", "i3", "i4", "i5"];
const MEMORY_GROWTH: usize = 256 << 20;

fn seconds() -> u64 {
    std::env::var("VIBEWRITER_FUZZ_SECONDS").map_or(3, |text| text.parse().unwrap())
}

/// Panics of threads that are no test's: those of servers.
fn count_panics() -> &'static AtomicUsize {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name().is_none() {
            PANICS.fetch_add(1, Ordering::Relaxed);
        }
        before(info);
    }));
    &PANICS
}

fn status(key: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
    line.split_whitespace().find_map(|word| word.parse().ok()).unwrap()
}

/// An argument as it might be meant, or anything.
fn argument(random: &mut Random, key: &str) -> Value {
    if random.one_in(8) {
        return random.value(0);
    }
    match key {
        "path" | "from" | "to" | "cwd" => text(random.pick(&PATHS)),
        "argv" => Value::Array(random.pick(&PROGRAMS).iter().map(|word| text(word)).collect()),
        "env" => map(&[("A", text("b"))]),
        "pty" => map(&[("rows", Value::Int(random.below(100) as i64)), ("cols", Value::Int(80))]),
        "target" => text(random.pick(&IDS)),
        "door" => text(random.pick(&["proxy", "bridge", "window"])),
        "pattern" | "glob" => text(random.pick(&["*", "**/*", "{a,b}*", "[", "{{{{,"])),
        "text" | "old" | "new" | "token" => text(random.pick(&["a", "x", "\0", "abc"])),
        "root" => text(random.pick(&["disk", "memory"])),
        "create" => text(random.pick(&["new", "replace"])),
        "seed" => Value::Bytes(vec![7; 32]),
        "name" | "hostname" => text(random.pick(&["s1", "s2", "-", "a b"])),
        "limits" => map(&[("processes", Value::Int(100))]),
        "parents" | "recursive" | "all" | "follow" => Value::Bool(random.one_in(2)),
        "ready_ms" | "lease_ms" | "timeout_ms" => Value::Int(random.below(60) as i64),
        _ => Value::Int(random.next() as i64 >> (12 + random.below(50))),
    }
}

fn keys(op: &str) -> &'static [&'static str] {
    match op {
        "configure" => &["seed", "time_us", "epoch", "hostname", "root", "limits"],
        "renew" => &["seed", "time_us", "epoch", "hostname"],
        "exec" => &["argv", "cwd", "env", "timeout_ms", "max_output", "pty"],
        "read" => &["path", "offset", "length"],
        "write" => &["path", "mode", "create", "parents"],
        "edit" => &["path", "old", "new", "all"],
        "stat" => &["path", "follow"],
        "list" => &["path", "limit"],
        "mkdir" => &["path", "parents"],
        "remove" | "watch" => &["path", "recursive"],
        "rename" => &["from", "to"],
        "glob" => &["pattern", "path", "limit"],
        "grep" => &["text", "path", "glob", "limit"],
        "start_service" => &["name", "argv", "env", "ready_ms"],
        "service" => &["name", "timeout_ms"],
        "attach" => &["target", "offset"],
        "signal" => &["target", "signal"],
        "resize" => &["target", "rows", "cols"],
        "freeze" => &["lease_ms"],
        "grant" => &["token"],
        "accept" => &["door"],
        _ => &[],
    }
}

fn call(random: &mut Random) -> Vec<u8> {
    let op = *random.pick(&OPS.each_ref());
    let mut args: Vec<(&str, Value)> = Vec::new();
    for key in keys(op) {
        let is_needed = matches!(*key, "argv" | "path" | "target" | "ready_ms" | "door" | "lease_ms");
        if is_needed || random.one_in(if matches!(*key, "cwd" | "pty" | "max_output" | "limits") { 4 } else { 2 }) {
            args.push((key, argument(random, key)));
        }
    }
    let mut entries = vec![("op", text(op)), ("args", map(&args))];
    if random.one_in(2) {
        entries.push(("id", text(random.pick(&IDS))));
    }
    cbor::encode(&map(&entries))
}

/// One connection and what is sent on it.
struct Talker<'a> {
    random: &'a mut Random,
    socket: UnixStream,
    tag: u32,
    next: u32,
    frames: &'a [Vec<u8>],
}

impl Talker<'_> {
    fn some_stream(&mut self) -> u32 {
        match self.random.below(6) {
            0 => self.random.next() as u32,
            _ => 1 + self.random.below(self.next as usize) as u32,
        }
    }

    fn build(&mut self) -> Vec<u8> {
        let tag = self.tag;
        match self.random.below(20) {
            0..=9 => {
                let payload = call(self.random);
                let flags = if self.random.one_in(2) { END } else { 0 };
                self.next += 1;
                frame::build(Type::Call, self.next - 1, flags, &payload, tag)
            }
            10..=13 => {
                let length = if self.random.one_in(10) { self.random.below(MAX_PAYLOAD) } else { self.random.below(600) };
                let (stream, flags) = (self.some_stream(), u8::from(self.random.one_in(3)));
                frame::build(Type::Data, stream, flags, &vec![b'y'; length], tag)
            }
            14 => frame::build(Type::Window, self.some_stream(), 0, &(self.random.next() as u32 >> 8).to_be_bytes(), tag),
            15 => frame::build(Type::Cancel, self.some_stream(), 0, &[], tag),
            16 => {
                let ids = IDS.iter().map(|id| text(id)).collect();
                frame::build(Type::Forget, 0, 0, &cbor::encode(&Value::Array(ids)), tag)
            }
            17 => {
                // As the vectors have it, right or wrong, with this connection's trailer and a little off.
                let mut bytes = self.frames[self.random.below(self.frames.len())].clone();
                let end = bytes.len() - 4;
                bytes[end..].copy_from_slice(&tag.to_be_bytes());
                if self.random.one_in(2) {
                    self.random.mutate(&mut bytes);
                }
                bytes
            }
            18 => {
                let (kind, stream) = (TYPES[self.random.below(TYPES.len())], self.some_stream());
                let payload = if self.random.one_in(2) { self.random.bytes(60) } else { cbor::encode(&self.random.value(0)) };
                frame::build(kind, stream, 0, &payload, tag)
            }
            _ if self.random.one_in(10) => self.random.bytes(300),
            _ => frame::build(Type::Ping, 0, 0, &[1; 8], tag),
        }
    }

    /// False when nobody takes it any more.
    fn send(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(1 + self.random.below(rest.len()));
            if self.socket.write_all(now).is_err() {
                return false;
            }
            rest = later;
        }
        true
    }
}

/// Sends for a while over a connection of its own; what comes back is read, or not.
fn talk(ward: &Ward, random: &mut Random, frames: &[Vec<u8>]) {
    let host = ward.connect();
    let mut reader = host.socket.try_clone().unwrap();
    let (tag, next) = (host.tag(), host.next);
    let mut talker = Talker { socket: host.socket, tag, next, frames, random };
    // One that neither reads nor takes long.
    let reads = !talker.random.one_in(5);
    talker.socket.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let reading = reads
        .then(|| std::thread::Builder::new().name("fuzz reader".to_owned()).spawn(move || reader.read_to_end(&mut Vec::new())));
    for _ in 0..talker.random.below(120) {
        if talker.random.one_in(12) {
            // A program comes to a door.
            let door = talker.random.below(2);
            if let Ok(mut program) = TcpStream::connect(("127.0.0.1", ward.server.doors.ports()[door])) {
                let _ = program.write_all(&talker.random.bytes(2_000));
            }
        }
        let frame = talker.build();
        if !talker.send(&frame) {
            break;
        }
    }
    let _ = talker.socket.shutdown(std::net::Shutdown::Both);
    if let Some(reading) = reading {
        let _ = reading.unwrap().join();
    }
}

#[test]
fn a_host_that_does_anything_at_all_is_survived() {
    let panics = count_panics();
    let ward = Ward::new();
    let frames = frames();
    let memory = status("VmRSS:") << 10;
    let begun = Instant::now();
    let mut random = Random::new(0);
    let mut rounds = 0u64;
    while begun.elapsed() < Duration::from_secs(seconds()) {
        talk(&ward, &mut random, &frames);
        rounds += 1;
        let mut host = ward.connect();
        host.call("mkdir", None, map(&[("path", text("/workspace"))]));
        assert_eq!(host.call("stat", None, map(&[("path", text("/"))])).code(), "ok", "round {rounds}");
        assert_eq!(panics.load(Ordering::Relaxed), 0, "round {rounds}");
        let grown = (status("VmRSS:") << 10).saturating_sub(memory);
        assert!(grown < MEMORY_GROWTH, "{grown} bytes more in round {rounds}");
    }
    // Whatever was begun ends with its connection, or by itself soon after.
    let is_quiet =
        || ward.server.programs.count() == 0 && ward.server.watches.directories() == 0 && ward.server.doors.calls() == 0;
    let left = Instant::now();
    while !is_quiet() {
        assert!(
            left.elapsed() < Duration::from_secs(30),
            "{} programs are left after {rounds} rounds",
            ward.server.programs.count()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(panics.load(Ordering::Relaxed), 0);
}

/// The calls in the vectors are calls that the server knows, with arguments that it takes.
#[test]
fn every_call_of_the_vectors_is_understood() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let calls = calls();
    assert!(calls.len() >= 20, "{} calls", calls.len());
    for (name, call) in calls {
        let stream = host.next;
        host.next += 1;
        host.send(Type::Call, stream, END, &cbor::encode(&call));
        host.send(Type::Cancel, stream, 0, &[]);
        let code = host.finish(stream).code().to_owned();
        assert!(!matches!(code.as_str(), "invalid_argument" | "unknown_op"), "{name}: {code}");
    }
}
