//! Bytes of the stream to the host, handed out as preambles and frames.

use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;

use crate::link::{Event, Link};
use crate::wire::frame::{Header, Violation, HEADER, TRAILER};
use crate::wire::preamble::Hunter;

const BUFFER: usize = 65_536;

pub enum Incoming {
    Frame(Header, Vec<u8>),
    Malformed(Violation),
    HungUp,
}

pub struct Inbox {
    link: Arc<Link>,
    heard: Arc<Heard>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// When the host was last heard.
pub struct Heard {
    begun: Instant,
    at_ms: AtomicU64,
}

impl Heard {
    pub fn new() -> Heard {
        Heard { begun: Instant::now(), at_ms: AtomicU64::new(0) }
    }

    fn now_ms(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    fn note(&self) {
        self.at_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    pub fn silent_ms(&self) -> u64 {
        self.now_ms().saturating_sub(self.at_ms.load(Ordering::Relaxed))
    }
}

impl Inbox {
    pub fn new(link: Arc<Link>, heard: Arc<Heard>) -> Inbox {
        Inbox { link, heard, buffer: vec![0; BUFFER], start: 0, end: 0 }
    }

    /// Discards until a preamble is complete and returns its nonce. An error means that the stream is over.
    pub fn hunt(&mut self) -> Result<[u8; 8]> {
        let mut hunter = Hunter::default();
        loop {
            if let Some((nonce, used)) = hunter.push(&self.buffer[self.start..self.end]) {
                self.start += used;
                return Ok(nonce);
            }
            self.start = self.end;
            if !self.fill()? {
                if self.link.ends_with_hangup() {
                    return Err(Error::from(ErrorKind::UnexpectedEof));
                }
                self.link.wait()?;
            }
        }
    }

    /// The next frame. What is malformed stays in the buffer for `hunt`, since a preamble may begin in it.
    pub fn frame(&mut self, tag: u32) -> Result<Incoming> {
        while self.end - self.start < HEADER {
            if !self.fill()? {
                return Ok(Incoming::HungUp);
            }
        }
        let mut bytes = [0; HEADER];
        bytes.copy_from_slice(&self.buffer[self.start..self.start + HEADER]);
        let header = match Header::parse(&bytes) {
            Ok(header) => header,
            Err(violation) => return Ok(Incoming::Malformed(violation)),
        };
        self.start += HEADER;
        let Some(mut payload) = self.take(header.length + TRAILER)? else {
            return Ok(Incoming::HungUp);
        };
        if payload[header.length..] != tag.to_be_bytes() {
            return Ok(Incoming::Malformed("bad_trailer"));
        }
        payload.truncate(header.length);
        Ok(Incoming::Frame(header, payload))
    }

    /// Exactly `n` bytes, large ones read straight to where they will stay.
    fn take(&mut self, n: usize) -> Result<Option<Vec<u8>>> {
        let buffered = n.min(self.end - self.start);
        let mut taken = Vec::with_capacity(n);
        taken.extend(&self.buffer[self.start..self.start + buffered]);
        self.start += buffered;
        if n - buffered > BUFFER / 2 {
            let mut have = buffered;
            taken.resize(n, 0);
            while have < n {
                match self.link.read(&mut taken[have..])? {
                    Event::Bytes(more) => have += more,
                    Event::HungUp => return Ok(None),
                }
                self.heard.note();
            }
            return Ok(Some(taken));
        }
        while taken.len() < n {
            if !self.fill()? {
                return Ok(None);
            }
            let more = (n - taken.len()).min(self.end - self.start);
            taken.extend(&self.buffer[self.start..self.start + more]);
            self.start += more;
        }
        Ok(Some(taken))
    }

    /// Reads some bytes behind those that are here. False when the other end is gone.
    fn fill(&mut self) -> Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        match self.link.read(&mut self.buffer[self.end..])? {
            Event::Bytes(n) => {
                self.end += n;
                self.heard.note();
                Ok(true)
            }
            Event::HungUp => Ok(false),
        }
    }
}
