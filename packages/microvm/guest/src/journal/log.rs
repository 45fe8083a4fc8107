//! The journal's file: records one after the other, each with its length and a check sum, so that a torn end is told.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::wire::cbor::{self, Value};

/// length u32 | first four bytes of the SHA-256
const HEAD: usize = 8;
const MAX_RECORD: usize = 1 << 20;
/// Thousands of records.
const RESERVE: u64 = 4 << 20;

pub struct Log {
    file: File,
    pub length: u64,
    /// Where the space that is set aside for the file ends.
    reserved: u64,
    /// Records appended since it was opened.
    pub appended: u64,
}

/// Where a record lies.
#[derive(Clone, Copy)]
pub struct Place {
    at: u64,
    length: u32,
}

impl Place {
    pub fn bytes(&self) -> u64 {
        HEAD as u64 + u64::from(self.length)
    }
}

impl Log {
    /// Opens or makes the file, and hands every whole record to `each`. What follows the last whole record is cut off.
    pub fn open(path: &Path, mut each: impl FnMut(Value, Place)) -> Result<Log> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut reader = BufReader::new(&file);
        let mut length = 0;
        while let Some(record) = read_record(&mut reader)? {
            let place = Place { at: length + HEAD as u64, length: record.len() as u32 };
            let Some(value) = cbor::decode(&record) else { break };
            length += place.bytes();
            each(value, place);
        }
        file.set_len(length)?;
        let mut log = Log { file, length, reserved: length, appended: 0 };
        log.file.seek(SeekFrom::Start(length))?;
        Ok(log)
    }

    pub fn append(&mut self, record: &[u8]) -> Result<Place> {
        let mut bytes = Vec::with_capacity(HEAD + record.len());
        bytes.extend((record.len() as u32).to_be_bytes());
        bytes.extend(&Sha256::digest(record)[..4]);
        bytes.extend(record);
        if let Err(error) = self.file.write_all(&bytes) {
            // Half a record would hide all that follow it.
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return Err(error);
        }
        let place = Place { at: self.length + HEAD as u64, length: record.len() as u32 };
        self.length += bytes.len() as u64;
        self.appended += 1;
        Ok(place)
    }

    /// Sets space aside, so that records can still be kept when programs have filled the disk. If none is left, what was set
    /// aside before must do.
    pub fn reserve(&mut self) {
        if self.reserved.saturating_sub(self.length) > RESERVE / 2 {
            return;
        }
        let (from, size) = (self.length as libc::off_t, RESERVE as libc::off_t);
        if unsafe { libc::fallocate(self.file.as_raw_fd(), libc::FALLOC_FL_KEEP_SIZE, from, size) } == 0 {
            self.reserved = self.length + RESERVE;
        }
    }

    pub fn read(&self, place: Place) -> Result<Option<Value>> {
        let mut bytes = vec![0; place.length as usize];
        self.file.read_exact_at(&mut bytes, place.at)?;
        Ok(cbor::decode(&bytes))
    }

    pub fn handle(&self) -> Result<File> {
        self.file.try_clone()
    }
}

fn read_record(reader: &mut impl Read) -> Result<Option<Vec<u8>>> {
    let mut head = [0; HEAD];
    if !read_whole(reader, &mut head)? {
        return Ok(None);
    }
    let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    if length > MAX_RECORD {
        return Ok(None);
    }
    let mut record = vec![0; length];
    if !read_whole(reader, &mut record)? || Sha256::digest(&record)[..4] != head[4..] {
        return Ok(None);
    }
    Ok(Some(record))
}

fn read_whole(reader: &mut impl Read, buffer: &mut [u8]) -> Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
