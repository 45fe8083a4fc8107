//! Looking for a literal in the lines of files.

use std::fs::File;
use std::io::{Read, Result};

use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::fault::{fault, Code, Outcome};
use crate::reply::{self, Answer};
use crate::wire::cbor::Encoder;
use crate::wire::frame::MAX_PAYLOAD;

const DEFAULT_LIMIT: u64 = 1_000;
const MAX_MATCHES: usize = MAX_PAYLOAD - 1_024;
const MAX_LINE: usize = 2_000;
/// A NUL up to here makes a file binary.
const PROBE: usize = 8_192;
/// Files are read in pieces of this size; a longer line is taken as several.
const PIECE: usize = 1 << 18;

pub struct Search<'a> {
    finder: memmem::Finder<'a>,
    limit: u64,
    matches: Encoder,
    count: usize,
    pub is_truncated: bool,
    buffer: Vec<u8>,
}

impl<'a> Search<'a> {
    pub fn new(text: &'a str, limit: Option<u64>) -> Outcome<Search<'a>> {
        if text.is_empty() || text.contains('\n') {
            return fault(Code::InvalidArgument, "The text to look for must be one line and not empty.");
        }
        let finder = memmem::Finder::new(text);
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        Ok(Search { finder, limit, matches: Encoder::default(), count: 0, is_truncated: false, buffer: vec![0; PIECE] })
    }

    /// Looks through one file. False once no more matches fit.
    pub fn file(&mut self, path: &str, mut file: File) -> Result<bool> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let result = self.pieces(path, &mut file, &mut buffer);
        self.buffer = buffer;
        result
    }

    fn pieces(&mut self, path: &str, file: &mut File, buffer: &mut [u8]) -> Result<bool> {
        let (mut kept, mut line, mut is_first) = (0, 1, true);
        loop {
            let n = read_full(file, &mut buffer[kept..])?;
            let have = kept + n;
            if is_first && memchr(0, &buffer[..have.min(PROBE)]).is_some() {
                return Ok(true);
            }
            is_first = false;
            let is_last = have < buffer.len();
            // Whole lines only, unless the file ends here or the line is longer than the piece.
            let end = if is_last { have } else { memrchr(b'\n', &buffer[..have]).map_or(have, |at| at + 1) };
            if !self.lines(path, &buffer[..end], line) {
                return Ok(false);
            }
            if is_last {
                return Ok(true);
            }
            line += memchr_iter(b'\n', &buffer[..end]).count();
            buffer.copy_within(end..have, 0);
            kept = have - end;
        }
    }

    fn lines(&mut self, path: &str, text: &[u8], first: usize) -> bool {
        let (mut line, mut counted, mut from) = (first, 0, 0);
        while let Some(found) = self.finder.find(&text[from..]) {
            let at = from + found;
            line += memchr_iter(b'\n', &text[counted..at]).count();
            let start = memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
            let end = memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
            if !self.add(path, line, &text[start..end]) {
                return false;
            }
            counted = at;
            from = end;
        }
        true
    }

    fn add(&mut self, path: &str, line: usize, text: &[u8]) -> bool {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        // Cut by bytes first: a line may be very long, and a character is at most four of them.
        let cut = String::from_utf8_lossy(&text[..text.len().min(MAX_LINE * 4)]);
        let cut: String = cut.chars().take(MAX_LINE).collect();
        if self.count as u64 >= self.limit || self.matches.bytes.len() + path.len() + cut.len() + 64 > MAX_MATCHES {
            self.is_truncated = true;
            return false;
        }
        self.count += 1;
        self.matches.map(3).text("path").text(path).text("line").int(line as i64).text("text").text(&cut);
        true
    }

    pub fn answer(self) -> Answer {
        let mut reply = reply::ok(2);
        reply.text("matches").array(self.count);
        reply.bytes.extend(&self.matches.bytes);
        reply.text("truncated").bool(self.is_truncated);
        reply.into()
    }
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> Result<usize> {
    let mut have = 0;
    while have < buffer.len() {
        match file.read(&mut buffer[have..])? {
            0 => break,
            n => have += n,
        }
    }
    Ok(have)
}
