//! A peer that breaks the rules loses the connection and nothing else.

use super::client::{map, shell, text, Host, Ward};
use crate::stream::WINDOW;
use crate::wire::cbor::{self, Value};
use crate::wire::frame::{self, Type, END, MAX_PAYLOAD};

fn is_alive(host: &mut Host) {
    host.begin(&vec![0; MAX_PAYLOAD + 16]);
    assert_eq!(host.call("stat", None, map(&[("path", text("/workspace"))])).code(), "ok");
}

#[test]
fn every_violation_is_named_and_survived() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stat = || cbor::encode(&map(&[("op", text("stat")), ("args", map(&[("path", text("/"))]))]));
    let cases: [(&str, Type, u32, u8, Vec<u8>); 11] = [
        ("bad_stream", Type::Call, 3, END, stat()),
        ("bad_stream", Type::Data, 2, 0, vec![]),
        ("bad_stream", Type::Cancel, 9, 0, vec![]),
        ("bad_type", Type::Hello, 0, 0, cbor::encode(&map(&[("generations", Value::Array(vec![Value::Int(1)]))]))),
        ("bad_type", Type::Reply, 1, 0, stat()),
        ("bad_cbor", Type::Call, 2, END, vec![0xff]),
        ("bad_cbor", Type::Call, 2, END, cbor::encode(&map(&[("op", text("stat"))]))),
        ("bad_cbor", Type::Call, 2, END, cbor::encode(&map(&[("op", text("stat")), ("args", map(&[])), ("more", Value::Null)]))),
        ("bad_cbor", Type::Call, 2, END, cbor::encode(&map(&[("op", text("stat")), ("args", map(&[])), ("id", text("a b"))]))),
        ("bad_cbor", Type::Forget, 0, 0, cbor::encode(&Value::Array(vec![Value::Int(1)]))),
        ("bad_length", Type::Ping, 0, 0, vec![1]),
    ];
    for (expected, kind, stream, flags, payload) in cases {
        // One call is behind each of them: the next stream is 2.
        is_alive(&mut host);
        host.send(kind, stream, flags, &payload);
        assert_eq!(host.goaway(), expected, "{kind:?}");
    }
    is_alive(&mut host);
}

#[test]
fn windows_are_kept_to() {
    let ward = Ward::new();
    let mut host = ward.connect();
    // It reads nothing, so that no more is allowed than at the start.
    let stream = host.start("exec", None, shell("sleep 5"), true);
    for _ in 0..=WINDOW as usize / MAX_PAYLOAD + 1 {
        host.send(Type::Data, stream, 0, &vec![0; MAX_PAYLOAD]);
    }
    assert_eq!(host.goaway(), "window_exceeded");
    is_alive(&mut host);

    let stream = host.start("exec", None, shell("sleep 5"), true);
    host.send(Type::Window, stream, 0, &u32::MAX.to_be_bytes());
    assert_eq!(host.goaway(), "window_overflow");
    is_alive(&mut host);

    let stream = host.start("exec", None, shell("sleep 5"), true);
    host.send(Type::Data, stream, END, b"");
    host.send(Type::Data, stream, 0, b"more");
    assert_eq!(host.goaway(), "data_after_end");
    is_alive(&mut host);
}

#[test]
fn a_sender_stops_at_the_end_of_its_window() {
    let ward = Ward::new();
    let mut host = ward.connect();
    std::fs::write(ward.path("workspace/big"), vec![1; 3 * WINDOW as usize]).unwrap();
    let stream = host.start("read", None, map(&[("path", text("/workspace/big"))]), false);
    let mut got = 0;
    while got < WINDOW as usize {
        let (header, payload) = host.receive().unwrap();
        assert_eq!((header.kind, header.stream), (Type::Data, stream));
        got += payload.len();
    }
    assert_eq!(got, WINDOW as usize);
    // Nothing more of it comes, and other calls are answered meanwhile.
    host.send(Type::Ping, 0, 0, &[7; 8]);
    assert_eq!(host.receive().unwrap().0.kind, Type::Pong);
    host.send(Type::Window, stream, 0, &(WINDOW as u32).to_be_bytes());
    assert_eq!(host.receive().unwrap().0.kind, Type::Data);
    host.send(Type::Cancel, stream, 0, &[]);
    assert_eq!(host.finish(stream).code(), "cancelled");
}

#[test]
fn a_connection_begins_in_any_state_of_the_one_before() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let half = frame::build(Type::Data, 1, 0, &vec![0x56; MAX_PAYLOAD], 5);
    for cut in [1, 11, 12, 13, 1_000, half.len() - 1] {
        let mut before = half[..cut].to_vec();
        before.resize(cut + MAX_PAYLOAD + 16, 0);
        host.begin(&before);
        assert_eq!(host.call("stat", None, map(&[("path", text("/"))])).code(), "ok");
    }
    // Between frames it takes no padding.
    host.begin(&[]);
    host.send(Type::Goaway, 0, 0, &cbor::encode(&map(&[("code", text("bye")), ("message", text(""))])));
    host.begin(b"rubbish");
}

#[test]
fn too_many_streams_are_refused_one_by_one() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let streams: Vec<u32> = (0..256).map(|_| host.start("exec", None, shell("exec sleep 10"), false)).collect();
    let refused = host.start("stat", None, map(&[("path", text("/"))]), false);
    assert_eq!(host.finish(refused).code(), "too_many_streams");
    host.send(Type::Cancel, streams[0], 0, &[]);
    assert_eq!(host.finish(streams[0]).int("exit_code"), 137);
    assert_eq!(host.call("stat", None, map(&[("path", text("/"))])).code(), "ok");
}

#[test]
fn a_host_of_another_generation_is_told_so() {
    let ward = Ward::new();
    let mut host = ward.connect();
    host.send(Type::Goaway, 0, 0, &cbor::encode(&map(&[("code", text("bye")), ("message", text(""))])));
    host.begin(&[]);
    let mut other = ward.connect();
    other.send(Type::Call, 1, END, &[0xa0]);
    assert_eq!(other.goaway(), "bad_cbor");
}

#[test]
fn a_call_of_very_many_values_is_refused() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let argv = |n: usize| map(&[("argv", Value::Array(vec![text("true"); n]))]);
    assert_eq!(host.call("exec", None, argv(12_000)).code(), "ok");
    let many = map(&[("argv", Value::Array(vec![text(""); 20_000]))]);
    assert_eq!(host.call("exec", None, many).code(), "too_large");
    let nested = map(&[("a", Value::Array(vec![Value::Array(vec![Value::Null; 100]); 200]))]);
    assert_eq!(host.call("stat", None, nested).code(), "too_large");
}
