//! What was asked for under which operation id, and what became of it, so that nothing is done twice.

mod dropped;
mod entry;
mod index;
mod log;

use std::fs::{self, File};
use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::fault::{fault, Code, OrFault, Outcome};
use crate::operation::{Key, Listener, Nature, Operation};
use crate::spool::{Record, Source, Spool};
use crate::stream::Stream;
use index::{output_path, Index, State};

const MAX_FINISHED: usize = 4_096;
/// The file is written anew when it is longer than this and three quarters of it are of no more use.
const COMPACT_AT: u64 = 8 << 20;

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
    Known(Known),
}

/// An operation that was asked for before.
pub enum Known {
    /// It runs: the call's stream took the place of the one returned.
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
        let index = Index::open(directory)?;
        let journal =
            Journal { directory: directory.into(), is_durable, max_output, index: Mutex::new(index), synced: Mutex::new(0) };
        if is_durable {
            journal.lock().log.reserve();
            // What was read may not be on stable storage yet, and is acted upon from now on.
            journal.lock().log.handle()?.sync_all()?;
        }
        Ok(journal)
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap()
    }

    /// What is to be done for a call under `key`.
    pub fn begin(&self, key: Key, stream: &Arc<Stream>, nature: Nature) -> Outcome<Found> {
        let mut index = self.lock();
        let mut is_redone = false;
        match index.states.get(&key.id) {
            Some(State::Open { hash, .. } | State::Finished { hash, .. }) if *hash != key.hash => {
                return fault(Code::OperationConflict, "The same operation id was used for another call; choose a new one.");
            }
            Some(State::Open { operation: None, .. }) if nature.may_redo => is_redone = true,
            None if !index.dropped.contains(&key.id) => {}
            _ => return self.find(index, &key.id, Listener { stream: stream.clone(), offset: 0 }).map(Found::Known),
        }
        let hash = key.hash;
        let id = key.id.clone();
        if !is_redone {
            index.log.append(&entry::begun(&key)).or_fault("the journal")?;
        }
        let operation = Operation::new(Some(key), is_redone, nature.is_program, stream.clone());
        index.states.insert(id, State::Open { hash, operation: Some(operation.clone()) });
        drop(index);
        if nature.sync_first {
            self.sync().or_fault("the journal")?;
        }
        Ok(Found::Start(operation))
    }

    /// What there is of the program that was asked for under `id`, for a host that wants its output from some byte on.
    pub fn attach(&self, id: &str, listener: Listener) -> Outcome<Known> {
        let index = self.lock();
        if let Some(State::Open { operation: Some(operation), .. }) = index.states.get(id) {
            if !operation.is_program {
                return fault(Code::InvalidArgument, format!("The operation {id} runs no program; make its own call again."));
            }
        }
        self.find(index, id, listener)
    }

    fn find(&self, index: MutexGuard<Index>, id: &str, listener: Listener) -> Outcome<Known> {
        match index.states.get(id) {
            Some(State::Open { operation: Some(operation), .. }) => Ok(Known::Attached(operation.attach(listener))),
            Some(State::Open { operation: None, .. }) => {
                let message = "The VM lost power during this operation; see what it did before you ask for it anew.";
                fault(Code::OperationInterrupted, message)
            }
            Some(State::Finished { place, file, .. }) => {
                let kept = index.kept(*place, *file, &self.directory);
                drop(index);
                // Whoever finished it may still be syncing, and nothing is answered before that.
                kept.and_then(|kept| self.sync().map(|()| Known::Finished(kept))).or_fault("the journal")
            }
            None if index.dropped.contains(id) => {
                fault(Code::ReplyDropped, "This operation was done, but its reply is no longer kept.")
            }
            None => fault(Code::NotFound, format!("The journal of this VM knows no operation {id}.")),
        }
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
        let Some(key) = &operation.key else { return };
        let mut index = self.lock();
        index.states.insert(key.id.clone(), State::Open { hash: key.hash, operation: None });
        if let Err(error) = index.bound_interrupted() {
            log!("the journal keeps an operation that could go: {error}");
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
        index.tidy(&self.directory)?;
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
        let written = index.log.append(&entry::abandoned(&key.id)).and_then(|_| index.tidy(&self.directory));
        if let Err(error) = written {
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
            let mut index = self.lock();
            index.log.reserve();
            (index.log.handle()?, index.log.appended)
        };
        file.sync_data()?;
        *synced = appended;
        Ok(())
    }
}
