//! The recorded output of an operation: pieces of stdout and stderr in the order in which they came.

use std::fs::{self, File};
use std::io::{Read, Result};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// Up to here a record stays in memory, and then in the journal itself.
const IN_MEMORY: usize = 16_384;
/// channel u8 | length u32
const HEAD: usize = 5;

pub struct Spool {
    memory: Vec<u8>,
    path: PathBuf,
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// `path` is where the record goes once it is too large for memory.
    pub fn new(path: PathBuf) -> Spool {
        Spool { memory: Vec::new(), path, file: None, length: 0 }
    }

    /// Takes all of the piece, or nothing of it if it fails.
    pub fn append(&mut self, channel: u8, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let before = self.memory.len();
        self.memory.push(channel);
        self.memory.extend((bytes.len() as u32).to_be_bytes());
        self.memory.extend(bytes);
        if self.file.is_none() && self.memory.len() <= IN_MEMORY {
            self.length = self.memory.len() as u64;
            return Ok(());
        }
        let written = self.write_out();
        if written.is_err() {
            self.memory.truncate(before);
        }
        written
    }

    fn write_out(&mut self) -> Result<()> {
        match &self.file {
            Some(file) => {
                file.write_all_at(&self.memory, self.length)?;
                self.length += self.memory.len() as u64;
            }
            None => {
                let file = File::options().read(true).write(true).create(true).truncate(true).open(&self.path)?;
                file.write_all_at(&self.memory, 0)?;
                self.length = self.memory.len() as u64;
                self.file = Some(file);
            }
        }
        self.memory.clear();
        Ok(())
    }

    pub fn source(&self) -> Source<'_> {
        match &self.file {
            Some(file) => Source::File(file, self.length),
            None => Source::Memory(&self.memory),
        }
    }

    /// What the journal keeps: a small record itself, the place of a large one, on stable storage if that is asked for.
    pub fn record(&self, durable: bool) -> Result<Record> {
        match &self.file {
            None => Ok(Record::Inline(self.memory.clone())),
            Some(file) => {
                if durable {
                    file.sync_data()?;
                }
                Ok(Record::File { path: self.path.clone(), length: self.length })
            }
        }
    }
}

pub fn remove(path: &PathBuf) {
    if let Err(error) = fs::remove_file(path) {
        log!("{} stays behind: {error}", path.display());
    }
}

pub enum Record {
    Inline(Vec<u8>),
    File { path: PathBuf, length: u64 },
}

/// Where recorded pieces are read from.
pub enum Source<'a> {
    Memory(&'a [u8]),
    /// The file and the length of the record in it.
    File(&'a File, u64),
}

/// Walks over a record piece by piece.
#[derive(Clone, Copy, Default)]
pub struct Cursor {
    /// Bytes of the record that lie behind.
    position: u64,
    channel: u8,
    /// Bytes of the piece it is in that are still ahead.
    rest: u64,
    /// Bytes of output to be passed over before anything is read.
    skip: u64,
}

impl Cursor {
    /// Begins after the first `skip` bytes of output, also those that are not recorded yet.
    pub fn after(skip: u64) -> Cursor {
        Cursor { skip, ..Cursor::default() }
    }

    /// Appends up to `most` bytes of one piece to `out`; its channel. `None` at the end of what is recorded.
    pub fn read(&mut self, source: &Source, most: usize, out: &mut Vec<u8>) -> Result<Option<u8>> {
        let channel = self.peek(source)?;
        if channel.is_some() {
            let n = self.rest.min(most as u64) as usize;
            let start = out.len();
            out.resize(start + n, 0);
            source.read_at(self.position, &mut out[start..])?;
            self.position += n as u64;
            self.rest -= n as u64;
        }
        Ok(channel)
    }

    /// The channel of the next piece, if there is one.
    pub fn peek(&mut self, source: &Source) -> Result<Option<u8>> {
        while self.rest == 0 {
            let mut head = [0; HEAD];
            if !source.read_at(self.position, &mut head)? {
                return Ok(None);
            }
            self.position += HEAD as u64;
            self.channel = head[0];
            self.rest = u64::from(u32::from_be_bytes([head[1], head[2], head[3], head[4]]));
            let passed_over = self.skip.min(self.rest);
            self.skip -= passed_over;
            self.position += passed_over;
            self.rest -= passed_over;
        }
        Ok(Some(self.channel))
    }
}

impl Source<'_> {
    /// False if the record ends here.
    fn read_at(&self, position: u64, buffer: &mut [u8]) -> Result<bool> {
        match self {
            Source::Memory(bytes) => {
                let Some(mut rest) = bytes.get(position as usize..).filter(|rest| !rest.is_empty()) else {
                    return Ok(false);
                };
                rest.read_exact(buffer)?;
            }
            Source::File(file, length) => {
                if position >= *length {
                    return Ok(false);
                }
                file.read_exact_at(buffer, position)?;
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(source: &Source, most: usize) -> Vec<(u8, Vec<u8>)> {
        let mut cursor = Cursor::default();
        let mut pieces = Vec::new();
        loop {
            let mut out = Vec::new();
            match cursor.read(source, most, &mut out).unwrap() {
                Some(channel) => pieces.push((channel, out)),
                None => return pieces,
            }
        }
    }

    #[test]
    fn a_small_record_stays_in_memory() {
        let mut spool = Spool::new(PathBuf::from("/nowhere/at/all"));
        spool.append(1, b"out").unwrap();
        spool.append(2, b"").unwrap();
        spool.append(2, b"errors").unwrap();
        let expected = [(1, b"out".to_vec()), (2, b"erro".to_vec()), (2, b"rs".to_vec())];
        assert_eq!(pieces(&spool.source(), 4), expected);
        assert!(matches!(spool.record(true).unwrap(), Record::Inline(_)));
        for (skip, rest) in [(0, "outerrors"), (2, "terrors"), (3, "errors"), (8, "s"), (9, ""), (50, "")] {
            let mut cursor = Cursor::after(skip);
            let mut out = Vec::new();
            while cursor.read(&spool.source(), 4, &mut out).unwrap().is_some() {}
            assert_eq!(String::from_utf8(out).unwrap(), rest, "after {skip}");
        }
    }

    #[test]
    fn a_large_record_goes_to_a_file() {
        let path = std::env::temp_dir().join(format!("vibewriter-spool-{}", std::process::id()));
        let mut spool = Spool::new(path.clone());
        spool.append(1, b"first").unwrap();
        spool.append(1, &[7; IN_MEMORY]).unwrap();
        spool.append(2, b"last").unwrap();
        let pieces = pieces(&spool.source(), usize::MAX);
        assert_eq!(
            pieces.iter().map(|(channel, bytes)| (*channel, bytes.len())).collect::<Vec<_>>(),
            [(1, 5), (1, IN_MEMORY), (2, 4)]
        );
        assert!(matches!(spool.record(true).unwrap(), Record::File { .. }));
        remove(&path);
    }
}
