//! The calls themselves, on a directory of the host.

use std::fs;
use std::os::unix::fs::{symlink, PermissionsExt};
use std::time::{Duration, Instant};

use super::client::{map, shell, text, Answer, Host, Ward};
use crate::wire::cbor::Value;

fn at(path: &str) -> Value {
    map(&[("path", text(path))])
}

fn names(answer: &Answer, list: &str, key: &str) -> Vec<String> {
    let Some(Value::Array(entries)) = answer.get("ok", list) else { panic!("{answer:?}") };
    let name = |entry: &Value| match entry {
        Value::Map(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()),
        _ => None,
    };
    entries
        .iter()
        .map(|entry| match name(entry) {
            Some(Value::Text(text)) => text,
            Some(Value::Int(n)) => n.to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_program_has_its_output_exit_code_and_signal() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let answer = host.call("exec", None, shell("echo out; echo err >&2; exit 3"));
    assert_eq!((answer.text(1).as_str(), answer.text(2).as_str(), answer.int("exit_code")), ("out\n", "err\n", 3));
    let answer = host.call("exec", None, shell("kill -TERM $$"));
    assert_eq!((answer.int("exit_code"), answer.int("signal")), (143, 15));
    assert_eq!(host.call_with("exec", None, shell("cat"), b"input").text(1), "input");
    assert_eq!(host.call("exec", None, shell("cat; pwd; echo $HOME $GREETING")).code(), "ok");
    let missing = map(&[("argv", Value::Array(vec![text("no-such-program")]))]);
    assert_eq!(host.call("exec", None, missing).code(), "not_found");
    let plain = map(&[("argv", Value::Array(vec![text("/etc/passwd")]))]);
    assert_eq!(host.call("exec", None, plain).code(), "permission_denied");
    let nowhere = map(&[("argv", Value::Array(vec![text("true")])), ("cwd", text("/nowhere"))]);
    assert_eq!(host.call("exec", None, nowhere).code(), "not_found");
}

#[test]
fn a_program_ends_with_all_it_started() {
    let ward = Ward::new();
    let mut host = ward.connect();
    let begun = Instant::now();
    let mut late = shell("(sleep 61; echo late) & sleep 61");
    if let Value::Map(entries) = &mut late {
        entries.push(("timeout_ms".to_owned(), Value::Int(200)));
    }
    let answer = host.call("exec", None, late);
    assert_eq!((answer.get("ok", "timed_out"), answer.int("signal")), (Some(&Value::Bool(true)), 9));
    // Something that holds the output open is waited for, but not long.
    assert_eq!(host.call("exec", None, shell("sleep 62 & echo first")).text(1), "first\n");
    assert!(begun.elapsed() < Duration::from_secs(10));
    let left = host.call("exec", None, shell("ps ax | grep 'sleep 6[12]' | wc -l"));
    assert_eq!(left.text(1).trim(), "0");
}

#[test]
fn output_past_the_limit_is_thrown_away() {
    let ward = Ward::new();
    let mut host = ward.connect();
    for id in [None, Some("limited")] {
        let argv = Value::Array(vec![text("head"), text("-c"), text("5000000"), text("/dev/zero")]);
        let answer = host.call("exec", id, map(&[("argv", argv), ("max_output", Value::Int(100_000))]));
        assert_eq!((answer.data[1].len(), answer.int("stdout_bytes"), answer.int("exit_code")), (100_000, 100_000, 0));
        assert_eq!(answer.get("ok", "truncated"), Some(&Value::Bool(true)));
    }
}

#[test]
fn files_are_written_read_and_edited() {
    let ward = Ward::new();
    let mut host = ward.connect();
    assert_eq!(host.call_with("write", None, at("/workspace/a/b"), b"x").code(), "not_found");
    let parents = map(&[("path", text("/workspace/a/b")), ("parents", Value::Bool(true)), ("mode", Value::Int(0o600))]);
    let contents: Vec<u8> = (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
    let stream = host.start("write", None, parents, true);
    for (n, part) in contents.chunks(200_000).enumerate() {
        host.send(crate::wire::frame::Type::Data, stream, u8::from(n == 4), part);
    }
    assert_eq!(host.finish(stream).int("size"), 1_000_000);
    assert_eq!(fs::metadata(ward.path("workspace/a/b")).unwrap().permissions().mode() & 0o7777, 0o600);
    let answer = host.call("read", None, at("/workspace/a/b"));
    assert_eq!((answer.data[0] == contents, answer.int("size")), (true, 1_000_000));
    let part = map(&[("path", text("/workspace/a/b")), ("offset", Value::Int(999_990)), ("length", Value::Int(50))]);
    assert_eq!(host.call("read", None, part).data[0], contents[999_990..]);

    host.call_with("write", None, at("/workspace/t"), b"one two two");
    let edit = |old: &str, all: bool| {
        map(&[("path", text("/workspace/t")), ("old", text(old)), ("new", text("2")), ("all", Value::Bool(all))])
    };
    assert_eq!(host.call("edit", None, edit("three", false)).code(), "no_match");
    assert_eq!(host.call("edit", None, edit("two", false)).code(), "ambiguous");
    assert_eq!(host.call("edit", None, edit("two", true)).int("replaced"), 2);
    assert_eq!(fs::read_to_string(ward.path("workspace/t")).unwrap(), "one 2 2");
    assert!(fs::read_to_string("/proc/self/status").is_ok());
}

#[test]
fn paths_stay_inside_and_odd_files_are_refused() {
    let ward = Ward::new();
    let mut host = ward.connect();
    symlink("/etc", ward.path("workspace/out")).unwrap();
    symlink("../../../../../etc/passwd", ward.path("workspace/up")).unwrap();
    let fifo = std::ffi::CString::new(ward.path("workspace/fifo").to_str().unwrap()).unwrap();
    assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
    for (path, code) in [
        ("/workspace/out/passwd", "not_found"),
        ("/workspace/up", "not_found"),
        ("/workspace/../workspace", "invalid_path"),
        ("workspace", "invalid_path"),
        ("", "invalid_path"),
        ("/a\0b", "invalid_path"),
        ("/workspace/fifo", "invalid_path"),
        ("/workspace", "is_directory"),
    ] {
        assert_eq!(host.call("read", None, at(path)).code(), code, "{path}");
    }
    assert_eq!(host.call_with("write", None, at("/workspace/fifo"), b"").code(), "invalid_path");
    assert_eq!(host.call_with("write", None, at("/workspace/out/x"), b"").code(), "not_found");
    assert_eq!(host.call("remove", None, at("/")).code(), "invalid_path");
    assert_eq!(host.call("read", None, at(&format!("/{}", "x".repeat(300)))).code(), "invalid_path");
    assert_eq!(host.call("read", None, at(&format!("/{}", "x/".repeat(3_000)))).code(), "invalid_path");
    // The link itself is replaced, not what it leads to.
    assert_eq!(host.call_with("write", None, at("/workspace/up"), b"mine").code(), "ok");
    assert_eq!(fs::read_to_string(ward.path("workspace/up")).unwrap(), "mine");
}

fn tree(ward: &Ward, host: &mut Host) {
    for name in ["b.md", "a/x.md", "a/deep/er/y.md", "a/z.txt", ".hidden/h.md"] {
        fs::create_dir_all(ward.path("workspace").join(name).parent().unwrap()).unwrap();
        fs::write(ward.path("workspace").join(name), format!("first {name}\nneedle here\r\n")).unwrap();
    }
    fs::write(ward.path("workspace/binary"), b"\0needle").unwrap();
    host.call("mkdir", None, at("/workspace/empty"));
}

#[test]
fn trees_are_listed_searched_moved_and_removed() {
    let ward = Ward::new();
    let mut host = ward.connect();
    tree(&ward, &mut host);
    let list = host.call("list", None, at("/workspace"));
    assert_eq!(names(&list, "entries", "name"), [".hidden", "a", "b.md", "binary", "empty"]);
    let few = host.call("list", None, map(&[("path", text("/workspace")), ("limit", Value::Int(2))]));
    assert_eq!(few.get("ok", "truncated"), Some(&Value::Bool(true)));

    let glob = host.call("glob", None, map(&[("path", text("/workspace")), ("pattern", text("**/*.md"))]));
    let expected = ["/workspace/.hidden/h.md", "/workspace/a/deep/er/y.md", "/workspace/a/x.md", "/workspace/b.md"];
    assert_eq!(names(&glob, "entries", "path"), expected);
    let absolute = host.call("glob", None, map(&[("path", text("/nowhere")), ("pattern", text("/workspace/a/*.txt"))]));
    assert_eq!(names(&absolute, "entries", "path"), ["/workspace/a/z.txt"]);

    let grep = map(&[("path", text("/workspace")), ("text", text("needle")), ("glob", text("*.md"))]);
    let grep = host.call("grep", None, grep);
    assert_eq!(names(&grep, "matches", "path"), expected);
    assert_eq!((names(&grep, "matches", "line")[0].as_str(), names(&grep, "matches", "text")[0].as_str()), ("2", "needle here"));
    let all = host.call("grep", None, map(&[("path", text("/workspace")), ("text", text("needle"))]));
    assert_eq!(names(&all, "matches", "path").len(), 5);

    let rename = |from: &str, to: &str| map(&[("from", text(from)), ("to", text(to))]);
    assert_eq!(host.call("rename", None, rename("/workspace/a", "/workspace/c")).code(), "ok");
    assert_eq!(host.call("rename", None, rename("/workspace/a", "/workspace/c")).code(), "not_found");
    assert_eq!(host.call("remove", None, at("/workspace/c")).code(), "not_empty");
    let recursive = map(&[("path", text("/workspace/c")), ("recursive", Value::Bool(true))]);
    assert_eq!(host.call("remove", None, recursive).code(), "ok");
    assert_eq!(host.call("stat", None, at("/workspace/c")).code(), "not_found");
}

#[test]
fn long_lists_and_lines_are_cut_to_fit_a_reply() {
    let ward = Ward::new();
    let mut host = ward.connect();
    for n in 0..6_000 {
        fs::write(ward.path("workspace").join(format!("a-file-with-a-rather-long-name-{n:05}")), "").unwrap();
    }
    let list = host.call("list", None, at("/workspace"));
    assert_eq!(list.get("ok", "truncated"), Some(&Value::Bool(true)));
    assert!(names(&list, "entries", "name").len() > 2_000);
    fs::write(ward.path("workspace/long"), format!("{}\nneedle{}\n", "y".repeat(700_000), "é".repeat(400_000))).unwrap();
    let grep = host.call("grep", None, map(&[("path", text("/workspace/long")), ("text", text("needle"))]));
    assert_eq!(names(&grep, "matches", "line"), ["2"]);
    assert_eq!(names(&grep, "matches", "text")[0].chars().count(), 2_000);
}

#[test]
fn arguments_are_checked() {
    let ward = Ward::new();
    let mut host = ward.connect();
    for (op, args) in [
        ("stat", map(&[])),
        ("stat", map(&[("path", Value::Int(1))])),
        ("stat", map(&[("path", text("/")), ("extra", Value::Null)])),
        ("exec", map(&[("argv", Value::Array(vec![]))])),
        ("exec", map(&[("argv", Value::Array(vec![text("a\0b")]))])),
        ("read", map(&[("path", text("/")), ("offset", Value::Int(-1))])),
        ("write", map(&[("path", text("/x")), ("mode", Value::Int(0o10000))])),
        ("glob", map(&[("path", text("/")), ("pattern", text(""))])),
        ("grep", map(&[("path", text("/")), ("text", text("two\nlines"))])),
        ("configure", map(&[("seed", Value::Bytes(vec![1; 31]))])),
        ("start_service", map(&[("name", text("../x"))])),
    ] {
        assert_eq!(host.call(op, None, args).code(), "invalid_argument", "{op}");
    }
    assert_eq!(host.call("fly", None, map(&[])).code(), "unknown_op");
    assert_eq!(host.call("service", None, map(&[("name", text("none"))])).code(), "service_unavailable");
}

#[test]
fn a_directory_of_more_than_can_be_held_is_told_in_part_and_removed_whole() {
    let ward = Ward::new();
    let mut host = ward.connect();
    fs::create_dir(ward.path("workspace/wide")).unwrap();
    for n in 0..65_600 {
        fs::File::create(ward.path(&format!("workspace/wide/{n}"))).unwrap();
    }
    let list = host.call("list", None, map(&[("path", text("/workspace/wide")), ("limit", Value::Int(100_000))]));
    assert_eq!(list.get("ok", "truncated"), Some(&Value::Bool(true)));
    let none = map(&[("path", text("/workspace")), ("pattern", text("**/no-such-name"))]);
    assert_eq!(host.call("glob", None, none).get("ok", "truncated"), Some(&Value::Bool(true)));
    let mut deep = ward.path("workspace/wide/deep");
    for _ in 0..300 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    let all = map(&[("path", text("/workspace/wide")), ("recursive", Value::Bool(true))]);
    assert_eq!(host.call("remove", None, all).code(), "ok");
    assert!(!ward.path("workspace/wide").exists());
}
