//! Operations and their ids: nothing is done twice, whatever is lost.

use std::fs;
use std::time::Duration;

use super::client::{map, shell, text, Ward};
use crate::wire::cbor::{self, Value};
use crate::wire::frame::{Type, END};

const APPEND: &str = "echo once >> log; cat log; echo done >&2";

#[test]
fn a_finished_operation_is_answered_again_and_not_done_again() {
    let ward = Ward::new();
    let mut host = ward.connect();
    for _ in 0..2 {
        let answer = host.call("exec", Some("a"), shell(APPEND));
        assert_eq!((answer.text(1).as_str(), answer.text(2).as_str()), ("once\n", "done\n"));
    }
    assert_eq!(host.call("exec", Some("a"), shell("true")).code(), "operation_conflict");

    let after = ward.after_power_loss();
    let mut host = after.connect();
    assert_eq!(host.call("exec", Some("a"), shell(APPEND)).text(1), "once\n");
    host.send(Type::Forget, 0, 0, &cbor::encode(&Value::Array(vec![text("a"), text("unknown")])));
    assert_eq!(host.call("exec", Some("a"), shell(APPEND)).code(), "reply_dropped");
    assert_eq!(after.after_power_loss().connect().call("exec", Some("a"), shell(APPEND)).code(), "reply_dropped");
    assert_eq!(fs::read_to_string(ward.path("workspace/log")).unwrap(), "once\n");
}

#[test]
fn large_output_is_recorded_too() {
    let ward = Ward::new();
    let script = shell("head -c 3000000 /dev/zero; date +%N");
    let first = ward.connect().call("exec", Some("big"), script.clone());
    assert_eq!(first.data[1].len(), 3_000_010);
    assert_eq!(ward.connect().call("exec", Some("big"), script.clone()).data[1], first.data[1]);
    let after = ward.after_power_loss();
    assert_eq!(after.connect().call("exec", Some("big"), script.clone()).data[1], first.data[1]);
    // A megabyte is all that this ward's journal keeps: the next one takes its place.
    assert_eq!(after.connect().call("exec", Some("next"), script.clone()).data[1].len(), 3_000_010);
    assert_eq!(after.connect().call("exec", Some("big"), script).code(), "reply_dropped");
}

#[test]
fn a_lost_connection_leaves_the_operation_running() {
    let ward = Ward::new();
    let script = || shell("echo begin; sleep 0.3; echo $$ >> pids; cat pids");
    let mut host = ward.connect();
    host.start("exec", Some("b"), script(), false);
    std::thread::sleep(Duration::from_millis(100));
    drop(host);
    let mut host = ward.connect();
    let answer = host.call("exec", Some("b"), script());
    assert!(answer.text(1).starts_with("begin\n"), "{answer:?}");
    assert_eq!(fs::read_to_string(ward.path("workspace/pids")).unwrap().lines().count(), 1);
}

#[test]
fn a_second_stream_takes_the_place_of_the_first() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let script = || shell("read one; read two; echo $one $two");
    let first = host.start("exec", Some("c"), script(), true);
    host.send(Type::Data, first, 0, b"a\n");
    std::thread::sleep(Duration::from_millis(100));
    let second = host.start("exec", Some("c"), script(), true);
    assert_eq!(host.finish(first).code(), "operation_moved");
    // From the first byte, of which the program has seen two.
    host.send(Type::Data, second, END, b"a\nb\n");
    assert_eq!(host.finish(second).text(1), "a b\n");
}

#[test]
fn without_an_id_a_lost_connection_ends_the_program() {
    let ward = Ward::new();
    let mut host = ward.connect();
    host.start("exec", None, shell("echo $$ > pid; sleep 60"), false);
    std::thread::sleep(Duration::from_millis(200));
    let pid = fs::read_to_string(ward.path("workspace/pid")).unwrap();
    let process = std::path::PathBuf::from(format!("/proc/{}", pid.trim()));
    assert!(process.exists());
    drop(host);
    let gone = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        !process.exists()
    });
    assert!(gone);
}

#[test]
fn a_cancelled_operation_stays_cancelled() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = host.start("exec", Some("d"), shell("sleep 60"), false);
    host.send(Type::Cancel, stream, 0, &[]);
    let answer = host.finish(stream);
    assert_eq!(answer.get("ok", "cancelled"), Some(&Value::Bool(true)));
    let again = host.call("exec", Some("d"), shell("sleep 60"));
    assert_eq!(again.get("ok", "cancelled"), Some(&Value::Bool(true)));
}

#[test]
fn what_was_interrupted_is_redone_only_if_that_is_harmless() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let body = |path: &str| map(&[("path", text(path)), ("create", text("new"))]);
    host.start("exec", Some("e"), shell("sleep 60"), false);
    host.start("write", Some("w"), body("/workspace/w"), true);
    host.call("stat", None, map(&[("path", text("/"))]));
    std::thread::sleep(Duration::from_millis(100));

    let after = ward.after_power_loss();
    let mut host = after.connect();
    assert_eq!(host.call("exec", Some("e"), shell("sleep 60")).code(), "operation_interrupted");
    // As if it had been written just before the power went.
    fs::write(ward.path("workspace/w"), "text").unwrap();
    assert_eq!(host.call_with("write", Some("w"), body("/workspace/w"), b"text").int("size"), 4);
    assert_eq!(host.call_with("write", Some("w2"), body("/workspace/w"), b"text").code(), "exists");
}

#[test]
fn a_write_without_its_whole_body_has_changed_nothing() {
    let ward = Ward::new();
    let args = || map(&[("path", text("/workspace/f"))]);
    let mut host = ward.connect();
    let stream = host.start("write", Some("f"), args(), true);
    host.send(Type::Data, stream, 0, b"half");
    host.call("stat", None, map(&[("path", text("/"))]));
    drop(host);
    let mut host = ward.connect();
    assert_eq!(host.call_with("write", Some("f"), args(), b"whole").int("size"), 5);
    assert_eq!(fs::read_to_string(ward.path("workspace/f")).unwrap(), "whole");
    assert_eq!(fs::read_dir(ward.path("workspace")).unwrap().count(), 1);
}

#[test]
fn many_small_operations_share_the_journal() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let path = |n: usize| map(&[("path", text(&format!("/workspace/d{n}")))]);
    let streams: Vec<u32> = (0..200).map(|n| host.start("mkdir", Some(&format!("m{n}")), path(n), false)).collect();
    // Replies come in any order; a call made after all of them is answered when they are.
    let mut replies = 0;
    while replies < streams.len() {
        replies += usize::from(host.receive().unwrap().0.kind == Type::Reply);
    }
    let mut host = ward.after_power_loss().connect();
    for n in 0..200 {
        assert_eq!(host.call("mkdir", Some(&format!("m{n}")), path(n)).code(), "ok");
    }
    assert_eq!(host.call("mkdir", Some("other"), path(7)).code(), "exists");
}
