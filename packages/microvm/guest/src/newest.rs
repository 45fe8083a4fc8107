//! One stream after the other, where each new connection is the stream and closes the one before.

use std::io::{ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::connection;
use crate::link::Link;
use crate::server::Server;

/// Serves the connections that `accept` brings, until it fails.
pub fn serve(server: &Arc<Server>, mut accept: impl FnMut() -> Result<OwnedFd>) -> Result<()> {
    let mut current: Option<(Arc<Link>, JoinHandle<()>)> = None;
    loop {
        let link = Arc::new(Link::new(accept()?, false)?);
        if let Some((before, reader)) = current.take() {
            before.close();
            // Its streams are detached before the new connection asks for what they did.
            if reader.join().is_err() {
                log!("the reader of a connection has failed");
            }
        }
        let (server, own) = (server.clone(), link.clone());
        current = Some((link, std::thread::spawn(move || read(&server, &own))));
    }
}

fn read(server: &Arc<Server>, link: &Arc<Link>) {
    match connection::serve(server, link) {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => log!("a connection has failed: {error}"),
        _ => {}
    }
}
