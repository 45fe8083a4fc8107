//! Following a program from any byte of its output on, and answering again what was answered before.

use std::sync::Arc;

use crate::args::Args;
use crate::fault::{Fault, Outcome};
use crate::journal::{Kept, Known};
use crate::operation::{self, Listener};
use crate::reply;
use crate::server::Server;
use crate::spool::Cursor;
use crate::stream::{Stream, CHUNK};

/// Answers `attach`: on `stream` come the output and the result of an operation, as if it had been asked for again.
pub fn attach(server: &Server, stream: &Arc<Stream>, args: Args) {
    let found = request(args).and_then(|(target, offset)| {
        let listener = Listener { stream: stream.clone(), offset };
        server.journal().attach(&target, listener).map(|found| (found, offset))
    });
    match found {
        Ok((known, offset)) => answer_again(stream, known, offset),
        Err(fault) => stream.reply(&reply::error(&fault)),
    }
}

fn request(mut args: Args) -> Outcome<(String, u64)> {
    let target = args.text("target")?;
    let offset = args.opt_uint("offset")?.unwrap_or(0);
    args.done()?;
    Ok((target, offset))
}

/// Answers a call for what was asked for before, without the first `offset` bytes of its output.
pub fn answer_again(stream: &Stream, known: Known, offset: u64) {
    match known {
        Known::Attached(before) => operation::moved(&before),
        Known::Finished(kept) => replay(stream, &kept, offset),
    }
}

/// Sends what the journal kept of an operation, as when it was first answered.
fn replay(stream: &Stream, kept: &Kept, offset: u64) {
    let source = kept.source();
    let mut cursor = Cursor::after(offset);
    let mut frames = Vec::new();
    let sent = (|| -> std::io::Result<()> {
        while let Some(channel) = cursor.peek(&source)? {
            let Some(room) = stream.room(true) else { return Ok(()) };
            stream.data(&mut frames, channel, |out| cursor.read(&source, room.min(CHUNK), out).map(drop))?;
            stream.send(&frames);
            frames.clear();
        }
        Ok(())
    })();
    match sent {
        Ok(()) => stream.reply(&kept.reply),
        Err(error) => stream.reply(&reply::error(&Fault::of(&error, "the journal"))),
    }
}
