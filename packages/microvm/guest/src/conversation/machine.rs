//! The calls about the VM itself: how it becomes one of its own, what it uses, and holding it still.

use std::time::{Duration, Instant};

use super::client::{map, shell, text, Host, Ward};
use crate::newest;
use crate::wire::cbor::Value;

fn birth(epoch: i64, more: &[(&str, Value)]) -> Value {
    let mut entries = vec![
        ("seed", Value::Bytes(vec![1; 32])),
        ("time_us", Value::Int(1_800_000_000_000_000)),
        ("epoch", Value::Int(epoch)),
        ("hostname", text("vm-1.example")),
    ];
    entries.extend(more.iter().cloned());
    map(&entries)
}

fn epoch(host: &mut Host) -> (bool, i64) {
    let Value::Map(hello) = host.hello.clone() else { panic!("no map") };
    let get = |key: &str| hello.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
    let (Some(Value::Bool(configured)), Some(Value::Int(epoch))) = (get("configured"), get("epoch")) else { panic!("{hello:?}") };
    (configured, epoch)
}

#[test]
fn a_vm_is_configured_once_and_renewed_as_often_as_it_is_restored() {
    let ward = Ward::new();
    let mut host = ward.connect();
    assert_eq!(epoch(&mut host), (false, 0));
    assert_eq!(host.call("renew", None, birth(1, &[])).code(), "invalid_argument");
    let disk = [("root", text("disk"))];
    for (epoch, code) in [(1, "ok"), (1, "ok"), (2, "already_configured")] {
        assert_eq!(host.call("configure", None, birth(epoch, &disk)).code(), code);
    }
    assert!(ward.path("artifacts").is_dir());
    assert_eq!(epoch(&mut ward.connect()), (true, 1));
    for _ in 0..2 {
        assert_eq!(host.call("renew", None, birth(7, &[])).code(), "ok");
        assert_eq!(epoch(&mut ward.connect()), (true, 7));
    }
}

#[test]
fn what_a_vm_is_given_is_checked() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let limits = |entries: &[(&str, Value)]| birth(1, &[("root", text("memory")), ("limits", map(entries))]);
    for (what, args) in [
        ("no root", birth(1, &[])),
        ("a name that is none", map(&[("hostname", text("a b")), ("seed", Value::Bytes(vec![0; 32]))])),
        ("no processes", limits(&[("processes", Value::Int(0))])),
        ("too little memory", limits(&[("memory_bytes", Value::Int(1 << 20))])),
        ("an unknown bound", limits(&[("files", Value::Int(1))])),
    ] {
        assert_eq!(host.call("configure", None, args).code(), "invalid_argument", "{what}");
    }
    let bounds = limits(&[("processes", Value::Int(100)), ("memory_bytes", Value::Int(64 << 20))]);
    assert_eq!(host.call("configure", None, bounds).code(), "ok");
}

#[test]
fn what_is_used_is_told() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let answer = host.call("metrics", None, map(&[]));
    assert!(answer.int("uptime_us") > 0 && answer.int("total_memory_bytes") > 0);
    // There is no disk here, and nothing that bounds the programs of a test.
    assert_eq!((answer.get("ok", "disk_bytes"), answer.int("max_processes")), (None, 0));
}

#[test]
fn a_frozen_vm_thaws_when_told_or_when_its_time_is_over() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let freeze = |host: &mut Host, ms: i64| host.call("freeze", None, map(&[("lease_ms", Value::Int(ms))])).code().to_owned();
    let thaw = |host: &mut Host| host.call("thaw", None, map(&[])).get("ok", "was_frozen") == Some(&Value::Bool(true));
    for wrong in [0, 60_001] {
        assert_eq!(freeze(&mut host, wrong), "invalid_argument");
    }
    assert!(!thaw(&mut host));
    assert_eq!(freeze(&mut host, 60_000), "ok");
    assert!(thaw(&mut host));
    assert!(!thaw(&mut host));
    // A second one gives it more time.
    assert_eq!(freeze(&mut host, 100), "ok");
    assert_eq!(freeze(&mut host, 30_000), "ok");
    std::thread::sleep(Duration::from_millis(300));
    assert!(thaw(&mut host));
    assert_eq!(freeze(&mut host, 100), "ok");
    let begun = Instant::now();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!thaw(&mut host), "frozen for {:?}", begun.elapsed());
}

#[test]
fn the_newest_of_several_connections_is_the_stream() {
    let ward = Ward::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    let server = ward.server.clone();
    let over = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    std::thread::spawn(move || newest::serve(&server, || receiver.recv().map_err(|_| over())));
    let connect = || {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        sender.send(theirs.into()).unwrap();
        Host::over(ours)
    };
    let mut first = connect();
    let stream = first.start("exec", Some("n"), shell("sleep 0.3; echo done"), false);
    std::thread::sleep(Duration::from_millis(100));
    let mut second = connect();
    assert!(first.receive().is_none());
    assert_eq!(second.call("exec", Some("n"), shell("sleep 0.3; echo done")).text(1), "done\n");
    assert!(stream > 0);
    drop(second);
    assert_eq!(connect().call("stat", None, map(&[("path", text("/"))])).code(), "ok");
}
