//! Watches: what is told of which change.

use std::fs;
use std::time::{Duration, Instant};

use super::client::{map, text, Host, Ward};
use crate::stream::WINDOW;
use crate::wire::cbor::{self, Value};
use crate::wire::frame::Type;

/// Starts a watch and waits until it is about that many directories.
fn watch(ward: &Ward, host: &mut Host, path: &str, recursive: bool, directories: usize) -> u32 {
    let stream = host.start("watch", None, map(&[("path", text(path)), ("recursive", Value::Bool(recursive))]), false);
    settled(ward, directories);
    stream
}

fn settled(ward: &Ward, directories: usize) {
    let begun = Instant::now();
    while ward.server.watches.directories() != directories {
        assert!(begun.elapsed() < Duration::from_secs(20), "{} directories", ward.server.watches.directories());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The records in the bytes, each as `kind path` or `moved from -> path`; those of unfinished ones stay.
fn records(bytes: &mut Vec<u8>) -> Vec<String> {
    let mut records = Vec::new();
    while let Some(length) = bytes.first_chunk::<4>().map(|head| 4 + u32::from_be_bytes(*head) as usize) {
        if bytes.len() < length {
            break;
        }
        let Some(Value::Map(record)) = cbor::decode(&bytes[4..length]) else { panic!("no record") };
        let get = |key: &str| match record.iter().find(|(name, _)| name == key) {
            Some((_, Value::Text(text))) => text.clone(),
            _ => String::new(),
        };
        let (kind, path, from) = (get("kind"), get("path"), get("from"));
        records.push(if from.is_empty() { format!("{kind} {path}") } else { format!("{kind} {from} -> {path}") });
        bytes.drain(..length);
    }
    records
}

/// What is told up to and with `last`.
fn told(host: &mut Host, stream: u32, last: &str) -> Vec<String> {
    let mut bytes = Vec::new();
    let mut all: Vec<String> = Vec::new();
    while !all.iter().any(|record| record == last) {
        let (header, payload) = host.receive().unwrap_or_else(|| panic!("after {all:?}"));
        if header.stream == stream {
            assert_eq!((header.kind, header.channel()), (Type::Data, 0), "after {all:?}");
            bytes.extend(payload);
            all.extend(records(&mut bytes));
        }
    }
    all
}

#[test]
fn changes_in_a_directory_are_told_in_their_order() {
    let ward = Ward::new();
    let mut host = ward.connect();
    fs::create_dir(ward.path("workspace/below")).unwrap();
    let stream = watch(&ward, &mut host, "/workspace", false, 1);
    fs::write(ward.path("workspace/below/unseen"), "x").unwrap();
    fs::write(ward.path("workspace/a"), "x").unwrap();
    fs::rename(ward.path("workspace/a"), ward.path("workspace/b")).unwrap();
    fs::remove_file(ward.path("workspace/b")).unwrap();
    fs::rename(ward.path("workspace/below/unseen"), ward.path("workspace/in")).unwrap();
    fs::rename(ward.path("workspace/in"), ward.path("out")).unwrap();
    let expected = [
        "created /workspace/a",
        "modified /workspace/a",
        "moved /workspace/a -> /workspace/b",
        "removed /workspace/b",
        "created /workspace/in",
        "removed /workspace/in",
    ];
    assert_eq!(told(&mut host, stream, expected[5]), expected);
    host.send(Type::Cancel, stream, 0, &[]);
    assert_eq!(host.finish(stream).code(), "cancelled");
    settled(&ward, 0);
}

#[test]
fn a_tree_is_followed_wherever_its_directories_go() {
    let ward = Ward::new();
    let mut host = ward.connect();
    fs::create_dir_all(ward.path("workspace/one/two")).unwrap();
    fs::create_dir(ward.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("/", ward.path("workspace/link")).unwrap();
    let stream = watch(&ward, &mut host, "/workspace/", true, 3);
    fs::create_dir_all(ward.path("workspace/new/deep")).unwrap();
    settled(&ward, 5);
    fs::write(ward.path("workspace/new/deep/f"), "x").unwrap();
    assert!(told(&mut host, stream, "modified /workspace/new/deep/f").contains(&"created /workspace/new".to_owned()));
    fs::rename(ward.path("workspace/one"), ward.path("workspace/new/uno")).unwrap();
    fs::write(ward.path("workspace/new/uno/two/g"), "x").unwrap();
    let all = told(&mut host, stream, "created /workspace/new/uno/two/g");
    assert!(all.contains(&"moved /workspace/one -> /workspace/new/uno".to_owned()), "{all:?}");
    // What leaves is watched no more.
    fs::rename(ward.path("workspace/new"), ward.path("elsewhere/new")).unwrap();
    told(&mut host, stream, "removed /workspace/new");
    settled(&ward, 1);
    fs::write(ward.path("elsewhere/new/deep/h"), "x").unwrap();
    // What comes brings what is in it.
    fs::rename(ward.path("elsewhere/new"), ward.path("workspace/back")).unwrap();
    let all = told(&mut host, stream, "created /workspace/back/uno/two/g");
    assert!(all.contains(&"created /workspace/back/deep/h".to_owned()), "{all:?}");
    assert!(!all.iter().any(|record| record.contains("elsewhere")), "{all:?}");
    settled(&ward, 5);
}

#[test]
fn a_watch_ends_with_what_it_is_about() {
    let ward = Ward::new();
    let mut host = ward.connect();
    fs::write(ward.path("workspace/file"), "x").unwrap();
    let stream = watch(&ward, &mut host, "/workspace/file", true, 1);
    fs::write(ward.path("workspace/other"), "x").unwrap();
    // Replaced by another, it is still there.
    fs::rename(ward.path("workspace/other"), ward.path("workspace/file")).unwrap();
    fs::write(ward.path("workspace/file"), "y").unwrap();
    assert_eq!(told(&mut host, stream, "modified /workspace/file"), ["created /workspace/file", "modified /workspace/file"]);
    fs::remove_file(ward.path("workspace/file")).unwrap();
    assert_eq!(told(&mut host, stream, "removed /workspace/file"), ["removed /workspace/file"]);
    assert_eq!(host.finish(stream).int("events"), 3);

    fs::create_dir_all(ward.path("workspace/dir/in")).unwrap();
    let stream = watch(&ward, &mut host, "/workspace/dir", true, 2);
    fs::remove_dir_all(ward.path("workspace/dir")).unwrap();
    assert_eq!(told(&mut host, stream, "removed /workspace/dir/in"), ["removed /workspace/dir/in"]);
    assert_eq!(host.finish(stream).int("events"), 1);
    let gone = map(&[("path", text("/workspace/dir"))]);
    assert_eq!(host.call("watch", None, gone).code(), "not_found");
}

#[test]
fn a_host_that_does_not_read_is_told_that_some_were_lost() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let stream = watch(&ward, &mut host, "/workspace", false, 1);
    // More than a window holds and then more than the kernel keeps.
    let name = "n".repeat(200);
    for round in 0..14_000 {
        let path = ward.path(&format!("workspace/{name}{}", round % 7));
        fs::File::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
    }
    let mut bytes = Vec::new();
    let mut is_told = false;
    while !is_told {
        let (header, payload) = host.receive().unwrap();
        assert_eq!((header.kind, header.stream), (Type::Data, stream));
        host.send(Type::Window, stream, 0, &(payload.len() as u32).to_be_bytes());
        bytes.extend(payload);
        assert!(bytes.len() <= WINDOW as usize);
        is_told = records(&mut bytes).iter().any(|record| record == "overflow /workspace");
    }
    fs::write(ward.path("workspace/after"), "x").unwrap();
    told(&mut host, stream, "created /workspace/after");
}

#[test]
fn watches_are_bounded() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let at = |path: &str| map(&[("path", text(path)), ("recursive", Value::Bool(true))]);
    for n in 0..8_200 {
        fs::create_dir_all(ward.path(&format!("workspace/many/{}/{n}", n % 50))).unwrap();
    }
    assert_eq!(host.call("watch", None, at("/workspace")).code(), "too_large");
    settled(&ward, 0);
    fs::create_dir(ward.path("few")).unwrap();
    let streams: Vec<u32> = (0..16).map(|n| watch(&ward, &mut host, "/few", true, n + 1)).collect();
    assert_eq!(host.call("watch", None, at("/few")).code(), "too_large");
    host.send(Type::Cancel, streams[0], 0, &[]);
    assert_eq!(host.finish(streams[0]).code(), "cancelled");
    watch(&ward, &mut host, "/few", true, 16);
    drop(host);
    settled(&ward, 0);
}
