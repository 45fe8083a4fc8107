//! Programs on terminals, and the calls that name a running program: signal, resize, attach.

use std::time::{Duration, Instant};

use super::client::{map, shell, text, Answer, Host, Ward};
use crate::wire::cbor::Value;
use crate::wire::frame::{Type, END};

fn size(rows: i64, cols: i64) -> [(&'static str, Value); 2] {
    [("rows", Value::Int(rows)), ("cols", Value::Int(cols))]
}

fn on_terminal(script: &str, env: &[(&str, Value)]) -> Value {
    let argv = Value::Array(vec![text("/bin/sh"), text("-c"), text(script)]);
    map(&[("argv", argv), ("env", map(env)), ("pty", map(&size(30, 100)))])
}

/// Reads DATA of a stream until `wanted` has come.
fn read_until(host: &mut Host, stream: u32, wanted: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let (header, payload) = host.receive_of(stream);
        assert!(header.kind != Type::Reply, "ended after {seen:?}");
        if header.kind == Type::Data {
            assert_eq!(header.channel(), 1);
            seen.push_str(std::str::from_utf8(&payload).unwrap());
        }
    }
    seen
}

fn about(target: &str, more: &[(&str, Value)]) -> Value {
    map(&[&[("target", text(target))], more].concat())
}

#[test]
fn a_program_has_a_terminal_of_its_own() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let script = "test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM && read line && echo \"<$line>\" > /dev/tty";
    let stream = host.start("exec", Some("t"), on_terminal(script, &[]), true);
    assert_eq!(read_until(&mut host, stream, "256color\r\n"), "30 100\r\nxterm-256color\r\n");
    host.send(Type::Data, stream, 0, "hellö\n".as_bytes());
    let answer = host.finish(stream);
    assert_eq!(answer.text(1), "hellö\r\n<hellö>\r\n");
    assert_eq!((answer.int("exit_code"), answer.int("stderr_bytes")), (0, 0));
    let stream = host.start("exec", None, on_terminal("echo $TERM", &[("TERM", text("dumb"))]), true);
    assert_eq!(host.finish(stream).text(1), "dumb\r\n");
}

#[test]
fn a_terminal_is_resized_and_signalled_by_name() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let script = "trap 'echo sized $(stty size)' WINCH; echo ready; while :; do sleep 0.05; done";
    let stream = host.start("exec", Some("t"), on_terminal(script, &[]), true);
    read_until(&mut host, stream, "ready");
    assert_eq!(host.call("exec", Some("t"), on_terminal("true", &[])).code(), "exists");
    assert_eq!(host.call("resize", None, about("t", &size(50, 150))).code(), "ok");
    read_until(&mut host, stream, "sized 50 150");
    assert_eq!(host.call("resize", None, about("t", &size(0, 150))).code(), "invalid_argument");
    assert_eq!(host.call("resize", None, about("none", &size(1, 1))).code(), "not_found");
    host.send(Type::Data, stream, 0, &[3]);
    assert_eq!(host.finish(stream).int("signal"), 2);

    // With job control it is not the shell's group that is in the foreground.
    let script = "set -m; sh -c 'echo ready; exec sleep 60'; echo ended with $?; sleep 60";
    let stream = host.start("exec", Some("t"), on_terminal(script, &[]), true);
    read_until(&mut host, stream, "ready");
    assert_eq!(host.call("signal", None, about("t", &[("signal", Value::Int(15))])).code(), "ok");
    read_until(&mut host, stream, "ended with 143");
    host.send(Type::Cancel, stream, 0, &[]);
    assert_eq!(host.finish(stream).get("ok", "cancelled"), Some(&Value::Bool(true)));
    assert_eq!(host.call("signal", None, about("t", &[("signal", Value::Int(1))])).code(), "not_found");
}

#[test]
fn the_end_of_the_body_and_a_lost_connection_hang_up() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = host.start("exec", Some("t"), on_terminal("echo ready; sleep 60", &[]), true);
    read_until(&mut host, stream, "ready");
    host.send(Type::Data, stream, END, b"");
    assert_eq!(host.finish(stream).int("signal"), 1);

    // One that does not heed it is killed.
    let begun = Instant::now();
    let stream = host.start("exec", Some("t"), on_terminal("trap '' HUP; echo ready; sleep 60", &[]), true);
    read_until(&mut host, stream, "ready");
    host.send(Type::Data, stream, END, b"");
    assert_eq!(host.finish(stream).int("signal"), 9);
    assert!(begun.elapsed() < Duration::from_secs(10));

    let stream = host.start("exec", Some("t"), on_terminal("echo $$ > pid; echo ready; sleep 60", &[]), true);
    read_until(&mut host, stream, "ready");
    drop(host);
    let pid = std::fs::read_to_string(ward.path("workspace/pid")).unwrap();
    let gone = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        !std::path::Path::new("/proc").join(pid.trim()).exists()
    });
    assert!(gone);
}

#[test]
fn a_terminal_that_nobody_reads_holds_its_program_back() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let script = "stty raw; i=0; while [ $i -lt 4000 ]; do printf '%01000d' $i; i=$((i+1)); done; echo over > done";
    let stream = host.start("exec", Some("t"), on_terminal(script, &[]), true);
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(!ward.path("workspace/done").exists());
    // Nothing is lost by it.
    let answer = host.finish(stream);
    assert_eq!((answer.data[1].len(), answer.int("stdout_bytes")), (4_000_000, 4_000_000));
    assert!(ward.path("workspace/done").exists());
}

#[test]
fn a_signal_reaches_the_whole_group() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = host.start("exec", Some("s"), shell("trap 'echo got; exit 5' USR1; sleep 60 & echo ready; wait"), false);
    read_until(&mut host, stream, "ready");
    assert_eq!(host.call("signal", None, about("s", &[("signal", Value::Int(10))])).code(), "ok");
    let answer = host.finish(stream);
    assert_eq!((answer.text(1).as_str(), answer.int("exit_code")), ("got\n", 5));
    for (target, signal, code) in [("s", 0, "invalid_argument"), ("s", 65, "invalid_argument"), ("s", 9, "not_found")] {
        assert_eq!(host.call("signal", None, about(target, &[("signal", Value::Int(signal))])).code(), code);
    }
    assert_eq!(host.call("resize", None, about("s", &size(1, 1))).code(), "not_found");
}

fn attach(host: &mut Host, target: &str, offset: i64) -> Answer {
    host.call("attach", None, about(target, &[("offset", Value::Int(offset))]))
}

#[test]
fn a_running_program_is_followed_from_any_byte_on() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let script = "printf 01234; sleep 0.3; printf abcde >&2; sleep 0.3; printf 56789";
    let first = host.start("exec", Some("f"), shell(script), false);
    read_until(&mut host, first, "01234");
    let answer = attach(&mut host, "f", 3);
    assert_eq!((answer.text(1).as_str(), answer.text(2).as_str()), ("3456789", "abcde"));
    assert_eq!((answer.int("exit_code"), answer.int("stdout_bytes")), (0, 10));
    // Finished by now: the same from the journal, also after a power loss.
    for host in [&mut ward.connect(), &mut ward.after_power_loss().connect()] {
        let answer = attach(host, "f", 7);
        assert_eq!((answer.text(1).as_str(), answer.text(2).as_str(), answer.int("exit_code")), ("56789", "cde", 0));
        assert_eq!(attach(host, "f", 400).text(1), "");
    }
    assert_eq!(attach(&mut host, "unknown", 0).code(), "not_found");
}

#[test]
fn following_moves_the_operation_and_can_end_it() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let first = host.start("exec", Some("f"), shell("echo ready; cat; echo after; sleep 60"), true);
    read_until(&mut host, first, "ready");
    let second = host.start("attach", None, about("f", &[]), false);
    // It brings no body, and does not end the one that was begun.
    read_until(&mut host, second, "ready");
    std::thread::sleep(Duration::from_millis(200));
    let third = host.start("exec", Some("f"), shell("echo ready; cat; echo after; sleep 60"), true);
    host.send(Type::Data, third, END, b"typed");
    read_until(&mut host, third, "typedafter");
    let fourth = host.start("attach", None, about("f", &[("offset", Value::Int(6))]), false);
    read_until(&mut host, fourth, "typedafter");
    host.send(Type::Cancel, fourth, 0, &[]);
    assert_eq!(host.finish(fourth).get("ok", "cancelled"), Some(&Value::Bool(true)));
}

#[test]
fn what_was_interrupted_or_is_no_program_cannot_be_followed() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let running = host.start("exec", Some("e"), shell("echo ready; sleep 60"), false);
    read_until(&mut host, running, "ready");
    host.start("write", Some("w"), map(&[("path", text("/workspace/w"))]), true);
    host.call("stat", None, map(&[("path", text("/"))]));
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(attach(&mut host, "w", 0).code(), "invalid_argument");
    let mut after = ward.after_power_loss().connect();
    assert_eq!(attach(&mut after, "e", 0).code(), "operation_interrupted");
    host.send(Type::Cancel, running, 0, &[]);
    host.finish(running);
}
