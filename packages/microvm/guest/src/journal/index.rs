//! What the journal knows without reading its file, and the upkeep of both.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::dropped::Dropped;
use super::entry::{self, Entry};
use super::log::{Log, Place};
use super::{Kept, COMPACT_AT, MAX_FINISHED};
use crate::operation::{Hash, Key, Operation};
use crate::spool;

pub enum State {
    /// Without an operation it was interrupted.
    Open {
        hash: Hash,
        operation: Option<Arc<Operation>>,
    },
    Finished {
        hash: Hash,
        place: Place,
        file: Option<(u64, u64)>,
    },
}

pub struct Index {
    pub log: Log,
    pub states: HashMap<String, State>,
    /// Finished operations, oldest first. Ids that were dropped since are passed over.
    pub order: VecDeque<String>,
    pub finished: usize,
    pub dropped: Dropped,
    pub output_bytes: u64,
    pub live_bytes: u64,
    pub next_file: u64,
}

pub fn output_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(number.to_string())
}

impl Index {
    /// Reads the journal of `directory`, or begins it.
    pub fn open(directory: &Path) -> Result<Index> {
        let mut states = HashMap::new();
        let mut order = VecDeque::new();
        let mut dropped = Dropped::default();
        let log = Log::open(&directory.join("log"), |record, place| match entry::parse(&record) {
            Some(Entry::Begun { id, hash }) => drop(states.insert(id, State::Open { hash, operation: None })),
            Some(Entry::Finished { id, hash, file }) => {
                order.push_back(id.clone());
                states.insert(id, State::Finished { hash, place, file });
            }
            Some(Entry::Abandoned { id }) => drop(states.remove(&id)),
            Some(Entry::Dropped { id }) => {
                states.remove(&id);
                dropped.insert(&id);
            }
            Some(Entry::AllDropped { shorts }) => dropped.restore(&shorts),
            None => {}
        })?;
        order.retain(|id| matches!(states.get(id), Some(State::Finished { .. })));
        let mut index =
            Index { log, finished: order.len(), order, dropped, output_bytes: 0, live_bytes: 0, next_file: 0, states };
        index.count();
        index.bound_interrupted()?;
        index.remove_strays(directory)?;
        Ok(index)
    }

    fn count(&mut self) {
        for state in self.states.values() {
            if let State::Finished { place, file, .. } = state {
                self.live_bytes += place.bytes();
                self.output_bytes += file.map_or(0, |(_, length)| length);
                self.next_file = self.next_file.max(file.map_or(0, |(number, _)| number));
            }
        }
    }

    /// Output files that no record names were being written when the power went.
    fn remove_strays(&mut self, directory: &Path) -> Result<()> {
        let named = |number: u64| {
            let is_it = |state: &State| matches!(state, State::Finished { file: Some((file, _)), .. } if *file == number);
            self.states.values().any(is_it)
        };
        for item in fs::read_dir(directory)? {
            let item = item?;
            let number = item.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
            if number.is_some_and(|number| !named(number)) {
                spool::remove(&item.path());
            }
        }
        Ok(())
    }

    pub fn kept(&self, place: Place, file: Option<(u64, u64)>, directory: &Path) -> Result<Kept> {
        let record = self.log.read(place)?;
        let outcome = record.as_ref().and_then(entry::outcome).ok_or_else(|| std::io::Error::from_raw_os_error(libc::EIO))?;
        let file = match file {
            Some((number, length)) => Some((File::open(output_path(directory, number))?, length)),
            None => None,
        };
        Ok(Kept { reply: outcome.reply, inline: outcome.output, file })
    }

    pub fn drop_reply(&mut self, id: &str, directory: &Path) -> Result<()> {
        let Some(State::Finished { place, file, .. }) = self.states.get(id) else {
            return Ok(());
        };
        let (place, file) = (*place, *file);
        self.states.remove(id);
        self.finished -= 1;
        self.live_bytes -= place.bytes();
        if let Some((number, length)) = file {
            self.output_bytes -= length;
            spool::remove(&output_path(directory, number));
        }
        self.dropped.insert(id);
        self.log.append(&entry::dropped(id))?;
        Ok(())
    }

    /// Keeps no more of the operations whose outcome nobody will ever know than of the others.
    pub fn bound_interrupted(&mut self) -> Result<()> {
        let is_interrupted = |state: &State| matches!(state, State::Open { operation: None, .. });
        let interrupted = self.states.iter().filter(|(_, state)| is_interrupted(state)).map(|(id, _)| id.clone());
        for id in interrupted.skip(MAX_FINISHED).collect::<Vec<_>>() {
            self.states.remove(&id);
            self.dropped.insert(&id);
            self.log.append(&entry::dropped(&id))?;
        }
        Ok(())
    }

    /// Compacts the file if most of it is of no more use.
    pub fn tidy(&mut self, directory: &Path) -> Result<()> {
        if self.log.length > COMPACT_AT && self.log.length > 4 * self.live_bytes {
            self.compact(directory)?;
        }
        Ok(())
    }

    /// Writes the file anew with what is still of use.
    fn compact(&mut self, directory: &Path) -> Result<()> {
        let (path, new) = (directory.join("log"), directory.join("log.new"));
        File::create(&new)?;
        let mut log = Log::open(&new, |_, _| {})?;
        self.order.retain(|id| matches!(self.states.get(id), Some(State::Finished { .. })));
        let mut moved = Vec::new();
        for id in &self.order {
            let Some(State::Finished { hash, place, file }) = self.states.get(id) else { continue };
            let outcome = self.log.read(*place)?.as_ref().and_then(entry::outcome);
            let Some(outcome) = outcome else { continue };
            let key = Key { id: id.clone(), hash: *hash };
            moved.push((id.clone(), log.append(&entry::finished(&key, &outcome.reply, &outcome.output, *file))?));
        }
        for (id, state) in &self.states {
            if let State::Open { hash, .. } = state {
                log.append(&entry::begun(&Key { id: id.clone(), hash: *hash }))?;
            }
        }
        self.dropped.write_to(&mut log)?;
        log.handle()?.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(directory)?.sync_all()?;
        for (id, moved_to) in moved {
            if let Some(State::Finished { place, .. }) = self.states.get_mut(&id) {
                *place = moved_to;
            }
        }
        // The new file is safe already, but whoever waits for a sync counts on.
        log.appended = self.log.appended;
        self.log = log;
        Ok(())
    }
}
