//! Programs that come to a door, and the calls that wait for them there.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::client::{map, shell, text, Host, Ward};
use crate::stream::WINDOW;
use crate::wire::cbor::{self, Value};
use crate::wire::frame::{Type, END};

fn accept(host: &mut Host, door: &str) -> u32 {
    host.start("accept", None, map(&[("door", text(door))]), true)
}

fn knock(ward: &Ward, door: usize) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", ward.server.doors.ports()[door])).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket
}

fn grant(host: &mut Host, token: &str) {
    assert_eq!(host.call("grant", None, map(&[("token", text(token))])).code(), "ok");
}

/// What comes on a stream up to the guest's END or the REPLY, without the record in front, whose token is returned too.
fn hear(host: &mut Host, stream: u32, until: usize) -> (String, Vec<u8>) {
    let mut heard = Vec::new();
    loop {
        let (header, payload) = host.receive().unwrap();
        if header.stream != stream {
            continue;
        }
        assert_eq!((header.kind, header.channel()), (Type::Data, 0));
        heard.extend(payload);
        let length = 4 + u32::from_be_bytes(heard[..4].try_into().unwrap()) as usize;
        if header.is_end() || heard.len() >= length + until {
            let Some(Value::Map(record)) = cbor::decode(&heard[4..length]) else { panic!("no record") };
            let [(key, Value::Text(token))] = &record[..] else { panic!("{record:?}") };
            assert_eq!(key, "token");
            return (token.clone(), heard.split_off(length));
        }
    }
}

#[test]
fn a_program_and_a_call_find_each_other_whoever_comes_first() {
    let ward = Ward::new();
    let mut host = ward.connect();
    grant(&mut host, "first");
    for door in 0..2 {
        let name = ["proxy", "bridge"][door];
        let stream = accept(&mut host, name);
        let mut program = knock(&ward, door);
        program.write_all(b"request").unwrap();
        assert_eq!(hear(&mut host, stream, 7), ("first".to_owned(), b"request".to_vec()));
        host.send(Type::Data, stream, END, b"answer");
        let mut answer = String::new();
        program.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "answer");
        drop(program);
        let reply = host.finish(stream);
        assert_eq!((reply.int("sent"), reply.int("received")), (7, 6));
    }
    grant(&mut host, "second");
    let mut program = knock(&ward, 1);
    program.write_all(b"early").unwrap();
    program.shutdown(Shutdown::Write).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let stream = accept(&mut host, "bridge");
    assert_eq!(hear(&mut host, stream, usize::MAX / 2), ("second".to_owned(), b"early".to_vec()));
    // Half closed: the other half still carries.
    host.send(Type::Data, stream, END, b"late");
    assert_eq!(host.finish(stream).int("received"), 4);
    let mut answer = String::new();
    program.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "late");
}

#[test]
fn programs_are_told_of_the_doors() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let [proxy, bridge] = ward.server.doors.ports().map(|port| format!("http://127.0.0.1:{port}"));
    let script = "echo $HTTP_PROXY $HTTPS_PROXY $http_proxy $https_proxy $NO_PROXY $VIBEWRITER_BRIDGE";
    let told = host.call("exec", None, shell(script)).text(1);
    assert_eq!(told, format!("{proxy} {proxy} {proxy} {proxy} localhost,127.0.0.1 {bridge}\n"));
    let argv = Value::Array(vec![text("/bin/sh"), text("-c"), text(script)]);
    let own = map(&[("argv", argv), ("env", map(&[("HTTP_PROXY", text("mine")), ("VIBEWRITER_BRIDGE", text(""))]))]);
    assert_eq!(host.call("exec", None, own).text(1), format!("mine {proxy} {proxy} {proxy} localhost,127.0.0.1\n"));
}

#[test]
fn much_passes_both_ways_and_each_way_is_held_back_by_its_receiver() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = accept(&mut host, "proxy");
    let mut program = knock(&ward, 0);
    let size = 5 * WINDOW as usize + 77;
    let sent: Vec<u8> = (0..size).map(|n| (n % 253) as u8).collect();
    let copy = sent.clone();
    let writer = std::thread::spawn(move || {
        program.write_all(&copy).unwrap();
        program.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        program.read_to_end(&mut back).unwrap();
        back
    });
    // Nothing is granted: no more than a window comes, and other calls are answered.
    let mut heard = Vec::new();
    while heard.len() < WINDOW as usize {
        let (header, payload) = host.receive().unwrap();
        assert_eq!((header.kind, header.stream), (Type::Data, stream));
        heard.extend(payload);
    }
    assert_eq!(heard.len(), WINDOW as usize);
    assert_eq!(host.call("stat", None, map(&[("path", text("/"))])).code(), "ok");
    let mut granted = 0;
    let mut ended = false;
    while !ended {
        if granted == 0 {
            host.send(Type::Window, stream, 0, &(WINDOW as u32).to_be_bytes());
            granted = WINDOW as usize;
        }
        let (header, payload) = host.receive().unwrap();
        granted -= payload.len();
        heard.extend(payload);
        ended = header.is_end();
    }
    assert_eq!(heard[4 + u32::from_be_bytes(heard[..4].try_into().unwrap()) as usize..], sent);
    let mut room = WINDOW as usize;
    for part in sent.chunks(100_000) {
        while room < part.len() {
            let (header, payload) = host.receive().unwrap();
            assert_eq!((header.kind, header.stream), (Type::Window, stream));
            room += u32::from_be_bytes(payload.try_into().unwrap()) as usize;
        }
        host.send(Type::Data, stream, 0, part);
        room -= part.len();
    }
    host.send(Type::Data, stream, END, b"");
    let reply = host.finish(stream);
    assert_eq!((reply.int("sent"), reply.int("received")), (size as i64, size as i64));
    assert_eq!(writer.join().unwrap(), sent);
}

#[test]
fn a_cancelled_call_waits_no_more_and_resets_its_program() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let waiting = accept(&mut host, "proxy");
    host.call("stat", None, map(&[("path", text("/"))]));
    host.send(Type::Cancel, waiting, 0, &[]);
    assert_eq!(host.finish(waiting).code(), "cancelled");

    for lose in [false, true] {
        let stream = accept(&mut host, "proxy");
        let mut program = knock(&ward, 0);
        program.write_all(b"x").unwrap();
        hear(&mut host, stream, 1);
        if lose {
            drop(host);
            host = ward.connect();
        } else {
            host.send(Type::Cancel, stream, 0, &[]);
            assert_eq!(host.finish(stream).code(), "cancelled");
        }
        assert_eq!(program.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    // What a lost connection had waiting takes no program from the next one.
    accept(&mut host, "bridge");
    host.call("stat", None, map(&[("path", text("/"))]));
    drop(host);
    let mut host = ward.connect();
    std::thread::sleep(Duration::from_millis(200));
    let stream = accept(&mut host, "bridge");
    knock(&ward, 1).write_all(b"y").unwrap();
    assert_eq!(hear(&mut host, stream, 1).1, b"y");
}

#[test]
fn a_program_that_goes_away_ends_its_call() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = accept(&mut host, "proxy");
    drop(knock(&ward, 0));
    hear(&mut host, stream, usize::MAX / 2);
    // It is gone, which is seen once something is said to it.
    host.send(Type::Data, stream, 0, b"hello?");
    std::thread::sleep(Duration::from_millis(50));
    host.send(Type::Data, stream, 0, b"hello?");
    assert_eq!(host.finish(stream).int("sent"), 0);
}

#[test]
fn no_more_than_64_wait_at_a_door_and_none_for_ever() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let mut programs: Vec<TcpStream> = (0..64).map(|_| knock(&ward, 0)).collect();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(knock(&ward, 0).read(&mut [0]).unwrap(), 0);
    // Those that leave make room, and the other door has its own.
    programs.truncate(10);
    std::thread::sleep(Duration::from_millis(100));
    let stream = accept(&mut host, "bridge");
    knock(&ward, 1).write_all(b"z").unwrap();
    assert_eq!(hear(&mut host, stream, 1).1, b"z");
    let begun = std::time::Instant::now();
    assert_eq!(programs[0].read(&mut [0]).unwrap(), 0);
    assert!(begun.elapsed() > Duration::from_secs(8) && begun.elapsed() < Duration::from_secs(15));
}

#[test]
fn calls_at_the_doors_are_bounded_too() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let streams: Vec<u32> = (0..128).map(|_| accept(&mut host, "proxy")).collect();
    let refused = accept(&mut host, "bridge");
    assert_eq!(host.finish(refused).code(), "too_many_streams");
    // They leave room for bodies.
    assert_eq!(host.call_with("exec", None, shell("cat"), b"in").text(1), "in");
    host.send(Type::Cancel, streams[0], 0, &[]);
    assert_eq!(host.finish(streams[0]).code(), "cancelled");
    assert_eq!(host.call("accept", None, map(&[("door", text("window"))])).code(), "invalid_argument");
    assert_eq!(host.call("grant", None, map(&[("token", text(&"x".repeat(257)))])).code(), "invalid_argument");
}
