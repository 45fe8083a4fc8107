//! The ids whose replies are no longer kept: the newest of them, in little memory.

use std::collections::{HashSet, VecDeque};
use std::io::Result;

use sha2::{Digest, Sha256};

use super::entry;
use super::log::Log;

const MAX: usize = 65_536;
const SIZE: usize = 16;
const IN_ONE_RECORD: usize = 4_096;

type Short = [u8; SIZE];

#[derive(Default)]
pub struct Dropped {
    set: HashSet<Short>,
    order: VecDeque<Short>,
}

fn shorten(id: &str) -> Short {
    let mut short = [0; SIZE];
    short.copy_from_slice(&Sha256::digest(id)[..SIZE]);
    short
}

impl Dropped {
    pub fn insert(&mut self, id: &str) {
        self.insert_short(shorten(id));
    }

    fn insert_short(&mut self, short: Short) {
        if !self.set.insert(short) {
            return;
        }
        self.order.push_back(short);
        if self.order.len() > MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.set.remove(&oldest);
            }
        }
    }

    pub fn contains(&self, id: &str) -> bool {
        self.set.contains(&shorten(id))
    }

    /// What `write_to` wrote.
    pub fn restore(&mut self, shorts: &[u8]) {
        for short in shorts.chunks_exact(SIZE) {
            if let Ok(short) = short.try_into() {
                self.insert_short(short);
            }
        }
    }

    pub fn write_to(&self, log: &mut Log) -> Result<()> {
        let all: Vec<u8> = self.order.iter().flatten().copied().collect();
        for part in all.chunks(IN_ONE_RECORD * SIZE) {
            log.append(&entry::all_dropped(part))?;
        }
        Ok(())
    }
}
