//! What was asked for under which operation id, and what became of it, so that nothing is done twice.

mod dropped;
mod entry;
mod log;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::fault::{fault, Code, Fault, Outcome};
use crate::operation::{Hash, Key, Operation};
use crate::spool::{self, Record, Source, Spool};
use crate::stream::Stream;
use dropped::Dropped;
use entry::Entry;
use log::{Log, Place};

const MAX_FINISHED: usize = 4_096;
/// The file is written anew when it is longer than this and three quarters of it are of no more use.
const COMPACT_AT: u64 = 8 << 20;

enum State {
    /// Without an operation it was interrupted.
    Open { hash: Hash, operation: Option<Arc<Operation>> },
    Finished { hash: Hash, place: Place, file: Option<(u64, u64)> },
}

struct Index {
    log: Log,
    states: HashMap<String, State>,
    /// Finished operations, oldest first. Ids that were dropped since are passed over.
    order: VecDeque<String>,
    finished: usize,
    dropped: Dropped,
    output_bytes: u64,
    live_bytes: u64,
    next_file: u64,
}

pub struct Journal {
    directory: PathBuf,
    is_durable: bool,
    max_output: u64,
    index: Mutex<Index>,
    synced: Mutex<u64>,
}

/// What a call finds under its id.
pub enum Found {
    Start(Arc<Operation>),
    /// The call's stream took the place of the one returned.
    Attached(Arc<Stream>),
    Finished(Kept),
}

/// A finished operation's reply and output.
pub struct Kept {
    pub reply: Vec<u8>,
    inline: Vec<u8>,
    file: Option<(File, u64)>,
}

impl Kept {
    pub fn source(&self) -> Source<'_> {
        match &self.file {
            Some((file, length)) => Source::File(file, *length),
            None => Source::Memory(&self.inline),
        }
    }
}

impl Journal {
    /// Opens the journal in `directory`. `is_durable` asks for every entry to be on stable storage before it counts.
    pub fn open(directory: &Path, is_durable: bool, max_output: u64) -> Result<Journal> {
        fs::create_dir_all(directory)?;
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
        let mut index = Index {
            log,
            finished: order.len(),
            order,
            dropped,
            output_bytes: 0,
            live_bytes: 0,
            next_file: 0,
            states,
        };
        index.count();
        index.remove_strays(directory)?;
        let journal = Journal { directory: directory.into(), is_durable, max_output, index: Mutex::new(index), synced: Mutex::new(0) };
        if is_durable {
            // What was read may not be on stable storage yet, and is acted upon from now on.
            journal.lock().log.handle()?.sync_all()?;
        }
        Ok(journal)
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap()
    }

    /// What is to be done for a call under `key`. `may_redo` is for calls that replace a whole state, `sync_first` for
    /// those that must not start before the entry is safe.
    pub fn begin(&self, key: Key, stream: &Arc<Stream>, may_redo: bool, sync_first: bool) -> Outcome<Found> {
        let mut index = self.lock();
        let mut is_redone = false;
        match index.states.get(&key.id) {
            Some(State::Open { hash, .. } | State::Finished { hash, .. }) if *hash != key.hash => {
                return fault(Code::OperationConflict, "The same operation id was used for another call; choose a new one.");
            }
            Some(State::Open { operation: Some(operation), .. }) => return Ok(Found::Attached(operation.attach(stream.clone()))),
            Some(State::Open { operation: None, .. }) if may_redo => is_redone = true,
            Some(State::Open { operation: None, .. }) => {
                let message = "The VM lost power during this operation; see what it did before you ask for it anew.";
                return fault(Code::OperationInterrupted, message);
            }
            Some(State::Finished { place, file, .. }) => {
                return index.kept(*place, *file, &self.directory).map(Found::Finished).map_err(|error| Fault::of(&error, "the journal"));
            }
            None if index.dropped.contains(&key.id) => {
                return fault(Code::ReplyDropped, "This operation was done, but its reply is no longer kept.");
            }
            None => {}
        }
        let hash = key.hash;
        let id = key.id.clone();
        if !is_redone {
            index.log.append(&entry::begun(&key)).map_err(|error| Fault::of(&error, "the journal"))?;
        }
        let operation = Operation::new(Some(key), is_redone, stream.clone());
        index.states.insert(id, State::Open { hash, operation: Some(operation.clone()) });
        drop(index);
        if sync_first {
            self.sync().map_err(|error| Fault::of(&error, "the journal"))?;
        }
        Ok(Found::Start(operation))
    }

    /// A place for the output of an operation that is running.
    pub fn spool(&self) -> Spool {
        let mut index = self.lock();
        index.next_file += 1;
        Spool::new(output_path(&self.directory, index.next_file))
    }

    /// Keeps the outcome. When this returns it is as safe as the journal is. An outcome that cannot be kept is one that is not
    /// known: the operation counts as interrupted. One that was abandoned has no outcome to keep.
    pub fn finish(&self, operation: &Arc<Operation>, reply: &[u8], record: Record) -> Result<()> {
        let Some(key) = &operation.key else { return Ok(()) };
        let kept = self.keep(operation, key, reply, record);
        if kept.is_err() {
            self.interrupt(operation);
        }
        kept
    }

    /// The outcome of the operation will never be known.
    pub fn interrupt(&self, operation: &Operation) {
        if let Some(key) = &operation.key {
            self.lock().states.insert(key.id.clone(), State::Open { hash: key.hash, operation: None });
        }
    }

    fn keep(&self, operation: &Arc<Operation>, key: &Key, reply: &[u8], record: Record) -> Result<()> {
        let (inline, file) = match record {
            Record::Inline(bytes) => (bytes, None),
            Record::File { path, length } => {
                let number = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
                (Vec::new(), number.map(|number| (number, length)))
            }
        };
        let mut index = self.lock();
        let is_open = |state: &State| matches!(state, State::Open { operation: Some(open), .. } if Arc::ptr_eq(open, operation));
        if !index.states.get(&key.id).is_some_and(is_open) {
            return Ok(());
        }
        let place = index.log.append(&entry::finished(key, reply, &inline, file))?;
        index.states.insert(key.id.clone(), State::Finished { hash: key.hash, place, file });
        index.order.push_back(key.id.clone());
        index.finished += 1;
        index.live_bytes += place.bytes();
        index.output_bytes += file.map_or(0, |(_, length)| length);
        while index.finished > MAX_FINISHED || (index.live_bytes + index.output_bytes > self.max_output && index.finished > 1) {
            let Some(oldest) = index.order.pop_front() else { break };
            index.drop_reply(&oldest, &self.directory)?;
        }
        if index.log.length > COMPACT_AT && index.log.length > 4 * index.live_bytes {
            index.compact(&self.directory)?;
        }
        drop(index);
        self.sync()
    }

    /// Forgets an operation that has changed nothing, unless another stream than `seen` has come to ask for it.
    pub fn abandon(&self, operation: &Operation, seen: &Arc<Stream>) -> bool {
        let mut index = self.lock();
        if !Arc::ptr_eq(&operation.stream(), seen) {
            return false;
        }
        let Some(key) = &operation.key else { return true };
        index.states.remove(&key.id);
        if let Err(error) = index.log.append(&entry::abandoned(&key.id)) {
            log!("the journal keeps an operation that was given up: {error}");
        }
        true
    }

    /// The host has kept the replies of `ids`.
    pub fn forget(&self, ids: &[String]) {
        let mut index = self.lock();
        for id in ids {
            if let Err(error) = index.drop_reply(id, &self.directory) {
                log!("the journal keeps a reply that could go: {error}");
            }
        }
    }

    /// Many callers share one sync: whoever finds its record synced by another has nothing to do.
    fn sync(&self) -> Result<()> {
        if !self.is_durable {
            return Ok(());
        }
        let wanted = self.lock().log.appended;
        let mut synced = self.synced.lock().unwrap();
        if *synced >= wanted {
            return Ok(());
        }
        let (file, appended) = {
            let index = self.lock();
            (index.log.handle()?, index.log.appended)
        };
        file.sync_data()?;
        *synced = appended;
        Ok(())
    }
}

fn output_path(directory: &Path, number: u64) -> PathBuf {
    directory.join(number.to_string())
}

impl Index {
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

    fn kept(&self, place: Place, file: Option<(u64, u64)>, directory: &Path) -> Result<Kept> {
        let record = self.log.read(place)?;
        let outcome = record.as_ref().and_then(entry::outcome).ok_or_else(|| std::io::Error::from_raw_os_error(libc::EIO))?;
        let file = match file {
            Some((number, length)) => Some((File::open(output_path(directory, number))?, length)),
            None => None,
        };
        Ok(Kept { reply: outcome.reply, inline: outcome.output, file })
    }

    fn drop_reply(&mut self, id: &str, directory: &Path) -> Result<()> {
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
