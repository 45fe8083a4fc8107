//! The same server over a unix socket against a directory, for tests of the host's side.

use std::fs::{self, File};
use std::io::{ErrorKind, Result};
use std::os::unix::net::UnixListener;
use std::path::Path;

use crate::journal::Journal;
use crate::newest;
use crate::place::Place;
use crate::server::{Ground, Server};

const USAGE: &str = "usage: vibewriter-guest --serve SOCKET --root DIRECTORY --state DIRECTORY";
const MAX_OUTPUT: u64 = 64 << 20;

/// Serves clients until the process is ended, the newest at each time.
pub fn run(args: impl Iterator<Item = String>) -> std::result::Result<(), String> {
    let args: Vec<String> = args.collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ["--serve", socket, "--root", root, "--state", state] = args[..] else {
        return Err(USAGE.to_owned());
    };
    serve(Path::new(socket), Path::new(root), Path::new(state)).map_err(|error| format!("vibewriter-guest: {error}"))
}

fn serve(socket: &Path, root: &Path, state: &Path) -> Result<()> {
    fs::create_dir_all(root)?;
    fs::create_dir_all(state)?;
    let memory = state.join("memory");
    match fs::remove_dir_all(&memory) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let root = root.canonicalize()?;
    let place = Place::of_test(File::open(&root)?.into(), root.to_string_lossy().into_owned(), None);
    let journal = Journal::open(&memory, false, MAX_OUTPUT)?;
    let server = Server::new(Ground::Test { state: state.to_owned() }, place, journal)?;
    let listener = UnixListener::bind(socket)?;
    newest::serve(&server, || Ok(listener.accept()?.0.into()))
}
