//! What a program writes, on its way to the host: recorded if the operation is journaled, held up if the host is slow.

use std::collections::VecDeque;
use std::io::Result;
use std::os::fd::RawFd;
use std::sync::Arc;

use crate::operation::{Listener, Operation};
use crate::spool::{Cursor, Record, Spool};
use crate::stream::{Stream, CHUNK};
use crate::sys;

/// What is kept for a slow host if nothing is recorded; then the program waits.
const MAX_HELD: usize = 262_144;
const READ: usize = 65_536;

pub struct Output {
    keeper: Keeper,
    counts: [u64; 2],
    limit: u64,
    is_truncated: bool,
    buffer: Vec<u8>,
}

enum Keeper {
    /// Kept for good, and read anew for each stream that is attached.
    Recorded { spool: Spool, cursor: Cursor, stream: Option<Arc<Stream>> },
    /// Passed on; a little of it held.
    Held { pieces: VecDeque<(u8, Vec<u8>)>, bytes: usize },
}

impl Output {
    pub fn new(spool: Option<Spool>) -> Output {
        let keeper = match spool {
            Some(spool) => Keeper::Recorded { spool, cursor: Cursor::default(), stream: None },
            None => Keeper::Held { pieces: VecDeque::new(), bytes: 0 },
        };
        Output { keeper, counts: [0; 2], limit: u64::MAX, is_truncated: false, buffer: Vec::new() }
    }

    /// What comes after that many bytes is thrown away.
    pub fn limit(&mut self, bytes: u64) {
        self.limit = bytes;
    }

    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Bytes of a channel that were kept.
    pub fn counted(&self, channel: u8) -> u64 {
        self.counts[usize::from(channel) - 1]
    }

    /// Whether nothing more should be read for now.
    pub fn is_full(&self) -> bool {
        matches!(&self.keeper, Keeper::Held { bytes, .. } if *bytes >= MAX_HELD)
    }

    /// Reads once from a pipe. `None` when nothing is there, 0 at its end.
    pub fn take(&mut self, channel: u8, pipe: RawFd) -> Result<Option<usize>> {
        self.buffer.resize(READ, 0);
        let Some(n) = sys::read(pipe, &mut self.buffer)? else { return Ok(None) };
        let left = self.limit.saturating_sub(self.counts[0] + self.counts[1]);
        let kept = left.min(n as u64) as usize;
        self.is_truncated |= kept < n;
        if kept > 0 {
            self.keep(channel, kept);
        }
        Ok(Some(n))
    }

    fn keep(&mut self, channel: u8, n: usize) {
        let bytes = &self.buffer[..n];
        match &mut self.keeper {
            Keeper::Recorded { spool, .. } => {
                if let Err(error) = spool.append(channel, bytes) {
                    // The program need not fail for want of space for what it says.
                    log!("the rest of a program's output is not kept: {error}");
                    self.is_truncated = true;
                    self.limit = 0;
                    return;
                }
            }
            Keeper::Held { pieces, bytes: held } => {
                *held += n;
                pieces.push_back((channel, bytes.to_vec()));
            }
        }
        self.counts[usize::from(channel) - 1] += n as u64;
    }

    /// Sends what its stream lets it, all of it if told to wait. True if something is left to be sent.
    pub fn send(&mut self, operation: &Operation, wait: bool) -> Result<bool> {
        let listener = operation.listener();
        let stream = &listener.stream;
        self.keeper.begin_for(&listener);
        let mut frames = Vec::new();
        while let Some(channel) = self.keeper.next_channel()? {
            if frames.len() >= CHUNK {
                stream.send(&frames);
                frames.clear();
            }
            let room = match stream.room(false) {
                Some(0) if wait => {
                    stream.send(&frames);
                    frames.clear();
                    stream.room(true)
                }
                room => room,
            };
            let Some(room @ 1..) = room else {
                stream.send(&frames);
                return Ok(true);
            };
            stream.data(&mut frames, channel, |out| self.keeper.read(room.min(CHUNK), out))?;
        }
        stream.send(&frames);
        Ok(false)
    }

    /// The record for the journal, on stable storage if that is asked for. What was not sent yet still can be.
    pub fn record(&self, durable: bool) -> Result<Record> {
        match &self.keeper {
            Keeper::Recorded { spool, .. } => spool.record(durable),
            Keeper::Held { .. } => Ok(Record::Inline(Vec::new())),
        }
    }
}

impl Keeper {
    /// A stream that is new here gets everything from the byte on that it asked for.
    fn begin_for(&mut self, listener: &Listener) {
        if let Keeper::Recorded { cursor, stream: current, .. } = self {
            if !current.as_ref().is_some_and(|current| Arc::ptr_eq(current, &listener.stream)) {
                *cursor = Cursor::after(listener.offset);
                *current = Some(listener.stream.clone());
            }
        }
    }

    fn next_channel(&mut self) -> Result<Option<u8>> {
        match self {
            Keeper::Recorded { spool, cursor, .. } => cursor.peek(&spool.source()),
            Keeper::Held { pieces, .. } => Ok(pieces.front().map(|(channel, _)| *channel)),
        }
    }

    fn read(&mut self, most: usize, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Keeper::Recorded { spool, cursor, .. } => {
                cursor.read(&spool.source(), most, out)?;
            }
            Keeper::Held { pieces, bytes } => {
                let Some((_, piece)) = pieces.front_mut() else { return Ok(()) };
                let n = most.min(piece.len());
                out.extend(piece.drain(..n));
                *bytes -= n;
                if piece.is_empty() {
                    pieces.pop_front();
                }
            }
        }
        Ok(())
    }
}
